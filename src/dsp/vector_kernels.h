/* Bodies of the element-wise kernels for one instruction set: included once by each kernels_*.c, after it has
 * defined vec, ivec, WIDTH and the vec_ and int_ operations. See dsp/kernels.h for what each entry computes.
 *
 * The ends of arrays go through the same arithmetic as the whole vectors before them, in partly filled ones,
 * so that a value does not depend on its place. */
#ifndef COCH_DSP_VECTOR_KERNELS_H
#define COCH_DSP_VECTOR_KERNELS_H

#include <float.h>

/* exp(x) for |x| <= 87, within 2e-7 relative. 2^n * exp(r) with |r| <= ln(2) / 2, the polynomial of Cephes'
 * expf (Moshier 1989). */
static inline vec vec_exp(vec x)
{
    ivec n = vec_to_int(vec_mul(x, vec_set(1.44269504088896341f)));
    vec power = int_to_vec(n);
    vec r = vec_fma(power, vec_set(-0.693359375f), x);
    r = vec_fma(power, vec_set(2.12194440e-4f), r);
    vec y = vec_set(1.9875691500e-4f);
    y = vec_fma(y, r, vec_set(1.3981999507e-3f));
    y = vec_fma(y, r, vec_set(8.3334519073e-3f));
    y = vec_fma(y, r, vec_set(4.1665795894e-2f));
    y = vec_fma(y, r, vec_set(1.6666665459e-1f));
    y = vec_fma(y, r, vec_set(5.0000001201e-1f));
    y = vec_fma(y, vec_mul(r, r), vec_add(r, vec_set(1)));
    return bits_vec(int_add(vec_bits(y), int_to_exponent(n)));
}

/* exp(-x) with x limited to +-limit first. */
static inline vec vec_exp_minus(vec x, float limit)
{
    return vec_exp(vec_sub(vec_set(0), vec_max(vec_min(x, vec_set(limit)), vec_set(-limit))));
}

static inline vec vec_sigmoid(vec x)
{
    return vec_div(vec_set(1), vec_add(vec_set(1), vec_exp_minus(x, 87)));
}

/* ln(x) for normal x > 0, within 1e-7 relative or absolute: e * ln(2) is left to the caller, who gets e =
 * *exponent and ln(m) with x = m * 2^e, m from sqrt(1/2) to sqrt(2). The polynomial of Cephes' logf (Moshier
 * 1989). */
static inline vec vec_log_mantissa(vec x, vec *exponent)
{
    const ivec half_root = int_set(0x3f3504f3); /* bits of sqrt(1/2) */
    ivec e = int_from_exponent(int_sub(vec_bits(x), half_root));
    *exponent = int_to_vec(e);
    vec f = vec_sub(bits_vec(int_sub(vec_bits(x), int_to_exponent(e))), vec_set(1));
    vec y = vec_set(7.0376836292e-2f);
    y = vec_fma(y, f, vec_set(-1.1514610310e-1f));
    y = vec_fma(y, f, vec_set(1.1676998740e-1f));
    y = vec_fma(y, f, vec_set(-1.2420140846e-1f));
    y = vec_fma(y, f, vec_set(1.4249322787e-1f));
    y = vec_fma(y, f, vec_set(-1.6668057665e-1f));
    y = vec_fma(y, f, vec_set(2.0000714765e-1f));
    y = vec_fma(y, f, vec_set(-2.4999993993e-1f));
    y = vec_fma(y, f, vec_set(3.3333331174e-1f));
    y = vec_fma(y, f, vec_set(-0.5f));
    return vec_fma(y, vec_mul(f, f), f);
}

static void relu(float *x, size_t count)
{
    size_t i = 0;
    for (; i + WIDTH <= count; i += WIDTH) {
        vec_store(x + i, vec_max(vec_load(x + i), vec_set(0)));
    }
    if (i < count) {
        vec_store_part(x + i, vec_max(vec_load_part(x + i, count - i), vec_set(0)), count - i);
    }
}

static void sigmoid(float *x, size_t count)
{
    size_t i = 0;
    for (; i + WIDTH <= count; i += WIDTH) {
        vec_store(x + i, vec_sigmoid(vec_load(x + i)));
    }
    if (i < count) {
        vec_store_part(x + i, vec_sigmoid(vec_load_part(x + i, count - i)), count - i);
    }
}

/* With R = exp(-r), Z = exp(-z), N = exp(-2n) of the sums before the gates:
 * (1 - s(z)) tanh(n) + s(z) h = ((1 - N) Z + h (1 + N)) / ((1 + N) (1 + Z)), which saves a division. The
 * limits keep the products finite and change nothing: s(-30) is 1e-13. */
