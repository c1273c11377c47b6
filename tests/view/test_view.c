/* The picture: what is drawn where, equal to what it looked like when it was found good, readable, pure. */
#include "golden.h"
#include "scenes.h"
#include "view/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static coch_view_model model;

static void scenes_look_as_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCENES; i++) {
        const scene *s = &scenes[i];
        s->make(&model);
        model.hide_text = 1;
        expect_golden(drawn(&model, NULL, s->width, s->height, s->scale), s->name);
    }
}

/* The goldens would see it: one note more, one control turned. */
static void goldens_see_small_changes(void **state)
{
    int largest;
    (void)state;
    scene_dense(&model);
    model.hide_text = 1;
    cairo_surface_t *before = drawn(&model, NULL, 900, 500, 1.0), *small = shrunk(before, 4);
    scene_note(&model, 90, 80, 5.0, 0.0);
    cairo_surface_t *after = drawn(&model, NULL, 900, 500, 1.0), *small_after = shrunk(after, 4);
    difference(small, small_after, &largest);
    assert_true(largest > 40);
    cairo_surface_destroy(after);
    cairo_surface_destroy(small_after);
    scene_dense(&model);
    model.hide_text = 1;
    coch_view_find(&model, 4)->value = 180;
    after = drawn(&model, NULL, 900, 500, 1.0);
    small_after = shrunk(after, 4);
    difference(small, small_after, &largest);
    assert_true(largest > 40);
    cairo_surface_destroy(after);
    cairo_surface_destroy(small_after);
    cairo_surface_destroy(before);
    cairo_surface_destroy(small);
}

/* One cache over all scenes in turn, each twice. */
static void cache_changes_nothing(void **state)
{
    coch_view_cache *cache = coch_view_cache_new();
    (void)state;
    for (size_t i = 0; i < 2 * SCENES; i++) {
        const scene *s = &scenes[i / 2];
        int largest;
        s->make(&model);
        cairo_surface_t *plain = drawn(&model, NULL, s->width, s->height, s->scale);
        cairo_surface_t *cached = drawn(&model, cache, s->width, s->height, s->scale);
        difference(plain, cached, &largest);
        assert_int_equal(largest, 0);
        if (model.control_count > 3) {
            model.controls[3].value = model.controls[3].low;
            model.focus.hover = 5;
            cairo_surface_destroy(plain);
            cairo_surface_destroy(cached);
            plain = drawn(&model, NULL, s->width, s->height, s->scale);
            cached = drawn(&model, cache, s->width, s->height, s->scale);
            difference(plain, cached, &largest);
            assert_int_equal(largest, 0);
        }
        cairo_surface_destroy(plain);
        cairo_surface_destroy(cached);
    }
    coch_view_cache_free(cache);
    coch_view_cache_free(NULL);
}

/* Something else of the picture each time; now and then most of the roll is gone, and its paper begins anew.
 */
static void step_of(coch_view_model *m, int i)
{
    cochlea_stats stats = {.samples = (int64_t)((5.9 + 0.017 * i + 4.0 * (i / 23)) * SCENE_RATE),
                           .peak = i % 3 ? 0.01f * (float)(i % 90) : 0.2f,
                           .load = 0.03f + 0.001f * (float)(i / 9)};
    coch_view_model_stats(m, &stats, SCENE_RATE, 100.0 + 0.017 * i);
    for (int b = 0; b < COCH_VIEW_BINS; b += 1 + i % 7)
        m->energy[b] = (float)((b * 31 + i * 17) % 100) / 100.0f;
    if (i % 4 == 0)
        scene_note(m, 30 + i * 7 % 60, 40 + i % 80, m->now, 0.0);
    if (i % 4 == 2)
        scene_event(m, COCHLEA_NOTE_OFF, 30 + (i - 2) * 7 % 60, 0, m->now, 0.0);
    if (i % 16 == 5)
        scene_event(m, COCHLEA_CONTROL, COCHLEA_SUSTAIN, i % 32 == 5 ? 127 : 0, m->now, 0.0);
    m->focus.hover = i / 10 % 4 - 1;
    m->focus.open = i / 20 == 2 ? 0 : -1;
    if (i % 25 == 7)
        coch_view_find(m, 4)->value = 20 + i;
    snprintf(m->notice, sizeof m->notice, "%s", i / 30 == 1 ? "Something is wrong" : "");
}

