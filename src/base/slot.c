#include "base/slot.h"

#include <string.h>

enum { CELL_MASK = 3, NEWS = 4 };

void coch_slot_layout(coch_slot *slot, coch_arena *arena, size_t size)
{
    slot->size = size;
    slot->stride = size / COCH_ALIGNMENT * COCH_ALIGNMENT + (size % COCH_ALIGNMENT ? COCH_ALIGNMENT : 0);
    slot->data = coch_arena_take(arena, 3, slot->stride);
    slot->write_cell = 0;
    slot->read_cell = 1;
    atomic_store_explicit(&slot->middle, 2, memory_order_relaxed);
}

void coch_slot_write(coch_slot *slot, const void *value)
{
    memcpy(slot->data + slot->write_cell * slot->stride, value, slot->size);
    /* Release publishes the value; acquire takes over a cell that the reader has finished with. */
    unsigned old = atomic_exchange_explicit(&slot->middle, slot->write_cell | NEWS, memory_order_acq_rel);
    slot->write_cell = old & CELL_MASK;
}

int coch_slot_read(coch_slot *slot, void *value)
{
    int news = (atomic_load_explicit(&slot->middle, memory_order_relaxed) & NEWS) != 0;
    if (news) {
        unsigned old = atomic_exchange_explicit(&slot->middle, slot->read_cell, memory_order_acq_rel);
        slot->read_cell = old & CELL_MASK;
    }
    memcpy(value, slot->data + slot->read_cell * slot->stride, slot->size);
    return news;
}
