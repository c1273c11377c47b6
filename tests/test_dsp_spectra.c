/* Transforms, windows and spectra by themselves: values against their definitions, scale, where a window
 * ends, and what is refused. */
#include "dsp/cpu.h"
#include "dsp/fft.h"
#include "dsp/stft.h"
#include "dsp/window.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const double pi = 3.14159265358979323846;

/* Of the piano's shape, a Hann window, and a padded one. */
static const coch_stft_window shapes[] = {{512, 128, 1024}, {2048, 512, 2048}, {400, 0, 400}, {99, 98, 128}};
enum { SHAPES = sizeof shapes / sizeof *shapes, LONGEST = 2048, BINS_MAX = 1025 };

static void fill_noise(float *x, size_t count)
{
    uint32_t state = 3;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = (float)(state >> 8) * 0x1p-23f - 1;
    }
}

/* One bin by the definition of the transform, zeros behind the `count` values. */
static void transform_bin(const double *x, size_t count, size_t size, size_t bin, double *re, double *im)
{
    *re = *im = 0;
    for (size_t i = 0; i < count; i++) {
        double angle = 2 * pi * (double)(bin * i % size) / (double)size;
        *re += x[i] * cos(angle);
        *im -= x[i] * sin(angle);
    }
}

static void fill_window(float *w, const coch_stft_window *shape)
{
    if (shape->fall) {
        assert_int_equal(coch_window_asymmetric(w, shape->length, shape->fall), COCHLEA_OK);
    } else {
        coch_window_hann(w, shape->length);
    }
}

/* ---- Transform ---- */

static void transform_is_the_definition(void **state)
{
    static const size_t sizes[] = {2, 4, 6, 10, 22, 30, 64, 100, 160, 254, 512};
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t size = sizes[s];
        float x[512];
        double exact[512], re, im;
        coch_fft *fft;
        fill_noise(x, size);
        for (size_t i = 0; i < size; i++) {
            exact[i] = x[i];
        }
        assert_int_equal(coch_fft_new(&fft, size), COCHLEA_OK);
        for (int round = 0; round < 2; round++) { /* the input is destroyed, nothing else */
            memcpy(coch_fft_input(fft), x, size * sizeof *x);
            const float *spectrum = coch_fft_process(fft);
            for (size_t bin = 0; bin <= size / 2; bin++) {
                transform_bin(exact, size, size, bin, &re, &im);
                assert_true(fabs(spectrum[2 * bin] - re) < 1e-4);
                assert_true(fabs(spectrum[2 * bin + 1] - im) < 1e-4);
            }
        }
        coch_fft_free(fft);
    }
}

static void transform_sizes_are_checked(void **state)
{
    static const size_t bad[] = {0, 1, 3, 7, 511, 65535, 65537, 65538, 131072, SIZE_MAX, SIZE_MAX - 1};
    static const size_t good[] = {2, 65534, 65536};
    coch_fft *fft;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fft = (coch_fft *)&fft;
        assert_int_equal(coch_fft_new(&fft, bad[i]), COCHLEA_ERROR_ARGUMENT);
        assert_null(fft);
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(coch_fft_new(&fft, good[i]), COCHLEA_OK);
        assert_int_equal((uintptr_t)coch_fft_input(fft) % 16, 0);
        coch_fft_free(fft);
    }
    coch_fft_free(NULL);
}

/* ---- Windows ---- */

static void asymmetric_window_is_its_formula(void **state)
{
    static const size_t sizes[][2] = {{2, 1}, {3, 1}, {3, 2}, {512, 128}, {2048, 512}, {8192, 1}, {99, 98}};
    static float w[8192];
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        size_t length = sizes[s][0], fall = sizes[s][1], rise = length - fall;
        double sum = 0;
        assert_int_equal(coch_window_asymmetric(w, length, fall), COCHLEA_OK);
        for (size_t i = 0; i < length; i++) {
            sum += w[i];
            assert_true(w[i] > 0);
            assert_true(i == 0 || (i < rise ? w[i] > w[i - 1] : i == rise || w[i] < w[i - 1]));
        }
        assert_true(fabs(sum - 2) < 1e-5);
        for (size_t i = 0; i < rise; i++) { /* against its own end, so that the scale cancels */
            double shape = pow(sin(pi / 2 * ((double)i + 0.5) / (double)rise), 2);
            double end = pow(sin(pi / 2 * ((double)rise - 0.5) / (double)rise), 2);
            assert_true(fabs(w[i] / w[rise - 1] - shape / end) < 1e-5);
        }
        for (size_t i = 0; i < fall; i++) {
            double shape = pow(cos(pi / 2 * ((double)i + 0.5) / (double)fall), 2);
            double start = pow(cos(pi / 2 * 0.5 / (double)fall), 2);
            assert_true(fabs(w[rise + i] / w[rise] - shape / start) < 1e-5);
        }
    }
    assert_int_equal(coch_window_asymmetric(w, 16, 0), COCHLEA_ERROR_ARGUMENT);
    assert_int_equal(coch_window_asymmetric(w, 16, 16), COCHLEA_ERROR_ARGUMENT);
    assert_int_equal(coch_window_asymmetric(w, 16, 17), COCHLEA_ERROR_ARGUMENT);
    assert_int_equal(coch_window_asymmetric(w, 0, 0), COCHLEA_ERROR_ARGUMENT);
    assert_int_equal(coch_window_asymmetric(w, 1, 1), COCHLEA_ERROR_ARGUMENT);
}

