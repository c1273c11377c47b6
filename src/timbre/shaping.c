#include "timbre/shaping.h"

#include <math.h>
#include <string.h>

/* Bins to each side. */
enum { LOBE = 2, DIP = 4, NEIGHBOURS = 10, REACH = 16 };

enum { LIMITER_RAMPS = 16 /* of a hop: the fastest that the limiter moves */ };

static const float gain_limit = 5.2f;                       /* nepers, 45 dB */
static const float onset_rise = 4.0f, onset_fade = 0.55f;   /* of energy; per frame */
static const float noise_lift = 1.4f;                       /* nepers that noise may be lifted, 12 dB */
static const float noise_below = 7.0f, tone_above = 14.0f;  /* dB of a bin over its neighbourhood */
static const float valley_lift = 0.7f;                      /* nepers, 6 dB: what breath and bow need */
static const float prominence = 12.0f;                      /* dB of a partial over the dips beside it */
static const float held_seconds = 6.0f, held_floor = 1e-4f; /* fading of what is held; energy that ends it */
static const float limiter_rise = 1.03f;                    /* per hop */
static const float held_most = 16.0f;                       /* 24 dB, as amplitude */

void coch_shaping_layout(coch_shaping *shaping, coch_arena *arena, size_t bins)
{
    shaping->bins = bins;
    shaping->of_bins = coch_arena_take(arena, COCH_PAD(bins), sizeof(float));
    shaping->loudness = coch_arena_take(arena, COCH_PAD(bins), sizeof(float));
    shaping->sums = coch_arena_take(arena, bins + 1, sizeof(double));
}

void coch_shaping_reset(coch_shaping *shaping)
{
    shaping->before = 0;
    shaping->onset = 0;
    shaping->held = 0;
    shaping->limiter = 1;
}

void coch_shaping_listen(coch_shaping *shaping, float energy)
{
    int rises = energy > onset_rise * shaping->before && energy > 1e-12f;
    shaping->onset = rises ? 1 : shaping->onset * onset_fade;
    shaping->before = energy;
    float faded = shaping->held * expf(-shaping->seconds / held_seconds);
    shaping->held = energy > faded || energy < held_floor * shaping->held ? energy : faded;
}

/* How much the neighbourhood of a bin looks like a tone: 0..1. */
static float tonality(const coch_shaping *shaping, size_t bin)
{
    size_t last = shaping->bins - 1;
    size_t low = bin > NEIGHBOURS ? bin - NEIGHBOURS : 0,
           high = bin + NEIGHBOURS < last ? bin + NEIGHBOURS : last;
    float highest = shaping->loudness[bin];
    for (size_t i = bin > LOBE ? bin - LOBE : 0; i <= bin + LOBE && i <= last; i++) {
        highest = shaping->loudness[i] > highest ? shaping->loudness[i] : highest;
    }
    double mean = (shaping->sums[high + 1] - shaping->sums[low]) / (double)(high + 1 - low);
    float share = (highest - (float)mean - noise_below) / (tone_above - noise_below);
    return share < 0 ? 0 : share > 1 ? 1 : share;
}

/* Takes back what would lift noise between or instead of partials. */
static void guard(coch_shaping *shaping, float amount)
{
    for (size_t i = 0; i < shaping->bins; i++) {
        shaping->sums[i + 1] = shaping->sums[i] + (double)shaping->loudness[i];
    }
    for (size_t i = 0; i < shaping->bins; i++) {
        float over = shaping->of_bins[i] - noise_lift;
        if (over > 0) {
            shaping->of_bins[i] -= amount * over * (1 - tonality(shaping, i));
        }
    }
}

static void measure_loudness(coch_shaping *shaping, const coch_kernels *kernels, const float *power)
{
    memcpy(shaping->loudness, power, shaping->bins * sizeof *power);
    kernels->log_scale(shaping->loudness, shaping->bins, 1e-20f, 10, 0, -200, 200);
}

