/* The picture of practising: equal to what it looked like when it was found good, pure, told apart by every
 * eye; and what pointer and keys ask for. */
#include "golden.h"
#include "practice_scenes.h"
#include "view/practice_input.h"
#include "view/practice_layout.h"
#include "view/practice_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static coch_practice_model model;
static pscene_data data;

/* ---- What is drawn ---- */

static void scenes_look_as_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < PSCENES; i++) {
        const pscene *s = &pscenes[i];
        s->make(&model, &data);
        model.hide_text = 1;
        expect_golden(practice_drawn(&model, s->width, s->height, s->scale), s->name);
    }
}

static int changed_by(void (*change)(void))
{
    int largest;
    pscene_playing(&model, &data);
    cairo_surface_t *before = practice_drawn(&model, 1280, 720, 1.0);
    change();
    cairo_surface_t *after = practice_drawn(&model, 1280, 720, 1.0);
    difference(before, after, &largest);
    cairo_surface_destroy(before);
    cairo_surface_destroy(after);
    return largest;
}

/* The verdict of the last note before the position. */
static void set_verdict(unsigned verdict)
{
    size_t note = 0;
    while (data.score.notes[note + 1].beat < 25.0)
        note++;
    data.notes[note].verdict = (uint8_t)verdict;
}

static void make_hit(void)
{
    set_verdict(COCH_HIT);
}

static void make_early(void)
{
    set_verdict(COCH_EARLY);
}

static void make_late(void)
{
    set_verdict(COCH_LATE);
}

static void make_wrong(void)
{
    set_verdict(COCH_WRONG);
}

static void make_missed(void)
{
    set_verdict(COCH_MISSED);
}

static void make_unsure(void)
{
    set_verdict(COCH_UNSURE);
}

static void press_key(void)
{
    pscene_flash(&model, 0.0, 100, COCH_PRACTICE_KEY_WRONG);
}

static void nothing(void)
{
}

/* Each pair of verdicts differs in the picture, also without its colours. */
static void verdicts_are_told_apart(void **state)
{
    void (*const make[])(void) = {make_hit, make_early, make_late, make_wrong, make_missed, make_unsure};
    cairo_surface_t *drawn_as[6];
    (void)state;
    for (int i = 0; i < 6; i++) {
        pscene_playing(&model, &data);
        make[i]();
        drawn_as[i] = practice_drawn(&model, 1280, 720, 1.0);
    }
    for (int i = 0; i < 6; i++)
        for (int k = i + 1; k < 6; k++) {
            int most = 0;
            for (int y = 100; y < 330; y++)
                for (int x = 0; x < 1280; x++) {
                    uint32_t a = pixel_at(drawn_as[i], x, y), b = pixel_at(drawn_as[k], x, y);
                    int grey = abs((int)((a >> 16 & 255) * 54 + (a >> 8 & 255) * 183 + (a & 255) * 19) / 256 -
                                   (int)((b >> 16 & 255) * 54 + (b >> 8 & 255) * 183 + (b & 255) * 19) / 256);
                    most = grey > most ? grey : most;
                }
            assert_true(most > 60);
        }
    for (int i = 0; i < 6; i++)
        cairo_surface_destroy(drawn_as[i]);
}

static void a_struck_key_is_seen(void **state)
{
    (void)state;
    assert_int_equal(changed_by(nothing), 0);
    assert_true(changed_by(press_key) > 60);
}

static void any_size_is_drawn(void **state)
{
    static const int sizes[][2] = {{1, 1}, {2, 900}, {900, 2}, {17, 13}, {320, 200}, {200, 900}, {2000, 150}};
    static const double scales[] = {0.5, 1.0, 4.0};
    (void)state;
    for (size_t k = 0; k < PSCENES; k++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            pscenes[k].make(&model, &data);
            cairo_surface_t *surface = practice_drawn(&model, sizes[i][0], sizes[i][1], scales[i % 3]);
            assert_int_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
            cairo_surface_destroy(surface);
        }
    pscene_report(&model, &data);
    model.report = NULL;
    cairo_surface_destroy(practice_drawn(&model, 1280, 720, 1.0));
}

static void drawing_leaves_the_model(void **state)
{
    static coch_practice_model copy;
    (void)state;
    pscene_report(&model, &data);
    memcpy(&copy, &model, sizeof model);
    cairo_surface_destroy(practice_drawn(&model, 1280, 720, 1.0));
    assert_memory_equal(&copy, &model, sizeof model);
}

/* ---- Colours ---- */