/* Periodic: halves that lie half a length apart add up to one. */
static void hann_window_adds_up(void **state)
{
    static const size_t lengths[] = {2, 4, 400, 2048};
    float w[2048];
    (void)state;
    for (size_t s = 0; s < sizeof lengths / sizeof *lengths; s++) {
        size_t half = lengths[s] / 2;
        coch_window_hann(w, lengths[s]);
        assert_true(w[0] == 0);
        assert_true(fabs(w[half] - 1.0) < 1e-6);
        for (size_t i = 0; i < half; i++) {
            assert_true(fabs(w[i] + w[i + half] - 1.0) < 1e-6);
            assert_true(i == 0 || fabs(w[i] - w[2 * half - i]) < 1e-6);
        }
    }
}

/* ---- Spectra ---- */

static coch_stft *open_shapes(unsigned mask)
{
    coch_stft *stft;
    assert_int_equal(coch_stft_new(&stft, coch_kernels_select(mask), shapes, SHAPES), COCHLEA_OK);
    return stft;
}

/* A sine of amplitude 1 on a bin has power 1 there through a scaled window, and less in every other bin. */
static void sines_land_in_their_bins(void **state)
{
    static const size_t bins[] = {8, 50, 255, 500};
    float x[LONGEST];
    coch_stft *stft = open_shapes(COCH_CPU_ALL);
    (void)state;
    for (size_t s = 0; s < 2; s++) {
        size_t size = shapes[s].fft_size;
        for (size_t b = 0; b < sizeof bins / sizeof *bins; b++) {
            for (size_t i = 0; i < LONGEST; i++) {
                x[i] = (float)cos(2 * pi * (double)(bins[b] * i % size) / (double)size + 0.7);
            }
            coch_stft_push(stft, x, LONGEST);
            const float *power = coch_stft_power(stft, s);
            assert_true(fabs(power[bins[b]] - 1.0) < 0.01);
            for (size_t k = 0; k <= size / 2; k++) {
                assert_true(k == bins[b] || power[k] < power[bins[b]]);
            }
        }
    }
    coch_stft_free(stft);
}

/* Every window over noise in pushes of all sizes equals the definition over the newest samples. */
static void spectra_are_the_definition(void **state)
{
    enum { TOTAL = 3 * LONGEST };
    static float x[TOTAL];
    float w[LONGEST];
    double frame[LONGEST], re, im;
    coch_stft *stft = open_shapes(COCH_CPU_ALL), *plain = open_shapes(0);
    size_t at = 0;
    (void)state;
    fill_noise(x, TOTAL);
    for (size_t push = 0; at + push <= TOTAL; at += push, push = (push * 7 + 5) % (LONGEST + 1)) {
        coch_stft_push(stft, x + at, push);
        coch_stft_push(plain, x + at, push);
    }
    for (size_t s = 0; s < SHAPES; s++) {
        const float *power = coch_stft_power(stft, s), *reference = coch_stft_power(plain, s);
        fill_window(w, &shapes[s]);
        for (size_t i = 0; i < shapes[s].length; i++) {
            frame[i] = (double)x[at - shapes[s].length + i] * w[i];
        }
        for (size_t k = 0; k <= shapes[s].fft_size / 2; k += k < 20 ? 1 : 37) {
            transform_bin(frame, shapes[s].length, shapes[s].fft_size, k, &re, &im);
            double exact = re * re + im * im;
            assert_true(fabs(power[k] - exact) < 1e-5 * (exact + 0.1));
            assert_true(fabs(power[k] - reference[k]) <= 1e-5 * (exact + 0.1));
        }
    }
    coch_stft_free(stft);
    coch_stft_free(plain);
}

/* One sample alone: heard by the last place of every window at once, by the first place when it is the
 * oldest, and then no more. */
static void windows_end_at_the_newest_sample(void **state)
{
    const float silence[LONGEST] = {0}, impulse = 1;
    float w[LONGEST];
    coch_stft *stft = open_shapes(COCH_CPU_ALL);
    (void)state;
    for (size_t s = 0; s < SHAPES; s++) {
        size_t length = shapes[s].length, last = shapes[s].fft_size / 2;
        fill_window(w, &shapes[s]);
        for (size_t age = 0; age <= length; age += age + 2 < length ? length - 2 : 1) {
            coch_stft_reset(stft);
            coch_stft_push(stft, &impulse, 1);
            coch_stft_push(stft, silence, age);
            const float *power = coch_stft_power(stft, s);
            double expected = age < length ? pow(w[length - 1 - age], 2) : 0;
            for (size_t k = 0; k <= last; k++) {
                assert_true(fabs(power[k] - expected) <= 1e-6 * expected);
            }
        }
    }
    coch_stft_free(stft);
}

