/* The inside of the judge, for its own files. */
#ifndef COCH_PRACTICE_JUDGE_STATE_H
#define COCH_PRACTICE_JUDGE_STATE_H

#include "base/arena.h"
#include "practice/judge.h"

#include <math.h>

enum { WAITING = 256, NO_NOTE = -1 };

/* A heard note that no expected one was found for yet. */
typedef struct waiting_note {
    coch_heard heard;
    uint32_t chord; /* where the player was */
} waiting_note;

struct coch_judge {
    coch_arena arena;
    const coch_score *score;
    coch_judge_options options;
    coch_judgement *notes;   /* [note_count] results */
    double *chord_time;      /* [chord_count] */
    uint32_t *chord_pass;    /* [chord_count] */
    double *heard_time;      /* [note_count] of this pass, valid where heard_pass says so */
    uint32_t *heard_pass;    /* [note_count] */
    uint8_t *heard_velocity; /* [note_count] */
    uint8_t *heard_doubtful; /* [note_count] */
    float *heard_confidence; /* [note_count] */
    coch_extra *extras;      /* [COCH_EXTRAS_MAX] */
    coch_break *breaks;      /* [COCH_BREAKS_MAX] */
    waiting_note *waiting;   /* [WAITING], by time of hearing */
    size_t extra_count, break_count, waiting_count;
    coch_heard *recent; /* [WAITING] ring of all heard notes */
    uint64_t recent_count;
    float quiet;        /* share of the thresholds of what was not struck that the room leaves */
    uint32_t pass;      /* from 1; 0 before the first note */
    int32_t pass_first; /* first chord of this pass */
    int32_t cursor;     /* last chord reached in this pass */
    int32_t frontier;   /* first chord of this pass not judged yet */
    double cursor_time; /* when the cursor's chord was played */
    double clock_time, clock_score, clock_rate, clock_period; /* rate 0: no clock */
};

/* Whether the hand that is practised plays this note. */
static inline int coch_judge_expects(const coch_judge *judge, const coch_score_note *note)
{
    return judge->options.range.hand == COCH_HAND_BOTH || note->hand == judge->options.range.hand;
}

/* Seconds around its time in which a stray note of its pitch may be one that is missing. */
#define COCH_JUDGE_RESCUE 0.30

/* Judges the notes of one chord of this pass. */
void coch_judge_chord(coch_judge *judge, int32_t chord) COCH_REALTIME;

/* A key struck once counts once: where one of two notes of the same key soon after each other lacks, the one
 * that was heard goes to the note of this chord, or of a later one, that it is nearer to. */
void coch_judge_share(coch_judge *judge, int32_t chord) COCH_REALTIME;

/* What was taken for one note in this pass is another one. */
void coch_judge_move(coch_judge *judge, uint32_t from, uint32_t to) COCH_REALTIME;

/* Keeps a break, while there is room. */
void coch_judge_break(coch_judge *judge, coch_break entry) COCH_REALTIME;

/* When chord `chord` should have come, by what this pass was played like around it, or by the clock:
 * before[0] going by what came before, before[1] by what came after; NAN where nothing did. Also the tempo
 * there, score seconds per second. */
double coch_judge_due(const coch_judge *judge, int32_t chord, double due[2]) COCH_REALTIME;

/* The middle of what that says; where one side says nothing, the other; NAN where neither does. */
static inline double coch_judge_middle(const double due[2])
{
    return isnan(due[0]) ? due[1] : isnan(due[1]) ? due[0] : 0.5 * (due[0] + due[1]);
}

/* How much less a trace is to be believed nothing in a room where the loudest playing stands `margin_db`
 * above the noise: a share of the thresholds, 1 for a quiet room, or one that is not known (0). */
float coch_judge_quiet(double margin_db);

/* Whether a note from a keyboard, or that the ear is sure of. */
int coch_judge_sure(const coch_judge *judge, const coch_heard *heard) COCH_REALTIME;

/* Whether a note from a keyboard, or as good as that. */
int coch_judge_clear(const coch_judge *judge, const coch_heard *heard) COCH_REALTIME;

/* What became of a note of the score that was heard: COCH_HEARD, COCH_MISSED when that was a mistake of the
 * ear, COCH_UNSURE. */
coch_verdict coch_judge_struck(const coch_judge *judge, const coch_heard *heard) COCH_REALTIME;

/* What the ear had of a note that it did not hear around `time`: COCH_HEARD when after all it was struck
 * (then `heard` is filled), COCH_MISSED when it was not, COCH_UNSURE when that cannot be told. */
coch_verdict coch_judge_trace(const coch_judge *judge, uint8_t pitch, double time, double around,
                              coch_heard *heard) COCH_REALTIME;

/* Whether the ear may have made up a note. */
int coch_judge_may_invent(const coch_judge *judge, const coch_heard *heard) COCH_REALTIME;

#endif
