/* Every layer against loops that say what it is, frame by frame, with every kernel table. */
#include "dsp/cpu.h"
#include "gguf_builder.h"
#include "net/layers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const unsigned masks[] = {0, COCH_CPU_AVX2, COCH_CPU_ALL};
enum { MASKS = sizeof masks / sizeof *masks, FRAMES = 9 };
static const double TOLERANCE = 2e-5;

static uint32_t noise_state = 1;

/* Uniform in -1..1. */
static float noise(void)
{
    noise_state = noise_state * 1664525u + 1013904223u;
    return (float)(int32_t)noise_state * 0x1p-31f;
}

static float *random_values(size_t count, float scale)
{
    float *values = malloc((count ? count : 1) * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < count; i++)
        values[i] = scale * noise();
    return values;
}

/* Adds a tensor of random values, which are returned for the loops here; to be freed. */
static float *add_random(gguf_builder *b, const char *name, const size_t *shape, uint32_t dims)
{
    size_t count = 1;
    for (uint32_t d = 0; d < dims; d++)
        count *= shape[d];
    float *values = random_values(count, 0.3f);
    gguf_tensor(b, name, 0, shape, dims, values, count * sizeof *values);
    return values;
}

typedef struct weights {
    unsigned char *bytes;
    coch_gguf *file;
} weights;

static weights open_weights(gguf_builder *b)
{
    weights w;
    size_t size;
    w.bytes = gguf_finish(b, &size);
    assert_int_equal(coch_gguf_open_memory(&w.file, w.bytes, size, NULL, 0), COCHLEA_OK);
    return w;
}

static void close_weights(weights *w)
{
    coch_gguf_free(w->file);
    free(w->bytes);
}

static void assert_close(float found, double expected)
{
    if (!(fabs((double)found - expected) <= TOLERANCE * (1 + fabs(expected))))
        fail_msg("%.9g instead of %.9g", (double)found, expected);
}

/* ---- Convolution ---- */

/* Input of a frame, bin and channel: `before` ahead of the first frame, nothing outside the bins. */
static double conv_input(const coch_conv_shape *s, const float *in, float before, long frame, long bin,
                         size_t channel)
{
    if (bin < 0 || bin >= (long)s->bins)
        return 0;
    return frame < 0 ? (double)before
                     : (double)in[((size_t)frame * s->bins + (size_t)bin) * s->channels + channel];
}

static double conv_output(const coch_conv_shape *s, const float *w, const float *bias, const float *in,
                          float before, long frame, size_t position, size_t filter)
{
    long first = (long)(position * s->stride + s->stride / 2) - (long)(s->kernel / 2);
    double sum = (double)bias[filter];
    for (size_t t = 0; t < s->time; t++)
        for (size_t b = 0; b < s->kernel; b++)
            for (size_t c = 0; c < s->channels; c++)
                sum += (double)w[((t * s->kernel + b) * s->channels + c) * s->filters + filter] *
                       conv_input(s, in, before, frame - (long)(s->time - 1) + (long)t, first + (long)b, c);
    return sum > 0 ? sum : 0;
}

static void run_conv(const coch_conv *conv, coch_conv_state *state, const coch_kernels *kernels,
                     const float *in, float before, float *out)
{
    const size_t frame_in = conv->shape.bins * conv->shape.channels;
    const size_t frame_out = conv->positions * conv->shape.filters;
    coch_conv_reset(conv, state, before);
    for (size_t t = 0; t < FRAMES; t++) {
        memcpy(coch_conv_input(conv, state), in + t * frame_in, frame_in * sizeof *in);
        coch_conv_process(conv, state, kernels, out + t * frame_out);
    }
}

