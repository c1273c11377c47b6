/* Makes the smallest weight file of the instrument detector: least widths, short transforms. */
#ifndef COCH_TESTS_INSTRUMENT_BUILDER_H
#define COCH_TESTS_INSTRUMENT_BUILDER_H

#include "gguf_builder.h"

#define INSTRUMENT_KEY "cochlea.instrument."

enum { INSTRUMENT_CLASSES = 3, INSTRUMENT_WIDTH = 16 };

static inline void instrument_tensor(gguf_builder *b, const char *name, uint32_t dims, const size_t *shape)
{
    size_t count = 1;
    for (uint32_t i = 0; i < dims; i++)
        count *= shape[i];
    float *values = malloc(count * sizeof *values);
    if (!values)
        abort();
    uint32_t noise = (uint32_t)count;
    for (size_t i = 0; i < count; i++) {
        noise = noise * 1664525u + 1013904223u;
        values[i] = (float)(int32_t)noise * 0x1p-34f;
    }
    gguf_tensor(b, name, 0, shape, dims, values, count * sizeof *values);
    free(values);
}

/* NAME.weight of the shape and NAME.bias of its last dimension. */
static inline void instrument_layer(gguf_builder *b, const char *name, uint32_t dims, const size_t *shape)
{
    char whole[64] = {0};
    strncat(whole, name, 40);
    size_t length = strlen(whole);
    memcpy(whole + length, ".weight", 8);
    instrument_tensor(b, whole, dims, shape);
    memcpy(whole + length, ".bias", 6);
    instrument_tensor(b, whole, 1, shape + dims - 1);
}

static inline void instrument_conv(gguf_builder *b, const char *name, size_t time, size_t bins, size_t inputs)
{
    instrument_layer(b, name, 4, (size_t[]){time, bins, inputs, INSTRUMENT_WIDTH});
}

static inline void instrument_matrix(gguf_builder *b, const char *name, size_t rows, size_t columns)
{
    instrument_tensor(b, name, 2, (size_t[]){rows, columns});
}

static inline void instrument_tensors(gguf_builder *b)
{
    const size_t width = INSTRUMENT_WIDTH, classes = INSTRUMENT_CLASSES;
    instrument_conv(b, "net.2d.first", 5, 5, 1);
    instrument_conv(b, "net.2d.second", 5, 5, width);
    instrument_conv(b, "net.1d.first", 5, 36, 1);
    instrument_conv(b, "net.1d.second", 5, 1, width);
    instrument_conv(b, "net.spiral.first", 15, 3, 1);
    instrument_conv(b, "net.spiral.second", 5, 5, width);
    instrument_layer(b, "net.dense", 2, (size_t[]){10 * width, width});
    instrument_layer(b, "net.out", 2, (size_t[]){width, classes});
    instrument_matrix(b, "statistics.time", 45, 9);
    instrument_matrix(b, "statistics.still", 33, 9);
    instrument_matrix(b, "statistics.moving", 66, 18);
    instrument_matrix(b, "statistics.cosine", 96, 25);
    instrument_matrix(b, "statistics.comb", 1, 49);
    instrument_layer(b, "statistics.dense1", 2, (size_t[]){1273, width});
    instrument_layer(b, "statistics.dense2", 2, (size_t[]){width, width});
    instrument_layer(b, "statistics.dense3", 2, (size_t[]){width, classes});
}

/* The rate is the least at which the highest bin is below half of it. */
static inline void instrument_front_end(gguf_builder *b)
{
    gguf_u32(b, INSTRUMENT_KEY "version", 2);
    gguf_u32(b, INSTRUMENT_KEY "sample_rate", 27000);
    gguf_u32(b, INSTRUMENT_KEY "hop", 64);
    gguf_u32(b, INSTRUMENT_KEY "bins", 96);
    gguf_u32(b, INSTRUMENT_KEY "bins_per_octave", 12);
    gguf_f32(b, INSTRUMENT_KEY "lowest_hz", 55);
    gguf_array(b, INSTRUMENT_KEY "group_ends", GGUF_U32, (uint32_t[]){36, 60, 96}, 3);
    gguf_array(b, INSTRUMENT_KEY "group_ffts", GGUF_U32, (uint32_t[]){8640, 1080, 270}, 3);
    gguf_array(b, INSTRUMENT_KEY "group_counts", GGUF_U32, (uint32_t[]){1, 1, 2}, 3);
    gguf_f32(b, INSTRUMENT_KEY "level_floor", 2e-4f);
    gguf_f32(b, INSTRUMENT_KEY "level_decay", 0.99f);
    gguf_f32(b, INSTRUMENT_KEY "gain", 1000);
}

static inline void instrument_decision(gguf_builder *b)
{
    gguf_f32(b, INSTRUMENT_KEY "slope", 0.3f);
    gguf_f32(b, INSTRUMENT_KEY "perceptron_slope", 0.1f);
    gguf_text(b, INSTRUMENT_KEY "classes", "piano,other,none");
    gguf_f32(b, INSTRUMENT_KEY "net_weight", 1);
    gguf_f32(b, INSTRUMENT_KEY "statistics_weight", 1);
    gguf_u32(b, INSTRUMENT_KEY "shortest", 4);
    gguf_u32(b, INSTRUMENT_KEY "longest", 25);
    gguf_f32(b, INSTRUMENT_KEY "smoothing", 0.4f);
    gguf_f32(b, INSTRUMENT_KEY "change_level", 0.4f);
    gguf_f32(b, INSTRUMENT_KEY "change_rest", 0.15f);
    gguf_u32(b, INSTRUMENT_KEY "change_blocks", 1);
    gguf_f32(b, INSTRUMENT_KEY "shown_on", 0.7f);
    gguf_f32(b, INSTRUMENT_KEY "shown_off", 0.5f);
}

/* The file, to be freed. */
static inline unsigned char *instrument_builder_finish(size_t *size)
{
    gguf_builder b;
    gguf_start(&b);
    gguf_text(&b, "general.architecture", "cochlea.instrument");
    instrument_front_end(&b);
    instrument_decision(&b);
    instrument_tensors(&b);
    return gguf_finish(&b, size);
}

#endif
