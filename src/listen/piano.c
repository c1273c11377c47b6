#include "listen/piano.h"

#include "listen/piano_frontend.h"
#include "listen/piano_net.h"

#include <stdlib.h>
#include <string.h>

#define AGE_UNIT 0.1f /* seconds, of the net's output */

struct coch_piano {
    coch_arena arena;
    coch_piano_frontend frontend;
    coch_piano_net net;
    float *probabilities; /* [keys][COCH_PAD(outputs)]: the outputs through a sigmoid */
    coch_activations activations;
};

/* Run once per arena pass. */
static void layout(coch_piano *piano, const coch_piano_model *model, const coch_kernels *kernels)
{
    coch_piano_frontend_layout(&piano->frontend, &piano->arena);
    coch_piano_net_layout(&piano->net, &piano->arena, model, kernels);
    piano->probabilities =
        coch_arena_take(&piano->arena, COCH_PIANO_KEYS * COCH_PAD(model->outputs), sizeof(float));
}

static cochlea_status build(coch_piano *piano, const coch_piano_model *model, const coch_kernels *kernels)
{
    layout(piano, model, kernels);
    cochlea_status status = coch_arena_allocate(&piano->arena);
    if (status != COCHLEA_OK) {
        return status;
    }
    layout(piano, model, kernels);
    status = coch_piano_frontend_open(&piano->frontend, model, kernels);
    if (status == COCHLEA_OK) {
        coch_piano_reset(piano);
    }
    return status;
}

cochlea_status coch_piano_new(coch_piano **piano, const coch_piano_model *model, const coch_kernels *kernels)
{
    *piano = NULL;
    coch_piano *made = calloc(1, sizeof *made);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    cochlea_status status = build(made, model, kernels);
    if (status != COCHLEA_OK) {
        coch_piano_free(made);
        return status;
    }
    *piano = made;
    return COCHLEA_OK;
}

void coch_piano_free(coch_piano *piano)
{
    if (!piano) {
        return;
    }
    coch_piano_frontend_close(&piano->frontend);
    coch_arena_free(&piano->arena);
    free(piano);
}

void coch_piano_reset(coch_piano *piano)
{
    coch_piano_frontend_reset(&piano->frontend);
    coch_piano_net_reset(&piano->net);
}

const float *coch_piano_features(coch_piano *piano, const float *hop)
{
    return coch_piano_frontend_process(&piano->frontend, hop);
}

const float *coch_piano_last_features(const coch_piano *piano)
{
    return piano->frontend.features;
}

const float *coch_piano_logits(coch_piano *piano, const float *features, size_t *stride)
{
    coch_piano_net_process(&piano->net, features);
    *stride = COCH_PAD(piano->net.model->outputs);
    return piano->net.outputs;
}

/* Velocities and ages are taken as they are, the rest as probabilities. A key's own output for the pedal only
 * served the training. */
static void activate(coch_piano *piano, const float *logits, size_t stride)
{
    const coch_piano_model *model = piano->net.model;
    const size_t deadlines = model->tracker.deadlines, count = COCH_PIANO_KEYS * stride;
    coch_activations *a = &piano->activations;
    memcpy(piano->probabilities, logits, count * sizeof *logits);
    piano->net.kernels->sigmoid(piano->probabilities, count);
    for (size_t key = 0; key < COCH_PIANO_KEYS; key++) {
        const float *p = piano->probabilities + key * stride, *raw = logits + key * stride;
        memcpy(a->onset[key], p, deadlines * sizeof *p);
        memcpy(a->velocity[key], raw + deadlines, deadlines * sizeof *raw);
        a->sounding[key] = p[2 * deadlines];
        a->held[key] = p[2 * deadlines + 1];
        a->age[key] = AGE_UNIT * raw[2 * deadlines + 3];
    }
    memcpy(a->pedal, piano->net.pedal, sizeof a->pedal);
    piano->net.kernels->sigmoid(a->pedal, COCH_PEDAL_CLASSES);
}

const coch_activations *coch_piano_process(coch_piano *piano, const float *hop)
{
    size_t stride;
    const float *logits = coch_piano_logits(piano, coch_piano_features(piano, hop), &stride);
    activate(piano, logits, stride);
    return &piano->activations;
}
