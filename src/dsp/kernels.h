/* The table of inner loops. A C reference fills it first; per instruction set a static library replaces the
 * entries where it measured faster. All entries are pure functions of their arguments, and all are [worker].
 *
 * Common preconditions, unless an entry says otherwise: `out` and `w` are aligned to COCH_ALIGNMENT, `n` and
 * strides of `out` are multiples of COCH_LANES. Results of the vector versions may differ from the C
 * reference by rounding: the kernel checker holds them to 1e-5 of the largest magnitude. */
#ifndef COCH_DSP_KERNELS_H
#define COCH_DSP_KERNELS_H

#include "base/attributes.h"

#include <stddef.h>

#define COCH_LANES 16 /* columns of every packed weight matrix are padded to a multiple of this */

/* `count` rounded up to whole lanes. */
#define COCH_PAD(count) (((count) + (COCH_LANES - 1)) / COCH_LANES * COCH_LANES)

typedef struct coch_kernels {
    const char *name; /* "c", "avx2", "avx512", "neon" */

    /* out[m][n] += sum over taps t, over k of a[t][m][k] * w[t][k][n].
     * Every layer of the nets is this one sum: a convolution has a tap for each time step with k = kernel x
     * channels contiguous values and a row stride of stride x channels (rows may overlap); a gather at key
     * offsets has a tap for each offset; a dense layer has one tap. a: `taps` pointers, each to rows
     * `a_stride` floats apart, no alignment needed. w: [taps][k][n]. */
    void (*matmul)(float *out, size_t out_stride, const float *const *a, size_t a_stride, size_t taps,
                   const float *w, size_t m, size_t n, size_t k);

    /* x[i] = max(x[i], 0). count: any. */
    void (*relu)(float *x, size_t count);

    /* x[i] = 1 / (1 + exp(-x[i])), within 2e-6, no overflow for any finite x. count: any. */
    void (*sigmoid)(float *x, size_t count);

    /* One step of a gated recurrent unit (Cho et al. 2014, PyTorch's form) for `rows` independent rows.
     * xi = x*Wi + bi and hh = h*Wh + bh: [rows][3 * units] with columns r | z | n. h: [rows][units], read and
     * written. r = s(xi_r + hh_r), z = s(xi_z + hh_z), n = tanh(xi_n + r * hh_n), h = (1 - z) * n + z * h.
     * units: a multiple of COCH_LANES. */
    void (*gru_gates)(float *h, const float *xi, const float *hh, size_t rows, size_t units);

    /* out[i] = a[i] * b[i]. count: any; no alignment needed. */
    void (*multiply)(float *out, const float *a, const float *b, size_t count);

    /* power[i] = re^2 + im^2 of `count` interleaved complex values. no alignment needed. */
    void (*power)(float *power, const float *spectrum, size_t count);

    /* out[b] = sum over i < length[b] of weights[offset[b] + i] * x[first[b] + i]: a sparse map of bins to
     * bands. no alignment needed. */
    void (*bands)(float *out, const float *x, const float *weights, const int *first, const int *length,
                  const int *offset, size_t bands);

    /* x[i] = clip(scale * log10(x[i] + floor) + offset, low, high); x[i] >= 0; within 1e-5 of the range. */
    void (*log_scale)(float *x, size_t count, float floor, float scale, float offset, float low, float high);

    /* For benchmarks: `rounds` turns of multiply-adds in enough independent chains to keep the units of this
     * instruction set full; returns how many floating-point operations that were. */
    double (*multiply_adds)(size_t rounds);
} coch_kernels;

/* The best table for the processor, restricted to the instruction sets in `mask` (COCH_CPU_ALL for no
 * restriction); never NULL: mask 0 gives the C reference. The table is constant and lives for ever. [any] */
const coch_kernels *coch_kernels_select(unsigned mask);

#endif
