/* Forward transform of real frames, on FFTW3 in single precision. */
#ifndef COCH_DSP_FFT_H
#define COCH_DSP_FFT_H

#include "base/status.h"

#include <stddef.h>

typedef struct coch_fft coch_fft;

/* A transform of `size` real samples (even, 2..65536). FFTW's planner is not thread safe: calls are
 * serialised inside. Errors: ARGUMENT, MEMORY. [main] */
cochlea_status coch_fft_new(coch_fft **fft, size_t size);
void coch_fft_free(coch_fft *fft);

/* The aligned input buffer, [size] floats: the caller fills it before each coch_fft_process(). */
float *coch_fft_input(coch_fft *fft) COCH_REALTIME;

/* Transforms the input buffer (which is destroyed) and returns the spectrum, [size / 2 + 1] interleaved
 * complex values, unnormalised. [worker] */
const float *coch_fft_process(coch_fft *fft) COCH_REALTIME;

#endif
