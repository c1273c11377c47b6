/* Makes GGUF files in memory, good ones and, by its raw parts, broken ones. */
#ifndef COCH_TESTS_GGUF_BUILDER_H
#define COCH_TESTS_GGUF_BUILDER_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    GGUF_U8,
    GGUF_I8,
    GGUF_U16,
    GGUF_I16,
    GGUF_U32,
    GGUF_I32,
    GGUF_F32,
    GGUF_BOOL,
    GGUF_STRING,
    GGUF_ARRAY
};
enum { GGUF_U64 = 10, GGUF_I64, GGUF_F64, GGUF_ALIGNMENT = 32 };

typedef struct gguf_bytes {
    unsigned char *data;
    size_t size;
} gguf_bytes;

typedef struct gguf_builder {
    uint32_t magic, version;
    uint64_t tensors, values;      /* counts as they are written */
    uint64_t tensor_add;           /* added to the next tensor's offset */
    gguf_bytes value, table, data; /* the parts of the file */
} gguf_builder;

static inline void gguf_put(gguf_bytes *bytes, const void *data, size_t size)
{
    bytes->data = realloc(bytes->data, bytes->size + size + 1);
    if (!bytes->data)
        abort();
    if (size)
        memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

static inline void gguf_put_number(gguf_bytes *bytes, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)(number >> 8 * i);
        gguf_put(bytes, &byte, 1);
    }
}

static inline void gguf_put_string(gguf_bytes *bytes, const char *text)
{
    gguf_put_number(bytes, strlen(text), 8);
    gguf_put(bytes, text, strlen(text));
}

static inline void gguf_start(gguf_builder *b)
{
    *b = (gguf_builder){.magic = 0x46554747, .version = 3};
}

/* Key and type of a value; its payload is to be put next, into b->value. */
static inline void gguf_key(gguf_builder *b, const char *key, uint32_t type)
{
    gguf_put_string(&b->value, key);
    gguf_put_number(&b->value, type, 4);
    b->values++;
}

static inline void gguf_integer(gguf_builder *b, const char *key, uint32_t type, size_t size, int64_t number)
{
    gguf_key(b, key, type);
    gguf_put_number(&b->value, (uint64_t)number, size);
}

static inline void gguf_u32(gguf_builder *b, const char *key, uint32_t number)
{
    gguf_integer(b, key, GGUF_U32, 4, number);
}

static inline void gguf_f32(gguf_builder *b, const char *key, float number)
{
    gguf_key(b, key, GGUF_F32);
    gguf_put(&b->value, &number, sizeof number); /* the tests run on little-endian machines */
}

static inline void gguf_text(gguf_builder *b, const char *key, const char *text)
{
    gguf_key(b, key, GGUF_STRING);
    gguf_put_string(&b->value, text);
}

static inline void gguf_array_head(gguf_builder *b, uint32_t type, uint64_t count)
{
    gguf_put_number(&b->value, type, 4);
    gguf_put_number(&b->value, count, 8);
}

/* An array of 4-byte numbers of any type. */
static inline void gguf_array(gguf_builder *b, const char *key, uint32_t type, const void *numbers,
                              size_t count)
{
    gguf_key(b, key, GGUF_ARRAY);
    gguf_array_head(b, type, count);
    gguf_put(&b->value, numbers, 4 * count);
}

static inline void gguf_pad(gguf_bytes *bytes)
{
    while (bytes->size % GGUF_ALIGNMENT)
        gguf_put(bytes, "", 1);
}

/* A tensor of `size` bytes; `shape` outermost first. */
static inline void gguf_tensor(gguf_builder *b, const char *name, uint32_t type, const size_t *shape,
                               uint32_t dims, const void *data, size_t size)
{
    gguf_pad(&b->data);
    gguf_put_string(&b->table, name);
    gguf_put_number(&b->table, dims, 4);
    for (uint32_t d = dims; d-- > 0;)
        gguf_put_number(&b->table, shape[d], 8);
    gguf_put_number(&b->table, type, 4);
    gguf_put_number(&b->table, b->data.size + b->tensor_add, 8);
    gguf_put(&b->data, data, size);
    b->tensors++;
}

/* The file, in a block that ends where it ends (so that reading further is seen), 64-byte aligned; to be
 * freed. The builder is empty afterwards. */
static inline unsigned char *gguf_finish(gguf_builder *b, size_t *size)
{
    gguf_bytes file = {0};
    gguf_put_number(&file, b->magic, 4);
    gguf_put_number(&file, b->version, 4);
    gguf_put_number(&file, b->tensors, 8);
    gguf_put_number(&file, b->values, 8);
    gguf_put(&file, b->value.data, b->value.size);
    gguf_put(&file, b->table.data, b->table.size);
    if (b->data.size) {
        gguf_pad(&file);
        gguf_put(&file, b->data.data, b->data.size);
    }
    void *copy;
    if (posix_memalign(&copy, 64, file.size ? file.size : 1) != 0)
        abort();
    memcpy(copy, file.data, file.size);
    *size = file.size;
    free(file.data);
    free(b->value.data);
    free(b->table.data);
    free(b->data.data);
    *b = (gguf_builder){0};
    return copy;
}

#endif
