/* The tracker on activations made by hand: the cascade, re-arming, releases, the pedal, and no hanging note.
 */
#include "music/tracker.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FRAME 0.010

static coch_tracker_config config(void)
{
    coch_tracker_config c = {
        .keys = 88,
        .first_key = 21,
        .deadlines = 2,
        .deadline = {1, 6},
        .longest_age = 0.120,
        .rearm_level = 0.5f,
        .rearm_frames = 9,
        .off_level = 0.5f,
        .off_shift = 0.040,
        .off_guard_frames = 4,
        .pedal = {.least = {0.3f, 0.3f},
                  .on = 2,
                  .off = 0,
                  .gap_frames = 8,
                  .search_frames = 40,
                  .delay = {0.105, 0.055},
                  .frame_seconds = FRAME},
        .frame_seconds = FRAME,
    };
    for (int p = 0; p < 2; p++)
        for (int d = 0; d < 2; d++)
            for (int r = 0; r < COCH_REGISTERS; r++)
                c.threshold[p][d][r] = d > p ? INFINITY : d == 0 ? 0.9f : 0.6f;
    return c;
}

typedef struct fixture {
    coch_tracker_config config;
    coch_tracker tracker;
    coch_activations a;
    coch_track out[COCH_TRACK_MAX];
} fixture;

static void start(fixture *f, unsigned prefix, int sustain)
{
    coch_tracker_options options;
    memset(f, 0, sizeof *f);
    f->config = config();
    coch_tracker_default_options(&f->config, &options);
    options.prefix = prefix;
    options.sustain = sustain;
    coch_tracker_init(&f->tracker, &f->config, &options);
}

static size_t step(fixture *f)
{
    return coch_tracker_process(&f->tracker, &f->a, f->out);
}

static void fires_early_when_sure(void **state)
{
    fixture f;
    (void)state;
    start(&f, 1, 0);
    for (int i = 0; i < 9; i++)
        assert_int_equal(step(&f), 0);
    f.a.onset[39][0] = 0.95f;
    f.a.velocity[39][0] = 0.5f;
    f.a.velocity[39][1] = 0.9f;
    f.a.age[39] = 0.02f;
    assert_int_equal(step(&f), 1);
    assert_int_equal(f.out[0].type, COCH_TRACK_ON);
    assert_int_equal(f.out[0].note, 60);
    assert_int_equal(f.out[0].velocity, 64);
    assert_true(fabs(f.out[0].time - (0.100 - 0.020)) < 1e-6);
    assert_true(fabsf(f.out[0].confidence - 0.95f) < 1e-6f);
}

static void waits_for_the_later_deadline(void **state)
{
    fixture f;
    (void)state;
    start(&f, 1, 0);
    f.a.onset[0][0] = 0.85f;
    for (int i = 0; i < 10; i++)
        assert_int_equal(step(&f), 0);
    f.a.onset[0][1] = 0.6f;
    f.a.age[0] = 0.05f;
    assert_int_equal(step(&f), 1);
    assert_true(fabs(f.out[0].time - (0.110 - 0.050)) < 1e-6);
    start(&f, 0, 0); /* with the later deadline disabled it is never sure */
    f.a.onset[0][0] = 0.85f;
    f.a.onset[0][1] = 1.0f;
    for (int i = 0; i < 50; i++)
        assert_int_equal(step(&f), 0);
}

static void trusts_no_impossible_age(void **state)
{
    static const float ages[] = {-0.3f, 0.0f, 0.5f, INFINITY, NAN};
    static const double onsets[] = {1.0, 1.0, 0.88, 0.88, 1.0};
    (void)state;
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
        fixture f;
        start(&f, 1, 0);
        for (int t = 0; t < 99; t++)
            step(&f);
        f.a.onset[7][0] = 1.0f;
        f.a.age[7] = ages[i];
        assert_int_equal(step(&f), 1);
        assert_true(fabs(f.out[0].time - onsets[i]) < 1e-6);
    }
}

static void rearms_only_after_a_pause(void **state)
{
    fixture f;
    int fires = 0;
    (void)state;
    start(&f, 1, 0);
    f.a.sounding[10] = 1.0f;
    for (int i = 0; i < 100; i++) { /* sure all the time: one note */
        f.a.onset[10][0] = 1.0f;
        fires += (int)step(&f);
    }
    assert_int_equal(fires, 1);
    f.a.onset[10][0] = 0.1f;
    assert_int_equal(step(&f), 0);
    f.a.onset[10][0] = 1.0f;
    assert_int_equal(step(&f), 2); /* the old note ends where the new one starts */
    assert_int_equal(f.out[0].type, COCH_TRACK_OFF);
    assert_int_equal(f.out[1].type, COCH_TRACK_ON);
    assert_true(f.out[0].time == f.out[1].time);
}

static void ends_after_two_frames_below(void **state)
{
    fixture f;
    (void)state;
    start(&f, 1, 0);
    f.a.onset[5][0] = f.a.sounding[5] = 1.0f;
    assert_int_equal(step(&f), 1);
    f.a.onset[5][0] = 0.0f;
    for (int i = 0; i < 20; i++)
        assert_int_equal(step(&f), 0);
    f.a.sounding[5] = 0.2f;
    assert_int_equal(step(&f), 0);
    f.a.sounding[5] = 0.9f; /* a single frame is no release */
    assert_int_equal(step(&f), 0);
    f.a.sounding[5] = 0.2f;
    assert_int_equal(step(&f), 0);
    assert_int_equal(step(&f), 1);
    assert_int_equal(f.out[0].type, COCH_TRACK_OFF);
    assert_true(fabs(f.out[0].time - (25 * FRAME - 0.040)) < 1e-9);
}

