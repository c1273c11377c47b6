/* Pointer and keys on the controls, without any window. */
#include "scenes.h"
#include "view/input.h"
#include "view/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define WIDTH 900
#define HEIGHT 500

enum { INPUT, OUTPUT, TIMING, LOOK, SENSE, VELOCITY, TRANSPOSE, SUSTAIN }; /* order of scene_controls() */

static coch_view_model model;
static double scale;

static int set_up(void **state)
{
    (void)state;
    scale = 1.0;
    scene_empty(&model);
    return 0;
}

static int take(coch_view_action action, double x, double y, double time)
{
    coch_view_input in = {.action = action, .x = x, .y = y, .time = time};
    return coch_view_take(&model, &in, (int)(WIDTH * scale), (int)(HEIGHT * scale), scale);
}

static int key(coch_view_key_name name)
{
    coch_view_input in = {.action = COCH_VIEW_KEY, .key = name};
    return coch_view_take(&model, &in, WIDTH, HEIGHT, scale);
}

static void middle(int control, double *x, double *y)
{
    coch_view_layout l;
    coch_view_layout_of(&l, &model, WIDTH * scale, HEIGHT * scale, scale);
    *x = l.control[control].x + l.control[control].w / 2.0;
    *y = l.control[control].y + l.control[control].h / 2.0;
}

static int press(int control, double time)
{
    double x, y;
    middle(control, &x, &y);
    int changed = take(COCH_VIEW_PRESS, x, y, time);
    int released = take(COCH_VIEW_RELEASE, x, y, time + 0.05);
    assert_int_equal(released, -1);
    return changed;
}

static void every_control_is_hit_in_its_middle_alone(void **state)
{
    double x, y;
    (void)state;
    for (scale = 1.0; scale < 2.5; scale += 0.5)
        for (int i = 0; i < model.control_count; i++) {
            middle(i, &x, &y);
            assert_int_equal(
                coch_view_control_under(&model, x, y, (int)(WIDTH * scale), (int)(HEIGHT * scale), scale), i);
        }
    assert_int_equal(coch_view_control_under(&model, 300, 200, WIDTH, HEIGHT, 1.0), -1);
    assert_int_equal(coch_view_control_under(&model, -1, -1, WIDTH, HEIGHT, 1.0), -1);
}

static void hovering_is_shown_and_changes_nothing(void **state)
{
    double x, y;
    (void)state;
    middle(LOOK, &x, &y);
    assert_int_equal(take(COCH_VIEW_MOVE, x, y, 0), -1);
    assert_int_equal(model.focus.hover, LOOK);
    take(COCH_VIEW_LEAVE, 0, 0, 0);
    assert_int_equal(model.focus.hover, -1);
}

static void dragging_turns_a_knob(void **state)
{
    double x, y;
    (void)state;
    middle(LOOK, &x, &y);
    take(COCH_VIEW_PRESS, x, y, 0);
    assert_int_equal(take(COCH_VIEW_MOVE, x, y - 18, 0), LOOK); /* a tenth of the range */
    assert_true(fabs(model.controls[LOOK].value - 118.0) < 1.01);
    assert_int_equal(take(COCH_VIEW_MOVE, x, y - 18, 0), -1); /* no way, no change */
    take(COCH_VIEW_MOVE, x, y - 4000, 0);                     /* out of the window: held at the end */
    assert_true(model.controls[LOOK].value == 200.0);
    take(COCH_VIEW_MOVE, x, y - 4000 + 18, 0); /* and back from there at once */
    assert_true(fabs(model.controls[LOOK].value - 182.0) < 1.01);
    coch_view_input fine = {.action = COCH_VIEW_MOVE, .x = x, .y = y - 4000 + 36, .fine = 1};
    coch_view_take(&model, &fine, WIDTH, HEIGHT, scale);
    assert_true(fabs(model.controls[LOOK].value - 180.2) < 1.01);
    take(COCH_VIEW_RELEASE, x, y, 0);
    assert_int_equal(take(COCH_VIEW_MOVE, x, y, 0), -1);
    assert_true(fabs(model.controls[LOOK].value - 180.2) < 1.01);
}

/* Many small moves end where one large move ends, although the value goes in steps. */
static void slow_drags_are_not_lost(void **state)
{
    double x, y;
    (void)state;
    middle(TRANSPOSE, &x, &y);
    take(COCH_VIEW_PRESS, x, y, 0);
    for (int i = 1; i <= 450; i++)
        take(COCH_VIEW_MOVE, x, y - 0.1 * i, 0);
    assert_true(model.controls[TRANSPOSE].value == 24.0); /* 45 of 180 points: a quarter of 96 */
}

