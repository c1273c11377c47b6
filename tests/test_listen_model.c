/* Weight files of the piano net: all widths that fit are taken, every mistake is refused with its name. */
#include "dsp/cpu.h"
#include "listen/piano.h"
#include "piano_builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static char why[200];

/* Tries the file; the model must be freed by the caller. */
static cochlea_status try_model(piano_builder builder, coch_piano_model **model)
{
    size_t size;
    unsigned char *bytes = piano_builder_finish(&builder, &size);
    coch_gguf *file;
    assert_int_equal(coch_gguf_open_memory(&file, bytes, size, why, sizeof why), COCHLEA_OK);
    cochlea_status status = coch_piano_model_new(model, file, why, sizeof why);
    assert_true((status == COCHLEA_OK) == (*model != NULL));
    assert_true((status == COCHLEA_OK) == (why[0] == '\0'));
    coch_piano_model *quiet;
    assert_int_equal(coch_piano_model_new(&quiet, file, NULL, 0), status);
    coch_piano_model_free(quiet);
    coch_gguf_free(file);
    free(bytes);
    return status;
}

/* Some hops of noise; outputs must be finite and not all the same. */
static void run_model(const coch_piano_model *model)
{
    coch_piano *piano;
    float hop[160];
    uint32_t noise = 7;
    assert_int_equal(coch_piano_new(&piano, model, coch_kernels_select(COCH_CPU_ALL)), COCHLEA_OK);
    float sum = 0;
    for (int t = 0; t < 20; t++) {
        for (int i = 0; i < 160; i++) {
            noise = noise * 1664525u + 1013904223u;
            hop[i] = (float)(int32_t)noise * 0x1p-32f;
        }
        const coch_activations *a = coch_piano_process(piano, hop);
        for (int key = 0; key < COCH_PIANO_KEYS; key++)
            sum += fabsf(a->onset[key][0] - a->onset[0][0]) + fabsf(a->velocity[key][0]);
        assert_true(isfinite(sum));
        for (int i = 0; i < COCH_PEDAL_CLASSES; i++)
            assert_true(a->pedal[i] > 0 && a->pedal[i] < 1);
    }
    assert_true(sum > 0);
    coch_piano_free(piano);
}

static void check_widths(piano_builder builder)
{
    coch_piano_model *model;
    if (try_model(builder, &model) != COCHLEA_OK)
        fail_msg("%s", why);
    assert_int_equal(coch_piano_model_tracker(model)->deadlines, builder.deadlines);
    run_model(model);
    coch_piano_model_free(model);
}

static void widths_may_vary(void **state)
{
    (void)state;
    check_widths(piano_builder_small());
    check_widths((piano_builder){.conv1 = 32,
                                 .conv2 = 48,
                                 .conv3 = 16,
                                 .features = 64,
                                 .units = 80,
                                 .reduced = 32,
                                 .mixed = 96,
                                 .time = 3,
                                 .kernel = 5,
                                 .harmonics = 30,
                                 .intervals = 33,
                                 .deadlines = 8});
    check_widths((piano_builder){.conv1 = 16,
                                 .conv2 = 32,
                                 .conv3 = 64,
                                 .features = 48,
                                 .units = 32,
                                 .reduced = 16,
                                 .mixed = 16,
                                 .time = 16,
                                 .kernel = 31,
                                 .harmonics = 2,
                                 .intervals = 1,
                                 .deadlines = 3});
}

static void the_default_model_is_what_it_is(void **state)
{
    (void)state;
    size_t size;
    const void *bytes = coch_piano_default_weights(&size);
    assert_int_equal((uintptr_t)bytes % 64, 0);
    coch_gguf *file;
    coch_piano_model *model;
    assert_int_equal(coch_gguf_open_memory(&file, bytes, size, NULL, 0), COCHLEA_OK);
    assert_int_equal(coch_piano_model_new(&model, file, NULL, 0), COCHLEA_OK);
    size_t parameters = 0;
    for (size_t i = 0; i < coch_gguf_tensors(file); i++)
        parameters += coch_gguf_tensor_at(file, i)->count;
    assert_int_equal(coch_piano_model_parameters(model), parameters);
    assert_in_range(coch_piano_model_operations(model), 1000000, 10000000); /* the budget of a hop */
    assert_true(coch_piano_model_rate(model) == 16000 && coch_piano_model_hop(model) == 160);
    const coch_tracker_config *config = coch_piano_model_tracker(model);
    assert_true(config->keys == 88 && config->first_key == 21 && config->frame_seconds == 0.01);
    assert_true(config->deadlines >= 2 && isinf(config->threshold[0][1][0]) &&
                isfinite(config->threshold[0][0][0]));
    coch_gguf_free(file);
    coch_piano_model_free(model);
    coch_piano_model_free(NULL);
    coch_piano_free(NULL);
}

static void expect(piano_builder builder, cochlea_status status, const char *name)
{
    coch_piano_model *model;
    assert_int_equal(try_model(builder, &model), status);
    assert_non_null(strstr(why, name));
}

