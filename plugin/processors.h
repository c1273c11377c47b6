/* The list of all processors. */
#ifndef COCH_PLUGIN_PROCESSORS_H
#define COCH_PLUGIN_PROCESSORS_H

#include "processor.h"

/* X(id, name, summary) for each, for formats that need constants: coch_<id> is its table, and
 * coch_<id>_features its CLAP features, which end with NULL. */
#define COCH_PROCESSORS(X)                                                                                   \
    X(scribe, "Cochlea Scribe", "Hears a piano as it is played and sends its notes as MIDI.")                \
    X(hybrid, "Cochlea Hybrid", "Gives what is played or sung the timbre of another instrument.")

#define COCH_DECLARE_PROCESSOR(id, name, summary)                                                            \
    extern const coch_processor coch_##id;                                                                   \
    extern const char *const coch_##id##_features[];
COCH_PROCESSORS(COCH_DECLARE_PROCESSOR)

/* [any] */
const char *coch_processor_name(const coch_processor *processor);
const char *coch_processor_summary(const coch_processor *processor);
const coch_processor *coch_processor_at(size_t index);     /* NULL past the last */
const coch_processor *coch_processor_find(const char *id); /* NULL when there is none */

#endif
