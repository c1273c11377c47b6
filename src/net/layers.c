#include "net/layers.h"

#include <stdio.h>
#include <string.h>

enum { NAME_SIZE = 64 };

/* Loads PREFIX.weight or PREFIX.bias. */
static cochlea_status load(coch_matrix *matrix, const coch_gguf *file, const char *prefix, const char *part,
                           const size_t *shape, unsigned dims)
{
    char name[NAME_SIZE];
    if ((size_t)snprintf(name, sizeof name, "%s.%s", prefix, part) >= sizeof name) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    return coch_matrix_load(matrix, file, name, shape, dims);
}

/* ---- Convolution ---- */

void coch_conv_layout(coch_conv *conv, coch_arena *arena, const coch_conv_shape *shape)
{
    conv->shape = *shape;
    conv->positions = shape->bins / shape->stride;
    conv->margin = shape->kernel / 2 - shape->stride / 2;
    coch_matrix_layout(&conv->weight, arena, shape->time, shape->kernel * shape->channels, shape->filters);
    coch_matrix_layout(&conv->bias, arena, 1, 1, shape->filters);
}

static size_t column_size(const coch_conv *conv)
{
    return (2 * conv->margin + conv->shape.bins) * conv->shape.channels;
}

void coch_conv_state_layout(coch_conv_state *state, coch_arena *arena, const coch_conv *conv)
{
    state->columns = coch_arena_take(arena, conv->shape.time * column_size(conv), sizeof(float));
}

cochlea_status coch_conv_load(coch_conv *conv, const coch_gguf *file, const char *prefix)
{
    const coch_conv_shape *s = &conv->shape;
    const size_t shape[] = {s->time, s->kernel, s->channels, s->filters};
    cochlea_status status = load(&conv->weight, file, prefix, "weight", shape, 4);
    return status == COCHLEA_OK ? load(&conv->bias, file, prefix, "bias", &s->filters, 1) : status;
}

void coch_conv_reset(const coch_conv *conv, coch_conv_state *state, float value)
{
    size_t size = column_size(conv), edge = conv->margin * conv->shape.channels;
    for (size_t t = 0; t < conv->shape.time; t++) {
        float *column = state->columns + t * size;
        memset(column, 0, size * sizeof *column);
        for (size_t i = edge; i < size - edge; i++) {
            column[i] = value;
        }
    }
    state->newest = 0;
}

float *coch_conv_input(const coch_conv *conv, coch_conv_state *state)
{
    state->newest = (state->newest + 1) % conv->shape.time;
    return state->columns + state->newest * column_size(conv) + conv->margin * conv->shape.channels;
}

void coch_conv_process(const coch_conv *conv, const coch_conv_state *state, const coch_kernels *kernels,
                       float *out)
{
    const float *taps[COCH_MATRIX_TAPS_MAX];
    size_t time = conv->shape.time;
    for (size_t t = 0; t < time; t++) {
        taps[t] = state->columns + (state->newest + 1 + t) % time * column_size(conv);
    }
    coch_matrix_fill(&conv->bias, out, conv->positions);
    coch_matrix_add(&conv->weight, kernels, out, conv->weight.columns, taps,
                    conv->shape.stride * conv->shape.channels, conv->positions);
    kernels->relu(out, conv->positions * conv->weight.columns);
}

/* ---- Gather ---- */

void coch_gather_layout(coch_gather *gather, coch_arena *arena, const coch_gather_shape *shape)
{
    long low = 0, high = (long)shape->rows_in - 1;
    for (size_t i = 0; i < shape->offsets; i++) {
        long start = (long)shape->first + shape->offset[i], end = start + (long)shape->rows_out - 1;
        low = start < low ? start : low;
        high = end > high ? end : high;
    }
    gather->shape = *shape;
    gather->before = (size_t)-low;
    gather->after = (size_t)(high + 1) - shape->rows_in;
    coch_matrix_layout(&gather->weight, arena, shape->offsets, shape->channels, shape->filters);
}

void coch_gather_state_layout(coch_gather_state *state, coch_arena *arena, const coch_gather *gather)
{
    size_t rows = gather->before + gather->shape.rows_in + gather->after;
    state->rows = coch_arena_take(arena, rows * gather->shape.channels, sizeof(float));
}

