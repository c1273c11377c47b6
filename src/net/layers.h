/* The layers of the nets, streaming: one call is one frame.
 *
 * Each comes as constant weights, which may serve many streams, and a state, which belongs to one. Both are
 * laid out in arenas of their owner. A layer never copies its input: the layer before writes straight into
 * the rows that it is going to read, which carry their own zero rows at both ends, so that reading past the
 * edge needs no test. Widths of inputs and outputs are multiples of COCH_LANES unless an entry says
 * otherwise; strides are in floats. */
#ifndef COCH_NET_LAYERS_H
#define COCH_NET_LAYERS_H

#include "net/matrix.h"

#include <stddef.h>

/* ---- Convolution over frequency and the past ---- */

typedef struct coch_conv_shape {
    size_t time;     /* frames seen: the newest and time - 1 before it */
    size_t kernel;   /* bins seen, odd, >= stride */
    size_t channels; /* of the input, any number */
    size_t filters;  /* outputs per position */
    size_t bins;     /* of the input, a multiple of stride */
    size_t stride;   /* bins from one position to the next, odd */
} coch_conv_shape;

/* Position p sees `kernel` bins around the middle of bins [p * stride, (p + 1) * stride). */
typedef struct coch_conv {
    coch_conv_shape shape;
    size_t positions;   /* bins / stride */
    size_t margin;      /* rows of zeros before the first bin, and after the last */
    coch_matrix weight; /* [time, oldest first][kernel * channels][filters] */
    coch_matrix bias;   /* [filters] */
} coch_conv;

typedef struct coch_conv_state {
    float *columns; /* [time][margin + bins + margin][channels]: a ring of the newest frames */
    size_t newest;  /* which of them */
} coch_conv_state;

/* Run once per arena pass. [main] */
void coch_conv_layout(coch_conv *conv, coch_arena *arena, const coch_conv_shape *shape);
void coch_conv_state_layout(coch_conv_state *state, coch_arena *arena, const coch_conv *conv);

/* From the tensors PREFIX.weight [time][kernel][channels][filters] and PREFIX.bias [filters].
 * Errors: MISSING, FORMAT. [main] */
cochlea_status coch_conv_load(coch_conv *conv, const coch_gguf *file, const char *prefix);

/* All frames before the first have `value` in every bin. [worker] */
void coch_conv_reset(const coch_conv *conv, coch_conv_state *state, float value) COCH_REALTIME;

/* Starts a frame: returns where its [bins][channels] are to be written, all of them. [worker] */
float *coch_conv_input(const coch_conv *conv, coch_conv_state *state) COCH_REALTIME;

/* out[positions][filters], rectified. [worker] */
void coch_conv_process(const coch_conv *conv, const coch_conv_state *state, const coch_kernels *kernels,
                       float *out) COCH_REALTIME;

/* ---- Gather: rows at given distances from the own one ---- */

/* Output row o reads the input rows o + first + offset of every offset; rows outside are zero. */
typedef struct coch_gather_shape {
    size_t rows_in, rows_out;
    size_t first;    /* input row that output row 0 sits at */
    size_t channels; /* of an input row */
    size_t filters;  /* of an output row */
    size_t offsets;  /* 1..COCH_MATRIX_TAPS_MAX */
    int offset[COCH_MATRIX_TAPS_MAX];
} coch_gather_shape;

typedef struct coch_gather {
    coch_gather_shape shape;
    size_t before, after; /* zero rows around the input */
    coch_matrix weight;   /* [offsets][channels][filters] */
} coch_gather;

typedef struct coch_gather_state {
    float *rows; /* [before + rows_in + after][channels] */
} coch_gather_state;

/* Run once per arena pass. [main] */
void coch_gather_layout(coch_gather *gather, coch_arena *arena, const coch_gather_shape *shape);
void coch_gather_state_layout(coch_gather_state *state, coch_arena *arena, const coch_gather *gather);

/* From the tensor `name` [offsets][channels][filters]. Errors: MISSING, FORMAT. [main] */
cochlea_status coch_gather_load(coch_gather *gather, const coch_gguf *file, const char *name);

/* Where the input [rows_in][channels] is to be written, and can be read. [worker] */
float *coch_gather_input(const coch_gather *gather, const coch_gather_state *state) COCH_REALTIME;

/* out[rows_out][filters] += the sum over the offsets. [worker] */
void coch_gather_add(const coch_gather *gather, const coch_gather_state *state, const coch_kernels *kernels,
                     float *out) COCH_REALTIME;

/* ---- Dense ---- */

typedef struct coch_dense {
    coch_matrix weight; /* [inputs][outputs]; outputs may be any number: they are padded */
    coch_matrix bias;   /* [outputs] */
} coch_dense;

/* Run once per arena pass. [main] */
void coch_dense_layout(coch_dense *dense, coch_arena *arena, size_t inputs, size_t outputs);

/* From PREFIX.weight [inputs][outputs] and PREFIX.bias [outputs]. Errors: MISSING, FORMAT. [main] */
cochlea_status coch_dense_load(coch_dense *dense, const coch_gguf *file, const char *prefix);

/* out[rows][COCH_PAD(outputs)] = in[rows][inputs] * weight + bias. [worker] */
void coch_dense_process(const coch_dense *dense, const coch_kernels *kernels, const float *in,
                        size_t in_stride, float *out, size_t rows) COCH_REALTIME;

/* ---- Gated recurrent unit (Cho et al. 2014, in PyTorch's form) ---- */

/* One set of weights for many rows, each with a state of its own. */
typedef struct coch_gru {
    size_t units;
    coch_dense input; /* [inputs][r | z | n of units each] */
    coch_dense state; /* [units][r | z | n] */
} coch_gru;

typedef struct coch_gru_state {
    size_t rows;
    float *h;       /* [rows][units] */
    float *from_in; /* [rows][3 * units], within a call */
    float *from_h;  /* [rows][3 * units], within a call */
} coch_gru_state;

/* Run once per arena pass. [main] */
void coch_gru_layout(coch_gru *gru, coch_arena *arena, size_t inputs, size_t units);
void coch_gru_state_layout(coch_gru_state *state, coch_arena *arena, const coch_gru *gru, size_t rows);

/* From PREFIX.input.weight, .input.bias, .state.weight, .state.bias. Errors: MISSING, FORMAT. [main] */
cochlea_status coch_gru_load(coch_gru *gru, const coch_gguf *file, const char *prefix);

/* h = 0. [worker] */
void coch_gru_reset(const coch_gru *gru, coch_gru_state *state) COCH_REALTIME;

/* One step of every row from in[rows][inputs]; returns the new h[rows][units]. [worker] */
const float *coch_gru_process(const coch_gru *gru, coch_gru_state *state, const coch_kernels *kernels,
                              const float *in, size_t in_stride) COCH_REALTIME;

#endif