static void check_conv(const coch_conv_shape *s, float before)
{
    gguf_builder b;
    gguf_start(&b);
    float *w = add_random(&b, "c.weight", (size_t[]){s->time, s->kernel, s->channels, s->filters}, 4);
    float *bias = add_random(&b, "c.bias", &s->filters, 1);
    weights file = open_weights(&b);
    coch_conv conv;
    coch_conv_state state;
    coch_arena arena = {0};
    float *out = NULL;
    for (int pass = 0; pass < 2; pass++) {
        coch_conv_layout(&conv, &arena, s);
        coch_conv_state_layout(&state, &arena, &conv);
        out = coch_arena_take(&arena, FRAMES * conv.positions * s->filters, sizeof *out);
        assert_int_equal(pass ? COCHLEA_OK : coch_arena_allocate(&arena), COCHLEA_OK);
    }
    assert_int_equal(arena.overflow, 0);
    assert_int_equal(coch_conv_load(&conv, file.file, "c"), COCHLEA_OK);
    assert_int_equal(coch_conv_load(&conv, file.file, "d"), COCHLEA_ERROR_MISSING);
    float *in = random_values(FRAMES * s->bins * s->channels, 1);
    for (size_t m = 0; m < MASKS; m++) {
        run_conv(&conv, &state, coch_kernels_select(masks[m]), in, before, out);
        for (size_t i = 0; i < FRAMES * conv.positions * s->filters; i++)
            assert_close(out[i], conv_output(s, w, bias, in, before, (long)(i / s->filters / conv.positions),
                                             i / s->filters % conv.positions, i % s->filters));
    }
    close_weights(&file);
    coch_arena_free(&arena);
    free(in);
    free(w);
    free(bias);
}

static void convolutions_equal_loops(void **state)
{
    (void)state;
    check_conv(&(coch_conv_shape){4, 7, 3, 32, 30, 3}, -1);
    check_conv(&(coch_conv_shape){2, 3, 32, 16, 10, 1}, 0);
    check_conv(&(coch_conv_shape){1, 1, 16, 16, 5, 1}, 0);
    check_conv(&(coch_conv_shape){3, 3, 1, 48, 9, 3}, 0.5f);
    check_conv(&(coch_conv_shape){16, 31, 2, 16, 4, 1}, -1); /* wider than the input */
}

/* ---- Gather ---- */

static void check_gather(const coch_gather_shape *s)
{
    gguf_builder b;
    gguf_start(&b);
    float *w = add_random(&b, "g", (size_t[]){s->offsets, s->channels, s->filters}, 3);
    weights file = open_weights(&b);
    coch_gather gather;
    coch_gather_state state;
    coch_arena arena = {0};
    float *out = NULL;
    for (int pass = 0; pass < 2; pass++) {
        coch_gather_layout(&gather, &arena, s);
        coch_gather_state_layout(&state, &arena, &gather);
        out = coch_arena_take(&arena, s->rows_out * s->filters, sizeof *out);
        assert_int_equal(pass ? COCHLEA_OK : coch_arena_allocate(&arena), COCHLEA_OK);
    }
    assert_int_equal(coch_gather_load(&gather, file.file, "g"), COCHLEA_OK);
    float *in = random_values(s->rows_in * s->channels, 1);
    memcpy(coch_gather_input(&gather, &state), in, s->rows_in * s->channels * sizeof *in);
    for (size_t m = 0; m < MASKS; m++) {
        for (size_t i = 0; i < s->rows_out * s->filters; i++)
            out[i] = 2; /* it adds */
        coch_gather_add(&gather, &state, coch_kernels_select(masks[m]), out);
        for (size_t i = 0; i < s->rows_out * s->filters; i++) {
            double sum = 2;
            for (size_t o = 0; o < s->offsets; o++) {
                long row = (long)(i / s->filters + s->first) + s->offset[o];
                for (size_t c = 0; row >= 0 && row < (long)s->rows_in && c < s->channels; c++)
                    sum += (double)in[(size_t)row * s->channels + c] *
                           (double)w[(o * s->channels + c) * s->filters + i % s->filters];
            }
            assert_close(out[i], sum);
        }
    }
    close_weights(&file);
    coch_arena_free(&arena);
    free(in);
    free(w);
}

