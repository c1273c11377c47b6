#include "timbre/overlap.h"

#include <math.h>
#include <string.h>

enum { PIECES = 8 /* of a hop, whose loudness is compared with the input's */ };

static const float echo_over = 10; /* times the energy of the input */

void coch_overlap_layout(coch_overlap *overlap, coch_arena *arena)
{
    overlap->bins = overlap->size / 2 + 1;
    overlap->analysis = coch_arena_take(arena, overlap->size, sizeof(float));
    overlap->synthesis = coch_arena_take(arena, 2 * overlap->hop, sizeof(float));
    overlap->input = coch_arena_take(arena, 2 * overlap->hop, sizeof(float));
    for (size_t c = 0; c < overlap->channels; c++) {
        coch_overlap_channel *channel = &overlap->channel[c];
        channel->history = coch_arena_take(arena, 2 * overlap->size, sizeof(float));
        channel->spectrum = coch_arena_take(arena, 2 * overlap->bins, sizeof(float));
        channel->pending = coch_arena_take(arena, overlap->hop, sizeof(float));
        channel->block = coch_arena_take(arena, overlap->hop, sizeof(float));
        channel->segment = coch_arena_take(arena, 2 * overlap->hop, sizeof(float));
    }
}

static void fill_windows(coch_overlap *overlap)
{
    const double pi = 3.14159265358979323846;
    size_t size = overlap->size, fall = overlap->hop, rise = size - fall;
    for (size_t i = 0; i < size; i++) {
        double angle =
            i < rise ? ((double)i + 0.5) / (double)rise : 1 + ((double)(i - rise) + 0.5) / (double)fall;
        overlap->analysis[i] = (float)sin(pi / 2 * angle);
    }
    for (size_t i = 0; i < 2 * fall; i++) {
        double hann = pow(sin(pi / 2 * ((double)i + 0.5) / (double)fall), 2);
        double analysis = overlap->analysis[size - 2 * fall + i];
        overlap->synthesis[i] = (float)(hann / analysis / (double)size);
    }
}

cochlea_status coch_overlap_fill(coch_overlap *overlap, const coch_kernels *kernels)
{
    overlap->kernels = kernels;
    fill_windows(overlap);
    cochlea_status status = coch_fft_new(&overlap->forward, overlap->size);
    return status == COCHLEA_OK ? coch_ifft_new(&overlap->back, overlap->size) : status;
}

void coch_overlap_free(coch_overlap *overlap)
{
    coch_fft_free(overlap->forward);
    coch_ifft_free(overlap->back);
}

void coch_overlap_reset(coch_overlap *overlap)
{
    for (size_t c = 0; c < overlap->channels; c++) {
        coch_overlap_channel *channel = &overlap->channel[c];
        memset(channel->history, 0, 2 * overlap->size * sizeof(float));
        memset(channel->pending, 0, overlap->hop * sizeof(float));
        memset(channel->block, 0, overlap->hop * sizeof(float));
    }
    overlap->position = 0;
    overlap->filled = 0;
}

size_t coch_overlap_room(const coch_overlap *overlap)
{
    return overlap->hop - overlap->filled;
}

void coch_overlap_push(coch_overlap *overlap, const float *const *in, size_t count)
{
    /* The size is a multiple of the hop, so a piece within a hop never reaches over the end. */
    for (size_t c = 0; c < overlap->channels; c++) {
        float *target = overlap->channel[c].history + overlap->position;
        memcpy(target, in[c], count * sizeof *target);
        memcpy(target + overlap->size, in[c], count * sizeof *target);
    }
    overlap->position = overlap->position + count == overlap->size ? 0 : overlap->position + count;
    overlap->filled += count;
}

const float *coch_overlap_delayed(const coch_overlap *overlap, size_t channel, size_t count, size_t delay)
{
    return overlap->channel[channel].history + overlap->size + overlap->position - delay - count;
}

const float *coch_overlap_output(const coch_overlap *overlap, size_t channel, size_t count)
{
    return overlap->channel[channel].block + overlap->filled - count;
}

void coch_overlap_analyse(coch_overlap *overlap)
{
    for (size_t c = 0; c < overlap->channels; c++) {
        coch_overlap_channel *channel = &overlap->channel[c];
        const float *newest = channel->history + overlap->position;
        overlap->kernels->multiply(coch_fft_input(overlap->forward), newest, overlap->analysis,
                                   overlap->size);
        const float *spectrum = coch_fft_process(overlap->forward);
        memcpy(channel->spectrum, spectrum, 2 * overlap->bins * sizeof *spectrum);
    }
}

