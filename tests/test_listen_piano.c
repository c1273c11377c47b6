/* The piano net against what its training code computes, and its life as a stream. */
#include "default_models.h"
#include "dsp/cpu.h"
#include "golden_sound.h"
#include "listen/piano.h"
#include "listen/piano_net.h"
#include "npy.h"

#include <math.h>
#include <setjmp.h>
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

static int set_up(void **state)
{
    static fixture f;
    golden_sound sound = golden_sound_open("piano");
    if (!sound.samples)
        return -1;
    f.samples = sound.samples;
    f.model = default_piano_model();
    f.frames = sound.count / coch_piano_model_hop(f.model);
    *state = &f;
    return sound.rate == (int)coch_piano_model_rate(f.model) ? 0 : -1;
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

/* Largest difference so far, relative where values are large; NaN counts as infinite. */
static void track(double *worst, float found, float expected)
{
    double difference = fabs((double)found - (double)expected) / (1 + fabs((double)expected));
    *worst = difference <= *worst ? *worst : isnan(difference) ? INFINITY : difference;
}

static const float *hop_at(const fixture *f, size_t frame)
{
    return f->samples + frame * coch_piano_model_hop(f->model);
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
        const float *features = coch_piano_features(piano, hop_at(f, t));
        const float *expected = golden.data + t / STEP * COCH_PIANO_WINDOWS * COCH_PIANO_BINS;
        for (size_t i = 0; t % STEP == 0 && i < COCH_PIANO_WINDOWS * COCH_PIANO_BINS; i++) {
            size_t window = i / COCH_PIANO_BINS, bin = i % COCH_PIANO_BINS;
            track(&worst, features[bin * COCH_PIANO_WINDOWS + window], expected[i]);
        }
    }
    print_message("worst difference of a feature: %.2g\n", worst);
    assert_true(worst < TOLERANCE);
    free(golden.data);
    coch_piano_free(piano);
}

static double sigmoid(float x)
{
    return 1 / (1 + exp(-(double)x));
}

/* The output that comes out of this logit: a probability, but for velocities and the age. */
static float activation(float logit, size_t output, size_t deadlines)
{
    int linear = (output >= deadlines && output < 2 * deadlines) || output == 2 * deadlines + 3;
    return linear ? logit : (float)sigmoid(logit);
}

/* From the samples on: what front end and layers differ by adds up here. */
static void activations_equal_goldens(const fixture *f, unsigned mask)
{
    npy golden = npy_open("piano_logits");
    assert_non_null(golden.data);
    const size_t outputs = golden.shape[2], deadlines = coch_piano_model_tracker(f->model)->deadlines;
    coch_piano *piano = new_piano(f, mask);
    double worst = 0;
    for (size_t t = 0; t < f->frames; t++) {
        size_t stride;
        const float *features = coch_piano_features(piano, hop_at(f, t));
        const float *logits = coch_piano_logits(piano, features, &stride);
        for (size_t i = 0; t % STEP == 0 && i < KEYS * outputs; i++)
            track(&worst, activation(logits[i / outputs * stride + i % outputs], i % outputs, deadlines),
                  activation(golden.data[t / STEP * KEYS * outputs + i], i % outputs, deadlines));
    }
    print_message("worst difference of an output: %.2g (%s)\n", worst, coch_kernels_select(mask)->name);
    assert_true(worst < TOLERANCE);
    free(golden.data);
    coch_piano_free(piano);
}

static void outputs_equal_goldens(void **state)
{
    activations_equal_goldens(*state, 0);
    activations_equal_goldens(*state, COCH_CPU_AVX2);
    activations_equal_goldens(*state, COCH_CPU_ALL);
}

/* Rows [count][width] of a layer, `stride` apart, against those of a frame in a golden. */
static void compare_layer(const char *name, size_t frame, const float *rows, size_t stride)
{
    npy golden = npy_open(name);
    double worst = 0;
    assert_non_null(golden.data);
    const size_t count = golden.shape[1], width = golden.shape[2];
    assert_in_range(frame, 0, golden.shape[0] - 1);
    for (size_t i = 0; i < count * width; i++)
        track(&worst, rows[i / width * stride + i % width], golden.data[frame * count * width + i]);
    if (!(worst < TOLERANCE))
        fail_msg("%s, frame %zu: worst difference %g", name, frame, worst);
    free(golden.data);
}

/* The newest column of a convolution's input: what the layer before has written. */
static const float *column(const coch_conv *conv, const coch_conv_state *state)
{
    const coch_conv_shape *s = &conv->shape;
    return state->columns + (state->newest * (2 * conv->margin + s->bins) + conv->margin) * s->channels;
}

static void compare_layers(const coch_piano_net *net, const coch_piano_model *m, size_t frame)
{
    compare_layer("piano_conv1", frame, column(&m->conv2, &net->conv2), m->conv2.shape.channels);
    compare_layer("piano_conv2", frame, column(&m->conv3, &net->conv3), m->conv3.shape.channels);
    compare_layer("piano_conv3", frame, coch_gather_input(&m->gather, &net->gather),
                  m->gather.shape.channels);
    compare_layer("piano_gather", frame, net->key, m->gather.weight.columns);
    compare_layer("piano_gru", frame, net->gru.h, m->gru.units);
    compare_layer("piano_exchange", frame, net->mixed, m->exchange.weight.columns);
    compare_layer("piano_gru2", frame, net->gru2.h, m->gru2.units);
}

/* Logits here, probabilities in the golden. */
static void track_pedal(double *worst, const coch_piano_net *net, const float *golden)
{
    for (size_t i = 0; i < COCH_PEDAL_CLASSES; i++)
        track(worst, (float)sigmoid(net->pedal[i]), golden[i]);
}

