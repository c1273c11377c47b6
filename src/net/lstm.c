#include "net/lstm.h"

#include <stdio.h>
#include <string.h>

enum { GATES = 4, NAME_SIZE = 64 };

void coch_lstm_layout(coch_lstm *lstm, coch_arena *arena, size_t inputs, size_t units)
{
    lstm->units = units;
    coch_dense_layout(&lstm->input, arena, inputs, GATES * units);
    coch_dense_layout(&lstm->state, arena, units, GATES * units);
}

void coch_lstm_state_layout(coch_lstm_state *state, coch_arena *arena, const coch_lstm *lstm)
{
    state->h = coch_arena_take(arena, lstm->units, sizeof(float));
    state->c = coch_arena_take(arena, lstm->units, sizeof(float));
    state->gates = coch_arena_take(arena, GATES * lstm->units, sizeof(float));
}

cochlea_status coch_lstm_load(coch_lstm *lstm, const coch_gguf *file, const char *prefix)
{
    char name[NAME_SIZE];
    if ((size_t)snprintf(name, sizeof name, "%s.input", prefix) >= sizeof name) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    cochlea_status status = coch_dense_load(&lstm->input, file, name);
    snprintf(name, sizeof name, "%s.state", prefix);
    return status == COCHLEA_OK ? coch_dense_load(&lstm->state, file, name) : status;
}

void coch_lstm_reset(const coch_lstm *lstm, coch_lstm_state *state)
{
    memset(state->h, 0, lstm->units * sizeof *state->h);
    memset(state->c, 0, lstm->units * sizeof *state->c);
}

void coch_tanh(const coch_kernels *kernels, float *x, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        x[i] *= 2;
    }
    kernels->sigmoid(x, count);
    for (size_t i = 0; i < count; i++) {
        x[i] = 2 * x[i] - 1;
    }
}

const float *coch_lstm_process(const coch_lstm *lstm, coch_lstm_state *state, const coch_kernels *kernels,
                               const float *in)
{
    const size_t n = lstm->units;
    float *gates = state->gates, *i = gates, *f = gates + n, *g = gates + 2 * n, *o = gates + 3 * n;
    coch_dense_process(&lstm->input, kernels, in, 0, gates, 1);
    for (size_t u = 0; u < GATES * n; u++) {
        gates[u] += lstm->state.bias.w[u];
    }
    coch_matrix_add_one(&lstm->state.weight, kernels, gates, GATES * n, state->h, 0, 1);
    kernels->sigmoid(i, 2 * n);
    coch_tanh(kernels, g, n);
    kernels->sigmoid(o, n);
    for (size_t u = 0; u < n; u++) {
        state->c[u] = f[u] * state->c[u] + i[u] * g[u];
        state->h[u] = state->c[u];
    }
    coch_tanh(kernels, state->h, n);
    kernels->multiply(state->h, state->h, o, n);
    return state->h;
}
