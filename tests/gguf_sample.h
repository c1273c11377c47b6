/* A weight file with one of everything, and a walk over all that a reader gives. */
#ifndef COCH_TESTS_GGUF_SAMPLE_H
#define COCH_TESTS_GGUF_SAMPLE_H

#include "gguf_builder.h"
#include "net/gguf.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const float gguf_six[] = {1, -2, 3.5f, 0, 1e-30f, 7};

/* One of everything. */
static inline unsigned char *gguf_sample(size_t *size)
{
    static const uint16_t halves[] = {0x3c00, 0xc000, 0x0001};
    static const int32_t offsets[] = {-24, 0, 48};
    static const float thresholds[] = {0.5f, INFINITY};
    gguf_builder b;
    gguf_start(&b);
    gguf_text(&b, "general.architecture", "test \x1b[1m");
    gguf_integer(&b, "u8", GGUF_U8, 1, 200);
    gguf_integer(&b, "i8", GGUF_I8, 1, -100);
    gguf_integer(&b, "u16", GGUF_U16, 2, 60000);
    gguf_integer(&b, "i16", GGUF_I16, 2, -30000);
    gguf_integer(&b, "u32", GGUF_U32, 4, 4000000000);
    gguf_integer(&b, "i32", GGUF_I32, 4, -2000000000);
    gguf_integer(&b, "u64", GGUF_U64, 8, INT64_MAX);
    gguf_integer(&b, "u64 large", GGUF_U64, 8, -1);
    gguf_integer(&b, "i64", GGUF_I64, 8, INT64_MIN);
    gguf_integer(&b, "bool", GGUF_BOOL, 1, 1);
    gguf_f32(&b, "f32", -0.25f);
    const double pi = 3.14159265358979, huge = 1e300;
    gguf_key(&b, "f64", GGUF_F64);
    gguf_put(&b.value, &pi, sizeof pi);
    gguf_array(&b, "offsets", GGUF_I32, offsets, 3);
    gguf_array(&b, "thresholds", GGUF_F32, thresholds, 2);
    gguf_key(&b, "huge", GGUF_ARRAY);
    gguf_array_head(&b, GGUF_F64, 1);
    gguf_put(&b.value, &huge, sizeof huge);
    gguf_key(&b, "names", GGUF_ARRAY);
    gguf_array_head(&b, GGUF_STRING, 2);
    gguf_put_string(&b.value, "a");
    gguf_put_string(&b.value, "");
    gguf_key(&b, "nested", GGUF_ARRAY);
    gguf_array_head(&b, GGUF_ARRAY, 1);
    gguf_array_head(&b, GGUF_U8, 2);
    gguf_put(&b.value, "\1\2", 2);
    gguf_tensor(&b, "matrix", 0, (size_t[]){2, 3}, 2, gguf_six, sizeof gguf_six);
    gguf_tensor(&b, "halves", 1, (size_t[]){3}, 1, halves, sizeof halves);
    return gguf_finish(&b, size);
}

/* Reads all that can be reached through the interface: under a sanitizer, nothing may lie outside. */
static inline void gguf_visit(const coch_gguf *file)
{
    char text[40];
    for (size_t i = 0; coch_gguf_entry(file, i, text, sizeof text); i++)
        assert_true(strlen(text) < sizeof text);
    for (size_t i = 0; i < coch_gguf_tensors(file); i++) {
        const coch_gguf_tensor *tensor = coch_gguf_tensor_at(file, i);
        float *out = malloc(tensor->count * sizeof *out);
        assert_non_null(out);
        assert_int_equal(coch_gguf_floats(file, tensor->name, tensor->shape, tensor->dims, out), COCHLEA_OK);
        free(out);
    }
}

#endif
