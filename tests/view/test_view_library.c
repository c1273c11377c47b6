/* The library and the set-up page: equal to what they looked like when they were found good, drawn at any
 * size; and what pointer and keys ask for. */
#include "golden.h"
#include "library_scenes.h"
#include "view/library_layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static coch_library library;
static lscene_data data;
static coch_set_up page;

/* ---- What is drawn ---- */

static void scenes_look_as_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < LSCENES; i++) {
        const lscene *s = &lscenes[i];
        s->make(&library, &data);
        library.hide_text = 1;
        expect_golden(library_drawn(&library, s->width, s->height, s->scale), s->name);
    }
    for (size_t i = 0; i < USCENES; i++) {
        const uscene *s = &uscenes[i];
        s->make(&page);
        page.hide_text = 1;
        expect_golden(set_up_drawn(&page, s->width, s->height, s->scale), s->name);
    }
}

static void any_size_is_drawn(void **state)
{
    static const int sizes[][2] = {{1, 1}, {7, 900}, {900, 7}, {320, 200}, {641, 399}, {1921, 1081}};
    (void)state;
    lscene_library(&library, &data);
    uscene_runs(&page);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (double scale = 0.5; scale < 4.0; scale *= 2.0) {
            cairo_surface_t *drawn[] = {library_drawn(&library, sizes[i][0], sizes[i][1], scale),
                                        set_up_drawn(&page, sizes[i][0], sizes[i][1], scale)};
            for (int k = 0; k < 2; k++) {
                assert_int_equal(cairo_surface_status(drawn[k]), CAIRO_STATUS_SUCCESS);
                cairo_surface_destroy(drawn[k]);
            }
        }
}

/* What was measured shows, also where text is hidden. */
static void results_show(void **state)
{
    int largest;
    (void)state;
    uscene_measured(&page);
    page.hide_text = 1;
    cairo_surface_t *all = set_up_drawn(&page, 1280, 720, 1.0);
    page.result.a4_hz = NAN;
    cairo_surface_t *less = set_up_drawn(&page, 1280, 720, 1.0);
    difference(all, less, &largest);
    assert_true(largest > 40);
    cairo_surface_destroy(all);
    cairo_surface_destroy(less);
}

/* ---- What is asked for ---- */

static coch_library_ask take(const coch_view_input *input)
{
    return coch_library_take(&library, input, 1280, 720, 1.0);
}

static coch_library_ask type(unsigned letter)
{
    return take(&(coch_view_input){.action = COCH_VIEW_KEY, .letter = letter});
}

static coch_library_ask key(coch_view_key_name name, int sideways)
{
    return take(&(coch_view_input){.action = COCH_VIEW_KEY, .key = name, .sideways = sideways});
}

static coch_library_ask point(coch_view_action action, const coch_view_rect *r)
{
    return take(&(coch_view_input){.action = action, .x = r->x + r->w / 2.0, .y = r->y + r->h / 2.0});
}

static const char *title(size_t place)
{
    return library.rows[library.shown[place]].names.title;
}

static void rows_are_ordered(void **state)
{
    (void)state;
    lscene_rows(&library, &data, LSCENE_ROWS);
    for (size_t i = 1; i < library.shown_count; i++)
        assert_true(strcmp(title(i - 1), title(i)) < 0);
    library.selected = 5;
    uint32_t chosen = library.shown[5];
    for (int order = 1; order <= COCH_LIBRARY_ORDERS; order++) {
        assert_int_equal(key(COCH_VIEW_KEY_MORE, 1), COCH_LIBRARY_ASK_DAYS);
        assert_int_equal(library.order, order % COCH_LIBRARY_ORDERS);
        assert_int_equal(library.shown[library.selected],
                         chosen); /* what was chosen stays so, and in sight */
        assert_true(library.top <= library.selected);
        for (size_t i = 1; i < library.shown_count; i++) {
            const coch_library_row *a = &data.rows[library.shown[i - 1]], *b = &data.rows[library.shown[i]];
            assert_false(library.order == COCH_LIBRARY_BY_LENGTH && a->seconds > b->seconds);
            assert_false(library.order == COCH_LIBRARY_BY_LAST && a->last < b->last);
            assert_false(library.order == COCH_LIBRARY_BY_TROUBLE && isnan(a->trouble) && !isnan(b->trouble));
            assert_false(library.order == COCH_LIBRARY_BY_TROUBLE && a->trouble < b->trouble);
        }
    }
}

