/* A score to practise from: notes with their hands, chords, bars and the tempo, out of a MIDI file. */
#ifndef COCH_PRACTICE_SCORE_H
#define COCH_PRACTICE_SCORE_H

#include "base/status.h"
#include "music/smf.h"

#include <stddef.h>
#include <stdint.h>

typedef enum coch_hand { COCH_HAND_BOTH = 0, COCH_HAND_LEFT = 1, COCH_HAND_RIGHT = 2 } coch_hand;

/* One key to be struck. A key that several parts strike at once is one note. */
typedef struct coch_score_note {
    double beat, beats;      /* onset and length in quarter notes from the start of the file */
    double seconds, length;  /* the same at the score's own tempo */
    uint8_t pitch, velocity; /* MIDI */
    uint8_t hand;            /* COCH_HAND_LEFT or COCH_HAND_RIGHT */
    uint8_t finger;          /* 1..5, 0 where the file says nothing */
    uint16_t part;           /* index in parts */
    uint32_t bar, chord;     /* indices */
} coch_score_note;

/* Notes that are struck together: within COCH_CHORD_SECONDS of the first one. */
typedef struct coch_score_chord {
    double beat, seconds;
    uint32_t first, count; /* notes[first, first + count), by rising pitch */
    uint32_t bar;
} coch_score_chord;

#define COCH_CHORD_SECONDS 0.030

typedef struct coch_score_bar {
    double beat, beats, seconds; /* start and length */
    uint32_t first_chord;        /* the first chord that begins in this bar or later */
    uint8_t numerator, denominator;
} coch_score_bar;

typedef struct coch_score_tempo {
    double beat, seconds; /* from here on */
    double rate;          /* quarter notes per second */
} coch_score_tempo;

#define COCH_PART_NAME 64 /* bytes */

/* A track with notes. */
typedef struct coch_score_part {
    char name[COCH_PART_NAME]; /* UTF-8 if the file has it, may be empty */
    uint16_t track;            /* in the file */
    uint8_t program, drums;    /* MIDI program; nonzero on channel 10 */
    uint8_t chosen;            /* its notes are in the score */
    uint32_t notes;            /* in the file */
} coch_score_part;

typedef struct coch_score {
    coch_score_note *notes;   /* [note_count], by chord, then pitch */
    coch_score_chord *chords; /* [chord_count], by time */
    coch_score_bar *bars;     /* [bar_count], by time, without gaps; bar 0 is number 1 */
    coch_score_tempo *tempi;  /* [tempo_count], the first one at beat 0 */
    coch_score_part *parts;   /* [part_count] */
    size_t note_count, chord_count, bar_count, tempo_count, part_count;
    double seconds; /* until the last note ends */
} coch_score;

#define COCH_PARTS_MAX 64

/* Which parts to take: a bit per part, counted from 0. With none, the piano parts (programs 1 to 8), or where
 * there are none, all but the drums. */
typedef struct coch_score_options {
    uint64_t parts;
} coch_score_options;

/* Builds a score of what coch_smf_parse read. Hands: by the names of the parts ("left", "rechts", "l.h.",
 * ...); of two parts the higher is the right hand; other parts are split note by note (see score_hands.h).
 * Errors: MISSING (no notes in the chosen parts), UNSUPPORTED (more than COCH_PARTS_MAX parts, or than 2^18
 * notes or bars), MEMORY. Free with coch_score_free, also after errors. [main] */
cochlea_status coch_score_build(coch_score *score, const coch_smf *smf, const coch_score_options *options);
void coch_score_free(coch_score *score);

/* Reads a MIDI file. Errors: as above and as coch_smf_read. [main] */
cochlea_status coch_score_read(coch_score *score, const char *path, const coch_score_options *options);

/* Between quarter notes and seconds at the score's own tempo, also before and after the piece. [any] */
double coch_score_seconds(const coch_score *score, double beat);
double coch_score_beat(const coch_score *score, double seconds);

/* The bar at an instant (seconds at the score's tempo); the first or last one outside of the piece. [any] */
size_t coch_score_bar_at(const coch_score *score, double seconds);

#endif
