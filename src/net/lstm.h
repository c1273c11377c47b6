/* Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers 1999), streaming: one
 * call is one frame. Weights are constant and may serve many streams; a state belongs to one. */
#ifndef COCH_NET_LSTM_H
#define COCH_NET_LSTM_H

#include "net/layers.h"

typedef struct coch_lstm {
    size_t units;
    coch_dense input; /* [inputs][i | f | g | o of units each] */
    coch_dense state; /* [units][i | f | g | o] */
} coch_lstm;

typedef struct coch_lstm_state {
    float *h;     /* [units] the output */
    float *c;     /* [units] the memory */
    float *gates; /* [4 * units], within a call */
} coch_lstm_state;

/* `units` is a multiple of COCH_LANES. Run once per arena pass. [main] */
void coch_lstm_layout(coch_lstm *lstm, coch_arena *arena, size_t inputs, size_t units);
void coch_lstm_state_layout(coch_lstm_state *state, coch_arena *arena, const coch_lstm *lstm);

/* From PREFIX.input.weight, .input.bias, .state.weight, .state.bias. Errors: MISSING, FORMAT. [main] */
cochlea_status coch_lstm_load(coch_lstm *lstm, const coch_gguf *file, const char *prefix);

/* h = c = 0. [worker] */
void coch_lstm_reset(const coch_lstm *lstm, coch_lstm_state *state) COCH_REALTIME;

/* One step from in[inputs]; returns the new h[units]. In PyTorch's form: i, f, o = s(..), g = tanh(..),
 * c = f * c + i * g, h = o * tanh(c). [worker] */
const float *coch_lstm_process(const coch_lstm *lstm, coch_lstm_state *state, const coch_kernels *kernels,
                               const float *in) COCH_REALTIME;

/* x[i] = tanh(x[i]), by the table's sigmoid. [worker] */
void coch_tanh(const coch_kernels *kernels, float *x, size_t count) COCH_REALTIME;

#endif
