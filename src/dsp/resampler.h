/* Streaming change of sample rate, one channel, on libsamplerate's fastest sinc converter.
 *
 * Output sample n belongs to the input instant n / ratio: the converter's delay shows only in how much input
 * it needs before it delivers, so times need no correction. Equal rates are copied. */
#ifndef COCH_DSP_RESAMPLER_H
#define COCH_DSP_RESAMPLER_H

#include "base/status.h"

#include <stddef.h>

typedef struct coch_resampler coch_resampler;

/* From `from` to `to` Hz, both 1000..400000. Errors: ARGUMENT, MEMORY. [main] */
cochlea_status coch_resampler_new(coch_resampler **resampler, double from, double to);
void coch_resampler_free(coch_resampler *resampler);

/* From another rate than before, `from` within 20 % of that at creation; back to silence. [worker] */
void coch_resampler_tune(coch_resampler *resampler, double from) COCH_REALTIME;

/* Back to silence before the first sample. [worker] */
void coch_resampler_reset(coch_resampler *resampler) COCH_REALTIME;

/* Converts `count` input samples, all of them, into `out` of room for `capacity` samples, and returns how
 * many were written. Needs capacity >= count * to / from + 64. Samples that are not finite, or beyond +-1e6,
 * are taken as 0. The output does not depend on how the input is divided into calls. [worker] */
size_t coch_resampler_process(coch_resampler *resampler, const float *in, size_t count, float *out,
                              size_t capacity) COCH_REALTIME;

/* Input samples that must follow an instant before the output at that instant is delivered (measured at
 * creation); 0 for equal rates. [any] */
size_t coch_resampler_latency(const coch_resampler *resampler);

#endif
