/* Convolutions over frequency and time, pooling and rectifier against loops that say what they are. */
#include "dsp/cpu.h"
#include "gguf_builder.h"
#include "net/conv2d.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum { FRAMES = 12, ROWS_MAX = 96 };
static const double TOLERANCE = 2e-5;

static uint32_t noise_state = 1;

/* Uniform in -1..1. */
static float noise(void)
{
    noise_state = noise_state * 1664525u + 1013904223u;
    return (float)(int32_t)noise_state * 0x1p-31f;
}

static float *add_random(gguf_builder *b, const char *name, const size_t *shape, uint32_t dims)
{
    size_t count = 1;
    for (uint32_t d = 0; d < dims; d++)
        count *= shape[d];
    float *values = malloc(count * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < count; i++)
        values[i] = 0.3f * noise();
    gguf_tensor(b, name, 0, shape, dims, values, count * sizeof *values);
    return values;
}

/* One output of the definition: in[frame][row][channel], `before` ahead of the first frame. */
static double expected_output(const coch_conv2d_shape *s, const float *weight, const float *bias,
                              const float *in, size_t rows, float before, long frame, size_t position,
                              size_t filter)
{
    double sum = (double)bias[filter];
    for (size_t band = 0; band < s->bands; band++)
        for (size_t t = 0; t < s->time; t++)
            for (size_t k = 0; k < s->kernel; k++)
                for (size_t c = 0; c < s->channels; c++) {
                    long from = frame - (long)(s->time - 1) + (long)t;
                    size_t row = s->first + position * s->stride + band * s->band_step + k;
                    double x =
                        from < 0 ? (double)before : (double)in[((size_t)from * rows + row) * s->channels + c];
                    size_t tap = band * s->time + t;
                    x *= (double)weight[((tap * s->kernel + k) * s->channels + c) * s->filters + filter];
                    sum += x;
                }
    return sum;
}

static void check_shape(const coch_conv2d_shape *s, unsigned mask)
{
    const size_t weight_shape[] = {s->bands * s->time, s->kernel, s->channels, s->filters};
    const size_t rows = coch_conv2d_rows(s);
    gguf_builder b;
    gguf_start(&b);
    float *weight = add_random(&b, "layer.weight", weight_shape, 4),
          *bias = add_random(&b, "layer.bias", &s->filters, 1);
    size_t size;
    unsigned char *bytes = gguf_finish(&b, &size);
    coch_gguf *file;
    coch_conv2d conv;
    coch_columns columns;
    coch_arena arena = {0};
    float *out = NULL;
    assert_int_equal(coch_gguf_open_memory(&file, bytes, size, NULL, 0), COCHLEA_OK);
    for (int pass = 0; pass < 2; pass++) {
        coch_conv2d_layout(&conv, &arena, s);
        coch_columns_layout(&columns, &arena, s->time, rows * s->channels);
        out = coch_arena_take(&arena, s->positions * COCH_PAD(s->filters), sizeof *out);
        if (pass == 0)
            assert_int_equal(coch_arena_allocate(&arena), COCHLEA_OK);
    }
    assert_int_equal(coch_conv2d_load(&conv, file, "layer"), COCHLEA_OK);
    assert_int_equal(coch_conv2d_load(&conv, file, "nothing"), COCHLEA_ERROR_MISSING);
    assert_int_equal(coch_conv2d_operations(&conv),
                     s->positions * s->bands * s->time * s->kernel * s->channels * s->filters);
    float *in = malloc(FRAMES * rows * s->channels * sizeof *in);
    assert_non_null(in);
    coch_columns_reset(&columns, 0.25f);
    for (long t = 0; t < FRAMES; t++) {
        float *column = coch_columns_next(&columns);
        for (size_t i = 0; i < rows * s->channels; i++)
            column[i] = in[(size_t)t * rows * s->channels + i] = noise();
        coch_conv2d_process(&conv, &columns, coch_kernels_select(mask), out);
        for (size_t p = 0; p < s->positions; p++)
            for (size_t f = 0; f < s->filters; f++) {
                double expected = expected_output(s, weight, bias, in, rows, 0.25f, t, p, f);
                double found = (double)out[p * COCH_PAD(s->filters) + f];
                if (!(fabs(found - expected) <= TOLERANCE * (1 + fabs(expected))))
                    fail_msg("%.9g instead of %.9g", found, expected);
            }
    }
    free(in);
    free(weight);
    free(bias);
    coch_gguf_free(file);
    free(bytes);
    coch_arena_free(&arena);
}

static void convolutions_are_what_they_say(void **state)
{
    (void)state;
    const unsigned masks[] = {0, COCH_CPU_AVX2, COCH_CPU_ALL};
    const coch_conv2d_shape shapes[] = {
        {0, 26, 1, 1, 0, 5, 5, 1, 32},   /* first of the 2-D branch */
        {0, 6, 1, 1, 0, 5, 5, 32, 32},   /* second */
        {12, 21, 1, 3, 12, 5, 3, 1, 32}, /* spiral: three octaves summed */
        {48, 1, 1, 1, 0, 5, 36, 1, 32},  /* 1-D: the whole height */
        {2, 7, 2, 2, 5, 3, 4, 3, 16},    /* strides and channels that nothing divides */
        {0, 1, 1, 1, 0, 1, 1, 1, 9},     /* filters that are padded */
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (size_t m = 0; m < sizeof masks / sizeof *masks; m++)
            check_shape(&shapes[i], masks[m]);
}

static void columns_come_by_age(void **state)
{
    (void)state;
    coch_columns columns;
    coch_arena arena = {0};
    coch_columns_layout(&columns, &arena, 4, 2);
    assert_int_equal(coch_arena_allocate(&arena), COCHLEA_OK);
    coch_columns_layout(&columns, &arena, 4, 2);
    coch_columns_reset(&columns, 7);
    assert_true(coch_columns_at(&columns, 3)[1] == 7.0f);
    for (int t = 0; t < 11; t++) {
        float *column = coch_columns_next(&columns);
        column[0] = (float)t;
        column[1] = (float)-t;
        for (int age = 0; age < 4 && age <= t; age++) {
            assert_true(coch_columns_at(&columns, (size_t)age)[0] == (float)(t - age));
            assert_true(coch_columns_at(&columns, (size_t)age)[1] == (float)(age - t));
        }
    }
    coch_arena_free(&arena);
}

static void pooling_takes_the_largest(void **state)
{
    (void)state;
    float calls[3][6 * 2], out[2 * 2] = {99, 99, 99, 99};
    double expected[2 * 2] = {-9, -9, -9, -9};
    for (int call = 0; call < 3; call++) {
        for (size_t i = 0; i < 12; i++) {
            calls[call][i] = noise();
            size_t at = i / 6 * 2 + i % 2;
            expected[at] = fmax(expected[at], (double)calls[call][i]);
        }
        coch_pool_max(out, calls[call], 2, 3, 2, call == 0);
    }
    for (size_t i = 0; i < 4; i++)
        assert_true((double)out[i] == expected[i]);
}

static void the_rectifier_leaks(void **state)
{
    (void)state;
    float x[] = {-2, -0.5f, 0, 0.5f, 3};
    const float expected[] = {-0.5f, -0.125f, 0, 0.5f, 3};
    coch_leaky_relu(x, 5, 0.25f);
    assert_memory_equal(x, expected, sizeof x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolutions_are_what_they_say),
        cmocka_unit_test(columns_come_by_age),
        cmocka_unit_test(pooling_takes_the_largest),
        cmocka_unit_test(the_rectifier_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