static inline vec gru_unit(vec h, vec r, vec z, vec n_input, vec n_state)
{
    const vec one = vec_set(1);
    vec gate = vec_div(n_state, vec_add(one, vec_exp_minus(r, 80)));
    vec n = vec_add(n_input, gate);
    vec en = vec_exp_minus(vec_add(n, n), 30);
    vec ez = vec_exp_minus(z, 30);
    vec en_plus = vec_add(one, en);
    vec top = vec_fma(vec_sub(one, en), ez, vec_mul(h, en_plus));
    return vec_div(top, vec_mul(en_plus, vec_add(one, ez)));
}

static void gru_gates(float *h, const float *xi, const float *hh, size_t rows, size_t units)
{
    for (size_t row = 0; row < rows; row++, h += units, xi += 3 * units, hh += 3 * units) {
        for (size_t u = 0; u < units; u += WIDTH) {
            vec r = vec_add(vec_load(xi + u), vec_load(hh + u));
            vec z = vec_add(vec_load(xi + units + u), vec_load(hh + units + u));
            vec next =
                gru_unit(vec_load(h + u), r, z, vec_load(xi + 2 * units + u), vec_load(hh + 2 * units + u));
            vec_store(h + u, next);
        }
    }
}

static void multiply(float *out, const float *a, const float *b, size_t count)
{
    size_t i = 0;
    for (; i + WIDTH <= count; i += WIDTH) {
        vec_store(out + i, vec_mul(vec_load(a + i), vec_load(b + i)));
    }
    for (; i < count; i++) {
        out[i] = a[i] * b[i];
    }
}

static void power(float *power, const float *spectrum, size_t count)
{
    size_t i = 0;
    for (; i + WIDTH <= count; i += WIDTH) {
        vec re, im;
        vec_load_pairs(spectrum + 2 * i, &re, &im);
        vec_store(power + i, vec_fma(re, re, vec_mul(im, im)));
    }
    for (; i < count; i++) {
        float re = spectrum[2 * i], im = spectrum[2 * i + 1];
        power[i] = __builtin_fmaf(re, re, im * im);
    }
}

static float dot(const float *w, const float *x, size_t count)
{
    vec sum = vec_set(0);
    size_t i = 0;
    for (; i + WIDTH <= count; i += WIDTH) {
        sum = vec_fma(vec_load(w + i), vec_load(x + i), sum);
    }
    if (i < count) {
        sum = vec_fma(vec_load_part(w + i, count - i), vec_load_part(x + i, count - i), sum);
    }
    return vec_sum(sum);
}

static void bands(float *out, const float *x, const float *weights, const int *first, const int *length,
                  const int *offset, size_t bands)
{
    enum { SHORT = 4 }; /* bands for which gathering the lanes of a vector costs more than it saves */
    for (size_t b = 0; b < bands; b++) {
        const float *w = weights + offset[b], *bins = x + first[b];
        size_t count = (size_t)length[b];
        if (count > SHORT) {
            out[b] = dot(w, bins, count);
            continue;
        }
        float sum = 0;
        for (size_t i = 0; i < count; i++) {
            sum = __builtin_fmaf(w[i], bins[i], sum);
        }
        out[b] = sum;
    }
}

/* Constants of log_scale, spread over the lanes. */
typedef struct log_map {
    vec floor, per_octave, per_e, offset, low, high;
} log_map;

static inline vec log_scaled(vec x, const log_map *map)
{
    vec exponent;
    vec mantissa = vec_log_mantissa(vec_max(vec_add(x, map->floor), vec_set(FLT_MIN)), &exponent);
    vec y = vec_fma(exponent, map->per_octave, vec_fma(mantissa, map->per_e, map->offset));
    return vec_min(vec_max(y, map->low), map->high);
}

static void log_scale(float *x, size_t count, float floor, float scale, float offset, float low, float high)
{
    const log_map map = {vec_set(floor),
                         vec_set(scale * 0.301029995663981195f),
                         vec_set(scale * 0.434294481903251828f),
                         vec_set(offset),
                         vec_set(low),
                         vec_set(high)};
    size_t i = 0;
    for (; i + WIDTH <= count; i += WIDTH) {
        vec_store(x + i, log_scaled(vec_load(x + i), &map));
    }
    if (i < count) {
        vec_store_part(x + i, log_scaled(vec_load_part(x + i, count - i), &map), count - i);
    }
}

static double multiply_adds(size_t rounds)
{
    /* More than two units of four cycles have in flight; no more than registers hold and compilers unroll. */
    enum { CHAINS = WIDTH == 8 ? 12 : 16 };
    vec sums[CHAINS];
    const vec half = vec_set(0.5f), one = vec_set(1);
    for (size_t c = 0; c < CHAINS; c++) {
        sums[c] = vec_set((float)c);
    }
    for (size_t i = 0; i < rounds; i++) {
        for (size_t c = 0; c < CHAINS; c++) {
            sums[c] = vec_fma(sums[c], half, one);
        }
    }
    volatile float sink = 0; /* keeps the loop from being optimised away */
    for (size_t c = 0; c < CHAINS; c++) {
        sink = sink + vec_sum(sums[c]);
    }
    return 2.0 * CHAINS * WIDTH * (double)rounds;
}

#endif
