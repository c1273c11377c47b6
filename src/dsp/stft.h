/* Streaming spectra: several windows of different lengths over one history, all ending at the newest sample.
 */
#ifndef COCH_DSP_STFT_H
#define COCH_DSP_STFT_H

#include "base/status.h"
#include "dsp/kernels.h"

#include <stddef.h>

#define COCH_STFT_WINDOWS_MAX 4

typedef struct coch_stft_window {
    size_t length;   /* samples */
    size_t fall;     /* samples of the falling part; 0: a periodic Hann window instead */
    size_t fft_size; /* >= length: zero padded */
} coch_stft_window;

typedef struct coch_stft coch_stft;

/* A set of 1..COCH_STFT_WINDOWS_MAX windows over a history that starts as silence.
 * Errors: ARGUMENT, MEMORY. [main] */
cochlea_status coch_stft_new(coch_stft **stft, const coch_kernels *kernels, const coch_stft_window *windows,
                             size_t count);
void coch_stft_free(coch_stft *stft);

/* Back to a silent history. [worker] */
void coch_stft_reset(coch_stft *stft) COCH_REALTIME;

/* Appends `count` samples. [worker] */
void coch_stft_push(coch_stft *stft, const float *samples, size_t count) COCH_REALTIME;

/* Power spectrum of window `index` over the newest samples: [fft_size / 2 + 1], valid until the next call.
 * [worker] */
const float *coch_stft_power(coch_stft *stft, size_t index) COCH_REALTIME;

#endif
