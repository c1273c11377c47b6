#include "listen/instrument_stream.h"

#include "base/arena.h"
#include "dsp/resampler.h"

#include <stdlib.h>
#include <string.h>

enum {
    QUANTUM = 64, /* input samples that are resampled at once, whatever the callers' pieces */
    OUTPUT_MAX =
        1024 /* room for what becomes of them: 64 * 192000 / 8000 is more than any model's rate needs */
};

struct coch_instrument_stream {
    coch_arena arena;
    coch_instrument *instrument;
    coch_resampler *resampler;
    double rate, model_rate;
    size_t hop;
    float input[QUANTUM];
    float output[OUTPUT_MAX];
    float *pending;         /* [hop] samples of the next hop */
    size_t waiting, filled; /* samples in `input` and in `pending` */
    int64_t fed, hops;      /* input samples and hops since the start */
};

static void layout(coch_instrument_stream *s)
{
    s->pending = coch_arena_take(&s->arena, s->hop, sizeof(float));
}

static cochlea_status build(coch_instrument_stream *s, const coch_instrument_model *model,
                            const coch_kernels *kernels)
{
    layout(s);
    cochlea_status status = coch_arena_allocate(&s->arena);
    if (status != COCHLEA_OK) {
        return status;
    }
    layout(s);
    status = coch_instrument_new(&s->instrument, model, kernels);
    return status == COCHLEA_OK ? coch_resampler_new(&s->resampler, s->rate, s->model_rate) : status;
}

cochlea_status coch_instrument_stream_new(coch_instrument_stream **stream, const coch_instrument_model *model,
                                          const coch_kernels *kernels, double rate)
{
    *stream = NULL;
    double model_rate = coch_instrument_model_rate(model);
    if (!(rate >= 8000 && rate <= 192000) || QUANTUM * model_rate / rate + 64 > OUTPUT_MAX) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    coch_instrument_stream *made = calloc(1, sizeof *made);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    made->rate = rate;
    made->model_rate = model_rate;
    made->hop = coch_instrument_model_hop(model);
    cochlea_status status = build(made, model, kernels);
    if (status != COCHLEA_OK) {
        coch_instrument_stream_free(made);
        return status;
    }
    *stream = made;
    return COCHLEA_OK;
}

void coch_instrument_stream_free(coch_instrument_stream *s)
{
    if (!s) {
        return;
    }
    coch_instrument_free(s->instrument);
    coch_resampler_free(s->resampler);
    coch_arena_free(&s->arena);
    free(s);
}

void coch_instrument_stream_reset(coch_instrument_stream *s)
{
    coch_instrument_reset(s->instrument);
    coch_resampler_reset(s->resampler);
    s->waiting = s->filled = 0;
    s->fed = s->hops = 0;
}

static void hear_hop(coch_instrument_stream *s, coch_instrument_listener *listener, void *context)
{
    const coch_instrument_decision *decision = coch_instrument_process(s->instrument, s->pending);
    s->filled = 0;
    s->hops++;
    if (decision) {
        listener(context, decision, (double)s->hops * (double)s->hop / s->model_rate);
    }
}

/* The quantum in `input` through the resampler into hops. */
static void hear(coch_instrument_stream *s, coch_instrument_listener *listener, void *context)
{
    size_t count = coch_resampler_process(s->resampler, s->input, QUANTUM, s->output, OUTPUT_MAX);
    for (size_t at = 0; at < count;) {
        size_t room = s->hop - s->filled, n = count - at < room ? count - at : room;
        memcpy(s->pending + s->filled, s->output + at, n * sizeof *s->output);
        s->filled += n;
        at += n;
        if (s->filled == s->hop) {
            hear_hop(s, listener, context);
        }
    }
    s->waiting = 0;
}

void coch_instrument_stream_feed(coch_instrument_stream *s, const float *samples, size_t count,
                                 coch_instrument_listener *listener, void *context)
{
    s->fed += (int64_t)count;
    for (size_t at = 0; at < count;) {
        size_t room = QUANTUM - s->waiting, n = count - at < room ? count - at : room;
        memcpy(s->input + s->waiting, samples + at, n * sizeof *samples);
        s->waiting += n;
        at += n;
        if (s->waiting == QUANTUM) {
            hear(s, listener, context);
        }
    }
}

void coch_instrument_stream_finish(coch_instrument_stream *s, coch_instrument_listener *listener,
                                   void *context)
{
    const int64_t block = (int64_t)s->hop * COCH_INSTRUMENT_BLOCK;
    const int64_t heard = (int64_t)((double)s->fed * s->model_rate / s->rate);
    int64_t blocks = heard / block;
    if (blocks == 0) {
        blocks = 1;
    }
    while (s->hops < blocks * COCH_INSTRUMENT_BLOCK) {
        memset(s->input + s->waiting, 0, (QUANTUM - s->waiting) * sizeof *s->input);
        hear(s, listener, context);
    }
}
