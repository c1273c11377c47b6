/* The key of a piece: its estimate, its name, and what does not belong to it. */
#ifndef COCH_MUSIC_KEY_H
#define COCH_MUSIC_KEY_H

#include "base/status.h"
#include "music/note.h"

#include <stddef.h>

typedef struct coch_key {
    int tonic; /* pitch class, 0 is C */
    int minor; /* 0 or 1 */
} coch_key;

#define COCH_KEY_NAME 12 /* bytes that a name takes at most */

/* The key whose profile correlates best with the time that the pitch classes sound (each note counts for at
 * most a second, as it fades). Profiles: Krumhansl, Cognitive Foundations of Musical Pitch (1990), from
 * Krumhansl & Kessler (1982). Errors: MISSING when there are no notes. [any] */
cochlea_status coch_key_estimate(const coch_note *notes, size_t count, coch_key *key);

/* Reads a name: a letter A-G, then # or b, then nothing or "major", "maj" or "M" for major, "m", "min" or
 * "minor" for minor; a space may stand between. The case
 * of the letter says nothing.
 * Errors: ARGUMENT. [any] */
cochlea_status coch_key_parse(const char *name, coch_key *key);

/* "F# minor", spelled with the fewer accidentals. [any] */
void coch_key_name(coch_key key, char name[COCH_KEY_NAME]);

/* Sharps of the key signature, negative for flats: -5..6. [any] */
int coch_key_sharps(coch_key key);

/* Removes what most probably was not played: notes outside of the scale (minor: natural, with the raised
 * sixth and seventh) that are also doubtful, which is a confidence below COCH_KEY_DOUBT, or shorter than
 * COCH_KEY_SHORT seconds. Sure notes stay, in the scale or not: music is chromatic. The order is kept;
 * returns how many notes are left. [any] */
size_t coch_key_filter(coch_note *notes, size_t count, coch_key key);

#define COCH_KEY_DOUBT 0.9f
#define COCH_KEY_SHORT 0.060

#endif
