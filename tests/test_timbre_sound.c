/* What the hybridizer does to a sound: colour, loudness, attacks, pitch, sustain. */
#include "timbre_sounds.h"

static void the_target_colours_and_the_level_stays(void **state)
{
    fixture *f = *state;
    for (int m = COCHLEA_HYBRID_ENVELOPE; m < COCHLEA_HYBRID_METHODS; m++) {
        cochlea_hybrid *hybrid =
            stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, (cochlea_hybrid_method)m, 1);
        process(hybrid, &f->in, &f->out, 64);
        for (int c = 0; c < CHANNELS; c++) {
            double before = energy(f->in.channel[c], COUNT - 1024),
                   after = energy(f->out.channel[c] + 1024, COUNT - 1024);
            assert_true(fabs(10 * log10(after / before)) < 1);
            assert_true(treble(f->out.channel[c] + 1024, COUNT - 1024) >
                        4 * treble(f->in.channel[c], COUNT - 1024));
        }
        cochlea_hybrid_free(hybrid);
    }
}

/* A tone that begins at once after silence, under a target whose gains spread it over the frame. */
static void attacks_are_not_heard_before_they_happen(void **state)
{
    fixture *f = *state;
    const size_t onset = 30000, margin = 200; /* 4.5 ms: no ear tells that from the attack */
    memset(&f->other, 0, sizeof f->other);
    for (size_t i = onset; i < COUNT; i++) {
        f->other.channel[0][i] = f->other.channel[1][i] = 0.5f * (float)sin(0.1 * (double)(i - onset) + 1);
    }
    for (int low = 0; low < 2; low++) {
        for (int m = COCHLEA_HYBRID_ENVELOPE; m < COCHLEA_HYBRID_METHODS; m++) {
            cochlea_hybrid *hybrid =
                stream(f, 44100, 2, (cochlea_hybrid_latency)low, (cochlea_hybrid_method)m, 1);
            const float *out = f->out.channel[0] + cochlea_hybrid_latency_samples(hybrid);
            process(hybrid, &f->other, &f->out, 0);
            assert_true(peak(out, onset - margin) < 1e-4f);
            assert_true(peak(out + onset, 2000) > 0.2f);
            cochlea_hybrid_free(hybrid);
        }
    }
}

/* Level in dB of a frequency in the middle of a sound (Hann window). */
static double level_at(const float *x, size_t count, double hz)
{
    const double pi = 3.14159265358979;
    double re = 0, im = 0;
    for (size_t i = 0; i < count; i++) {
        double w = 0.5 - 0.5 * cos(2 * pi * ((double)i + 0.5) / (double)count);
        re += w * (double)x[i] * cos(2 * pi * hz / 44100 * (double)i);
        im += w * (double)x[i] * sin(2 * pi * hz / 44100 * (double)i);
    }
    return 10 * log10(re * re + im * im + 1e-20);
}

/* The target plays an octave below the source, whose noise must not be made a note there. */
static void a_lower_target_does_not_lower_the_pitch(void **state)
{
    fixture *f = *state;
    unsigned seed = 5;
    for (size_t i = 0; i < COUNT; i++) {
        double source = 0, target = 0, t = (double)i / 44100;
        for (int h = 1; h <= 20; h++) {
            source += 0.2 / h * sin(2 * 3.14159265358979 * 440 * h * t + h);
            target += 0.1 * sin(2 * 3.14159265358979 * 220 * h * t + h * h);
        }
        f->in.channel[0][i] = f->in.channel[1][i] = (float)source + 3e-3f * random_float(&seed);
        f->other.channel[0][i] = (float)target;
    }
    cochlea_hybrid_model_free(f->model);
    assert_int_equal(cochlea_hybrid_model_record(&f->model, "low", f->other.channel[0], COUNT, 44100),
                     COCHLEA_OK);
    cochlea_hybrid_settings settings;
    cochlea_hybrid *hybrid = stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, COCHLEA_HYBRID_MOSAIC, 1);
    cochlea_hybrid_settings_default(&settings);
    settings.method = COCHLEA_HYBRID_MOSAIC;
    settings.guard = 0;
    cochlea_hybrid_set(hybrid, &settings);
    process(hybrid, &f->in, &f->out, 0);
    const float *middle = f->out.channel[0] + 20000;
    double tone = level_at(middle, 16384, 440);
    assert_true(level_at(middle, 16384, 220) < tone - 50);
    assert_true(level_at(middle, 16384, 660) < tone - 50);
    cochlea_hybrid_free(hybrid);
}

/* Partials from 220.5 Hz on that fall with the square of their number, and some noise. */
static void dull_tone(sound *s, float noise)
{
    unsigned seed = 9;
    for (size_t i = 0; i < COUNT; i++) {
        double x = 0;
        for (int h = 1; h <= 40; h++) {
            x += 0.3 / (h * h) * sin(2 * 3.14159265358979 * 220.5 * h / 44100 * (double)i + h);
        }
        s->channel[0][i] = s->channel[1][i] = (float)x + noise * random_float(&seed);
    }
}

