/* The reader of weight files: good files give what was written, broken ones a reason. */
#include "gguf_builder.h"
#include "net/gguf.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

static const float six[] = {1, -2, 3.5f, 0, 1e-30f, 7};

/* One of everything. */
static unsigned char *whole_file(size_t *size)
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
    gguf_tensor(&b, "matrix", 0, (size_t[]){2, 3}, 2, six, sizeof six);
    gguf_tensor(&b, "halves", 1, (size_t[]){3}, 1, halves, sizeof halves);
    return gguf_finish(&b, size);
}

/* Reads all that can be reached through the interface: under a sanitizer, nothing may lie outside. */
static void visit(const coch_gguf *file)
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

/* Opens, visits and closes; frees the bytes. A failure must come with a reason. */
static cochlea_status try_bytes(unsigned char *bytes, size_t size)
{
    coch_gguf *file = (coch_gguf *)bytes;
    char why[100];
    cochlea_status status = coch_gguf_open_memory(&file, bytes, size, why, sizeof why);
    if (status == COCHLEA_OK) {
        assert_string_equal(why, "");
        visit(file);
        coch_gguf_free(file);
    } else {
        assert_null(file);
        assert_true(strlen(why) > 0);
    }
    free(bytes);
    return status;
}

static cochlea_status try_builder(gguf_builder *b)
{
    size_t size;
    unsigned char *bytes = gguf_finish(b, &size);
    return try_bytes(bytes, size);
}

static void tensors_come_out_as_written(void **state)
{
    (void)state;
    size_t size;
    unsigned char *bytes = whole_file(&size);
    coch_gguf *file;
    assert_int_equal(coch_gguf_open_memory(&file, bytes, size, NULL, 0), COCHLEA_OK);
    assert_int_equal(coch_gguf_tensors(file), 2);
    const coch_gguf_tensor *matrix = coch_gguf_find(file, "matrix");
    assert_non_null(matrix);
    assert_int_equal(matrix->dims, 2);
    assert_int_equal(matrix->shape[0], 2);
    assert_int_equal(matrix->shape[1], 3);
    assert_int_equal(matrix->shape[2], 1);
    assert_int_equal(((const unsigned char *)matrix->data - bytes) % 32, 0);
    float out[6];
    assert_int_equal(coch_gguf_floats(file, "matrix", (size_t[]){2, 3}, 2, out), COCHLEA_OK);
    assert_memory_equal(out, six, sizeof six);
    assert_int_equal(coch_gguf_floats(file, "halves", (size_t[]){3}, 1, out), COCHLEA_OK);
    assert_true(out[0] == 1 && out[1] == -2 && out[2] == 0x1p-24f);
    assert_int_equal(coch_gguf_floats(file, "matrix", (size_t[]){3, 2}, 2, out), COCHLEA_ERROR_FORMAT);
    assert_int_equal(coch_gguf_floats(file, "matrix", (size_t[]){6}, 1, out), COCHLEA_ERROR_FORMAT);
    assert_int_equal(coch_gguf_floats(file, "none", (size_t[]){6}, 1, out), COCHLEA_ERROR_MISSING);
    assert_null(coch_gguf_find(file, "none"));
    assert_null(coch_gguf_tensor_at(file, 2));
    coch_gguf_free(file);
    free(bytes);
}

static void assert_integer(const coch_gguf *file, const char *key, int64_t expected)
{
    int64_t value = 0;
    assert_int_equal(coch_gguf_integer(file, key, &value), COCHLEA_OK);
    assert_true(value == expected);
}

