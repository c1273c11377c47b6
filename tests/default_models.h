/* The models that are linked into the library, as tests of the nets use them. */
#ifndef TESTS_DEFAULT_MODELS_H
#define TESTS_DEFAULT_MODELS_H

#include "listen/instrument.h"
#include "listen/piano.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define DEFAULT_MODEL(kind)                                                                                  \
    static inline coch_##kind##_model *default_##kind##_model(void)                                          \
    {                                                                                                        \
        coch_gguf *file;                                                                                     \
        coch_##kind##_model *model = NULL;                                                                   \
        char why[200];                                                                                       \
        size_t size;                                                                                         \
        const void *bytes = coch_##kind##_default_weights(&size);                                            \
        if (coch_gguf_open_memory(&file, bytes, size, why, sizeof why) != COCHLEA_OK ||                      \
            coch_##kind##_model_new(&model, file, why, sizeof why) != COCHLEA_OK)                            \
            fail_msg("%s", why);                                                                             \
        coch_gguf_free(file);                                                                                \
        return model;                                                                                        \
    }

DEFAULT_MODEL(instrument)
DEFAULT_MODEL(piano)

#endif
