/* The model of the picture: events, meters, time, controls. */
#include "scenes.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static coch_view_model model;

static const coch_view_note *note(size_t index)
{
    return &model.notes[index % COCH_VIEW_NOTES];
}

static void notes_begin_and_end(void **state)
{
    (void)state;
    coch_view_model_init(&model);
    scene_note(&model, 60, 80, 1.0, 2.0);
    scene_note(&model, 64, 70, 1.5, 0.0);
    assert_int_equal(model.note_count, 2);
    assert_false(note(0)->sounding);
    assert_true(note(1)->sounding);
    assert_true(fabs(note(0)->on - 1.0) < 1e-4 && fabs(note(0)->off - 2.0) < 1e-4);
    scene_note(&model, 64, 90, 1.7, 0.0); /* struck again without an end */
    assert_false(note(1)->sounding);
    assert_true(fabs(note(1)->off - 1.7) < 1e-4);
    scene_event(&model, COCHLEA_NOTE_OFF, 61, 0, 1.9, 0.0); /* never began */
    assert_int_equal(model.note_count, 3);
    scene_event(&model, COCHLEA_NOTE_OFF, 64, 0, 1.6, 0.0); /* ends before it began */
    assert_true(note(2)->off >= note(2)->on);
    coch_view_model_restart(&model);
    assert_int_equal(model.note_count, 0);
}

static void the_ring_keeps_the_newest(void **state)
{
    (void)state;
    coch_view_model_init(&model);
    for (int i = 0; i < COCH_VIEW_NOTES + 100; i++)
        scene_note(&model, 21 + i % 88, 64, i, i + 0.5);
    assert_int_equal(model.note_count - coch_view_first_note(&model), COCH_VIEW_NOTES);
    assert_true(fabs(note(coch_view_first_note(&model))->on - 100.0) < 1e-4);
    assert_true(fabs(note(model.note_count - 1)->on - (COCH_VIEW_NOTES + 99)) < 1e-4);
    for (int i = 0; i < COCH_VIEW_PEDALS + 10; i++) {
        scene_event(&model, COCHLEA_CONTROL, COCHLEA_SUSTAIN, 127, i, 0.0);
        scene_event(&model, COCHLEA_CONTROL, COCHLEA_SUSTAIN, 0, i + 0.5, 0.0);
    }
    assert_int_equal(model.pedal_count - coch_view_first_pedal(&model), COCH_VIEW_PEDALS);
}

static void the_pedal_goes_down_and_up(void **state)
{
    (void)state;
    coch_view_model_init(&model);
    scene_event(&model, COCHLEA_CONTROL, COCHLEA_SUSTAIN, 0, 0.5, 0.0); /* up, and was never down */
    assert_int_equal(model.pedal_count, 0);
    scene_event(&model, COCHLEA_CONTROL, COCHLEA_SUSTAIN, 100, 1.0, 0.0);
    scene_event(&model, COCHLEA_CONTROL, COCHLEA_SUSTAIN, 127, 1.5, 0.0);
    assert_int_equal(model.pedal_count, 1);
    assert_true(model.pedals[0].held);
    scene_event(&model, COCHLEA_CONTROL, 7, 0, 1.6, 0.0); /* volume is no pedal */
    assert_true(model.pedals[0].held);
    scene_event(&model, COCHLEA_CONTROL, COCHLEA_SUSTAIN, 10, 2.0, 0.0);
    assert_false(model.pedals[0].held);
    assert_true(fabs(model.pedals[0].up - 2.0) < 1e-4);
}

static void latency_is_the_median_with_the_output(void **state)
{
    static const int late[] = {30, 900, 31, 29, 33};
    (void)state;
    coch_view_model_init(&model);
    assert_true(coch_view_model_latency(&model) < 0.0);
    for (int i = 0; i < 5; i++) {
        cochlea_event e = {.type = COCHLEA_NOTE_ON, .note = 60, .velocity = 64, .time = 1000 * i};
        e.emit = e.time + late[i];
        coch_view_model_events(&model, &e, 1, 1000.0);
    }
    assert_true(fabs(coch_view_model_latency(&model) - 31.0) < 1e-3);
    model.output_latency_ms = 5.0f;
    assert_true(fabs(coch_view_model_latency(&model) - 36.0) < 1e-3);
}

