#include "state.h"

#include <math.h>
#include <string.h>

#define MAGIC_SIZE 8
#define HEADER (MAGIC_SIZE + 3 * 4)
#define VERSION 1

static const uint8_t magic[MAGIC_SIZE] = {'C', 'o', 'c', 'h', 'l', 'e', 'a', 'S'};

static uint32_t crc32(const uint8_t *bytes, size_t size)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < size; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

/* ---- Writing ---- */

static uint8_t *put(uint8_t *to, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t)(number >> (8 * i));
    return to + size;
}

static uint8_t *put_text(uint8_t *to, const char *text)
{
    *to++ = (uint8_t)strlen(text);
    while (*text)
        *to++ = (uint8_t)*text++;
    return to;
}

static uint8_t *put_real(uint8_t *to, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return put(to, bits, sizeof bits);
}

static uint8_t *put_file(uint8_t *to, const char *file)
{
    to = put(to, strlen(file), 4);
    while (*file)
        *to++ = (uint8_t)*file++;
    return to;
}

size_t coch_state_write(const coch_processor *processor, const float *values, const char *file,
                        uint8_t *bytes)
{
    uint8_t *to = put_text(bytes + HEADER, processor->id);
    if (processor->file)
        to = put_file(to, file);
    for (size_t i = 0; i < processor->parameter_count; i++) {
        to = put_text(to, processor->parameters[i].symbol);
        to = put_real(to, (double)values[i]);
    }
    size_t size = (size_t)(to - bytes);
    memcpy(bytes, magic, MAGIC_SIZE);
    put(bytes + MAGIC_SIZE, VERSION, 4);
    put(bytes + MAGIC_SIZE + 4, size - HEADER, 4);
    put(bytes + MAGIC_SIZE + 8, crc32(bytes + HEADER, size - HEADER), 4);
    return size;
}

/* ---- Reading ---- */

typedef struct reader {
    const uint8_t *at;
    size_t left;
} reader;

static uint64_t number_at(const uint8_t *bytes, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++)
        number |= (uint64_t)bytes[i] << (8 * i);
    return number;
}

/* Points into the bytes, not terminated; returns 0 when they end too early. */
static int take(reader *r, const uint8_t **bytes, size_t size)
{
    if (r->left < size)
        return 0;
    *bytes = r->at;
    r->at += size;
    r->left -= size;
    return 1;
}

static int take_text(reader *r, const uint8_t **text, size_t *length)
{
    const uint8_t *byte;
    if (!take(r, &byte, 1))
        return 0;
    *length = *byte;
    return take(r, text, *length);
}

static int take_real(reader *r, double *value)
{
    const uint8_t *bytes;
    if (!take(r, &bytes, sizeof *value))
        return 0;
    uint64_t bits = number_at(bytes, sizeof bits);
    memcpy(value, &bits, sizeof bits);
    return !isnan(*value);
}

/* A path has an end, and nothing behind it. */
static int take_file(reader *r, char *file)
{
    const uint8_t *bytes;
    if (!take(r, &bytes, 4))
        return 0;
    size_t length = (size_t)number_at(bytes, 4);
    if (length >= COCH_PATH_MAX || !take(r, &bytes, length) || memchr(bytes, 0, length))
        return 0;
    memcpy(file, bytes, length);
    file[length] = '\0';
    return 1;
}

static int same(const uint8_t *text, size_t length, const char *expected)
{
    return strlen(expected) == length && memcmp(text, expected, length) == 0;
}

static cochlea_status read_values(const coch_processor *processor, float *values, reader *r)
{
    const uint8_t *key;
    size_t length;
    double value;
    while (r->left > 0) {
        if (!take_text(r, &key, &length) || !take_real(r, &value))
            return COCHLEA_ERROR_FORMAT;
        for (size_t i = 0; i < processor->parameter_count; i++)
            if (same(key, length, processor->parameters[i].symbol))
                values[i] = coch_parameter_clean(&processor->parameters[i], value);
    }
    return COCHLEA_OK;
}

cochlea_status coch_state_read(const coch_processor *processor, float *values, char *file,
                               const uint8_t *bytes, size_t size)
{
    float read[COCH_PARAMETERS_MAX];
    char path[COCH_PATH_MAX];
    const uint8_t *id;
    size_t length;
    if (size < HEADER || size > COCH_STATE_LIMIT || memcmp(bytes, magic, MAGIC_SIZE) != 0)
        return COCHLEA_ERROR_FORMAT;
    if (number_at(bytes + MAGIC_SIZE, 4) != VERSION)
        return COCHLEA_ERROR_UNSUPPORTED;
    reader r = {.at = bytes + HEADER, .left = size - HEADER};
    if (number_at(bytes + MAGIC_SIZE + 4, 4) != r.left ||
        number_at(bytes + MAGIC_SIZE + 8, 4) != crc32(r.at, r.left) || !take_text(&r, &id, &length) ||
        !same(id, length, processor->id) || (processor->file && !take_file(&r, path)))
        return COCHLEA_ERROR_FORMAT;
    for (size_t i = 0; i < processor->parameter_count; i++)
        read[i] = processor->parameters[i].initial;
    cochlea_status status = read_values(processor, read, &r);
    if (status != COCHLEA_OK)
        return status;
    memcpy(values, read, processor->parameter_count * sizeof *values);
    if (processor->file)
        memcpy(file, path, strlen(path) + 1);
    return status;
}
