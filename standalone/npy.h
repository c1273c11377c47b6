/* Arrays of floats as files: NumPy's .npy (format 1.0) or comma separated values, row by row. */
#ifndef COCHLEA_STANDALONE_NPY_H
#define COCHLEA_STANDALONE_NPY_H

#include "base/output.h"

#include <stddef.h>

typedef struct array_file {
    coch_output output;
    int csv;
    size_t rows;     /* written so far */
    size_t columns;  /* floats in a row */
    size_t shape[2]; /* of a row; shape[1] is 0 for rows of one dimension */
} array_file;

/* Starts a file; the ending of `path` (.npy or .csv) chooses the format. A row has `a` floats, or `a` x `b`
 * when b is not 0. Errors: ARGUMENT (another ending), OPEN, MEMORY. */
cochlea_status array_file_open(array_file *file, const char *path, size_t a, size_t b);

/* Appends one row. */
void array_file_row(array_file *file, const float *row);

/* Completes the file and puts it in place; on failure nothing is left. Errors: WRITE. */
cochlea_status array_file_close(array_file *file);

/* Drops the file. */
void array_file_discard(array_file *file);

#endif
