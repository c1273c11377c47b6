/* What the hybridizer must survive: bad numbers, wild settings, full scale, changes while it plays. */
#include "timbre_sounds.h"

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
                                          .guard = -1};
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
static float steady_roughness(fixture *f)
{
    float most = 0;
    for (int m = 0; m < COCHLEA_HYBRID_METHODS; m++) {
        cochlea_hybrid *hybrid =
            stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, (cochlea_hybrid_method)m, 1);
        process(hybrid, &f->other, &f->out, 0);
        most = fmaxf(most, roughness(f->out.channel[0] + 4096, COUNT - 8192));
        cochlea_hybrid_free(hybrid);
    }
    return most;
}

static void changes_do_not_click(void **state)
{
    fixture *f = *state;
    cochlea_hybrid_settings settings;
    for (size_t i = 0; i < COUNT; i++) {
        double x = 0;
        for (int h = 1; h < 8; h++) {
            x += 0.2 / h * sin(0.02 * h * (double)i);
        }
        f->other.channel[0][i] = f->other.channel[1][i] = (float)x;
    }
    float allowed = 1.25f * steady_roughness(f);
    cochlea_hybrid *hybrid = stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, COCHLEA_HYBRID_ENVELOPE, 1);
    cochlea_hybrid_settings_default(&settings);
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
    float rough = roughness(f->out.channel[0] + 4096, COUNT - 8192);
    assert_true(rough <= allowed);
    assert_true(allowed < 0.1f); /* of a jump by the tone's amplitude the second difference has that size */
    cochlea_hybrid_free(hybrid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_that_are_none_do_no_harm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(settings_out_of_range_are_clamped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(full_scale_is_never_exceeded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changes_do_not_click, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