/* Picture after picture on one surface, of which only parts are drawn anew. */
static void only_what_changed_is_drawn(void **state)
{
    static const int sizes[][2] = {{900, 500}, {480, 900}, {2200, 1300}};
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        int w = sizes[k][0], h = sizes[k][1], largest, part = 0;
        coch_view_cache *cache = coch_view_cache_new();
        cairo_surface_t *kept = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w, h);
        scene_sustain(&model);
        for (int i = 0; i < 100; i++) {
            step_of(&model, i);
            cairo_t *cr = cairo_create(kept);
            coch_view_draw(cr, &model, cache, w, h, 1.0);
            cairo_destroy(cr);
            cairo_surface_flush(kept);
            part += coch_view_changed(cache) < h;
            if (i % (w > 1000 ? 25 : 5) > 1) /* comparing takes long */
                continue;
            cairo_surface_t *fresh = drawn(&model, NULL, w, h, 1.0);
            difference(kept, fresh, &largest);
            if (largest != 0)
                fail_msg("picture %d of %d x %d is another when drawn in parts", i, w, h);
            cairo_surface_destroy(fresh);
        }
        assert_true(part > 50);
        cairo_surface_destroy(kept);
        coch_view_cache_free(cache);
    }
}

/* Onto what is no image, and where the picture does not begin at its origin. */
static void any_surface_will_do(void **state)
{
    int largest;
    cairo_surface_t *part = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 900, 500);
    cairo_surface_t *recording = cairo_recording_surface_create(CAIRO_CONTENT_COLOR, NULL);
    (void)state;
    scene_dense(&model);
    cairo_surface_t *plain = drawn(&model, NULL, 900, 500, 1.0);
    cairo_t *cr = cairo_create(recording);
    cairo_translate(cr, 30.0, 20.0);
    coch_view_draw(cr, &model, NULL, 900, 500, 1.0);
    cairo_destroy(cr);
    cr = cairo_create(part);
    cairo_set_source_surface(cr, recording, -30.0, -20.0);
    cairo_paint(cr);
    cairo_destroy(cr);
    cairo_surface_flush(part);
    difference(plain, part, &largest);
    assert_int_equal(largest, 0);
    cairo_surface_destroy(plain);
    cairo_surface_destroy(part);
    cairo_surface_destroy(recording);
}

static void drawing_leaves_the_model(void **state)
{
    static coch_view_model copy;
    (void)state;
    scene_clip(&model);
    memcpy(&copy, &model, sizeof model);
    cairo_surface_destroy(drawn(&model, NULL, 900, 500, 1.0));
    assert_memory_equal(&copy, &model, sizeof model);
}

static void any_size_and_any_model_are_drawn(void **state)
{
    static const int sizes[][2] = {{1, 1},    {2, 900},   {900, 2},   {17, 13},
                                   {120, 80}, {320, 200}, {200, 900}, {2000, 150}};
    static const double scales[] = {0.5, 1.0, 1.7, 4.0};
    coch_view_cache *cache = coch_view_cache_new();
    (void)state;
    scene_clip(&model);
    for (int i = 0; i < 40; i++) /* out of the keyboard, out of all ranges */
        scene_note(&model, i * 13 % 128, i * 9 % 128, 5.0 + 0.02 * i, i % 3 ? 0.0 : 5.9);
    for (int i = 0; i < COCH_VIEW_BINS; i++)
        model.energy[i] = i % 5 == 0 ? -1.0f : i % 5 == 1 ? 2.0f : i % 5 == 2 ? NAN : 0.5f;
    model.peak = 100.0f;
    while (coch_view_add_knob(&model, 99, "A name that is far too long for it", "", 0, 1, 0.1, 0.5) >= 0)
        ;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t k = 0; k < sizeof scales / sizeof *scales; k++) {
            cairo_surface_t *surface = drawn(&model, cache, sizes[i][0], sizes[i][1], scales[k]);
            assert_int_equal(cairo_surface_status(surface), CAIRO_STATUS_SUCCESS);
            cairo_surface_destroy(surface);
        }
    coch_view_cache_free(cache);
}