static void reset_is_silence(void **state)
{
    float x[LONGEST];
    coch_stft *stft = open_shapes(COCH_CPU_ALL);
    (void)state;
    fill_noise(x, LONGEST);
    coch_stft_push(stft, x, LONGEST - 77);
    coch_stft_reset(stft);
    for (size_t s = 0; s < SHAPES; s++) {
        const float *power = coch_stft_power(stft, s);
        for (size_t k = 0; k <= shapes[s].fft_size / 2; k++) {
            assert_true(power[k] == 0);
        }
    }
    coch_stft_free(stft);
}

static void push_sizes_do_not_matter(void **state)
{
    static const size_t sizes[] = {1, 7, 64, 1000};
    float x[LONGEST], whole[SHAPES][BINS_MAX];
    coch_stft *stft = open_shapes(COCH_CPU_ALL);
    (void)state;
    fill_noise(x, LONGEST);
    coch_stft_push(stft, x, LONGEST);
    for (size_t s = 0; s < SHAPES; s++) {
        memcpy(whole[s], coch_stft_power(stft, s), (shapes[s].fft_size / 2 + 1) * sizeof(float));
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t at = 0; at < LONGEST; at += sizes[i]) {
            coch_stft_push(stft, x + at, sizes[i] < LONGEST - at ? sizes[i] : LONGEST - at);
        }
        for (size_t s = 0; s < SHAPES; s++) {
            assert_memory_equal(coch_stft_power(stft, s), whole[s],
                                (shapes[s].fft_size / 2 + 1) * sizeof(float));
        }
    }
    coch_stft_free(stft);
}

/* More samples at once than any window sees: the newest ones count. */
static void pushes_may_be_longer_than_the_windows(void **state)
{
    float x[LONGEST];
    coch_stft *stft, *other;
    const coch_kernels *kernels = coch_kernels_select(COCH_CPU_ALL);
    (void)state;
    fill_noise(x, LONGEST);
    assert_int_equal(coch_stft_new(&stft, kernels, &shapes[3], 1), COCHLEA_OK);
    assert_int_equal(coch_stft_new(&other, kernels, &shapes[3], 1), COCHLEA_OK);
    coch_stft_push(stft, x, 50); /* off the start of the history */
    coch_stft_push(stft, x, LONGEST);
    for (size_t at = 0; at < LONGEST; at += 64) {
        coch_stft_push(other, x + at, 64);
    }
    assert_memory_equal(coch_stft_power(stft, 0), coch_stft_power(other, 0),
                        (shapes[3].fft_size / 2 + 1) * sizeof(float));
    coch_stft_free(other);
    coch_stft_free(stft);
}

static void wrong_windows_are_refused(void **state)
{
    static const coch_stft_window bad[] = {{0, 0, 64},   {64, 64, 64}, {64, 65, 64},      {64, 16, 62},
                                           {63, 16, 63}, {1, 0, 1},    {65538, 2, 65538}, {64, 16, 65538}};
    coch_stft_window five[COCH_STFT_WINDOWS_MAX + 1];
    const coch_kernels *kernels = coch_kernels_select(COCH_CPU_ALL);
    coch_stft *stft;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const coch_stft_window pair[] = {shapes[0], bad[i]}; /* found behind a good one too */
        stft = (coch_stft *)&stft;
        assert_int_equal(coch_stft_new(&stft, kernels, &bad[i], 1), COCHLEA_ERROR_ARGUMENT);
        assert_null(stft);
        assert_int_equal(coch_stft_new(&stft, kernels, pair, 2), COCHLEA_ERROR_ARGUMENT);
    }
    for (size_t i = 0; i < sizeof five / sizeof *five; i++) {
        five[i] = shapes[0];
    }
    assert_int_equal(coch_stft_new(&stft, kernels, five, 0), COCHLEA_ERROR_ARGUMENT);
    assert_int_equal(coch_stft_new(&stft, kernels, five, COCH_STFT_WINDOWS_MAX + 1), COCHLEA_ERROR_ARGUMENT);
    assert_int_equal(coch_stft_new(&stft, kernels, five, COCH_STFT_WINDOWS_MAX), COCHLEA_OK);
    coch_stft_free(stft);
    coch_stft_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transform_is_the_definition),
        cmocka_unit_test(transform_sizes_are_checked),
        cmocka_unit_test(asymmetric_window_is_its_formula),
        cmocka_unit_test(hann_window_adds_up),
        cmocka_unit_test(sines_land_in_their_bins),
        cmocka_unit_test(spectra_are_the_definition),
        cmocka_unit_test(windows_end_at_the_newest_sample),
        cmocka_unit_test(reset_is_silence),
        cmocka_unit_test(push_sizes_do_not_matter),
        cmocka_unit_test(pushes_may_be_longer_than_the_windows),
        cmocka_unit_test(wrong_windows_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
