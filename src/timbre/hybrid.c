#include "timbre/hybrid.h"

#include "dsp/cpu.h"
#include "timbre/method.h"
#include "timbre/overlap.h"
#include "timbre/shaping.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 256 /* samples handled at a time */, HOPS = 4 /* of the net's step in a frame */ };

static const float smoothing_seconds = 0.008f; /* of mix and gain */
static const float glide = 0.3f; /* of the way to another target or morph, per step of the net */

struct cochlea_hybrid {
    coch_arena arena;
    const cochlea_hybrid_model *model;
    double sample_rate;
    cochlea_hybrid_settings settings;
    coch_timbre_frontend front;
    coch_overlap overlap;
    coch_overtones overtones;
    coch_shaping shaping;
    void *state[COCHLEA_HYBRID_METHODS];
    float *power; /* [bins] mean over the channels */
    float gain[COCH_TIMBRE_BANDS];
    coch_timbre_frame frame;
    coch_hybrid_wish wish;
    size_t every, turn;                  /* frames per step of the net; frames since the last step */
    float smoothing, mix, course, level; /* per sample; where mix and the input's gain are on their way */
};

void cochlea_hybrid_settings_default(cochlea_hybrid_settings *settings)
{
    *settings = (cochlea_hybrid_settings){.mix = 1, .detail = 0.5f, .guard = 0.4f, .coherence = 1};
}

/* ---- Making ---- */

static void layout(cochlea_hybrid *h, double sample_rate)
{
    coch_timbre_frontend_layout(&h->front, &h->arena, sample_rate);
    coch_overlap_layout(&h->overlap, &h->arena);
    coch_overtones_layout(&h->overtones, &h->arena, &h->overlap);
    coch_shaping_layout(&h->shaping, &h->arena, h->overlap.bins);
    h->power = coch_arena_take(&h->arena, COCH_PAD(h->overlap.bins), sizeof *h->power);
    for (int m = 0; m < COCHLEA_HYBRID_METHODS; m++) {
        h->state[m] = coch_hybrid_method_of((cochlea_hybrid_method)m)->layout(&h->arena, h->model);
    }
}

static cochlea_status fill(cochlea_hybrid *h, double sample_rate, unsigned channels,
                           cochlea_hybrid_latency latency)
{
    size_t step = coch_timbre_frame_size(sample_rate) / HOPS;
    h->every = latency == COCHLEA_HYBRID_LATENCY_LOW ? 2 : 1;
    h->overlap.size = HOPS * step;
    h->overlap.hop = step / h->every;
    h->overlap.channels = channels;
    layout(h, sample_rate);
    cochlea_status status = coch_arena_allocate(&h->arena);
    if (status != COCHLEA_OK) {
        return status;
    }
    layout(h, sample_rate);
    coch_timbre_frontend_fill(&h->front, h->model->kernels, sample_rate);
    h->shaping.seconds = (float)((double)h->overlap.hop / sample_rate);
    h->smoothing = (float)(1 - exp(-1 / ((double)smoothing_seconds * sample_rate)));
    return coch_overlap_fill(&h->overlap, h->model->kernels);
}

cochlea_status cochlea_hybrid_new(cochlea_hybrid **hybrid, const cochlea_hybrid_model *model,
                                  double sample_rate, unsigned channels, cochlea_hybrid_latency latency)
{
    *hybrid = NULL;
    if (!(sample_rate >= 8000 && sample_rate <= 192000) || channels < 1 || channels > COCH_OVERLAP_CHANNELS) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    cochlea_hybrid *made = calloc(1, sizeof *made);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    made->model = model;
    made->sample_rate = sample_rate;
    cochlea_status status = fill(made, sample_rate, channels, latency);
    if (status != COCHLEA_OK) {
        cochlea_hybrid_free(made);
        return status;
    }
    cochlea_hybrid_settings_default(&made->settings);
    cochlea_hybrid_reset(made);
    *hybrid = made;
    return COCHLEA_OK;
}

void cochlea_hybrid_free(cochlea_hybrid *hybrid)
{
    if (!hybrid) {
        return;
    }
    coch_overlap_free(&hybrid->overlap);
    coch_arena_free(&hybrid->arena);
    free(hybrid);
}

size_t cochlea_hybrid_latency_samples(const cochlea_hybrid *hybrid)
{
    return 2 * hybrid->overlap.hop;
}

/* ---- Settings ---- */

static float within(float value, float low, float high)
{
    return value > low ? (value < high ? value : high) : low; /* NaN gives low */
}

