/* Where in the score the player is: an online alignment of heard notes to chords.
 *
 * A beam of hypotheses is carried from heard note to heard note. Each says: the player is at chord k, which
 * began at such a time, whose notes so-and-so were heard, at such a tempo. A heard note may belong to that
 * chord, to a later one (what lies between was left out), to the one before (a hand that lags), be wrong or
 * not played at all, or begin a new stretch anywhere: some chords back (a stumble), at the start of the loop
 * or the piece, or at any other place. Every step costs what it is unlikely; of the hypotheses that meet at a
 * chord the cheapest survives (Viterbi). What was heard COCH_FOLLOWER_LAG seconds ago is decided by tracing
 * the cheapest hypothesis back.
 *
 * After: E. Nakamura, T. Nakamura, Y. Saito, N. Ono, S. Sagayama, Outer-Product Hidden Markov Model and
 * Polyphonic MIDI Score Following, JNMR 2014 (jumps from anywhere to anywhere at a cost that factors, so that
 * they need no search over pairs); E. Nakamura, P. Cuvillier, A. Cont, N. Ono, S. Sagayama, Autoregressive
 * Hidden Semi-Markov Model of Symbolic Music Performance for Score Following, ISMIR 2015 (intervals between
 * onsets as evidence); J. Bloch, R. Dannenberg, Real-Time Computer Accompaniment of Keyboard Performances,
 * ICMC 1985 (notes of a chord in any order). Hypotheses that carry their own tempo and heard notes, instead
 * of summed states, are our choice.
 *
 * Work per heard note is bounded, memory is taken at creation alone, and the result follows from the notes.
 */
#ifndef COCH_PRACTICE_FOLLOWER_H
#define COCH_PRACTICE_FOLLOWER_H

#include "base/attributes.h"
#include "practice/score.h"

#include <stddef.h>
#include <stdint.h>

#define COCH_FOLLOWER_LAG 1.5 /* seconds */

typedef struct coch_follower coch_follower;

/* A note as the ear heard it. */
typedef struct coch_heard {
    double time; /* of the onset, seconds */
    uint8_t pitch, velocity;
    float confidence; /* 0..1 */
    uint8_t doubtful; /* nonzero: too little for a note by itself; believed where the score has that note */
} coch_heard;

typedef struct coch_follower_options {
    coch_hand hand;              /* whose notes are expected */
    uint32_t first_bar, end_bar; /* the range practised, [first, end); equal: the whole piece */
    double rate;                 /* tempo expected at first, as a share of the score's: 1 */
} coch_follower_options;

enum { COCH_JUMP = 1, COCH_REVISED = 2 };

/* What became of a heard note. */
typedef struct coch_follower_step {
    uint32_t heard; /* how many notes were heard before this one */
    int32_t chord;  /* index in the score of the chord the player is at with it, -1 before the first */
    int32_t note;   /* index in the score of the note that it is, -1 for none */
    uint8_t jump;   /* COCH_JUMP when a new stretch begins here, COCH_REVISED when what was decided before
                       turned out to be another place */
    uint8_t substituted; /* nonzero when it was struck instead of `note` */
} coch_follower_step;

typedef struct coch_position {
    int32_t chord;     /* last chord begun, -1 before the first */
    double seconds;    /* in the score, at its own tempo */
    double rate;       /* score seconds per second */
    double certainty;  /* 0..1: 1 - (likelihood of the best other place, relative to this one) */
    uint64_t heard;    /* bit i: note i of that chord was heard */
    double chord_time; /* when that chord began, seconds */
} coch_position;

/* Errors: MISSING when the hand has no notes, MEMORY. The score must outlive the follower. [main] */
cochlea_status coch_follower_new(coch_follower **follower, const coch_score *score,
                                 const coch_follower_options *options);
void coch_follower_free(coch_follower *follower);

/* Back to before the first note. [worker] */
void coch_follower_reset(coch_follower *follower) COCH_REALTIME;

/* Takes a note in the order of hearing; onsets may be out of order by a few hundred milliseconds. [worker] */
void coch_follower_hear(coch_follower *follower, const coch_heard *heard) COCH_REALTIME;

/* Makes `follower` know what another one of the same score and options knows, but for what is decided by
 * tracing back: it may be asked for the latest step and the position. [worker] */
void coch_follower_copy(coch_follower *follower, const coch_follower *other) COCH_REALTIME;

/* The latest step, as it looks now. [worker] */
void coch_follower_latest(const coch_follower *follower, coch_follower_step *step) COCH_REALTIME;

/* The position at `now` seconds: from the last chord on at the tempo heard, slower where the next one fails
 * to come. [worker] */
void coch_follower_position(const coch_follower *follower, double now, coch_position *position) COCH_REALTIME;

/* Decides notes whose onset is more than COCH_FOLLOWER_LAG before `now` (all with `now` infinite), oldest
 * first; returns how many of `capacity` were written. [worker] */
size_t coch_follower_decide(coch_follower *follower, double now, coch_follower_step *steps,
                            size_t capacity) COCH_REALTIME;

#endif
