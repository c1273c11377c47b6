#include "timbre/shaping.h"

#include <math.h>
#include <string.h>

enum {
    LIMITER_RAMPS = 16, /* of a hop: the fastest that the limiter moves */
    LANES = 16          /* of a maximum: as many as a processor takes at once */
};

static const float gain_limit = 5.2f;                     /* nepers, 45 dB */
static const float onset_rise = 4.0f, onset_fade = 0.55f; /* of energy; per frame */
static const float limiter_rise = 1.03f;                  /* per hop */

void coch_shaping_layout(coch_shaping *shaping, coch_arena *arena, size_t bins)
{
    shaping->bins = bins;
    shaping->of_bins = coch_arena_take(arena, COCH_PAD(bins), sizeof(float));
    coch_partials_layout(&shaping->partials, arena, bins);
    coch_guard_layout(&shaping->guard, arena, bins);
}

void coch_shaping_reset(coch_shaping *shaping)
{
    shaping->before = 0;
    shaping->onset = 0;
    coch_sustain_reset(&shaping->sustain, shaping->seconds);
    shaping->limiter = 1;
    coch_partials_reset(&shaping->partials, shaping->seconds);
    coch_guard_reset(&shaping->guard, shaping->seconds);
}

void coch_shaping_listen(coch_shaping *shaping, float energy)
{
    int rises = energy > onset_rise * shaping->before && energy > 1e-12f;
    shaping->onset = rises ? 1 : shaping->onset * onset_fade;
    shaping->before = energy;
}

static float clamp_gain(float gain)
{
    return gain < -gain_limit ? -gain_limit : gain > gain_limit ? gain_limit : gain;
}

static void change(const coch_shaping *shaping, const float *overtones, float *spectrum)
{
    const float *gain = shaping->of_bins, *fill = shaping->guard.fill;
    for (size_t i = 0; i < shaping->bins; i++) {
        spectrum[2 * i] = gain[i] * spectrum[2 * i] + fill[i] * overtones[2 * i];
        spectrum[2 * i + 1] = gain[i] * spectrum[2 * i + 1] + fill[i] * overtones[2 * i + 1];
    }
}

void coch_shaping_apply(coch_shaping *shaping, const coch_timbre_frontend *front, const float *gain,
                        const float *power, const coch_overtones *overtones,
                        const coch_shaping_amounts *amounts, coch_overlap *overlap)
{
    float kept[COCH_TIMBRE_BANDS], less = 1 - amounts->attack * shaping->onset;
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        kept[b] = clamp_gain(gain[b]) * less;
    }
    coch_timbre_frontend_spread(front, kept, shaping->of_bins);
    coch_partials_find(&shaping->partials, front->kernels, power, shaping->onset >= 1);
    coch_partials_lock(&shaping->partials, amounts->coherent, shaping->of_bins);
    coch_guard_apply(&shaping->guard, front, &shaping->partials, power, overtones->power, amounts->guard,
                     shaping->of_bins);
    for (size_t i = 0; i < shaping->bins; i++) {
        shaping->of_bins[i] = sqrtf(shaping->guard.factor[i]);
    }
    for (size_t c = 0; c < overlap->channels; c++) {
        change(shaping, overtones->spectrum[c], overlap->channel[c].spectrum);
    }
}

float coch_shaping_hold(coch_shaping *shaping, const float *power, float energy, float sustain)
{
    float tonal = 0;
    for (size_t i = 0; i < shaping->bins; i++) {
        tonal += power[i] * shaping->partials.tonal[i];
    }
    return coch_sustain_process(&shaping->sustain, energy, tonal / (energy + 1e-20f), shaping->onset >= 1,
                                sustain);
}

static float peak_of(const float *samples, size_t count, float peak)
{
    float most[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        for (size_t k = 0; k < LANES; k++) {
            float x = fabsf(samples[i + k]);
            most[k] = x > most[k] ? x : most[k];
        }
    }
    for (; i < count; i++) {
        most[0] = fabsf(samples[i]) > most[0] ? fabsf(samples[i]) : most[0];
    }
    for (size_t k = 0; k < LANES; k++) {
        peak = most[k] > peak ? most[k] : peak;
    }
    return peak;
}

/* The first sample of the next block that any channel has beyond the ceiling under a gain; hop if none. */
static size_t first_over(const coch_overlap *overlap, float gain, float ceiling)
{
    size_t first = overlap->hop;
    for (size_t c = 0; c < overlap->channels; c++) {
        const float *block = overlap->channel[c].block;
        for (size_t i = 0; i < first; i++) {
            first = fabsf(block[i]) * gain > ceiling ? i : first;
        }
    }
    return first;
}

/* The gain goes from one value to the other within `ramp` samples; what the ramp came too late for is cut. */
static void limit_block(float *block, size_t count, size_t ramp, float from, float to, float ceiling)
{
    for (size_t i = 0; i < count; i++) {
        float gain = i < ramp ? from + (to - from) * (float)(i + 1) / (float)ramp : to;
        float x = block[i] * gain;
        block[i] = x > ceiling ? ceiling : x < -ceiling ? -ceiling : x;
    }
}

void coch_shaping_limit(coch_shaping *shaping, coch_overlap *overlap)
{
    size_t hop = overlap->hop, ramp = hop;
    float ceiling = 1, peak = 0;
    for (size_t c = 0; c < overlap->channels; c++) {
        ceiling = peak_of(coch_overlap_delayed(overlap, c, 4 * hop, 0), 4 * hop, ceiling);
        peak = peak_of(overlap->channel[c].block, hop, peak);
    }
    float from = shaping->limiter, to = peak > ceiling ? ceiling / peak : 1;
    to = to > from ? fminf(to, from * limiter_rise) : to; /* down at once, up slowly */
    shaping->limiter = to;
    if (from >= 1 && to >= 1) {
        return;
    }
    if (to < from) {
        ramp = first_over(overlap, from, ceiling);
        ramp = ramp > hop / LIMITER_RAMPS ? ramp : hop / LIMITER_RAMPS;
    }
    for (size_t c = 0; c < overlap->channels; c++) {
        limit_block(overlap->channel[c].block, hop, ramp, from, to, ceiling);
    }
}
