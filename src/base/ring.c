#include "base/ring.h"

#include <stdint.h>
#include <string.h>

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

void coch_ring_layout(coch_ring *ring, coch_arena *arena, size_t element_size, size_t capacity)
{
    size_t rounded = 1;
    while (rounded < capacity && rounded <= SIZE_MAX / 2) {
        rounded *= 2;
    }
    if (rounded < capacity) {
        arena->overflow = 1;
    }
    ring->data = coch_arena_take(arena, rounded, element_size);
    ring->element_size = element_size;
    ring->capacity = rounded;
    ring->mask = rounded - 1;
    coch_ring_reset(ring);
}

void coch_ring_reset(coch_ring *ring)
{
    atomic_store_explicit(&ring->write_index, 0, memory_order_relaxed);
    atomic_store_explicit(&ring->read_index, 0, memory_order_relaxed);
}

size_t coch_ring_writable(const coch_ring *ring)
{
    size_t write = atomic_load_explicit(&ring->write_index, memory_order_relaxed);
    size_t read = atomic_load_explicit(&ring->read_index, memory_order_acquire);
    return ring->capacity - (write - read);
}

size_t coch_ring_write(coch_ring *ring, const void *elements, size_t count)
{
    size_t taken = smaller(count, coch_ring_writable(ring));
    if (taken == 0) {
        return 0;
    }
    size_t write = atomic_load_explicit(&ring->write_index, memory_order_relaxed);
    size_t at = write & ring->mask;
    size_t head = smaller(taken, ring->capacity - at) * ring->element_size;
    memcpy(ring->data + at * ring->element_size, elements, head);
    memcpy(ring->data, (const unsigned char *)elements + head, taken * ring->element_size - head);
    atomic_store_explicit(&ring->write_index, write + taken, memory_order_release);
    return taken;
}

size_t coch_ring_readable(const coch_ring *ring)
{
    size_t read = atomic_load_explicit(&ring->read_index, memory_order_relaxed);
    size_t write = atomic_load_explicit(&ring->write_index, memory_order_acquire);
    return write - read;
}

size_t coch_ring_peek(const coch_ring *ring, void *elements, size_t count)
{
    size_t delivered = smaller(count, coch_ring_readable(ring));
    if (delivered == 0) {
        return 0;
    }
    size_t at = atomic_load_explicit(&ring->read_index, memory_order_relaxed) & ring->mask;
    size_t head = smaller(delivered, ring->capacity - at) * ring->element_size;
    memcpy(elements, ring->data + at * ring->element_size, head);
    memcpy((unsigned char *)elements + head, ring->data, delivered * ring->element_size - head);
    return delivered;
}

size_t coch_ring_skip(coch_ring *ring, size_t count)
{
    size_t dropped = smaller(count, coch_ring_readable(ring));
    size_t read = atomic_load_explicit(&ring->read_index, memory_order_relaxed);
    atomic_store_explicit(&ring->read_index, read + dropped, memory_order_release);
    return dropped;
}

size_t coch_ring_read(coch_ring *ring, void *elements, size_t count)
{
    return coch_ring_skip(ring, coch_ring_peek(ring, elements, count));
}
