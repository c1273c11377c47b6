/* When chords begin and how fast they go: what one hypothesis of the follower believes of the player's tempo.
 *
 * A chord begins where most of its notes lie, so that one note that came early moves neither it nor the
 * tempo. A single note that is off by less than a pause may be a slip or a new pace: the player is taken to
 * be half way between. */
#ifndef COCH_PRACTICE_PACE_H
#define COCH_PRACTICE_PACE_H

#include "base/attributes.h"

#include <stdint.h>

#define COCH_PACE_TOGETHER 0.060 /* seconds: notes of a chord lie so close */

/* As of one chord. */
typedef struct coch_pace_reading {
    double time;    /* when it began, seconds */
    double rate;    /* score seconds per second */
    float variance; /* of its logarithm */
    float outlier;  /* what the last interval said of it when that was not believed, else 0 */
} coch_pace_reading;

typedef struct coch_pace {
    coch_pace_reading now, before; /* as of this chord, of the one before */
    double step;                   /* score seconds between the two; 0 where a stretch begins */
    double apart;                  /* when notes of this chord came that lie apart from the others, seconds */
    uint8_t with_count, apart_count;
} coch_pace;

/* Before the first chord; a tempo as expected. [worker] */
void coch_pace_begin(coch_pace *pace, double rate) COCH_REALTIME;

/* A new stretch begins at `time`, at the tempo there was. [worker] */
void coch_pace_jump(coch_pace *pace, double time) COCH_REALTIME;

/* The chord `step` score seconds further on begins at `time`. [worker] */
void coch_pace_next(coch_pace *pace, double step, double time) COCH_REALTIME;

/* Another note of the same chord. [worker] */
void coch_pace_join(coch_pace *pace, double time) COCH_REALTIME;

/* When the chord began, for saying where the player is. [worker] */
double coch_pace_believed(const coch_pace *pace) COCH_REALTIME;

#endif
