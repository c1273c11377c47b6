/* Inside of the instrument detector: its constant model. */
#ifndef COCH_LISTEN_INSTRUMENT_MODEL_H
#define COCH_LISTEN_INSTRUMENT_MODEL_H

#include "base/arena.h"
#include "dsp/cqt.h"
#include "listen/instrument.h"
#include "net/conv2d.h"
#include "net/layers.h"
#include "net/reading.h"

#include <stddef.h>

#define COCH_INSTRUMENT_SILENCE (-1.0f) /* a column's value when nothing sounds */
#define COCH_INSTRUMENT_KEPT 50         /* blocks that windows may reach back */
#define COCH_INSTRUMENT_NAME_MAX 40

/* ---- Geometry of the convolutions; bins are semitones from 55 Hz ---- */

enum {
    COCH_INSTRUMENT_POOL = 3,      /* rows that pooling joins; over time it joins a block */
    COCH_INSTRUMENT_2D_ROWS = 30,  /* of the 2-D branch after the first pooling */
    COCH_INSTRUMENT_2D_OUT = 8,    /* and after the second */
    COCH_INSTRUMENT_1D_FIRST = 48, /* 880 Hz .. 6.6 kHz */
    COCH_INSTRUMENT_1D_BINS = 36,
    COCH_INSTRUMENT_SPIRAL_FIRST = 12, /* A2; two octaves, three times, an octave apart */
    COCH_INSTRUMENT_SPIRAL_BANDS = 3,
    COCH_INSTRUMENT_SPIRAL_ROWS = 7 /* after the first pooling; one after the second */
};

/* ---- Geometry of the statistics ---- */

enum {
    COCH_STATISTICS_TIME = 45,  /* columns that the time filters see */
    COCH_STATISTICS_REACH = 16, /* bins on each side that the frequency filters see */
    COCH_STATISTICS_POSITIONS = 48,
    COCH_STATISTICS_RATES = 4,
    COCH_STATISTICS_SCALES = 4,
    COCH_STATISTICS_MOVING = 1 + 2 * COCH_STATISTICS_SCALES, /* filters of a rate */
    COCH_STATISTICS_FILTERS = 1 + COCH_STATISTICS_SCALES + COCH_STATISTICS_RATES * COCH_STATISTICS_MOVING,
    COCH_STATISTICS_BANDS = 12,
    COCH_STATISTICS_RIPPLES = COCH_STATISTICS_FILTERS * COCH_STATISTICS_BANDS,
    COCH_STATISTICS_WIDE = 24, /* bands whose mean and deviation are taken */
    COCH_STATISTICS_CEPSTRA = 25,
    COCH_STATISTICS_LAG = 3, /* columns between the ends of a difference */
    COCH_STATISTICS_OF_BANDS =
        COCH_STATISTICS_RIPPLES + 2 * COCH_STATISTICS_WIDE + 4 * COCH_STATISTICS_CEPSTRA
};

/* ---- Geometry of the statistics around the pitch ---- */

enum {
    COCH_PITCH_BELOW = 12, /* bins seen below the pitch */
    COCH_PITCH_ABOVE = 48, /* and above it */
    COCH_PITCH_BINS = COCH_PITCH_BELOW + 1 + COCH_PITCH_ABOVE,
    COCH_PITCH_COUNT = 67,   /* pitches, from the lowest bin on */
    COCH_PITCH_COMB = 49,    /* bins that the comb weighs, from COCH_PITCH_BELOW under the pitch on */
    COCH_PITCH_REGISTER = 6, /* pitches that are counted together */
    COCH_PITCH_REGISTERS = COCH_PITCH_COUNT / COCH_PITCH_REGISTER + 1,
    COCH_PITCH_PLACES = 5, /* values of the place and the salience of the pitch */
    COCH_PITCH_STEPS = 6,  /* ways to move */
    COCH_PITCH_PARTS = 6,  /* values of a bin that are no ripples */
    COCH_PITCH_VALUES = COCH_PITCH_BINS * (COCH_PITCH_PARTS + COCH_STATISTICS_RATES) + COCH_PITCH_REGISTERS +
                        COCH_PITCH_PLACES + COCH_PITCH_STEPS,
    COCH_STATISTICS_VALUES = COCH_STATISTICS_OF_BANDS + COCH_PITCH_VALUES
};

#define COCH_STATISTICS_DENSE_MAX 3

typedef struct coch_instrument_decider {
    double net_weight, statistics_weight; /* of their scores in the sum */
    size_t shortest, longest;             /* blocks of a window, 1..COCH_INSTRUMENT_KEPT */
    double smoothing;                     /* share of the older probabilities, 0..1 */
    double change_level;                  /* a short window surer than this of another class begins anew */
    double change_rest;                   /* where it leaves no more than this to the class of the long one */
    size_t change_blocks;                 /* after so many blocks in a row */
    double shown_on, shown_off;           /* confidence that shows a class, and that hides it */
} coch_instrument_decider;

struct coch_instrument_model {
    coch_arena arena;
    coch_cqt_shape cqt;
    double floor, decay,
        gain; /* level: its least, what is left of it after a hop; columns: log(1 + gain m / level) */
    size_t classes;
    char name[COCH_INSTRUMENT_CLASSES_MAX][COCH_INSTRUMENT_NAME_MAX];
    coch_instrument_decider decider;
    float slope; /* of the leaky rectifiers of the convolutions */

    coch_conv2d two_first, two_second, one_first, one_second, spiral_first, spiral_second;
    coch_dense dense, out;

    coch_matrix
        time; /* [COCH_STATISTICS_TIME, oldest first][1][1 + 2 * rates]: smoother, (re, im) of each rate */
    coch_matrix still;  /* [bins seen][1 + 2 * scales]: smoother, (re, im) of each scale */
    coch_matrix moving; /* [bins seen * (re, im)][moving * (re, im)] */
    coch_matrix cosine; /* [COCH_INSTRUMENT_BINS][cepstra] */
    coch_matrix comb;   /* [1][COCH_PITCH_COMB] weights that tell a pitch from its neighbours */
    coch_dense perceptron[COCH_STATISTICS_DENSE_MAX];
    float perceptron_slope;
};

/* Everything of the metadata. Fails with MISSING, FORMAT, UNSUPPORTED. [main] */
void coch_instrument_read_metadata(coch_reading *reading, coch_instrument_model *model);

#endif
