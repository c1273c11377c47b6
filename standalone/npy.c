#include "npy.h"

#include <string.h>

#define HEADER 128 /* bytes, a multiple of 64 as the format asks */

/* The count of rows is known at the end only: the header has room for any and is written again then. */
static void write_header(array_file *file)
{
    char text[HEADER] = "\x93NUMPY\x01";
    char shape[64];
    if (file->shape[1])
        snprintf(shape, sizeof shape, "(%zu, %zu, %zu)", file->rows, file->shape[0], file->shape[1]);
    else
        snprintf(shape, sizeof shape, "(%zu, %zu)", file->rows, file->shape[0]);
    text[8] = HEADER - 10;
    text[9] = 0;
    int n =
        snprintf(text + 10, HEADER - 10, "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }", shape);
    memset(text + 10 + n, ' ', (size_t)(HEADER - 11 - n));
    text[HEADER - 1] = '\n';
    fwrite(text, 1, HEADER, file->output.file);
}

cochlea_status array_file_open(array_file *file, const char *path, size_t a, size_t b)
{
    const char *ending = strrchr(path, '.');
    memset(file, 0, sizeof *file);
    file->shape[0] = a;
    file->shape[1] = b;
    file->columns = b ? a * b : a;
    file->csv = ending && strcmp(ending, ".csv") == 0;
    if (!file->csv && !(ending && strcmp(ending, ".npy") == 0))
        return COCHLEA_ERROR_ARGUMENT;
    cochlea_status status = coch_output_open(&file->output, path);
    if (status == COCHLEA_OK && !file->csv)
        write_header(file);
    return status;
}

void array_file_row(array_file *file, const float *row)
{
    file->rows++;
    if (!file->csv) {
        fwrite(row, sizeof *row, file->columns, file->output.file);
        return;
    }
    for (size_t i = 0; i < file->columns; i++)
        fprintf(file->output.file, "%s%.7g", i ? "," : "", (double)row[i]);
    fputc('\n', file->output.file);
}

cochlea_status array_file_close(array_file *file)
{
    if (!file->csv && (fflush(file->output.file) != 0 || fseek(file->output.file, 0, SEEK_SET) != 0)) {
        array_file_discard(file);
        return COCHLEA_ERROR_WRITE;
    }
    if (!file->csv)
        write_header(file);
    return coch_output_commit(&file->output);
}

void array_file_discard(array_file *file)
{
    coch_output_discard(&file->output);
}
