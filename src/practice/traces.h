/* Traces: all that the ear had of each key, also where it was too little for a note. Who knows the score can
 * ask whether there was anything of a note at its time, and tell what was not played from what was not heard.
 *
 * An onset shows in the evidence for some 100 ms; hops that speak of the same onset are one trace, and its
 * probability is the largest of the last deadline's among them (see cochlea_hop). Memory and work per hop are
 * bounded. */
#ifndef COCH_PRACTICE_TRACES_H
#define COCH_PRACTICE_TRACES_H

#include "base/attributes.h"
#include "engine/cochlea.h"
#include "practice/follower.h"

#define COCH_SAME_NOTE 0.080 /* seconds between two estimates of one onset at most */

enum { COCH_TRACES_MAX = 2048 }; /* kept; a minute of playing leaves some hundreds */

typedef struct coch_trace {
    double time; /* of the onset, seconds */
    float p;     /* probability, 0..1; settled some 100 ms after the onset */
    float first; /* the same by the surest deadline, at once */
    uint8_t pitch, velocity;
    uint8_t told; /* was handed on as a note */
} coch_trace;

typedef struct coch_traces {
    coch_trace ring[COCH_TRACES_MAX];
    uint32_t count;     /* ever */
    uint32_t open[128]; /* by pitch: number of the latest trace, from 1; 0 for none */
} coch_traces;

/* Forgets everything. [any] */
void coch_traces_reset(coch_traces *traces) COCH_REALTIME;

/* Takes a hop whose sound ends at `time` seconds. Traces that reach `keen` with it are written to `heard` as
 * doubtful notes, in order of pitch, COCHLEA_KEYS at most; returns how many. [worker] */
size_t coch_traces_add(coch_traces *traces, const cochlea_hop *hop, double time, float keen,
                       coch_heard *heard) COCH_REALTIME;

/* The strongest trace of a pitch within `around` seconds of `time`; NULL when there was next to nothing.
 * [worker] */
const coch_trace *coch_traces_find(const coch_traces *traces, uint8_t pitch, double time,
                                   double around) COCH_REALTIME;

#endif
