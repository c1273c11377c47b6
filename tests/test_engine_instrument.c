/* What the engine says of the instrument, and how it holds notes back while something else than a piano
 * plays. */
#include "takes.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <string.h>

typedef struct fixture {
    cochlea_model *model;
    cochlea_instruments *instruments;
    float *others, *piano; /* the golden signal (a voice, a string, a brass), and the demo recording */
    size_t others_count, piano_count;
    double others_rate, piano_rate;
} fixture;

static float *read_audio(const char *variable, const char *name, size_t *count, double *rate)
{
    char path[4096];
    const char *folder = getenv(variable);
    SF_INFO info = {0};
    snprintf(path, sizeof path, "%s/%s", folder ? folder : ".", name);
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file)
        return NULL;
    float *frames = calloc((size_t)(info.frames * info.channels), sizeof *frames);
    *count = (size_t)sf_readf_float(file, frames, info.frames);
    *rate = info.samplerate;
    sf_close(file);
    for (size_t i = 0; i < *count && info.channels > 1; i++)
        frames[i] = frames[i * (size_t)info.channels];
    return frames;
}

static int set_up(void **state)
{
    static fixture f;
    char why[200];
    *state = &f;
    f.others = read_audio("COCHLEA_GOLDENS", "instrument.wav", &f.others_count, &f.others_rate);
    f.piano = read_audio("COCHLEA_ASSETS", "demo.flac", &f.piano_count, &f.piano_rate);
    if (f.piano_count > (size_t)(12 * f.piano_rate))
        f.piano_count = (size_t)(12 * f.piano_rate);
    return f.others && f.piano && cochlea_model_open(&f.model, NULL, NULL, 0) == COCHLEA_OK &&
                   cochlea_instruments_open(&f.instruments, NULL, why, sizeof why) == COCHLEA_OK
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    cochlea_instruments_close(f->instruments);
    cochlea_model_close(f->model);
    free(f->others);
    free(f->piano);
    return 0;
}

static cochlea_settings settings_of(const fixture *f, double rate, int only_piano)
{
    cochlea_settings settings;
    cochlea_settings_default(&settings);
    settings.sample_rate = rate;
    settings.instruments = f->instruments;
    settings.only_piano = only_piano;
    return settings;
}

static int find(const cochlea_instruments *instruments, const char *name)
{
    for (int i = 0; cochlea_instruments_name(instruments, i); i++)
        if (strcmp(cochlea_instruments_name(instruments, i), name) == 0)
            return i;
    return -1;
}

/* Hears all of x in blocks and returns the last decision. */
static cochlea_instrument last_of(const fixture *f, const cochlea_settings *settings, const float *x,
                                  size_t count, size_t block)
{
    cochlea *ear;
    cochlea_event events[256];
    cochlea_instrument heard;
    assert_int_equal(cochlea_open(&ear, f->model, settings), COCHLEA_OK);
    cochlea_get_instrument(ear, &heard);
    assert_int_equal(heard.label, -1);
    assert_int_equal(heard.shown, -1);
    for (size_t at = 0; at < count;) {
        at += cochlea_feed(ear, x + at, count - at < block ? count - at : block);
        while (cochlea_events(ear, events, 256) > 0)
            ;
    }
    cochlea_get_instrument(ear, &heard);
    cochlea_close(ear);
    return heard;
}

static void blocks_change_no_decision(void **state)
{
    const fixture *f = *state;
    const size_t blocks[] = {1, 7, 64, 1000, 4096};
    cochlea_settings settings = settings_of(f, f->others_rate, 0);
    size_t count = (size_t)(1.5 * f->others_rate);
    cochlea_instrument whole = last_of(f, &settings, f->others, count, count), again;
    assert_true(whole.label >= 0);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        again = last_of(f, &settings, f->others, count, blocks[i]);
        assert_memory_equal(&whole, &again, sizeof whole);
    }
}

static void a_piano_is_called_one(void **state)
{
    const fixture *f = *state;
    cochlea_settings settings = settings_of(f, f->piano_rate, 1);
    cochlea_instrument heard = last_of(f, &settings, f->piano, (size_t)(5 * f->piano_rate), 4096);
    assert_int_equal(heard.label, find(f->instruments, "piano"));
    assert_false(heard.muted);
}

static void asking_changes_no_note(void **state)
{
    const fixture *f = *state;
    cochlea_settings settings = settings_of(f, f->piano_rate, 0);
    take *with = take_inline(f->model, &settings, f->piano, f->piano_count, 4096);
    settings.instruments = NULL;
    take *without = take_inline(f->model, &settings, f->piano, f->piano_count, 4096);
    take_assert_same(with, without);
    assert_true(take_notes(with) > 5);
    free(with);
    free(without);
}

static void a_piano_passes(void **state)
{
    const fixture *f = *state;
    cochlea_settings settings = settings_of(f, f->piano_rate, 0);
    take *all = take_inline(f->model, &settings, f->piano, f->piano_count, 4096);
    settings.only_piano = 1;
    take *passed = take_inline(f->model, &settings, f->piano, f->piano_count, 4096);
    assert_true(take_notes(passed) >= 0.95 * (double)take_notes(all));
    take_assert_resolved(passed);
    free(all);
    free(passed);
}

/* Whether notes were held back at some time. */
static int was_muted(const fixture *f, const cochlea_settings *settings)
{
    cochlea *ear;
    cochlea_event events[256];
    int muted = 0;
    assert_int_equal(cochlea_open(&ear, f->model, settings), COCHLEA_OK);
    for (size_t at = 0; at + 4410 <= f->others_count; at += 4410) {
        cochlea_instrument heard;
        assert_int_equal(cochlea_feed(ear, f->others + at, 4410), 4410);
        while (cochlea_events(ear, events, 256) > 0)
            ;
        cochlea_get_instrument(ear, &heard);
        muted |= heard.muted;
    }
    cochlea_close(ear);
    return muted;
}

