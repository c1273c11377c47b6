#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a piece in whole alignment units; 0 with *overflow set when that is more than can be represented.
 */
static size_t piece_bytes(size_t count, size_t size, int *overflow)
{
    if (size != 0 && count > (SIZE_MAX - (COCH_ALIGNMENT - 1)) / size) {
        *overflow = 1;
        return 0;
    }
    return (count * size + (COCH_ALIGNMENT - 1)) / COCH_ALIGNMENT * COCH_ALIGNMENT;
}

void *coch_arena_take(coch_arena *arena, size_t count, size_t size)
{
    size_t bytes = piece_bytes(count, size, &arena->overflow);
    size_t limit = arena->base ? arena->size : SIZE_MAX;
    if (arena->overflow || bytes > limit - arena->used) {
        arena->overflow = 1;
        return NULL;
    }
    unsigned char *piece = arena->base ? arena->base + arena->used : NULL;
    arena->used += bytes;
    return piece;
}

cochlea_status coch_arena_allocate(coch_arena *arena)
{
    if (arena->overflow) {
        return COCHLEA_ERROR_MEMORY;
    }
    size_t size = arena->used ? arena->used : COCH_ALIGNMENT;
    unsigned char *base = aligned_alloc(COCH_ALIGNMENT, size);
    if (!base) {
        return COCHLEA_ERROR_MEMORY;
    }
    /* Touches every page, so that none is first mapped on the audio path. */
    memset(base, 0, size);
    arena->base = base;
    arena->size = size;
    arena->used = 0;
    return COCHLEA_OK;
}

void coch_arena_free(coch_arena *arena)
{
    free(arena->base);
    *arena = (coch_arena){0};
}