static void gathers_equal_loops(void **state)
{
    (void)state;
    check_gather(&(coch_gather_shape){100, 88, 2, 32, 48, 4, {-24, 0, 48, 1}});
    check_gather(&(coch_gather_shape){88, 88, 0, 16, 16, 3, {-36, 36, -1}});
    check_gather(&(coch_gather_shape){10, 4, 3, 16, 16, 1, {1}});        /* all inside */
    check_gather(&(coch_gather_shape){5, 5, 0, 16, 16, 2, {-127, 127}}); /* all outside */
}

/* ---- Dense ---- */

static void check_dense(size_t rows, size_t inputs, size_t outputs)
{
    gguf_builder b;
    gguf_start(&b);
    float *w = add_random(&b, "d.weight", (size_t[]){inputs, outputs}, 2);
    float *bias = add_random(&b, "d.bias", &outputs, 1);
    weights file = open_weights(&b);
    const size_t columns = COCH_PAD(outputs), stride = inputs + 5;
    coch_dense dense;
    coch_arena arena = {0};
    float *out = NULL;
    for (int pass = 0; pass < 2; pass++) {
        coch_dense_layout(&dense, &arena, inputs, outputs);
        out = coch_arena_take(&arena, rows * columns, sizeof *out);
        assert_int_equal(pass ? COCHLEA_OK : coch_arena_allocate(&arena), COCHLEA_OK);
    }
    assert_int_equal(coch_dense_load(&dense, file.file, "d"), COCHLEA_OK);
    float *in = random_values(rows * stride, 1);
    for (size_t m = 0; m < MASKS; m++) {
        coch_dense_process(&dense, coch_kernels_select(masks[m]), in, stride, out, rows);
        for (size_t i = 0; i < rows * columns; i++) {
            size_t row = i / columns, column = i % columns;
            double sum = column < outputs ? (double)bias[column] : 0; /* the padding is zero */
            for (size_t k = 0; column < outputs && k < inputs; k++)
                sum += (double)in[row * stride + k] * (double)w[k * outputs + column];
            assert_close(out[i], sum);
        }
    }
    close_weights(&file);
    coch_arena_free(&arena);
    free(in);
    free(w);
    free(bias);
}

static void dense_layers_equal_loops(void **state)
{
    (void)state;
    check_dense(88, 48, 11);
    check_dense(1, 34, 48);
    check_dense(7, 1, 1);
    check_dense(3, 64, 192);
}

static void bad_weights_are_refused(void **state)
{
    (void)state;
    const float values[] = {1, NAN, 2, -INFINITY};
    const size_t four = 4;
    gguf_builder b;
    gguf_start(&b);
    gguf_tensor(&b, "nan", 0, (size_t[]){1, 2}, 2, values, 8);
    gguf_tensor(&b, "inf", 0, (size_t[]){1, 2}, 2, values + 2, 8);
    gguf_tensor(&b, "d.weight", 0, (size_t[]){1, 1}, 2, values, 4);
    weights file = open_weights(&b);
    coch_matrix matrix;
    coch_dense dense;
    coch_arena arena = {0};
    for (int pass = 0; pass < 2; pass++) {
        coch_matrix_layout(&matrix, &arena, 1, 1, 2);
        coch_dense_layout(&dense, &arena, 1, 1);
        assert_int_equal(pass ? COCHLEA_OK : coch_arena_allocate(&arena), COCHLEA_OK);
    }
    assert_int_equal(coch_matrix_load(&matrix, file.file, "nan", (size_t[]){1, 2}, 2), COCHLEA_ERROR_FORMAT);
    assert_int_equal(coch_matrix_load(&matrix, file.file, "inf", (size_t[]){1, 2}, 2), COCHLEA_ERROR_FORMAT);
    assert_int_equal(coch_matrix_load(&matrix, file.file, "inf", &four, 1), COCHLEA_ERROR_FORMAT);
    assert_int_equal(coch_matrix_load(&matrix, file.file, "none", &four, 1), COCHLEA_ERROR_MISSING);
    assert_int_equal(coch_dense_load(&dense, file.file, "d"), COCHLEA_ERROR_MISSING); /* its bias */
    close_weights(&file);
    coch_arena_free(&arena);
}

