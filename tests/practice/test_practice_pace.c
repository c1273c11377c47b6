/* What is believed of the player's tempo from the onsets of a few chords. */
#include "practice/pace.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const double step = 0.5; /* score seconds from chord to chord */

/* Ten chords at the score's own tempo; returns when the last one began. */
static double steady(coch_pace *p)
{
    coch_pace_begin(p, 1.0);
    coch_pace_jump(p, 1.0);
    for (int i = 1; i < 10; i++)
        coch_pace_next(p, step, 1.0 + step * i);
    return 1.0 + 9.0 * step;
}

static void assert_near(double value, double expected, double within)
{
    if (fabs(value - expected) > within)
        fail_msg("%g is not %g", value, expected);
}

static void a_tempo_is_learnt(void **state)
{
    coch_pace p;
    (void)state;
    coch_pace_begin(&p, 1.0);
    coch_pace_jump(&p, 1.0);
    for (int i = 1; i < 12; i++) {
        coch_pace_next(&p, step, 1.0 + step / 0.8 * i);
        coch_pace_join(&p, 1.01 + step / 0.8 * i); /* a chord is never quite together */
    }
    assert_near(p.now.rate, 0.8, 0.005);
    assert_near(coch_pace_believed(&p), 1.0 + step / 0.8 * 11, 1e-9);
}

static void one_early_note_moves_no_chord(void **state)
{
    coch_pace p;
    (void)state;
    double due = steady(&p) + step;
    coch_pace_next(&p, step, due - 0.12);
    assert_true(p.now.rate > 1.02);
    coch_pace_join(&p, due);
    assert_near(p.now.time, due, 1e-9); /* one against one: that which is due */
    coch_pace_join(&p, due + 0.01);
    assert_near(coch_pace_believed(&p), due, 1e-9);
    assert_near(p.now.rate, 1.0, 1e-6);
}

static void one_late_note_moves_no_chord(void **state)
{
    coch_pace p;
    (void)state;
    double due = steady(&p) + step;
    coch_pace_next(&p, step, due);
    coch_pace_join(&p, due + 0.2);
    assert_near(p.now.time, due, 1e-9);
    coch_pace_join(&p, due + 0.21); /* two of three */
    assert_near(p.now.time, due + 0.2, 1e-9);
    assert_true(p.now.rate < 0.98);
}

static void a_slip_is_half_believed_and_a_pause_is(void **state)
{
    coch_pace p;
    (void)state;
    double due = steady(&p) + step;
    coch_pace_next(&p, step, due - 0.2);
    assert_near(coch_pace_believed(&p), due - 0.1, 1e-6);
    due = steady(&p) + step;
    coch_pace_next(&p, step, due + 1.5);
    assert_near(coch_pace_believed(&p), due + 1.5, 1e-9);
    assert_near(p.now.rate, 1.0, 1e-6); /* which says nothing of the tempo */
    coch_pace_jump(&p, due + 3.0);
    assert_near(coch_pace_believed(&p), due + 3.0, 1e-9);
    coch_pace_join(&p, due + 3.2);
    assert_near(p.now.time, due + 3.0, 1e-9); /* nothing is due: the first counts */
}

/* An interval that is two thirds as long as expected: another tempo at the start, but not in the middle of an
 * even piece, unless the next one says the same. */
static void a_known_tempo_is_kept(void **state)
{
    coch_pace p;
    (void)state;
    coch_pace_begin(&p, 1.0);
    coch_pace_jump(&p, 1.0);
    coch_pace_next(&p, step, 1.0 + step / 1.6);
    assert_true(p.now.rate > 1.5);
    double last = steady(&p);
    coch_pace_next(&p, step, last + step / 1.6);
    assert_near(p.now.rate, 1.0, 0.01);
    coch_pace_next(&p, step, last + 2 * step / 1.6);
    assert_near(p.now.rate, 1.6, 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tempo_is_learnt),
        cmocka_unit_test(one_early_note_moves_no_chord),
        cmocka_unit_test(one_late_note_moves_no_chord),
        cmocka_unit_test(a_known_tempo_is_kept),
        cmocka_unit_test(a_slip_is_half_believed_and_a_pause_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