static void metadata_come_out_as_written(void **state)
{
    (void)state;
    size_t size, count;
    unsigned char *bytes = whole_file(&size);
    coch_gguf *file;
    assert_int_equal(coch_gguf_open_memory(&file, bytes, size, NULL, 0), COCHLEA_OK);
    assert_integer(file, "u8", 200);
    assert_integer(file, "i8", -100);
    assert_integer(file, "u16", 60000);
    assert_integer(file, "i16", -30000);
    assert_integer(file, "u32", 4000000000);
    assert_integer(file, "i32", -2000000000);
    assert_integer(file, "u64", INT64_MAX);
    assert_integer(file, "i64", INT64_MIN);
    int64_t integers[3];
    double number;
    float floats[2];
    assert_int_equal(coch_gguf_integer(file, "u64 large", integers), COCHLEA_ERROR_FORMAT);
    assert_int_equal(coch_gguf_integer(file, "bool", integers), COCHLEA_ERROR_FORMAT);
    assert_int_equal(coch_gguf_integer(file, "f32", integers), COCHLEA_ERROR_FORMAT);
    assert_int_equal(coch_gguf_integer(file, "offsets", integers), COCHLEA_ERROR_FORMAT);
    assert_int_equal(coch_gguf_integer(file, "none", integers), COCHLEA_ERROR_MISSING);
    assert_int_equal(coch_gguf_float(file, "f32", &number), COCHLEA_OK);
    assert_true(number == -0.25);
    assert_int_equal(coch_gguf_float(file, "f64", &number), COCHLEA_OK);
    assert_true(number == 3.14159265358979);
    assert_int_equal(coch_gguf_float(file, "u8", &number), COCHLEA_ERROR_FORMAT);
    assert_int_equal(coch_gguf_integers(file, "offsets", integers, 3, &count), COCHLEA_OK);
    assert_true(count == 3 && integers[0] == -24 && integers[2] == 48);
    assert_int_equal(coch_gguf_integers(file, "offsets", integers, 2, &count), COCHLEA_ERROR_FORMAT);
    assert_int_equal(coch_gguf_integers(file, "thresholds", integers, 3, &count), COCHLEA_ERROR_FORMAT);
    assert_int_equal(coch_gguf_integers(file, "nested", integers, 3, &count), COCHLEA_ERROR_FORMAT);
    assert_int_equal(coch_gguf_integers(file, "u8", integers, 3, &count), COCHLEA_ERROR_FORMAT);
    assert_int_equal(coch_gguf_float_array(file, "thresholds", floats, 2, &count), COCHLEA_OK);
    assert_true(count == 2 && floats[0] == 0.5f && isinf(floats[1]));
    assert_int_equal(coch_gguf_float_array(file, "huge", floats, 2, &count), COCHLEA_ERROR_FORMAT);
    assert_string_equal(coch_gguf_string(file, "general.architecture"), "test \x1b[1m");
    assert_null(coch_gguf_string(file, "u8"));
    assert_null(coch_gguf_string(file, "none"));
    coch_gguf_free(file);
    free(bytes);
}

static void listing_shows_every_entry(void **state)
{
    (void)state;
    static const struct {
        size_t index;
        const char *key, *text;
    } expected[] = {{0, "general.architecture", "test  [1m"}, /* no escapes for the terminal */
                    {2, "i8", "-100"},
                    {8, "u64 large", "18446744073709551615"},
                    {10, "bool", "true"},
                    {11, "f32", "-0.25"},
                    {13, "offsets", "[-24, 0, 48]"},
                    {14, "thresholds", "[0.5, inf]"},
                    {16, "names", "[2 in all]"}};
    size_t size;
    char text[64];
    unsigned char *bytes = whole_file(&size);
    coch_gguf *file;
    assert_int_equal(coch_gguf_open_memory(&file, bytes, size, NULL, 0), COCHLEA_OK);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_string_equal(coch_gguf_entry(file, expected[i].index, text, sizeof text), expected[i].key);
        assert_string_equal(text, expected[i].text);
    }
    assert_string_equal(coch_gguf_entry(file, 13, text, 6), "offsets");
    assert_string_equal(text, "[-24,");
    assert_null(coch_gguf_entry(file, 18, text, sizeof text));
    coch_gguf_free(file);
    free(bytes);
}

static float half_value(unsigned half)
{
    int exponent = (int)(half >> 10 & 31), fraction = (int)(half & 1023);
    double value = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
    value = exponent == 31 ? (fraction ? (double)NAN : (double)INFINITY) : value;
    return (float)(half >> 15 ? -value : value);
}

