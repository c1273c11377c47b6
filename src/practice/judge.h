/* What was right and what was not: judgements of expected notes, from the steps of the follower.
 *
 * A pass is a stretch played forward; a stumble or jump begins a new one. A chord is judged once the player
 * is JUDGE_BEATS further on, or has left the pass, so that what comes after counts too: without a clock, a
 * note is early or late when it is so against the tempo before it as well as against the tempo after it. A
 * hesitation, which moves all that follows, is none.
 *
 * The ear is a model. A note counts as missed where there is next to no trace of it, and as not sure where
 * the trace may be that of a note, or of others that hide it (see judge_doubt.c); notes that the ear may have
 * made up are no mistakes. */
#ifndef COCH_PRACTICE_JUDGE_H
#define COCH_PRACTICE_JUDGE_H

#include "practice/known.h"
#include "practice/traces.h"

typedef enum coch_verdict {
    COCH_PENDING = 0, /* not reached yet */
    COCH_HEARD,       /* heard, the judgement of its timing is to come */
    COCH_HIT,
    COCH_EARLY,
    COCH_LATE,
    COCH_WRONG, /* another key was struck instead */
    COCH_MISSED,
    COCH_UNSURE, /* not heard where the ear may miss a note */
    COCH_VERDICTS
} coch_verdict;

/* A word for a verdict: "hit", "not sure"; never NULL. [any] */
const char *coch_verdict_name(unsigned verdict);

/* Of one expected note: its last attempt. */
typedef struct coch_judgement {
    uint8_t verdict;  /* coch_verdict */
    uint8_t first;    /* of the first attempt */
    uint8_t velocity; /* as heard, 0 when not heard */
    uint8_t played;   /* the key struck instead, for COCH_WRONG */
    uint16_t attempts;
    uint16_t mistakes; /* attempts that were wrong or missed */
    float confidence;  /* of the ear, 0..1 */
    float error_ms;    /* later is positive; NAN when not heard or nothing to compare with */
    double time;       /* of the onset heard, seconds; NAN when not heard */
    uint32_t pass;     /* of the last attempt, from 1 */
} coch_judgement;

/* A note that was heard and not expected. */
typedef struct coch_extra {
    double time;    /* seconds */
    uint32_t chord; /* of the score, where the player was */
    uint8_t pitch, velocity;
    uint8_t sure; /* zero where the ear may have made it up: no mistake then */
    float confidence;
} coch_extra;

typedef enum coch_break_kind {
    COCH_STUMBLE = 0,   /* back within COCH_STUMBLE_BARS bars, outside of the loop's return */
    COCH_SKIP = 1,      /* forward */
    COCH_RETURN = 2,    /* back to the start of the range or the piece, or far */
    COCH_HESITATION = 3 /* a pause within a pass */
} coch_break_kind;

const char *coch_break_name(unsigned kind);

#define COCH_STUMBLE_BARS 4

/* Where the music did not simply go on. */
typedef struct coch_break {
    double time;       /* when it went on, seconds */
    double pause;      /* seconds that it took beyond the tempo, for hesitations; else since the last chord */
    uint32_t from, to; /* chords of the score */
    uint8_t kind;      /* coch_break_kind */
} coch_break;

#define COCH_EXTRAS_MAX 4096
#define COCH_BREAKS_MAX 1024

typedef struct coch_judge coch_judge;

typedef struct coch_judge_options {
    coch_follower_options range; /* the same as the follower's */
    double tolerance_ms;         /* early or late beyond that: 90 */
    int patient;                 /* nonzero: the score waits, silence ends nothing */
    const coch_traces *traces; /* what the ear had of every key; must outlive the judge. NULL: the notes come
                                  from a keyboard, nothing is in doubt */
    const coch_known *known;   /* sounds of the program's own; must outlive the judge. NULL: none */
    double margin_db;          /* see coch_session_options */
} coch_judge_options;

/* Errors: MEMORY. The score must outlive the judge. [main] */
cochlea_status coch_judge_new(coch_judge **judge, const coch_score *score, const coch_judge_options *options);
void coch_judge_free(coch_judge *judge);
void coch_judge_reset(coch_judge *judge) COCH_REALTIME;

/* Where a clock leads: score seconds `score` are due at `time` (and every `period` seconds from there, 0 for
 * once), running at `rate` score seconds per second; timing is judged against it from now on. A rate of 0
 * ends that. [worker] */
void coch_judge_clock(coch_judge *judge, double time, double score, double rate, double period) COCH_REALTIME;

/* A note was heard and is taken for `step`: only for what is shown at once. [worker] */
void coch_judge_glance(coch_judge *judge, const coch_follower_step *step,
                       const coch_heard *heard) COCH_REALTIME;

/* A decided step. [worker] */
void coch_judge_step(coch_judge *judge, const coch_follower_step *step,
                     const coch_heard *heard) COCH_REALTIME;

/* Judges what can be judged at `now` seconds; all of it with `now` infinite. [worker] */
void coch_judge_settle(coch_judge *judge, double now) COCH_REALTIME;

/* ---- Results; pointers stay valid, what they point to changes [worker] ---- */

const coch_judgement *
coch_judge_notes(const coch_judge *judge); /* [score note_count]; attempts 0: not judged */
size_t coch_judge_extras(const coch_judge *judge, const coch_extra **extras);
size_t coch_judge_breaks(const coch_judge *judge, const coch_break **breaks);

/* When each chord of the score was last played, seconds, NAN where never: [score chord_count]; and in which
 * pass. */
const double *coch_judge_times(const coch_judge *judge, const uint32_t **passes);

#endif
