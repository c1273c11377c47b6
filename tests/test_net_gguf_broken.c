/* The reader of weight files: every broken file is refused with a reason, and read no further than it goes.
 */
#include "gguf_sample.h"

#include <stdio.h>

/* Opens, visits and closes; frees the bytes. A failure must come with a reason. */
static cochlea_status try_bytes(unsigned char *bytes, size_t size)
{
    coch_gguf *file = (coch_gguf *)bytes;
    char why[100];
    cochlea_status status = coch_gguf_open_memory(&file, bytes, size, why, sizeof why);
    if (status == COCHLEA_OK) {
        assert_string_equal(why, "");
        gguf_visit(file);
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

static void start_good(gguf_builder *b)
{
    gguf_start(b);
    gguf_u32(b, "number", 5);
    gguf_tensor(b, "a", 0, (size_t[]){2, 3}, 2, gguf_six, sizeof gguf_six);
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
    gguf_tensor(&b, name, 0, (size_t[]){6}, 1, gguf_six, sizeof gguf_six);
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
    gguf_tensor(&b, "a", 0, (size_t[]){6}, 1, gguf_six, sizeof gguf_six);
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
    gguf_tensor(&b, "t", 0, shape, dims, gguf_six, sizeof gguf_six);
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
    gguf_tensor(&b, "b", 0, (size_t[]){6}, 1, gguf_six, sizeof gguf_six);
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
    gguf_tensor(&b, "q", 2, (size_t[]){32}, 1, gguf_six, 18);
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
    unsigned char *bytes = gguf_sample(&size);
    for (size_t length = 0; length < size; length++)
        assert_int_equal(try_bytes(prefix_of(bytes, length), length), COCHLEA_ERROR_FORMAT);
    free(bytes);
}

static void flipped_bits_do_no_harm(void **state)
{
    (void)state;
    size_t size, refused = 0;
    unsigned char *bytes = gguf_sample(&size);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        unsigned char *copy = prefix_of(bytes, size);
        copy[bit / 8] ^= (unsigned char)(1u << bit % 8);
        refused += try_bytes(copy, size) != COCHLEA_OK;
    }
    assert_true(refused > size); /* most of the header's bits matter */
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_headers_are_refused),  cmocka_unit_test(too_many_entries_are_refused),
        cmocka_unit_test(broken_names_are_refused),    cmocka_unit_test(broken_values_are_refused),
        cmocka_unit_test(deep_arrays_are_refused),     cmocka_unit_test(broken_shapes_are_refused),
        cmocka_unit_test(broken_places_are_refused),   cmocka_unit_test(alignments_are_checked),
        cmocka_unit_test(every_truncation_is_refused), cmocka_unit_test(flipped_bits_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
