/* Sounds and streams for the tests of the hybridizer. */
#ifndef TESTS_TIMBRE_SOUNDS_H
#define TESTS_TIMBRE_SOUNDS_H

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

static inline unsigned random_bits(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static inline float random_float(unsigned *seed)
{
    return (float)random_bits(seed) / (float)(1u << 23) - 1;
}

/* Notes of some partials, and a little noise; the channels differ. */
static inline void play(sound *s, double rate)
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
static inline cochlea_hybrid_model *bright_target(void)
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

static inline int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->model = bright_target();
    play(&f->in, 44100);
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    fixture *f = *state;
    cochlea_hybrid_model_free(f->model);
    free(f);
    return 0;
}

static inline cochlea_hybrid *stream(const fixture *f, double rate, unsigned channels,
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
static inline void process(cochlea_hybrid *hybrid, const sound *in, sound *out, size_t block)
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

static inline float distance(const float *a, const float *b, size_t count)
{
    float most = 0;
    for (size_t i = 0; i < count; i++) {
        most = fmaxf(most, fabsf(a[i] - b[i]));
    }
    return most;
}

static inline float peak(const float *x, size_t count)
{
    float most = 0;
    for (size_t i = 0; i < count; i++) {
        most = fmaxf(most, fabsf(x[i]));
    }
    return most;
}

static inline double energy(const float *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)x[i] * (double)x[i];
    }
    return sum;
}

/* Energy above a frequency, by a one-pole filter: enough to see whether a sound became brighter. */
static inline double treble(const float *x, size_t count)
{
    double sum = 0;
    for (size_t i = 1; i < count; i++) {
        double d = (double)x[i] - (double)x[i - 1];
        sum += d * d;
    }
    return sum;
}

#endif
