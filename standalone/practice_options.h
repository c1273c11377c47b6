/* The command line of `cochlea practice`. */
#ifndef COCHLEA_STANDALONE_PRACTICE_OPTIONS_H
#define COCHLEA_STANDALONE_PRACTICE_OPTIONS_H

#include "engine/cochlea.h"
#include "practice/session.h"

/* What the command line may give and the store otherwise remembers: bits of `given`, places in `remembered`.
 */
enum {
    PRACTICE_GIVEN_BACKEND = 0,
    PRACTICE_GIVEN_INPUT,
    PRACTICE_GIVEN_PORT,
    PRACTICE_GIVEN_FONT,
    PRACTICE_REMEMBERED_TEXTS,
    PRACTICE_GIVEN_MODE = PRACTICE_REMEMBERED_TEXTS,
    PRACTICE_GIVEN_HAND,
    PRACTICE_GIVEN_TEMPO,
    PRACTICE_GIVEN_TOLERANCE,
    PRACTICE_GIVEN_CLICK,
    PRACTICE_GIVEN_OTHER,
    PRACTICE_GIVEN_HEADPHONES,
    PRACTICE_GIVEN_LATENCY
};

#define PRACTICE_REMEMBERED 256 /* bytes of a text */

typedef struct practice_options {
    const char *score;     /* NULL: the library is wanted */
    char key[4096];        /* under which the store knows the score */
    char folder[4096];     /* of the library; empty: the last one */
    const char *from_file; /* a recording, - for the standard input */
    const char *from_midi; /* a performance as MIDI, instead of sound */
    const char *input;     /* an input device, NULL for the default */
    const char *report;    /* JSON */
    const char *follow;    /* JSON lines: where the player is, every 20 ms */
    const char *band;      /* MIDI or WAV file: what the program would have played along */
    const char *font;      /* sound font for that */
    const char *weights, *store;
    const char *library;   /* a folder of scores to list */
    const char *export_to; /* all of the database, CSV or JSON */
    const char *set_up;    /* a recording of the set-up of a device */
    int history;
    int no_store, quiet;
    int headless, window;           /* live without one; a recording in one, at its own pace */
    const char *backend, *midi_out; /* live */
    const char *record;             /* a WAV file for what is heard live */
    double wait;                    /* seconds for a lost device; negative: as it comes back often */
    uint32_t given;                 /* bits */
    char remembered[PRACTICE_REMEMBERED_TEXTS][PRACTICE_REMEMBERED];
    double seconds; /* of live sound, 0: until closed */
    uint64_t parts;
    unsigned loop_first, loop_last; /* bar numbers from 1, 0: none */
    coch_session_options session;
} practice_options;

/* Whether it is heard live: what is remembered counts, and is remembered. */
int practice_is_live(const practice_options *options);

/* Returns -1 to go on, else the exit status. */
int practice_parse(practice_options *options, int argc, char **argv);

#endif