static double linear(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* For eyes without one kind of cone: Machado, Oliveira, Fernandes (2009), severity 1. */
static void colours_are_apart_for_every_eye(void **state)
{
    static const double eyes[4][3][3] = {
        {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
        {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
        {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
        {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
    };
    (void)state;
    for (int e = 0; e < 4; e++)
        for (int i = 0; i < COCH_PRACTICE_TONES; i++)
            for (int k = i + 1; k < COCH_PRACTICE_TONES; k++) {
                coch_view_colour a = coch_practice_colour((coch_practice_tone)i);
                coch_view_colour b = coch_practice_colour((coch_practice_tone)k);
                double x[3] = {linear(a.r) - linear(b.r), linear(a.g) - linear(b.g),
                               linear(a.b) - linear(b.b)};
                double sum = 0.0;
                for (int r = 0; r < 3; r++) {
                    double d = eyes[e][r][0] * x[0] + eyes[e][r][1] * x[1] + eyes[e][r][2] * x[2];
                    sum += d * d;
                }
                if (sqrt(sum) < 0.14)
                    fail_msg("colours %d and %d are %.3f apart for eye %d", i, k, sqrt(sum), e);
            }
}

/* ---- What is asked for ---- */

static coch_practice_request type(unsigned letter)
{
    coch_practice_request r;
    const coch_view_input input = {.action = COCH_VIEW_KEY, .letter = letter};
    coch_practice_take(&model, &input, 1280, 720, 1.0, &r);
    return r;
}

static coch_practice_request arrow(coch_view_key_name key, int sideways, int fine)
{
    coch_practice_request r;
    const coch_view_input input = {.action = COCH_VIEW_KEY, .key = key, .sideways = sideways, .fine = fine};
    coch_practice_take(&model, &input, 1280, 720, 1.0, &r);
    return r;
}

static coch_practice_request point(coch_view_action action, double x, double y)
{
    coch_practice_request r;
    const coch_view_input input = {.action = action, .x = x, .y = y};
    coch_practice_take(&model, &input, 1280, 720, 1.0, &r);
    return r;
}

static coch_practice_request click(const coch_view_rect *r)
{
    return point(COCH_VIEW_PRESS, r->x + r->w / 2.0, r->y + r->h / 2.0);
}

static void keys_ask(void **state)
{
    (void)state;
    pscene_playing(&model, &data); /* in bar 7 */
    assert_int_equal(type(' ').ask, COCH_PRACTICE_ASK_PLAY);
    assert_int_equal(type(' ').value, 0);
    assert_int_equal(type('r').ask, COCH_PRACTICE_ASK_RESTART);
    coch_practice_request r = type('m');
    assert_int_equal(r.ask, COCH_PRACTICE_ASK_CHANGE);
    assert_int_equal(r.options.mode, COCH_MODE_WAIT);
    assert_int_equal(type('h').options.hand, COCH_HAND_RIGHT);
    assert_int_equal(type('c').options.metronome, 1);
    assert_int_equal(type('o').ask, COCH_PRACTICE_ASK_NOTHING); /* there is no other hand */
    r = type('l');
    assert_int_equal(r.options.first_bar, 6);
    assert_int_equal(r.options.end_bar, 7);
    assert_int_equal(r.options.loop, 1);
    r = type('A'); /* also with caps lock */
    assert_int_equal(r.options.first_bar, 6);
    assert_int_equal(r.options.end_bar, 16);
    r = type('b');
    assert_int_equal(r.options.first_bar, 0);
    assert_int_equal(r.options.end_bar, 7);
    assert_int_equal(type('w').ask, COCH_PRACTICE_ASK_NOTHING); /* no report yet */
    assert_int_equal(type('x').ask, COCH_PRACTICE_ASK_NOTHING);
    assert_int_equal(arrow(COCH_VIEW_KEY_NEXT, 0, 0).value, COCH_PRACTICE_REPORT);
    assert_int_equal(arrow(COCH_VIEW_KEY_ESCAPE, 0, 0).ask, COCH_PRACTICE_ASK_HOME);
    assert_int_equal(arrow(COCH_VIEW_KEY_SET_UP, 0, 0).ask, COCH_PRACTICE_ASK_SET_UP);
    model.at_home = 0; /* a recording: there is neither */
    assert_int_equal(arrow(COCH_VIEW_KEY_ESCAPE, 0, 0).ask, COCH_PRACTICE_ASK_NOTHING);
    assert_int_equal(type('s').ask, COCH_PRACTICE_ASK_NOTHING);
    model.picture.finished = 1;
    model.playing = 0;
    assert_int_equal(type(' ').ask, COCH_PRACTICE_ASK_RESTART);
}

static void tempo_stays_within(void **state)
{
    (void)state;
    pscene_playing(&model, &data);
    assert_true(fabs(arrow(COCH_VIEW_KEY_MORE, 0, 0).options.tempo - 1.05) < 1e-9);
    assert_true(fabs(type('-').options.tempo - 0.95) < 1e-9);
    assert_int_equal(type('0').ask, COCH_PRACTICE_ASK_NOTHING); /* it is 100 % */
    model.options.tempo = 0.25;
    assert_int_equal(type('-').ask, COCH_PRACTICE_ASK_NOTHING);
    model.options.tempo = 1.5;
    assert_int_equal(arrow(COCH_VIEW_KEY_MORE, 0, 0).ask, COCH_PRACTICE_ASK_NOTHING);
    assert_true(type('0').options.tempo == 1.0);
}

static void the_range_moves_within_the_piece(void **state)
{
    (void)state;
    pscene_count_in(&model, &data); /* bars 5 to 8 */
    coch_practice_request r = arrow(COCH_VIEW_KEY_LESS, 1, 0);
    assert_int_equal(r.options.first_bar, 3);
    assert_int_equal(r.options.end_bar, 7);
    r = arrow(COCH_VIEW_KEY_MORE, 1, 1);
    assert_int_equal(r.options.first_bar, 4);
    assert_int_equal(r.options.end_bar, 9);
    model.options.first_bar = 0;
    assert_int_equal(arrow(COCH_VIEW_KEY_LESS, 1, 0).ask, COCH_PRACTICE_ASK_NOTHING);
    model.options.end_bar = 16;
    assert_int_equal(arrow(COCH_VIEW_KEY_MORE, 1, 0).ask, COCH_PRACTICE_ASK_NOTHING);
    r = type('l'); /* off */
    assert_int_equal(r.options.end_bar, 0);
    assert_int_equal(r.options.loop, 0);
}

static void every_button_is_reached(void **state)
{
    coch_practice_layout l;
    (void)state;
    coch_practice_layout_of(&l, 1280, 720, 1.0);
    pscene_report(&model, &data);
    model.picture.finished = 0;
    model.options.hand = COCH_HAND_LEFT;
    model.options.tempo = 0.8;
    for (int i = 0; i < COCH_PRACTICE_BUTTONS; i++) {
        int now = i == COCH_PRACTICE_FREE || i == COCH_PRACTICE_LEFT; /* what it is already */
        assert_int_equal(click(&l.button[i]).ask == COCH_PRACTICE_ASK_NOTHING, now);
        for (int k = 0; k < i; k++)
            assert_true(l.button[k].x + l.button[k].w <= l.button[i].x + 1e-6);
    }
    assert_int_equal(click(&l.home).ask, COCH_PRACTICE_ASK_HOME);
    assert_int_equal(click(&l.input).ask, COCH_PRACTICE_ASK_SET_UP);
    assert_true(l.button[COCH_PRACTICE_BUTTONS - 1].x + l.button[COCH_PRACTICE_BUTTONS - 1].w <= 1280.0);
}

static void trouble_is_looped(void **state)
{
    coch_practice_layout l;
    (void)state;
    coch_practice_layout_of(&l, 1280, 720, 1.0);
    pscene_report(&model, &data);
    coch_practice_request r = click(&l.worst[2]);
    assert_int_equal(r.ask, COCH_PRACTICE_ASK_CHANGE);
    assert_int_equal(r.options.first_bar, data.worst[2]);
    assert_int_equal(r.options.end_bar, data.worst[2] + 1);
    assert_int_equal(type('3').options.first_bar, data.worst[2]);
    assert_int_equal(type('w').options.first_bar, 9);
    model.page = COCH_PRACTICE_PLAY; /* the list is not there */
    assert_int_equal(click(&l.worst[2]).ask, COCH_PRACTICE_ASK_NOTHING);
}

static void bars_are_dragged_over(void **state)
{
    coch_practice_layout l;
    (void)state;
    coch_practice_layout_of(&l, 1280, 720, 1.0);
    pscene_playing(&model, &data);
    coch_view_rect from = coch_practice_bar_rect(&l, &data.score, 9),
                   to = coch_practice_bar_rect(&l, &data.score, 5);
    assert_int_equal(click(&from).ask, COCH_PRACTICE_ASK_NOTHING);
    point(COCH_VIEW_MOVE, to.x + 2.0, to.y + 200.0); /* the hand may slip off */
    coch_practice_request r = point(COCH_VIEW_RELEASE, to.x + 2.0, to.y + 200.0);
    assert_int_equal(r.ask, COCH_PRACTICE_ASK_CHANGE);
    assert_int_equal(r.options.first_bar, 5);
    assert_int_equal(r.options.end_bar, 10);
    assert_int_equal(point(COCH_VIEW_RELEASE, 5.0, 5.0).ask, COCH_PRACTICE_ASK_NOTHING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenes_look_as_before),
        cmocka_unit_test(verdicts_are_told_apart),
        cmocka_unit_test(a_struck_key_is_seen),
        cmocka_unit_test(any_size_is_drawn),
        cmocka_unit_test(drawing_leaves_the_model),
        cmocka_unit_test(colours_are_apart_for_every_eye),
        cmocka_unit_test(keys_ask),
        cmocka_unit_test(tempo_stays_within),
        cmocka_unit_test(the_range_moves_within_the_piece),
        cmocka_unit_test(every_button_is_reached),
        cmocka_unit_test(trouble_is_looped),
        cmocka_unit_test(bars_are_dragged_over),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    coch_score_free(&data.score);
    cairo_debug_reset_static_data(); /* for the leak checker */
    return failed;
}
