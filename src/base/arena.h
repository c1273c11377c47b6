/* An arena: one aligned block of memory that an object and all its parts are laid out in.
 *
 * A layout function is run twice over the same code. In the first pass the arena only counts and hands out
 * NULL; then coch_arena_allocate() reserves exactly what was counted, and the second pass hands out the
 * pieces:
 *
 *     coch_arena arena = {0};
 *     layout(object, &arena);                     // counts
 *     status = coch_arena_allocate(&arena);       // the only allocation, zero filled
 *     layout(object, &arena);                     // carves
 *
 * So an object with many buffers has one allocation, one failure to test and one free. */
#ifndef COCH_BASE_ARENA_H
#define COCH_BASE_ARENA_H

#include "base/status.h"

#include <stddef.h>

typedef struct coch_arena {
    unsigned char *base; /* NULL while counting */
    size_t size;         /* bytes reserved */
    size_t used;         /* bytes counted or carved so far */
    int overflow;        /* set when a request cannot be represented, or exceeds what was counted */
} coch_arena;

/* A piece of count * size bytes, aligned to COCH_ALIGNMENT and zero filled; NULL while counting, and after an
 * overflow. Zero bytes give a valid pointer that must not be read. [main] */
void *coch_arena_take(coch_arena *arena, size_t count, size_t size);

/* Reserves what was counted, zero filled, and rewinds for the second pass.
 * Errors: COCHLEA_ERROR_MEMORY (also when the count overflowed). [main] */
cochlea_status coch_arena_allocate(coch_arena *arena);

/* Frees the block; accepts an arena that was never allocated. [main] */
void coch_arena_free(coch_arena *arena);

#endif