static void typing_finds(void **state)
{
    (void)state;
    lscene_rows(&library, &data, LSCENE_ROWS);
    assert_int_equal(type('s'), COCH_LIBRARY_ASK_DAYS);
    type('C');
    type('h');
    type('u');
    assert_int_equal(library.shown_count, 4); /* two by Schubert, two by Schumanns */
    for (size_t i = 0; i < library.shown_count; i++)
        assert_non_null(strstr(data.rows[library.shown[i]].names.composer, "Schu"));
    type('x');
    assert_int_equal(library.shown_count, 0);
    assert_null(coch_library_chosen(&library));
    assert_int_equal(key(COCH_VIEW_KEY_ENTER, 0), COCH_LIBRARY_ASK_NOTHING);
    key(COCH_VIEW_KEY_LESS, 0); /* nothing to go to */
    key(COCH_VIEW_KEY_MOST, 0);
    key(COCH_VIEW_KEY_RESET, 0);
    assert_int_equal(library.shown_count, 4);
    assert_int_equal(key(COCH_VIEW_KEY_ESCAPE, 0), COCH_LIBRARY_ASK_DAYS);
    assert_int_equal(library.shown_count, LSCENE_ROWS);
    assert_int_equal(key(COCH_VIEW_KEY_ESCAPE, 0), COCH_LIBRARY_ASK_BACK);
    for (int i = 0; i < 100; i++)
        type('a');
    assert_true(strlen(library.find) < COCH_LIBRARY_FIND);
    key(COCH_VIEW_KEY_ESCAPE, 0);
    const coch_view_input space = {.action = COCH_VIEW_KEY, .key = COCH_VIEW_KEY_ENTER, .letter = ' '};
    assert_int_equal(take(&space), COCH_LIBRARY_ASK_OPEN);
    type('m');
    take(&space); /* a letter of what is looked for */
    assert_string_equal(library.find, "m ");
}

static void keys_choose(void **state)
{
    coch_library_layout l;
    (void)state;
    lscene_rows(&library, &data, LSCENE_ROWS);
    coch_library_layout_of(&l, 1280, 720, 1.0);
    assert_int_equal(key(COCH_VIEW_KEY_MORE, 0), COCH_LIBRARY_ASK_DAYS);
    assert_int_equal(library.selected, 0);
    for (size_t i = 1; i < LSCENE_ROWS + 3; i++) {
        key(COCH_VIEW_KEY_LESS, 0);
        assert_int_equal(library.selected, i < LSCENE_ROWS ? i : LSCENE_ROWS - 1);
        assert_true(coch_library_row_rect(&l, &library, library.selected).w > 0.0); /* in sight */
    }
    key(COCH_VIEW_KEY_LEAST, 0);
    assert_int_equal(library.top, 0);
    key(COCH_VIEW_KEY_MUCH_LESS, 0);
    assert_int_equal(library.selected, l.fit - 1);
    assert_int_equal(key(COCH_VIEW_KEY_ENTER, 0), COCH_LIBRARY_ASK_OPEN);
    assert_int_equal(key(COCH_VIEW_KEY_NEXT, 0), COCH_LIBRARY_ASK_DAYS);
    assert_int_equal(library.all, 1);
    assert_int_equal(key(COCH_VIEW_KEY_LESS, 0),
                     COCH_LIBRARY_ASK_NOTHING); /* over all pieces nothing changes */
    assert_int_equal(key(COCH_VIEW_KEY_SET_UP, 0), COCH_LIBRARY_ASK_SET_UP);
}

static void the_pointer_chooses(void **state)
{
    coch_library_layout l;
    (void)state;
    lscene_rows(&library, &data, LSCENE_ROWS);
    coch_library_layout_of(&l, 1280, 720, 1.0);
    coch_view_rect row = coch_library_row_rect(&l, &library, 4);
    assert_int_equal(point(COCH_VIEW_PRESS, &row), COCH_LIBRARY_ASK_DAYS);
    assert_int_equal(library.selected, 4);
    assert_int_equal(point(COCH_VIEW_PRESS, &row), COCH_LIBRARY_ASK_OPEN);
    assert_int_equal(point(COCH_VIEW_PRESS, &l.scope[1]), COCH_LIBRARY_ASK_DAYS);
    assert_int_equal(library.all, 1);
    point(COCH_VIEW_PRESS, &l.scope[0]);
    assert_int_equal(library.all, 0);
    assert_int_equal(point(COCH_VIEW_PRESS, &l.set_up), COCH_LIBRARY_ASK_SET_UP);
    for (int i = COCH_LIBRARY_ORDERS - 1; i >= 0; i--) {
        point(COCH_VIEW_PRESS, &l.head[i]);
        assert_int_equal(library.order, i);
    }
    take(&(coch_view_input){.action = COCH_VIEW_SCROLL, .amount = -2.0});
    assert_int_equal(library.top, 6);
    take(&(coch_view_input){.action = COCH_VIEW_SCROLL, .amount = -100.0});
    assert_int_equal(library.top, LSCENE_ROWS - l.fit);
    coch_view_rect start = {l.bar.x, l.bar.y, l.bar.w, 2.0}, far = {0.0, 4000.0, 1.0, 1.0};
    point(COCH_VIEW_PRESS, &start);
    assert_int_equal(library.top, 0);
    point(COCH_VIEW_MOVE, &far); /* the hand may slip off */
    assert_int_equal(library.top, LSCENE_ROWS - l.fit);
    point(COCH_VIEW_RELEASE, &far);
    point(COCH_VIEW_MOVE, &start);
    assert_int_equal(library.top, LSCENE_ROWS - l.fit);
    take(&(coch_view_input){.action = COCH_VIEW_LEAVE});
    assert_int_equal(library.hover, COCH_LIBRARY_NOWHERE);
}