static int channel(uint32_t pixel, int shift)
{
    return (int)(pixel >> shift & 255);
}

static void a_sounding_note_lights_its_key(void **state)
{
    coch_view_layout l;
    double left, width;
    (void)state;
    scene_empty(&model);
    model.now = 2.0;
    coch_view_layout_of(&l, &model, 900, 500, 1.0);
    coch_view_key(60, &left, &width);
    int x = (int)(l.keyboard.x + (left + width / 2.0) * l.keyboard.w),
        y = (int)(l.keyboard.y + l.keyboard.h * 0.75);
    cairo_surface_t *before = drawn(&model, NULL, 900, 500, 1.0);
    scene_note(&model, 60, 120, 1.9, 0.0);
    cairo_surface_t *lit = drawn(&model, NULL, 900, 500, 1.0);
    assert_true(channel(pixel_at(lit, x, y), 8) > channel(pixel_at(before, x, y), 8) + 60);
    scene_event(&model, COCHLEA_NOTE_OFF, 60, 0, 2.0, 0.0);
    model.now = 3.0;
    cairo_surface_t *after = drawn(&model, NULL, 900, 500, 1.0);
    assert_int_equal(pixel_at(after, x, y), pixel_at(before, x, y));
    cairo_surface_destroy(before);
    cairo_surface_destroy(lit);
    cairo_surface_destroy(after);
}

/* How bright the roll is where a note began a second ago. */
static int roll_brightness(int velocity, double sureness)
{
    coch_view_layout l;
    double left, width;
    scene_empty(&model);
    scene_event(&model, COCHLEA_NOTE_ON, 60, velocity, 1.0, sureness);
    scene_event(&model, COCHLEA_NOTE_OFF, 60, 0, 1.5, 0.0);
    model.now = 2.0;
    coch_view_layout_of(&l, &model, 900, 500, 1.0);
    coch_view_key(60, &left, &width);
    int x = (int)(l.roll.x + (left + width / 2.0) * l.roll.w);
    int y = (int)(l.roll.y + l.roll.h * (1.0 - 0.75 / model.span));
    cairo_surface_t *surface = drawn(&model, NULL, 900, 500, 1.0);
    uint32_t p = pixel_at(surface, x, y);
    cairo_surface_destroy(surface);
    return channel(p, 0) + channel(p, 8) + channel(p, 16);
}

static void louder_and_surer_is_brighter(void **state)
{
    (void)state;
    assert_true(roll_brightness(100, 1.0) > roll_brightness(40, 1.0) + 60);
    assert_true(roll_brightness(80, 1.0) > roll_brightness(80, 0.3) + 100);
}

/* ---- Colours ---- */

static double contrast(coch_view_tone a, coch_view_tone b)
{
    double x = coch_view_luminance(coch_view_theme(a)), y = coch_view_luminance(coch_view_theme(b));
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static void text_has_contrast(void **state)
{
    static const coch_view_tone grounds[] = {COCH_VIEW_BACKGROUND, COCH_VIEW_PANEL, COCH_VIEW_RAISED};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_true(contrast(COCH_VIEW_TEXT_BRIGHT, grounds[i]) >= 7.0);
        assert_true(contrast(COCH_VIEW_TEXT_DIM, grounds[i]) >= 4.5);
        assert_true(contrast(COCH_VIEW_ACCENT, grounds[i]) >= 4.5);
        assert_true(contrast(COCH_VIEW_ALARM, grounds[i]) >= 4.5);
    }
    assert_true(contrast(COCH_VIEW_TEXT_BRIGHT, COCH_VIEW_LINE) >= 7.0);
    assert_true(contrast(COCH_VIEW_TEXT_BRIGHT, COCH_VIEW_WHITE_KEY) >= 4.5);
}

