/* The engine as users see it: the same events whatever the blocks, times in order, nothing left hanging. */
#include "takes.h"
#include "tones.h"

#include <math.h>
#include <string.h>

static cochlea_model *model_of(void **state)
{
    return *state;
}

/* Events leave in order, not before their time and not beyond the end; nothing hangs. */
static void assert_sound(const take *t, int64_t end)
{
    int64_t last = 0;
    for (size_t i = 0; i < t->count; i++) {
        const cochlea_event *e = &t->events[i];
        assert_true(e->time >= 0 && e->time <= end && e->emit >= e->time && e->emit >= last);
        last = e->emit;
    }
    take_assert_resolved(t);
}

static void hears_notes(void **state)
{
    static const double rates[] = {8000, 16000, 22050, 44100, 48000, 96000, 192000};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        size_t count, right = 0;
        cochlea_settings settings;
        float *x = tones_piece(rates[r], 4.0, &count);
        cochlea_settings_default(&settings);
        settings.sample_rate = rates[r];
        take *t = take_inline(model_of(state), &settings, x, count, 512);
        assert_sound(t, (int64_t)count);
        for (size_t i = 0; i < t->count; i++) {
            double beat = ((double)t->events[i].time / rates[r] - 0.3) / 0.22;
            right += t->events[i].type == COCHLEA_NOTE_ON && fabs(beat - rint(beat)) * 0.22 < 0.05;
        }
        assert_true(take_notes(t) >= 8);
        assert_true(right * 10 >= take_notes(t) * 7);
        free(t);
        free(x);
    }
}

static void is_the_same_for_all_blocks(void **state)
{
    static const double rates[] = {16000, 44100, 48000};
    static const size_t blocks[] = {1, 7, 64, 1000, 4096, 100000};
    for (size_t r = 0; r < 3; r++) {
        size_t count;
        cochlea_settings settings;
        float *x = tones_piece(rates[r], 3.0, &count);
        cochlea_settings_default(&settings);
        settings.sample_rate = rates[r];
        settings.timing = r == 1 ? COCHLEA_STEADY : COCHLEA_FAST;
        take *first = take_inline(model_of(state), &settings, x, count, blocks[0]);
        assert_true(take_notes(first) > 4);
        for (size_t b = 1; b < sizeof blocks / sizeof *blocks; b++) {
            take *other = take_inline(model_of(state), &settings, x, count, blocks[b]);
            take_assert_same(first, other);
            free(other);
        }
        free(first);
        free(x);
    }
}

static void steady_timing_is_exact(void **state)
{
    size_t count, late = 0;
    cochlea_settings settings;
    float *x = tones_piece(48000, 4.0, &count);
    cochlea_settings_default(&settings);
    settings.sample_rate = 48000;
    settings.timing = COCHLEA_STEADY;
    settings.steady_ms = 120;
    take *t = take_inline(model_of(state), &settings, x, count, 256);
    assert_sound(t, (int64_t)count + 48000);
    for (size_t i = 0; i < t->count; i++)
        if (t->events[i].type == COCHLEA_NOTE_ON)
            late += t->events[i].emit - t->events[i].time != 120 * 48;
    assert_int_equal(late, 0);
    free(t);
    cochlea *ear;
    assert_int_equal(cochlea_open(&ear, model_of(state), &settings), COCHLEA_OK);
    assert_int_equal(cochlea_latency(ear), 120 * 48);
    cochlea_close(ear);
    free(x);
}

static void delivers_only_what_is_due(void **state)
{
    size_t count;
    int64_t fed = 0;
    cochlea *ear;
    cochlea_event e[64];
    cochlea_settings settings;
    float *x = tones_piece(44100, 3.0, &count);
    cochlea_settings_default(&settings);
    settings.timing = COCHLEA_STEADY;
    assert_int_equal(cochlea_open(&ear, model_of(state), &settings), COCHLEA_OK);
    for (size_t at = 0; at + 64 <= count; at += 64) {
        assert_int_equal(cochlea_feed(ear, x + at, 64), 64);
        fed += 64;
        size_t n = cochlea_events(ear, e, 64);
        for (size_t i = 0; i < n; i++)
            assert_true(e[i].emit <= fed && e[i].emit > fed - 64 - 1);
    }
    cochlea_close(ear);
    free(x);
}

static void feed(cochlea *ear, const float *x, size_t count, size_t block, take *t)
{
    for (size_t at = 0; at < count;) {
        at += cochlea_feed(ear, x + at, count - at < block ? count - at : block);
        take_collect(ear, t);
    }
}

