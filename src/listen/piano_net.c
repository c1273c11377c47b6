#include "listen/piano_net.h"

#include <string.h>

enum { LEVEL_WINDOW = 1 /* the one whose loudest bin is the loudness */ };

void coch_piano_net_layout(coch_piano_net *net, coch_arena *arena, const coch_piano_model *m,
                           const coch_kernels *kernels)
{
    const size_t keys = COCH_PIANO_KEYS;
    net->model = m;
    net->kernels = kernels;
    coch_conv_state_layout(&net->conv1, arena, &m->conv1);
    coch_conv_state_layout(&net->conv2, arena, &m->conv2);
    coch_conv_state_layout(&net->conv3, arena, &m->conv3);
    coch_gather_state_layout(&net->gather, arena, &m->gather);
    coch_gru_state_layout(&net->gru, arena, &m->gru, keys);
    coch_gather_state_layout(&net->exchange, arena, &m->exchange);
    net->global = coch_arena_take(arena, m->gather_global.k, sizeof(float));
    net->of_all = coch_arena_take(arena, m->gather_global.columns, sizeof(float));
    net->key = coch_arena_take(arena, keys * m->gather.weight.columns, sizeof(float));
    net->mixed = coch_arena_take(arena, keys * m->exchange.weight.columns, sizeof(float));
    coch_gru_state_layout(&net->gru2, arena, &m->gru2, keys);
    net->outputs = coch_arena_take(arena, keys * m->heads.weight.columns, sizeof(float));
    net->pooled = coch_arena_take(arena, 2 * m->gru2.units, sizeof(float));
    net->pedal_features = coch_arena_take(arena, m->pedal_input.weight.columns, sizeof(float));
    coch_gru_state_layout(&net->pedal_gru, arena, &m->pedal_gru, 1);
    net->pedal = coch_arena_take(arena, m->pedal_out.weight.columns, sizeof(float));
}

void coch_piano_net_reset(coch_piano_net *net)
{
    const coch_piano_model *m = net->model;
    coch_conv_reset(&m->conv1, &net->conv1, COCH_PIANO_SILENCE);
    coch_conv_reset(&m->conv2, &net->conv2, 0);
    coch_conv_reset(&m->conv3, &net->conv3, 0);
    coch_gru_reset(&m->gru, &net->gru);
    coch_gru_reset(&m->gru2, &net->gru2);
    coch_gru_reset(&m->pedal_gru, &net->pedal_gru);
    net->loudness = m->loudness_start;
}

/* The loudest bin now, and the same of late: it follows upwards at once, downwards slowly. */
static void measure_levels(coch_piano_net *net, const float *features, float *levels)
{
    float loudest = COCH_PIANO_SILENCE;
    for (size_t bin = 0; bin < COCH_PIANO_BINS; bin++) {
        float value = features[bin * COCH_PIANO_WINDOWS + LEVEL_WINDOW];
        loudest = value > loudest ? value : loudest;
    }
    double faded = net->loudness - net->model->loudness_decay;
    net->loudness = (double)loudest > faded ? (double)loudest : faded;
    levels[0] = loudest;
    levels[1] = (float)net->loudness;
}

/* mean[width] of rows[count][width]. */
static void average(const float *rows, size_t count, size_t width, float *mean)
{
    memset(mean, 0, width * sizeof *mean);
    for (size_t row = 0; row < count; row++) {
        for (size_t i = 0; i < width; i++) {
            mean[i] += rows[row * width + i];
        }
    }
    for (size_t i = 0; i < width; i++) {
        mean[i] /= (float)count;
    }
}

