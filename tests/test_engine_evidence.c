/* The evidence for each key: every hop once, in order, the same in both drives, in accord with the events. */
#include "takes.h"
#include "tones.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define RATE 44100
#define HOPS_MAX 1000

typedef struct hops {
    cochlea_hop hop[HOPS_MAX];
    size_t count;
} hops;

static cochlea_settings with_evidence(cochlea_drive drive)
{
    cochlea_settings settings;
    cochlea_settings_default(&settings);
    settings.sample_rate = RATE;
    settings.drive = drive;
    settings.evidence = 1;
    return settings;
}

static cochlea *open_ear(void **state, const cochlea_settings *settings)
{
    cochlea *ear;
    assert_int_equal(cochlea_open(&ear, *state, settings), COCHLEA_OK);
    return ear;
}

static void collect(cochlea *ear, hops *h, take *t)
{
    h->count += cochlea_evidence(ear, h->hop + h->count, HOPS_MAX - h->count);
    take_collect(ear, t);
}

static void feed(cochlea *ear, const float *x, size_t count, size_t block, hops *h, take *t)
{
    const struct timespec look = {.tv_nsec = 1000000};
    for (size_t at = 0, n; at < count; at += n) {
        cochlea_stats stats;
        n = cochlea_feed(ear, x + at, count - at < block ? count - at : block);
        do { /* a worker must not be left behind */
            cochlea_get_stats(ear, &stats);
            collect(ear, h, t);
        } while ((int64_t)(at + n) - stats.samples > RATE / 10 && nanosleep(&look, NULL) == 0);
    }
}

static void finish(cochlea *ear, hops *h, take *t)
{
    take_finish(ear, t);
    collect(ear, h, t);
    cochlea_close(ear);
}

static void assert_same(const hops *a, const hops *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++)
        assert_memory_equal(&a->hop[i], &b->hop[i], sizeof a->hop[i]);
}

static void is_the_same_in_all_blocks_and_drives(void **state)
{
    static const size_t blocks[] = {512, 1, 64, 1000, 4096, 512, 4096};
    static hops first, other;
    size_t count;
    float *x = tones_piece(RATE, 3.0, &count);
    first.count = 0;
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        cochlea_settings settings = with_evidence(b < 5 ? COCHLEA_INLINE : COCHLEA_WORKER);
        cochlea *ear = open_ear(state, &settings);
        hops *into = b == 0 ? &first : &other;
        take *t = take_new();
        into->count = 0;
        feed(ear, x, count, blocks[b], into, t);
        finish(ear, into, t);
        assert_true(into->count > 300);
        assert_same(&first, into);
        free(t);
    }
    free(x);
}

/* The probability of a key around an event; the hop that sent it is the first that is due with it. */
static float evidence_at(const hops *h, const cochlea_event *event)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->hop[i].emit == event->emit)
            return h->hop[i].onset[event->note - COCHLEA_FIRST_KEY];
    return NAN;
}

static void agrees_with_the_events(void **state)
{
    static hops h;
    size_t count, notes = 0;
    cochlea_settings settings = with_evidence(COCHLEA_INLINE);
    cochlea *ear = open_ear(state, &settings);
    take *t = take_new();
    float *x = tones_piece(RATE, 3.0, &count);
    h.count = 0;
    feed(ear, x, count, 300, &h, t);
    finish(ear, &h, t);
    for (size_t i = 0; i < t->count; i++) {
        const cochlea_event *e = &t->events[i];
        if (e->type != COCHLEA_NOTE_ON)
            continue;
        notes++;
        assert_true(evidence_at(&h, e) == e->confidence);
    }
    assert_true(notes > 4);
    for (size_t i = 0; i < h.count; i++) {
        assert_true(i == 0 || (h.hop[i].time > h.hop[i - 1].time && h.hop[i].emit >= h.hop[i - 1].emit));
        for (size_t key = 0; key < COCHLEA_KEYS; key++)
            assert_true(h.hop[i].onset[key] >= 0.0f && h.hop[i].onset[key] <= 1.0f);
    }
    free(t);
    free(x);
}

static void a_reset_forgets(void **state)
{
    static hops fresh, again;
    size_t count;
    float *x = tones_piece(RATE, 2.0, &count);
    cochlea_settings settings = with_evidence(COCHLEA_INLINE);
    take *t = take_new();
    cochlea *ear = open_ear(state, &settings);
    fresh.count = again.count = 0;
    feed(ear, x, count, 700, &fresh, t);
    cochlea_feed(ear, x, 5000); /* its evidence is not taken */
    cochlea_reset(ear);
    feed(ear, x, count, 441, &again, t);
    assert_same(&fresh, &again);
    cochlea_close(ear);
    free(t);
    free(x);
}

static void only_where_it_is_wanted(void **state)
{
    static hops h;
    size_t count;
    float *x = tones_piece(RATE, 1.0, &count);
    cochlea_settings settings = with_evidence(COCHLEA_INLINE);
    settings.evidence = 0;
    take *t = take_new();
    cochlea *ear = open_ear(state, &settings);
    h.count = 0;
    feed(ear, x, count, 441, &h, t);
    assert_int_equal(h.count, 0);
    settings.evidence = 1;
    assert_int_equal(cochlea_change(ear, &settings), COCHLEA_ERROR_ARGUMENT);
    cochlea_close(ear);
    free(t);
    free(x);
}

/* Who does not take it loses the newest, and nothing else happens. */
static void may_be_left(void **state)
{
    static hops h;
    size_t count;
    float *x = tones_piece(RATE, 3.0, &count);
    cochlea_settings settings = with_evidence(COCHLEA_INLINE);
    take *t = take_new(), *expected = take_inline(*state, &settings, x, count, 441);
    cochlea *ear = open_ear(state, &settings);
    for (size_t at = 0; at < count;) {
        at += cochlea_feed(ear, x + at, count - at < 441 ? count - at : 441);
        take_collect(ear, t);
    }
    h.count = 0;
    finish(ear, &h, t);
    assert_true(h.count >= 60 && h.count <= 64);
    take_assert_same(expected, t);
    free(expected);
    free(t);
    free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_same_in_all_blocks_and_drives),
        cmocka_unit_test(agrees_with_the_events),
        cmocka_unit_test(a_reset_forgets),
        cmocka_unit_test(only_where_it_is_wanted),
        cmocka_unit_test(may_be_left),
    };
    return cmocka_run_group_tests(tests, take_open_model, take_close_model);
}
