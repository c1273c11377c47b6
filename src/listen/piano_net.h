/* Inside of the piano: the net, from features to raw outputs. */
#ifndef COCH_LISTEN_PIANO_NET_H
#define COCH_LISTEN_PIANO_NET_H

#include "dsp/kernels.h"
#include "listen/piano_model.h"

/* State of a stream. K is COCH_PIANO_KEYS, P is COCH_PIANO_POSITIONS. */
typedef struct coch_piano_net {
    const coch_piano_model *model;
    const coch_kernels *kernels;
    coch_conv_state conv1, conv2, conv3;
    coch_gather_state gather;   /* holds conv3's output [P][filters] */
    coch_gru_state gru;         /* [K] rows */
    coch_gather_state exchange; /* holds the reduced states [K][channels] */
    double loudness;            /* of late */
    float *global;              /* [filters of conv3 + COCH_PIANO_LEVELS] what all keys are told */
    float *of_all;              /* [features of a key] what they make of it */
    float *key;                 /* [K][features of a key] gathered */
    float *mixed;               /* [K][features] after the exchange */
    coch_gru_state gru2;        /* [K] rows */
    float *outputs;             /* [K][COCH_PAD(outputs)] */
    float *pooled;              /* [2][units of gru2] mean and largest over the keys */
    float *pedal_features;      /* of the pedal */
    coch_gru_state pedal_gru;   /* one row */
    float *pedal;               /* [COCH_PAD(COCH_PEDAL_CLASSES)] logits */
} coch_piano_net;

/* Run once per arena pass. [main] */
void coch_piano_net_layout(coch_piano_net *net, coch_arena *arena, const coch_piano_model *model,
                           const coch_kernels *kernels);

/* Back to silence. [worker] */
void coch_piano_net_reset(coch_piano_net *net) COCH_REALTIME;

/* One frame: features [COCH_PIANO_BINS][COCH_PIANO_WINDOWS] in, outputs and pedal filled. Equals
 * models/train/net.py and pedal.py. [worker] */
void coch_piano_net_process(coch_piano_net *net, const float *features) COCH_REALTIME;

#endif