static double linear(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* What is left of a colour for an eye without one kind of cone: Machado, Oliveira, Fernandes (2009),
 * severity 1. */
static double seen_difference(const double (*eye)[3], coch_view_colour a, coch_view_colour b)
{
    double x[3] = {linear(a.r) - linear(b.r), linear(a.g) - linear(b.g), linear(a.b) - linear(b.b)},
           sum = 0.0;
    for (int i = 0; i < 3; i++) {
        double d = eye[i][0] * x[0] + eye[i][1] * x[1] + eye[i][2] * x[2];
        sum += d * d;
    }
    return sqrt(sum);
}

static void the_map_is_read_by_every_eye(void **state)
{
    static const double eyes[4][3][3] = {
        {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
        {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
        {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
        {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
    };
    (void)state;
    for (int i = 1; i <= 32; i++)
        assert_true(coch_view_luminance(coch_view_map(i / 32.0)) >
                    coch_view_luminance(coch_view_map((i - 1) / 32.0)));
    for (int e = 0; e < 4; e++)
        for (int i = 0; i < 5; i++)
            for (int k = i + 1; k <= 5; k++)
                assert_true(seen_difference(eyes[e], coch_view_map(i / 5.0), coch_view_map(k / 5.0)) > 0.1);
}

/* ---- Layout ---- */

static void keys_lie_side_by_side(void **state)
{
    double left, width, end = 0.0;
    (void)state;
    for (int n = COCH_VIEW_LOW; n <= COCH_VIEW_HIGH; n++) {
        coch_view_key(n, &left, &width);
        assert_true(left >= 0.0 && left + width <= 1.0 + 1e-9);
        if (coch_view_black(n)) {
            assert_true(left < end && left + width > end); /* over the gap of two white ones */
        } else {
            assert_true(fabs(left - end) < 1e-9);
            end = left + width;
        }
    }
    assert_true(fabs(end - 1.0) < 1e-9);
}

static void parts_do_not_overlap(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCENES; i++) {
        coch_view_layout l;
        const scene *s = &scenes[i];
        s->make(&model);
        coch_view_layout_of(&l, &model, s->width, s->height, s->scale);
        const coch_view_rect *parts[] = {&l.header, &l.roll, &l.keyboard, &l.spiral, &l.strip};
        for (int a = 0; a < 5; a++)
            for (int b = a + 1; b < 5; b++) {
                const coch_view_rect *p = parts[a], *q = parts[b];
                int apart = p->w == 0.0 || q->w == 0.0 || p->x + p->w <= q->x || q->x + q->w <= p->x ||
                            p->y + p->h <= q->y || q->y + q->h <= p->y;
                if (!apart)
                    fail_msg("%s: parts %d and %d overlap", s->name, a, b);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenes_look_as_before),
        cmocka_unit_test(goldens_see_small_changes),
        cmocka_unit_test(cache_changes_nothing),
        cmocka_unit_test(only_what_changed_is_drawn),
        cmocka_unit_test(any_surface_will_do),
        cmocka_unit_test(drawing_leaves_the_model),
        cmocka_unit_test(any_size_and_any_model_are_drawn),
        cmocka_unit_test(a_sounding_note_lights_its_key),
        cmocka_unit_test(louder_and_surer_is_brighter),
        cmocka_unit_test(text_has_contrast),
        cmocka_unit_test(the_map_is_read_by_every_eye),
        cmocka_unit_test(keys_lie_side_by_side),
        cmocka_unit_test(parts_do_not_overlap),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    cairo_debug_reset_static_data(); /* for the leak checker */
    return failed;
}
