/* Sixteen values at a time: bfloat16 in memory, float in registers. */
#ifndef KERNELS_VECTOR_H
#define KERNELS_VECTOR_H

#include <immintrin.h>
#include <stdint.h>

typedef uint16_t bf16;

static inline __m512 load16(const bf16 *x)
{
	return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const void *)x)), 16));
}

static inline void store16(bf16 *x, __m512 v)
{
	_mm256_storeu_si256((void *)x, (__m256i)_mm512_cvtneps_pbh(v));
}

static inline __m512 exponential(__m512 x)
{
	x = _mm512_max_ps(_mm512_min_ps(x, _mm512_set1_ps(80)), _mm512_set1_ps(-80));
	x = _mm512_mul_ps(x, _mm512_set1_ps(1.44269504f));
	__m512 n = _mm512_roundscale_ps(x, 0), f = _mm512_sub_ps(x, n);
	__m512 y = _mm512_set1_ps(1.3333558e-3f);
	y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(9.6181291e-3f));
	y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(5.5504109e-2f));
	y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(2.4022651e-1f));
	y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(6.9314718e-1f));
	y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(1.0f));
	return _mm512_scalef_ps(y, n);
}

static inline __m512 sigmoid(__m512 x)
{
	__m512 one = _mm512_set1_ps(1);
	return _mm512_div_ps(one, _mm512_add_ps(one, exponential(_mm512_sub_ps(_mm512_setzero_ps(), x))));
}

#endif
