/* Notes that wait until the evidence for them has settled: then they go on in the order of their onsets, and
 * those that turned out to be nothing are left out. */
#ifndef COCH_PRACTICE_SETTLING_H
#define COCH_PRACTICE_SETTLING_H

#include "practice/traces.h"

#define COCH_SETTLING_TIME 0.150 /* seconds after the onset */

enum { COCH_SETTLING_MAX = 256 };

typedef struct coch_settling {
    coch_heard notes[COCH_SETTLING_MAX]; /* by onset, equal ones in the order of hearing */
    size_t count;
} coch_settling;

/* Adds a note that is not among them yet, without room in place of the oldest. [worker] */
void coch_settling_add(coch_settling *settling, const coch_heard *heard) COCH_REALTIME;

/* Takes the next note that has settled by `now`; how sure and whether doubtful is what the traces (NULL: as
 * heard) say in the end. Returns 0 when there is none. [worker] */
int coch_settling_take(coch_settling *settling, const coch_traces *traces, double now,
                       coch_heard *heard) COCH_REALTIME;

#endif
