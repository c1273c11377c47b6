#include "timbre/overtones.h"

#include <math.h>
#include <string.h>

static const float loudness_seconds = 0.015f;
static const float highest_hz = 1000; /* of what drives the overtones, -6 dB */
static const float bend_at =
    0.5f; /* of the loudness as amplitude: not the middle, so that odd overtones come too */

void coch_overtones_layout(coch_overtones *overtones, coch_arena *arena, const coch_overlap *overlap)
{
    for (size_t c = 0; c < overlap->channels; c++) {
        overtones->history[c] = coch_arena_take(arena, overlap->size, sizeof(float));
        overtones->spectrum[c] = coch_arena_take(arena, 2 * overlap->bins, sizeof(float));
    }
    overtones->power = coch_arena_take(arena, COCH_PAD(overlap->bins), sizeof(float));
}

void coch_overtones_reset(coch_overtones *overtones, const coch_overlap *overlap, double sample_rate)
{
    overtones->pace = 1 - expf(-1 / (loudness_seconds * (float)sample_rate));
    overtones->cut = 1 - expf(-6.2831853f * highest_hz / (float)sample_rate);
    for (size_t c = 0; c < overlap->channels; c++) {
        overtones->loudness[c] = 0;
        memset(overtones->last[c], 0, sizeof overtones->last[c]);
        memset(overtones->low[c], 0, sizeof overtones->low[c]);
        memset(overtones->history[c], 0, overlap->size * sizeof(float));
    }
}

/* Two poles below which the sound drives its overtones: what is noise above them would only pass through. */
static float low_of(coch_overtones *overtones, size_t c, float x)
{
    float *low = overtones->low[c];
    low[0] += overtones->cut * (x - low[0]);
    low[1] += overtones->cut * (low[0] - low[1]);
    return low[1];
}

/* A kink at a level that keeps its place in the wave: overtones fall with the square of their number. The
 * second difference makes them equally strong, or the window would spread the low ones over the high ones. */
static void bend(coch_overtones *overtones, const coch_overlap *overlap, size_t c)
{
    const size_t hop = overlap->hop, kept = overlap->size - hop;
    const float *in = coch_overlap_delayed(overlap, c, hop, 0);
    float *out = overtones->history[c] + kept, *last = overtones->last[c], loudness = overtones->loudness[c];
    memmove(overtones->history[c], overtones->history[c] + hop, kept * sizeof *out);
    for (size_t i = 0; i < hop; i++) {
        float x = low_of(overtones, c, in[i]);
        loudness += overtones->pace * (x * x - loudness);
        float bent = fabsf(x - bend_at * sqrtf(2 * loudness));
        out[i] = bent - 2 * last[0] + last[1];
        last[1] = last[0];
        last[0] = bent;
    }
    overtones->loudness[c] = loudness;
}

static void transform(coch_overtones *overtones, coch_overlap *overlap, size_t c)
{
    overlap->kernels->multiply(coch_fft_input(overlap->forward), overtones->history[c], overlap->analysis,
                               overlap->size);
    const float *spectrum = coch_fft_process(overlap->forward);
    memcpy(overtones->spectrum[c], spectrum, 2 * overlap->bins * sizeof *spectrum);
}

static void join(coch_overtones *overtones, size_t bins)
{
    float *left = overtones->spectrum[0], *right = overtones->spectrum[1];
    for (size_t i = 0; i < 2 * bins; i++) {
        left[i] = right[i] = 0.5f * (left[i] + right[i]);
    }
}

void coch_overtones_process(coch_overtones *overtones, coch_overlap *overlap, int joined)
{
    for (size_t c = 0; c < overlap->channels; c++) {
        bend(overtones, overlap, c);
        transform(overtones, overlap, c);
    }
    if (joined) {
        join(overtones, overlap->bins);
    }
    coch_overlap_power(overlap, (const float *const *)overtones->spectrum, overtones->power);
}
