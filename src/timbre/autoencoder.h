/* The state of the autoencoder, for its method and its test. */
#ifndef COCH_TIMBRE_AUTOENCODER_H
#define COCH_TIMBRE_AUTOENCODER_H

#include "timbre/method.h"

typedef struct coch_autoencoder_choice {
    const coch_hybrid_target *target; /* that `last` belongs to */
    size_t last;
} coch_autoencoder_choice;

typedef struct coch_autoencoder {
    int started;    /* past and LSTM are those of silence until then */
    float *past;    /* [COCH_HYBRID_CONTEXT][bands], newest first */
    float *encoded; /* [hidden] */
    coch_lstm_state lstm;
    float *latent;                      /* [units + COCH_HYBRID_LATENT] */
    float *decoded;                     /* [wide] */
    float *gain;                        /* [bands] nepers over the flat levels */
    coch_autoencoder_choice choices[2]; /* moments of the first and the second target */
    float *scores;
} coch_autoencoder;

/* One frame of the net: from flat[bands] and latent[COCH_HYBRID_LATENT] to `gain`. [audio] */
void coch_autoencoder_step(coch_autoencoder *n, const cochlea_hybrid_model *model, const float *latent,
                           const float *flat) COCH_REALTIME;

#endif
