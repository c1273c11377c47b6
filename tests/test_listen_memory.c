/* What making readers, models and streams does when the n-th allocation fails, for every n. Linked with the
 * allocating functions wrapped (see meson.build). */
#include "base/status.h"
#include "dsp/cpu.h"
#include "listen/instrument_stream.h"
#include "listen/piano.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failing_allocator.h"

static cochlea_status make_reader(void **object, const void *context)
{
    (void)context;
    char why[100];
    size_t size;
    const void *bytes = coch_piano_default_weights(&size);
    coch_gguf *file = *object;
    cochlea_status status = coch_gguf_open_memory(&file, bytes, size, why, sizeof why);
    *object = file;
    return status;
}

static cochlea_status make_model(void **object, const void *context)
{
    char why[100];
    coch_piano_model *model = *object;
    cochlea_status status = coch_piano_model_new(&model, context, why, sizeof why);
    *object = model;
    return status;
}

static cochlea_status make_stream(void **object, const void *context)
{
    coch_piano *piano = *object;
    cochlea_status status = coch_piano_new(&piano, context, coch_kernels_select(COCH_CPU_ALL));
    *object = piano;
    return status;
}

static cochlea_status make_instrument_model(void **object, const void *context)
{
    char why[100];
    coch_instrument_model *model = *object;
    cochlea_status status = coch_instrument_model_new(&model, context, why, sizeof why);
    *object = model;
    return status;
}

static cochlea_status make_instrument(void **object, const void *context)
{
    coch_instrument_stream *stream = *object;
    cochlea_status status =
        coch_instrument_stream_new(&stream, context, coch_kernels_select(COCH_CPU_ALL), 48000);
    *object = stream;
    return status;
}

static void so_does_the_instrument(void **state)
{
    (void)state;
    char why[100];
    size_t size;
    coch_gguf *file;
    const void *bytes = coch_instrument_default_weights(&size);
    assert_int_equal(coch_gguf_open_memory(&file, bytes, size, why, sizeof why), COCHLEA_OK);
    long before = failing_live;
    coch_instrument_model *model = failing_object(make_instrument_model, file, 2);
    coch_instrument_stream *stream = failing_object(make_instrument, model, 6);
    coch_instrument_stream_free(stream);
    coch_instrument_model_free(model);
    assert_int_equal(failing_live, before);
    coch_gguf_free(file);
}

static void every_failure_is_reported_and_leaves_nothing(void **state)
{
    (void)state;
    long before = failing_live;
    coch_gguf *file = failing_object(make_reader, NULL, 2);
    coch_piano_model *model = failing_object(make_model, file, 2);
    coch_piano *piano = failing_object(make_stream, model, 4);
    coch_piano_free(piano);
    coch_piano_model_free(model);
    coch_gguf_free(file);
    assert_int_equal(failing_live, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_failure_is_reported_and_leaves_nothing),
                                       cmocka_unit_test(so_does_the_instrument)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
