#include "bench_stages.h"

#include "bench_sound.h"
#include "dsp/cpu.h"
#include "dsp/resampler.h"
#include "engine/cochlea.h"
#include "listen/instrument_stream.h"
#include "listen/piano.h"

#include <stdlib.h>
#include <string.h>

#define RESAMPLED_MAX 2048

/* One stream of every stage. */
typedef struct chain {
    coch_piano *piano;
    coch_resampler *resampler;
    coch_tracker tracker;
    coch_activations quiet; /* the tracker's work does not depend on the values */
    size_t hop;
} chain;

static int chain_open(chain *c, const coch_piano_model *model, double rate, unsigned cpu_mask)
{
    coch_tracker_options options;
    memset(c, 0, sizeof *c);
    c->hop = coch_piano_model_hop(model);
    coch_tracker_default_options(coch_piano_model_tracker(model), &options);
    coch_tracker_init(&c->tracker, coch_piano_model_tracker(model), &options);
    return coch_piano_new(&c->piano, model, coch_kernels_select(cpu_mask)) == COCHLEA_OK &&
                   coch_resampler_new(&c->resampler, rate, coch_piano_model_rate(model)) == COCHLEA_OK
               ? 0
               : -1;
}

static void chain_close(chain *c)
{
    coch_piano_free(c->piano);
    coch_resampler_free(c->resampler);
}

/* One hop through all stages, each with its own clock. */
static void chain_step(chain *c, bench_stages *s, const float *block, size_t count)
{
    size_t stride;
    float resampled[RESAMPLED_MAX];
    coch_track tracks[COCH_TRACK_MAX];
    double t0 = bench_now();
    for (size_t n = coch_resampler_process(c->resampler, block, count, resampled, RESAMPLED_MAX); n < c->hop;)
        resampled[n++] = 0.0f;
    double t1 = bench_now();
    const float *features = coch_piano_features(c->piano, resampled);
    double t2 = bench_now();
    coch_piano_logits(c->piano, features, &stride);
    double t3 = bench_now();
    coch_tracker_process(&c->tracker, &c->quiet, tracks);
    double t4 = bench_now();
    s->resample += t1 - t0;
    s->front_end += t2 - t1;
    s->net += t3 - t2;
    s->tracker += t4 - t3;
    s->worst = t4 - t0 > s->worst ? t4 - t0 : s->worst;
}

static int measure_stages(bench_stages *s, const coch_piano_model *model, const float *sound, size_t count,
                          unsigned cpu_mask)
{
    chain c;
    size_t block = (size_t)(s->rate * 0.01), hops = 0;
    int failed = chain_open(&c, model, s->rate, cpu_mask);
    for (size_t at = 0; !failed && at + block <= count; at += block, hops++)
        chain_step(&c, s, sound + at, block);
    double scale = hops ? 1e6 / (double)hops : 0.0;
    s->resample *= scale;
    s->front_end *= scale;
    s->net *= scale;
    s->tracker *= scale;
    s->worst *= 1e6;
    chain_close(&c);
    return failed;
}

static void nothing(void *context, const coch_instrument_decision *decision, double time)
{
    (void)context;
    (void)decision;
    (void)time;
}

static void hear_instrument(bench_stages *s, coch_instrument_stream *stream, const float *sound, size_t count)
{
    const size_t block = (size_t)(s->rate * 0.01);
    for (size_t at = 0; at + block <= count; at += block) {
        double start = bench_now();
        coch_instrument_stream_feed(stream, sound + at, block, nothing, NULL);
        double took = bench_now() - start;
        s->instrument += took;
        s->instrument_worst = took > s->instrument_worst ? took : s->instrument_worst;
    }
    s->instrument *= 1e6 / ((double)count / (double)block);
    s->instrument_worst *= 1e6;
}

static int measure_instrument(bench_stages *s, const float *sound, size_t count, unsigned cpu_mask)
{
    size_t size;
    coch_gguf *gguf = NULL;
    coch_instrument_model *model = NULL;
    coch_instrument_stream *stream = NULL;
    const void *weights = coch_instrument_default_weights(&size);
    int failed =
        coch_gguf_open_memory(&gguf, weights, size, NULL, 0) != COCHLEA_OK ||
        coch_instrument_model_new(&model, gguf, NULL, 0) != COCHLEA_OK ||
        coch_instrument_stream_new(&stream, model, coch_kernels_select(cpu_mask), s->rate) != COCHLEA_OK;
    if (!failed)
        hear_instrument(s, stream, sound, count);
    coch_instrument_stream_free(stream);
    coch_instrument_model_free(model);
    coch_gguf_free(gguf);
    return failed;
}

static int measure_whole(bench_stages *s, const float *sound, size_t count, unsigned cpu_mask)
{
    cochlea *ear = NULL;
    cochlea_model *model = NULL;
    cochlea_settings settings;
    cochlea_event events[256];
    cochlea_settings_default(&settings);
    settings.sample_rate = s->rate;
    settings.cpu_mask = cpu_mask;
    int failed = cochlea_model_open(&model, NULL, NULL, 0) != COCHLEA_OK ||
                 cochlea_open(&ear, model, &settings) != COCHLEA_OK;
    double start = bench_now(), seconds = (double)count / s->rate;
    for (size_t at = 0; !failed && at < count;) {
        at += cochlea_feed(ear, sound + at, count - at < 4096 ? count - at : 4096);
        while (cochlea_events(ear, events, 256) == 256)
            ;
    }
    double took = bench_now() - start;
    s->whole = took / seconds * 1e4;
    s->realtime = seconds / took;
    cochlea_close(ear);
    cochlea_model_close(model);
    return failed ? -1 : 0;
}

int bench_stages_measure(bench_stages *s, double rate, double seconds, unsigned cpu_mask)
{
    size_t size, count = (size_t)(seconds * rate);
    coch_gguf *gguf = NULL;
    coch_piano_model *model = NULL;
    float *sound = bench_sound(rate, count);
    const void *weights = coch_piano_default_weights(&size);
    unsigned denormals = coch_cpu_denormals_off();
    *s = (bench_stages){.rate = rate, .kernels = coch_kernels_select(cpu_mask)->name};
    int failed = !sound || coch_gguf_open_memory(&gguf, weights, size, NULL, 0) != COCHLEA_OK ||
                 coch_piano_model_new(&model, gguf, NULL, 0) != COCHLEA_OK ||
                 measure_stages(s, model, sound, count, cpu_mask) != 0 ||
                 measure_instrument(s, sound, count, cpu_mask) != 0 ||
                 measure_whole(s, sound, count, cpu_mask) != 0;
    coch_cpu_denormals_restore(denormals);
    coch_piano_model_free(model);
    coch_gguf_free(gguf);
    free(sound);
    return failed ? -1 : 0;
}