static const char *const keys[] = {"version",
                                   "sample_rate",
                                   "hop",
                                   "window_lengths",
                                   "window_falls",
                                   "window_ffts",
                                   "bins",
                                   "bins_per_semitone",
                                   "first_key",
                                   "keys",
                                   "harmonics",
                                   "intervals",
                                   "loudness_start",
                                   "loudness_decay",
                                   "deadlines",
                                   "thresholds",
                                   "longest_age_ms",
                                   "rearm_level",
                                   "rearm_frames",
                                   "off_level",
                                   "off_shift_ms",
                                   "off_guard_frames",
                                   "pedal_pressed",
                                   "pedal_released",
                                   "pedal_on",
                                   "pedal_off",
                                   "pedal_gap_frames",
                                   "pedal_on_frames",
                                   "pedal_off_frames",
                                   "pedal_hold_frames",
                                   "pedal_search_frames",
                                   "pedal_pressed_delay_ms",
                                   "pedal_released_delay_ms"};

static void metadata_must_be_there_and_possible(void **state)
{
    (void)state;
    piano_builder b = piano_builder_small();
    b.skip = "general.architecture";
    expect(b, COCHLEA_ERROR_MISSING, b.skip);
    b.wrong = b.skip;
    b.skip = NULL;
    expect(b, COCHLEA_ERROR_UNSUPPORTED, b.wrong);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char key[64];
        snprintf(key, sizeof key, "cochlea.piano.%s", keys[i]);
        b = piano_builder_small();
        b.skip = key;
        expect(b, COCHLEA_ERROR_MISSING, key);
        b.skip = NULL;
        b.wrong = key;
        expect(b, i == 0 ? COCHLEA_ERROR_UNSUPPORTED : COCHLEA_ERROR_FORMAT, key);
    }
}

/* Older files have no such entry: there a released key counts for nothing. */
static void the_weight_of_a_release_may_be_missing(void **state)
{
    (void)state;
    coch_piano_model *model;
    piano_builder b = piano_builder_small();
    b.skip = "cochlea.piano.off_held";
    assert_int_equal(try_model(b, &model), COCHLEA_OK);
    coch_piano_model_free(model);
    b.skip = NULL;
    b.wrong = "cochlea.piano.off_held";
    expect(b, COCHLEA_ERROR_FORMAT, b.wrong);
}

static const char *const tensors[] = {"conv1.weight",           "conv1.bias",
                                      "conv2.weight",           "conv2.bias",
                                      "conv3.weight",           "conv3.bias",
                                      "gather.weight",          "gather.global.weight",
                                      "gather.key_bias",        "gru.input.weight",
                                      "gru.input.bias",         "gru.state.weight",
                                      "gru.state.bias",         "exchange.reduce.weight",
                                      "exchange.reduce.bias",   "exchange.gather.weight",
                                      "exchange.state.weight",  "exchange.input.weight",
                                      "exchange.key_bias",      "gru2.input.weight",
                                      "gru2.input.bias",        "gru2.state.weight",
                                      "gru2.state.bias",        "heads.state.weight",
                                      "heads.weight",           "heads.bias",
                                      "pedal.input.weight",     "pedal.input.bias",
                                      "pedal.gru.input.weight", "pedal.gru.input.bias",
                                      "pedal.gru.state.weight", "pedal.gru.state.bias",
                                      "pedal.out.weight",       "pedal.out.bias"};

/* Asks for a refusal whose reason has at least the tensor's layer: its name up to the first dot. */
static void expect_layer(piano_builder builder, cochlea_status status, const char *name)
{
    char layer[64] = {0};
    memcpy(layer, name, strcspn(name, "."));
    expect(builder, status, layer);
}

static void tensors_must_be_there_and_fit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tensors / sizeof *tensors; i++) {
        piano_builder b = piano_builder_small();
        b.skip = tensors[i];
        expect_layer(b, COCHLEA_ERROR_MISSING, tensors[i]);
        b.skip = NULL;
        b.poison = tensors[i];
        expect_layer(b, COCHLEA_ERROR_FORMAT, tensors[i]);
        b.poison = NULL;
        b.grow = tensors[i];
        coch_piano_model *model = NULL;
        cochlea_status status = try_model(b, &model);
        /* Only the frames that a convolution sees may be any number. */
        assert_int_equal(status, strstr(tensors[i], "conv") && strstr(tensors[i], "weight")
                                     ? COCHLEA_OK
                                     : COCHLEA_ERROR_FORMAT);
        coch_piano_model_free(model);
    }
}

static void impossible_widths_are_refused(void **state)
{
    (void)state;
    piano_builder b = piano_builder_small();
    size_t *const widths[] = {&b.conv1, &b.conv2, &b.conv3, &b.features, &b.units, &b.reduced, &b.mixed};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        static const size_t wrong[] = {1, 8, 24, 528};
        for (size_t j = 0; j < sizeof wrong / sizeof *wrong; j++) {
            *widths[i] = wrong[j];
            expect(b, COCHLEA_ERROR_FORMAT, "weight");
        }
        *widths[i] = 16;
    }
    b.time = 17;
    expect(b, COCHLEA_ERROR_FORMAT, "conv1.weight");
    b.time = 1;
    b.kernel = 2;
    expect(b, COCHLEA_ERROR_FORMAT, "conv2.weight");
    b.kernel = 33;
    expect(b, COCHLEA_ERROR_FORMAT, "conv2.weight");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths_may_vary),
        cmocka_unit_test(the_default_model_is_what_it_is),
        cmocka_unit_test(metadata_must_be_there_and_possible),
        cmocka_unit_test(the_weight_of_a_release_may_be_missing),
        cmocka_unit_test(tensors_must_be_there_and_fit),
        cmocka_unit_test(impossible_widths_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
