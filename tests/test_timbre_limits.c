/* What the hybridizer must survive: bad numbers, wild settings, full scale, changes while it plays. */
#include "timbre/model.h"
#include "timbre_sounds.h"

#include <stdio.h>

static void numbers_that_are_none_do_no_harm(void **state)
{
    fixture *f = *state;
    f->other = f->in;
    const float bad[] = {NAN, INFINITY, -INFINITY, 1e30f, 1e-42f};
    for (size_t i = 0; i < 200; i++) {
        f->other.channel[i % 2][5000 + 31 * i] = bad[i % 5];
    }
    for (int m = 0; m < COCHLEA_HYBRID_METHODS; m++) {
        cochlea_hybrid *hybrid =
            stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, (cochlea_hybrid_method)m, 1);
        process(hybrid, &f->other, &f->out, 0);
        for (int c = 0; c < CHANNELS; c++) {
            assert_true(peak(f->out.channel[c], COUNT) < 2);
            for (size_t i = 0; i < COUNT; i++) {
                assert_true(isfinite(f->out.channel[c][i]));
            }
        }
        cochlea_hybrid_free(hybrid);
    }
}

static void settings_out_of_range_are_clamped(void **state)
{
    fixture *f = *state;
    cochlea_hybrid *hybrid = stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, COCHLEA_HYBRID_ENVELOPE, 1);
    const cochlea_hybrid_settings wild = {.method = (cochlea_hybrid_method)99,
                                          .target = 1000,
                                          .second = ~0u,
                                          .morph = NAN,
                                          .mix = 7,
                                          .gain_db = INFINITY,
                                          .attack = -3,
                                          .detail = NAN,
                                          .sustain = 9,
                                          .guard = -1,
                                          .coherence = -7};
    cochlea_hybrid_set(hybrid, &wild);
    process(hybrid, &f->in, &f->out, 0);
    assert_true(peak(f->out.channel[0], COUNT) < 40);
    assert_true(energy(f->out.channel[0], COUNT) > 0);
    cochlea_hybrid_free(hybrid);
}

/* Loud noise and square waves whose phases the gains change: the sum would go beyond full scale. */
static void full_scale_is_never_exceeded(void **state)
{
    fixture *f = *state;
    unsigned seed = 3;
    for (size_t i = 0; i < COUNT; i++) {
        f->other.channel[0][i] = i / 10000 % 2 ? random_float(&seed) : (i / 50 % 2 ? 1.0f : -1.0f);
        f->other.channel[1][i] = i / 77 % 2 ? 1.0f : -1.0f;
    }
    for (int low = 0; low < 2; low++) {
        for (int m = COCHLEA_HYBRID_ENVELOPE; m < COCHLEA_HYBRID_METHODS; m++) {
            cochlea_hybrid *hybrid =
                stream(f, 44100, 2, (cochlea_hybrid_latency)low, (cochlea_hybrid_method)m, 1);
            process(hybrid, &f->other, &f->out, 0);
            assert_true(peak(f->out.channel[0], COUNT) <= 1 && peak(f->out.channel[1], COUNT) <= 1);
            assert_true(peak(f->out.channel[0], COUNT) > 0.8f);
            cochlea_hybrid_free(hybrid);
        }
    }
}

/* The largest jump of the second difference: a click stands out of a slow sine. */
static float roughness(const float *x, size_t count)
{
    float most = 0;
    for (size_t i = 2; i < count; i++) {
        most = fmaxf(most, fabsf(x[i] - 2 * x[i - 1] + x[i - 2]));
    }
    return most;
}

/* The roughest of a steady tone under any of the methods. */
static float steady_roughness(fixture *f, float guard)
{
    float most = 0;
    cochlea_hybrid_settings settings;
    cochlea_hybrid_settings_default(&settings);
    settings.guard = guard;
    for (int m = 0; m < COCHLEA_HYBRID_METHODS; m++) {
        cochlea_hybrid *hybrid =
            stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, (cochlea_hybrid_method)m, 1);
        settings.method = (cochlea_hybrid_method)m;
        cochlea_hybrid_set(hybrid, &settings);
        process(hybrid, &f->other, &f->out, 0);
        most = fmaxf(most, roughness(f->out.channel[0] + 4096, COUNT - 8192));
        cochlea_hybrid_free(hybrid);
    }
    return most;
}

