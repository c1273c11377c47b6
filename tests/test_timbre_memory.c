/* What making hybrids and their models does when the n-th allocation fails, for every n. */
#include "timbre/model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failing_allocator.h"

static float sound[20000];

static cochlea_status read_model(void **object, const void *context)
{
    cochlea_hybrid_model *model = *object;
    cochlea_status status = coch_hybrid_model_read(&model, context, NULL, 0);
    *object = model;
    return status;
}

static cochlea_status record_model(void **object, const void *context)
{
    cochlea_hybrid_model *model = *object;
    cochlea_status status =
        cochlea_hybrid_model_record(&model, "x", context, sizeof sound / sizeof *sound, 44100);
    *object = model;
    return status;
}

static cochlea_status make_hybrid(void **object, const void *context)
{
    cochlea_hybrid *hybrid = *object;
    cochlea_status status = cochlea_hybrid_new(&hybrid, context, 48000, 2, COCHLEA_HYBRID_LATENCY_NORMAL);
    *object = hybrid;
    return status;
}

static void every_failure_is_reported_and_leaves_nothing(void **state)
{
    (void)state;
    char path[4096];
    coch_gguf *file;
    const char *folder = getenv("COCHLEA_MODELS");
    snprintf(path, sizeof path, "%s/hybrid.gguf", folder ? folder : "models");
    long before = failing_live;
    assert_int_equal(coch_gguf_open(&file, path, NULL, 0), COCHLEA_OK);
    cochlea_hybrid_model *model = failing_object(read_model, file, 2);
    coch_gguf_free(file);
    cochlea_hybrid_free(failing_object(make_hybrid, model, 4));
    cochlea_hybrid_model_free(model);
    for (size_t i = 0; i < sizeof sound / sizeof *sound; i++) {
        sound[i] = (float)(i % 100) / 100;
    }
    cochlea_hybrid_model_free(failing_object(record_model, sound, 4));
    assert_int_equal(failing_live, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_failure_is_reported_and_leaves_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
