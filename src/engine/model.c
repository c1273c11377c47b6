#include "engine/model.h"

#include <stdlib.h>

cochlea_status cochlea_model_open(cochlea_model **model, const char *path, char *why, size_t why_size)
{
    coch_gguf *file = NULL;
    *model = NULL;
    if (why && why_size > 0)
        why[0] = '\0';
    cochlea_model *made = calloc(1, sizeof *made);
    if (!made)
        return COCHLEA_ERROR_MEMORY;
    cochlea_status status = coch_gguf_open_either(&file, path, coch_piano_default_weights, why, why_size);
    if (status == COCHLEA_OK)
        status = coch_piano_model_new(&made->piano, file, why, why_size);
    coch_gguf_free(file);
    if (status != COCHLEA_OK) {
        cochlea_model_close(made);
        return status;
    }
    *model = made;
    return COCHLEA_OK;
}

void cochlea_model_close(cochlea_model *model)
{
    if (!model)
        return;
    coch_piano_model_free(model->piano);
    free(model);
}

cochlea_status cochlea_instruments_open(cochlea_instruments **instruments, const char *path, char *why,
                                        size_t why_size)
{
    coch_gguf *file = NULL;
    *instruments = NULL;
    if (why && why_size > 0)
        why[0] = '\0';
    cochlea_instruments *made = calloc(1, sizeof *made);
    if (!made)
        return COCHLEA_ERROR_MEMORY;
    cochlea_status status =
        coch_gguf_open_either(&file, path, coch_instrument_default_weights, why, why_size);
    if (status == COCHLEA_OK)
        status = coch_instrument_model_new(&made->model, file, why, why_size);
    coch_gguf_free(file);
    if (status != COCHLEA_OK) {
        cochlea_instruments_close(made);
        return status;
    }
    *instruments = made;
    return COCHLEA_OK;
}

void cochlea_instruments_close(cochlea_instruments *instruments)
{
    if (!instruments)
        return;
    coch_instrument_model_free(instruments->model);
    free(instruments);
}

const char *cochlea_instruments_name(const cochlea_instruments *instruments, int index)
{
    return index < 0 ? NULL : coch_instrument_model_class(instruments->model, (size_t)index);
}
