/* The worker drive: what it hears is what the inline drive hears, and nothing hangs whatever happens
 * meanwhile. */
#include "takes.h"
#include "tones.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define RATE 48000

static void pause_ms(long ms)
{
    struct timespec t = {.tv_nsec = ms * 1000000L};
    nanosleep(&t, NULL);
}

/* Feeds as fast as the worker can follow, so that nothing is dropped: the audio of many seconds in a few. */
static void feed_paced(cochlea *ear, const float *x, size_t count, const size_t *blocks, size_t block_count,
                       take *t)
{
    size_t turn = 0;
    cochlea_stats stats;
    for (size_t at = 0; at < count;) {
        size_t block = blocks[turn++ % block_count];
        size_t n = count - at < block ? count - at : block;
        assert_int_equal(cochlea_feed(ear, x + at, n), n);
        at += n;
        take_collect(ear, t);
        for (int wait = 0; wait < 20000; wait++) {
            cochlea_get_stats(ear, &stats);
            if ((int64_t)at - stats.samples < 4800)
                break;
            pause_ms(1);
        }
    }
}

static cochlea_settings live_settings(void)
{
    cochlea_settings settings;
    cochlea_settings_default(&settings);
    settings.sample_rate = RATE;
    settings.drive = COCHLEA_WORKER;
    return settings;
}

static void hears_what_inline_hears(void **state)
{
    static const size_t blocks[][4] = {
        {1, 1, 1, 1},      {7, 7, 7, 7}, {64, 64, 64, 64}, {1000, 1000, 1000, 1000}, {4096, 4096, 4096, 4096},
        {8192, 1, 333, 64}};
    size_t count;
    float *x = tones_piece(RATE, 3.0, &count);
    for (int timing = 0; timing < 2; timing++) {
        cochlea_settings settings = live_settings();
        settings.timing = timing ? COCHLEA_STEADY : COCHLEA_FAST;
        settings.drive = COCHLEA_INLINE;
        take *expected = take_inline(*state, &settings, x, count, 512);
        assert_true(take_notes(expected) > 4);
        take_sort(expected);
        settings.drive = COCHLEA_WORKER;
        for (size_t b = timing ? 2 : 0; b < sizeof blocks / sizeof *blocks; b++) {
            cochlea *ear;
            cochlea_stats stats;
            take *t = take_new();
            assert_int_equal(cochlea_open(&ear, *state, &settings), COCHLEA_OK);
            feed_paced(ear, x, count, blocks[b], 4, t);
            take_finish(ear, t);
            cochlea_get_stats(ear, &stats);
            assert_int_equal(stats.dropped_hops, 0);
            assert_int_equal(stats.lost_events, 0);
            take_assert_resolved(t);
            take_sort(t);
            take_assert_same(expected, t);
            cochlea_close(ear);
            free(t);
        }
        free(expected);
    }
    free(x);
}

static void overload_drops_counts_and_resolves(void **state)
{
    size_t count;
    cochlea *ear;
    cochlea_stats stats;
    cochlea_settings settings = live_settings();
    float *x = tones_piece(RATE, 12.0, &count);
    take *t = take_new();
    assert_int_equal(cochlea_open(&ear, *state, &settings), COCHLEA_OK);
    for (size_t at = 0; at < count; at += 8192) { /* as fast as memory allows: hopeless */
        size_t n = count - at < 8192 ? count - at : 8192;
        assert_int_equal(cochlea_feed(ear, x + at, n), n);
        take_collect(ear, t);
    }
    take_finish(ear, t);
    cochlea_get_stats(ear, &stats);
    assert_true(stats.dropped_hops > 0);
    assert_true(llabs(stats.samples - (int64_t)count) <= 64); /* time went on over the gaps */
    assert_true(stats.hops + stats.dropped_hops <= 1200 + 20);
    take_assert_resolved(t);
    for (size_t i = 0; i < t->count; i++)
        assert_true(t->events[i].time <= (int64_t)count);
    cochlea_close(ear);
    free(t);
    free(x);
}

static void offline_drops_nothing(void **state)
{
    size_t count;
    cochlea *ear;
    cochlea_stats stats;
    cochlea_settings settings = live_settings();
    float *x = tones_piece(RATE, 12.0, &count);
    take *t = take_new();
    settings.drive = COCHLEA_INLINE;
    take *expected = take_inline(*state, &settings, x, count, 512);
    settings.drive = COCHLEA_WORKER;
    assert_int_equal(cochlea_open(&ear, *state, &settings), COCHLEA_OK);
    for (size_t at = 0, turn = 0; at < count; turn++) {
        int offline = turn % 5 != 0; /* now and then on the thread for a block, and back at once */
        size_t block = offline ? 8192 : 1000, n = count - at < block ? count - at : block;
        cochlea_offline(ear, offline);
        assert_int_equal(cochlea_feed(ear, x + at, n), n);
        take_collect(ear, t);
        at += n;
    }
    take_finish(ear, t);
    cochlea_get_stats(ear, &stats);
    assert_int_equal(stats.dropped_hops, 0);
    take_assert_resolved(t);
    take_sort(expected);
    take_sort(t);
    take_assert_same(expected, t);
    cochlea_close(ear);
    free(expected);
    free(t);
    free(x);
}