static void every_half_is_widened_exactly(void **state)
{
    (void)state;
    enum { COUNT = 65536 };
    uint16_t *halves = malloc(COUNT * sizeof *halves);
    float *out = malloc(COUNT * sizeof *out);
    assert_true(halves && out);
    for (unsigned i = 0; i < COUNT; i++)
        halves[i] = (uint16_t)i;
    gguf_builder b;
    gguf_start(&b);
    gguf_tensor(&b, "h", 1, (size_t[]){COUNT}, 1, halves, COUNT * sizeof *halves);
    size_t size;
    unsigned char *bytes = gguf_finish(&b, &size);
    coch_gguf *file;
    assert_int_equal(coch_gguf_open_memory(&file, bytes, size, NULL, 0), COCHLEA_OK);
    assert_int_equal(coch_gguf_floats(file, "h", (size_t[]){COUNT}, 1, out), COCHLEA_OK);
    for (unsigned i = 0; i < COUNT; i++) {
        float expected = half_value(i);
        assert_true(isnan(expected) ? isnan(out[i])
                                    : out[i] == expected && signbit(out[i]) == signbit(expected));
    }
    coch_gguf_free(file);
    free(bytes);
    free(halves);
    free(out);
}

/* ---- Broken files ---- */

static void start_good(gguf_builder *b)
{
    gguf_start(b);
    gguf_u32(b, "number", 5);
    gguf_tensor(b, "a", 0, (size_t[]){2, 3}, 2, six, sizeof six);
}

static void broken_headers_are_refused(void **state)
{
    (void)state;
    gguf_builder b;
    start_good(&b);
    assert_int_equal(try_builder(&b), COCHLEA_OK);
    start_good(&b);
    b.magic ^= 1;
    assert_int_equal(try_builder(&b), COCHLEA_ERROR_FORMAT);
    for (uint32_t version = 0; version < 6; version++) {
        start_good(&b);
        b.version = version;
        assert_int_equal(try_builder(&b), version == 3 ? COCHLEA_OK : COCHLEA_ERROR_UNSUPPORTED);
    }
    static const uint64_t counts[] = {0, 2, 4096, 4097, UINT64_C(1) << 61, UINT64_MAX};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        start_good(&b);
        b.tensors = counts[i];
        assert_int_equal(try_builder(&b), COCHLEA_ERROR_FORMAT);
        start_good(&b);
        b.values = counts[i];
        assert_int_not_equal(try_builder(&b), COCHLEA_OK);
    }
    gguf_start(&b); /* nothing in it is a file too */
    assert_int_equal(try_builder(&b), COCHLEA_OK);
}

static void too_many_entries_are_refused(void **state)
{
    (void)state;
    for (unsigned count = 4096; count <= 4097; count++) {
        gguf_builder b;
        gguf_start(&b);
        for (unsigned i = 0; i < count; i++) {
            char key[16];
            snprintf(key, sizeof key, "%u", i);
            gguf_integer(&b, key, GGUF_U8, 1, 0);
        }
        assert_int_equal(try_builder(&b), count == 4096 ? COCHLEA_OK : COCHLEA_ERROR_FORMAT);
    }
}

static cochlea_status try_key(const char *key)
{
    gguf_builder b;
    gguf_start(&b);
    gguf_u32(&b, key, 1);
    return try_builder(&b);
}

static cochlea_status try_tensor_name(const char *name)
{
    gguf_builder b;
    gguf_start(&b);
    gguf_tensor(&b, name, 0, (size_t[]){6}, 1, six, sizeof six);
    return try_builder(&b);
}

static void broken_names_are_refused(void **state)
{
    (void)state;
    char name[1100];
    memset(name, 'n', sizeof name);
    assert_int_equal(try_key(""), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_key("a\nb"), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_key("\x7f"), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_key("\xc3\xa9"), COCHLEA_OK);
    name[1025] = '\0';
    assert_int_equal(try_key(name), COCHLEA_ERROR_FORMAT);
    name[1024] = '\0';
    assert_int_equal(try_key(name), COCHLEA_OK);
    assert_int_equal(try_tensor_name(""), COCHLEA_ERROR_FORMAT);
    name[65] = '\0';
    assert_int_equal(try_tensor_name(name), COCHLEA_ERROR_FORMAT);
    name[64] = '\0';
    assert_int_equal(try_tensor_name(name), COCHLEA_OK);
    gguf_builder b;
    start_good(&b);
    gguf_integer(&b, "number", GGUF_U8, 1, 1);
    assert_int_equal(try_builder(&b), COCHLEA_ERROR_FORMAT);
    start_good(&b);
    gguf_tensor(&b, "a", 0, (size_t[]){6}, 1, six, sizeof six);
    assert_int_equal(try_builder(&b), COCHLEA_ERROR_FORMAT);
}

