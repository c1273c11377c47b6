#include "dsp/resampler.h"

#include <math.h>
#include <samplerate.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 256 }; /* input samples cleaned and converted at a time */

struct coch_resampler {
    SRC_STATE *converter;
    double to;
    double ratio;   /* to / from; equal rates are copied */
    size_t latency; /* input samples */
};

static float clean(float x)
{
    return fabsf(x) <= 1e6f ? x : 0.0f; /* false for NaN too */
}

/* Converts a piece of clean samples; returns how many were written. */
static size_t convert(coch_resampler *resampler, const float *in, size_t count, float *out, size_t capacity)
{
    SRC_DATA data = {.src_ratio = resampler->ratio};
    size_t written = 0, used = 0;
    do {
        data.data_in = in + used;
        data.input_frames = (long)(count - used);
        data.data_out = out + written;
        data.output_frames = (long)(capacity - written);
        if (src_process(resampler->converter, &data) != 0) {
            break;
        }
        used += (size_t)data.input_frames_used;
        written += (size_t)data.output_frames_gen;
    } while (used < count && (data.input_frames_used > 0 || data.output_frames_gen > 0));
    return written;
}

/* Feeds single samples of silence and finds the longest wait of an output for the input after its instant. */
static size_t measure_latency(coch_resampler *resampler)
{
    enum { OUTPUTS = 64 };
    const float silence = 0;
    float out[512];
    double longest = 0;
    size_t delivered = 0;
    for (size_t fed = 1; delivered < OUTPUTS && fed < 400 * OUTPUTS; fed++) {
        size_t now = convert(resampler, &silence, 1, out, sizeof out / sizeof *out);
        if (now > 0) {
            /* The first of them waited longest; the newest sample belongs to instant fed - 1. */
            double waited = (double)(fed - 1) - (double)delivered / resampler->ratio;
            longest = fmax(longest, waited);
        }
        delivered += now;
    }
    return (size_t)ceil(longest);
}

cochlea_status coch_resampler_new(coch_resampler **resampler, double from, double to)
{
    *resampler = NULL;
    if (!(from >= 1000 && from <= 400000 && to >= 1000 && to <= 400000) || !src_is_valid_ratio(to / from)) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    coch_resampler *made = calloc(1, sizeof *made);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    int error;
    made->converter = src_new(SRC_SINC_FASTEST, 1, &error);
    if (!made->converter) {
        free(made);
        return COCHLEA_ERROR_MEMORY;
    }
    made->to = to;
    made->ratio = to / from;
    made->latency = from == to ? 0 : measure_latency(made);
    coch_resampler_reset(made);
    *resampler = made;
    return COCHLEA_OK;
}

void coch_resampler_free(coch_resampler *resampler)
{
    if (!resampler) {
        return;
    }
    src_delete(resampler->converter);
    free(resampler);
}

void coch_resampler_tune(coch_resampler *resampler, double from)
{
    resampler->ratio = resampler->to / from;
    src_set_ratio(resampler->converter, resampler->ratio); /* at once; otherwise it would glide there */
    coch_resampler_reset(resampler);
}

void coch_resampler_reset(coch_resampler *resampler)
{
    src_reset(resampler->converter);
}

size_t coch_resampler_process(coch_resampler *resampler, const float *in, size_t count, float *out,
                              size_t capacity)
{
    float piece[PIECE];
    size_t written = 0;
    for (size_t done = 0; done < count;) {
        size_t length = count - done < PIECE ? count - done : PIECE;
        for (size_t i = 0; i < length; i++) {
            piece[i] = clean(in[done + i]);
        }
        if (resampler->ratio != 1.0) {
            written += convert(resampler, piece, length, out + written, capacity - written);
        } else {
            size_t kept = length < capacity - written ? length : capacity - written;
            memcpy(out + written, piece, kept * sizeof *out);
            written += kept;
        }
        done += length;
    }
    return written;
}

size_t coch_resampler_latency(const coch_resampler *resampler)
{
    return resampler->latency;
}
