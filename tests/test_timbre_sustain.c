/* Notes that decay are held after their attack, while they sound above their noise. */
#include "timbre/sustain.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HOP (512.0f / 44100)

/* Decibels of amplitude. */
static float db(float factor)
{
    return 20 * log10f(factor);
}

typedef struct note {
    coch_sustain sustain;
    float level;  /* dB of the source's newest frame */
    float factor; /* of that frame */
    float leap;   /* the most that the factor has moved in a frame, dB */
} note;

static note strike(float level, float amount)
{
    note n = {.level = level};
    coch_sustain_reset(&n.sustain, HOP);
    n.factor = coch_sustain_process(&n.sustain, powf(10, level / 10), 1, 1, amount);
    return n;
}

/* The source falls by so many dB a second. */
static void go_on(note *n, float seconds, float fall, float tonal, float amount)
{
    for (float t = 0; t < seconds; t += HOP) {
        float before = n->factor;
        n->level -= fall * HOP;
        n->factor = coch_sustain_process(&n->sustain, powf(10, n->level / 10), tonal, 0, amount);
        n->leap = fmaxf(n->leap, fabsf(db(n->factor / before)));
    }
}

static void the_attack_stays_and_the_decay_is_held(void **state)
{
    (void)state;
    note n = strike(-10, 1);
    go_on(&n, 0.05f, 40, 1, 1);
    assert_true(db(n.factor) < 0.01f);
    float body = n.level;
    go_on(&n, 1.5f, 20, 1, 1);
    assert_true(fabsf(n.level + db(n.factor) - body) < 3);
    assert_true(n.leap < 2);
}

static void zero_leaves_all_as_it_is(void **state)
{
    (void)state;
    note n = strike(-10, 0);
    go_on(&n, 2, 20, 1, 0);
    assert_true(n.factor <= 1 && n.factor >= 1);
}

static void half_replaces_half_of_the_decay(void **state)
{
    (void)state;
    note n = strike(-10, 0.5f);
    go_on(&n, 1.1f, 20, 1, 0.5f);
    assert_true(fabsf(db(n.factor) - 10) < 2);
}

static void a_damped_note_is_let_go_without_a_click(void **state)
{
    (void)state;
    note n = strike(-10, 1);
    go_on(&n, 1, 20, 1, 1);
    assert_true(db(n.factor) > 15);
    go_on(&n, 0.1f, 400, 1, 1);
    go_on(&n, 0.4f, 5, 1, 1);
    assert_true(db(n.factor) < 0.5f);
    assert_true(n.leap < 4.5f); /* -400 dB a second are 4.6 in a frame: never the source's pace */
}

static void noise_is_not_held(void **state)
{
    (void)state;
    note n = strike(-10, 1);
    go_on(&n, 1, 20, 1, 1);
    go_on(&n, 1, 3, 0.05f, 1);
    assert_true(db(n.factor) < 0.5f);
    assert_true(n.leap < 3);
}

static void a_new_note_has_its_own_attack(void **state)
{
    (void)state;
    note n = strike(-10, 1);
    go_on(&n, 1, 20, 1, 1);
    n.factor = coch_sustain_process(&n.sustain, powf(10, -1.5f), 1, 1, 1);
    assert_true(db(n.factor) < 0.01f);
    n.level = -15;
    go_on(&n, 1, 20, 1, 1);
    assert_true(n.level + db(n.factor) < -12); /* its own level, not the louder one before */
}

static void a_crescendo_is_followed(void **state)
{
    (void)state;
    note n = strike(-30, 1);
    go_on(&n, 1, -20, 1, 1);
    assert_true(db(n.factor) < 0.01f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_attack_stays_and_the_decay_is_held),
        cmocka_unit_test(zero_leaves_all_as_it_is),
        cmocka_unit_test(half_replaces_half_of_the_decay),
        cmocka_unit_test(a_damped_note_is_let_go_without_a_click),
        cmocka_unit_test(noise_is_not_held),
        cmocka_unit_test(a_new_note_has_its_own_attack),
        cmocka_unit_test(a_crescendo_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