/* ---- Gated recurrent unit ---- */

enum { ROWS = 5, INPUTS = 16, UNITS = 32 };

typedef struct gru_weights {
    float *wi, *bi, *wh, *bh;
} gru_weights;

/* One gate's two sums for a row. */
static double gate_sum(const float *w, const float *bias, const float *x, size_t inputs, size_t column)
{
    double sum = (double)bias[column];
    for (size_t k = 0; k < inputs; k++)
        sum += (double)x[k] * (double)w[k * 3 * UNITS + column];
    return sum;
}

static double squash(double x)
{
    return 1 / (1 + exp(-x));
}

/* The new state of a row from the old one. */
static void gru_step(const gru_weights *w, const float *x, const float *h, float *next)
{
    for (size_t u = 0; u < UNITS; u++) {
        double r = squash(gate_sum(w->wi, w->bi, x, INPUTS, u) + gate_sum(w->wh, w->bh, h, UNITS, u));
        double z = squash(gate_sum(w->wi, w->bi, x, INPUTS, UNITS + u) +
                          gate_sum(w->wh, w->bh, h, UNITS, UNITS + u));
        double n = tanh(gate_sum(w->wi, w->bi, x, INPUTS, 2 * UNITS + u) +
                        r * gate_sum(w->wh, w->bh, h, UNITS, 2 * UNITS + u));
        next[u] = (float)((1 - z) * n + z * (double)h[u]);
    }
}

static void run_gru(const coch_gru *gru, coch_gru_state *state, const coch_kernels *kernels,
                    const gru_weights *w, const float *in)
{
    float expected[ROWS][UNITS] = {{0}}, next[UNITS];
    coch_gru_reset(gru, state);
    for (size_t t = 0; t < FRAMES; t++) {
        const float *x = in + t * ROWS * INPUTS;
        const float *h = coch_gru_process(gru, state, kernels, x, INPUTS);
        for (size_t row = 0; row < ROWS; row++) {
            gru_step(w, x + row * INPUTS, expected[row], next);
            memcpy(expected[row], next, sizeof next);
            for (size_t u = 0; u < UNITS; u++)
                assert_close(h[row * UNITS + u], (double)expected[row][u]);
        }
    }
}

static void gru_equals_loops(void **test_state)
{
    (void)test_state;
    const size_t gates = 3 * UNITS;
    gguf_builder b;
    gguf_start(&b);
    gru_weights w = {add_random(&b, "u.input.weight", (size_t[]){INPUTS, gates}, 2),
                     add_random(&b, "u.input.bias", &gates, 1),
                     add_random(&b, "u.state.weight", (size_t[]){UNITS, gates}, 2),
                     add_random(&b, "u.state.bias", &gates, 1)};
    weights file = open_weights(&b);
    coch_gru gru;
    coch_gru_state state;
    coch_arena arena = {0};
    for (int pass = 0; pass < 2; pass++) {
        coch_gru_layout(&gru, &arena, INPUTS, UNITS);
        coch_gru_state_layout(&state, &arena, &gru, ROWS);
        assert_int_equal(pass ? COCHLEA_OK : coch_arena_allocate(&arena), COCHLEA_OK);
    }
    assert_int_equal(coch_gru_load(&gru, file.file, "u"), COCHLEA_OK);
    float *in = random_values(FRAMES * ROWS * INPUTS, 2);
    for (size_t m = 0; m < MASKS; m++)
        run_gru(&gru, &state, coch_kernels_select(masks[m]), &w, in); /* each starts from a reset */
    close_weights(&file);
    coch_arena_free(&arena);
    free(in);
    free(w.wi);
    free(w.bi);
    free(w.wh);
    free(w.bh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolutions_equal_loops), cmocka_unit_test(gathers_equal_loops),
        cmocka_unit_test(dense_layers_equal_loops), cmocka_unit_test(bad_weights_are_refused),
        cmocka_unit_test(gru_equals_loops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
