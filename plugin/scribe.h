/* Cochlea Scribe: sound in, the same sound out, and the notes of the piano in it as MIDI. */
#ifndef COCH_PLUGIN_SCRIBE_H
#define COCH_PLUGIN_SCRIBE_H

#include "processor.h"

/* Indices of its parameters. */
enum {
    COCH_SCRIBE_BYPASS,
    COCH_SCRIBE_TIMING,
    COCH_SCRIBE_STEADY,
    COCH_SCRIBE_LOOKAHEAD,
    COCH_SCRIBE_SENSITIVITY,
    COCH_SCRIBE_LOW,
    COCH_SCRIBE_HIGH,
    COCH_SCRIBE_TUNING,
    COCH_SCRIBE_CURVE,
    COCH_SCRIBE_TRANSPOSE,
    COCH_SCRIBE_CHANNEL,
    COCH_SCRIBE_SUSTAIN,
    COCH_SCRIBE_INSTRUMENT,
    COCH_SCRIBE_ONLY_PIANO,
    COCH_SCRIBE_PARAMETERS
};

/* Its outputs: what plays, then the probability of each class. */
#define COCH_SCRIBE_CLASSES 10
#define COCH_SCRIBE_OUTPUTS (1 + COCH_SCRIBE_CLASSES)

extern const coch_parameter coch_scribe_outputs[COCH_SCRIBE_OUTPUTS];
extern const coch_parameter coch_scribe_parameters[COCH_SCRIBE_PARAMETERS];
#define COCH_SCRIBE_PRESETS 5
extern const coch_preset coch_scribe_presets[COCH_SCRIBE_PRESETS];

#endif