/* What rings on after its key is released ends the earlier, by the share that the release counts. */
static void a_released_key_counts_against_what_rings(void **state)
{
    (void)state;
    for (int counts = 0; counts < 2; counts++) {
        fixture f;
        start(&f, 1, 0);
        f.config.off_held = counts ? 0.4f : 0.0f;
        f.a.onset[5][0] = f.a.sounding[5] = f.a.held[5] = 1.0f;
        assert_int_equal(step(&f), 1);
        f.a.onset[5][0] = 0.0f;
        f.a.sounding[5] = 0.7f;
        for (int i = 0; i < 20; i++)
            assert_int_equal(step(&f), 0);
        f.a.held[5] = 0.1f; /* 0.7 * (1 - 0.4 * 0.9) is below the level of 0.5 */
        assert_int_equal(step(&f), 0);
        assert_int_equal(step(&f), counts);
    }
}

static void keeps_a_shortest_note(void **state)
{
    fixture f;
    (void)state;
    start(&f, 1, 0);
    f.config.off_shift = 1.0;
    for (int i = 0; i < 50; i++)
        step(&f);
    f.a.onset[5][0] = 1.0f;
    assert_int_equal(step(&f), 1);
    double onset = f.out[0].time;
    f.a.onset[5][0] = 0.0f;
    size_t n = 0;
    for (int i = 0; i < 20 && n == 0; i++)
        n = step(&f);
    assert_int_equal(n, 1);
    assert_true(fabs(f.out[0].time - onset - 0.020) < 1e-9);
}

/* A frame that is a peak of a press, and the one after it, which shows that it was. */
static size_t press(fixture *f)
{
    f->a.pedal[COCH_PEDAL_PRESSED] = 0.9f;
    size_t n = step(f);
    f->a.pedal[COCH_PEDAL_PRESSED] = 0.0f;
    assert_int_equal(n, 0);
    return step(f);
}

static void sends_the_pedal_where_it_is_heard(void **state)
{
    fixture f;
    (void)state;
    start(&f, 1, 1);
    f.a.pedal[COCH_PEDAL_DOWN] = 1.0f;
    assert_int_equal(press(&f), 0); /* nothing sounds */
    f.a.onset[39][0] = f.a.held[39] = 1.0f;
    assert_int_equal(step(&f), 1);
    for (int i = 0; i < 10; i++)
        step(&f);
    assert_int_equal(press(&f), 1);
    assert_int_equal(f.out[0].type, COCH_TRACK_PEDAL);
    assert_int_equal(f.out[0].velocity, 127);
    for (int i = 0; i < 10; i++)
        step(&f);
    assert_int_equal(press(&f), 2); /* its release was missed */
    assert_int_equal(f.out[0].velocity, 0);
    assert_int_equal(f.out[1].velocity, 127);
    start(&f, 1, 0);
    f.a.onset[39][0] = f.a.sounding[39] = 1.0f;
    assert_int_equal(step(&f), 1);
    assert_int_equal(press(&f), 0);
}

static void filters_what_is_not_wanted(void **state)
{
    fixture f;
    (void)state;
    start(&f, 1, 0);
    f.tracker.options.low = 60;
    f.tracker.options.min_confidence = 0.95f;
    f.a.onset[38][0] = 1.0f; /* note 59 */
    f.a.onset[39][0] = 0.92f;
    f.a.onset[40][0] = 0.97f;
    assert_int_equal(step(&f), 1);
    assert_int_equal(f.out[0].note, 61);
}

static void never_hangs_a_note(void **state)
{
    fixture f;
    int on[128] = {0}, pedal = 0;
    (void)state;
    srand(7);
    start(&f, 1, 1);
    for (int i = 0; i < 3000; i++) {
        float *x = (float *)&f.a;
        for (size_t j = 0; j < sizeof f.a / sizeof *x; j++)
            x[j] = rand() % 50 == 0 ? NAN : (float)(rand() % 1000) / 999.0f;
        size_t n = i < 2999 ? step(&f) : coch_tracker_flush(&f.tracker, 30.0, f.out);
        assert_true(n <= COCH_TRACK_MAX);
        for (size_t j = 0; j < n; j++) {
            assert_true(f.out[j].time >= 0.0);
            if (f.out[j].type == COCH_TRACK_PEDAL) {
                pedal = f.out[j].velocity > 0;
            } else {
                int start_of_note = f.out[j].type == COCH_TRACK_ON;
                assert_int_equal(on[f.out[j].note], !start_of_note);
                assert_true(!start_of_note || f.out[j].velocity >= 1);
                on[f.out[j].note] = start_of_note;
            }
        }
    }
    for (int note = 0; note < 128; note++)
        assert_int_equal(on[note], 0);
    assert_int_equal(pedal, 0);
}

static void chooses_the_prefix(void **state)
{
    coch_tracker_config c = config();
    (void)state;
    assert_int_equal(coch_tracker_prefix(&c, 0.001), 0);
    assert_int_equal(coch_tracker_prefix(&c, 0.059), 0);
    assert_int_equal(coch_tracker_prefix(&c, 0.060), 1);
    assert_int_equal(coch_tracker_prefix(&c, 0.200), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_early_when_sure),
        cmocka_unit_test(waits_for_the_later_deadline),
        cmocka_unit_test(rearms_only_after_a_pause),
        cmocka_unit_test(ends_after_two_frames_below),
        cmocka_unit_test(a_released_key_counts_against_what_rings),
        cmocka_unit_test(keeps_a_shortest_note),
        cmocka_unit_test(sends_the_pedal_where_it_is_heard),
        cmocka_unit_test(filters_what_is_not_wanted),
        cmocka_unit_test(never_hangs_a_note),
        cmocka_unit_test(chooses_the_prefix),
        cmocka_unit_test(trusts_no_impossible_age),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
