/* The kernel checker: every entry of every table that this processor can run, against the C reference, over
 * random sizes and edge values. With --bench it measures them instead.
 *
 * Inputs and outputs end at a page that may not be touched, so reading or writing past an end is a crash; a
 * margin before each output shows writes before its start. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */

#include "dsp/bench.h"
#include "dsp/cpu.h"
#include "dsp/kernels.h"

#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROUNDS = 200, COUNT_MAX = 600, MARGIN = 16, TAPS_MAX = 20, ELEMENTS_MAX = 1 << 19 };
static const double tolerance = 1e-5; /* of the largest magnitude */
static const float margin_value = -12345;

static int failures;
static uint32_t random_state = 1;

static uint32_t random_bits(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return random_state >> 8;
}

static size_t random_size(size_t low, size_t high)
{
    return low + random_bits() % (high - low + 1);
}

static float random_float(float magnitude)
{
    return ((float)random_bits() * 0x1p-23f - 1) * magnitude;
}

static void randomise(float *x, size_t count, float magnitude)
{
    for (size_t i = 0; i < count; i++) {
        x[i] = random_float(magnitude);
    }
}

static void fail(const char *table, const char *entry, const char *what)
{
    printf("FAIL %s %s: %s\n", table, entry, what);
    failures++;
}

/* ---- Buffers ---- */

typedef struct buffer {
    float *end; /* the first address that may not be touched */
} buffer;

static buffer buffer_new(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t bytes = (ELEMENTS_MAX * sizeof(float) + page - 1) / page * page;
    unsigned char *base =
        mmap(NULL, bytes + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED || mprotect(base + bytes, page, PROT_NONE) != 0) {
        perror("check_kernels");
        exit(EXIT_FAILURE);
    }
    return (buffer){(float *)(void *)(base + bytes)};
}

/* The last `count` floats before the forbidden page, with the margin before them. */
static float *buffer_take(const buffer *b, size_t count)
{
    float *x = b->end - count;
    for (size_t i = 1; i <= MARGIN; i++) {
        x[-(ptrdiff_t)i] = margin_value;
    }
    return x;
}

static int margin_intact(const float *x)
{
    for (size_t i = 1; i <= MARGIN; i++) {
        if (x[-(ptrdiff_t)i] != margin_value) {
            return 0;
        }
    }
    return 1;
}

static buffer out_buffer, expected_buffer, a_buffer, b_buffer;

/* Compares an output with the reference; `magnitude` 0: that of the largest expected value. */
static void compare(const char *table, const char *entry, const float *out, const float *expected,
                    size_t count, double magnitude)
{
    double largest = magnitude, worst = 0;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, magnitude > 0 ? magnitude : fabs((double)expected[i]));
        worst = isfinite(out[i]) ? fmax(worst, fabs((double)out[i] - (double)expected[i])) : HUGE_VAL;
    }
    if (worst > tolerance * largest) {
        char what[96];
        snprintf(what, sizeof what, "off by %g of %g over %zu values", worst, largest, count);
        fail(table, entry, what);
    }
    if (!margin_intact(out)) {
        fail(table, entry, "writes before the start");
    }
}

/* ---- Matrix product ---- */

static void check_matmul_shape(const coch_kernels *c, const coch_kernels *t, const coch_bench_shape *s)
{
    size_t out_stride = s->n + 16 * random_size(0, 2);
    size_t out_count = (s->m - 1) * out_stride + s->n, a_count = (s->m - 1) * s->a_stride + s->k;
    float *w = buffer_take(&b_buffer, s->taps * s->k * s->n), *a = buffer_take(&a_buffer, a_count + s->taps);
    float *out = buffer_take(&out_buffer, out_count), *expected = buffer_take(&expected_buffer, out_count);
    const float *taps[TAPS_MAX];
    for (size_t i = 0; i < s->taps; i++) {
        taps[i] = a + 1 + (s->taps - 1 - i); /* odd addresses; the last row of one of them ends at the page */
    }
    randomise(w, s->taps * s->k * s->n, 1);
    randomise(a, a_count + s->taps, 1);
    randomise(expected, out_count, 1);
    memcpy(out, expected, out_count * sizeof *out);
    c->matmul(expected, out_stride, taps, s->a_stride, s->taps, w, s->m, s->n, s->k);
    t->matmul(out, out_stride, taps, s->a_stride, s->taps, w, s->m, s->n, s->k);
    compare(t->name, "matmul", out, expected, out_count, 0);
    for (size_t r = 0; r + 1 < s->m; r++) {
        size_t gap = out_stride - s->n;
        if (memcmp(out + r * out_stride + s->n, expected + r * out_stride + s->n, gap * sizeof *out) != 0) {
            fail(t->name, "matmul", "writes between the rows");
        }
    }
}

