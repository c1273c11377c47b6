#include "hybrid_voice.h"

#include "weights.h"

#include <stdio.h>
#include <stdlib.h>

static cochlea_status open_model(coch_voice *v, const char *path, char *why, size_t why_size)
{
    cochlea_status status;
    if (!path) {
        v->model = coch_weights_take(&status);
        return status;
    }
    status = cochlea_hybrid_model_open(&v->own, path, why, why_size);
    v->model = v->own;
    return status;
}

cochlea_status coch_voice_new(coch_voice **voice, const char *path, double rate, char *why, size_t why_size)
{
    cochlea_status status = COCHLEA_OK;
    coch_voice *v = *voice = calloc(1, sizeof *v);
    why[0] = '\0';
    if (!v)
        return COCHLEA_ERROR_MEMORY;
    if (path && path[0] == '\0')
        return COCHLEA_OK;
    status = open_model(v, path, why, why_size);
    for (int l = 0; l < 2 && status == COCHLEA_OK; l++)
        status =
            cochlea_hybrid_new(&v->streams[l], v->model, rate, COCH_CHANNELS_MAX, (cochlea_hybrid_latency)l);
    if (status == COCHLEA_OK)
        return status;
    if (why[0] == '\0')
        snprintf(why, why_size, "%s", cochlea_status_text(status));
    coch_voice_free(v);
    *voice = NULL;
    return status;
}

void coch_voice_free(coch_voice *v)
{
    if (!v)
        return;
    for (int l = 0; l < 2; l++)
        cochlea_hybrid_free(v->streams[l]);
    if (v->own)
        cochlea_hybrid_model_free(v->own);
    else if (v->model)
        coch_weights_give();
    free(v);
}

/* ---- What parameters mean ---- */

static unsigned first_of(const coch_voice *v, unsigned choice)
{
    int found = choice < COCH_HYBRID_INSIDE && !v->own
                    ? cochlea_hybrid_model_find(v->model, coch_hybrid_targets[choice])
                    : -1;
    return found < 0 ? 0 : (unsigned)found;
}

static unsigned second_of(const coch_voice *v, unsigned choice)
{
    int found = cochlea_hybrid_model_find(v->model, coch_hybrid_targets[choice % COCH_HYBRID_INSIDE]);
    if (found >= 0)
        return (unsigned)found;
    return cochlea_hybrid_model_targets(v->model) > 1 ? 1 : 0;
}

void coch_voice_translate(const coch_voice *v, const float *values, cochlea_hybrid_settings *s) COCH_REALTIME
{
    cochlea_hybrid_settings_default(s);
    s->method = (cochlea_hybrid_method)values[COCH_HYBRID_METHOD];
    s->target = first_of(v, (unsigned)values[COCH_HYBRID_TARGET]);
    s->second = second_of(v, (unsigned)values[COCH_HYBRID_SECOND]);
    s->morph = values[COCH_HYBRID_MORPH];
    s->mix = values[COCH_HYBRID_MIX];
    s->gain_db = values[COCH_HYBRID_GAIN];
    s->attack = values[COCH_HYBRID_ATTACK];
    s->detail = values[COCH_HYBRID_DETAIL];
    s->sustain = values[COCH_HYBRID_SUSTAIN];
    s->guard = values[COCH_HYBRID_GUARD];
    s->coherence = values[COCH_HYBRID_COHERENCE] > 0.5f;
    s->mid = values[COCH_HYBRID_CHANNELS] > 0.5f;
    s->bypass = values[COCH_HYBRID_BYPASS] > 0.5f;
}
