/* AVX-512 (F, BW, DQ, VL): 32 registers of 16 lanes. */
#include "dsp/kernels_isa.h"

#include <immintrin.h>

typedef __m512 vec;
typedef __m512i ivec;
enum { WIDTH = 16 };

static inline vec vec_set(float x)
{
    return _mm512_set1_ps(x);
}

static inline vec vec_load(const float *p)
{
    return _mm512_loadu_ps(p);
}

static inline void vec_store(float *p, vec x)
{
    _mm512_storeu_ps(p, x);
}

static inline __mmask16 first_lanes(size_t count)
{
    return (__mmask16)((1u << count) - 1);
}

static inline vec vec_load_part(const float *p, size_t count)
{
    return _mm512_maskz_loadu_ps(first_lanes(count), p);
}

static inline void vec_store_part(float *p, vec x, size_t count)
{
    _mm512_mask_storeu_ps(p, first_lanes(count), x);
}

static inline void vec_load_pairs(const float *p, vec *even, vec *odd)
{
    const ivec evens = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    const ivec odds = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    vec low = vec_load(p), high = vec_load(p + WIDTH);
    *even = _mm512_permutex2var_ps(low, evens, high);
    *odd = _mm512_permutex2var_ps(low, odds, high);
}

static inline vec vec_add(vec a, vec b)
{
    return _mm512_add_ps(a, b);
}

static inline vec vec_sub(vec a, vec b)
{
    return _mm512_sub_ps(a, b);
}

static inline vec vec_mul(vec a, vec b)
{
    return _mm512_mul_ps(a, b);
}

static inline vec vec_div(vec a, vec b)
{
    return _mm512_div_ps(a, b);
}

static inline vec vec_fma(vec a, vec b, vec c)
{
    return _mm512_fmadd_ps(a, b, c);
}

static inline vec vec_min(vec a, vec b)
{
    return _mm512_min_ps(a, b);
}

static inline vec vec_max(vec a, vec b)
{
    return _mm512_max_ps(a, b);
}

static inline float vec_sum(vec x)
{
    return _mm512_reduce_add_ps(x);
}

static inline ivec vec_bits(vec x)
{
    return _mm512_castps_si512(x);
}

static inline vec bits_vec(ivec x)
{
    return _mm512_castsi512_ps(x);
}

static inline ivec vec_to_int(vec x)
{
    return _mm512_cvtps_epi32(x);
}

static inline vec int_to_vec(ivec x)
{
    return _mm512_cvtepi32_ps(x);
}

static inline ivec int_set(int x)
{
    return _mm512_set1_epi32(x);
}

static inline ivec int_add(ivec a, ivec b)
{
    return _mm512_add_epi32(a, b);
}

static inline ivec int_sub(ivec a, ivec b)
{
    return _mm512_sub_epi32(a, b);
}

static inline ivec int_to_exponent(ivec x)
{
    return _mm512_slli_epi32(x, 23);
}

static inline ivec int_from_exponent(ivec x)
{
    return _mm512_srai_epi32(x, 23);
}

#include "dsp/vector_kernels.h"
#include "dsp/vector_matmul.h"

/* Tiles of the product, rows x vectors: 24 sums, the columns of the weights and a broadcast fill the
 * registers. */
MATMUL_PANEL(panel_48, 8, 3)
MATMUL_PANEL(panel_32, 12, 2)
MATMUL_PANEL(panel_16, 11, 1)

static void matmul(float *out, size_t out_stride, const float *const *a, size_t a_stride, size_t taps,
                   const float *w, size_t m, size_t n, size_t k)
{
    const product p = {a, a_stride, taps, n, k, out_stride, m};
    if (m == 1 && n >= WIDE) {
        one_row(&p, out, w);
        return;
    }
    size_t left = n;
    while (left > 0) {
        size_t width = left == 16 ? 16 : left == 32 || left == 64 ? 32 : 48;
        if (width == 48) {
            panel_48(&p, out, w);
        } else if (width == 32) {
            panel_32(&p, out, w);
        } else {
            panel_16(&p, out, w);
        }
        out += width;
        w += width;
        left -= width;
    }
}

const coch_kernels coch_kernels_avx512 = {
    .name = "avx512",
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