/* A value whose payload is these bytes. */
static cochlea_status try_value(uint32_t type, const void *payload, size_t size)
{
    gguf_builder b;
    gguf_start(&b);
    gguf_key(&b, "key", type);
    gguf_put(&b.value, payload, size);
    return try_builder(&b);
}

static void broken_values_are_refused(void **state)
{
    (void)state;
    assert_int_equal(try_value(GGUF_BOOL, "\2", 1), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_value(13, "\0\0\0\0\0\0\0\0", 8), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_value(UINT32_MAX, "\0\0\0\0\0\0\0\0", 8), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_value(GGUF_U64, "\0\0\0\0\0\0\0", 7), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_value(GGUF_STRING, "\3\0\0\0\0\0\0\0ab", 10), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_value(GGUF_STRING, "\3\0\0\0\0\0\0\0a\0b", 11), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_value(GGUF_STRING, "\377\377\377\377\377\377\377\377ab", 10), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_value(GGUF_ARRAY, "\0\0\0\0\2\0\0\0\0\0\0\0a", 13), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_value(GGUF_ARRAY, "\12\0\0\0\1\0\0\0\0\0\0\40abcdefgh", 20), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_value(GGUF_ARRAY, "\10\0\0\0\377\377\377\377\377\377\377\377", 12),
                     COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_value(GGUF_ARRAY, "\15\0\0\0\0\0\0\0\0\0\0\0", 12), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_value(GGUF_ARRAY, "\7\0\0\0\2\0\0\0\0\0\0\0\1\2", 14), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_value(GGUF_ARRAY, "\7\0\0\0\2\0\0\0\0\0\0\0\1\0", 14), COCHLEA_OK);
}

static void deep_arrays_are_refused(void **state)
{
    (void)state;
    for (unsigned depth = 1; depth <= 2000; depth += depth < 6 ? 1 : 500) {
        gguf_builder b;
        gguf_start(&b);
        gguf_key(&b, "deep", GGUF_ARRAY);
        for (unsigned i = 1; i < depth; i++)
            gguf_array_head(&b, GGUF_ARRAY, 1);
        gguf_array_head(&b, GGUF_U8, 0);
        assert_int_equal(try_builder(&b), depth <= 4 ? COCHLEA_OK : COCHLEA_ERROR_FORMAT);
    }
}

static cochlea_status try_shape(const size_t *shape, uint32_t dims)
{
    gguf_builder b;
    gguf_start(&b);
    gguf_tensor(&b, "t", 0, shape, dims, six, sizeof six);
    return try_builder(&b);
}

static void broken_shapes_are_refused(void **state)
{
    (void)state;
    const size_t half = SIZE_MAX / 2 + 1;
    assert_int_equal(try_shape((size_t[]){6}, 1), COCHLEA_OK);
    assert_int_equal(try_shape((size_t[]){1, 2, 3, 1}, 4), COCHLEA_OK);
    assert_int_equal(try_shape((size_t[]){0}, 0), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_shape((size_t[]){1, 1, 1, 1, 6}, 5), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_shape((size_t[]){6, 0}, 2), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_shape((size_t[]){7}, 1), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_shape((size_t[]){SIZE_MAX}, 1), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_shape((size_t[]){half, 2}, 2), COCHLEA_ERROR_FORMAT); /* product wraps to 0 */
    assert_int_equal(try_shape((size_t[]){half / 2 + 1, 4}, 2), COCHLEA_ERROR_FORMAT); /* and to 4 */
    assert_int_equal(try_shape((size_t[]){half / 2}, 1), COCHLEA_ERROR_FORMAT);        /* bytes wrap to 0 */
    assert_int_equal(try_shape((size_t[]){5}, 1), COCHLEA_OK); /* what follows is fill */
}

static cochlea_status try_offset(uint64_t add)
{
    gguf_builder b;
    start_good(&b);
    b.tensor_add = add;
    gguf_tensor(&b, "b", 0, (size_t[]){6}, 1, six, sizeof six);
    return try_builder(&b);
}