static void layers_equal_goldens(void **state)
{
    const fixture *f = *state;
    npy levels = npy_open("piano_levels"), pedal = npy_open("piano_heard");
    enum { LAST = 4 };
    coch_piano *piano = new_piano(f, COCH_CPU_ALL);
    coch_piano_net net = {0};
    coch_arena arena = {0};
    double worst = 0;
    assert_true(levels.data && levels.shape[0] == f->frames);
    assert_true(pedal.data && pedal.shape[0] == f->frames && pedal.shape[1] == COCH_PEDAL_CLASSES);
    for (int pass = 0; pass < 2; pass++) {
        coch_piano_net_layout(&net, &arena, f->model, coch_kernels_select(COCH_CPU_ALL));
        assert_int_equal(pass ? COCHLEA_OK : coch_arena_allocate(&arena), COCHLEA_OK);
    }
    coch_piano_net_reset(&net);
    for (size_t t = 0; t < f->frames; t++) {
        coch_piano_net_process(&net, coch_piano_features(piano, hop_at(f, t)));
        track(&worst, net.global[f->model->conv3.shape.filters], levels.data[2 * t]);
        track(&worst, net.global[f->model->conv3.shape.filters + 1], levels.data[2 * t + 1]);
        track_pedal(&worst, &net, pedal.data + t * COCH_PEDAL_CLASSES);
        if (t + LAST >= f->frames)
            compare_layers(&net, f->model, t + LAST - f->frames);
    }
    assert_true(worst < TOLERANCE);
    free(levels.data);
    free(pedal.data);
    coch_arena_free(&arena);
    coch_piano_free(piano);
}

static void assert_near(float found, double expected)
{
    assert_true(fabs((double)found - expected) < 1e-5);
}

static void activations_are_the_outputs_named(void **state)
{
    const fixture *f = *state;
    const size_t deadlines = coch_piano_model_tracker(f->model)->deadlines;
    coch_piano *whole = new_piano(f, COCH_CPU_ALL), *staged = new_piano(f, COCH_CPU_ALL);
    npy heard = npy_open("piano_heard");
    assert_non_null(heard.data);
    for (size_t t = 0; t < 60; t++) {
        size_t stride;
        const coch_activations *a = coch_piano_process(whole, hop_at(f, t));
        const float *logits = coch_piano_logits(staged, coch_piano_features(staged, hop_at(f, t)), &stride);
        for (size_t key = 0; key < KEYS; key++, logits += stride) {
            for (size_t d = 0; d < deadlines; d++) {
                assert_near(a->onset[key][d], sigmoid(logits[d]));
                assert_true(a->velocity[key][d] == logits[deadlines + d]);
            }
            assert_near(a->sounding[key], sigmoid(logits[2 * deadlines]));
            assert_near(a->held[key], sigmoid(logits[2 * deadlines + 1]));
            assert_near(a->age[key], 0.1 * (double)logits[2 * deadlines + 3]);
        }
        for (size_t i = 0; i < COCH_PEDAL_CLASSES; i++)
            assert_true(fabs((double)a->pedal[i] - (double)heard.data[t * COCH_PEDAL_CLASSES + i]) <
                        TOLERANCE);
    }
    free(heard.data);
    coch_piano_free(whole);
    coch_piano_free(staged);
}

/* Processes frames and keeps their activations. */
static void record(coch_piano *piano, const fixture *f, coch_activations *out, size_t frames)
{
    for (size_t t = 0; t < frames; t++)
        out[t] = *coch_piano_process(piano, hop_at(f, t + 20));
}

static void reset_forgets_everything(void **state)
{
    const fixture *f = *state;
    enum { FRAMES = 100 };
    coch_activations *first = calloc(2 * FRAMES, sizeof *first), *second = first + FRAMES;
    assert_non_null(first);
    coch_piano *piano = new_piano(f, COCH_CPU_ALL);
    record(piano, f, first, FRAMES);
    record(piano, f, second, FRAMES);
    assert_memory_not_equal(first, second, FRAMES * sizeof *first); /* the past counts */
    coch_piano_reset(piano);
    record(piano, f, second, FRAMES);
    assert_memory_equal(first, second, FRAMES * sizeof *first);
    free(first);
    coch_piano_free(piano);
}

/* Samples that are no numbers pass with the longest window, and nothing of them stays. */
static void infinities_pass(void **state)
{
    const fixture *f = *state;
    static const float bad[] = {NAN, INFINITY, -INFINITY, 1e38f, -3e38f};
    float hop[1024];
    for (size_t mask = 0; mask < 2; mask++) {
        coch_piano *piano = new_piano(f, mask ? COCH_CPU_ALL : 0);
        for (size_t t = 0; t < 150; t++) {
            assert_in_range(coch_piano_model_hop(f->model), 1, 1024);
            memcpy(hop, hop_at(f, t), coch_piano_model_hop(f->model) * sizeof *hop);
            hop[t % 7] = t % 5 == 0 && t < 50 ? bad[t / 5 % 5] : hop[t % 7];
            const coch_activations *a = coch_piano_process(piano, hop);
            for (size_t key = 0; key < KEYS; key++) {
                assert_true(isfinite(a->onset[key][0]) && isfinite(a->sounding[key]));
                assert_true(isfinite(a->velocity[key][0]));
            }
            for (size_t i = 0; i < COCH_PEDAL_CLASSES; i++)
                assert_true(isfinite(a->pedal[i]));
        }
        coch_piano_free(piano);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(features_equal_goldens),   cmocka_unit_test(layers_equal_goldens),
        cmocka_unit_test(outputs_equal_goldens),    cmocka_unit_test(activations_are_the_outputs_named),
        cmocka_unit_test(reset_forgets_everything), cmocka_unit_test(infinities_pass),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