static void reset_starts_anew(void **state)
{
    static const size_t blocks[] = {256};
    size_t count;
    cochlea *ear;
    cochlea_settings settings = live_settings();
    float *x = tones_piece(RATE, 3.0, &count);
    settings.drive = COCHLEA_INLINE;
    take *expected = take_inline(*state, &settings, x, count, 512), *t = take_new();
    settings.drive = COCHLEA_WORKER;
    assert_int_equal(cochlea_open(&ear, *state, &settings), COCHLEA_OK);
    for (int round = 0; round < 3; round++) {
        feed_paced(ear, x, count / 2 + 1234 * (size_t)round, blocks, 1, t);
        for (int again = 0; again < 1 + 100 * round; again++) /* more resets than there is room to ask for */
            cochlea_reset(ear);
        take_collect(ear, t);
        take_assert_resolved(t);
        pause_ms(50);
    }
    cochlea_reset(ear);
    pause_ms(20);
    take_collect(ear, t);
    t->count = 0;
    feed_paced(ear, x, count, blocks, 1, t);
    take_finish(ear, t);
    take_sort(expected);
    take_sort(t);
    take_assert_same(expected, t);
    cochlea_close(ear);
    free(expected);
    free(t);
    free(x);
}

/* Inline the nets run in the feeding call alone, so that it is known when a swap is under way. */
static void swaps_one_at_a_time(void **state)
{
    size_t count;
    cochlea *ear;
    cochlea_settings settings = live_settings();
    settings.drive = COCHLEA_INLINE;
    float *x = tones_piece(RATE, 0.1, &count);
    assert_int_equal(cochlea_open(&ear, *state, &settings), COCHLEA_OK);
    for (int round = 0; round < 3; round++) {
        assert_int_equal(cochlea_swap(ear, *state), COCHLEA_OK);
        assert_false(cochlea_swapped(ear));
        assert_int_equal(cochlea_swap(ear, *state), COCHLEA_ERROR_STATE);
        assert_int_equal(cochlea_feed(ear, x, count), count);
        assert_true(cochlea_swapped(ear));
    }
    cochlea_close(ear);
    free(x);
}

static void swaps_models_while_running(void **state)
{
    static const size_t blocks[] = {64};
    size_t count;
    cochlea *ear;
    cochlea_model *other;
    cochlea_settings settings = live_settings();
    float *x = tones_piece(RATE, 1.0, &count);
    take *t = take_new();
    assert_int_equal(cochlea_model_open(&other, NULL, NULL, 0), COCHLEA_OK);
    assert_int_equal(cochlea_open(&ear, *state, &settings), COCHLEA_OK);
    for (int round = 0; round < 8; round++) {
        assert_int_equal(cochlea_swap(ear, round % 2 ? *state : other), COCHLEA_OK);
        feed_paced(ear, x, count, blocks, 1, t);
        for (int wait = 0; wait < 2000 && !cochlea_swapped(ear); wait++)
            pause_ms(1);
        assert_true(cochlea_swapped(ear));
        t->count = t->count > TAKE_MAX / 2 ? 0 : t->count;
    }
    take_finish(ear, t);
    take_assert_resolved(t);
    assert_int_equal(cochlea_swap(ear, other), COCHLEA_OK); /* left under way: close frees it */
    cochlea_close(ear);
    cochlea_model_close(other);
    free(t);
    free(x);
}

static void changes_settings_while_running(void **state)
{
    static const size_t blocks[] = {64, 500};
    size_t count;
    cochlea *ear;
    cochlea_settings settings = live_settings();
    float *x = tones_piece(RATE, 0.7, &count);
    take *t = take_new();
    assert_int_equal(cochlea_open(&ear, *state, &settings), COCHLEA_OK);
    srand(5);
    for (int round = 0; round < 40; round++) {
        settings.transpose = rand() % 25 - 12;
        settings.timing = rand() % 2 ? COCHLEA_STEADY : COCHLEA_FAST;
        settings.steady_ms = 20 + rand() % 180;
        settings.sustain = rand() % 2;
        settings.low_note = (uint8_t)(rand() % 60);
        settings.high_note = (uint8_t)(60 + rand() % 67);
        settings.sensitivity = 0.5f + (float)(rand() % 15) / 10.0f;
        settings.lookahead_ms = 20 + rand() % 180;
        if (round % 5 == 0)
            settings.tuning_hz = 400 + rand() % 81;
        cochlea_status status = cochlea_change(ear, &settings);
        assert_true(status == COCHLEA_OK || status == COCHLEA_ERROR_FULL);
        feed_paced(ear, x, count, blocks, 2, t);
    }
    take_finish(ear, t);
    take_assert_resolved(t);
    settings.sample_rate = 44100;
    assert_int_equal(cochlea_change(ear, &settings), COCHLEA_ERROR_ARGUMENT);
    cochlea_close(ear);
    free(t);
    free(x);
}

static void opens_and_closes(void **state)
{
    cochlea_settings settings = live_settings();
    float x[64] = {0};
    for (int i = 0; i < 50; i++) {
        cochlea *ear;
        assert_int_equal(cochlea_open(&ear, *state, &settings), COCHLEA_OK);
        cochlea_feed(ear, x, i % 2 ? 64 : 0);
        cochlea_close(ear);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hears_what_inline_hears),
        cmocka_unit_test(overload_drops_counts_and_resolves),
        cmocka_unit_test(offline_drops_nothing),
        cmocka_unit_test(reset_starts_anew),
        cmocka_unit_test(swaps_one_at_a_time),
        cmocka_unit_test(swaps_models_while_running),
        cmocka_unit_test(changes_settings_while_running),
        cmocka_unit_test(opens_and_closes),
    };
    return cmocka_run_group_tests(tests, take_open_model, take_close_model);
}
