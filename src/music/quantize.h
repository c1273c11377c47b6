/* Quantizing: from performed seconds to the beats of a score. */
#ifndef COCH_MUSIC_QUANTIZE_H
#define COCH_MUSIC_QUANTIZE_H

#include "base/status.h"
#include "music/note.h"

#include <stddef.h>

typedef struct coch_beats {
    double *time; /* [count] seconds, ascending: beat i of the piece */
    size_t count; /* >= 2 */
    double tempo; /* beats per minute, on average */
} coch_beats;

/* Follows the beat through the notes: the period by autocorrelation of the onsets, then the most regular and
 * best supported series of beats by dynamic programming (Ellis, Beat Tracking by Dynamic Programming, 2007),
 * smoothed. Follows a slowly varying tempo between 60 and 200 beats per minute; fewer than 4 different onsets
 * get 120. Notes sorted by onset. Errors: ARGUMENT (no notes), MEMORY. Free with coch_beats_free. [main] */
cochlea_status coch_beats_find(coch_beats *beats, const coch_note *notes, size_t count);
void coch_beats_free(coch_beats *beats);

/* The beat at an instant, with its fraction; goes on evenly outside of the beats found. [any] */
double coch_beats_at(const coch_beats *beats, double seconds);

/* Grids: steps per beat (a quarter note) of "1/4", "1/8", "1/16", "1/32", "1/8t" (triplets) and "1/16t";
 * 0 for "auto", -1 for any other text. [any] */
int coch_grid_parse(const char *text);

/* The grid that onsets lie closest to, relative to its step. [any] */
int coch_grid_choose(const coch_beats *beats, const coch_note *notes, size_t count);

/* Moves onsets and offsets to the grid; times become beats * 60 / tempo seconds, at an even tempo. A note
 * lasts at least one step, ends before the next one of its key, and two that fall on one point become one.
 * Returns how many notes are left, sorted by onset. [any] */
size_t coch_quantize(const coch_beats *beats, int grid, coch_note *notes, size_t count);

#endif
