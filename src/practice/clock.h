/* The clock of the tempo mode: a count-in, then the range at a steady share of the score's tempo, once or in
 * a loop. */
#ifndef COCH_PRACTICE_CLOCK_H
#define COCH_PRACTICE_CLOCK_H

#include "base/attributes.h"
#include "practice/score.h"

typedef struct coch_clock {
    double start;       /* time at which `first` is due, seconds; not running while NAN */
    double first, last; /* range in score seconds */
    double rate;        /* score seconds per second */
    double count_in;    /* seconds before `start` */
    int loop;           /* nonzero: `first` follows on `last` */
} coch_clock;

/* A clock over the bars [first_bar, end_bar) at `rate` (the whole score when they are equal), not running,
 * with a count-in of `bars` bars of the first bar's metre. [any] */
void coch_clock_init(coch_clock *clock, const coch_score *score, uint32_t first_bar, uint32_t end_bar,
                     double rate, unsigned bars, int loop);

/* Starts it so that the count-in begins at `now`. [any] */
void coch_clock_start(coch_clock *clock, double now) COCH_REALTIME;

int coch_clock_runs(const coch_clock *clock) COCH_REALTIME;

/* Score seconds at a time: below `first` during the count-in, `last` after the end. [any] */
double coch_clock_position(const coch_clock *clock, double now) COCH_REALTIME;

/* Length of one round in seconds. [any] */
double coch_clock_period(const coch_clock *clock) COCH_REALTIME;

#endif