static void others_are_held_back(void **state)
{
    const fixture *f = *state;
    cochlea_settings settings = settings_of(f, f->others_rate, 0);
    take *all = take_inline(f->model, &settings, f->others, f->others_count, 4096);
    settings.only_piano = 1;
    take *passed = take_inline(f->model, &settings, f->others, f->others_count, 4096);
    print_message("%zu of %zu notes passed\n", take_notes(passed), take_notes(all));
    assert_true(take_notes(passed) < take_notes(all));
    assert_true(was_muted(f, &settings));
    take_assert_resolved(passed);
    free(all);
    free(passed);
}

static void both_drives_agree(void **state)
{
    const fixture *f = *state;
    cochlea_settings settings = settings_of(f, f->others_rate, 1);
    take *inside = take_inline(f->model, &settings, f->others, f->others_count, 512), *beside = take_new();
    cochlea *ear;
    settings.drive = COCHLEA_WORKER;
    assert_int_equal(cochlea_open(&ear, f->model, &settings), COCHLEA_OK);
    for (size_t at = 0, block = 512; at < f->others_count; at += block) {
        cochlea_stats stats;
        block = f->others_count - at < block ? f->others_count - at : block;
        cochlea_feed(ear, f->others + at, block);
        take_collect(ear, beside);
        do /* slower than life would be, so that nothing is dropped */
            cochlea_get_stats(ear, &stats);
        while (stats.samples + 4096 < (int64_t)at);
    }
    take_finish(ear, beside);
    cochlea_close(ear);
    take_sort(inside);
    take_sort(beside);
    take_assert_same(inside, beside);
    free(inside);
    free(beside);
}

static void a_reset_forgets(void **state)
{
    const fixture *f = *state;
    cochlea *ear;
    cochlea_instrument heard;
    cochlea_event events[256];
    cochlea_settings settings = settings_of(f, f->piano_rate, 1);
    assert_int_equal(cochlea_open(&ear, f->model, &settings), COCHLEA_OK);
    cochlea_feed(ear, f->piano, (size_t)f->piano_rate);
    cochlea_get_instrument(ear, &heard);
    assert_true(heard.label >= 0);
    cochlea_reset(ear);
    while (cochlea_events(ear, events, 256) > 0)
        ;
    cochlea_get_instrument(ear, &heard);
    assert_int_equal(heard.label, -1);
    assert_int_equal(heard.samples, 0);
    cochlea_close(ear);
}

static void only_piano_needs_instruments(void **state)
{
    const fixture *f = *state;
    cochlea *ear;
    cochlea_settings settings = settings_of(f, 44100, 1);
    settings.instruments = NULL;
    assert_int_equal(cochlea_open(&ear, f->model, &settings), COCHLEA_ERROR_ARGUMENT);
    settings.only_piano = 0;
    assert_int_equal(cochlea_open(&ear, f->model, &settings), COCHLEA_OK);
    settings.instruments = f->instruments;
    assert_int_equal(cochlea_change(ear, &settings), COCHLEA_ERROR_ARGUMENT);
    cochlea_close(ear);
}

/* Listening for instruments may be paused: nothing is known meanwhile, and nothing held back. */
static void listening_may_pause(void **state)
{
    const fixture *f = *state;
    cochlea *ear;
    cochlea_event events[256];
    cochlea_instrument heard, off = {.label = -1, .shown = -1};
    cochlea_settings settings = settings_of(f, f->others_rate, 1);
    cochlea_instrument whole = last_of(f, &settings, f->others, 44100, 441);
    assert_int_equal(cochlea_open(&ear, f->model, &settings), COCHLEA_OK);
    for (int round = 0; round < 3; round++) {
        settings.instruments = round == 1 ? NULL : f->instruments;
        settings.only_piano = round != 1;
        assert_int_equal(cochlea_change(ear, &settings), COCHLEA_OK);
        for (size_t at = 0; at < 44100; at += 441) {
            assert_int_equal(cochlea_feed(ear, f->others + at, 441), 441);
            while (cochlea_events(ear, events, 256) > 0)
                ;
        }
        cochlea_get_instrument(ear, &heard);
        if (round < 2) /* later the blocks of the decisions lie elsewhere */
            assert_memory_equal(heard.p, round == 1 ? off.p : whole.p, sizeof heard.p);
        assert_int_equal(heard.label, round == 1 ? -1 : whole.label);
        assert_int_equal(heard.muted, round == 1 ? 0 : whole.muted);
    }
    cochlea_close(ear);
}

static void classes_are_named(void **state)
{
    const fixture *f = *state;
    cochlea_instruments *none;
    char why[200];
    assert_int_equal(find(f->instruments, "clarinet"), 0);
    assert_int_equal(find(f->instruments, "none"), 9);
    assert_null(cochlea_instruments_name(f->instruments, -1));
    assert_null(cochlea_instruments_name(f->instruments, 10));
    assert_int_equal(cochlea_instruments_open(&none, "/nowhere", why, sizeof why), COCHLEA_ERROR_OPEN);
    assert_null(none);
    assert_true(why[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_change_no_decision),
        cmocka_unit_test(a_piano_is_called_one),
        cmocka_unit_test(asking_changes_no_note),
        cmocka_unit_test(a_piano_passes),
        cmocka_unit_test(others_are_held_back),
        cmocka_unit_test(both_drives_agree),
        cmocka_unit_test(a_reset_forgets),
        cmocka_unit_test(listening_may_pause),
        cmocka_unit_test(only_piano_needs_instruments),
        cmocka_unit_test(classes_are_named),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
