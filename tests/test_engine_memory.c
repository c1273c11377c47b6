/* What opening models and engines and swapping models do when a piece of memory, a plan, a converter or a
 * thread is refused, for every one in turn: a status, nothing left behind, and what ran before runs on. */
#include "failing_allocator.h"
#include "listen/piano.h"
#include "takes.h"
#include "tones.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RATE 44100.0

static int threads_allowed = 1; /* 0: none can be started, -1: only without real-time priority */

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument)
{
    if (threads_allowed == 0 || (threads_allowed < 0 && attributes)) {
        return EAGAIN;
    }
    return __real_pthread_create(thread, attributes, run, argument);
}

/* The default weights as a file, to be removed. */
static void write_weights(char path[32])
{
    size_t size;
    const void *weights = coch_piano_default_weights(&size);
    strcpy(path, "/tmp/cochlea-XXXXXX");
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, weights, size), size);
    close(file);
}

static cochlea_model *open_model(void)
{
    cochlea_model *model;
    assert_int_equal(cochlea_model_open(&model, NULL, NULL, 0), COCHLEA_OK);
    return model;
}

static cochlea_settings settings_for(cochlea_drive drive)
{
    cochlea_settings settings;
    cochlea_settings_default(&settings);
    settings.sample_rate = RATE;
    settings.drive = drive;
    return settings;
}

/* ---- Models ---- */

typedef struct model_context {
    const char *path; /* NULL: the weights inside */
    cochlea_model *made;
} model_context;

static int make_model(void *context)
{
    model_context *c = context;
    char why[100] = "unset";
    c->made = (cochlea_model *)context;
    cochlea_status status = cochlea_model_open(&c->made, c->path, why, sizeof why);
    assert_int_equal(status, failing_refused ? COCHLEA_ERROR_MEMORY : COCHLEA_OK);
    assert_true(memchr(why, '\0', sizeof why) != NULL);
    assert_true(failing_refused == !c->made);
    return c->made != NULL;
}

static void models_are_opened_or_refused(void **state)
{
    char path[32];
    long before = failing_live;
    (void)state;
    write_weights(path);
    for (int from_file = 0; from_file < 2; from_file++) {
        model_context context = {from_file ? path : NULL, NULL};
        int file = dup(0), again;
        close(file);
        assert_true(failing_each(make_model, &context) >= 5);
        again = dup(0);
        close(again);
        assert_int_equal(again, file); /* every failure closed its file */
        cochlea_model_close(context.made);
        assert_int_equal(failing_live, before);
    }
    remove(path);
}

/* ---- Engines ---- */

typedef struct engine_context {
    const cochlea_model *model;
    cochlea_settings settings;
    cochlea *made;
} engine_context;

static int make_engine(void *context)
{
    engine_context *c = context;
    c->made = (cochlea *)context;
    cochlea_status status = cochlea_open(&c->made, c->model, &c->settings);
    assert_int_equal(status, failing_refused ? COCHLEA_ERROR_MEMORY : COCHLEA_OK);
    assert_true(failing_refused == !c->made);
    return c->made != NULL;
}

static void engines_are_opened_or_refused(void **state)
{
    static const double rates[] = {8000, 16000, 44100, 192000};
    long before = failing_live;
    cochlea_model *model = open_model();
    (void)state;
    for (int drive = COCHLEA_INLINE; drive <= COCHLEA_WORKER; drive++) {
        for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
            engine_context context = {model, settings_for((cochlea_drive)drive), NULL};
            context.settings.sample_rate = rates[r];
            assert_true(failing_each(make_engine, &context) >= 15);
            cochlea_close(context.made);
        }
    }
    cochlea_model_close(model);
    assert_int_equal(failing_live, before);
}

