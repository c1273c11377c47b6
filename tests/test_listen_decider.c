/* How the instrument detector decides from its scores, and which weight files it takes. */
#include "default_models.h"
#include "listen/instrument.h"
#include "listen/instrument_decider.h"
#include "listen/piano.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state)
{
    *state = default_instrument_model();
    return 0;
}

static int tear_down(void **state)
{
    coch_instrument_model_free(*state);
    return 0;
}

/* ---- Deciding ---- */

/* Feeds the same scores for both windows: `sure` of class `label`. */
static void say(coch_instrument_course *course, const coch_instrument_model *model, size_t window_label,
                size_t short_label)
{
    float window[COCH_INSTRUMENT_CLASSES_MAX] = {0}, shortest[COCH_INSTRUMENT_CLASSES_MAX] = {0};
    window[window_label] = 8;
    shortest[short_label] = 8;
    coch_instrument_course_decide(course, model, window, shortest);
}

static void window_grows_and_starts_anew(void **state)
{
    const coch_instrument_model *model = *state;
    const coch_instrument_decider *d = &model->decider;
    coch_instrument_course course;
    coch_instrument_course_reset(&course, model);
    assert_int_equal(coch_instrument_course_window(&course, d), d->shortest);
    for (size_t i = 0; i < 2 * d->longest; i++)
        say(&course, model, 3, 3);
    assert_int_equal(coch_instrument_course_window(&course, d), d->longest);
    assert_int_equal(course.decision.shown, 3);
    for (size_t i = 0; i + 1 < d->change_blocks; i++)
        say(&course, model, 3, 5);
    assert_int_equal(course.decision.label, 3);
    say(&course, model, 3, 5);
    assert_int_equal(course.decision.label, 5);
    assert_int_equal(course.decision.shown, 5);
    assert_true(coch_instrument_course_window(&course, d) <= d->shortest + 1);
}

/* A short window that leaves much to what played before begins nothing, however sure it is. */
static void a_rival_that_stays_stops_a_change(void **state)
{
    const coch_instrument_model *model = *state;
    coch_instrument_model strict = *model;
    coch_instrument_course course;
    strict.decider.change_level = 0.3;
    strict.decider.change_rest = 0.1;
    strict.decider.change_blocks = 1;
    coch_instrument_course_reset(&course, &strict);
    for (size_t i = 0; i < 20; i++)
        say(&course, &strict, 3, 3);
    const float rest[] = {7, 4};
    for (size_t i = 0; i < 2; i++) {
        float window[COCH_INSTRUMENT_CLASSES_MAX] = {0}, shortest[COCH_INSTRUMENT_CLASSES_MAX] = {0};
        window[3] = shortest[5] = 8;
        shortest[3] = rest[i]; /* 0.27 of the old class, then 0.02 */
        coch_instrument_course_decide(&course, &strict, window, shortest);
        assert_int_equal(course.decision.label, i == 0 ? 3 : 5);
    }
}

static void doubt_hides_the_name(void **state)
{
    const coch_instrument_model *model = *state;
    coch_instrument_course course;
    float flat[COCH_INSTRUMENT_CLASSES_MAX] = {0}, flat_too[COCH_INSTRUMENT_CLASSES_MAX] = {0};
    coch_instrument_course_reset(&course, model);
    assert_true(course.decision.shown == SIZE_MAX);
    for (size_t i = 0; i < 10; i++)
        say(&course, model, 2, 2);
    assert_int_equal(course.decision.shown, 2);
    for (size_t i = 0; i < 30; i++) {
        memset(flat, 0, sizeof flat);
        memset(flat_too, 0, sizeof flat_too);
        coch_instrument_course_decide(&course, model, flat, flat_too);
    }
    assert_true(course.decision.shown == SIZE_MAX);
}

/* ---- Models ---- */

static void other_architectures_are_refused(void **state)
{
    (void)state;
    /* The piano's weights are a good file of another kind. */
    coch_gguf *file;
    coch_instrument_model *model = NULL;
    char why[200];
    size_t size;
    const void *bytes = coch_piano_default_weights(&size);
    assert_int_equal(coch_gguf_open_memory(&file, bytes, size, why, sizeof why), COCHLEA_OK);
    assert_int_equal(coch_instrument_model_new(&model, file, why, sizeof why), COCHLEA_ERROR_UNSUPPORTED);
    assert_null(model);
    assert_non_null(strstr(why, "general.architecture"));
    coch_gguf_free(file);
}

