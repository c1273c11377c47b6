/* Valid convolutions over frequency and time, streaming: one call makes the outputs of the newest column,
 * from a ring of the newest input columns that several layers may share. Nothing is rectified here, because
 * pooling comes first: it commutes with a rectifier, and does the same with less work. */
#ifndef COCH_NET_CONV2D_H
#define COCH_NET_CONV2D_H

#include "net/matrix.h"

#include <stddef.h>

/* ---- A ring of columns ---- */

typedef struct coch_columns {
    size_t time; /* columns kept */
    size_t size; /* floats of a column: rows times channels */
    size_t newest;
    float *data; /* [time][size] */
} coch_columns;

/* Run once per arena pass. [main] */
void coch_columns_layout(coch_columns *columns, coch_arena *arena, size_t time, size_t size);

/* Every value becomes `value`. [worker] */
void coch_columns_reset(coch_columns *columns, float value) COCH_REALTIME;

/* Starts a column in place of the oldest: returns where its [size] values are to be written. [worker] */
float *coch_columns_next(coch_columns *columns) COCH_REALTIME;

/* The column `age` columns before the newest, age < time. [worker] */
const float *coch_columns_at(const coch_columns *columns, size_t age) COCH_REALTIME;

/* ---- Convolution ---- */

/* Output position p is the sum, over `bands` pieces `band_step` rows apart, of `kernel` rows from row first +
 * p * stride + piece * band_step on. With bands an octave apart this is the spiral convolution of Lostanlen &
 * Cella 2016: what has the same pitch class in neighbouring octaves is heard together. */
typedef struct coch_conv2d_shape {
    size_t first, positions, stride; /* rows */
    size_t bands, band_step;         /* 1 and 0 for an ordinary convolution */
    size_t time;                     /* columns seen, bands * time <= COCH_MATRIX_TAPS_MAX */
    size_t kernel;                   /* rows seen */
    size_t channels;                 /* of a row */
    size_t filters;
} coch_conv2d_shape;

typedef struct coch_conv2d {
    coch_conv2d_shape shape;
    coch_matrix weight; /* [bands][time, oldest first][kernel * channels][filters] */
    coch_matrix bias;   /* [filters] */
} coch_conv2d;

/* Run once per arena pass. [main] */
void coch_conv2d_layout(coch_conv2d *conv, coch_arena *arena, const coch_conv2d_shape *shape);

/* Rows that an input column must have. [any] */
size_t coch_conv2d_rows(const coch_conv2d_shape *shape);

/* From the tensors PREFIX.weight [bands * time][kernel][channels][filters] and PREFIX.bias [filters].
 * Errors: MISSING, FORMAT. [main] */
cochlea_status coch_conv2d_load(coch_conv2d *conv, const coch_gguf *file, const char *prefix);

/* out[positions][COCH_PAD(filters)] of the newest column. The ring keeps at least `time` columns. [worker] */
void coch_conv2d_process(const coch_conv2d *conv, const coch_columns *columns, const coch_kernels *kernels,
                         float *out) COCH_REALTIME;

/* Multiply-adds of a call. [any] */
size_t coch_conv2d_operations(const coch_conv2d *conv);

/* ---- Pooling and rectifying ---- */

/* out[rows][width] = the largest of `size` rows of in[rows * size][width], and of out itself unless `begin`:
 * the maximum over rows at once, over columns call by call. [worker] */
void coch_pool_max(float *out, const float *in, size_t rows, size_t size, size_t width,
                   int begin) COCH_REALTIME;

/* x = x < 0 ? slope * x : x. [worker] */
void coch_leaky_relu(float *x, size_t count, float slope) COCH_REALTIME;

#endif
