/* The latest value of something that one thread writes often and another looks at now and then: a triple
 * buffer. Neither side ever waits; the reader sees whole values only, and may miss some. */
#ifndef COCH_BASE_SLOT_H
#define COCH_BASE_SLOT_H

#include "base/arena.h"

#include <stdatomic.h>
#include <stddef.h>

typedef struct coch_slot {
    unsigned char *data; /* [3][stride]: one cell of the writer, one of the reader, one in between */
    size_t size;         /* bytes of a value */
    size_t stride;       /* size rounded up to COCH_ALIGNMENT */
    unsigned write_cell; /* the writer's own */
    unsigned read_cell;  /* the reader's own */
    atomic_uint middle;  /* cell in between; bit 2 set when it holds news */
} coch_slot;

/* Lays out a slot for values of `size` bytes; run once per arena pass. The first value is all zero. [main] */
void coch_slot_layout(coch_slot *slot, coch_arena *arena, size_t size);

/* Publishes a value. Writing thread only. */
void coch_slot_write(coch_slot *slot, const void *value) COCH_REALTIME;

/* Copies the newest value out; returns nonzero when it was not read before. Reading thread only. */
int coch_slot_read(coch_slot *slot, void *value) COCH_REALTIME;

#endif