static float lowest_of(const float *x, size_t count)
{
    float lowest = x[0];
    for (size_t i = 1; i < count; i++) {
        lowest = x[i] < lowest ? x[i] : lowest;
    }
    return lowest;
}

/* Whether a bin is the top of a partial: higher than its neighbours, and well above a dip on both sides. */
static int is_peak(const float *loudness, size_t i)
{
    const float *x = loudness + i;
    if (x[0] < x[-1] || x[0] < x[-2] || x[0] < x[1] || x[0] < x[2]) {
        return 0;
    }
    return x[0] - lowest_of(x - DIP, DIP) > prominence && x[0] - lowest_of(x + 1, DIP) > prominence;
}

/* No bin from `from` to `to` (excluded) is lifted much more than the partials beside it, peaks at `left` and
 * `right` (negative: none), as far as they reach. */
static void keep_valley(coch_shaping *shaping, long from, long to, long left, long right)
{
    for (long i = from; i < to; i++) {
        float most = -gain_limit - 1;
        if (left >= 0 && i - left <= REACH) {
            most = shaping->of_bins[left] + valley_lift;
        }
        if (right >= 0 && right - i <= REACH && shaping->of_bins[right] + valley_lift > most) {
            most = shaping->of_bins[right] + valley_lift;
        }
        if (most >= -gain_limit && shaping->of_bins[i] > most) {
            shaping->of_bins[i] = most;
        }
    }
}

/* The pitch is in the partials: what lies between or below them is noise, and a target that has something
 * there, such as an organ with its lower octave, would make another pitch of it. */
static void keep_valleys(coch_shaping *shaping)
{
    long before = -1, bins = (long)shaping->bins;
    for (long i = DIP; i < bins - DIP; i++) {
        if (is_peak(shaping->loudness, (size_t)i)) {
            keep_valley(shaping, before < 0 ? 0 : before + LOBE, i - LOBE + 1, before, i);
            before = i;
        }
    }
    if (before >= 0) {
        keep_valley(shaping, before + LOBE, bins, before, -1);
    }
}

static float clamp_gain(float gain)
{
    return gain < -gain_limit ? -gain_limit : gain > gain_limit ? gain_limit : gain;
}

float coch_shaping_hold(const coch_shaping *shaping, float energy, float sustain)
{
    if (!(sustain > 0 && shaping->held > energy && energy > 1e-20f)) {
        return 1;
    }
    float missing = powf(shaping->held / energy, 0.5f * sustain);
    return missing < held_most ? missing : held_most;
}

void coch_shaping_apply(coch_shaping *shaping, const coch_timbre_frontend *front, const float *gain,
                        const float *power, const coch_shaping_amounts *amounts, coch_overlap *overlap)
{
    float kept[COCH_TIMBRE_BANDS], less = 1 - amounts->attack * shaping->onset;
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        kept[b] = clamp_gain(gain[b]) * less;
    }
    coch_timbre_frontend_spread(front, kept, shaping->of_bins);
    measure_loudness(shaping, front->kernels, power);
    keep_valleys(shaping);
    if (amounts->guard > 0) {
        guard(shaping, amounts->guard);
    }
    for (size_t i = 0; i < shaping->bins; i++) {
        shaping->of_bins[i] = expf(shaping->of_bins[i]);
    }
    for (size_t c = 0; c < overlap->channels; c++) {
        float *spectrum = overlap->channel[c].spectrum;
        for (size_t i = 0; i < shaping->bins; i++) {
            spectrum[2 * i] *= shaping->of_bins[i];
            spectrum[2 * i + 1] *= shaping->of_bins[i];
        }
    }
}

static float peak_of(const float *samples, size_t count, float peak)
{
    for (size_t i = 0; i < count; i++) {
        peak = fabsf(samples[i]) > peak ? fabsf(samples[i]) : peak;
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