static unsigned existing(const cochlea_hybrid *h, unsigned target)
{
    return target < h->model->targets ? target : 0;
}

void cochlea_hybrid_set(cochlea_hybrid *hybrid, const cochlea_hybrid_settings *settings)
{
    cochlea_hybrid_settings *s = &hybrid->settings;
    cochlea_hybrid_method before = s->method;
    *s = *settings;
    s->method = (unsigned)s->method < COCHLEA_HYBRID_METHODS ? s->method : COCHLEA_HYBRID_AUTOENCODER;
    s->target = existing(hybrid, s->target);
    s->second = existing(hybrid, s->second);
    s->morph = within(s->morph, 0, 1);
    s->mix = within(s->mix, 0, 1);
    s->gain_db = within(s->gain_db, -24, 24);
    s->attack = within(s->attack, 0, 1);
    s->detail = within(s->detail, 0, 1);
    s->sustain = within(s->sustain, 0, 1);
    s->guard = within(s->guard, 0, 1);
    if (s->method != before) {
        coch_hybrid_method_of(s->method)->reset(hybrid->state[s->method]);
    }
}

static float mix_goal(const cochlea_hybrid *h)
{
    return h->settings.bypass ? 0 : h->settings.mix;
}

static float level_goal(const cochlea_hybrid *h)
{
    return powf(10, h->settings.gain_db / 20);
}

/* Moves the wish by `share` of the way to what the settings say. */
static void approach(cochlea_hybrid *h, float share)
{
    coch_hybrid_wish *w = &h->wish;
    const cochlea_hybrid_settings *s = &h->settings;
    w->first = &h->model->target[s->target];
    w->second = &h->model->target[s->second];
    w->detail = s->detail;
    w->morph += share * (s->morph - w->morph);
    if (fabsf(s->morph - w->morph) < 1e-3f) {
        w->morph = s->morph;
    }
    for (size_t i = 0; i < COCH_HYBRID_LATENT; i++) {
        float goal = w->first->latent[i] + s->morph * (w->second->latent[i] - w->first->latent[i]);
        w->latent[i] += share * (goal - w->latent[i]);
    }
}

void cochlea_hybrid_reset(cochlea_hybrid *hybrid)
{
    coch_overlap_reset(&hybrid->overlap);
    coch_overtones_reset(&hybrid->overtones, &hybrid->overlap, hybrid->sample_rate);
    coch_shaping_reset(&hybrid->shaping);
    for (int m = 0; m < COCHLEA_HYBRID_METHODS; m++) {
        coch_hybrid_method_of((cochlea_hybrid_method)m)->reset(hybrid->state[m]);
    }
    memset(hybrid->gain, 0, sizeof hybrid->gain);
    hybrid->turn = 0;
    hybrid->mix = mix_goal(hybrid);
    hybrid->course = hybrid->level = level_goal(hybrid);
    approach(hybrid, 1);
}

/* ---- Frames ---- */

/* The middle of both channels for each of them. */
static void join_channels(coch_overlap *overlap)
{
    float *left = overlap->channel[0].spectrum, *right = overlap->channel[1].spectrum;
    for (size_t i = 0; i < 2 * overlap->bins; i++) {
        left[i] = right[i] = 0.5f * (left[i] + right[i]);
    }
}

static int joined(const cochlea_hybrid *h)
{
    return h->overlap.channels == 2 && h->settings.mid;
}

static void measure_power(cochlea_hybrid *h)
{
    coch_overlap *overlap = &h->overlap;
    if (joined(h)) {
        join_channels(overlap);
    }
    coch_overlap_power(overlap,
                       (const float *const[]){overlap->channel[0].spectrum, overlap->channel[1].spectrum},
                       h->power);
}

/* One step of the method: new gains of the bands. */
static void choose_gains(cochlea_hybrid *h)
{
    const coch_hybrid_method *method = coch_hybrid_method_of(h->settings.method);
    float level[COCH_TIMBRE_BANDS];
    approach(h, glide);
    if (!method->serves(h->model, h->wish.first) || !method->serves(h->model, h->wish.second)) {
        memset(h->gain, 0, sizeof h->gain);
        return;
    }
    method->process(h->state[h->settings.method], h->model, &h->wish, &h->frame, level);
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        float gain = level[b] - h->frame.level[b];
        h->gain[b] = isfinite(gain) ? gain : 0; /* weights may be so large that sums overflow */
    }
}

