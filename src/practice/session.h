/* One sitting: a score, a player who is heard, and what came of it. Events in, judgements out; the same for a
 * file and for live sound, as it knows time by the input alone.
 *
 *     coch_session_new(&session, &score, &options);
 *     per block:  for each note-on: coch_session_hear(session, &heard, now);
 *                 for each hop of evidence: coch_session_sense(session, &hop, time, now);
 *                 coch_session_advance(session, now, band, capacity, &count);   // send the band's events
 *                 coch_session_picture(session, &picture);                      // draw it
 *     coch_session_finish(session, now);  then report.h
 */
#ifndef COCH_PRACTICE_SESSION_H
#define COCH_PRACTICE_SESSION_H

#include "practice/band.h"
#include "practice/judge.h"

typedef enum coch_practice_mode {
    COCH_MODE_FREE = 0,  /* it follows the player */
    COCH_MODE_TEMPO = 1, /* the player follows the clock */
    COCH_MODE_WAIT = 2   /* it waits for the right notes */
} coch_practice_mode;

typedef struct coch_session_options {
    coch_practice_mode mode;
    coch_hand hand;              /* practised */
    uint32_t first_bar, end_bar; /* [first, end), equal: the whole piece */
    int loop;                    /* nonzero: the range again and again */
    double tempo;                /* share of the score's tempo, 0.25..1.5 */
    int count_in;                /* bars; -1: the clock starts with the first note (for recordings) */
    double tolerance_ms;         /* 30..500; early or late beyond that */
    double latency_ms; /* way from the program's sounds to the ear's notes, -500..500 (see setup.h) */
    double margin_db;  /* of the loudest playing over the noise of the room, 0..200; 0: not known */
    int exact;         /* nonzero: the notes come from a keyboard, nothing is in doubt */
    float keen;        /* 0..1; probability from which a note is believed where the score has it */
    int metronome, accompaniment; /* nonzero: the band plays clicks, the other hand */
    int headphones;               /* nonzero: the band is not heard by the ear, so nothing is taken for it */
    float band_gain;              /* 0..1 */
} coch_session_options;

void coch_session_default(coch_session_options *options);

typedef struct coch_session coch_session;

/* Errors: ARGUMENT (an option out of its range, or a bar that the score does not have), MISSING (the hand has
 * no notes), MEMORY. The score must outlive the session. [main] */
cochlea_status coch_session_new(coch_session **session, const coch_score *score,
                                const coch_session_options *options);
void coch_session_free(coch_session *session);

/* A note-on of the ear; `now` (seconds of input consumed when it was sent, from 0) never goes back. [worker]
 */
void coch_session_hear(coch_session *session, const coch_heard *heard, double now) COCH_REALTIME;

/* The evidence of a hop, whose sound ends at `time` seconds; after the notes that were sent with it. [worker]
 */
void coch_session_sense(coch_session *session, const cochlea_hop *hop, double time, double now) COCH_REALTIME;

/* Time has passed to `now`: judges, and writes what the band plays until `now` + COCH_BAND_AHEAD (times are
 * of the session's clock; send each at its time). Returns how many events were written;
 * the rest follows with the next call. [worker] */
size_t coch_session_advance(coch_session *session, double now, coch_band_event *events,
                            size_t capacity) COCH_REALTIME;

#define COCH_BAND_AHEAD 0.050 /* seconds */

/* The end: judges all the rest; one more coch_session_advance gives the last events of the band. [main] */
void coch_session_finish(coch_session *session, double now);

/* All that a window draws; pointers stay valid as long as the session. [worker] */
typedef struct coch_picture {
    const coch_score *score;
    const coch_judgement *notes; /* [score note_count] verdicts, velocities, errors */
    const coch_extra *extras;
    const coch_break *breaks;
    size_t extra_count, break_count;
    double now;              /* seconds of input */
    coch_position position;  /* of the player (of the clock in tempo mode) */
    double lead;             /* during the count-in: score seconds until the range begins, else 0 */
    double tempo;            /* quarter notes per minute, as played */
    int counting_in;         /* beats left of the count-in, 0 when done */
    int finished;            /* nonzero when the range was gone through */
    uint32_t heard;          /* notes so far */
    uint32_t excluded;       /* notes that were the band's */
    coch_heard last;         /* the latest note */
    coch_follower_step step; /* and what it was taken for */
} coch_picture;

void coch_session_picture(const coch_session *session, coch_picture *picture) COCH_REALTIME;

const coch_judge *coch_session_judge(const coch_session *session);
const coch_session_options *coch_session_get_options(const coch_session *session);

#endif