/* Every key starts from its own bias and from what the whole spectrum says to all of them. */
static void start_keys(coch_piano_net *net, const float *features, const float *spectrum)
{
    const coch_piano_model *m = net->model;
    size_t filters = m->conv3.weight.columns, width = m->gather_global.columns;
    average(spectrum, COCH_PIANO_POSITIONS, filters, net->global);
    measure_levels(net, features, net->global + filters);
    memset(net->of_all, 0, width * sizeof *net->of_all);
    coch_matrix_add_one(&m->gather_global, net->kernels, net->of_all, width, net->global, 0, 1);
    for (size_t key = 0; key < COCH_PIANO_KEYS; key++) {
        for (size_t i = 0; i < width; i++) {
            net->key[key * width + i] = m->gather_key_bias.w[key * width + i] + net->of_all[i];
        }
    }
}

/* The pedal is heard in all keys together: from the mean and the largest of what each remembers. */
static void listen_for_pedal(coch_piano_net *net, const float *states)
{
    const coch_piano_model *m = net->model;
    const coch_kernels *k = net->kernels;
    const size_t units = m->gru2.units, width = m->pedal_input.weight.columns;
    float *largest = net->pooled + units;
    average(states, COCH_PIANO_KEYS, units, net->pooled);
    memcpy(largest, states, units * sizeof *largest);
    for (size_t key = 1; key < COCH_PIANO_KEYS; key++) {
        for (size_t i = 0; i < units; i++) {
            float value = states[key * units + i];
            largest[i] = value > largest[i] ? value : largest[i];
        }
    }
    coch_dense_process(&m->pedal_input, k, net->pooled, 2 * units, net->pedal_features, 1);
    k->relu(net->pedal_features, width);
    const float *state = coch_gru_process(&m->pedal_gru, &net->pedal_gru, k, net->pedal_features, width);
    coch_dense_process(&m->pedal_out, k, state, m->pedal_gru.units, net->pedal, 1);
}

void coch_piano_net_process(coch_piano_net *net, const float *features)
{
    const coch_piano_model *m = net->model;
    const coch_kernels *k = net->kernels;
    const size_t keys = COCH_PIANO_KEYS, units = m->gru.units;
    const size_t wide = m->gather.weight.columns, mixed = m->exchange.weight.columns;

    float *bins = coch_conv_input(&m->conv1, &net->conv1);
    memcpy(bins, features, COCH_PIANO_BINS * COCH_PIANO_WINDOWS * sizeof *bins);
    coch_conv_process(&m->conv1, &net->conv1, k, coch_conv_input(&m->conv2, &net->conv2));
    coch_conv_process(&m->conv2, &net->conv2, k, coch_conv_input(&m->conv3, &net->conv3));
    float *spectrum = coch_gather_input(&m->gather, &net->gather);
    coch_conv_process(&m->conv3, &net->conv3, k, spectrum);

    start_keys(net, features, spectrum);
    coch_gather_add(&m->gather, &net->gather, k, net->key);
    k->relu(net->key, keys * wide);

    const float *state = coch_gru_process(&m->gru, &net->gru, k, net->key, wide);

    float *reduced = coch_gather_input(&m->exchange, &net->exchange);
    coch_dense_process(&m->reduce, k, state, units, reduced, keys);
    k->relu(reduced, keys * m->reduce.weight.columns);
    memcpy(net->mixed, m->exchange_key_bias.w, keys * mixed * sizeof *net->mixed);
    coch_gather_add(&m->exchange, &net->exchange, k, net->mixed);
    coch_matrix_add_one(&m->exchange_state, k, net->mixed, mixed, state, units, keys);
    coch_matrix_add_one(&m->exchange_input, k, net->mixed, mixed, net->key, wide, keys);
    k->relu(net->mixed, keys * mixed);

    state = coch_gru_process(&m->gru2, &net->gru2, k, net->mixed, mixed);
    coch_dense_process(&m->heads, k, net->mixed, mixed, net->outputs, keys);
    coch_matrix_add_one(&m->heads_state, k, net->outputs, COCH_PAD(m->outputs), state, m->gru2.units, keys);
    listen_for_pedal(net, state);
}
