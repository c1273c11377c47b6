/* Training kernels of the piano net for x86-64 with AMX or AVX-512 BF16: every layer is a sum of shifted matrix products over the rows
 * (positions or keys) of a frame, so one forward kernel, used again for the gradient of the input, and one kernel for
 * the gradient of the weights carry the whole net. net.py holds the same net in plain PyTorch; test_kernels.py compares.
 *
 * Values are bfloat16 [batch * frames, rows, channels]; sums are float. Frames of a batch item are consecutive.
 */
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernels_vector.h"

enum { PAD = 64, ROWS = PAD + 112 + 64, TALL = 128, MAX_VIEWS = 6, MAX_CHANNELS = 256 };

/* A view is a source at a time distance: frame t reads source[t - dt]. A chunk is 32 channels of a view, from channel
 * `channel`, at rows k + offset; its weights are one [32][n] block in AMX pair order (or, for gradients, plain). */
typedef struct { const bf16 *data; int32_t rows, channels, stride, dt; } view;
typedef struct { int32_t view, offset, channel, width; } chunk;
typedef struct {
	int32_t batch, frames, views, chunks, out_rows, n;
	view view[MAX_VIEWS];
	const chunk *chunk;
	const bf16 *weight;      /* [chunks][n/16][16][16][2] */
	const float *bias;       /* [n] or [out_rows][n], may be NULL */
	int32_t bias_stride, relu;
	const float *frame_add;  /* [batch * frames][n], may be NULL */
	const bf16 *mask;        /* zero the result where this is not positive, shape of the result, may be NULL */
	bf16 *out;               /* one of the two */
	float *out_float;
} taps;

typedef struct {
	int32_t batch, frames, views, chunks, out_rows, n;
	view view[MAX_VIEWS];
	const chunk *chunk;
	const bf16 *dy;          /* [batch * frames][out_rows][dy_stride], n used */
	int32_t dy_stride, key_bias;
	float *dw;               /* [threads][chunks][32][n] */
	float *db;               /* [threads][n] or, with key_bias, [threads][out_rows][n] */
} grads;

enum { GROUP = 4 };

#ifdef __AMX_BF16__
#include "kernels_amx.h"
#elif defined __AVX512BF16__
#include "kernels_avx512.h"
#else
#error "the training kernels need AMX or AVX-512 BF16"
#endif

static const bf16 *frame_of(const view *v, int batch, int t, int frames)
{
	int at = t - v->dt;
	return at < 0 || at >= frames ? NULL : v->data + ((size_t)batch * frames + at) * v->rows * v->stride;
}

/* Copies a frame of a view between zero rows, so that tiles may begin at any offset. */
static void pad_frame(const view *v, const bf16 *x, bf16 *to)
{
	size_t row = (size_t)v->channels * sizeof *to;
	if (!x)
		memset(to + PAD * v->channels, 0, v->rows * row);
	else if (v->stride == v->channels)
		memcpy(to + PAD * v->channels, x, v->rows * row);
	else
		for (int r = 0; r < v->rows; r++)
			memcpy(to + (PAD + r) * v->channels, x + (size_t)r * v->stride, row);
}

static void finish(const taps *p, size_t frame, int row, int n0, int nt, const float *sum)
{
	for (int r = row; r < row + 32 && r < p->out_rows; r++) {
		for (int b = 0; b < nt; b++) {
			int n = (n0 + b) * 16;
			size_t at = (frame * p->out_rows + r) * p->n + n;
			__m512 v = _mm512_loadu_ps(sum + (r - row) * 48 + b * 16);
			if (p->bias)
				v = _mm512_add_ps(v, _mm512_loadu_ps(p->bias + (size_t)r * p->bias_stride + n));
			if (p->frame_add)
				v = _mm512_add_ps(v, _mm512_loadu_ps(p->frame_add + frame * p->n + n));
			if (p->relu)
				v = _mm512_max_ps(v, _mm512_setzero_ps());
			if (p->mask)
				v = _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(load16(p->mask + at), _mm512_setzero_ps(), _CMP_GT_OQ), v);
			if (p->out)
				store16(p->out + at, v);
			else
				_mm512_storeu_ps(p->out_float + at, v);
		}
	}
}

