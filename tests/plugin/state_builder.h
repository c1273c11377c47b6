/* Writes plugin states by hand, sound and broken. */
#ifndef COCH_TESTS_PLUGIN_STATE_BUILDER_H
#define COCH_TESTS_PLUGIN_STATE_BUILDER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define STATE_HEADER 20

typedef struct state_builder {
    uint8_t bytes[65536 + 64];
    size_t size;
} state_builder;

static inline void state_number(uint8_t *to, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t)(number >> (8 * i));
}

static inline void state_text(state_builder *b, const char *text)
{
    size_t length = strlen(text);
    b->bytes[b->size++] = (uint8_t)length;
    memcpy(b->bytes + b->size, text, length);
    b->size += length;
}

static inline void state_begin(state_builder *b, const char *id)
{
    b->size = STATE_HEADER;
    state_text(b, id);
}

static inline void state_value(state_builder *b, const char *key, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    state_text(b, key);
    state_number(b->bytes + b->size, bits, 8);
    b->size += 8;
}

/* Writes a header that fits what follows it. */
static inline void state_seal(uint8_t *bytes, size_t size)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = STATE_HEADER; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    memcpy(bytes, "CochleaS", 8);
    state_number(bytes + 8, 1, 4);
    state_number(bytes + 12, size - STATE_HEADER, 4);
    state_number(bytes + 16, ~crc, 4);
}

/* The saved state of a processor with a file, with another path in it; returns the new size. */
static inline size_t state_with_file(uint8_t *bytes, size_t size, const char *path)
{
    size_t at = STATE_HEADER + 1 + bytes[STATE_HEADER], length = strlen(path);
    size_t before = bytes[at] + 256u * bytes[at + 1];
    memmove(bytes + at + 4 + length, bytes + at + 4 + before, size - at - 4 - before);
    state_number(bytes + at, length, 4);
    memcpy(bytes + at + 4, path, length);
    size += length - before;
    state_seal(bytes, size);
    return size;
}

#endif