static void check_matmul(const coch_kernels *c, const coch_kernels *t)
{
    size_t count;
    const coch_bench_shape *shapes = coch_bench_shapes(&count);
    for (size_t i = 0; i < count; i++) {
        check_matmul_shape(c, t, &shapes[i]);
    }
    for (int i = 0; i < ROUNDS; i++) {
        coch_bench_shape s = {.m = random_size(1, 60), .n = 16 * random_size(1, 13)};
        s.k = random_size(1, 40);
        s.taps = random_size(1, 6);
        s.a_stride = random_size(0, 70);
        check_matmul_shape(c, t, &s);
    }
}

/* A row alone gives bit for bit what it gives among others. */
static void check_matmul_rows(const coch_kernels *t)
{
    enum { M = 31, N = 80, K = 19 };
    float *w = buffer_take(&b_buffer, K * N), *a = buffer_take(&a_buffer, M * K);
    float *out = buffer_take(&out_buffer, M * N), *row = buffer_take(&expected_buffer, N);
    const float *whole[] = {a};
    randomise(w, K * N, 1);
    randomise(a, M * K, 1);
    memset(out, 0, M * N * sizeof *out);
    t->matmul(out, N, whole, K, 1, w, M, N, K);
    for (size_t r = 0; r < M; r++) {
        const float *alone[] = {a + r * K};
        memset(row, 0, N * sizeof *row);
        t->matmul(row, N, alone, K, 1, w, 1, N, K);
        if (memcmp(row, out + r * N, N * sizeof *row) != 0) {
            fail(t->name, "matmul", "a row depends on its neighbours");
        }
    }
}

/* ---- Entries of one array ---- */

typedef void (*in_place)(const coch_kernels *kernels, float *x, size_t count);

static void apply_relu(const coch_kernels *kernels, float *x, size_t count)
{
    kernels->relu(x, count);
}

static void apply_sigmoid(const coch_kernels *kernels, float *x, size_t count)
{
    kernels->sigmoid(x, count);
}

static void apply_log_scale(const coch_kernels *kernels, float *x, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        x[i] = fabsf(x[i]); /* its domain */
    }
    kernels->log_scale(x, count, 1e-12f, 26.8421f, 255, 0, 255);
}

static void apply_log_scale_wide(const coch_kernels *kernels, float *x, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        x[i] = fabsf(x[i]);
    }
    kernels->log_scale(x, count, FLT_MIN, 1, 0, -40, 40);
}

static const struct {
    const char *name;
    in_place apply;
    double magnitude; /* the stated bound is tolerance * this; 0: of the largest value */
} array_entries[] = {{"relu", apply_relu, 0},
                     {"sigmoid", apply_sigmoid, 0.2},
                     {"log_scale", apply_log_scale, 255},
                     {"log_scale", apply_log_scale_wide, 80}};

static const float edges[] = {0,       -0.0f,   1,        -1,          0.5f,        -0.5f,      1e-30f,
                              -1e-30f, FLT_MIN, -FLT_MIN, 1e-40f,      16.6f,       -16.6f,     30,
                              -30,     80,      -80,      86.9f,       -86.9f,      87.1f,      -87.1f,
                              88.8f,   -88.8f,  104,      -104,        1e4f,        -1e4f,      1e30f,
                              -1e30f,  FLT_MAX, -FLT_MAX, 0.70710677f, 0.70710683f, 1.4142135f, 1.9999999f};

