/* The wait mode: the score stands still until the notes of the present chord were heard. */
#ifndef COCH_PRACTICE_WAITER_H
#define COCH_PRACTICE_WAITER_H

#include "practice/follower.h"

typedef struct coch_waiter {
    const coch_score *score;
    coch_hand hand;
    uint32_t first, end; /* chords of the range */
    int loop;
    int32_t chord;  /* waited for; `end` when all is done */
    int32_t begun;  /* last chord of which a note was heard, -1 */
    uint64_t heard; /* bit i: its note i */
    unsigned ahead; /* notes of the next chord heard while this one lacks some */
    uint32_t count; /* heard notes since the start */
    double chord_time;
    int jumped; /* the next step begins a new round */
} coch_waiter;

/* Bars [first_bar, end_bar) of one hand, the whole score when they are equal. [any] */
void coch_waiter_init(coch_waiter *waiter, const coch_score *score, const coch_follower_options *options,
                      int loop);

/* Whether the present chord still waits for this key. [any] */
int coch_waiter_wants(const coch_waiter *waiter, uint8_t pitch) COCH_REALTIME;

/* Takes a note and says what it is. A chord is complete when all its notes were heard, in any order and with
 * wrong ones between; so that a note that the ear misses does not hold up the music, it is also left when all
 * but one note of it, and then one of the next chord, or two of that, were heard. [worker] */
void coch_waiter_hear(coch_waiter *waiter, const coch_heard *heard, coch_follower_step *step) COCH_REALTIME;

#endif
