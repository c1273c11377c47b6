#include "timbre/model.h"

#include "timbre/method.h"

#include <stdlib.h>
#include <string.h>

static const coch_hybrid_method *const methods[COCHLEA_HYBRID_METHODS] = {
    [COCHLEA_HYBRID_AUTOENCODER] = &coch_hybrid_autoencoder,
    [COCHLEA_HYBRID_ENVELOPE] = &coch_hybrid_envelope,
    [COCHLEA_HYBRID_MOSAIC] = &coch_hybrid_mosaic,
};

const coch_hybrid_method *coch_hybrid_method_of(cochlea_hybrid_method method)
{
    return (unsigned)method < COCHLEA_HYBRID_METHODS ? methods[method] : NULL;
}

const char *cochlea_hybrid_method_name(cochlea_hybrid_method method)
{
    const coch_hybrid_method *found = coch_hybrid_method_of(method);
    return found ? found->name : NULL;
}

void cochlea_hybrid_model_free(cochlea_hybrid_model *model)
{
    if (!model) {
        return;
    }
    coch_arena_free(&model->arena);
    free(model);
}

unsigned cochlea_hybrid_model_targets(const cochlea_hybrid_model *model)
{
    return model->targets;
}

const char *cochlea_hybrid_model_target(const cochlea_hybrid_model *model, unsigned target)
{
    return target < model->targets ? model->target[target].name : NULL;
}

int cochlea_hybrid_model_find(const cochlea_hybrid_model *model, const char *name)
{
    for (unsigned t = 0; t < model->targets; t++) {
        if (strcmp(model->target[t].name, name) == 0) {
            return (int)t;
        }
    }
    return -1;
}

int cochlea_hybrid_model_has(const cochlea_hybrid_model *model, unsigned target, cochlea_hybrid_method method)
{
    const coch_hybrid_method *found = coch_hybrid_method_of(method);
    return found && target < model->targets && found->serves(model, &model->target[target]);
}
