/* Transforms of real frames, forward and back, on FFTW3 in single precision. */
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

typedef struct coch_ifft coch_ifft;

/* The way back, to `size` real samples (even, 2..65536). Errors: ARGUMENT, MEMORY. [main] */
cochlea_status coch_ifft_new(coch_ifft **ifft, size_t size);
void coch_ifft_free(coch_ifft *ifft);

/* The aligned input buffer, [size / 2 + 1] interleaved complex values: filled before each
 * coch_ifft_process(). */
float *coch_ifft_input(coch_ifft *ifft) COCH_REALTIME;

/* Transforms the input buffer (which is destroyed) and returns [size] samples, `size` times too large.
 * [worker] */
const float *coch_ifft_process(coch_ifft *ifft) COCH_REALTIME;

#endif
