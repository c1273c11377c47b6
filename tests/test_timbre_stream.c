/* The hybridizer as a stream: delay, identity, block sizes, silence, channels. */
#include "timbre_sounds.h"

/* This model has no net: the autoencoder leaves the sound as it is, and frames must sum to the input. */
static void frames_without_gain_sum_to_the_input_after_the_latency(void **state)
{
    fixture *f = *state;
    const double rates[] = {8000, 11025, 16000, 22050, 32000, 44100, 48000, 88200, 96000, 176400, 192000};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        for (int low = 0; low < 2; low++) {
            cochlea_hybrid *hybrid =
                stream(f, rates[r], 2, low ? COCHLEA_HYBRID_LATENCY_LOW : COCHLEA_HYBRID_LATENCY_NORMAL,
                       COCHLEA_HYBRID_AUTOENCODER, 1);
            size_t delay = cochlea_hybrid_latency_samples(hybrid);
            process(hybrid, &f->in, &f->out, 0);
            for (int c = 0; c < CHANNELS; c++) {
                assert_true(peak(f->out.channel[c], delay - 8) < 1e-6f);
                assert_true(distance(f->in.channel[c], f->out.channel[c] + delay, COUNT - delay) < 3e-6f);
            }
            cochlea_hybrid_free(hybrid);
        }
    }
}

static void the_latency_is_the_documented_one(void **state)
{
    fixture *f = *state;
    const double rates[] = {44100, 48000};
    for (size_t r = 0; r < 2; r++) {
        cochlea_hybrid *normal =
            stream(f, rates[r], 1, COCHLEA_HYBRID_LATENCY_NORMAL, COCHLEA_HYBRID_ENVELOPE, 1);
        cochlea_hybrid *low = stream(f, rates[r], 1, COCHLEA_HYBRID_LATENCY_LOW, COCHLEA_HYBRID_ENVELOPE, 1);
        assert_int_equal(cochlea_hybrid_latency_samples(normal), 1024);
        assert_int_equal(cochlea_hybrid_latency_samples(low), 512);
        cochlea_hybrid_free(normal);
        cochlea_hybrid_free(low);
    }
}

static void the_dry_sound_is_the_input_delayed(void **state)
{
    fixture *f = *state;
    cochlea_hybrid *hybrid = stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, COCHLEA_HYBRID_MOSAIC, 0);
    process(hybrid, &f->in, &f->out, 300);
    assert_memory_equal(f->in.channel[1], f->out.channel[1] + 1024, (COUNT - 1024) * sizeof(float));
    cochlea_hybrid_free(hybrid);
}

static void block_sizes_change_nothing(void **state)
{
    fixture *f = *state;
    const size_t sizes[] = {1, 7, 64, 1000, 4096, 0};
    for (int m = 0; m < COCHLEA_HYBRID_METHODS; m++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            cochlea_hybrid *hybrid =
                stream(f, 48000, 2, COCHLEA_HYBRID_LATENCY_LOW, (cochlea_hybrid_method)m, 0.7f);
            process(hybrid, &f->in, i ? &f->other : &f->out, sizes[i]);
            cochlea_hybrid_free(hybrid);
            if (i) {
                assert_memory_equal(&f->out, &f->other, sizeof f->out);
            }
        }
    }
}

static void a_buffer_may_be_processed_in_place(void **state)
{
    fixture *f = *state;
    cochlea_hybrid *hybrid =
        stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, COCHLEA_HYBRID_ENVELOPE, 0.5f);
    process(hybrid, &f->in, &f->out, 512);
    cochlea_hybrid_reset(hybrid);
    f->other = f->in;
    process(hybrid, &f->other, &f->other, 512);
    assert_memory_equal(&f->out, &f->other, sizeof f->out);
    cochlea_hybrid_free(hybrid);
}

static void silence_stays_silence(void **state)
{
    fixture *f = *state;
    sound *silence = calloc(1, sizeof *silence);
    for (int m = 0; m < COCHLEA_HYBRID_METHODS; m++) {
        cochlea_hybrid *hybrid =
            stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, (cochlea_hybrid_method)m, 1);
        process(hybrid, silence, &f->out, 0);
        assert_memory_equal(silence, &f->out, sizeof f->out);
        cochlea_hybrid_free(hybrid);
    }
    free(silence);
}