static void threads_may_be_refused(void **state)
{
    long before = failing_live;
    cochlea_model *model = open_model();
    cochlea_settings settings = settings_for(COCHLEA_WORKER);
    cochlea *ear = (cochlea *)&settings;
    cochlea_stats stats;
    (void)state;
    threads_allowed = 0;
    assert_int_equal(cochlea_open(&ear, model, &settings), COCHLEA_ERROR_STATE);
    assert_null(ear);
    threads_allowed = -1;
    assert_int_equal(cochlea_open(&ear, model, &settings), COCHLEA_OK);
    threads_allowed = 1;
    float silence[4410] = {0};
    do { /* until the worker has told of itself */
        cochlea_feed(ear, silence, sizeof silence / sizeof *silence);
        cochlea_get_stats(ear, &stats);
    } while (stats.hops == 0);
    assert_int_equal(stats.realtime, 0);
    cochlea_close(ear);
    cochlea_model_close(model);
    assert_int_equal(failing_live, before);
}

/* ---- Swaps ---- */

typedef struct swap_context {
    cochlea *ear;
    const cochlea_model *model;
} swap_context;

static int make_swap(void *context)
{
    swap_context *c = context;
    cochlea_status status = cochlea_swap(c->ear, c->model);
    assert_int_equal(status, failing_refused ? COCHLEA_ERROR_MEMORY : COCHLEA_OK);
    return status == COCHLEA_OK;
}

/* Swaps that fail change nothing of what is heard; the one that succeeds is carried out. */
static void swaps_happen_or_change_nothing(void **state)
{
    size_t count;
    long before = failing_live;
    float *x = tones_piece(RATE, 2.0, &count);
    cochlea_model *model = open_model(), *other = open_model();
    cochlea_settings settings = settings_for(COCHLEA_INLINE);
    take *expected = take_inline(model, &settings, x, count, 1024), *got = take_new();
    swap_context context = {NULL, other};
    (void)state;
    assert_int_equal(cochlea_open(&context.ear, model, &settings), COCHLEA_OK);
    failing_for_good = 1;
    for (size_t at = 0; at < count;) {
        failing_left = (long)(at / 1024 % 4); /* a swap takes more pieces than that */
        failing_refused = 0;
        assert_false(make_swap(&context));
        assert_true(cochlea_swapped(context.ear));
        failing_left = -1;
        at += cochlea_feed(context.ear, x + at, count - at < 1024 ? count - at : 1024);
        take_collect(context.ear, got);
    }
    take_finish(context.ear, got);
    take_assert_same(got, expected);
    assert_true(got->count > 4);
    cochlea_close(context.ear);
    free(x);
    free(expected);
    free(got);
    cochlea_model_close(model);
    cochlea_model_close(other);
    assert_int_equal(failing_live, before);
}

static void swaps_leave_nothing_behind(void **state)
{
    long before = failing_live;
    cochlea_model *model = open_model(), *other = open_model();
    float silence[4410] = {0};
    (void)state;
    for (int drive = COCHLEA_INLINE; drive <= COCHLEA_WORKER; drive++) {
        cochlea_settings settings = settings_for((cochlea_drive)drive);
        for (int stage = 0; stage < 3; stage++) { /* closed under way, carried out, and given back */
            swap_context context = {NULL, other};
            cochlea_stats stats = {0};
            assert_int_equal(cochlea_open(&context.ear, model, &settings), COCHLEA_OK);
            assert_true(failing_each(make_swap, &context) >= 8);
            while (stage > 0 && stats.hops < 2) {
                cochlea_feed(context.ear, silence, sizeof silence / sizeof *silence);
                cochlea_get_stats(context.ear, &stats);
            }
            while (stage > 1 && !cochlea_swapped(context.ear)) {
                cochlea_feed(context.ear, silence, sizeof silence / sizeof *silence);
            }
            cochlea_close(context.ear);
        }
    }
    cochlea_model_close(model);
    cochlea_model_close(other);
    assert_int_equal(failing_live, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_are_opened_or_refused), cmocka_unit_test(engines_are_opened_or_refused),
        cmocka_unit_test(threads_may_be_refused),       cmocka_unit_test(swaps_happen_or_change_nothing),
        cmocka_unit_test(swaps_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
