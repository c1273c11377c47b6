#include "music/smf.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 64 << 20 };

/* Size of the rest of the file, or -1. */
static long measure(FILE *file)
{
    if (fseek(file, 0, SEEK_END) != 0)
        return -1;
    long size = ftell(file);
    return fseek(file, 0, SEEK_SET) == 0 ? size : -1;
}

static cochlea_status read_open(coch_smf *smf, FILE *file)
{
    long size = measure(file);
    if (size < 0)
        return COCHLEA_ERROR_READ;
    if (size > FILE_MAX) /* a folder measures as the largest number */
        return COCHLEA_ERROR_FORMAT;
    void *bytes = malloc((size_t)size + 1);
    if (!bytes)
        return COCHLEA_ERROR_MEMORY;
    size_t got = fread(bytes, 1, (size_t)size, file);
    cochlea_status status = got == (size_t)size ? coch_smf_parse(smf, bytes, got) : COCHLEA_ERROR_READ;
    free(bytes);
    return status;
}

cochlea_status coch_smf_read(coch_smf *smf, const char *path)
{
    *smf = (coch_smf){0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return COCHLEA_ERROR_OPEN;
    cochlea_status status = read_open(smf, file);
    fclose(file);
    return status;
}