/* The weights with every occurrence of one name spelt wrongly. */
static cochlea_status try_without(const char *name, char *why, size_t why_size)
{
    size_t size, length = strlen(name);
    const unsigned char *good = coch_instrument_default_weights(&size);
    unsigned char *bytes = aligned_alloc(64, (size + 63) / 64 * 64);
    coch_gguf *file;
    coch_instrument_model *model = NULL;
    int found = 0;
    assert_non_null(bytes);
    memcpy(bytes, good, size);
    for (size_t i = 0; i + length < size; i++)
        if (memcmp(bytes + i, name, length) == 0) {
            bytes[i] = '#';
            found = 1;
        }
    assert_true(found);
    cochlea_status status = coch_gguf_open_memory(&file, bytes, size, why, why_size);
    assert_int_equal(status, COCHLEA_OK);
    status = coch_instrument_model_new(&model, file, why, why_size);
    assert_int_equal(status == COCHLEA_OK, model != NULL);
    coch_instrument_model_free(model);
    coch_gguf_free(file);
    free(bytes);
    return status;
}

static void every_entry_is_needed(void **state)
{
    (void)state;
    static const char *const names[] = {"general.architecture",
                                        "cochlea.instrument.version",
                                        "cochlea.instrument.sample_rate",
                                        "cochlea.instrument.hop",
                                        "cochlea.instrument.bins",
                                        "cochlea.instrument.bins_per_octave",
                                        "cochlea.instrument.lowest_hz",
                                        "cochlea.instrument.group_ends",
                                        "cochlea.instrument.group_ffts",
                                        "cochlea.instrument.group_counts",
                                        "cochlea.instrument.level_floor",
                                        "cochlea.instrument.level_decay",
                                        "cochlea.instrument.gain",
                                        "cochlea.instrument.slope",
                                        "cochlea.instrument.perceptron_slope",
                                        "cochlea.instrument.classes",
                                        "cochlea.instrument.net_weight",
                                        "cochlea.instrument.statistics_weight",
                                        "cochlea.instrument.shortest",
                                        "cochlea.instrument.longest",
                                        "cochlea.instrument.smoothing",
                                        "cochlea.instrument.change_level",
                                        "cochlea.instrument.change_rest",
                                        "cochlea.instrument.change_blocks",
                                        "cochlea.instrument.shown_on",
                                        "cochlea.instrument.shown_off",
                                        "net.2d.first.weight",
                                        "net.2d.first.bias",
                                        "net.2d.second.weight",
                                        "net.1d.first.weight",
                                        "net.1d.second.bias",
                                        "net.spiral.first.weight",
                                        "net.spiral.second.weight",
                                        "net.dense.weight",
                                        "net.out.bias",
                                        "statistics.time",
                                        "statistics.still",
                                        "statistics.moving",
                                        "statistics.cosine",
                                        "statistics.comb",
                                        "statistics.dense1.weight",
                                        "statistics.dense2.bias",
                                        "statistics.dense3.weight"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char why[200];
        assert_int_equal(try_without(names[i], why, sizeof why), COCHLEA_ERROR_MISSING);
        assert_non_null(strstr(why, "is missing"));
    }
}

static void classes_have_names(void **state)
{
    const coch_instrument_model *model = *state;
    static const char *const names[] = {"clarinet",     "distorted_electric_guitar",
                                        "female_voice", "flute",
                                        "piano",        "tenor_sax",
                                        "trumpet",      "violin",
                                        "other",        "none"};
    assert_int_equal(coch_instrument_model_classes(model), 10);
    for (size_t i = 0; i < 10; i++) {
        assert_string_equal(coch_instrument_model_class(model, i), names[i]);
        assert_int_equal(coch_instrument_model_find(model, names[i]), i);
    }
    assert_null(coch_instrument_model_class(model, 10));
    assert_true(coch_instrument_model_find(model, "kazoo") == SIZE_MAX);
    /* Two per cent of a core is about 20 million multiply-adds in 100 ms. */
    assert_true(coch_instrument_model_operations(model) < 20000000);
    assert_true(coch_instrument_model_parameters(model) < 400000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(window_grows_and_starts_anew), cmocka_unit_test(a_rival_that_stays_stops_a_change),
        cmocka_unit_test(doubt_hides_the_name),         cmocka_unit_test(other_architectures_are_refused),
        cmocka_unit_test(every_entry_is_needed),        cmocka_unit_test(classes_have_names),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