static coch_set_up_ask set_up_key(coch_view_key_name name, unsigned letter)
{
    const coch_view_input input = {.action = COCH_VIEW_KEY, .key = name, .letter = letter};
    return coch_set_up_take(&page, &input, 1280, 720, 1.0);
}

static coch_set_up_ask set_up_press(double x, double y)
{
    const coch_view_input input = {.action = COCH_VIEW_PRESS, .x = x, .y = y};
    return coch_set_up_take(&page, &input, 1280, 720, 1.0);
}

static void the_set_up_is_led(void **state)
{
    (void)state;
    uscene_ready(&page);
    assert_int_equal(set_up_key(COCH_VIEW_KEY_ENTER, ' '), COCH_SET_UP_ASK_BEGIN);
    assert_int_equal(set_up_key(COCH_VIEW_KEY_ENTER, 0), COCH_SET_UP_ASK_BEGIN);
    assert_int_equal(set_up_key(COCH_VIEW_KEY_ESCAPE, 0), COCH_SET_UP_ASK_BACK);
    assert_int_equal(set_up_press(280, 640), COCH_SET_UP_ASK_BEGIN);
    assert_int_equal(set_up_press(460, 640), COCH_SET_UP_ASK_NOTHING); /* nothing to keep */
    for (size_t input = 2; input < 6; input++) {                       /* round and round */
        const coch_view_input right = {.action = COCH_VIEW_KEY, .key = COCH_VIEW_KEY_MORE, .sideways = 1};
        assert_int_equal(coch_set_up_take(&page, &right, 1280, 720, 1.0), COCH_SET_UP_ASK_INPUT);
        assert_int_equal(page.input, input % 3);
    }
    assert_int_equal(set_up_press(880, 75), COCH_SET_UP_ASK_INPUT); /* back again */
    assert_int_equal(page.input, 1);
    page.input_count = 1;
    assert_int_equal(set_up_press(880, 75), COCH_SET_UP_ASK_NOTHING);
    assert_int_equal(set_up_key(COCH_VIEW_KEY_MORE, 0), COCH_SET_UP_ASK_NOTHING); /* no port to choose */
    page.port_count = 3;
    for (size_t port = 1; port < 5; port++) {
        assert_int_equal(set_up_key(COCH_VIEW_KEY_LESS, 0), COCH_SET_UP_ASK_PORT);
        assert_int_equal(page.port, port % 3);
    }
    assert_int_equal(set_up_press(595, 640), COCH_SET_UP_ASK_PORT);
    assert_int_equal(page.port, 0);
    assert_int_equal(set_up_press(917, 640), COCH_SET_UP_ASK_PORT);
    assert_int_equal(page.port, 1);
    uscene_runs(&page);
    assert_int_equal(set_up_press(917, 640), COCH_SET_UP_ASK_NOTHING);
    assert_int_equal(set_up_press(880, 75), COCH_SET_UP_ASK_NOTHING);
    assert_int_equal(set_up_key(COCH_VIEW_KEY_ENTER, 0), COCH_SET_UP_ASK_NOTHING);
    uscene_measured(&page);
    assert_int_equal(set_up_key(COCH_VIEW_KEY_ENTER, 0), COCH_SET_UP_ASK_KEEP);
    assert_int_equal(set_up_press(460, 640), COCH_SET_UP_ASK_KEEP);
    assert_int_equal(set_up_press(1010, 640), COCH_SET_UP_ASK_BACK);
    assert_int_equal(set_up_press(20, 20), COCH_SET_UP_ASK_NOTHING);
    page.result.level_db = NAN;
    assert_int_equal(set_up_key(COCH_VIEW_KEY_ENTER, 0), COCH_SET_UP_ASK_NOTHING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenes_look_as_before), cmocka_unit_test(any_size_is_drawn),
        cmocka_unit_test(results_show),          cmocka_unit_test(rows_are_ordered),
        cmocka_unit_test(typing_finds),          cmocka_unit_test(keys_choose),
        cmocka_unit_test(the_pointer_chooses),   cmocka_unit_test(the_set_up_is_led),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    cairo_debug_reset_static_data(); /* for the leak checker */
    return failed;
}
