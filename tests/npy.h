/* Reading of golden arrays: .npy files of little-endian float32 in C order. */
#ifndef COCH_TESTS_NPY_H
#define COCH_TESTS_NPY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct npy {
    size_t dims, shape[4]; /* outermost first; unused entries 1 */
    float *data;
} npy;

/* Reads "(a, b, ...)" after 'shape': in the header. */
static inline int npy_shape(const char *header, npy *array)
{
    const char *at = strstr(header, "'shape': (");
    array->dims = 0;
    for (size_t i = 0; i < 4; i++)
        array->shape[i] = 1;
    for (at = at ? at + 10 : NULL; at && *at != ')' && array->dims < 4;) {
        char *end;
        array->shape[array->dims++] = strtoul(at, &end, 10);
        at = end == at ? NULL : end + strspn(end, ", ");
    }
    return at && strstr(header, "'<f4'") && strstr(header, "'fortran_order': False");
}

/* Opens FOLDER/NAME.npy of the goldens; zero data on failure. */
static inline npy npy_open(const char *name)
{
    npy array = {0};
    char path[4096], header[512] = {0};
    unsigned char start[10];
    const char *folder = getenv("COCHLEA_GOLDENS");
    snprintf(path, sizeof path, "%s/%s.npy", folder ? folder : "tests/goldens", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return array;
    if (fread(start, 1, sizeof start, file) == sizeof start && memcmp(start, "\x93NUMPY\x01", 7) == 0) {
        size_t length = start[8] + 256u * start[9];
        if (length < sizeof header && fread(header, 1, length, file) == length && npy_shape(header, &array)) {
            size_t count = array.shape[0] * array.shape[1] * array.shape[2] * array.shape[3];
            array.data = malloc(count * sizeof(float));
            if (array.data && fread(array.data, sizeof(float), count, file) != count) {
                free(array.data);
                array.data = NULL;
            }
        }
    }
    fclose(file);
    return array;
}

#endif
