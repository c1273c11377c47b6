/* The piano net against what its training code computes, and its life as a stream. */
#include "dsp/cpu.h"
#include "listen/piano.h"
#include "listen/piano_net.h"
#include "npy.h"

#include <math.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STEP = 4 /* the goldens hold every fourth frame */, KEYS = COCH_PIANO_KEYS };

static const double TOLERANCE = 1e-4;

typedef struct fixture {
    coch_piano_model *model;
    float *samples; /* the golden signal */
    size_t frames;
} fixture;

static coch_piano_model *default_model(void)
{
    coch_gguf *file;
    coch_piano_model *model;
    char why[200];
    size_t size;
    const void *bytes = coch_piano_default_weights(&size);
    if (coch_gguf_open_memory(&file, bytes, size, why, sizeof why) != COCHLEA_OK ||
        coch_piano_model_new(&model, file, why, sizeof why) != COCHLEA_OK)
        fail_msg("%s", why);
    coch_gguf_free(file);
    return model;
}

static int set_up(void **state)
{
    static fixture f;
    char path[4096];
    const char *folder = getenv("COCHLEA_GOLDENS");
    SF_INFO info = {0};
    snprintf(path, sizeof path, "%s/piano.wav", folder ? folder : "tests/goldens");
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file || info.channels != 1)
        return -1;
    f.samples = calloc((size_t)info.frames, sizeof *f.samples);
    sf_readf_float(file, f.samples, info.frames);
    sf_close(file);
    f.model = default_model();
    f.frames = (size_t)info.frames / coch_piano_model_hop(f.model);
    *state = &f;
    return info.samplerate == (int)coch_piano_model_rate(f.model) ? 0 : -1;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    coch_piano_model_free(f->model);
    free(f->samples);
    return 0;
}

static coch_piano *new_piano(const fixture *f, unsigned mask)
{
    coch_piano *piano;
    assert_int_equal(coch_piano_new(&piano, f->model, coch_kernels_select(mask)), COCHLEA_OK);
    return piano;
}

/* Largest difference so far; NaN counts as infinite. */
static void track(double *worst, float a, float b)
{
    double difference = fabs((double)a - (double)b);
    *worst = difference <= *worst ? *worst : isnan(difference) ? INFINITY : difference;
}

static void features_equal_goldens(void **state)
{
    const fixture *f = *state;
    npy golden = npy_open("piano_features");
    assert_non_null(golden.data);
    assert_int_equal(golden.shape[0], (f->frames + STEP - 1) / STEP);
    coch_piano *piano = new_piano(f, COCH_CPU_ALL);
    double worst = 0;
    for (size_t t = 0; t < f->frames; t++) {
        const float *features = coch_piano_features(piano, f->samples + t * coch_piano_model_hop(f->model));
        const float *expected = golden.data + t / STEP * COCH_PIANO_WINDOWS * COCH_PIANO_BINS;
        for (size_t i = 0; t % STEP == 0 && i < COCH_PIANO_WINDOWS * COCH_PIANO_BINS; i++) {
            size_t window = i / COCH_PIANO_BINS, bin = i % COCH_PIANO_BINS;
            track(&worst, features[bin * COCH_PIANO_WINDOWS + window], expected[i]);
        }
    }
    print_message("worst difference of a feature: %.2g\n", worst);
    assert_true(worst < 1e-3); /* -95 dB is the floor of what float transforms resolve */
    free(golden.data);
    coch_piano_free(piano);
}

static void logits_equal_goldens(const fixture *f, unsigned mask)
{
    npy golden = npy_open("piano_logits");
    assert_non_null(golden.data);
    const size_t outputs = golden.shape[2];
    coch_piano *piano = new_piano(f, mask);
    double worst = 0;
    for (size_t t = 0; t < f->frames; t++) {
        size_t stride;
        const float *features = coch_piano_features(piano, f->samples + t * coch_piano_model_hop(f->model));
        const float *logits = coch_piano_logits(piano, features, &stride);
        for (size_t i = 0; t % STEP == 0 && i < KEYS * outputs; i++)
            track(&worst, logits[i / outputs * stride + i % outputs],
                  golden.data[t / STEP * KEYS * outputs + i]);
    }
    print_message("worst difference of an output: %.2g (%s)\n", worst, coch_kernels_select(mask)->name);
    assert_true(worst < TOLERANCE * 10);
    free(golden.data);
    coch_piano_free(piano);
}

static void outputs_equal_goldens(void **state)
{
    logits_equal_goldens(*state, 0);
    logits_equal_goldens(*state, COCH_CPU_AVX2);
    logits_equal_goldens(*state, COCH_CPU_ALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_equal_goldens),
        cmocka_unit_test(outputs_equal_goldens),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
