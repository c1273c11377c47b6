#include "dsp/bench.h"

#include "base/arena.h"

#include <stdint.h>
#include <time.h>

enum { TAPS_MAX = 32, ELEMENTS_MAX = 8192, BANDS = 300 };

static const coch_bench_shape shapes[] = {
    {"conv1", 100, 32, 21, 4, 9},
    {"conv2", 100, 32, 96, 2, 32},
    {"gather", 88, 48, 32, 18, 32},
    {"gru input", 88, 192, 48, 1, 48},
    {"gru state", 88, 192, 64, 1, 64},
    {"exchange reduce", 88, 16, 64, 1, 64},
    {"exchange", 88, 48, 16, 20, 16},
    {"exchange own", 88, 48, 64, 1, 64},
    {"output", 88, 16, 48, 1, 48},
    {"hybrid state", 1, 512, 128, 1, 128},
    {"hybrid moments", 1, 2048, 130, 1, 130},
};

const coch_bench_shape *coch_bench_shapes(size_t *count)
{
    *count = sizeof shapes / sizeof *shapes;
    return shapes;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Small values of both signs, never denormal. */
static void fill(float *x, size_t count)
{
    uint32_t state = 12345;
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        x[i] = (float)(int32_t)state * 0x1p-31f + 0x1p-30f;
    }
}

/* Something to be timed: runs `times` times. */
typedef void (*job)(void *context, size_t times);

/* Seconds of one run: the best of many short measurements, so that what else the machine does disturbs
 * little. */
static double best_time(job run, void *context)
{
    enum { MEASUREMENTS = 40 };
    const double span = 0.5e-3;
    size_t times = 1;
    double taken = 0;
    for (;; times *= 2) {
        double start = seconds();
        run(context, times);
        taken = seconds() - start;
        if (taken >= span) {
            break;
        }
    }
    double best = taken;
    for (int i = 0; i < MEASUREMENTS; i++) {
        double start = seconds();
        run(context, times);
        taken = seconds() - start;
        best = taken < best ? taken : best;
    }
    return best / (double)times;
}

typedef struct peak_job {
    const coch_kernels *kernels;
    double operations; /* of a run */
} peak_job;

static void run_peak(void *context, size_t times)
{
    enum { ROUNDS = 4000 };
    peak_job *peak = context;
    for (size_t i = 0; i < times; i++) {
        peak->operations = peak->kernels->multiply_adds(ROUNDS);
    }
}

double coch_bench_peak(const coch_kernels *kernels)
{
    peak_job peak = {kernels, 0};
    double time = best_time(run_peak, &peak);
    return peak.operations / time * 1e-9;
}

typedef struct matmul_job {
    const coch_kernels *kernels;
    const coch_bench_shape *shape;
    float *out, *a, *w;
    const float *taps[TAPS_MAX];
} matmul_job;

static size_t rows_size(const coch_bench_shape *s)
{
    return (s->m - 1) * s->a_stride + s->k;
}

static void matmul_layout(matmul_job *product, coch_arena *arena)
{
    const coch_bench_shape *s = product->shape;
    product->out = coch_arena_take(arena, s->m * s->n, sizeof(float));
    product->w = coch_arena_take(arena, s->taps * s->k * s->n, sizeof(float));
    product->a = coch_arena_take(arena, rows_size(s) + s->taps * s->a_stride, sizeof(float));
}

static void run_matmul(void *context, size_t times)
{
    const matmul_job *p = context;
    const coch_bench_shape *s = p->shape;
    for (size_t i = 0; i < times; i++) {
        p->kernels->matmul(p->out, s->n, p->taps, s->a_stride, s->taps, p->w, s->m, s->n, s->k);
    }
}

