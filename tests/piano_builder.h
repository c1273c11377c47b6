/* Makes weight files of the piano net, of any widths and with single mistakes. */
#ifndef COCH_TESTS_PIANO_BUILDER_H
#define COCH_TESTS_PIANO_BUILDER_H

#include "gguf_builder.h"

#include <math.h>

typedef struct piano_builder {
    size_t conv1, conv2, conv3, features, units, reduced, mixed; /* widths */
    size_t time, kernel; /* of all convolutions but the first's kernel, 7 */
    size_t harmonics, intervals, deadlines;
    const char *skip;   /* tensor or metadata that is left out */
    const char *poison; /* tensor with a NaN */
    const char *grow;   /* tensor whose first dimension is one too many */
    const char *wrong;  /* metadata of an impossible value */
    gguf_builder file;
    uint32_t noise;
} piano_builder;

/* The least that a net can be. */
static inline piano_builder piano_builder_small(void)
{
    return (piano_builder){.conv1 = 16,
                           .conv2 = 16,
                           .conv3 = 16,
                           .features = 16,
                           .units = 16,
                           .reduced = 16,
                           .mixed = 16,
                           .time = 1,
                           .kernel = 1,
                           .harmonics = 1,
                           .intervals = 1,
                           .deadlines = 1};
}

static inline int piano_is(const char *mark, const char *name)
{
    return mark && strcmp(mark, name) == 0;
}

static inline void piano_tensor(piano_builder *p, const char *name, uint32_t dims, size_t a, size_t b,
                                size_t c, size_t d)
{
    size_t shape[4] = {a, b, c, d}, count = 1;
    if (piano_is(p->skip, name))
        return;
    shape[0] += piano_is(p->grow, name);
    for (uint32_t i = 0; i < dims; i++)
        count *= shape[i];
    float *values = malloc(count * sizeof *values);
    if (!values)
        abort();
    for (size_t i = 0; i < count; i++) {
        p->noise = p->noise * 1664525u + 1013904223u;
        values[i] = (float)(int32_t)p->noise * 0x1p-34f;
    }
    if (piano_is(p->poison, name))
        values[count - 1] = NAN;
    gguf_tensor(&p->file, name, 0, shape, dims, values, count * sizeof *values);
    free(values);
}

static inline void piano_u32(piano_builder *p, const char *key, uint32_t value)
{
    if (!piano_is(p->skip, key))
        gguf_u32(&p->file, key, piano_is(p->wrong, key) ? UINT32_MAX : value);
}

static inline void piano_f32(piano_builder *p, const char *key, float value)
{
    if (!piano_is(p->skip, key))
        gguf_f32(&p->file, key, piano_is(p->wrong, key) ? NAN : value);
}

/* Integers start, start + step, ...; wrong: all the highest there is. */
static inline void piano_integers(piano_builder *p, const char *key, uint32_t type, size_t count,
                                  int32_t start, int32_t step)
{
    int32_t values[64];
    for (size_t i = 0; i < count && i < 64; i++)
        values[i] = piano_is(p->wrong, key) ? INT32_MAX : start + (int32_t)i * step;
    if (!piano_is(p->skip, key))
        gguf_array(&p->file, key, type, values, count);
}

static inline void piano_floats(piano_builder *p, const char *key, const float *values, size_t count)
{
    float copy[256];
    memcpy(copy, values, count * sizeof *copy);
    copy[0] = piano_is(p->wrong, key) ? NAN : copy[0];
    if (!piano_is(p->skip, key))
        gguf_array(&p->file, key, GGUF_F32, copy, count);
}

static inline void piano_decoding(piano_builder *p)
{
    float thresholds[256];
    size_t i = 0;
    for (size_t prefix = 0; prefix < p->deadlines; prefix++)
        for (size_t d = 0; d < p->deadlines; d++)
            for (int k = 0; k < 4; k++)
                thresholds[i++] = d <= prefix ? 0.5f : INFINITY;
    piano_integers(p, "cochlea.piano.deadlines", GGUF_U32, p->deadlines, 1, 2);
    piano_floats(p, "cochlea.piano.thresholds", thresholds, i);
    piano_f32(p, "cochlea.piano.longest_age_ms", 120);
    piano_f32(p, "cochlea.piano.rearm_level", 0.5f);
    piano_u32(p, "cochlea.piano.rearm_frames", 9);
    piano_f32(p, "cochlea.piano.off_level", 0.5f);
    piano_f32(p, "cochlea.piano.off_held", 0.25f);
    piano_f32(p, "cochlea.piano.off_shift_ms", 40);
    piano_u32(p, "cochlea.piano.off_guard_frames", 4);
    piano_f32(p, "cochlea.piano.pedal_pressed", 0.3f);
    piano_f32(p, "cochlea.piano.pedal_released", 0.3f);
    piano_f32(p, "cochlea.piano.pedal_on", 0.6f);
    piano_f32(p, "cochlea.piano.pedal_off", 0.4f);
    piano_u32(p, "cochlea.piano.pedal_gap_frames", 8);
    piano_u32(p, "cochlea.piano.pedal_on_frames", 10);
    piano_u32(p, "cochlea.piano.pedal_off_frames", 5);
    piano_u32(p, "cochlea.piano.pedal_hold_frames", 20);
    piano_u32(p, "cochlea.piano.pedal_search_frames", 40);
    piano_f32(p, "cochlea.piano.pedal_pressed_delay_ms", 125);
    piano_f32(p, "cochlea.piano.pedal_released_delay_ms", 65);
}

