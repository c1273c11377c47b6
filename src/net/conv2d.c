#include "net/conv2d.h"

#include <stdio.h>

enum { NAME_SIZE = 64 };

void coch_columns_layout(coch_columns *columns, coch_arena *arena, size_t time, size_t size)
{
    columns->time = time;
    columns->size = size;
    columns->data = coch_arena_take(arena, time * size, sizeof(float));
}

void coch_columns_reset(coch_columns *columns, float value)
{
    for (size_t i = 0; i < columns->time * columns->size; i++) {
        columns->data[i] = value;
    }
    columns->newest = 0;
}

float *coch_columns_next(coch_columns *columns)
{
    columns->newest = (columns->newest + 1) % columns->time;
    return columns->data + columns->newest * columns->size;
}

const float *coch_columns_at(const coch_columns *columns, size_t age)
{
    return columns->data + (columns->newest + columns->time - age) % columns->time * columns->size;
}

void coch_conv2d_layout(coch_conv2d *conv, coch_arena *arena, const coch_conv2d_shape *shape)
{
    conv->shape = *shape;
    coch_matrix_layout(&conv->weight, arena, shape->bands * shape->time, shape->kernel * shape->channels,
                       shape->filters);
    coch_matrix_layout(&conv->bias, arena, 1, 1, shape->filters);
}

size_t coch_conv2d_rows(const coch_conv2d_shape *shape)
{
    return shape->first + (shape->positions - 1) * shape->stride + (shape->bands - 1) * shape->band_step +
           shape->kernel;
}

cochlea_status coch_conv2d_load(coch_conv2d *conv, const coch_gguf *file, const char *prefix)
{
    const coch_conv2d_shape *s = &conv->shape;
    const size_t shape[] = {s->bands * s->time, s->kernel, s->channels, s->filters};
    char name[NAME_SIZE];
    if ((size_t)snprintf(name, sizeof name, "%s.weight", prefix) >= sizeof name) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    cochlea_status status = coch_matrix_load(&conv->weight, file, name, shape, 4);
    if (status != COCHLEA_OK) {
        return status;
    }
    snprintf(name, sizeof name, "%s.bias", prefix);
    return coch_matrix_load(&conv->bias, file, name, &s->filters, 1);
}

void coch_conv2d_process(const coch_conv2d *conv, const coch_columns *columns, const coch_kernels *kernels,
                         float *out)
{
    const coch_conv2d_shape *s = &conv->shape;
    const float *taps[COCH_MATRIX_TAPS_MAX];
    for (size_t band = 0; band < s->bands; band++) {
        for (size_t t = 0; t < s->time; t++) {
            taps[band * s->time + t] =
                coch_columns_at(columns, s->time - 1 - t) + (s->first + band * s->band_step) * s->channels;
        }
    }
    coch_matrix_fill(&conv->bias, out, s->positions);
    coch_matrix_add(&conv->weight, kernels, out, conv->weight.columns, taps, s->stride * s->channels,
                    s->positions);
}

size_t coch_conv2d_operations(const coch_conv2d *conv)
{
    return conv->shape.positions * conv->weight.taps * conv->weight.k * conv->weight.n;
}

void coch_pool_max(float *out, const float *in, size_t rows, size_t size, size_t width, int begin)
{
    for (size_t row = 0; row < rows; row++, out += width) {
        for (size_t i = 0; i < size; i++, in += width) {
            for (size_t c = 0; c < width; c++) {
                out[c] = (begin && i == 0) || in[c] > out[c] ? in[c] : out[c];
            }
        }
    }
}

void coch_leaky_relu(float *x, size_t count, float slope)
{
    for (size_t i = 0; i < count; i++) {
        x[i] = x[i] < 0 ? slope * x[i] : x[i];
    }
}