cochlea_status coch_gather_load(coch_gather *gather, const coch_gguf *file, const char *name)
{
    const size_t shape[] = {gather->shape.offsets, gather->shape.channels, gather->shape.filters};
    return coch_matrix_load(&gather->weight, file, name, shape, 3);
}

float *coch_gather_input(const coch_gather *gather, const coch_gather_state *state)
{
    return state->rows + gather->before * gather->shape.channels;
}

void coch_gather_add(const coch_gather *gather, const coch_gather_state *state, const coch_kernels *kernels,
                     float *out)
{
    const float *taps[COCH_MATRIX_TAPS_MAX];
    const coch_gather_shape *s = &gather->shape;
    for (size_t i = 0; i < s->offsets; i++) {
        long row = (long)(gather->before + s->first) + s->offset[i];
        taps[i] = state->rows + (size_t)row * s->channels;
    }
    coch_matrix_add(&gather->weight, kernels, out, gather->weight.columns, taps, s->channels, s->rows_out);
}

/* ---- Dense ---- */

void coch_dense_layout(coch_dense *dense, coch_arena *arena, size_t inputs, size_t outputs)
{
    coch_matrix_layout(&dense->weight, arena, 1, inputs, outputs);
    coch_matrix_layout(&dense->bias, arena, 1, 1, outputs);
}

cochlea_status coch_dense_load(coch_dense *dense, const coch_gguf *file, const char *prefix)
{
    const size_t shape[] = {dense->weight.k, dense->weight.n};
    cochlea_status status = load(&dense->weight, file, prefix, "weight", shape, 2);
    return status == COCHLEA_OK ? load(&dense->bias, file, prefix, "bias", shape + 1, 1) : status;
}

void coch_dense_process(const coch_dense *dense, const coch_kernels *kernels, const float *in,
                        size_t in_stride, float *out, size_t rows)
{
    coch_matrix_fill(&dense->bias, out, rows);
    coch_matrix_add_one(&dense->weight, kernels, out, dense->weight.columns, in, in_stride, rows);
}

/* ---- Gated recurrent unit ---- */

void coch_gru_layout(coch_gru *gru, coch_arena *arena, size_t inputs, size_t units)
{
    gru->units = units;
    coch_dense_layout(&gru->input, arena, inputs, 3 * units);
    coch_dense_layout(&gru->state, arena, units, 3 * units);
}

void coch_gru_state_layout(coch_gru_state *state, coch_arena *arena, const coch_gru *gru, size_t rows)
{
    state->rows = rows;
    state->h = coch_arena_take(arena, rows * gru->units, sizeof(float));
    state->from_in = coch_arena_take(arena, rows * 3 * gru->units, sizeof(float));
    state->from_h = coch_arena_take(arena, rows * 3 * gru->units, sizeof(float));
}

/* Loads PREFIX.input or PREFIX.state. */
static cochlea_status load_dense(coch_dense *dense, const coch_gguf *file, const char *prefix,
                                 const char *part)
{
    char name[NAME_SIZE];
    if ((size_t)snprintf(name, sizeof name, "%s.%s", prefix, part) >= sizeof name) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    return coch_dense_load(dense, file, name);
}

cochlea_status coch_gru_load(coch_gru *gru, const coch_gguf *file, const char *prefix)
{
    cochlea_status status = load_dense(&gru->input, file, prefix, "input");
    return status == COCHLEA_OK ? load_dense(&gru->state, file, prefix, "state") : status;
}

void coch_gru_reset(const coch_gru *gru, coch_gru_state *state)
{
    memset(state->h, 0, state->rows * gru->units * sizeof *state->h);
}

const float *coch_gru_process(const coch_gru *gru, coch_gru_state *state, const coch_kernels *kernels,
                              const float *in, size_t in_stride)
{
    coch_dense_process(&gru->input, kernels, in, in_stride, state->from_in, state->rows);
    coch_dense_process(&gru->state, kernels, state->h, gru->units, state->from_h, state->rows);
    kernels->gru_gates(state->h, state->from_in, state->from_h, state->rows, gru->units);
    return state->h;
}