static void process_frame(cochlea_hybrid *h)
{
    const cochlea_hybrid_settings *s = &h->settings;
    const coch_shaping_amounts amounts = {s->attack, s->guard, s->sustain, s->coherence};
    coch_overlap_analyse(&h->overlap);
    measure_power(h);
    coch_overtones_process(&h->overtones, &h->overlap, joined(h));
    coch_timbre_frontend_process(&h->front, h->power, &h->frame);
    if (h->turn == 0) {
        choose_gains(h);
    }
    h->turn = (h->turn + 1) % h->every;
    coch_shaping_listen(&h->shaping, h->frame.energy);
    coch_shaping_apply(&h->shaping, &h->front, h->gain, h->power, &h->overtones, &amounts, &h->overlap);
    coch_overlap_synthesise(&h->overlap,
                            coch_shaping_hold(&h->shaping, h->power, h->frame.energy, s->sustain), joined(h));
    coch_shaping_limit(&h->shaping, &h->overlap);
}

/* ---- Samples ---- */

static float clean(float x)
{
    return fabsf(x) <= 1e6f ? x : 0.0f; /* false for NaN too */
}

/* The input from sample `at` on, under its gain; all channels move alike. */
static void take_in(cochlea_hybrid *h, const float *const *in, size_t at, float (*piece)[PIECE], size_t count)
{
    const float goal = level_goal(h);
    float course = h->course, level = h->level;
    for (size_t i = 0; i < count; i++) {
        /* Twice smoothed: a kink would be a faint click, which the gains of a bright target make loud. */
        course += h->smoothing * (goal - course);
        level += h->smoothing * (course - level);
        for (size_t c = 0; c < h->overlap.channels; c++) {
            piece[c][i] = clean(in[c][at + i]) * level;
        }
    }
    h->course = course;
    h->level = level;
}

static void give_out(cochlea_hybrid *h, float *const *out, size_t at, size_t count)
{
    const float *dry[COCH_OVERLAP_CHANNELS] = {0}, *wet[COCH_OVERLAP_CHANNELS] = {0};
    const float goal = mix_goal(h);
    float mix = h->mix;
    for (size_t c = 0; c < h->overlap.channels; c++) {
        dry[c] = coch_overlap_delayed(&h->overlap, c, count, 2 * h->overlap.hop);
        wet[c] = coch_overlap_output(&h->overlap, c, count);
    }
    for (size_t i = 0; i < count; i++) {
        mix += h->smoothing * (goal - mix);
        mix = fabsf(goal - mix) < 1e-6f ? goal : mix;
        for (size_t c = 0; c < h->overlap.channels; c++) {
            out[c][at + i] = (1 - mix) * dry[c][i] + mix * wet[c][i];
        }
    }
    h->mix = mix;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

void cochlea_hybrid_process(cochlea_hybrid *hybrid, const float *const *in, float *const *out, size_t count)
{
    float piece[COCH_OVERLAP_CHANNELS][PIECE];
    const float *pieces[COCH_OVERLAP_CHANNELS] = {piece[0], piece[1]};
    unsigned state = coch_cpu_denormals_off();
    for (size_t done = 0; done < count;) {
        size_t length = smaller(smaller(count - done, PIECE), coch_overlap_room(&hybrid->overlap));
        take_in(hybrid, in, done, piece, length);
        coch_overlap_push(&hybrid->overlap, pieces, length);
        give_out(hybrid, out, done, length);
        if (coch_overlap_room(&hybrid->overlap) == 0) {
            process_frame(hybrid);
        }
        done += length;
    }
    coch_cpu_denormals_restore(state);
}

void cochlea_hybrid_spectra(const cochlea_hybrid *hybrid, float before[COCHLEA_HYBRID_BANDS],
                            float after[COCHLEA_HYBRID_BANDS])
{
    const float to_db = 8.685889638f;
    float size = (float)hybrid->overlap.size;
    float level = 10 * log10f(hybrid->frame.energy / (size * size / 8) + 1e-12f);
    for (size_t b = 0; b < COCHLEA_HYBRID_BANDS; b++) {
        after[b] = to_db * (hybrid->frame.level[b] + hybrid->gain[b]);
        before[b] = to_db * hybrid->frame.level[b];
    }
    for (size_t b = 0; b < COCHLEA_HYBRID_BANDS; b++) {
        before[b] = fmaxf(before[b] + level, -120);
        after[b] = fmaxf(after[b] + level, -120);
    }
}
