/* What practising comes to over the weeks: a day's sittings, over one score or over all. */
#ifndef COCH_PRACTICE_PROGRESS_H
#define COCH_PRACTICE_PROGRESS_H

#include <stdint.h>

/* Notes right from which on a tempo counts as reached. */
#define COCH_PROGRESS_REACHED 0.8

typedef struct coch_progress_day {
    int32_t day;    /* since 1970-01-01, by the local clock */
    uint32_t count; /* sittings */
    float minutes;  /* heard */
    float accuracy; /* share of the notes judged that were struck, 0..1; NAN when nothing was judged */
    float pace; /* the fastest sitting with COCH_PROGRESS_REACHED or more: share of the score's tempo; NAN */
} coch_progress_day;

#endif