void coch_overlap_power(const coch_overlap *overlap, const float *const *spectra, float *power)
{
    overlap->kernels->power(power, spectra[0], overlap->bins);
    if (overlap->channels == 2) {
        const float *right = spectra[1];
        for (size_t i = 0; i < overlap->bins; i++) {
            power[i] = 0.5f * (power[i] + right[2 * i] * right[2 * i] + right[2 * i + 1] * right[2 * i + 1]);
        }
    }
}

/* The end of a channel's changed frame, windowed. */
static void transform_back(coch_overlap *overlap, coch_overlap_channel *channel)
{
    size_t count = 2 * overlap->hop;
    memcpy(coch_ifft_input(overlap->back), channel->spectrum, 2 * overlap->bins * sizeof(float));
    const float *frame = coch_ifft_process(overlap->back) + overlap->size - count;
    overlap->kernels->multiply(channel->segment, frame, overlap->synthesis, count);
}

/* The input in the place of that, a channel's or the mean of both, under the same windows. */
static void take_input(coch_overlap *overlap, size_t c, int joined)
{
    size_t count = 2 * overlap->hop;
    const float *own = coch_overlap_delayed(overlap, c, count, 0);
    const float *other = joined ? coch_overlap_delayed(overlap, 1 - c, count, 0) : own;
    const float *analysis = overlap->analysis + overlap->size - count;
    float scale = 0.5f * (float)overlap->size;
    for (size_t i = 0; i < count; i++) {
        overlap->input[i] = scale * (own[i] + other[i]) * analysis[i] * overlap->synthesis[i];
    }
}

enum { LANES = 8 /* sums side by side, as a processor can */ };

static double energy_of(const float *x, size_t count)
{
    double sum[LANES] = {0}, all = 0;
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        for (size_t k = 0; k < LANES; k++) {
            sum[k] += (double)(x[i + k] * x[i + k]);
        }
    }
    for (; i < count; i++) {
        sum[0] += (double)(x[i] * x[i]);
    }
    for (size_t k = 0; k < LANES; k++) {
        all += sum[k];
    }
    return all;
}

/* Gains of a frame act on all of it, so an attack at its end would be heard before it happens. Where a piece
 * of the segment is far louder than the input there, it is turned down to that; in between, gains are
 * interpolated. */
static void quieten_echoes(coch_overlap *overlap, float *segment)
{
    const size_t step = overlap->hop / PIECES;
    double in[2 * PIECES + 2] = {0}, out[2 * PIECES + 2] = {0}; /* of the pieces, between two without any */
    float before = 1;
    for (size_t p = 0; p < 2 * PIECES; p++) {
        in[p + 1] = energy_of(overlap->input + p * step, step);
        out[p + 1] = energy_of(segment + p * step, step);
    }
    for (size_t p = 0; p < 2 * PIECES; p++) {
        double most = (in[p] + in[p + 1] + in[p + 2]) * (double)echo_over;
        double there = out[p] + out[p + 1] + out[p + 2];
        float after = there > most ? (float)sqrt(most / there) : 1;
        before = p == 0 ? after : before;
        if (before != 1 || after != 1) {
            for (size_t i = 0; i < step; i++) {
                segment[p * step + i] *= before + (after - before) * (float)(i + 1) / (float)step;
            }
            out[p + 1] = energy_of(segment + p * step, step);
        }
        before = after;
    }
}

void coch_overlap_synthesise(coch_overlap *overlap, float factor, int joined)
{
    size_t hop = overlap->hop;
    double before = 0, after = 0;
    for (size_t c = 0; c < overlap->channels; c++) {
        float *segment = overlap->channel[c].segment;
        transform_back(overlap, &overlap->channel[c]);
        take_input(overlap, c, joined);
        quieten_echoes(overlap, segment);
        before += energy_of(overlap->input, 2 * hop);
        after += energy_of(segment, 2 * hop);
    }
    /* Less than -200 dB of full scale is silence. */
    float scale = before > 1e-20 && after > 1e-20 ? (float)sqrt(before / after) * factor : 0;
    for (size_t c = 0; c < overlap->channels; c++) {
        coch_overlap_channel *channel = &overlap->channel[c];
        for (size_t i = 0; i < hop; i++) {
            channel->block[i] = channel->pending[i] + scale * channel->segment[i];
            channel->pending[i] = scale * channel->segment[hop + i];
        }
    }
    overlap->filled = 0;
}
