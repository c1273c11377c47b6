/* A bounded queue of fixed-size elements between exactly one writing and one reading thread, without locks.
 *
 * The write index belongs to the writer, the read index to the reader; each publishes with release and looks
 * at the other's with acquire (C11 atomics). Indices run freely and wrap with the type. */
#ifndef COCH_BASE_RING_H
#define COCH_BASE_RING_H

#include "base/arena.h"

#include <stdatomic.h>
#include <stddef.h>

typedef struct coch_ring {
    unsigned char *data;                                /* [capacity][element_size] */
    size_t element_size;                                /* bytes */
    size_t capacity;                                    /* elements, a power of two */
    size_t mask;                                        /* capacity - 1 */
    _Alignas(COCH_ALIGNMENT) atomic_size_t write_index; /* own cache line each: no false sharing */
    _Alignas(COCH_ALIGNMENT) atomic_size_t read_index;
} coch_ring;

/* ---- Set up [main] ---- */

/* Lays out a ring of at least `capacity` elements (rounded up to a power of two) of `element_size` bytes; run
 * once per arena pass. */
void coch_ring_layout(coch_ring *ring, coch_arena *arena, size_t element_size, size_t capacity);

/* Empties the ring; only while neither side uses it. */
void coch_ring_reset(coch_ring *ring);

/* ---- Writing thread ---- */

/* Elements that can be written now; never more than are free. */
size_t coch_ring_writable(const coch_ring *ring) COCH_REALTIME;

/* Copies up to `count` elements in and publishes them at once; returns how many were taken (fewer when full).
 */
size_t coch_ring_write(coch_ring *ring, const void *elements, size_t count) COCH_REALTIME;

/* ---- Reading thread ---- */

/* Elements that can be read now. */
size_t coch_ring_readable(const coch_ring *ring) COCH_REALTIME;

/* Copies up to `count` elements out and frees their room; returns how many were delivered. */
size_t coch_ring_read(coch_ring *ring, void *elements, size_t count) COCH_REALTIME;

/* Like coch_ring_read, but leaves the elements in the ring. */
size_t coch_ring_peek(const coch_ring *ring, void *elements, size_t count) COCH_REALTIME;

/* Drops up to `count` of the oldest elements; returns how many. */
size_t coch_ring_skip(coch_ring *ring, size_t count) COCH_REALTIME;

#endif
