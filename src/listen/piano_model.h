/* Inside of the piano: its constant model. */
#ifndef COCH_LISTEN_PIANO_MODEL_H
#define COCH_LISTEN_PIANO_MODEL_H

#include "base/arena.h"
#include "dsp/bands.h"
#include "dsp/stft.h"
#include "listen/piano.h"
#include "net/layers.h"
#include "net/reading.h"

#include <stddef.h>

#define COCH_PIANO_BINS_PER_KEY 3 /* three bins a semitone: bin 7 is A0, the lowest key */
#define COCH_PIANO_POSITIONS (COCH_PIANO_BINS / COCH_PIANO_BINS_PER_KEY)
#define COCH_PIANO_FIRST_POSITION 2 /* of the lowest key: it is the one around bin 7 */
#define COCH_PIANO_SILENCE (-1.0f)  /* the feature's lowest value */
#define COCH_PIANO_LEVELS 2         /* loudness now, loudness of late */

struct coch_piano_model {
    coch_arena arena;
    double rate; /* Hz */
    size_t hop;  /* samples */
    coch_stft_window window[COCH_PIANO_WINDOWS];
    coch_bands bands[COCH_PIANO_WINDOWS];
    double loudness_start, loudness_decay; /* in units of the features, per frame */
    coch_tracker_config tracker;
    size_t outputs; /* per key: onset and velocity for every deadline, sounding, held, pedal, age */

    coch_conv conv1, conv2, conv3;
    coch_gather gather;          /* a key's harmonics */
    coch_matrix gather_global;   /* [filters of conv3 + levels][features of a key] */
    coch_matrix gather_key_bias; /* [keys][features of a key] */
    coch_gru gru;
    coch_dense reduce;
    coch_gather exchange;          /* a key's intervals */
    coch_matrix exchange_state;    /* [units][features] */
    coch_matrix exchange_input;    /* [features of a key][features] */
    coch_matrix exchange_key_bias; /* [keys][features] */
    coch_gru gru2;                 /* what a key remembers after the exchange */
    coch_dense heads;
    coch_matrix heads_state; /* [units of gru2][outputs] */
    coch_dense pedal_input;  /* [mean and largest over the keys of gru2's units][features of the pedal] */
    coch_gru pedal_gru;
    coch_dense pedal_out; /* [units of pedal_gru][COCH_PEDAL_CLASSES] */
};

/* Everything of the metadata: constants of the front end and of decoding, and the offsets of both gathers.
 * Fails with MISSING, FORMAT, UNSUPPORTED. [main] */
void coch_piano_read_metadata(coch_reading *reading, coch_piano_model *model, coch_gather_shape *harmonics,
                              coch_gather_shape *intervals);

#endif
