/* Reader of GGUF version 3 weight files: tensors by name and typed metadata.
 *
 * The reader trusts nothing: magic, version, counts, string lengths, types, shapes, alignment, overlapping or
 * out of range tensor data and all sums are checked before anything is used, so any bytes can be given to it.
 * Files are mapped read-only; tensors point into the mapping.
 *
 * Narrower than the format: at most 4096 tensors and 4096 metadata entries, names without control characters,
 * strings without zero bytes, general.alignment a power of two from 32 on (so that F32 and F16 data lie
 * aligned), nothing behind the last tensor but fill. A mapped file must not be shortened while it is open.
 * Source: the GGUF specification of the ggml project (version 3, little-endian). */
#ifndef COCH_NET_GGUF_H
#define COCH_NET_GGUF_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

#define COCH_GGUF_DIMS_MAX 4

typedef enum coch_gguf_type { COCH_GGUF_F32 = 0, COCH_GGUF_F16 = 1 } coch_gguf_type;

typedef struct coch_gguf_tensor {
    const char *name; /* terminated copy */
    coch_gguf_type type;
    unsigned dims;                    /* 1..4 */
    size_t shape[COCH_GGUF_DIMS_MAX]; /* outermost first (C order); unused entries 1 */
    size_t count;                     /* product of shape */
    const void *data; /* count values, at least 32-byte aligned relative to the file's start */
} coch_gguf_tensor;

typedef struct coch_gguf coch_gguf;

/* Maps and checks a file. On failure `why` (may be NULL), of `why_size` bytes, receives what is wrong as a
 * short phrase. Errors: OPEN, READ, MEMORY, FORMAT, UNSUPPORTED (tensor type or version). [main] */
cochlea_status coch_gguf_open(coch_gguf **gguf, const char *path, char *why, size_t why_size);

/* The same over bytes in memory, which must outlive the reader and start 32-byte aligned. [main] */
cochlea_status coch_gguf_open_memory(coch_gguf **gguf, const void *bytes, size_t size, char *why,
                                     size_t why_size);

/* The file at path or, where that is NULL, the bytes that `built_in` gives: weights linked into the library.
 * [main] */
cochlea_status coch_gguf_open_either(coch_gguf **gguf, const char *path,
                                     const void *(*built_in)(size_t *size), char *why, size_t why_size);
void coch_gguf_free(coch_gguf *gguf);

/* ---- Looking things up [any]: the reader is constant once open ---- */

size_t coch_gguf_tensors(const coch_gguf *gguf);
const coch_gguf_tensor *coch_gguf_tensor_at(const coch_gguf *gguf, size_t index);
const coch_gguf_tensor *coch_gguf_find(const coch_gguf *gguf, const char *name); /* NULL when missing */

/* Copies a tensor as floats (F16 is widened) into out[count]; the shape must be exactly `dims` numbers of
 * `shape`. Errors: MISSING, FORMAT (other shape). */
cochlea_status coch_gguf_floats(const coch_gguf *gguf, const char *name, const size_t *shape, unsigned dims,
                                float *out);

/* Metadata. Errors: MISSING; FORMAT when the entry has another type, does not fit, or (arrays) another count.
 * Integers accept every integer type of the format, floats F32 and F64. */
cochlea_status coch_gguf_integer(const coch_gguf *gguf, const char *key, int64_t *value);
cochlea_status coch_gguf_float(const coch_gguf *gguf, const char *key, double *value);
cochlea_status coch_gguf_integers(const coch_gguf *gguf, const char *key, int64_t *values, size_t capacity,
                                  size_t *count);
cochlea_status coch_gguf_float_array(const coch_gguf *gguf, const char *key, float *values, size_t capacity,
                                     size_t *count);

/* A string entry, terminated copy owned by the reader; NULL when missing or not a string. */
const char *coch_gguf_string(const coch_gguf *gguf, const char *key);

/* All metadata in file order, for listing: key and a printable value (arrays shortened) in `text`. Returns
 * the key or NULL past the end. */
const char *coch_gguf_entry(const coch_gguf *gguf, size_t index, char *text, size_t text_size);

#endif
