/* Inside of the instrument detector: the hybrid of convolutions, from columns to scores of blocks. */
#ifndef COCH_LISTEN_INSTRUMENT_NET_H
#define COCH_LISTEN_INSTRUMENT_NET_H

#include "dsp/kernels.h"
#include "listen/instrument_model.h"

/* State of a stream. Pooled rows of a block grow column by column and go into their ring when it is full. */
typedef struct coch_instrument_net {
    const coch_instrument_model *model;
    const coch_kernels *kernels;
    coch_columns columns;                           /* [5][bins] that all three branches read */
    coch_columns two_ring, one_ring, spiral_ring;   /* [5 blocks] that the second convolutions read */
    float *two, *one, *spiral;                      /* the first convolutions of a column, within a call */
    float *two_pooled, *one_pooled, *spiral_pooled; /* of the block that is under way */
    float *second;                                  /* [rows][filters] within a call */
    float *joined;                                  /* [2-D | 1-D | spiral] what the dense layer reads */
    float *hidden;                                  /* [units] within a call */
    float *scores;                                  /* [COCH_PAD(classes)] of the newest block */
} coch_instrument_net;

/* Run once per arena pass. [main] */
void coch_instrument_net_layout(coch_instrument_net *net, coch_arena *arena,
                                const coch_instrument_model *model, const coch_kernels *kernels);

/* Back to silence. [worker] */
void coch_instrument_net_reset(coch_instrument_net *net) COCH_REALTIME;

/* The column number `place` (0..COCH_INSTRUMENT_BLOCK - 1) of a block; with the last one, scores are new.
 * [worker] */
void coch_instrument_net_process(coch_instrument_net *net, const float *column, size_t place) COCH_REALTIME;

#endif