static void reset_releases_and_starts_anew(void **state)
{
    size_t count;
    int on[128] = {0};
    cochlea *ear;
    cochlea_settings settings;
    float *x = tones_piece(44100, 3.0, &count);
    cochlea_settings_default(&settings);
    take *fresh = take_inline(model_of(state), &settings, x, count, 777);
    take *t = take_new();
    assert_int_equal(cochlea_open(&ear, model_of(state), &settings), COCHLEA_OK);
    feed(ear, x, count / 2 + 11, 300, t);
    cochlea_reset(ear);
    take_collect(ear, t);
    for (size_t i = 0; i < t->count; i++)
        if (t->events[i].type != COCHLEA_CONTROL)
            on[t->events[i].note] = t->events[i].type == COCHLEA_NOTE_ON;
    for (int note = 0; note < 128; note++)
        assert_int_equal(on[note], 0);
    t->count = 0;
    feed(ear, x, count, 777, t);
    take_finish(ear, t);
    take_assert_same(fresh, t);
    assert_int_equal(cochlea_feed(ear, x, 100), 0); /* flushed: only a reset opens it again */
    cochlea_reset(ear);
    assert_int_equal(cochlea_feed(ear, x, 100), 100);
    cochlea_close(ear);
    free(fresh);
    free(t);
    free(x);
}

static void survives_any_input(void **state)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 1e-40f, 0.0f, 1.0f};
    float *x = malloc(88200 * sizeof *x);
    cochlea_settings settings;
    cochlea_settings_default(&settings);
    srand(3);
    for (size_t i = 0; i < 88200; i++)
        x[i] = rand() % 4 ? (float)rand() / (float)RAND_MAX - 0.5f : bad[rand() % 8];
    take *t = take_inline(model_of(state), &settings, x, 88200, 8192);
    assert_sound(t, 88200);
    free(t);
    for (size_t i = 0; i < 88200; i++)
        x[i] = bad[i % 3];
    t = take_inline(model_of(state), &settings, x, 88200, 64); /* nothing but what counts as silence */
    assert_int_equal(t->count, 0);
    free(t);
    t = take_inline(model_of(state), &settings, x, 1, 1);
    assert_int_equal(t->count, 0);
    free(t);
    t = take_inline(model_of(state), &settings, x, 0, 1);
    assert_int_equal(t->count, 0);
    free(t);
    free(x);
}

static void silence_is_silent(void **state)
{
    float *x = calloc(441000, sizeof *x);
    cochlea_settings settings;
    cochlea_settings_default(&settings);
    take *t = take_inline(model_of(state), &settings, x, 441000, 1024);
    assert_int_equal(t->count, 0);
    free(t);
    free(x);
}

/* A tone of A4 stands highest at its own place on the axis, through the long window. */
static void shows_what_it_sees(void **state)
{
    static float x[24000], features[COCHLEA_FEATURES];
    cochlea *ear;
    cochlea_settings settings;
    int highest = 0;
    cochlea_settings_default(&settings);
    settings.sample_rate = 48000;
    for (size_t i = 0; i < 24000; i++)
        x[i] = 0.3f * sinf(2.0f * 3.14159265f * 440.0f * (float)i / 48000.0f);
    assert_int_equal(cochlea_open(&ear, model_of(state), &settings), COCHLEA_OK);
    assert_false(cochlea_get_features(ear, features));
    assert_int_equal(cochlea_feed(ear, x, 24000), 24000);
    assert_true(cochlea_get_features(ear, features));
    assert_false(cochlea_get_features(ear, features)); /* read before */
    for (int bin = 0; bin < COCHLEA_FEATURE_BINS; bin++) {
        assert_true(features[3 * bin + 2] >= -1.0f && features[3 * bin + 2] <= 3.0f);
        if (features[3 * bin + 2] > features[3 * highest + 2])
            highest = bin;
    }
    assert_in_range(highest, 7 + 3 * (69 - 21) - 1, 7 + 3 * (69 - 21) + 1);
    cochlea_close(ear);
}