static void a_double_click_gives_the_initial_value(void **state)
{
    (void)state;
    model.controls[LOOK].value = 50;
    assert_int_equal(press(LOOK, 1.0), -1);
    assert_int_equal(press(LOOK, 2.0), -1); /* too late for a double click */
    assert_int_equal(press(LOOK, 2.2), LOOK);
    assert_true(model.controls[LOOK].value == 100.0);
    model.controls[LOOK].value = 50;
    press(SENSE, 3.0);
    assert_int_equal(press(LOOK, 3.1), -1); /* not twice the same */
}

static void the_wheel_steps(void **state)
{
    double x, y;
    (void)state;
    middle(LOOK, &x, &y);
    coch_view_input in = {.action = COCH_VIEW_SCROLL, .x = x, .y = y, .amount = 0.3};
    assert_int_equal(coch_view_take(&model, &in, WIDTH, HEIGHT, scale), LOOK);
    assert_true(model.controls[LOOK].value == 101.0);
    in.amount = -3.0;
    coch_view_take(&model, &in, WIDTH, HEIGHT, scale);
    assert_true(model.controls[LOOK].value == 98.0);
    in.amount = 0.0;
    assert_int_equal(coch_view_take(&model, &in, WIDTH, HEIGHT, scale), -1);
    in.x = 300;
    in.y = 200;
    in.amount = 1.0;
    assert_int_equal(coch_view_take(&model, &in, WIDTH, HEIGHT, scale), -1);
}

static void a_switch_switches(void **state)
{
    (void)state;
    assert_int_equal(press(SUSTAIN, 1.0), SUSTAIN);
    assert_true(model.controls[SUSTAIN].value == 0.0);
    assert_int_equal(press(SUSTAIN, 1.1), SUSTAIN); /* quick clicks count */
    assert_true(model.controls[SUSTAIN].value == 1.0);
}

static void a_menu_opens_and_gives_its_choice(void **state)
{
    coch_view_layout l;
    (void)state;
    assert_int_equal(press(INPUT, 1.0), -1);
    assert_int_equal(model.focus.open, INPUT);
    coch_view_layout_of(&l, &model, WIDTH, HEIGHT, scale);
    coch_view_rect second = coch_view_choice_rect(&l, &model, 2);
    assert_true(second.w > 0.0 && second.y >= 0.0);
    take(COCH_VIEW_MOVE, second.x + 5, second.y + 5, 0);
    assert_int_equal(model.focus.choice, 2);
    assert_int_equal(take(COCH_VIEW_PRESS, second.x + 5, second.y + 5, 2.0), INPUT);
    assert_int_equal(model.focus.open, -1);
    assert_true(model.controls[INPUT].value == 2.0);
    press(INPUT, 3.0); /* opened, and closed by pressing elsewhere */
    assert_int_equal(take(COCH_VIEW_PRESS, 700, 100, 4.0), -1);
    assert_int_equal(model.focus.open, -1);
    press(INPUT, 5.0); /* opened, and closed by pressing itself again */
    press(INPUT, 6.0);
    assert_int_equal(model.focus.open, -1);
    assert_true(model.controls[INPUT].value == 2.0);
    int empty = coch_view_add_menu(&model, 50, "Nothing");
    press(empty, 7.0);
    assert_int_equal(model.focus.open, -1);
}

static void keys_reach_and_change_everything(void **state)
{
    (void)state;
    assert_int_equal(key(COCH_VIEW_KEY_MORE), -1); /* nothing has the focus yet */
    model.controls[OUTPUT].disabled = 1;
    key(COCH_VIEW_KEY_NEXT);
    assert_int_equal(model.focus.focus, INPUT);
    key(COCH_VIEW_KEY_NEXT);
    assert_int_equal(model.focus.focus, TIMING); /* past the disabled one */
    assert_int_equal(key(COCH_VIEW_KEY_LESS), TIMING);
    assert_true(model.controls[TIMING].value == 1.0); /* down the list */
    key(COCH_VIEW_KEY_NEXT);
    assert_int_equal(key(COCH_VIEW_KEY_MORE), LOOK);
    assert_true(model.controls[LOOK].value == 101.0);
    key(COCH_VIEW_KEY_MUCH_LESS);
    assert_true(model.controls[LOOK].value == 91.0);
    key(COCH_VIEW_KEY_MOST);
    assert_true(model.controls[LOOK].value == 200.0);
    assert_int_equal(key(COCH_VIEW_KEY_MORE), -1); /* at its end */
    key(COCH_VIEW_KEY_LEAST);
    assert_true(model.controls[LOOK].value == 20.0);
    assert_int_equal(key(COCH_VIEW_KEY_RESET), LOOK);
    assert_true(model.controls[LOOK].value == 100.0);
    key(COCH_VIEW_KEY_PREVIOUS);
    key(COCH_VIEW_KEY_PREVIOUS);
    key(COCH_VIEW_KEY_PREVIOUS);
    assert_int_equal(model.focus.focus, SUSTAIN); /* around the end */
    assert_int_equal(key(COCH_VIEW_KEY_ENTER), SUSTAIN);
    key(COCH_VIEW_KEY_ESCAPE);
    assert_int_equal(model.focus.focus, -1);
}

