/* Training kernels of the instrument net's first convolutions for x86-64 with AVX-512: a convolution over columns together with
 * the maximum over rows and a block of frames that follows it. Only the places of the maxima have a gradient, a fifteenth of all,
 * so the backward pass visits those alone. nets.py holds the same in plain PyTorch; test_kernels.py compares.
 *
 * x [count][frames][width]; a filter sums runs: weights [runs][length][CHANNELS] over x[frame * width + row + offset[run] + i].
 * Pooled values and their places [count][rows][blocks][CHANNELS], the place being frame * pool + row in its pool.
 */
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

enum { BLOCK = 5, LANES = 16 };

typedef struct {
	int32_t count, frames, width, runs, length, rows, pool, channels;
	const float *x;
	const int32_t *offset;
	const float *weight;
	float *pooled;
	uint8_t *place;
	const float *gradient;   /* of pooled */
	float *weight_gradient;  /* [threads][channels][runs][padded length] */
	int32_t padded, threads;
} first;

/* The maxima of one pool of `pool` rows by BLOCK frames, 32 channels from `c` on. */
static inline __attribute__((always_inline)) void reach(const first *p, const float *x, int pool, int c, float *pooled, uint8_t *place)
{
	__m512 most[2] = {_mm512_set1_ps(-1e30f), _mm512_set1_ps(-1e30f)};
	__m512i at[2] = {_mm512_setzero_si512(), _mm512_setzero_si512()};
	for (int row = 0; row < pool; row++) {
		__m512 sum[BLOCK][2];
		for (int t = 0; t < BLOCK; t++)
			sum[t][0] = sum[t][1] = _mm512_setzero_ps();
		for (int run = 0; run < p->runs; run++) {
			const float *from = x + row + p->offset[run], *w = p->weight + (size_t)run * p->length * p->channels + c;
			for (int i = 0; i < p->length; i++, w += p->channels) {
				__m512 w0 = _mm512_loadu_ps(w), w1 = _mm512_loadu_ps(w + LANES);
				for (int t = 0; t < BLOCK; t++) {
					__m512 v = _mm512_set1_ps(from[t * p->width + i]);
					sum[t][0] = _mm512_fmadd_ps(v, w0, sum[t][0]);
					sum[t][1] = _mm512_fmadd_ps(v, w1, sum[t][1]);
				}
			}
		}
		for (int t = 0; t < BLOCK; t++)
			for (int h = 0; h < 2; h++) {
				__mmask16 more = _mm512_cmp_ps_mask(sum[t][h], most[h], _CMP_GT_OQ);
				most[h] = _mm512_mask_mov_ps(most[h], more, sum[t][h]);
				at[h] = _mm512_mask_mov_epi32(at[h], more, _mm512_set1_epi32(t * pool + row));
			}
	}
	for (int h = 0; h < 2; h++) {
		_mm512_storeu_ps(pooled + c + h * LANES, most[h]);
		_mm_storeu_si128((__m128i *)(place + c + h * LANES), _mm512_cvtepi32_epi8(at[h]));
	}
}

void first_forward(const first *p)
{
	int blocks = (p->frames - BLOCK + 1) / BLOCK;
#pragma omp parallel for num_threads(p->threads) schedule(dynamic)
	for (int n = 0; n < p->count; n++)
		for (int row = 0; row < p->rows; row++)
			for (int b = 0; b < blocks; b++) {
				const float *x = p->x + ((size_t)n * p->frames + b * BLOCK) * p->width + row * p->pool;
				size_t out = (((size_t)n * p->rows + row) * blocks + b) * p->channels;
				for (int c = 0; c < p->channels; c += 2 * LANES)
					if (p->pool == 3)
						reach(p, x, 3, c, p->pooled + out, p->place + out);
					else
						reach(p, x, 1, c, p->pooled + out, p->place + out);
			}
}

/* Adds an example's gradients of the weights of one channel; sums stay in registers. Runs of up to 8 * WIDE floats. */
#define CHANNEL(NAME, TYPE, LANES_, RUNS, WIDE, LOAD, STORE, FMA, SPREAD, ZERO) \
	static void NAME(const first *p, int n, int c, float *sums) \
	{ \
		const int cells = p->rows * ((p->frames - BLOCK + 1) / BLOCK), blocks = cells / p->rows, channels = p->channels; \
		const int width = p->width, pool = p->pool; \
		const float *g = p->gradient + (size_t)n * cells * channels + c, *x = p->x + (size_t)n * p->frames * width; \
		const uint8_t *place = p->place + (size_t)n * cells * channels + c; \
		int offset[RUNS]; \
		TYPE sum[RUNS][WIDE]; \
		for (int r = 0; r < RUNS; r++) { \
			offset[r] = p->offset[r]; \
			for (int i = 0; i < WIDE; i++) \
				sum[r][i] = ZERO(); \
		} \
		for (int cell = 0; cell < cells; cell++, g += channels, place += channels) { \
			int at = *place, t = pool == 3 ? (at * 11) >> 5 : at; \
			const float *from = x + (cell % blocks * BLOCK + t) * width + cell / blocks * pool + (at - t * pool); \
			TYPE v = SPREAD(*g); \
			for (int r = 0; r < RUNS; r++) \
				for (int i = 0; i < WIDE; i++) \
					sum[r][i] = FMA(v, LOAD(from + offset[r] + i * LANES_), sum[r][i]); \
		} \
		for (int r = 0; r < RUNS; r++) \
			for (int i = 0; i < WIDE; i++, sums += LANES_) \
				STORE(sums, FMA(SPREAD(1.0f), sum[r][i], LOAD(sums))); \
	}

CHANNEL(two_d, __m256, 8, 5, 1, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_fmadd_ps, _mm256_set1_ps, _mm256_setzero_ps)
CHANNEL(spiral, __m128, 4, 15, 1, _mm_loadu_ps, _mm_storeu_ps, _mm_fmadd_ps, _mm_set1_ps, _mm_setzero_ps)
CHANNEL(one_d, __m512, 16, 5, 3, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_fmadd_ps, _mm512_set1_ps, _mm512_setzero_ps)

/* Runs of 5, 3 and 36 weights, padded to 8, 4 and 48. */
void first_backward(const first *p)
{
	void (*add)(const first *, int, int, float *) = p->padded == 8 ? two_d : p->padded == 4 ? spiral : one_d;
	size_t each = (size_t)p->runs * p->padded, size = p->channels * each;
	memset(p->weight_gradient, 0, p->threads * size * sizeof(float));
#pragma omp parallel for num_threads(p->threads) schedule(static)
	for (int part = 0; part < p->threads; part++)
		for (int n = part; n < p->count; n += p->threads)
			for (int c = 0; c < p->channels; c++)
				add(p, n, c, p->weight_gradient + part * size + c * each);
}
