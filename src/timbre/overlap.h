/* Frames out of a stream and back into one, with a low and fixed delay.
 *
 * Every frame of N samples ends at the newest one. Its window is the root of a Hann window that rises slowly
 * over N - M samples and falls over the last M. Of the changed frame only the last 2 * M samples are used, M
 * apart, under a window that makes the product a Hann window of 2 * M samples: these sum to one. So the
 * frequency resolution is that of N, and the delay is 2 * M.
 * Source: Mauler and Martin, "A low delay, variable resolution, perfect reconstruction spectral
 * analysis-synthesis system" (EUSIPCO 2007). */
#ifndef COCH_TIMBRE_OVERLAP_H
#define COCH_TIMBRE_OVERLAP_H

#include "base/arena.h"
#include "dsp/fft.h"
#include "dsp/kernels.h"

#include <stddef.h>

#define COCH_OVERLAP_CHANNELS 2

typedef struct coch_overlap_channel {
    float *history;  /* [2 * size]: every sample twice, so that the newest `size` lie in one piece */
    float *spectrum; /* [bins] interleaved complex: of the newest frame, changed in place by the caller */
    float *pending;  /* [hop]: what the frames so far add to the block after the next */
    float *block;    /* [hop]: the block that is being delivered */
    float *segment;  /* [2 * hop]: what the newest frame gives */
} coch_overlap_channel;

typedef struct coch_overlap {
    const coch_kernels *kernels;
    size_t size, hop, bins, channels; /* N, M, N / 2 + 1 */
    size_t position;                  /* in the history, of the next sample */
    size_t filled;                    /* samples since the last frame, < hop */
    float *analysis;                  /* [size] */
    float *synthesis;                 /* [2 * hop], with the transform's factor */
    float *input;                     /* [2 * hop] of a channel in the place of its segment, within a call */
    coch_fft *forward;
    coch_ifft *back;
    coch_overlap_channel channel[COCH_OVERLAP_CHANNELS];
} coch_overlap;

/* Run once per arena pass; sizes are set by the caller before. After the second pass, coch_overlap_fill().
 * [main] */
void coch_overlap_layout(coch_overlap *overlap, coch_arena *arena);

/* Windows and transforms. Errors: MEMORY; ARGUMENT when size is no legal transform. [main] */
cochlea_status coch_overlap_fill(coch_overlap *overlap, const coch_kernels *kernels);

/* Frees the transforms (the rest is the arena's). [main] */
void coch_overlap_free(coch_overlap *overlap);

/* Back to silence. [audio] */
void coch_overlap_reset(coch_overlap *overlap) COCH_REALTIME;

/* Samples until the next frame is complete: 1..hop. [audio] */
size_t coch_overlap_room(const coch_overlap *overlap) COCH_REALTIME;

/* Appends `count` <= room samples of every channel. [audio] */
void coch_overlap_push(coch_overlap *overlap, const float *const *in, size_t count) COCH_REALTIME;

/* The newest `count` samples pushed of a channel, as they were `delay` samples ago (count + delay <= size).
 * [audio] */
const float *coch_overlap_delayed(const coch_overlap *overlap, size_t channel, size_t count,
                                  size_t delay) COCH_REALTIME;

/* The output that belongs to the newest `count` samples pushed (they must not reach back over a frame).
 * [audio] */
const float *coch_overlap_output(const coch_overlap *overlap, size_t channel, size_t count) COCH_REALTIME;

/* When the frame is complete (room was used up): the spectra of all channels. [audio] */
void coch_overlap_analyse(coch_overlap *overlap) COCH_REALTIME;

/* power[bins]: mean over the channels of the power of spectra[channels][bins]. [audio] */
void coch_overlap_power(const coch_overlap *overlap, const float *const *spectra, float *power) COCH_REALTIME;

/* From the changed spectra to the next block of output; begins the next frame. What a frame gives gets the
 * level that the input has in its place (of both channels together), times `factor`: so loudness stays, also
 * around attacks. `joined`: the spectra of both channels are those of their mean. [audio] */
void coch_overlap_synthesise(coch_overlap *overlap, float factor, int joined) COCH_REALTIME;

#endif