static void keys_work_in_an_open_menu(void **state)
{
    (void)state;
    key(COCH_VIEW_KEY_NEXT);
    key(COCH_VIEW_KEY_ENTER);
    assert_int_equal(model.focus.open, INPUT);
    key(COCH_VIEW_KEY_LESS);
    key(COCH_VIEW_KEY_LESS);
    key(COCH_VIEW_KEY_LESS); /* stays on the last */
    assert_int_equal(model.focus.choice, 2);
    assert_int_equal(key(COCH_VIEW_KEY_ENTER), INPUT);
    assert_true(model.controls[INPUT].value == 2.0);
    key(COCH_VIEW_KEY_ENTER);
    key(COCH_VIEW_KEY_MOST);
    key(COCH_VIEW_KEY_ESCAPE); /* nothing is taken */
    assert_int_equal(model.focus.open, -1);
    assert_true(model.controls[INPUT].value == 2.0);
}

/* More choices than there is room for. */
static void a_long_menu_scrolls(void **state)
{
    coch_view_layout l;
    char text[16];
    (void)state;
    int menu = coch_view_add_menu(&model, 50, "Device");
    for (int i = 0; i < 60; i++) {
        snprintf(text, sizeof text, "Device %d", i);
        coch_view_add_choice(&model, menu, text);
    }
    model.controls[menu].value = 40;
    press(menu, 1.0);
    coch_view_layout_of(&l, &model, WIDTH, HEIGHT, scale);
    int lines = coch_view_menu_lines(&l, &model);
    assert_in_range(lines, 5, 59);
    coch_view_rect chosen = coch_view_choice_rect(&l, &model, 40), frame = coch_view_menu_rect(&l, &model);
    assert_true(chosen.w > 0.0 && frame.y >= 0.0); /* opens where its choice is seen */
    assert_true(coch_view_choice_rect(&l, &model, 0).w == 0.0);
    coch_view_input wheel = {.action = COCH_VIEW_SCROLL, .x = frame.x + 20, .y = frame.y + 20, .amount = 100};
    assert_int_equal(coch_view_take(&model, &wheel, WIDTH, HEIGHT, scale), -1);
    assert_int_equal(model.focus.first, 0);
    assert_int_equal(model.focus.choice, 0); /* under the pointer */
    wheel.amount = -1000;
    coch_view_take(&model, &wheel, WIDTH, HEIGHT, scale);
    assert_int_equal(model.focus.first, 60 - lines);
    key(COCH_VIEW_KEY_MOST);
    assert_int_equal(model.focus.first, 0);
    for (int i = 0; i < lines; i++)
        key(COCH_VIEW_KEY_LESS);
    assert_int_equal(model.focus.first, 1);
    assert_int_equal(key(COCH_VIEW_KEY_ENTER), menu);
    assert_true(model.controls[menu].value == lines);
}

/* A thousand senseless inputs: every value stays in its range and on its steps. */
static void nothing_breaks_the_ranges(void **state)
{
    (void)state;
    srand(1);
    for (int i = 0; i < 20000; i++) {
        coch_view_input in = {.action = (coch_view_action)(1 + rand() % 6),
                              .x = rand() % 1000 - 50,
                              .y = rand() % 600 - 50,
                              .amount = rand() % 7 - 3,
                              .fine = rand() % 2,
                              .key = (coch_view_key_name)(rand() % 13),
                              .time = i * 0.1};
        int changed = coch_view_take(&model, &in, WIDTH, HEIGHT, scale);
        assert_true(changed >= -1 && changed < model.control_count);
        for (int c = 0; c < model.control_count; c++) {
            const coch_view_control *k = &model.controls[c];
            double steps = (k->value - k->low) / k->step;
            assert_true(k->value >= k->low && k->value <= k->high && fabs(steps - round(steps)) < 1e-6);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_control_is_hit_in_its_middle_alone, set_up),
        cmocka_unit_test_setup(hovering_is_shown_and_changes_nothing, set_up),
        cmocka_unit_test_setup(dragging_turns_a_knob, set_up),
        cmocka_unit_test_setup(slow_drags_are_not_lost, set_up),
        cmocka_unit_test_setup(a_double_click_gives_the_initial_value, set_up),
        cmocka_unit_test_setup(the_wheel_steps, set_up),
        cmocka_unit_test_setup(a_switch_switches, set_up),
        cmocka_unit_test_setup(a_menu_opens_and_gives_its_choice, set_up),
        cmocka_unit_test_setup(keys_reach_and_change_everything, set_up),
        cmocka_unit_test_setup(keys_work_in_an_open_menu, set_up),
        cmocka_unit_test_setup(a_long_menu_scrolls, set_up),
        cmocka_unit_test_setup(nothing_breaks_the_ranges, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
