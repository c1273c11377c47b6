/* Files that appear whole or not at all: written under a temporary name beside the target, then renamed. */
#ifndef COCH_BASE_OUTPUT_H
#define COCH_BASE_OUTPUT_H

#include "base/status.h"

#include <stdio.h>

typedef struct coch_output {
    FILE *file;  /* to be written to; NULL when not open */
    char *path;  /* the target */
    char *draft; /* the temporary; NULL when the target is no regular file and is written directly */
} coch_output;

/* Starts a file that will be `path`. Devices and pipes are written directly. Errors: MEMORY; OPEN, with errno
 * set (EISDIR for a folder). [main] */
cochlea_status coch_output_open(coch_output *output, const char *path);

/* Closes the file and puts it in place, replacing an older one; on failure nothing is left behind.
 * Errors: WRITE, also when an earlier write failed. [main] */
cochlea_status coch_output_commit(coch_output *output);

/* Closes the file and removes it; accepts one that is zero, failed to open or was committed. [main] */
void coch_output_discard(coch_output *output);

#endif
