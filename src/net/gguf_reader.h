/* Inside of the GGUF reader: what its files share. */
#ifndef COCH_NET_GGUF_READER_H
#define COCH_NET_GGUF_READER_H

#include "base/arena.h"
#include "net/gguf.h"

#include <stddef.h>
#include <stdint.h>

/* Value types of metadata, as numbered by the format. */
typedef enum coch_gguf_value_type {
    COCH_GGUF_VALUE_U8,
    COCH_GGUF_VALUE_I8,
    COCH_GGUF_VALUE_U16,
    COCH_GGUF_VALUE_I16,
    COCH_GGUF_VALUE_U32,
    COCH_GGUF_VALUE_I32,
    COCH_GGUF_VALUE_F32,
    COCH_GGUF_VALUE_BOOL,
    COCH_GGUF_VALUE_STRING,
    COCH_GGUF_VALUE_ARRAY,
    COCH_GGUF_VALUE_U64,
    COCH_GGUF_VALUE_I64,
    COCH_GGUF_VALUE_F64,
    COCH_GGUF_VALUE_TYPES
} coch_gguf_value_type;

/* One metadata entry. */
typedef struct coch_gguf_value {
    const char *key;              /* terminated copy */
    const char *string;           /* terminated copy of a string, else NULL */
    coch_gguf_value_type type;    /* of the entry; ARRAY for arrays */
    coch_gguf_value_type element; /* of an array's elements, else the same as type */
    size_t count;                 /* elements of an array, else 1 */
    const unsigned char *payload; /* the value or the first element, in the file's bytes, unaligned */
} coch_gguf_value;

struct coch_gguf {
    coch_arena arena; /* tensors, values, copies of strings */
    const unsigned char *bytes;
    size_t size;
    int mapped; /* bytes is a mapping of its own */
    size_t tensors, values;
    coch_gguf_tensor *tensor; /* [tensors] */
    uint64_t *offset;         /* [tensors] from the start of the data, bytes */
    coch_gguf_value *value;   /* [values] */
    char *why;                /* of the caller, while opening; may be NULL */
    size_t why_size;
};

/* Little-endian numbers from unaligned bytes. */
uint16_t coch_gguf_u16(const unsigned char *bytes);
uint32_t coch_gguf_u32(const unsigned char *bytes);
uint64_t coch_gguf_u64(const unsigned char *bytes);
float coch_gguf_f32(const unsigned char *bytes);
double coch_gguf_f64(const unsigned char *bytes);
float coch_gguf_f16(const unsigned char *bytes); /* IEEE 754 binary16, widened exactly */

/* Bytes of a value of a type; 0 for strings, arrays and types that do not exist. */
size_t coch_gguf_value_size(coch_gguf_value_type type);

/* Writes the phrase into the caller's `why` and returns `status`, for use in return statements. */
cochlea_status coch_gguf_fail(coch_gguf *gguf, cochlea_status status, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

/* Reads and checks the whole header: run once per arena pass, since the first one only counts. `bytes` and
 * `size` are set. Errors: FORMAT, UNSUPPORTED. */
cochlea_status coch_gguf_parse(coch_gguf *gguf);

#endif