/* The roughest of the same tone while everything is changed. */
static float changing_roughness(fixture *f, float guard)
{
    cochlea_hybrid_settings settings;
    cochlea_hybrid *hybrid = stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, COCHLEA_HYBRID_ENVELOPE, 1);
    cochlea_hybrid_settings_default(&settings);
    settings.guard = guard;
    for (size_t done = 0, turn = 0; done + 700 <= COUNT; done += 700, turn++) {
        settings.method = (cochlea_hybrid_method)(turn / 8 % COCHLEA_HYBRID_METHODS);
        settings.bypass = turn / 5 % 2 == 1;
        settings.mix = turn / 7 % 2 ? 0.3f : 1;
        settings.gain_db = turn / 11 % 2 ? -6 : 0;
        settings.mid = turn / 3 % 2 == 1;
        cochlea_hybrid_set(hybrid, &settings);
        const float *const from[] = {f->other.channel[0] + done, f->other.channel[1] + done};
        float *const to[] = {f->out.channel[0] + done, f->out.channel[1] + done};
        cochlea_hybrid_process(hybrid, from, to, 700);
    }
    cochlea_hybrid_free(hybrid);
    return roughness(f->out.channel[0] + 4096, COUNT - 8192);
}

static void changes_do_not_click(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < COUNT; i++) {
        double x = 0;
        for (int h = 1; h < 8; h++) {
            x += 0.2 / h * sin(0.02 * h * (double)i);
        }
        f->other.channel[0][i] = f->other.channel[1][i] = (float)x;
    }
    float steady = steady_roughness(f, 0);
    assert_true(changing_roughness(f, 0) <= 1.25f * steady);
    assert_true(steady < 0.08f); /* of a jump by the tone's amplitude the second difference has that size */
    assert_true(changing_roughness(f, 1) <=
                1.25f * steady_roughness(f, 1)); /* brighter: there are overtones */
}

/* ---- The worst inputs for the shipped net, all at full scale ---- */

enum { SHORT = 24000 };

static float square(size_t i, unsigned *seed)
{
    (void)seed;
    return i / 123 % 2 ? 1.0f : -1.0f;
}

static float fast_square(size_t i, unsigned *seed)
{
    (void)seed;
    return i / 11 % 2 ? 1.0f : -1.0f;
}

static float chirp(size_t i, unsigned *seed)
{
    double t = (double)i / SHORT; /* 20 Hz to 20 kHz */
    (void)seed;
    return (float)sin(2 * 3.14159265358979 * 20 * SHORT / 44100.0 * (pow(1000, t) - 1) / log(1000));
}

static float clicks(size_t i, unsigned *seed)
{
    (void)seed;
    return i % 700 == 0 ? 1.0f : i % 1900 == 0 ? -1.0f : 0.0f;
}

static float chord(size_t i, unsigned *seed)
{
    double x = 0, notes[] = {110, 138.6, 164.8, 277.2, 329.6};
    (void)seed;
    for (int n = 0; n < 5; n++) {
        for (int h = 1; h <= 12; h++) {
            x += sin(2 * 3.14159265358979 * notes[n] * h / 44100 * (double)i) / h;
        }
    }
    return (float)fmax(-1, fmin(1, x));
}

static float noise(size_t i, unsigned *seed)
{
    return i / 3000 % 2 ? random_float(seed) : random_float(seed) < 0 ? -1.0f : 1.0f;
}

/* Bursts after silence, of a length that fits no frame. */
static float bursts(size_t i, unsigned *seed)
{
    return i / 777 % 4 == 3 ? fast_square(i, seed) : 0;
}

static float constant(size_t i, unsigned *seed)
{
    (void)seed;
    return i > 5000 ? 1.0f : 0.0f;
}

typedef float (*worst_input)(size_t i, unsigned *seed);
static const worst_input worst[] = {square, fast_square, chirp, clicks, chord, noise, bursts, constant};
enum { WORST = sizeof worst / sizeof *worst };

static cochlea_hybrid_model *shipped(void)
{
    char path[4096];
    cochlea_hybrid_model *model;
    const char *folder = getenv("COCHLEA_MODELS");
    snprintf(path, sizeof path, "%s/hybrid.gguf", folder ? folder : "models");
    assert_int_equal(cochlea_hybrid_model_open(&model, path, NULL, 0), COCHLEA_OK);
    return model;
}

/* The loudest sample of what a stream makes of an input; fails for a number that is none. */
static float loudest_of(cochlea_hybrid *hybrid, worst_input input)
{
    static float in[SHORT], out[SHORT];
    unsigned seed = 3;
    const float *from = in;
    float *to = out;
    for (size_t i = 0; i < SHORT; i++) {
        in[i] = input(i, &seed);
    }
    cochlea_hybrid_reset(hybrid);
    cochlea_hybrid_process(hybrid, &from, &to, SHORT);
    for (size_t i = 0; i < SHORT; i++) {
        assert_true(isfinite(out[i]));
    }
    return peak(out, SHORT);
}