static void check_array(const coch_kernels *c, const coch_kernels *t, size_t entry, const float *values,
                        size_t count)
{
    float *out = buffer_take(&out_buffer, count), *expected = buffer_take(&expected_buffer, count);
    memcpy(out, values, count * sizeof *out);
    memcpy(expected, values, count * sizeof *out);
    array_entries[entry].apply(c, expected, count);
    feclearexcept(FE_ALL_EXCEPT);
    array_entries[entry].apply(t, out, count);
    if (fetestexcept(FE_OVERFLOW | FE_INVALID | FE_DIVBYZERO)) {
        fail(t->name, array_entries[entry].name, "raises a floating-point exception");
    }
    compare(t->name, array_entries[entry].name, out, expected, count, array_entries[entry].magnitude);
}

/* The same value gives the same bits at every place of an array of any length. */
static void check_places(const coch_kernels *t, size_t entry)
{
    for (size_t count = 1; count <= 40; count++) {
        float *x = buffer_take(&out_buffer, count), first;
        for (size_t i = 0; i < count; i++) {
            x[i] = 0.3456789f;
        }
        array_entries[entry].apply(t, x, count);
        memcpy(&first, x, sizeof first);
        for (size_t i = 1; i < count; i++) {
            if (memcmp(&first, &x[i], sizeof first) != 0) {
                fail(t->name, array_entries[entry].name, "a value depends on its place");
            }
        }
    }
}

static void check_arrays(const coch_kernels *c, const coch_kernels *t)
{
    float values[COUNT_MAX];
    for (size_t e = 0; e < sizeof array_entries / sizeof *array_entries; e++) {
        check_array(c, t, e, edges, sizeof edges / sizeof *edges);
        for (size_t count = 0; count <= 2 * 16 + 1; count++) {
            randomise(values, count, 5);
            check_array(c, t, e, values, count);
        }
        for (int i = 0; i < ROUNDS; i++) {
            size_t count = random_size(0, COUNT_MAX);
            randomise(values, count, ldexpf(1, (int)random_size(0, 16) - 8));
            check_array(c, t, e, values, count);
        }
        check_places(t, e);
    }
}

/* ---- The others ---- */

static void check_gru(const coch_kernels *c, const coch_kernels *t, size_t rows, size_t units,
                      float magnitude)
{
    size_t count = rows * units;
    float *xi = buffer_take(&a_buffer, 3 * count), *hh = buffer_take(&b_buffer, 3 * count);
    float *h = buffer_take(&out_buffer, count), *expected = buffer_take(&expected_buffer, count);
    randomise(xi, 3 * count, magnitude);
    randomise(hh, 3 * count, magnitude);
    randomise(h, count, 1);
    for (size_t i = 0; i < sizeof edges / sizeof *edges && i < 3 * count; i++) {
        xi[random_size(0, 3 * count - 1)] = fmaxf(fminf(edges[i], 1e30f), -1e30f);
    }
    memcpy(expected, h, count * sizeof *h);
    c->gru_gates(expected, xi, hh, rows, units);
    t->gru_gates(h, xi, hh, rows, units);
    compare(t->name, "gru_gates", h, expected, count, 1);
}

static void check_multiply(const coch_kernels *c, const coch_kernels *t, size_t count)
{
    float *a = buffer_take(&a_buffer, count), *b = buffer_take(&b_buffer, count);
    float *out = buffer_take(&out_buffer, count), *expected = buffer_take(&expected_buffer, count);
    randomise(a, count, 3);
    randomise(b, count, 3);
    c->multiply(expected, a, b, count);
    t->multiply(out, a, b, count);
    compare(t->name, "multiply", out, expected, count, 0);
}

static void check_power(const coch_kernels *c, const coch_kernels *t, size_t count)
{
    float *spectrum = buffer_take(&a_buffer, 2 * count);
    float *out = buffer_take(&out_buffer, count), *expected = buffer_take(&expected_buffer, count);
    randomise(spectrum, 2 * count, 3);
    c->power(expected, spectrum, count);
    t->power(out, spectrum, count);
    compare(t->name, "power", out, expected, count, 0);
}

