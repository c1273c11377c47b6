/* Streaming constant-Q magnitudes: Hann windows of a constant number of periods, all ending at the newest
 * sample, as sparse kernels on spectra (Brown & Puckette 1992).
 *
 * Bins are split into groups, lowest first. A group has a transform just long enough for its longest window,
 * and makes one or several of them in a hop, evenly spaced, whose powers are averaged: so the short windows
 * of high bins leave no gaps between hops. */
#ifndef COCH_DSP_CQT_H
#define COCH_DSP_CQT_H

#include "base/status.h"
#include "dsp/kernels.h"

#include <stddef.h>

#define COCH_CQT_GROUPS_MAX 8
#define COCH_CQT_BINS_MAX 256

typedef struct coch_cqt_group {
    size_t end;      /* first bin of the next group */
    size_t fft_size; /* samples, even, at most 65536, at least the group's longest window */
    size_t count;    /* transforms in a hop: a divisor of the hop */
} coch_cqt_group;

typedef struct coch_cqt_shape {
    double rate;       /* Hz */
    size_t hop;        /* samples */
    double lowest;     /* Hz of bin 0 */
    size_t per_octave; /* bins */
    size_t bins;       /* 1..COCH_CQT_BINS_MAX */
    size_t groups;     /* 1..COCH_CQT_GROUPS_MAX */
    coch_cqt_group group[COCH_CQT_GROUPS_MAX];
} coch_cqt_shape;

typedef struct coch_cqt coch_cqt;

/* Errors: ARGUMENT (a shape that is not as above, or a bin beyond half the rate), MEMORY. [main] */
cochlea_status coch_cqt_new(coch_cqt **cqt, const coch_kernels *kernels, const coch_cqt_shape *shape);
void coch_cqt_free(coch_cqt *cqt);

/* Back to a silent history. [worker] */
void coch_cqt_reset(coch_cqt *cqt) COCH_REALTIME;

/* One hop of samples in, A-weighted magnitudes [bins] out, valid until the next call: a sine of amplitude 1
 * at a bin's frequency gives the weight of that frequency (1 at 1 kHz). Samples that are not finite count as
 * 0. [worker] */
const float *coch_cqt_process(coch_cqt *cqt, const float *hop) COCH_REALTIME;

/* Complex multiply-adds of all kernels per hop, without the transforms. [any] */
size_t coch_cqt_operations(const coch_cqt *cqt);

#endif
