/* The base: arena, ring and slot, each alone, the last two between two threads. */
#include "base/arena.h"
#include "base/ring.h"
#include "base/slot.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void arena_counts_then_carves(void **state)
{
    coch_arena arena = {0};
    unsigned char *piece[3];
    (void)state;
    for (int pass = 0; pass < 2; pass++) {
        piece[0] = coch_arena_take(&arena, 3, 1);
        piece[1] = coch_arena_take(&arena, 100, sizeof(double));
        piece[2] = coch_arena_take(&arena, 1, 64);
        if (pass == 0) {
            assert_null(piece[1]);
            assert_int_equal(coch_arena_allocate(&arena), COCHLEA_OK);
        }
    }
    for (int i = 0; i < 3; i++)
        assert_int_equal((uintptr_t)piece[i] % COCH_ALIGNMENT, 0);
    assert_true(piece[1] >= piece[0] + 3 && piece[2] >= piece[1] + 800);
    for (int i = 0; i < 800; i++)
        assert_int_equal(piece[1][i], 0);
    assert_null(coch_arena_take(&arena, 1, 1)); /* more than was counted */
    coch_arena_free(&arena);
}

static void arena_refuses_what_overflows(void **state)
{
    coch_arena arena = {0};
    (void)state;
    coch_arena_take(&arena, SIZE_MAX / 2, 3);
    assert_int_equal(coch_arena_allocate(&arena), COCHLEA_ERROR_MEMORY);
    coch_arena_free(&arena);
}

static void statuses_have_words(void **state)
{
    (void)state;
    for (int s = 0; s < COCHLEA_STATUS_COUNT; s++)
        assert_true(strlen(cochlea_status_text((cochlea_status)s)) > 0);
    assert_non_null(cochlea_status_text((cochlea_status)999));
}

typedef struct fixture {
    coch_arena arena;
    coch_ring ring;
    coch_slot slot;
} fixture;

static void set_up(fixture *f)
{
    memset(f, 0, sizeof *f);
    for (int pass = 0; pass < 2; pass++) {
        coch_ring_layout(&f->ring, &f->arena, sizeof(uint32_t), 50);
        coch_slot_layout(&f->slot, &f->arena, 16 * sizeof(uint32_t));
        if (pass == 0)
            assert_int_equal(coch_arena_allocate(&f->arena), COCHLEA_OK);
    }
    coch_ring_reset(&f->ring);
}

static void ring_keeps_order_and_bounds(void **state)
{
    static fixture f;
    uint32_t in[100], out[100];
    (void)state;
    set_up(&f);
    for (uint32_t i = 0; i < 100; i++)
        in[i] = i;
    assert_int_equal(coch_ring_writable(&f.ring), 64);
    assert_int_equal(coch_ring_write(&f.ring, in, 100), 64);
    assert_int_equal(coch_ring_writable(&f.ring), 0);
    assert_int_equal(coch_ring_peek(&f.ring, out, 3), 3);
    assert_int_equal(out[2], 2);
    assert_int_equal(coch_ring_skip(&f.ring, 10), 10);
    assert_int_equal(coch_ring_read(&f.ring, out, 100), 54);
    assert_memory_equal(out, in + 10, 54 * sizeof *out);
    assert_int_equal(coch_ring_read(&f.ring, out, 1), 0);
    for (int round = 0; round < 100; round++) { /* across the end of the buffer */
        assert_int_equal(coch_ring_write(&f.ring, in, 37), 37);
        assert_int_equal(coch_ring_read(&f.ring, out, 37), 37);
        assert_memory_equal(out, in, 37 * sizeof *out);
    }
    coch_arena_free(&f.arena);
}

#define COUNT 200000u

static void *write_ring(void *context)
{
    coch_ring *ring = context;
    uint32_t block[13];
    for (uint32_t next = 0; next < COUNT;) {
        size_t n = 1 + next % 13;
        for (size_t i = 0; i < n; i++)
            block[i] = next + (uint32_t)i;
        n = coch_ring_write(ring, block, n);
        next += (uint32_t)n;
        if (n == 0)
            sched_yield();
    }
    return NULL;
}

static void ring_works_between_threads(void **state)
{
    static fixture f;
    pthread_t writer;
    uint32_t block[29], expected = 0;
    (void)state;
    set_up(&f);
    assert_int_equal(pthread_create(&writer, NULL, write_ring, &f.ring), 0);
    while (expected < COUNT) {
        size_t n = coch_ring_read(&f.ring, block, 1 + expected % 29);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(block[i], expected++);
        if (n == 0)
            sched_yield();
    }
    pthread_join(writer, NULL);
    coch_arena_free(&f.arena);
}

static void *write_slot(void *context)
{
    coch_slot *slot = context;
    uint32_t value[16];
    for (uint32_t i = 1; i <= COUNT; i++) {
        for (int j = 0; j < 16; j++)
            value[j] = i;
        coch_slot_write(slot, value);
    }
    return NULL;
}

static void slot_gives_whole_and_newest_values(void **state)
{
    static fixture f;
    pthread_t writer;
    uint32_t value[16], last = 0;
    (void)state;
    set_up(&f);
    assert_int_equal(coch_slot_read(&f.slot, value), 0);
    assert_int_equal(value[0], 0);
    assert_int_equal(pthread_create(&writer, NULL, write_slot, &f.slot), 0);
    while (last < COUNT) {
        int news = coch_slot_read(&f.slot, value);
        for (int j = 1; j < 16; j++)
            assert_int_equal(value[j], value[0]);
        assert_true(news ? value[0] > last : value[0] == last);
        last = value[0];
        if (!news)
            sched_yield();
    }
    pthread_join(writer, NULL);
    coch_arena_free(&f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_counts_then_carves),   cmocka_unit_test(arena_refuses_what_overflows),
        cmocka_unit_test(statuses_have_words),        cmocka_unit_test(ring_keeps_order_and_bounds),
        cmocka_unit_test(ring_works_between_threads), cmocka_unit_test(slot_gives_whole_and_newest_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