void taps_forward(const taps *p)
{
#pragma omp parallel
	{
		bf16 *local[MAX_VIEWS];
		for (int v = 0; v < p->views; v++) {
			size_t bytes = (size_t)ROWS * p->view[v].channels * 2 + 128;
			local[v] = aligned_alloc(64, (bytes + 63) / 64 * 64);
			memset(local[v], 0, bytes);
		}
		float sum[32 * 48];
		begin_products();
#pragma omp for collapse(2) schedule(dynamic, 8)
		for (int b = 0; b < p->batch; b++)
			for (int t = 0; t < p->frames; t++) {
				for (int v = 0; v < p->views; v++)
					pad_frame(&p->view[v], frame_of(&p->view[v], b, t, p->frames), local[v]);
				for (int row = 0; row < p->out_rows; row += 32)
					for (int n = 0; n < p->n / 16; n += 3) {
						int nt = p->n / 16 - n < 3 ? p->n / 16 - n : 3;
						block(p, local, row, n, nt, row + 16 < p->out_rows, sum);
						finish(p, (size_t)b * p->frames + t, row, n, nt, sum);
					}
			}
		end_products();
		for (int v = 0; v < p->views; v++)
			free(local[v]);
	}
}

/* ---- gradient of the weights ---- */

/* 16 x 16 transpose of 16-bit values. */
static void transpose16(const bf16 *x, size_t stride, bf16 *to, size_t to_stride)
{
	__m256i r[16], s[16];
	for (int i = 0; i < 16; i++)
		r[i] = _mm256_loadu_si256((const void *)(x + i * stride));
	for (int i = 0; i < 8; i++) {
		s[2 * i] = _mm256_unpacklo_epi16(r[2 * i], r[2 * i + 1]);
		s[2 * i + 1] = _mm256_unpackhi_epi16(r[2 * i], r[2 * i + 1]);
	}
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 2; j++) {
			r[4 * i + 2 * j] = _mm256_unpacklo_epi32(s[4 * i + j], s[4 * i + 2 + j]);
			r[4 * i + 2 * j + 1] = _mm256_unpackhi_epi32(s[4 * i + j], s[4 * i + 2 + j]);
		}
	for (int i = 0; i < 2; i++)
		for (int j = 0; j < 4; j++) {
			s[8 * i + 2 * j] = _mm256_unpacklo_epi64(r[8 * i + j], r[8 * i + 4 + j]);
			s[8 * i + 2 * j + 1] = _mm256_unpackhi_epi64(r[8 * i + j], r[8 * i + 4 + j]);
		}
	for (int j = 0; j < 8; j++) {
		_mm256_storeu_si256((void *)(to + j * to_stride), _mm256_permute2x128_si256(s[j], s[8 + j], 0x20));
		_mm256_storeu_si256((void *)(to + (8 + j) * to_stride), _mm256_permute2x128_si256(s[j], s[8 + j], 0x31));
	}
}

static void transpose_frame(const view *v, const bf16 *x, bf16 *to)
{
	int rows = (v->rows + 15) / 16 * 16;
	for (int c = 0; c < v->channels; c += 16) {
		if (!x) {
			for (int i = 0; i < 16; i++)
				memset(to + (c + i) * ROWS + PAD, 0, rows * sizeof *to);
			continue;
		}
		for (int r = 0; r + 16 <= v->rows; r += 16)
			transpose16(x + (size_t)r * v->stride + c, v->stride, to + c * ROWS + PAD + r, ROWS);
		for (int r = v->rows / 16 * 16; r < v->rows; r++)
			for (int i = 0; i < 16; i++)
				to[(c + i) * ROWS + PAD + r] = x[(size_t)r * v->stride + c + i];
	}
}

/* Rows in pairs: [rows/2][n][2]. */
static void pair_rows(const bf16 *dy, int rows, int n, size_t stride, bf16 *to)
{
	for (int r = 0; r < rows; r += 2)
		for (int c = 0; c < n; c += 16) {
			__m256i a = _mm256_loadu_si256((const void *)(dy + (size_t)r * stride + c));
			__m256i b = _mm256_loadu_si256((const void *)(dy + (size_t)(r + 1) * stride + c));
			__m256i lo = _mm256_unpacklo_epi16(a, b), hi = _mm256_unpackhi_epi16(a, b);
			_mm256_storeu_si256((void *)(to + ((size_t)r / 2 * n + c) * 2), _mm256_permute2x128_si256(lo, hi, 0x20));
			_mm256_storeu_si256((void *)(to + ((size_t)r / 2 * n + c) * 2 + 16), _mm256_permute2x128_si256(lo, hi, 0x31));
		}
}

