/* A whole transcription as a picture: a piano roll in as many lines as it needs, like a score. */
#ifndef COCHLEA_STANDALONE_PICTURE_H
#define COCHLEA_STANDALONE_PICTURE_H

#include "transcription.h"

typedef enum picture_format { PICTURE_NONE = 0, PICTURE_PNG = 1, PICTURE_SVG = 2 } picture_format;

/* The format that a name asks for by its ending (.png, .svg); PICTURE_NONE for any other. */
picture_format picture_format_of(const char *path);

/* Draws `notes`, sorted by onset, and the pedal of `heard` (where it was heard) to `path`, which appears
 * whole or not at all. Errors: MEMORY, UNSUPPORTED (format), OPEN and WRITE with errno set. */
cochlea_status picture_save(const char *path, const char *title, const transcription *heard,
                            const coch_note *notes, size_t count);

#endif