/* The input comes in blocks of 1024 samples, the picture asks sixty times a second. */
static void time_flows_evenly(void **state)
{
    (void)state;
    double last = 0.0;
    coch_view_model_init(&model);
    for (int frame = 1; frame < 600; frame++) {
        double wall = 50.0 + frame / 60.0;
        cochlea_stats stats = {.samples = (int64_t)(frame / 60.0 * SCENE_RATE / 1024.0) * 1024};
        coch_view_model_stats(&model, &stats, SCENE_RATE, wall);
        if (frame > 120) {
            assert_true(model.now - last > 0.9 / 60.0 && model.now - last < 1.1 / 60.0);
            assert_true(fabs(model.now - frame / 60.0) < 0.03);
        }
        last = model.now;
    }
    cochlea_stats stats = {.samples = (int64_t)(100.0 * SCENE_RATE)};
    coch_view_model_stats(&model, &stats, SCENE_RATE, 60.0); /* a jump of the input is jumped after */
    assert_true(fabs(model.now - 100.0) < 1e-6);
}

static void a_stopped_input_stops_the_picture(void **state)
{
    cochlea_stats stats = {.samples = (int64_t)(5.0 * SCENE_RATE)};
    (void)state;
    coch_view_model_init(&model);
    for (int frame = 0; frame < 600; frame++)
        coch_view_model_stats(&model, &stats, SCENE_RATE, frame / 60.0);
    assert_true(model.now > 4.9 && model.now < 5.4);
}

static void the_meter_falls_slowly_and_the_clip_stays(void **state)
{
    cochlea_stats loud = {.peak = 1.2f, .clipped = 1}, quiet = {0};
    (void)state;
    coch_view_model_init(&model);
    assert_false(model.clipped);
    coch_view_model_stats(&model, &quiet, SCENE_RATE, 9.9);
    assert_false(model.clipped);
    coch_view_model_stats(&model, &loud, SCENE_RATE, 10.0);
    assert_true(model.clipped && model.peak == 1.2f);
    coch_view_model_stats(&model, &quiet, SCENE_RATE, 10.5);
    assert_true(model.clipped);
    assert_true(model.peak > 0.05f && model.peak < 0.3f && model.peak_hold == 1.2f);
    coch_view_model_stats(&model, &quiet, SCENE_RATE, 12.0);
    assert_true(model.peak_hold < 0.2f);
    coch_view_model_stats(&model, &quiet, SCENE_RATE, 13.5);
    assert_false(model.clipped);
}

static void energy_rises_at_once_and_fades(void **state)
{
    static float features[COCH_VIEW_BINS * 3];
    (void)state;
    coch_view_model_init(&model);
    for (int i = 0; i < COCH_VIEW_BINS * 3; i++)
        features[i] = -1.0f; /* silence */
    coch_view_model_features(&model, features, 0.01);
    for (int b = 0; b < COCH_VIEW_BINS; b++)
        assert_true(model.energy[b] == 0.0f);
    features[3 * 30 + 2] = features[3 * 250 + 1] =
        2.9f; /* the long window in the bass, the middle one above */
    coch_view_model_features(&model, features, 0.01);
    assert_true(model.energy[30] > 0.9f && model.energy[250] > 0.9f && model.energy[100] == 0.0f);
    coch_view_model_features(&model, NULL, 0.05);
    assert_true(model.energy[30] > 0.3f && model.energy[30] < 0.9f);
    coch_view_model_features(&model, NULL, 2.0);
    assert_true(model.energy[30] < 0.001f);
}

