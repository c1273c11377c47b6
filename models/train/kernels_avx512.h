/* The matrix products of kernels.c where there is AVX-512 BF16 and no AMX: eight rows by up to 48 columns stay in registers. */
#ifndef KERNELS_AVX512_H
#define KERNELS_AVX512_H

static void begin_products(void)
{
}

static void end_products(void)
{
}

int kernels_init(void)
{
	return 0;
}

enum { STRIP = 8 };

/* sum[8][16 * tiles] += a [8][32] x b: 16 pairs of a's columns, a_stride values from row to row; b has a pair's two rows
 * interleaved, b_stride values from pair to pair and b_step from one 16 columns to the next. */
static inline __attribute__((always_inline)) void multiply(const bf16 *a, size_t a_stride, const bf16 *b, size_t b_stride, size_t b_step,
                                                           int tiles, __m512 sum[STRIP][3])
{
	for (int k = 0; k < 16; k++) {
		__m512bh right[3];
		for (int n = 0; n < tiles; n++)
			right[n] = (__m512bh)_mm512_loadu_si512(b + k * b_stride + n * b_step);
#pragma GCC unroll 8
		for (int r = 0; r < STRIP; r++) {
			int32_t pair;
			memcpy(&pair, a + r * a_stride + 2 * k, sizeof pair);
			__m512bh left = (__m512bh)_mm512_set1_epi32(pair);
#pragma GCC unroll 3
			for (int n = 0; n < tiles; n++)
				sum[r][n] = _mm512_dpbf16_ps(sum[r][n], left, right[n]);
		}
	}
}

static inline __attribute__((always_inline)) void load_strip(const float *from, size_t stride, int tiles, __m512 sum[STRIP][3])
{
#pragma GCC unroll 8
	for (int r = 0; r < STRIP; r++)
#pragma GCC unroll 3
		for (int n = 0; n < tiles; n++)
			sum[r][n] = from ? _mm512_loadu_ps(from + r * stride + n * 16) : _mm512_setzero_ps();
}

static inline __attribute__((always_inline)) void store_strip(float *to, size_t stride, int tiles, __m512 sum[STRIP][3])
{
#pragma GCC unroll 8
	for (int r = 0; r < STRIP; r++)
#pragma GCC unroll 3
		for (int n = 0; n < tiles; n++)
			_mm512_storeu_ps(to + r * stride + n * 16, sum[r][n]);
}

/* The number of tiles as a constant, so that the sums are registers. */
#define WITH_TILES(tiles, call) \
	do { \
		if ((tiles) == 3) { enum { TILES = 3 }; call; } \
		else if ((tiles) == 2) { enum { TILES = 2 }; call; } \
		else { enum { TILES = 1 }; call; } \
	} while (0)

static inline __attribute__((always_inline)) void block_strip(const taps *p, bf16 *const *local, int row, int n0, int tiles, float *to)
{
	__m512 sum[STRIP][3];
	load_strip(NULL, 0, tiles, sum);
	for (int i = 0; i < p->chunks; i++) {
		const chunk *c = &p->chunk[i];
		size_t channels = (size_t)p->view[c->view].channels;
		multiply(local[c->view] + (PAD + row + c->offset) * channels + c->channel, channels,
		         p->weight + ((size_t)i * (p->n / 16) + n0) * 512, 32, 512, tiles, sum);
	}
	store_strip(to, 48, tiles, sum);
}

/* 32 rows, or 16, by up to 48 outputs. */
static void block(const taps *p, bf16 *const *local, int row, int n0, int nt, int two, float *sum)
{
	for (int r = 0; r < (two ? 32 : 16) && row + r < p->out_rows; r += STRIP)
		WITH_TILES(nt, block_strip(p, local, row + r, n0, TILES, sum + r * 48));
}

static inline __attribute__((always_inline)) void outer_strip(const grads *p, bf16 *const (*turned)[GROUP], bf16 *const *paired, int frames,
                                                              const chunk *c, int first, int n0, int tiles, float *to)
{
	__m512 sum[STRIP][3];
	load_strip(to, p->n, tiles, sum);
	for (int f = 0; f < frames; f++)
		for (int row = 0; row < p->out_rows; row += 32)
			multiply(turned[c->view][f] + (c->channel + first) * ROWS + PAD + row + c->offset, ROWS,
			         paired[f] + ((size_t)row / 2 * p->n + n0 * 16) * 2, (size_t)p->n * 2, 32, tiles, sum);
	store_strip(to, p->n, tiles, sum);
}

static void outer(const grads *p, bf16 *const (*turned)[GROUP], bf16 *const *paired, int frames, int i, int n0, float *dw)
{
	int nt = p->n / 16 - n0 < 3 ? p->n / 16 - n0 : 3;
	for (int first = 0; first < p->chunk[i].width; first += STRIP)
		WITH_TILES(nt, outer_strip(p, turned, paired, frames, &p->chunk[i], first, n0, TILES,
		                           dw + ((size_t)i * 32 + first) * p->n + n0 * 16));
}

static inline __attribute__((always_inline)) void small_strip(const bf16 *a, int k, const bf16 *w, int n, int tiles, float *to)
{
	__m512 sum[STRIP][3];
	load_strip(NULL, 0, tiles, sum);
	for (int i = 0; i < k / 32; i++)
		multiply(a + i * 32, (size_t)k, w + (size_t)i * (n / 16) * 512, 32, 512, tiles, sum);
	store_strip(to, (size_t)n, tiles, sum);
}

/* [16 rows][k] x [k][n] -> sum[16][n]; w in pair order [k/32][n/16][16][16][2]. */
static void small_product(const bf16 *a, int k, const bf16 *w, int n, float *sum)
{
	int tiles = n % 48 ? 2 : 3;
	for (int n0 = 0; n0 < n; n0 += 16 * tiles)
		for (int r = 0; r < 16; r += STRIP)
			WITH_TILES(tiles, small_strip(a + (size_t)r * k, k, w + (size_t)n0 * 32, n, TILES, sum + (size_t)r * n + n0));
}

#endif