static void add_bias(const grads *p, const bf16 *dy, float *db)
{
	for (int r = 0; r < p->out_rows; r++)
		for (int n = 0; n < p->n; n += 16) {
			float *to = db + (p->key_bias ? (size_t)r * p->n : 0) + n;
			_mm512_storeu_ps(to, _mm512_add_ps(_mm512_loadu_ps(to), load16(dy + (size_t)r * p->dy_stride + n)));
		}
}

static void *zeros(size_t bytes)
{
	void *p = aligned_alloc(64, (bytes + 63) / 64 * 64);
	memset(p, 0, bytes);
	return p;
}

void taps_gradient(const grads *p)
{
#pragma omp parallel
	{
		int me = omp_get_thread_num();
		float *dw = p->dw + (size_t)me * p->chunks * 32 * p->n;
		float *db = p->db + (size_t)me * p->n * (p->key_bias ? p->out_rows : 1);
		bf16 *turned[MAX_VIEWS][GROUP], *paired[GROUP];
		for (int f = 0; f < GROUP; f++) {
			paired[f] = zeros((size_t)TALL * p->n * 2);
			for (int v = 0; v < p->views; v++)
				turned[v][f] = zeros((size_t)ROWS * (p->view[v].channels + 1) * 2);
		}
		begin_products();
		int groups = (p->frames + GROUP - 1) / GROUP;
#pragma omp for collapse(2) schedule(dynamic)
		for (int b = 0; b < p->batch; b++)
			for (int g = 0; g < groups; g++) {
				int count = p->frames - g * GROUP < GROUP ? p->frames - g * GROUP : GROUP;
				for (int f = 0; f < count; f++) {
					int t = g * GROUP + f;
					const bf16 *dy = p->dy + ((size_t)b * p->frames + t) * p->out_rows * p->dy_stride;
					for (int v = 0; v < p->views; v++)
						transpose_frame(&p->view[v], frame_of(&p->view[v], b, t, p->frames), turned[v][f]);
					pair_rows(dy, p->out_rows, p->n, (size_t)p->dy_stride, paired[f]);
					add_bias(p, dy, db);
				}
				for (int i = 0; i < p->chunks; i++)
					for (int n = 0; n < p->n / 16; n += 3)
						outer(p, (bf16 *const (*)[GROUP])turned, paired, count, i, n, dw);
			}
		end_products();
		for (int f = 0; f < GROUP; f++) {
			free(paired[f]);
			for (int v = 0; v < p->views; v++)
				free(turned[v][f]);
		}
	}
}

/* ---- the recurrent layer: 48 -> 64 per key, PyTorch's GRU ---- */

enum { KEYS = 88, STATE = 64, GATES = 192, SAVED = 256 };

static __m512 hyperbolic(__m512 x)
{
	return _mm512_fmsub_ps(_mm512_set1_ps(2), sigmoid(_mm512_add_ps(x, x)), _mm512_set1_ps(1));
}

/* gx [batch*frames][88][192] (input part with its bias), w: state weights in pair order, bias [192];
 * h [..][88][64], saved [..][88][256] = r, z, n, state part of n (may be NULL). state: [batch][88][64] float, in and out, or NULL. */
