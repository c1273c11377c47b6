/* Weights packed for the kernels: columns padded with zeros to whole lanes, rows aligned. */
#ifndef COCH_NET_MATRIX_H
#define COCH_NET_MATRIX_H

#include "base/arena.h"
#include "dsp/kernels.h"
#include "net/gguf.h"

#include <stddef.h>

#define COCH_MATRIX_TAPS_MAX 64

typedef struct coch_matrix {
    size_t taps;    /* <= COCH_MATRIX_TAPS_MAX; 1 for a plain matrix */
    size_t k, n;    /* rows of a tap (inputs), columns (outputs) */
    size_t columns; /* COCH_PAD(n) */
    float *w;       /* [taps][k][columns] */
} coch_matrix;

/* Run once per arena pass. [main] */
void coch_matrix_layout(coch_matrix *matrix, coch_arena *arena, size_t taps, size_t k, size_t n);

/* Fills the laid out weights from a tensor of exactly `shape`, whose product is taps * k * n in that order.
 * Errors: MISSING, FORMAT (other shape, or a number that is not finite). [main] */
cochlea_status coch_matrix_load(coch_matrix *matrix, const coch_gguf *file, const char *name,
                                const size_t *shape, unsigned dims);

/* out[rows][columns] += sum over taps t of a[t][rows][k] * w[t][k][columns]; strides in floats. [worker] */
void coch_matrix_add(const coch_matrix *matrix, const coch_kernels *kernels, float *out, size_t out_stride,
                     const float *const *a, size_t a_stride, size_t rows) COCH_REALTIME;

/* The same for one tap. [worker] */
void coch_matrix_add_one(const coch_matrix *matrix, const coch_kernels *kernels, float *out,
                         size_t out_stride, const float *a, size_t a_stride, size_t rows) COCH_REALTIME;

/* Every row of out[rows][columns] becomes the matrix's first row: how a bias starts a sum. [worker] */
void coch_matrix_fill(const coch_matrix *bias, float *out, size_t rows) COCH_REALTIME;

#endif
