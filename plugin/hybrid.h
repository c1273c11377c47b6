/* Cochlea Hybrid: sound in, the same playing with another's timbre out. */
#ifndef COCH_PLUGIN_HYBRID_H
#define COCH_PLUGIN_HYBRID_H

#include "processor.h"
#include "timbre/hybrid.h"

/* Indices of its parameters. */
enum {
    COCH_HYBRID_BYPASS,
    COCH_HYBRID_TARGET,
    COCH_HYBRID_SECOND,
    COCH_HYBRID_MORPH,
    COCH_HYBRID_MIX,
    COCH_HYBRID_METHOD,
    COCH_HYBRID_GAIN,
    COCH_HYBRID_ATTACK,
    COCH_HYBRID_DETAIL,
    COCH_HYBRID_SUSTAIN,
    COCH_HYBRID_GUARD,
    COCH_HYBRID_CHANNELS,
    COCH_HYBRID_LATENCY,
    COCH_HYBRID_COHERENCE,
    COCH_HYBRID_PARAMETERS
};

/* Targets inside the plugin; as the value of the parameter, the one past them is the target of the file. */
#define COCH_HYBRID_INSIDE 8

/* As the weights name them. */
extern const char *const coch_hybrid_targets[COCH_HYBRID_INSIDE];

extern const coch_parameter coch_hybrid_parameters[COCH_HYBRID_PARAMETERS];
#define COCH_HYBRID_PRESETS 6
extern const coch_preset coch_hybrid_presets[COCH_HYBRID_PRESETS];

#endif
