/* Measuring the kernel tables on the machine at hand: for the kernel checker and the program's bench command.
 */
#ifndef COCH_DSP_BENCH_H
#define COCH_DSP_BENCH_H

#include "base/status.h"
#include "dsp/bands.h"
#include "dsp/kernels.h"

#include <stddef.h>

/* A matrix product that one layer of the piano net asks for. */
typedef struct coch_bench_shape {
    const char *name;
    size_t m, n, k, taps, a_stride;
} coch_bench_shape;

/* The products of the piano net, in its order, and two of the hybridizer, for one row. [any] */
const coch_bench_shape *coch_bench_shapes(size_t *count);

/* What the entries are timed on. */
typedef struct coch_bench_data {
    float *out, *a, *b;
    coch_bands map; /* of the piano's middle window */
} coch_bench_data;

/* An entry of the table that works element by element, at a length that the front end or the net uses. */
typedef struct coch_bench_entry {
    const char *name;
    size_t elements; /* of one call */
    void (*run)(const coch_kernels *kernels, const coch_bench_data *data, size_t elements);
} coch_bench_entry;

/* All such entries. [any] */
const coch_bench_entry *coch_bench_entries(size_t *count);

/* Billions of floating-point operations a second that the table's instruction set reaches with independent
 * multiply-adds in registers: the ceiling for coch_bench_matmul(). Takes some 20 ms. [main] */
double coch_bench_peak(const coch_kernels *kernels);

/* Billions of operations a second (two per multiply-add) that the table's matrix product reaches on a shape,
 * best of several runs of some 20 ms in all. Errors: MEMORY. [main] */
cochlea_status coch_bench_matmul(const coch_kernels *kernels, const coch_bench_shape *shape, double *gflops);

/* Nanoseconds per element of an entry, likewise. Errors: MEMORY. [main] */
cochlea_status coch_bench_elements(const coch_kernels *kernels, const coch_bench_entry *entry,
                                   double *nanoseconds);

#endif
