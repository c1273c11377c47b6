/* The controls of the live window: what they say of settings, and what settings they make. */
#include "live_hybrid_model.h"
#include "live_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static live_menu menus[LIVE_MENUS];

static void fill_menus(void)
{
    memset(menus, 0, sizeof menus);
    for (int m = 0; m < LIVE_MENUS; m++) {
        menus[m].count = 3;
        menus[m].current = m;
        for (int i = 0; i < 3; i++)
            snprintf(menus[m].text[i], BACKEND_NAME_SIZE, "choice %d of %d", i, m);
    }
}

static coch_view_control *named(coch_view_model *model, const char *name)
{
    for (int i = 0; i < model->control_count; i++)
        if (strcmp(model->controls[i].name, name) == 0)
            return &model->controls[i];
    fail_msg("no control %s", name);
    return NULL;
}

static void settings_pass_through(void **state)
{
    static coch_view_model model;
    cochlea_settings given, taken;
    unsigned channel = 0;
    (void)state;
    cochlea_settings_default(&given);
    given.timing = COCHLEA_STEADY;
    given.steady_ms = 75;
    given.lookahead_ms = 140;
    given.sensitivity = 1.5f;
    given.velocity_curve = 0.5f;
    given.transpose = -12;
    given.tuning_hz = 442.5;
    given.sustain = 0;
    given.low_note = 36;
    given.high_note = 96;
    taken = given;
    fill_menus();
    coch_view_model_init(&model);
    live_model_controls(&model, &given, 9, menus);
    cochlea_settings_default(&taken);
    live_model_settings(&model, &taken, &channel);
    assert_int_equal(channel, 9);
    assert_int_equal(taken.timing, given.timing);
    assert_true(taken.steady_ms == given.steady_ms && taken.lookahead_ms == given.lookahead_ms);
    assert_true(taken.sensitivity == given.sensitivity && taken.velocity_curve == given.velocity_curve);
    assert_true(taken.tuning_hz == given.tuning_hz);
    assert_int_equal(taken.transpose, given.transpose);
    assert_int_equal(taken.sustain, 0);
    assert_int_equal(taken.low_note, 36);
    assert_int_equal(taken.high_note, 96);
}

/* Beside the others, and without meddling with them. */
static void hybrids_pass_through(void **state)
{
    static coch_view_model model;
    cochlea_hybrid_model *targets;
    cochlea_settings given, taken;
    unsigned channel = 0;
    live_hybrid_word word = {.monitor_db = -12}, said = {.monitor_db = 3};
    (void)state;
    assert_int_equal(cochlea_hybrid_model_open(&targets, NULL, NULL, 0), COCHLEA_OK);
    cochlea_hybrid_settings_default(&word.settings);
    word.settings.target = 4;
    word.settings.second = 7;
    word.settings.morph = 0.35f;
    word.settings.mix = 0.8f;
    cochlea_settings_default(&given);
    taken = given;
    fill_menus();
    coch_view_model_init(&model);
    live_model_controls(&model, &given, 3, menus);
    live_hybrid_model_controls(&model, targets, &word);
    assert_true(model.control_count < COCH_VIEW_CONTROLS);
    live_model_settings(&model, &taken, &channel);
    assert_true(taken.sensitivity == given.sensitivity && taken.tuning_hz == given.tuning_hz && channel == 3);
    live_hybrid_model_word(&model, &said);
    assert_true(said.settings.target == 4 && said.settings.second == 7 && said.monitor_db == -12.0f);
    assert_true(said.settings.morph == 0.35f && said.settings.mix == 0.8f);
    live_hybrid_model_open(&model);
    live_hybrid_model_place(&model, targets, &word);
    assert_string_equal(model.hybrid.target, "Tenor sax");
    assert_string_equal(model.hybrid.second, "Organ");
    cochlea_hybrid_model_free(targets);
}

static void menus_show_what_is_chosen(void **state)
{
    static coch_view_model model;
    cochlea_settings settings;
    char text[COCH_VIEW_TEXT];
    (void)state;
    cochlea_settings_default(&settings);
    fill_menus();
    coch_view_model_init(&model);
    for (int again = 0; again < 3; again++) { /* anew as often as one likes */
        live_model_controls(&model, &settings, 0, menus);
        for (int m = 0; m < LIVE_MENUS; m++) {
            coch_view_control_text(&model, coch_view_find(&model, LIVE_CONTROL_MENU + m), text, sizeof text);
            assert_string_equal(text, menus[m].text[m]);
        }
    }
}

/* As many entries as there may be leave room for the other menu. */
static void full_menus_fit(void **state)
{
    static coch_view_model model;
    cochlea_settings settings;
    (void)state;
    cochlea_settings_default(&settings);
    fill_menus();
    for (int m = 0; m < LIVE_MENUS; m++)
        menus[m].count = LIVE_MENU_ENTRIES;
    coch_view_model_init(&model);
    live_model_controls(&model, &settings, 0, menus);
    assert_int_equal(named(&model, "Weights")->choices, LIVE_MENU_ENTRIES);
    assert_int_equal(named(&model, "Timing")->choices, 2);
}

static void crossed_keys_are_a_range(void **state)
{
    static coch_view_model model;
    cochlea_settings settings;
    unsigned channel;
    (void)state;
    cochlea_settings_default(&settings);
    fill_menus();
    coch_view_model_init(&model);
    live_model_controls(&model, &settings, 0, menus);
    named(&model, "Lowest key")->value = 80;
    named(&model, "Highest key")->value = 40;
    live_model_settings(&model, &settings, &channel);
    assert_int_equal(settings.low_note, 40);
    assert_int_equal(settings.high_note, 80);
}

static void steady_counts_only_when_it_is_on(void **state)
{
    static coch_view_model model;
    cochlea_settings settings;
    (void)state;
    cochlea_settings_default(&settings);
    fill_menus();
    coch_view_model_init(&model);
    live_model_controls(&model, &settings, 0, menus);
    assert_true(named(&model, "Steady at")->disabled);
    named(&model, "Timing")->value = 1;
    live_model_enable(&model);
    assert_false(named(&model, "Steady at")->disabled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_pass_through),     cmocka_unit_test(hybrids_pass_through),
        cmocka_unit_test(menus_show_what_is_chosen), cmocka_unit_test(full_menus_fit),
        cmocka_unit_test(crossed_keys_are_a_range),  cmocka_unit_test(steady_counts_only_when_it_is_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