cochlea_status coch_bench_matmul(const coch_kernels *kernels, const coch_bench_shape *shape, double *gflops)
{
    if (shape->taps > TAPS_MAX || shape->m == 0) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    coch_arena arena = {0};
    matmul_job product = {.kernels = kernels, .shape = shape};
    matmul_layout(&product, &arena);
    cochlea_status status = coch_arena_allocate(&arena);
    if (status != COCHLEA_OK) {
        return status;
    }
    matmul_layout(&product, &arena);
    fill(product.w, shape->taps * shape->k * shape->n);
    fill(product.a, rows_size(shape) + shape->taps * shape->a_stride);
    for (size_t t = 0; t < shape->taps; t++) {
        product.taps[t] =
            product.a + t * shape->a_stride; /* the rows of taps overlap, as they do in the net */
    }
    double operations = 2.0 * (double)(shape->m * shape->n * shape->taps * shape->k);
    *gflops = operations / best_time(run_matmul, &product) * 1e-9;
    coch_arena_free(&arena);
    return COCHLEA_OK;
}

static void run_relu(const coch_kernels *kernels, const coch_bench_data *data, size_t count)
{
    kernels->relu(data->out, count);
}

static void run_sigmoid(const coch_kernels *kernels, const coch_bench_data *data, size_t count)
{
    kernels->sigmoid(data->out, count);
}

static void run_gru_gates(const coch_kernels *kernels, const coch_bench_data *data, size_t count)
{
    enum { UNITS = 64 };
    kernels->gru_gates(data->out, data->a, data->b, count / UNITS, UNITS);
}

static void run_multiply(const coch_kernels *kernels, const coch_bench_data *data, size_t count)
{
    kernels->multiply(data->out, data->a, data->b, count);
}

static void run_power(const coch_kernels *kernels, const coch_bench_data *data, size_t count)
{
    kernels->power(data->out, data->a, count);
}

static void run_bands(const coch_kernels *kernels, const coch_bench_data *data, size_t count)
{
    (void)count;
    coch_bands_process(&data->map, kernels, data->a, data->out);
}

static void run_log_scale(const coch_kernels *kernels, const coch_bench_data *data, size_t count)
{
    kernels->log_scale(data->out, count, 1e-12f, 10, 95, 0, 95);
}

static const coch_bench_entry entries[] = {
    {"relu", 88 * 48, run_relu},
    {"sigmoid", 88 * 16, run_sigmoid},
    {"gru_gates", 88 * 64, run_gru_gates},
    {"multiply", 8192, run_multiply},
    {"power", 4097, run_power},
    {"bands", BANDS, run_bands},
    {"log_scale", 900, run_log_scale},
};

const coch_bench_entry *coch_bench_entries(size_t *count)
{
    *count = sizeof entries / sizeof *entries;
    return entries;
}

static void data_layout(coch_bench_data *data, coch_arena *arena)
{
    data->out = coch_arena_take(arena, ELEMENTS_MAX, sizeof(float));
    data->a = coch_arena_take(arena, 3 * ELEMENTS_MAX, sizeof(float));
    data->b = coch_arena_take(arena, 3 * ELEMENTS_MAX, sizeof(float));
    coch_bands_layout_log(&data->map, arena, BANDS, 27.5, 7, 36, 16000, 4096);
}

typedef struct element_job {
    const coch_kernels *kernels;
    const coch_bench_entry *entry;
    coch_bench_data data;
} element_job;

static void run_elements(void *context, size_t times)
{
    const element_job *p = context;
    for (size_t i = 0; i < times; i++) {
        p->entry->run(p->kernels, &p->data, p->entry->elements);
    }
}

cochlea_status coch_bench_elements(const coch_kernels *kernels, const coch_bench_entry *entry,
                                   double *nanoseconds)
{
    coch_arena arena = {0};
    element_job elements = {.kernels = kernels, .entry = entry};
    data_layout(&elements.data, &arena);
    cochlea_status status = coch_arena_allocate(&arena);
    if (status != COCHLEA_OK) {
        return status;
    }
    data_layout(&elements.data, &arena);
    fill(elements.data.out, ELEMENTS_MAX);
    fill(elements.data.a, 3 * ELEMENTS_MAX);
    fill(elements.data.b, 3 * ELEMENTS_MAX);
    *nanoseconds = best_time(run_elements, &elements) / (double)entry->elements * 1e9;
    coch_arena_free(&arena);
    return COCHLEA_OK;
}