static void controls_keep_their_ranges_and_words(void **state)
{
    char text[COCH_VIEW_TEXT];
    (void)state;
    coch_view_model_init(&model);
    scene_controls(&model);
    coch_view_control *look = coch_view_find(&model, 4), *sense = coch_view_find(&model, 5);
    assert_true(coch_view_control_near(look, 1e9) == 200.0 && coch_view_control_near(look, -5.0) == 20.0);
    assert_true(coch_view_control_near(look, NAN) == 20.0);
    assert_true(coch_view_control_near(look, 55.4) == 55.0);
    assert_true(fabs(coch_view_control_position(sense) - 0.5) <
                1e-9); /* by ratios: 1 is half way from 1/2 to 2 */
    assert_true(fabs(coch_view_control_at(sense, 1.0) - 2.0) < 1e-9);
    coch_view_control_text(&model, look, text, sizeof text);
    assert_string_equal(text, "100 ms");
    coch_view_find(&model, 7)->value = 5;
    coch_view_control_text(&model, coch_view_find(&model, 7), text, sizeof text);
    assert_string_equal(text, "+5 st");
    coch_view_find(&model, 1)->value = 2;
    coch_view_control_text(&model, coch_view_find(&model, 1), text, sizeof text);
    assert_string_equal(text, "Built-in microphone");
    coch_view_control_text(&model, coch_view_find(&model, 8), text, sizeof text);
    assert_string_equal(text, "on");
    int low = coch_view_add_knob(&model, 9, "Lowest", "note", 21, 108, 1, 61);
    coch_view_control_text(&model, &model.controls[low], text, sizeof text);
    assert_string_equal(text, "C#4");
    assert_null(coch_view_find(&model, 77));
}

static void too_much_is_refused(void **state)
{
    (void)state;
    coch_view_model_init(&model);
    int menu = coch_view_add_menu(
        &model, 1,
        "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9");
    assert_int_equal(strlen(model.controls[menu].name), 22); /* cut between characters */
    for (int i = 0; i < COCH_VIEW_CHOICES; i++)
        assert_int_equal(coch_view_add_choice(&model, menu, "x"), i);
    assert_int_equal(coch_view_add_choice(&model, menu, "x"), -1);
    for (int i = 1; i < COCH_VIEW_CONTROLS; i++)
        assert_int_equal(coch_view_add_switch(&model, 2, "s", 0), i);
    assert_int_equal(coch_view_add_switch(&model, 2, "s", 0), -1);
    assert_int_equal(coch_view_add_choice(&model, menu, "x"), -1); /* no longer the last control */
}

static void instruments_have_names(void **state)
{
    static coch_view_model m;
    const char *const names[] = {"tenor_sax", "none"};
    const float p[] = {0.7f, 0.3f};
    (void)state;
    coch_view_model_init(&m);
    coch_view_model_instrument(&m, names, p, 2, 0);
    assert_string_equal(m.instrument, "Tenor sax");
    assert_true(m.instrument_confidence == 0.7f);
    assert_int_equal(m.class_count, 2);
    assert_string_equal(m.classes[1].name, "None");
    coch_view_model_instrument(&m, names, p, 2, 1);
    assert_string_equal(m.instrument, "");
    coch_view_model_instrument(&m, names, p, 0, -1);
    assert_int_equal(m.class_count, 0);
    assert_string_equal(m.instrument, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_begin_and_end),
        cmocka_unit_test(the_ring_keeps_the_newest),
        cmocka_unit_test(the_pedal_goes_down_and_up),
        cmocka_unit_test(latency_is_the_median_with_the_output),
        cmocka_unit_test(time_flows_evenly),
        cmocka_unit_test(a_stopped_input_stops_the_picture),
        cmocka_unit_test(the_meter_falls_slowly_and_the_clip_stays),
        cmocka_unit_test(energy_rises_at_once_and_fades),
        cmocka_unit_test(controls_keep_their_ranges_and_words),
        cmocka_unit_test(instruments_have_names),
        cmocka_unit_test(too_much_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
