/* The hybridizer as a stream: delay, identity, block sizes, silence, bad numbers, limits, changes without
 * clicks. */
#include "timbre/hybrid.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { COUNT = 60000, CHANNELS = 2 };

typedef struct sound {
    float channel[CHANNELS][COUNT];
} sound;

static unsigned random_bits(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static float random_float(unsigned *seed)
{
    return (float)random_bits(seed) / (float)(1u << 23) - 1;
}

/* Notes of some partials, and a little noise; the channels differ. */
static void play(sound *s, double rate)
{
    unsigned seed = 1;
    for (size_t i = 0; i < COUNT; i++) {
        double t = (double)i / rate, note = 220 * pow(2, floor(t * 4) / 12), x = 0;
        for (int h = 1; h <= 40 && note * h < 0.45 * rate; h++) {
            x += 0.2 / h * sin(2 * 3.14159265358979 * note * h * t);
        }
        x *= exp(-4 * fmod(t, 0.25));
        s->channel[0][i] = (float)x + 1e-4f * random_float(&seed);
        s->channel[1][i] = 0.6f * (float)x + 1e-4f * random_float(&seed);
    }
}

/* A model with one target, a bright sound. */
static cochlea_hybrid_model *bright_target(void)
{
    cochlea_hybrid_model *model;
    float *mono = malloc(COUNT * sizeof *mono);
    assert_non_null(mono);
    for (size_t i = 0; i < COUNT; i++) {
        double t = (double)i / 44100, x = 0;
        for (int h = 1; h <= 30; h++) {
            x += 0.05 * sin(2 * 3.14159265358979 * 330 * h * t + h * h);
        }
        mono[i] = (float)x;
    }
    assert_int_equal(cochlea_hybrid_model_record(&model, "bright", mono, COUNT, 44100), COCHLEA_OK);
    free(mono);
    return model;
}

typedef struct fixture {
    cochlea_hybrid_model *model;
    sound in, out, other;
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->model = bright_target();
    play(&f->in, 44100);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    cochlea_hybrid_model_free(f->model);
    free(f);
    return 0;
}

static cochlea_hybrid *stream(const fixture *f, double rate, unsigned channels,
                              cochlea_hybrid_latency latency, cochlea_hybrid_method method, float mix)
{
    cochlea_hybrid *hybrid;
    cochlea_hybrid_settings settings;
    assert_int_equal(cochlea_hybrid_new(&hybrid, f->model, rate, channels, latency), COCHLEA_OK);
    cochlea_hybrid_settings_default(&settings);
    settings.method = method;
    settings.mix = mix;
    cochlea_hybrid_set(hybrid, &settings);
    cochlea_hybrid_reset(hybrid);
    return hybrid;
}

/* Processes all in blocks of `block` samples, 0 for sizes that change. */
static void process(cochlea_hybrid *hybrid, const sound *in, sound *out, size_t block)
{
    unsigned seed = 7;
    for (size_t done = 0, n; done < COUNT; done += n) {
        n = block ? block : 1 + random_bits(&seed) % 3000;
        n = n < COUNT - done ? n : COUNT - done;
        const float *const from[] = {in->channel[0] + done, in->channel[1] + done};
        float *const to[] = {out->channel[0] + done, out->channel[1] + done};
        cochlea_hybrid_process(hybrid, from, to, n);
    }
}

static float distance(const float *a, const float *b, size_t count)
{
    float most = 0;
    for (size_t i = 0; i < count; i++) {
        most = fmaxf(most, fabsf(a[i] - b[i]));
    }
    return most;
}

static float peak(const float *x, size_t count)
{
    float most = 0;
    for (size_t i = 0; i < count; i++) {
        most = fmaxf(most, fabsf(x[i]));
    }
    return most;
}

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

static double energy(const float *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)x[i] * (double)x[i];
    }
    return sum;
}

/* Energy above a frequency, by a one-pole filter: enough to see whether a sound became brighter. */
static double treble(const float *x, size_t count)
{
    double sum = 0;
    for (size_t i = 1; i < count; i++) {
        double d = (double)x[i] - (double)x[i - 1];
        sum += d * d;
    }
    return sum;
}

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
        cmocka_unit_test_setup_teardown(the_target_colours_and_the_level_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_that_are_none_do_no_harm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(settings_out_of_range_are_clamped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(full_scale_is_never_exceeded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changes_do_not_click, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_middle_is_the_same_on_both_channels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(attacks_are_not_heard_before_they_happen, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lower_target_does_not_lower_the_pitch, set_up, tear_down),
        cmocka_unit_test_setup_teardown(attacks_can_stay_the_inputs_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sustain_holds_what_decays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_pictures_of_spectra_are_finite_and_in_range, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_arguments_are_refused, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