static void the_middle_is_the_same_on_both_channels(void **state)
{
    fixture *f = *state;
    cochlea_hybrid_settings settings;
    cochlea_hybrid *hybrid = stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, COCHLEA_HYBRID_ENVELOPE, 1);
    cochlea_hybrid_settings_default(&settings);
    settings.method = COCHLEA_HYBRID_ENVELOPE;
    settings.mid = 1;
    cochlea_hybrid_set(hybrid, &settings);
    process(hybrid, &f->in, &f->out, 256);
    assert_memory_equal(f->out.channel[0], f->out.channel[1], sizeof f->out.channel[0]);
    assert_true(peak(f->out.channel[0], COUNT) > 0.1f);
    cochlea_hybrid_free(hybrid);
}

static void the_pictures_of_spectra_are_finite_and_in_range(void **state)
{
    fixture *f = *state;
    float before[COCHLEA_HYBRID_BANDS], after[COCHLEA_HYBRID_BANDS];
    cochlea_hybrid *hybrid = stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, COCHLEA_HYBRID_ENVELOPE, 1);
    cochlea_hybrid_spectra(hybrid, before, after);
    for (size_t b = 0; b < COCHLEA_HYBRID_BANDS; b++) {
        assert_true(before[b] <= -119);
    }
    for (size_t i = 0; i < COUNT; i++) {
        f->other.channel[0][i] = f->other.channel[1][i] =
            (float)sin(2 * 3.14159265358979 * 1000 / 44100 * (double)i);
    }
    process(hybrid, &f->other, &f->out, 0);
    cochlea_hybrid_spectra(hybrid, before, after);
    float loudest = -200;
    for (size_t b = 0; b < COCHLEA_HYBRID_BANDS; b++) {
        loudest = fmaxf(loudest, before[b]);
        assert_true(isfinite(after[b]) && after[b] >= -120);
    }
    assert_true(fabsf(loudest) < 3); /* a full-scale sine is 0 dB, shared by two bands */
    cochlea_hybrid_free(hybrid);
}

static void wrong_arguments_are_refused(void **state)
{
    fixture *f = *state;
    cochlea_hybrid *hybrid = (cochlea_hybrid *)f;
    cochlea_hybrid_model *model = f->model;
    assert_int_equal(cochlea_hybrid_new(&hybrid, f->model, 7999, 1, COCHLEA_HYBRID_LATENCY_LOW),
                     COCHLEA_ERROR_ARGUMENT);
    assert_null(hybrid);
    assert_int_equal(cochlea_hybrid_new(&hybrid, f->model, NAN, 1, COCHLEA_HYBRID_LATENCY_LOW),
                     COCHLEA_ERROR_ARGUMENT);
    assert_int_equal(cochlea_hybrid_new(&hybrid, f->model, 44100, 3, COCHLEA_HYBRID_LATENCY_LOW),
                     COCHLEA_ERROR_ARGUMENT);
    assert_int_equal(cochlea_hybrid_new(&hybrid, f->model, 44100, 0, COCHLEA_HYBRID_LATENCY_LOW),
                     COCHLEA_ERROR_ARGUMENT);
    memset(&f->other, 0, sizeof f->other);
    assert_int_equal(cochlea_hybrid_model_record(&model, "x", f->other.channel[0], COUNT, 44100),
                     COCHLEA_ERROR_ARGUMENT);
    assert_null(model);
    assert_int_equal(cochlea_hybrid_model_record(&model, "x", f->in.channel[0], 100, 44100),
                     COCHLEA_ERROR_ARGUMENT);
    cochlea_hybrid_free(NULL);
    cochlea_hybrid_model_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(frames_without_gain_sum_to_the_input_after_the_latency, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_latency_is_the_documented_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_dry_sound_is_the_input_delayed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(block_sizes_change_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_buffer_may_be_processed_in_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(silence_stays_silence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_middle_is_the_same_on_both_channels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_pictures_of_spectra_are_finite_and_in_range, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_arguments_are_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
