/* The reader of weight files: good files give what was written. */
#include "gguf_sample.h"

#include <stdio.h>
#include <unistd.h>

static void tensors_come_out_as_written(void **state)
{
    (void)state;
    size_t size;
    unsigned char *bytes = gguf_sample(&size);
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
    assert_memory_equal(out, gguf_six, sizeof gguf_six);
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
    unsigned char *bytes = gguf_sample(&size);
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
    unsigned char *bytes = gguf_sample(&size);
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
    unsigned char *bytes = gguf_sample(&size);
    assert_true(write(handle, bytes, size) == (ssize_t)size);
    close(handle);
    assert_int_equal(coch_gguf_open(&file, path, why, sizeof why), COCHLEA_OK);
    gguf_visit(file);
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
        cmocka_unit_test(files_are_mapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
