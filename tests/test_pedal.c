/* The pedal's decider on probabilities made by hand: peaks, changes of the pedal, and none that stays down.
 */
#include "music/pedal.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define FRAME 0.010

static const coch_pedal_config config = {.least = {0.3f, 0.4f},
                                         .on = 0.7f,
                                         .off = 0.3f,
                                         .gap_frames = 8,
                                         .on_frames = 10,
                                         .off_frames = 5,
                                         .hold_frames = 20,
                                         .search_frames = 40,
                                         .delay = {0.105, 0.055},
                                         .frame_seconds = FRAME};

typedef struct fixture {
    coch_pedal pedal;
    double end; /* of the newest frame */
    coch_pedal_change out[COCH_PEDAL_CHANGES_MAX];
} fixture;

static size_t step(fixture *f, float pressed, float released, float down)
{
    const float heard[COCH_PEDAL_CLASSES] = {pressed, released, down};
    f->end += FRAME;
    return coch_pedal_process(&f->pedal, heard, f->end, 1, f->out);
}

/* `count` frames in which nothing may happen. */
static void quiet(fixture *f, unsigned count, float down)
{
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(step(f, 0, 0, down), 0);
}

static void start(fixture *f)
{
    *f = (fixture){.end = 1.0};
    coch_pedal_reset(&f->pedal, &config);
}

static size_t press(fixture *f)
{
    assert_int_equal(step(f, 0.5f, 0, 1), 0);
    return step(f, 0, 0, 1);
}

static void peaks_are_presses_and_releases(void **state)
{
    fixture f;
    (void)state;
    start(&f);
    assert_int_equal(step(&f, 0.2f, 0, 0.5f), 0);
    assert_int_equal(step(&f, 0.7f, 0, 0.5f), 0); /* may still rise */
    assert_int_equal(step(&f, 0.6f, 0, 0.5f), 1);
    assert_int_equal(f.out[0].down, 1);
    assert_true(fabs(f.out[0].time - (f.end - FRAME - 0.105)) < 1e-9);
    quiet(&f, 20, 0.5f);
    assert_int_equal(step(&f, 0, 0.39f, 0.5f), 0); /* too low */
    quiet(&f, 5, 0.5f);
    assert_int_equal(step(&f, 0, 0.5f, 0.5f), 0);
    assert_int_equal(step(&f, 0, 0.1f, 0.5f), 1);
    assert_int_equal(f.out[0].down, 0);
    assert_true(fabs(f.out[0].time - (f.end - FRAME - 0.055)) < 1e-9);
    quiet(&f, 20, 0.5f);
    assert_int_equal(step(&f, 0, 0.9f, 0.5f), 0);
    assert_int_equal(step(&f, 0, 0, 0.5f), 0); /* nothing to release */
}

static void peaks_keep_their_distance(void **state)
{
    fixture f;
    (void)state;
    start(&f);
    assert_int_equal(press(&f), 1);
    quiet(&f, 3, 1);
    assert_int_equal(press(&f), 0);
    quiet(&f, 3, 1);
    assert_int_equal(press(&f), 2);
}

static void a_press_while_down_lifts_first(void **state)
{
    fixture f;
    (void)state;
    start(&f);
    assert_int_equal(press(&f), 1);
    quiet(&f, 20, 1);
    assert_int_equal(press(&f), 2);
    assert_false(f.out[0].down);
    assert_true(f.out[1].down);
    assert_true(f.out[1].time - f.out[0].time > 0.0199);
}

static void times_go_forward_and_are_not_negative(void **state)
{
    fixture f;
    (void)state;
    start(&f);
    f.end = 0;
    assert_int_equal(press(&f), 1);
    assert_true(f.out[0].time >= 0.0);
    double last = f.out[0].time;
    quiet(&f, 7, 1);
    assert_int_equal(press(&f), 2);
    for (int i = 0; i < 2; i++, last = f.out[i - 1].time)
        assert_true(f.out[i].time > last);
}

/* Its press shows too little for a peak; the time is that of what shows. */
static void likely_down_is_believed_after_a_while(void **state)
{
    fixture f;
    (void)state;
    start(&f);
    assert_int_equal(step(&f, 0.1f, 0, 0.9f), 0);
    double shown = f.end;
    quiet(&f, 9, 0.9f);
    assert_int_equal(step(&f, 0, 0, 0.9f), 1);
    assert_true(f.out[0].down);
    assert_true(fabs(f.out[0].time - (shown - 0.105)) < 1e-9);
    quiet(&f, 20, 0.1f); /* too soon after a change */
    assert_int_equal(step(&f, 0, 0, 0.1f), 1);
    assert_false(f.out[0].down);
}

static void likely_up_is_believed_after_a_while(void **state)
{
    fixture f;
    (void)state;
    start(&f);
    assert_int_equal(press(&f), 1);
    quiet(&f, 30, 0.5f);
    assert_int_equal(step(&f, 0, 0.2f, 0.1f), 0);
    double shown = f.end;
    quiet(&f, 4, 0.1f);
    quiet(&f, 1, 0.5f); /* heard again */
    quiet(&f, 5, 0.1f);
    assert_int_equal(step(&f, 0, 0, 0.1f), 1);
    assert_false(f.out[0].down);
    assert_true(fabs(f.out[0].time - (shown - 0.055)) < 1e-9);
    quiet(&f, 100, 0.05f);
    assert_int_equal(press(&f), 1);
    quiet(&f, 20, NAN); /* what is not a number is not heard */
    assert_int_equal(step(&f, NAN, NAN, NAN), 1);
    assert_false(f.out[0].down);
}

static void nothing_is_pressed_in_silence(void **state)
{
    fixture f;
    const float peak[COCH_PEDAL_CLASSES] = {0.9f, 0, 1}, after[COCH_PEDAL_CLASSES] = {0, 0, 1};
    (void)state;
    start(&f);
    assert_int_equal(coch_pedal_process(&f.pedal, peak, 1.0, 0, f.out), 0);
    assert_int_equal(coch_pedal_process(&f.pedal, after, 1.0 + FRAME, 0, f.out), 0);
    assert_false(f.pedal.down);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peaks_are_presses_and_releases),
        cmocka_unit_test(peaks_keep_their_distance),
        cmocka_unit_test(a_press_while_down_lifts_first),
        cmocka_unit_test(times_go_forward_and_are_not_negative),
        cmocka_unit_test(likely_down_is_believed_after_a_while),
        cmocka_unit_test(likely_up_is_believed_after_a_while),
        cmocka_unit_test(nothing_is_pressed_in_silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
