/* Analysis windows. */
#ifndef COCH_DSP_WINDOW_H
#define COCH_DSP_WINDOW_H

#include "base/status.h"

#include <stddef.h>

/* A window that ends at the newest sample: rises as sin^2 over the first length - fall samples, then falls as
 * cos^2 over the last `fall`, so that a sound which has just begun is heard with little delay while its side
 * lobes stay low. w[i] = sin^2(pi/2 * (i + 0.5) / (length - fall)),            i <  length - fall w[i] =
 * cos^2(pi/2 * (i - (length - fall) + 0.5) / fall),     otherwise scaled by 2 / sum(w), so that a sinusoid of
 * amplitude 1 has a peak of magnitude 1. Errors: ARGUMENT unless 0 < fall < length. [main] */
cochlea_status coch_window_asymmetric(float *w, size_t length, size_t fall);

/* Periodic Hann window, unscaled. [main] */
void coch_window_hann(float *w, size_t length);

#endif
