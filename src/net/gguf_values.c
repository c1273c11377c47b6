#include "net/gguf_reader.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

uint16_t coch_gguf_u16(const unsigned char *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

uint32_t coch_gguf_u32(const unsigned char *bytes)
{
    return coch_gguf_u16(bytes) | (uint32_t)coch_gguf_u16(bytes + 2) << 16;
}

uint64_t coch_gguf_u64(const unsigned char *bytes)
{
    return coch_gguf_u32(bytes) | (uint64_t)coch_gguf_u32(bytes + 4) << 32;
}

float coch_gguf_f32(const unsigned char *bytes)
{
    uint32_t bits = coch_gguf_u32(bytes);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double coch_gguf_f64(const unsigned char *bytes)
{
    uint64_t bits = coch_gguf_u64(bytes);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

float coch_gguf_f16(const unsigned char *bytes)
{
    uint16_t half = coch_gguf_u16(bytes);
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 0x1f, fraction = half & 0x3ff;
    if (exponent == 0) { /* zero or subnormal: fraction * 2^-24, exact in a float */
        float value = (float)fraction * 0x1p-24f;
        return sign ? -value : value;
    }
    uint32_t bits = exponent == 0x1f ? sign | 0x7f800000u | fraction << 13
                                     : sign | (exponent + 112) << 23 | fraction << 13;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

size_t coch_gguf_value_size(coch_gguf_value_type type)
{
    static const unsigned char sizes[COCH_GGUF_VALUE_TYPES] = {
        [COCH_GGUF_VALUE_U8] = 1,  [COCH_GGUF_VALUE_I8] = 1,   [COCH_GGUF_VALUE_U16] = 2,
        [COCH_GGUF_VALUE_I16] = 2, [COCH_GGUF_VALUE_U32] = 4,  [COCH_GGUF_VALUE_I32] = 4,
        [COCH_GGUF_VALUE_F32] = 4, [COCH_GGUF_VALUE_BOOL] = 1, [COCH_GGUF_VALUE_U64] = 8,
        [COCH_GGUF_VALUE_I64] = 8, [COCH_GGUF_VALUE_F64] = 8};
    return type < COCH_GGUF_VALUE_TYPES ? sizes[type] : 0;
}

static const coch_gguf_value *find(const coch_gguf *gguf, const char *key)
{
    for (size_t i = 0; i < gguf->values; i++) {
        if (strcmp(gguf->value[i].key, key) == 0) {
            return &gguf->value[i];
        }
    }
    return NULL;
}

/* Element `index` as an integer: FORMAT for other types and what does not fit. */
static cochlea_status integer_at(const coch_gguf_value *value, size_t index, int64_t *result)
{
    const unsigned char *bytes = value->payload + index * coch_gguf_value_size(value->element);
    switch (value->element) {
    case COCH_GGUF_VALUE_U8:
        *result = bytes[0];
        return COCHLEA_OK;
    case COCH_GGUF_VALUE_I8:
        *result = bytes[0] < 128 ? bytes[0] : bytes[0] - 256;
        return COCHLEA_OK;
    case COCH_GGUF_VALUE_U16:
        *result = coch_gguf_u16(bytes);
        return COCHLEA_OK;
    case COCH_GGUF_VALUE_I16:
        *result = (int16_t)coch_gguf_u16(bytes);
        return COCHLEA_OK;
    case COCH_GGUF_VALUE_U32:
        *result = coch_gguf_u32(bytes);
        return COCHLEA_OK;
    case COCH_GGUF_VALUE_I32:
        *result = (int32_t)coch_gguf_u32(bytes);
        return COCHLEA_OK;
    case COCH_GGUF_VALUE_U64:
        if (coch_gguf_u64(bytes) > INT64_MAX) {
            return COCHLEA_ERROR_FORMAT;
        }
        *result = (int64_t)coch_gguf_u64(bytes);
        return COCHLEA_OK;
    case COCH_GGUF_VALUE_I64:
        *result = (int64_t)coch_gguf_u64(bytes);
        return COCHLEA_OK;
    default:
        return COCHLEA_ERROR_FORMAT;
    }
}

static cochlea_status float_at(const coch_gguf_value *value, size_t index, double *result)
{
    const unsigned char *bytes = value->payload + index * coch_gguf_value_size(value->element);
    switch (value->element) {
    case COCH_GGUF_VALUE_F32:
        *result = (double)coch_gguf_f32(bytes);
        return COCHLEA_OK;
    case COCH_GGUF_VALUE_F64:
        *result = coch_gguf_f64(bytes);
        return COCHLEA_OK;
    default:
        return COCHLEA_ERROR_FORMAT;
    }
}

/* The entry of a key if it is a scalar, or an array of at most `capacity` elements. */
static cochlea_status lookup(const coch_gguf *gguf, const char *key, int array, size_t capacity,
                             const coch_gguf_value **value)
{
    *value = find(gguf, key);
    if (!*value) {
        return COCHLEA_ERROR_MISSING;
    }
    int is_array = (*value)->type == COCH_GGUF_VALUE_ARRAY;
    return is_array == array && (*value)->count <= capacity ? COCHLEA_OK : COCHLEA_ERROR_FORMAT;
}

cochlea_status coch_gguf_integer(const coch_gguf *gguf, const char *key, int64_t *value)
{
    const coch_gguf_value *entry;
    cochlea_status status = lookup(gguf, key, 0, 1, &entry);
    return status == COCHLEA_OK ? integer_at(entry, 0, value) : status;
}

cochlea_status coch_gguf_float(const coch_gguf *gguf, const char *key, double *value)
{
    const coch_gguf_value *entry;
    cochlea_status status = lookup(gguf, key, 0, 1, &entry);
    return status == COCHLEA_OK ? float_at(entry, 0, value) : status;
}

cochlea_status coch_gguf_integers(const coch_gguf *gguf, const char *key, int64_t *values, size_t capacity,
                                  size_t *count)
{
    const coch_gguf_value *entry;
    cochlea_status status = lookup(gguf, key, 1, capacity, &entry);
    if (status != COCHLEA_OK) {
        return status;
    }
    for (size_t i = 0; i < entry->count && status == COCHLEA_OK; i++) {
        status = integer_at(entry, i, &values[i]);
    }
    *count = entry->count;
    return status;
}

cochlea_status coch_gguf_float_array(const coch_gguf *gguf, const char *key, float *values, size_t capacity,
                                     size_t *count)
{
    const coch_gguf_value *entry;
    cochlea_status status = lookup(gguf, key, 1, capacity, &entry);
    if (status != COCHLEA_OK) {
        return status;
    }
    for (size_t i = 0; i < entry->count && status == COCHLEA_OK; i++) {
        double value = 0;
        status = float_at(entry, i, &value);
        if (isfinite(value) && fabs(value) > (double)FLT_MAX) {
            status = COCHLEA_ERROR_FORMAT;
        }
        values[i] = status == COCHLEA_OK ? (float)value : 0;
    }
    *count = entry->count;
    return status;
}

const char *coch_gguf_string(const coch_gguf *gguf, const char *key)
{
    const coch_gguf_value *entry = find(gguf, key);
    return entry ? entry->string : NULL;
}

/* ---- Listing ---- */

static void print_number(const coch_gguf_value *value, size_t index, char *text, size_t size)
{
    int64_t integer;
    double number;
    if (value->element == COCH_GGUF_VALUE_BOOL) {
        snprintf(text, size, "%s", value->payload[index] ? "true" : "false");
    } else if (value->element == COCH_GGUF_VALUE_U64) {
        snprintf(text, size, "%" PRIu64, coch_gguf_u64(value->payload + 8 * index));
    } else if (integer_at(value, index, &integer) == COCHLEA_OK) {
        snprintf(text, size, "%" PRId64, integer);
    } else if (float_at(value, index, &number) == COCHLEA_OK) {
        snprintf(text, size, "%g", number);
    } else {
        snprintf(text, size, "...");
    }
}

/* Appends, as far as there is room. */
static void append(char *text, size_t size, const char *more)
{
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s", more);
}

static void print_array(const coch_gguf_value *value, char *text, size_t size)
{
    enum { SHOWN = 8 };
    char number[32];
    int numbers = coch_gguf_value_size(value->element) > 0;
    snprintf(text, size, "[");
    for (size_t i = 0; numbers && i < value->count && i < SHOWN; i++) {
        print_number(value, i, number, sizeof number);
        append(text, size, i ? ", " : "");
        append(text, size, number);
    }
    if (value->count > SHOWN || !numbers) {
        snprintf(number, sizeof number, "%s%zu in all", numbers ? ", ... " : "", value->count);
        append(text, size, number);
    }
    append(text, size, "]");
}

const char *coch_gguf_entry(const coch_gguf *gguf, size_t index, char *text, size_t text_size)
{
    if (index >= gguf->values) {
        return NULL;
    }
    const coch_gguf_value *value = &gguf->value[index];
    if (text_size == 0) {
        return value->key;
    }
    if (value->string) {
        snprintf(text, text_size, "%s", value->string);
    } else if (value->type == COCH_GGUF_VALUE_ARRAY) {
        print_array(value, text, text_size);
    } else {
        print_number(value, 0, text, text_size);
    }
    for (char *byte = text; *byte; byte++) {
        /* A string from a file must not steer the terminal that shows it. */
        *byte = (unsigned char)*byte < 0x20 || *byte == 0x7f ? ' ' : *byte;
    }
    return value->key;
}