static void options_are_kept(void **state)
{
    size_t count;
    cochlea_settings settings;
    float *x = tones_piece(44100, 4.0, &count);
    cochlea_settings_default(&settings);
    take *plain = take_inline(model_of(state), &settings, x, count, 512);
    settings.transpose = 12;
    take *high = take_inline(model_of(state), &settings, x, count, 512);
    assert_int_equal(plain->count, high->count);
    for (size_t i = 0; i < plain->count; i++)
        if (plain->events[i].type != COCHLEA_CONTROL)
            assert_int_equal(plain->events[i].note + 12, high->events[i].note);
    free(high);
    settings.transpose = 0;
    settings.low_note = 64;
    settings.high_note = 70;
    take *narrow = take_inline(model_of(state), &settings, x, count, 512);
    assert_true(take_notes(narrow) > 0 && take_notes(narrow) < take_notes(plain));
    for (size_t i = 0; i < narrow->count; i++)
        if (narrow->events[i].type != COCHLEA_CONTROL)
            assert_true(narrow->events[i].note >= 64 && narrow->events[i].note <= 70);
    free(narrow);
    free(plain);
    free(x);
}

/* A tuning changed to is as good as one opened with. */
static void tuning_changes(void **state)
{
    size_t count;
    cochlea *ear;
    cochlea_settings settings;
    float *x = tones_piece(44100, 3.0, &count);
    for (int i = 0; i < 3; i++) {
        const double tunings[] = {440.0, 466.0, 401.87};
        cochlea_settings_default(&settings);
        settings.tuning_hz = tunings[i];
        take *opened = take_inline(model_of(state), &settings, x, count, 512), *changed = take_new();
        settings.tuning_hz = 452.0;
        assert_int_equal(cochlea_open(&ear, model_of(state), &settings), COCHLEA_OK);
        cochlea_feed(ear, x, count / 2);
        settings.tuning_hz = tunings[i];
        assert_int_equal(cochlea_change(ear, &settings), COCHLEA_OK);
        cochlea_reset(ear);
        take_collect(ear, changed);
        changed->count = 0;
        for (size_t at = 0; at < count;) {
            size_t n = count - at < 512 ? count - at : 512;
            at += cochlea_feed(ear, x + at, n);
            take_collect(ear, changed);
        }
        take_finish(ear, changed);
        take_assert_same(opened, changed);
        cochlea_close(ear);
        free(opened);
        free(changed);
    }
    free(x);
}

static void refuses_bad_settings(void **state)
{
    cochlea *ear;
    cochlea_settings s, d;
    cochlea_settings_default(&d);
#define REFUSED(change)                                                                                      \
    do {                                                                                                     \
        s = d;                                                                                               \
        change;                                                                                              \
        assert_int_equal(cochlea_open(&ear, model_of(state), &s), COCHLEA_ERROR_ARGUMENT);                   \
        assert_null(ear);                                                                                    \
    } while (0)
    REFUSED(s.sample_rate = 7999);
    REFUSED(s.sample_rate = 192001);
    REFUSED(s.sample_rate = (double)NAN);
    REFUSED(s.lookahead_ms = 5);
    REFUSED(s.steady_ms = 500);
    REFUSED(s.sensitivity = 0.0f);
    REFUSED(s.min_confidence = 1.5f);
    REFUSED(s.velocity_curve = -1.0f);
    REFUSED(s.tuning_hz = 300);
    REFUSED(s.transpose = 100);
    REFUSED((s.low_note = 80, s.high_note = 20));
#undef REFUSED
    assert_int_equal(cochlea_open(&ear, NULL, &d), COCHLEA_ERROR_ARGUMENT);
    cochlea_close(NULL);
    cochlea_model_close(NULL);
}

static void model_errors_are_told(void **state)
{
    cochlea_model *model;
    char why[100] = "";
    (void)state;
    assert_int_equal(cochlea_model_open(&model, "/nonexistent.gguf", why, sizeof why), COCHLEA_ERROR_OPEN);
    assert_null(model);
    assert_true(why[0] != '\0');
    assert_int_equal(cochlea_model_open(&model, "/dev/null", NULL, 0) != COCHLEA_OK, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hears_notes),
        cmocka_unit_test(is_the_same_for_all_blocks),
        cmocka_unit_test(steady_timing_is_exact),
        cmocka_unit_test(delivers_only_what_is_due),
        cmocka_unit_test(reset_releases_and_starts_anew),
        cmocka_unit_test(survives_any_input),
        cmocka_unit_test(silence_is_silent),
        cmocka_unit_test(shows_what_it_sees),
        cmocka_unit_test(options_are_kept),
        cmocka_unit_test(tuning_changes),
        cmocka_unit_test(refuses_bad_settings),
        cmocka_unit_test(model_errors_are_told),
    };
    return cmocka_run_group_tests(tests, take_open_model, take_close_model);
}