static void broken_places_are_refused(void **state)
{
    (void)state;
    assert_int_equal(try_offset(0), COCHLEA_OK);
    assert_int_equal(try_offset(4), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_offset(32), COCHLEA_ERROR_FORMAT);
    assert_int_equal(try_offset((uint64_t)-32), COCHLEA_ERROR_FORMAT); /* upon the other */
    assert_int_equal(try_offset((uint64_t)-64), COCHLEA_ERROR_FORMAT); /* huge */
    gguf_builder b;
    start_good(&b);
    b.data.data[0] = 0;
    gguf_pad(&b.data);
    gguf_put(&b.data, "x", 1);
    assert_int_equal(try_builder(&b), COCHLEA_ERROR_FORMAT); /* a byte too many */
    start_good(&b);
    gguf_tensor(&b, "q", 2, (size_t[]){32}, 1, six, 18);
    assert_int_equal(try_builder(&b), COCHLEA_ERROR_UNSUPPORTED); /* a quantised tensor */
}

static cochlea_status try_alignment(uint32_t alignment)
{
    gguf_builder b;
    start_good(&b);
    gguf_u32(&b, "general.alignment", alignment);
    return try_builder(&b);
}

static void alignments_are_checked(void **state)
{
    (void)state;
    assert_int_equal(try_alignment(32), COCHLEA_OK);
    static const uint32_t others[] = {0, 1, 8, 16, 48, 33, 131072, 0x80000000u};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(try_alignment(others[i]), COCHLEA_ERROR_UNSUPPORTED);
    gguf_builder b;
    start_good(&b);
    gguf_text(&b, "general.alignment", "32");
    assert_int_equal(try_builder(&b), COCHLEA_ERROR_FORMAT);
}

/* The first bytes of a file, in a block of their own. */
static unsigned char *prefix_of(const unsigned char *bytes, size_t size)
{
    void *copy;
    assert_int_equal(posix_memalign(&copy, 64, size ? size : 1), 0);
    memcpy(copy, bytes, size);
    return copy;
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    size_t size;
    unsigned char *bytes = whole_file(&size);
    for (size_t length = 0; length < size; length++)
        assert_int_equal(try_bytes(prefix_of(bytes, length), length), COCHLEA_ERROR_FORMAT);
    free(bytes);
}

static void flipped_bits_do_no_harm(void **state)
{
    (void)state;
    size_t size, refused = 0;
    unsigned char *bytes = whole_file(&size);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        unsigned char *copy = prefix_of(bytes, size);
        copy[bit / 8] ^= (unsigned char)(1u << bit % 8);
        refused += try_bytes(copy, size) != COCHLEA_OK;
    }
    assert_true(refused > size); /* most of the header's bits matter */
    free(bytes);
}

static void files_are_mapped(void **state)
{
    (void)state;
    char path[] = "/tmp/cochlea-gguf-XXXXXX", why[100];
    int handle = mkstemp(path);
    assert_true(handle >= 0);
    coch_gguf *file;
    assert_int_equal(coch_gguf_open(&file, path, why, sizeof why), COCHLEA_ERROR_FORMAT); /* empty */
    assert_string_equal(why, "the file is empty");
    size_t size;
    unsigned char *bytes = whole_file(&size);
    assert_true(write(handle, bytes, size) == (ssize_t)size);
    close(handle);
    assert_int_equal(coch_gguf_open(&file, path, why, sizeof why), COCHLEA_OK);
    visit(file);
    coch_gguf_free(file);
    unlink(path);
    free(bytes);
    assert_int_equal(coch_gguf_open(&file, path, why, sizeof why), COCHLEA_ERROR_OPEN);
    assert_null(file);
    assert_int_equal(coch_gguf_open(&file, "/", why, 4), COCHLEA_ERROR_READ);
    assert_string_equal(why, "not"); /* cut to the room that there is */
    assert_int_equal(coch_gguf_open(&file, "/", NULL, 0), COCHLEA_ERROR_READ);
    coch_gguf_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_come_out_as_written),
        cmocka_unit_test(metadata_come_out_as_written),
        cmocka_unit_test(listing_shows_every_entry),
        cmocka_unit_test(every_half_is_widened_exactly),
        cmocka_unit_test(broken_headers_are_refused),
        cmocka_unit_test(too_many_entries_are_refused),
        cmocka_unit_test(broken_names_are_refused),
        cmocka_unit_test(broken_values_are_refused),
        cmocka_unit_test(deep_arrays_are_refused),
        cmocka_unit_test(broken_shapes_are_refused),
        cmocka_unit_test(broken_places_are_refused),
        cmocka_unit_test(alignments_are_checked),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(flipped_bits_do_no_harm),
        cmocka_unit_test(files_are_mapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