static void check_bands(const coch_kernels *c, const coch_kernels *t, size_t bands)
{
    enum { BINS = 513, LENGTH_MAX = 70, BANDS_MAX = 120 };
    int first[BANDS_MAX], length[BANDS_MAX], offset[BANDS_MAX], total = 0;
    for (size_t b = 0; b < bands; b++) {
        length[b] = (int)random_size(0, LENGTH_MAX);
        first[b] = (int)random_size(0, BINS - (size_t)length[b]);
        offset[b] = total;
        total += length[b];
    }
    float *x = buffer_take(&a_buffer, BINS), *w = buffer_take(&b_buffer, (size_t)total);
    float *out = buffer_take(&out_buffer, bands), *expected = buffer_take(&expected_buffer, bands);
    randomise(x, BINS, 1);
    randomise(w, (size_t)total, 1);
    c->bands(expected, x, w, first, length, offset, bands);
    t->bands(out, x, w, first, length, offset, bands);
    compare(t->name, "bands", out, expected, bands, 0);
}

static void check_table(const coch_kernels *c, const coch_kernels *t)
{
    int before = failures;
    check_matmul(c, t);
    check_matmul_rows(t);
    check_arrays(c, t);
    for (int i = 0; i < ROUNDS; i++) {
        check_gru(c, t, random_size(1, 20), 16 * random_size(1, 6), ldexpf(1, i % 12 - 4));
        check_multiply(c, t, random_size(0, COUNT_MAX));
        check_power(c, t, random_size(0, COUNT_MAX));
        check_bands(c, t, random_size(1, 120));
    }
    printf("%-7s %s\n", t->name, failures == before ? "ok" : "failed");
}

/* ---- Benchmark ---- */

static int bench_table(const coch_kernels *c, const coch_kernels *t)
{
    size_t count;
    double peak = coch_bench_peak(t), rate, reference;
    printf("%s: peak %.1f GFLOP/s\n", t->name, peak);
    const coch_bench_shape *s = coch_bench_shapes(&count);
    for (size_t i = 0; i < count; i++) {
        if (coch_bench_matmul(t, &s[i], &rate) || coch_bench_matmul(c, &s[i], &reference)) {
            return EXIT_FAILURE;
        }
        printf("  matmul %-16s m %3zu n %3zu k %2zu taps %2zu  %6.1f GFLOP/s  %3.0f %% of peak  %5.1f x c\n",
               s[i].name, s[i].m, s[i].n, s[i].k, s[i].taps, rate, 100 * rate / peak, rate / reference);
    }
    const coch_bench_entry *e = coch_bench_entries(&count);
    for (size_t i = 0; i < count; i++) {
        if (coch_bench_elements(t, &e[i], &rate) || coch_bench_elements(c, &e[i], &reference)) {
            return EXIT_FAILURE;
        }
        printf("  %-23s %5zu elements %8.3f ns each  %5.1f x c\n", e[i].name, e[i].elements, rate,
               reference / rate);
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    const unsigned sets[] = {0, COCH_CPU_AVX2, COCH_CPU_AVX512, COCH_CPU_NEON};
    const coch_kernels *c = coch_kernels_select(0);
    int bench = argc == 2 && strcmp(argv[1], "--bench") == 0;
    if (argc > 1 && !bench) {
        fprintf(stderr, "usage: check_kernels [--bench]\n");
        return 2;
    }
    out_buffer = buffer_new();
    expected_buffer = buffer_new();
    a_buffer = buffer_new();
    b_buffer = buffer_new();
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if ((coch_cpu_flags() & sets[i]) != sets[i]) {
            continue;
        }
        const coch_kernels *t = coch_kernels_select(sets[i]);
        if (bench && bench_table(c, t) != EXIT_SUCCESS) {
            fprintf(stderr, "check_kernels: out of memory\n");
            return EXIT_FAILURE;
        }
        if (!bench) {
            check_table(c, t);
        }
    }
    return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}