static inline void piano_metadata(piano_builder *p)
{
    if (!piano_is(p->skip, "general.architecture"))
        gguf_text(&p->file, "general.architecture",
                  piano_is(p->wrong, "general.architecture") ? "llama" : "cochlea.piano");
    piano_u32(p, "cochlea.piano.version", 3);
    piano_u32(p, "cochlea.piano.sample_rate", 16000);
    piano_u32(p, "cochlea.piano.hop", 160);
    piano_integers(p, "cochlea.piano.window_lengths", GGUF_U32, 3, 256, 256);
    piano_integers(p, "cochlea.piano.window_falls", GGUF_U32, 3, 96, 32);
    piano_integers(p, "cochlea.piano.window_ffts", GGUF_U32, 3, 1024, 0);
    piano_u32(p, "cochlea.piano.bins", 300);
    piano_u32(p, "cochlea.piano.bins_per_semitone", 3);
    piano_u32(p, "cochlea.piano.first_key", 21);
    piano_u32(p, "cochlea.piano.keys", 88);
    piano_integers(p, "cochlea.piano.harmonics", GGUF_I32, p->harmonics, -24, 3);
    piano_integers(p, "cochlea.piano.intervals", GGUF_I32, p->intervals, -12, 1);
    piano_f32(p, "cochlea.piano.loudness_start", -0.5f);
    piano_f32(p, "cochlea.piano.loudness_decay", 0.001f);
    piano_decoding(p);
}

static inline void piano_tensors(piano_builder *p)
{
    const size_t outputs = 2 * p->deadlines + 4, gates = 3 * p->units;
    piano_tensor(p, "conv1.weight", 4, p->time, 7, 3, p->conv1);
    piano_tensor(p, "conv1.bias", 1, p->conv1, 0, 0, 0);
    piano_tensor(p, "conv2.weight", 4, p->time, p->kernel, p->conv1, p->conv2);
    piano_tensor(p, "conv2.bias", 1, p->conv2, 0, 0, 0);
    piano_tensor(p, "conv3.weight", 4, p->time, p->kernel, p->conv2, p->conv3);
    piano_tensor(p, "conv3.bias", 1, p->conv3, 0, 0, 0);
    piano_tensor(p, "gather.weight", 3, p->harmonics, p->conv3, p->features, 0);
    piano_tensor(p, "gather.global.weight", 2, p->conv3 + 2, p->features, 0, 0);
    piano_tensor(p, "gather.key_bias", 2, 88, p->features, 0, 0);
    piano_tensor(p, "gru.input.weight", 2, p->features, gates, 0, 0);
    piano_tensor(p, "gru.input.bias", 1, gates, 0, 0, 0);
    piano_tensor(p, "gru.state.weight", 2, p->units, gates, 0, 0);
    piano_tensor(p, "gru.state.bias", 1, gates, 0, 0, 0);
    piano_tensor(p, "exchange.reduce.weight", 2, p->units, p->reduced, 0, 0);
    piano_tensor(p, "exchange.reduce.bias", 1, p->reduced, 0, 0, 0);
    piano_tensor(p, "exchange.gather.weight", 3, p->intervals, p->reduced, p->mixed, 0);
    piano_tensor(p, "exchange.state.weight", 2, p->units, p->mixed, 0, 0);
    piano_tensor(p, "exchange.input.weight", 2, p->features, p->mixed, 0, 0);
    piano_tensor(p, "exchange.key_bias", 2, 88, p->mixed, 0, 0);
    piano_tensor(p, "gru2.input.weight", 2, p->mixed, gates, 0, 0);
    piano_tensor(p, "gru2.input.bias", 1, gates, 0, 0, 0);
    piano_tensor(p, "gru2.state.weight", 2, p->units, gates, 0, 0);
    piano_tensor(p, "gru2.state.bias", 1, gates, 0, 0, 0);
    piano_tensor(p, "heads.state.weight", 2, p->units, outputs, 0, 0);
    piano_tensor(p, "heads.weight", 2, p->mixed, outputs, 0, 0);
    piano_tensor(p, "heads.bias", 1, outputs, 0, 0, 0);
    piano_tensor(p, "pedal.input.weight", 2, 2 * p->units, p->features, 0, 0);
    piano_tensor(p, "pedal.input.bias", 1, p->features, 0, 0, 0);
    piano_tensor(p, "pedal.gru.input.weight", 2, p->features, gates, 0, 0);
    piano_tensor(p, "pedal.gru.input.bias", 1, gates, 0, 0, 0);
    piano_tensor(p, "pedal.gru.state.weight", 2, p->units, gates, 0, 0);
    piano_tensor(p, "pedal.gru.state.bias", 1, gates, 0, 0, 0);
    piano_tensor(p, "pedal.out.weight", 2, p->units, 3, 0, 0);
    piano_tensor(p, "pedal.out.bias", 1, 3, 0, 0, 0);
}

/* The file, to be freed. */
static inline unsigned char *piano_builder_finish(piano_builder *p, size_t *size)
{
    gguf_start(&p->file);
    piano_metadata(p);
    piano_tensors(p);
    return gguf_finish(&p->file, size);
}

#endif