void gru_forward(int batch, int frames, const bf16 *gx, const bf16 *w, const float *bias, bf16 *h, bf16 *saved, float *state)
{
#pragma omp parallel for collapse(2) schedule(dynamic)
	for (int b = 0; b < batch; b++)
		for (int k0 = 0; k0 < KEYS; k0 += 16) {
			int count = KEYS - k0 < 16 ? KEYS - k0 : 16;
			float now[16 * STATE] = {0}, sum[16 * GATES];
			bf16 past[16 * STATE] __attribute__((aligned(64))) = {0};
			if (state)
				memcpy(now, state + ((size_t)b * KEYS + k0) * STATE, count * STATE * sizeof *now);
			for (int i = 0; i < 16 * STATE; i += 16)
				store16(past + i, _mm512_loadu_ps(now + i));
			begin_products();
			for (int t = 0; t < frames; t++) {
				small_product(past, STATE, w, GATES, sum);
				size_t at = ((size_t)b * frames + t) * KEYS + k0;
				for (int r = 0; r < count; r++, at++)
					for (int c = 0; c < STATE; c += 16) {
						const float *s = sum + r * GATES + c;
						const bf16 *x = gx + at * GATES + c;
						__m512 gr = sigmoid(_mm512_add_ps(load16(x), _mm512_add_ps(_mm512_loadu_ps(s), _mm512_loadu_ps(bias + c))));
						__m512 gz = sigmoid(_mm512_add_ps(load16(x + 64), _mm512_add_ps(_mm512_loadu_ps(s + 64), _mm512_loadu_ps(bias + 64 + c))));
						__m512 hn = _mm512_add_ps(_mm512_loadu_ps(s + 128), _mm512_loadu_ps(bias + 128 + c));
						__m512 n = hyperbolic(_mm512_fmadd_ps(gr, hn, load16(x + 128)));
						__m512 v = _mm512_fmadd_ps(gz, _mm512_sub_ps(_mm512_loadu_ps(now + r * STATE + c), n), n);
						_mm512_storeu_ps(now + r * STATE + c, v);
						store16(past + r * STATE + c, v);
						store16(h + at * STATE + c, v);
						if (saved) {
							bf16 *to = saved + at * SAVED + c;
							store16(to, gr); store16(to + 64, gz); store16(to + 128, n); store16(to + 192, hn);
						}
					}
			}
			end_products();
			if (state)
				memcpy(state + ((size_t)b * KEYS + k0) * STATE, now, count * STATE * sizeof *now);
		}
}

/* dh [..][88][64]; saved is overwritten by the gradient of the state part (192 of 256), gx by that of the input part.
 * w: transposed state weights [192][64] in pair order. */
void gru_backward(int batch, int frames, const bf16 *dh, const bf16 *h, bf16 *saved, bf16 *gx, const bf16 *w)
{
#pragma omp parallel for collapse(2) schedule(dynamic)
	for (int b = 0; b < batch; b++)
		for (int k0 = 0; k0 < KEYS; k0 += 16) {
			int count = KEYS - k0 < 16 ? KEYS - k0 : 16;
			float carry[16 * STATE] = {0};
			bf16 back[16 * GATES] __attribute__((aligned(64))) = {0};
			__m512 one = _mm512_set1_ps(1), zero = _mm512_setzero_ps();
			begin_products();
			for (int t = frames - 1; t >= 0; t--) {
				size_t at = ((size_t)b * frames + t) * KEYS + k0;
				float direct[16 * STATE] = {0};
				for (int r = 0; r < count; r++, at++)
					for (int c = 0; c < STATE; c += 16) {
						bf16 *s = saved + at * SAVED + c, *x = gx + at * GATES + c;
						__m512 gr = load16(s), gz = load16(s + 64), n = load16(s + 128), hn = load16(s + 192);
						__m512 before = t ? load16(h + (at - KEYS) * STATE + c) : zero;
						__m512 d = _mm512_add_ps(load16(dh + at * STATE + c), _mm512_loadu_ps(carry + r * STATE + c));
						__m512 dz = _mm512_mul_ps(_mm512_mul_ps(d, _mm512_sub_ps(before, n)), _mm512_mul_ps(gz, _mm512_sub_ps(one, gz)));
						__m512 dn = _mm512_mul_ps(_mm512_mul_ps(d, _mm512_sub_ps(one, gz)), _mm512_fnmadd_ps(n, n, one));
						__m512 dr = _mm512_mul_ps(_mm512_mul_ps(dn, hn), _mm512_mul_ps(gr, _mm512_sub_ps(one, gr)));
						__m512 dhn = _mm512_mul_ps(dn, gr);
						_mm512_storeu_ps(direct + r * STATE + c, _mm512_mul_ps(d, gz));
						store16(x, dr); store16(x + 64, dz); store16(x + 128, dn);
						store16(s, dr); store16(s + 64, dz); store16(s + 128, dhn);
						bf16 *k = back + r * GATES + c;
						store16(k, dr); store16(k + 64, dz); store16(k + 128, dhn);
					}
				small_product(back, GATES, w, STATE, carry);
				for (int i = 0; i < 16 * STATE; i++)
					carry[i] += direct[i];
			}
			end_products();
		}
}