static void the_shipped_net_never_exceeds_full_scale(void **state)
{
    cochlea_hybrid_model *model = shipped();
    cochlea_hybrid_settings settings;
    float loudest = 0;
    (void)state;
    for (int low = 0; low < 2; low++) {
        cochlea_hybrid *hybrid;
        assert_int_equal(cochlea_hybrid_new(&hybrid, model, 44100, 1, (cochlea_hybrid_latency)low),
                         COCHLEA_OK);
        for (unsigned t = 0; t < cochlea_hybrid_model_targets(model); t++) {
            for (size_t i = 0; i < WORST; i++) {
                cochlea_hybrid_settings_default(&settings);
                settings.target = t;
                settings.second = (t + 3) % 8;
                settings.sustain = i % 2 ? 0 : 1;
                settings.morph = (t + i) % 3 ? 0 : 0.5f;
                cochlea_hybrid_set(hybrid, &settings);
                float most = loudest_of(hybrid, worst[i]);
                assert_true(most <= 1);
                loudest = fmaxf(loudest, most);
            }
        }
        cochlea_hybrid_free(hybrid);
    }
    assert_true(loudest > 0.99f); /* the inputs do come to the ceiling */
    cochlea_hybrid_model_free(model);
}

static void the_shipped_net_outlives_bad_numbers(void **state)
{
    fixture *f = *state;
    cochlea_hybrid_model *model = shipped();
    const float bad[] = {NAN, INFINITY, -INFINITY, 1e38f, -9e5f, 1e-42f};
    for (unsigned t = 0; t < cochlea_hybrid_model_targets(model); t++) {
        cochlea_hybrid *hybrid;
        cochlea_hybrid_settings settings;
        assert_int_equal(cochlea_hybrid_new(&hybrid, model, 44100, 2, (cochlea_hybrid_latency)(t % 2)),
                         COCHLEA_OK);
        cochlea_hybrid_settings_default(&settings);
        settings.target = t;
        settings.gain_db = 24;
        cochlea_hybrid_set(hybrid, &settings);
        for (size_t i = 0; i < COUNT; i++) {
            f->other.channel[0][i] = i < 20000 ? bad[(i + i / 900) % 6] : 0;
            f->other.channel[1][i] = i < 20000 && i % 97 == 0 ? bad[i % 6] : 0;
        }
        process(hybrid, &f->other, &f->out, 0);
        for (size_t i = 0; i < COUNT; i++) {
            assert_true(isfinite(f->out.channel[0][i]) && isfinite(f->out.channel[1][i]));
        }
        /* What was bad is forgotten: silence is silence again. */
        assert_true(peak(f->out.channel[0] + 30000, COUNT - 30000) < 1e-6f);
        cochlea_hybrid_free(hybrid);
    }
    cochlea_hybrid_model_free(model);
}

/* Finite weights whose sums are not: what they say is ignored. */
static void weights_that_overflow_do_no_harm(void **state)
{
    fixture *f = *state;
    cochlea_hybrid_model *model = shipped();
    for (size_t i = 0; i < model->encode.weight.columns; i++) {
        model->encode.bias.w[i] = i % 2 ? 3e38f : -3e38f;
    }
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        model->target[0].envelope[b] = 3e38f;
        model->target[1].envelope[b] = -3e38f;
    }
    for (int m = 0; m < 2; m++) {
        cochlea_hybrid *hybrid;
        cochlea_hybrid_settings settings;
        assert_int_equal(cochlea_hybrid_new(&hybrid, model, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL),
                         COCHLEA_OK);
        cochlea_hybrid_settings_default(&settings);
        settings.method = m ? COCHLEA_HYBRID_ENVELOPE : COCHLEA_HYBRID_AUTOENCODER;
        settings.second = 1;
        cochlea_hybrid_set(hybrid, &settings);
        process(hybrid, &f->in, &f->out, 0);
        for (size_t i = 0; i < COUNT; i++) {
            assert_true(fabsf(f->out.channel[0][i]) <= 1 && fabsf(f->out.channel[1][i]) <= 1);
        }
        cochlea_hybrid_free(hybrid);
    }
    cochlea_hybrid_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_that_are_none_do_no_harm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(settings_out_of_range_are_clamped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(full_scale_is_never_exceeded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changes_do_not_click, set_up, tear_down),
        cmocka_unit_test(the_shipped_net_never_exceeds_full_scale),
        cmocka_unit_test_setup_teardown(the_shipped_net_outlives_bad_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(weights_that_overflow_do_no_harm, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
