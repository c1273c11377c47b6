#include "net/gguf_reader.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

cochlea_status coch_gguf_fail(coch_gguf *gguf, cochlea_status status, const char *format, ...)
{
    if (gguf->why && gguf->why_size > 0) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(gguf->why, gguf->why_size, format, arguments);
        va_end(arguments);
    }
    return status;
}

static cochlea_status parse_twice(coch_gguf *gguf)
{
    cochlea_status status = coch_gguf_parse(gguf);
    if (status != COCHLEA_OK) {
        return status;
    }
    status = coch_arena_allocate(&gguf->arena);
    if (status != COCHLEA_OK) {
        return coch_gguf_fail(gguf, status, "%s", cochlea_status_text(status));
    }
    return coch_gguf_parse(gguf);
}

static coch_gguf *reader_new(char *why, size_t why_size)
{
    if (why && why_size > 0) {
        why[0] = '\0';
    }
    coch_gguf *gguf = calloc(1, sizeof *gguf);
    if (gguf) {
        gguf->why = why;
        gguf->why_size = why_size;
    }
    return gguf;
}

/* Hands the reader out, or frees it. */
static cochlea_status finish(coch_gguf **gguf, coch_gguf *made, cochlea_status status)
{
    made->why = NULL;
    if (status != COCHLEA_OK) {
        coch_gguf_free(made);
        return status;
    }
    *gguf = made;
    return COCHLEA_OK;
}

static cochlea_status map(coch_gguf *gguf, int file)
{
    struct stat info;
    if (fstat(file, &info) != 0 || !S_ISREG(info.st_mode)) {
        return coch_gguf_fail(gguf, COCHLEA_ERROR_READ, "not a regular file");
    }
    if (info.st_size <= 0) {
        return coch_gguf_fail(gguf, COCHLEA_ERROR_FORMAT, "the file is empty");
    }
    if ((uintmax_t)info.st_size > SIZE_MAX / 2) {
        return coch_gguf_fail(gguf, COCHLEA_ERROR_MEMORY, "the file is too large");
    }
    size_t size = (size_t)info.st_size;
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (bytes == MAP_FAILED) {
        return coch_gguf_fail(gguf, COCHLEA_ERROR_READ, "the file cannot be mapped");
    }
    gguf->bytes = bytes;
    gguf->size = size;
    gguf->mapped = 1;
    return COCHLEA_OK;
}

static cochlea_status open_and_map(coch_gguf *gguf, const char *path)
{
    int file = open(path, O_RDONLY);
    if (file < 0) {
        return coch_gguf_fail(gguf, COCHLEA_ERROR_OPEN, "the file cannot be opened");
    }
    cochlea_status status = map(gguf, file);
    close(file);
    return status;
}

cochlea_status coch_gguf_open(coch_gguf **gguf, const char *path, char *why, size_t why_size)
{
    *gguf = NULL;
    coch_gguf *made = reader_new(why, why_size);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    cochlea_status status = open_and_map(made, path);
    if (status == COCHLEA_OK) {
        status = parse_twice(made);
    }
    return finish(gguf, made, status);
}

cochlea_status coch_gguf_open_memory(coch_gguf **gguf, const void *bytes, size_t size, char *why,
                                     size_t why_size)
{
    *gguf = NULL;
    coch_gguf *made = reader_new(why, why_size);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    made->bytes = bytes;
    made->size = size;
    return finish(gguf, made, parse_twice(made));
}

cochlea_status coch_gguf_open_either(coch_gguf **gguf, const char *path,
                                     const void *(*built_in)(size_t *size), char *why, size_t why_size)
{
    if (path) {
        return coch_gguf_open(gguf, path, why, why_size);
    }
    size_t size;
    const void *bytes = built_in(&size);
    return coch_gguf_open_memory(gguf, bytes, size, why, why_size);
}

void coch_gguf_free(coch_gguf *gguf)
{
    if (!gguf) {
        return;
    }
    if (gguf->mapped) {
        /* munmap() takes a pointer to what may be written, though this never was. */
        munmap((void *)(uintptr_t)gguf->bytes, gguf->size);
    }
    coch_arena_free(&gguf->arena);
    free(gguf);
}

size_t coch_gguf_tensors(const coch_gguf *gguf)
{
    return gguf->tensors;
}

const coch_gguf_tensor *coch_gguf_tensor_at(const coch_gguf *gguf, size_t index)
{
    return index < gguf->tensors ? &gguf->tensor[index] : NULL;
}

const coch_gguf_tensor *coch_gguf_find(const coch_gguf *gguf, const char *name)
{
    for (size_t i = 0; i < gguf->tensors; i++) {
        if (strcmp(gguf->tensor[i].name, name) == 0) {
            return &gguf->tensor[i];
        }
    }
    return NULL;
}

static int same_shape(const coch_gguf_tensor *tensor, const size_t *shape, unsigned dims)
{
    return tensor->dims == dims && memcmp(tensor->shape, shape, dims * sizeof *shape) == 0;
}

cochlea_status coch_gguf_floats(const coch_gguf *gguf, const char *name, const size_t *shape, unsigned dims,
                                float *out)
{
    const coch_gguf_tensor *tensor = coch_gguf_find(gguf, name);
    if (!tensor) {
        return COCHLEA_ERROR_MISSING;
    }
    if (!same_shape(tensor, shape, dims)) {
        return COCHLEA_ERROR_FORMAT;
    }
    const unsigned char *bytes = tensor->data;
    for (size_t i = 0; i < tensor->count; i++) {
        out[i] = tensor->type == COCH_GGUF_F32 ? coch_gguf_f32(bytes + 4 * i) : coch_gguf_f16(bytes + 2 * i);
    }
    return COCHLEA_OK;
}
