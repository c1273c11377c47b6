/* The inside of the follower, for its own files. */
#ifndef COCH_PRACTICE_FOLLOWER_STATE_H
#define COCH_PRACTICE_FOLLOWER_STATE_H

#include "base/arena.h"
#include "practice/follower.h"
#include "practice/pace.h"

enum {
    BEAM = 160,       /* hypotheses */
    HISTORY = 512,    /* heard notes whose hypotheses are kept */
    CHORD_NOTES = 64, /* that a chord is followed by; more are ignored */
    NO_CHORD = -1
};

/* A chord of the hand that is practised. */
typedef struct follower_chord {
    double seconds;
    uint64_t keys[2]; /* bit p: pitch p */
    uint32_t chord;   /* index in the score */
    uint32_t bar;
    uint32_t first; /* in follower.notes */
    uint8_t count;
    uint8_t starts_bar;
    uint8_t inside; /* of the range practised */
} follower_chord;

/* What one hypothesis made of one heard note. */
typedef struct follower_node {
    int32_t chord, note; /* index in follower.chords, in the score's notes */
    uint16_t parent;     /* slot in the beam one note earlier */
    uint8_t jump, substituted;
} follower_node;

typedef struct hypothesis {
    float cost;
    int32_t chord;              /* index in follower.chords, NO_CHORD before the first */
    uint64_t heard, heard_last; /* bit i: note i of this chord, of the one before, was heard */
    coch_pace pace;
    follower_node node;
} hypothesis;

struct coch_follower {
    coch_arena arena;
    const coch_score *score;
    coch_follower_options options;
    follower_chord *chords; /* [chord_count] */
    uint32_t *notes;        /* [note_count] indices in the score, by chord, rising pitch */
    uint32_t *by_pitch;     /* [note_count] indices of chords, by pitch, then time */
    uint32_t pitch_first[129];
    size_t chord_count, note_count;
    int32_t range_first; /* first chord of the range practised */

    hypothesis *beam, *next; /* [BEAM] */
    size_t beam_count;
    hypothesis *candidates; /* [candidate_room] */
    size_t candidate_count, candidate_room;
    int32_t *best_of_chord; /* [chord_count + 1] index of the cheapest candidate, -1; entry 0 for NO_CHORD */
    follower_node *nodes;   /* [HISTORY][BEAM] */
    coch_heard *history;    /* [HISTORY] */
    uint64_t heard;         /* notes since the reset */
    uint64_t decided;       /* of these */
    int32_t decided_chord;  /* of the last of these, NO_CHORD before the first */
    double last_time[128];  /* of the last onset per pitch */
};

/* Adds all that can become of `from` with the note. */
void coch_follower_expand(coch_follower *follower, size_t slot, const coch_heard *heard) COCH_REALTIME;

/* Adds new stretches anywhere, begun from the hypothesis in a slot. */
void coch_follower_jump(coch_follower *follower, size_t slot, const coch_heard *heard) COCH_REALTIME;

#endif
