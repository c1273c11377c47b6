/* The reference: plain C that says what every entry computes. */
#include "dsp/kernels_isa.h"

#include <math.h>

/* One row, COCH_LANES columns. */
static void matmul_block(float *out, const float *const *a, size_t a_offset, size_t taps, const float *w,
                         size_t n, size_t k)
{
    float sum[COCH_LANES];
    for (size_t c = 0; c < COCH_LANES; c++) {
        sum[c] = out[c];
    }
    for (size_t t = 0; t < taps; t++) {
        const float *row = a[t] + a_offset;
        for (size_t i = 0; i < k; i++, w += n) {
            for (size_t c = 0; c < COCH_LANES; c++) {
                sum[c] += row[i] * w[c];
            }
        }
    }
    for (size_t c = 0; c < COCH_LANES; c++) {
        out[c] = sum[c];
    }
}

void coch_c_matmul(float *out, size_t out_stride, const float *const *a, size_t a_stride, size_t taps,
                   const float *w, size_t m, size_t n, size_t k)
{
    for (size_t r = 0; r < m; r++) {
        for (size_t c = 0; c < n; c += COCH_LANES) {
            matmul_block(out + r * out_stride + c, a, r * a_stride, taps, w + c, n, k);
        }
    }
}

void coch_c_relu(float *x, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        x[i] = x[i] > 0 ? x[i] : 0;
    }
}

static float sigmoid(float x)
{
    /* Of the two equal forms, the one whose exponential cannot overflow. */
    float e = expf(-fabsf(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

void coch_c_sigmoid(float *x, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        x[i] = sigmoid(x[i]);
    }
}

void coch_c_gru_gates(float *h, const float *xi, const float *hh, size_t rows, size_t units)
{
    for (size_t row = 0; row < rows; row++, h += units, xi += 3 * units, hh += 3 * units) {
        for (size_t u = 0; u < units; u++) {
            float r = sigmoid(xi[u] + hh[u]);
            float z = sigmoid(xi[units + u] + hh[units + u]);
            float n = tanhf(xi[2 * units + u] + r * hh[2 * units + u]);
            h[u] = (1 - z) * n + z * h[u];
        }
    }
}

void coch_c_multiply(float *out, const float *a, const float *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = a[i] * b[i];
    }
}

void coch_c_power(float *power, const float *spectrum, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        power[i] = spectrum[2 * i] * spectrum[2 * i] + spectrum[2 * i + 1] * spectrum[2 * i + 1];
    }
}

void coch_c_bands(float *out, const float *x, const float *weights, const int *first, const int *length,
                  const int *offset, size_t bands)
{
    for (size_t b = 0; b < bands; b++) {
        const float *w = weights + offset[b], *bins = x + first[b];
        float sum = 0;
        for (int i = 0; i < length[b]; i++) {
            sum += w[i] * bins[i];
        }
        out[b] = sum;
    }
}

void coch_c_log_scale(float *x, size_t count, float floor, float scale, float offset, float low, float high)
{
    for (size_t i = 0; i < count; i++) {
        x[i] = fminf(fmaxf(scale * log10f(x[i] + floor) + offset, low), high);
    }
}

double coch_c_multiply_adds(size_t rounds)
{
    enum { CHAINS = 48 };
    float sums[CHAINS] = {0};
    for (size_t i = 0; i < rounds; i++) {
        for (int c = 0; c < CHAINS; c++) {
            sums[c] = sums[c] * 0.5f + 1.0f;
        }
    }
    volatile float sink = 0; /* keeps the loop from being optimised away */
    for (int c = 0; c < CHAINS; c++) {
        sink = sink + sums[c];
    }
    return 2.0 * CHAINS * (double)rounds;
}

const coch_kernels coch_kernels_c = {
    .name = "c",
    .matmul = coch_c_matmul,
    .relu = coch_c_relu,
    .sigmoid = coch_c_sigmoid,
    .gru_gates = coch_c_gru_gates,
    .multiply = coch_c_multiply,
    .power = coch_c_power,
    .bands = coch_c_bands,
    .log_scale = coch_c_log_scale,
    .multiply_adds = coch_c_multiply_adds,
};