/* What lies halfway between partials, from 1 to 8 kHz, against the first partial, in dB. */
static double between_partials(const fixture *f, float guard)
{
    cochlea_hybrid_settings settings;
    cochlea_hybrid *hybrid = stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, COCHLEA_HYBRID_ENVELOPE, 1);
    static sound result;
    double power = 0;
    cochlea_hybrid_settings_default(&settings);
    settings.method = COCHLEA_HYBRID_ENVELOPE;
    settings.guard = guard;
    cochlea_hybrid_set(hybrid, &settings);
    process(hybrid, &f->other, &result, 0);
    for (int h = 5; h <= 36; h++) {
        power += pow(10, level_at(result.channel[0] + 20000, 16384, 220.5 * (h + 0.5)) / 10);
    }
    cochlea_hybrid_free(hybrid);
    return 10 * log10(power) - level_at(result.channel[0] + 20000, 16384, 220.5);
}

/* A bright target for a sound whose upper partials are under noise. */
static void the_guard_keeps_noise_from_being_lifted(void **state)
{
    fixture *f = *state;
    dull_tone(&f->other, 3e-3f);
    assert_true(between_partials(f, 1) < between_partials(f, 0) - 10);
}

/* Levels, in dB, on the multiples of 300 Hz from 3 to 6 kHz against those halfway between them. */
static double overtones_over_noise(const fixture *f, float guard)
{
    cochlea_hybrid_settings settings;
    cochlea_hybrid *hybrid = stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, COCHLEA_HYBRID_ENVELOPE, 1);
    double on = 0, between = 0;
    static sound result;
    cochlea_hybrid_settings_default(&settings);
    settings.method = COCHLEA_HYBRID_ENVELOPE;
    settings.guard = guard;
    cochlea_hybrid_set(hybrid, &settings);
    process(hybrid, &f->other, &result, 0);
    for (int h = 10; h <= 20; h++) {
        on += pow(10, level_at(result.channel[0] + 20000, 16384, 300.0 * h) / 10);
        between += pow(10, level_at(result.channel[0] + 20000, 16384, 300.0 * (h + 0.5)) / 10);
    }
    cochlea_hybrid_free(hybrid);
    return 10 * log10(on / between);
}

/* A sine under a bright target: it has nothing there but noise. */
static void overtones_stand_in_for_noise(void **state)
{
    fixture *f = *state;
    unsigned seed = 4;
    for (size_t i = 0; i < COUNT; i++) {
        double x = 0.3 * sin(2 * 3.14159265358979 * 300 / 44100 * (double)i);
        f->other.channel[0][i] = f->other.channel[1][i] = (float)x + 3e-4f * random_float(&seed);
    }
    assert_true(overtones_over_noise(f, 0) < 8);
    assert_true(overtones_over_noise(f, 1) > 15);
}

/* With attack 1 the first frames of a tone keep the spectrum of the input: a pure sine stays one. */
static void attacks_can_stay_the_inputs_own(void **state)
{
    fixture *f = *state;
    cochlea_hybrid_settings settings;
    double bright[2];
    memset(&f->other, 0, sizeof f->other);
    for (size_t i = 30000; i < COUNT; i++) {
        double x = sin(0.05 * (double)i) + 0.01 * sin(0.8 * (double)i) + 0.01 * sin(1.3 * (double)i);
        f->other.channel[0][i] = f->other.channel[1][i] = 0.3f * (float)x;
    }
    for (int keep = 0; keep < 2; keep++) {
        cochlea_hybrid *hybrid =
            stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, COCHLEA_HYBRID_ENVELOPE, 1);
        cochlea_hybrid_settings_default(&settings);
        settings.method = COCHLEA_HYBRID_ENVELOPE;
        settings.attack = (float)keep;
        cochlea_hybrid_set(hybrid, &settings);
        process(hybrid, &f->other, &f->out, 0);
        bright[keep] = treble(f->out.channel[0] + 30000 + 1024, 512);
        cochlea_hybrid_free(hybrid);
    }
    assert_true(bright[1] < 0.5 * bright[0]);
}

/* What decays is held: the last quarter of each note becomes louder. */
static void sustain_holds_what_decays(void **state)
{
    fixture *f = *state;
    cochlea_hybrid_settings settings;
    cochlea_hybrid *hybrid =
        stream(f, 44100, 2, COCHLEA_HYBRID_LATENCY_NORMAL, COCHLEA_HYBRID_AUTOENCODER, 1);
    cochlea_hybrid_settings_default(&settings);
    settings.sustain = 1;
    cochlea_hybrid_set(hybrid, &settings);
    process(hybrid, &f->in, &f->out, 256);
    const size_t late = 20000; /* the second note, 0.2 of its 0.25 s */
    assert_true(energy(f->out.channel[0] + late + 1024, 1000) > 2 * energy(f->in.channel[0] + late, 1000));
    cochlea_hybrid_free(hybrid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_target_colours_and_the_level_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(attacks_are_not_heard_before_they_happen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lower_target_does_not_lower_the_pitch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_guard_keeps_noise_from_being_lifted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(overtones_stand_in_for_noise, set_up, tear_down),
        cmocka_unit_test_setup_teardown(attacks_can_stay_the_inputs_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sustain_holds_what_decays, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
