/* NEON of AArch64: 32 registers of 4 lanes. */
#include "dsp/kernels_isa.h"

#include <arm_neon.h>

typedef float32x4_t vec;
typedef int32x4_t ivec;
enum { WIDTH = 4 };

static inline vec vec_set(float x)
{
    return vdupq_n_f32(x);
}

static inline vec vec_load(const float *p)
{
    return vld1q_f32(p);
}

static inline void vec_store(float *p, vec x)
{
    vst1q_f32(p, x);
}

static inline vec vec_load_part(const float *p, size_t count)
{
    float lanes[WIDTH] = {0};
    for (size_t i = 0; i < count; i++) {
        lanes[i] = p[i];
    }
    return vec_load(lanes);
}

static inline void vec_store_part(float *p, vec x, size_t count)
{
    float lanes[WIDTH];
    vec_store(lanes, x);
    for (size_t i = 0; i < count; i++) {
        p[i] = lanes[i];
    }
}

static inline void vec_load_pairs(const float *p, vec *even, vec *odd)
{
    float32x4x2_t pairs = vld2q_f32(p);
    *even = pairs.val[0];
    *odd = pairs.val[1];
}

static inline vec vec_add(vec a, vec b)
{
    return vaddq_f32(a, b);
}

static inline vec vec_sub(vec a, vec b)
{
    return vsubq_f32(a, b);
}

static inline vec vec_mul(vec a, vec b)
{
    return vmulq_f32(a, b);
}

static inline vec vec_div(vec a, vec b)
{
    return vdivq_f32(a, b);
}

static inline vec vec_fma(vec a, vec b, vec c)
{
    return vfmaq_f32(c, a, b);
}

static inline vec vec_min(vec a, vec b)
{
    return vminq_f32(a, b);
}

static inline vec vec_max(vec a, vec b)
{
    return vmaxq_f32(a, b);
}

static inline float vec_sum(vec x)
{
    return vaddvq_f32(x);
}

static inline ivec vec_bits(vec x)
{
    return vreinterpretq_s32_f32(x);
}

static inline vec bits_vec(ivec x)
{
    return vreinterpretq_f32_s32(x);
}

static inline ivec vec_to_int(vec x)
{
    return vcvtnq_s32_f32(x);
}

static inline vec int_to_vec(ivec x)
{
    return vcvtq_f32_s32(x);
}

static inline ivec int_set(int x)
{
    return vdupq_n_s32(x);
}

static inline ivec int_add(ivec a, ivec b)
{
    return vaddq_s32(a, b);
}

static inline ivec int_sub(ivec a, ivec b)
{
    return vsubq_s32(a, b);
}

static inline ivec int_to_exponent(ivec x)
{
    return vshlq_n_s32(x, 23);
}

static inline ivec int_from_exponent(ivec x)
{
    return vshrq_n_s32(x, 23);
}

#include "dsp/vector_kernels.h"
#include "dsp/vector_matmul.h"

/* 24 sums, four columns of the weights and a broadcast. */
MATMUL_PANEL(panel_16, 6, 4)

static void matmul(float *out, size_t out_stride, const float *const *a, size_t a_stride, size_t taps,
                   const float *w, size_t m, size_t n, size_t k)
{
    const product p = {a, a_stride, taps, n, k, out_stride, m};
    if (m == 1 && n >= WIDE) {
        one_row(&p, out, w);
        return;
    }
    for (size_t column = 0; column < n; column += 16) {
        panel_16(&p, out + column, w + column);
    }
}

const coch_kernels coch_kernels_neon = {
    .name = "neon",
    .matmul = matmul,
    .relu = relu,
    .sigmoid = sigmoid,
    .gru_gates = gru_gates,
    .multiply = multiply,
    .power = power,
    .bands = bands,
    .log_scale = log_scale,
    .multiply_adds = multiply_adds,
};
