/* AVX2 and FMA: 16 registers of 8 lanes. */
#include "dsp/kernels_isa.h"

#include <immintrin.h>

typedef __m256 vec;
typedef __m256i ivec;
enum { WIDTH = 8 };

static inline vec vec_set(float x)
{
    return _mm256_set1_ps(x);
}

static inline vec vec_load(const float *p)
{
    return _mm256_loadu_ps(p);
}

static inline void vec_store(float *p, vec x)
{
    _mm256_storeu_ps(p, x);
}

static inline ivec first_lanes(size_t count)
{
    const ivec lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), lanes);
}

static inline vec vec_load_part(const float *p, size_t count)
{
    return _mm256_maskload_ps(p, first_lanes(count));
}

static inline void vec_store_part(float *p, vec x, size_t count)
{
    _mm256_maskstore_ps(p, first_lanes(count), x);
}

/* Lanes 0 1 4 5 | 2 3 6 7 after the shuffle within halves; the permutation of quarters puts them in order. */
static inline vec in_order(vec x)
{
    return _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(x), 0xd8));
}

static inline void vec_load_pairs(const float *p, vec *even, vec *odd)
{
    vec low = vec_load(p), high = vec_load(p + WIDTH);
    *even = in_order(_mm256_shuffle_ps(low, high, 0x88));
    *odd = in_order(_mm256_shuffle_ps(low, high, 0xdd));
}

static inline vec vec_add(vec a, vec b)
{
    return _mm256_add_ps(a, b);
}

static inline vec vec_sub(vec a, vec b)
{
    return _mm256_sub_ps(a, b);
}

static inline vec vec_mul(vec a, vec b)
{
    return _mm256_mul_ps(a, b);
}

static inline vec vec_div(vec a, vec b)
{
    return _mm256_div_ps(a, b);
}

static inline vec vec_fma(vec a, vec b, vec c)
{
    return _mm256_fmadd_ps(a, b, c);
}

static inline vec vec_min(vec a, vec b)
{
    return _mm256_min_ps(a, b);
}

static inline vec vec_max(vec a, vec b)
{
    return _mm256_max_ps(a, b);
}

static inline float vec_sum(vec x)
{
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    __m128 quarter = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(quarter, _mm_movehdup_ps(quarter)));
}

static inline ivec vec_bits(vec x)
{
    return _mm256_castps_si256(x);
}

static inline vec bits_vec(ivec x)
{
    return _mm256_castsi256_ps(x);
}

static inline ivec vec_to_int(vec x)
{
    return _mm256_cvtps_epi32(x);
}

static inline vec int_to_vec(ivec x)
{
    return _mm256_cvtepi32_ps(x);
}

static inline ivec int_set(int x)
{
    return _mm256_set1_epi32(x);
}

static inline ivec int_add(ivec a, ivec b)
{
    return _mm256_add_epi32(a, b);
}

static inline ivec int_sub(ivec a, ivec b)
{
    return _mm256_sub_epi32(a, b);
}

static inline ivec int_to_exponent(ivec x)
{
    return _mm256_slli_epi32(x, 23);
}

static inline ivec int_from_exponent(ivec x)
{
    return _mm256_srai_epi32(x, 23);
}

#include "dsp/vector_kernels.h"
#include "dsp/vector_matmul.h"

/* 12 sums, two columns of the weights and a broadcast fill the registers. */
MATMUL_PANEL(panel_16, 6, 2)

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

const coch_kernels coch_kernels_avx2 = {
    .name = "avx2",
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
