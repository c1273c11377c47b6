/* A piano roll in the terminal. */
#ifndef COCHLEA_STANDALONE_ROLL_H
#define COCHLEA_STANDALONE_ROLL_H

#include "music/note.h"

#include <stddef.h>
#include <stdio.h>

/* Draws `count` notes over `seconds` to `out`, at most `columns` wide: two keys a line, time to the right, in
 * colour (louder is brighter) when `colour` is nonzero. */
void roll_draw(FILE *out, const coch_note *notes, size_t count, double seconds, int columns, int colour);

#endif
