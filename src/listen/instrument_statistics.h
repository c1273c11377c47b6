/* Inside of the instrument detector: modulation statistics, from columns to scores of windows.
 *
 * 40 Gaussian filters of a rate (Hz) and a scale (cycles per octave) run over the columns (Chi, Ru & Shamma
 * 2005); their modulus is averaged over bands and over the blocks of a window. Means and deviations of wider
 * bands, of cepstra and of their differences follow in the same way from means of squares, and so do
 * statistics around the pitch (instrument_pitch.h). */
#ifndef COCH_LISTEN_INSTRUMENT_STATISTICS_H
#define COCH_LISTEN_INSTRUMENT_STATISTICS_H

#include "dsp/kernels.h"
#include "listen/instrument_pitch.h"

/* State of a stream. V is COCH_STATISTICS_VALUES: ripples | band means | band squares | cepstra | their
 * squares | squares of differences | squares of second differences | values around the pitch. */
typedef struct coch_instrument_statistics {
    const coch_instrument_model *model;
    const coch_kernels *kernels;
    coch_columns columns;                 /* [COCH_STATISTICS_TIME][bins] */
    coch_columns cepstra;                 /* [lag + 1][COCH_PAD(cepstra)] */
    coch_columns changes;                 /* [lag + 1][COCH_PAD(cepstra)] their differences */
    coch_columns blocks;                  /* [COCH_INSTRUMENT_KEPT][V] means */
    float *ripples;                       /* [bins][COCH_PAD(1 + 2 rates)] within a call */
    float *smooth;                        /* [reach + bins + reach] */
    float *moving[COCH_STATISTICS_RATES]; /* [reach + bins + reach][2] */
    float *filtered;                      /* [positions][COCH_PAD(..)] within a call */
    coch_instrument_pitch pitch;
    float *block;  /* [V] sums of the block that is under way */
    float *window; /* [V] within a call */
    float
        *hidden[COCH_STATISTICS_DENSE_MAX]; /* outputs of the perceptron's layers; the last are the scores */
} coch_instrument_statistics;

/* Run once per arena pass. [main] */
void coch_instrument_statistics_layout(coch_instrument_statistics *statistics, coch_arena *arena,
                                       const coch_instrument_model *model, const coch_kernels *kernels);

/* Back to silence. [worker] */
void coch_instrument_statistics_reset(coch_instrument_statistics *statistics) COCH_REALTIME;

/* The column number `place` (0..COCH_INSTRUMENT_BLOCK - 1) of a block. [worker] */
void coch_instrument_statistics_process(coch_instrument_statistics *statistics, const float *column,
                                        size_t place) COCH_REALTIME;

/* Scores [classes] of the newest `blocks` blocks, 1..COCH_INSTRUMENT_KEPT; valid until the next call.
 * [worker] */
const float *coch_instrument_statistics_window(coch_instrument_statistics *statistics,
                                               size_t blocks) COCH_REALTIME;

#endif
