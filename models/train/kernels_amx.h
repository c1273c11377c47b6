/* The matrix products of kernels.c on the tiles of AMX. */
#ifndef KERNELS_AMX_H
#define KERNELS_AMX_H

#include <sys/syscall.h>
#include <unistd.h>

static void begin_products(void)
{
	struct { uint8_t palette, start, pad[14]; uint16_t bytes[16]; uint8_t rows[16]; } c;
	memset(&c, 0, sizeof c);
	c.palette = 1;
	for (int i = 0; i < 8; i++) {
		c.bytes[i] = 64;
		c.rows[i] = 16;
	}
	_tile_loadconfig(&c);
}

static void end_products(void)
{
	_tile_release();
}

int kernels_init(void)
{
	return (int)syscall(SYS_arch_prctl, 0x1023, 18);
}

#define DOT(t, u, b) \
	if ((b) < nt) { \
		_tile_loadd(7, w + (b) * 512, 64); \
		_tile_dpbf16ps(t, 6, 7); \
		if (two) { _tile_loadd(6, a1, stride); _tile_dpbf16ps(u, 6, 7); if ((b) + 1 < nt) _tile_loadd(6, a0, stride); } \
	}

/* 32 rows by up to 48 outputs. */
static void block(const taps *p, bf16 *const *local, int row, int n0, int nt, int two, float *sum)
{
	_tile_zero(0); _tile_zero(1); _tile_zero(2); _tile_zero(3); _tile_zero(4); _tile_zero(5);
	for (int i = 0; i < p->chunks; i++) {
		const chunk *c = &p->chunk[i];
		size_t channels = (size_t)p->view[c->view].channels, stride = channels * 2;
		const bf16 *a0 = local[c->view] + (PAD + row + c->offset) * channels + c->channel;
		const bf16 *a1 = a0 + 16 * channels;
		const bf16 *w = p->weight + ((size_t)i * (p->n / 16) + n0) * 512;
		_tile_loadd(6, a0, stride);
		DOT(0, 3, 0)
		DOT(1, 4, 1)
		DOT(2, 5, 2)
	}
	_tile_stored(0, sum, 192); _tile_stored(1, sum + 16, 192); _tile_stored(2, sum + 32, 192);
	_tile_stored(3, sum + 768, 192); _tile_stored(4, sum + 784, 192); _tile_stored(5, sum + 800, 192);
}

#define OUTER(t, u, b) \
	if ((b) < nt) { \
		_tile_loadd(7, y + (b) * 32, (size_t)p->n * 4); \
		_tile_dpbf16ps(t, 6, 7); \
		if (two) { _tile_loadd(6, x1, ROWS * 2); _tile_dpbf16ps(u, 6, 7); if ((b) + 1 < nt) _tile_loadd(6, x0, ROWS * 2); } \
	}

static void outer(const grads *p, bf16 *const (*turned)[GROUP], bf16 *const *paired, int frames, int i, int n0, float *dw)
{
	const chunk *c = &p->chunk[i];
	int nt = p->n / 16 - n0 < 3 ? p->n / 16 - n0 : 3, two = c->width > 16;
	size_t stride = (size_t)p->n * 4;
	float *to = dw + (size_t)i * 32 * p->n + n0 * 16;
	_tile_loadd(0, to, stride);
	if (nt > 1) _tile_loadd(1, to + 16, stride);
	if (nt > 2) _tile_loadd(2, to + 32, stride);
	if (two) {
		_tile_loadd(3, to + 16 * p->n, stride);
		if (nt > 1) _tile_loadd(4, to + 16 * p->n + 16, stride);
		if (nt > 2) _tile_loadd(5, to + 16 * p->n + 32, stride);
	}
	for (int f = 0; f < frames; f++)
		for (int row = 0; row < p->out_rows; row += 32) {
			const bf16 *x0 = turned[c->view][f] + c->channel * ROWS + PAD + row + c->offset, *x1 = x0 + 16 * ROWS;
			const bf16 *y = paired[f] + ((size_t)row / 2 * p->n + n0 * 16) * 2;
			_tile_loadd(6, x0, ROWS * 2);
			OUTER(0, 3, 0)
			OUTER(1, 4, 1)
			OUTER(2, 5, 2)
		}
	_tile_stored(0, to, stride);
	if (nt > 1) _tile_stored(1, to + 16, stride);
	if (nt > 2) _tile_stored(2, to + 32, stride);
	if (two) {
		_tile_stored(3, to + 16 * p->n, stride);
		if (nt > 1) _tile_stored(4, to + 16 * p->n + 16, stride);
		if (nt > 2) _tile_stored(5, to + 16 * p->n + 32, stride);
	}
}

/* [16 rows][k] x [k][n] -> sum[16][n]; w in pair order [k/32][n/16][16][16][2]. */
static void small_product(const bf16 *a, int k, const bf16 *w, int n, float *sum)
{
	for (int n0 = 0; n0 < n; n0 += 64) {
		_tile_zero(0); _tile_zero(1); _tile_zero(2); _tile_zero(3);
		for (int i = 0; i < k / 32; i++) {
			const bf16 *b = w + ((size_t)i * (n / 16) + n0 / 16) * 512;
			_tile_loadd(6, a + i * 32, (size_t)k * 2);
			_tile_loadd(7, b, 64); _tile_dpbf16ps(0, 6, 7);
			_tile_loadd(5, b + 512, 64); _tile_dpbf16ps(1, 6, 5);
			_tile_loadd(7, b + 1024, 64); _tile_dpbf16ps(2, 6, 7);
			_tile_loadd(5, b + 1536, 64); _tile_dpbf16ps(3, 6, 5);
		}
		_tile_stored(0, sum + n0, (size_t)n * 4); _tile_stored(1, sum + n0 + 16, (size_t)n * 4);
		_tile_stored(2, sum + n0 + 32, (size_t)n * 4); _tile_stored(3, sum + n0 + 48, (size_t)n * 4);
	}
}

#endif
