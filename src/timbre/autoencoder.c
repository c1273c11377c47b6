/* The denoising autoencoder. It was trained to give target sounds in disguise (another envelope, colour,
 * noise), and the same phrases played by other instruments, their true spectrum back: whitened bands with
 * past frames go through an LSTM, and a decoder that knows the target gives the envelope to lay over the
 * whitened source. models/train/timbre/net.py is the same in PyTorch. */
#include "timbre/autoencoder.h"

#include <string.h>

static const float range = 4.6f, slope = 2.5f; /* gain = range * tanh(output / slope) */
static const float leak = 0.1f;
static const float successor_bonus = 0.03f;
static const float silent = -3.25f; /* the input for a band that is empty */

static int serves(const cochlea_hybrid_model *model, const coch_hybrid_target *target)
{
    (void)target;
    return model->has_net;
}

static void *layout(coch_arena *arena, const cochlea_hybrid_model *model)
{
    coch_autoencoder spare = {0}, *net = coch_arena_take(arena, 1, sizeof *net);
    coch_autoencoder *n = net ? net : &spare;
    if (!model->has_net) {
        return net;
    }
    n->past = coch_arena_take(arena, COCH_HYBRID_CONTEXT * COCH_TIMBRE_BANDS, sizeof(float));
    n->encoded = coch_arena_take(arena, model->encode.weight.columns, sizeof(float));
    coch_lstm_state_layout(&n->lstm, arena, &model->lstm);
    n->latent = coch_arena_take(arena, model->lstm.units + COCH_HYBRID_LATENT, sizeof(float));
    n->decoded = coch_arena_take(arena, model->decode1.weight.columns, sizeof(float));
    n->gain = coch_arena_take(arena, COCH_TIMBRE_BANDS, sizeof(float));
    n->scores = coch_arena_take(arena, coch_hybrid_columns_max(model), sizeof(float));
    return net;
}

static void reset(void *state)
{
    coch_autoencoder *n = state;
    n->started = 0;
}

static void leaky(float *x, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        x[i] = x[i] > 0 ? x[i] : leak * x[i];
    }
}

static void start(coch_autoencoder *n, const cochlea_hybrid_model *model)
{
    for (size_t i = 0; i < COCH_HYBRID_CONTEXT * COCH_TIMBRE_BANDS; i++) {
        n->past[i] = silent;
    }
    coch_lstm_reset(&model->lstm, &n->lstm);
    memset(n->choices, 0, sizeof n->choices);
    n->started = 1;
}

void coch_autoencoder_step(coch_autoencoder *n, const cochlea_hybrid_model *model, const float *latent,
                           const float *flat)
{
    const coch_kernels *k = model->kernels;
    if (!n->started) {
        start(n, model);
    }
    memmove(n->past + COCH_TIMBRE_BANDS, n->past,
            (COCH_HYBRID_CONTEXT - 1) * COCH_TIMBRE_BANDS * sizeof *n->past);
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        float x = flat[b] < 0 ? flat[b] : 0;
        n->past[b] = ((x > -10 ? x : -10) + 3.5f) / 2;
    }
    coch_dense_process(&model->encode, k, n->past, 0, n->encoded, 1);
    leaky(n->encoded, model->encode.weight.columns);
    const float *state = coch_lstm_process(&model->lstm, &n->lstm, k, n->encoded);
    memcpy(n->latent, state, model->lstm.units * sizeof *state);
    memcpy(n->latent + model->lstm.units, latent, COCH_HYBRID_LATENT * sizeof *latent);
    coch_dense_process(&model->decode1, k, n->latent, 0, n->decoded, 1);
    leaky(n->decoded, model->decode1.weight.columns);
    coch_dense_process(&model->decode2, k, n->decoded, 0, n->gain, 1);
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        n->gain[b] /= slope;
    }
    coch_tanh(k, n->gain, COCH_TIMBRE_BANDS);
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        n->gain[b] *= range;
    }
}

/* Blends the moment of a target that is most like what the net says into `level`. */
static void add_detail(coch_autoencoder *n, size_t which, const cochlea_hybrid_model *model,
                       const coch_hybrid_target *target, float share, const float *said, float *level)
{
    const coch_hybrid_moments *moments = &target->moments;
    float query[COCH_HYBRID_SHAPE_BANDS];
    if (share <= 0 || moments->count == 0) {
        return;
    }
    for (size_t b = 0; b < COCH_HYBRID_SHAPE_BANDS; b++) {
        query[b] = coch_hybrid_compress(said[b]);
    }
    coch_autoencoder_choice *c = &n->choices[which];
    if (c->target != target) {
        *c = (coch_autoencoder_choice){target, moments->count};
    }
    c->last = coch_hybrid_nearest(moments, model->kernels, moments->by_shape, COCH_HYBRID_SHAPE_BANDS, query,
                                  c->last, successor_bonus, n->scores);
    const float *found = moments->level + c->last * COCH_TIMBRE_BANDS;
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        level[b] += share * (found[b] - said[b]);
    }
}

static void process(void *state, const cochlea_hybrid_model *model, const coch_hybrid_wish *wish,
                    const coch_timbre_frame *frame, float *level)
{
    coch_autoencoder *n = state;
    float said[COCH_TIMBRE_BANDS];
    coch_autoencoder_step(n, model, wish->latent, frame->flat);
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        said[b] = frame->flat[b] + n->gain[b];
    }
    coch_timbre_unit_energy(said);
    memcpy(level, said, sizeof said);
    add_detail(n, 0, model, wish->first, wish->detail * (1 - wish->morph), said, level);
    add_detail(n, 1, model, wish->second, wish->detail * wish->morph, said, level);
}

const coch_hybrid_method coch_hybrid_autoencoder = {"autoencoder", serves, layout, reset, process};
