/* The rest of a training step: augmented input, the patches of the first layer, sums over rows, the loss. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernels_vector.h"

enum { BINS = 300, WINDOWS = 3, POSITIONS = 100, PATCH = 96, KEYS = 88, HEADS = 16 };

static bf16 to_bf16(float f)
{
	uint32_t u;
	memcpy(&u, &f, 4);
	return (bf16)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

/* raw: per batch item a pointer to u8 [frames][3][300]. shift [batch][300]: gain and colour, floor [batch][3][300]: noise
 * floor, both in u8 units. seed: jitter of the floor. loud [batch]: loudness reference before the first frame (input
 * units). value [batch*frames][3][300] (u8 / 64 - 1); level [batch*frames][2]: l_t and L_t. */
void augment(int batch, int frames, const uint8_t *const *raw, const float *shift, const float *floor, const uint32_t *seed,
             const float *loud, float decay, float *value, float *level)
{
#pragma omp parallel for schedule(dynamic)
	for (int b = 0; b < batch; b++) {
		float slow = loud[b];
		uint32_t r = seed[b] | 1;
		for (int t = 0; t < frames; t++) {
			const uint8_t *x = raw[b] + (size_t)t * WINDOWS * BINS;
			float *to = value + ((size_t)b * frames + t) * WINDOWS * BINS, top = -1;
			for (int w = 0; w < WINDOWS; w++)
				for (int j = 0; j < BINS; j++) {
					int i = w * BINS + j;
					r = r * 1664525u + 1013904223u;
					/* A triangle of +-8 dB stands for the scatter of a noise band's level. */
					float jitter = ((float)(r >> 9 & 0x7ff) + (float)(r >> 20 & 0x7ff) - 2048.0f) * (21.0f / 2048.0f);
					float v = x[i] ? (float)x[i] + shift[b * BINS + j] : 0;
					float n = floor[b * WINDOWS * BINS + i] + jitter;
					v = v > n ? v : n;
					v = v < 0 ? 0 : v > 255 ? 255 : v;
					v = v / 64 - 1;
					to[i] = v;
					if (w == 1 && v > top)
						top = v;
				}
			slow = top > slow - decay ? top : slow - decay;
			level[((size_t)b * frames + t) * 2] = top;
			level[((size_t)b * frames + t) * 2 + 1] = slow;
		}
	}
}

/* Patches of the first layer: [time 4, oldest first][7 bins][3 windows], padded to 96. Before the first frame: silence (-1). */
void patches(int batch, int frames, const float *value, bf16 *out)
{
#pragma omp parallel for collapse(2) schedule(static)
	for (int b = 0; b < batch; b++)
		for (int t = 0; t < frames; t++) {
			bf16 *to = out + ((size_t)b * frames + t) * POSITIONS * PATCH;
			for (int a = 0; a < 4; a++) {
				int at = t - 3 + a;
				const float *x = at < 0 ? 0 : value + ((size_t)b * frames + at) * WINDOWS * BINS;
				for (int p = 0; p < POSITIONS; p++)
					for (int i = 0; i < 7; i++)
						for (int w = 0; w < WINDOWS; w++) {
							int bin = 3 * p - 2 + i;
							float v = bin < 0 || bin >= BINS ? 0 : x ? x[w * BINS + bin] : -1;
							to[p * PATCH + (a * 7 + i) * 3 + w] = to_bf16(v);
						}
			}
			for (int p = 0; p < POSITIONS; p++)
				memset(to + p * PATCH + 84, 0, 12 * sizeof *to);
		}
}

/* out [count][channels] = sum over rows of x [count][rows][channels] (channels a multiple of 16). */
void row_sums(int count, int rows, int channels, const bf16 *x, float *out)
{
#pragma omp parallel for schedule(static)
	for (int i = 0; i < count; i++) {
		for (int c = 0; c < channels; c += 16) {
			__m512 sum = _mm512_setzero_ps();
			for (int r = 0; r < rows; r++)
				sum = _mm512_add_ps(sum, load16(x + ((size_t)i * rows + r) * channels + c));
			_mm512_storeu_ps(out + (size_t)i * channels + c, sum);
		}
	}
}

static float log1pexp(float x)       /* log(1 + e^x) */
{
	return x > 0 ? x + log1pf(expf(-x)) : log1pf(expf(x));
}

/* Targets and weights of the sixteen outputs of a key; velocities (4..7) and age (11) are linear, the others logits. */
typedef struct { float target[16], weight[16]; } goal;

/* The age counts where the net would fire: weighted by its surest onset. */
static void aim(goal *g, const uint8_t *onset, float velocity, uint8_t hold, uint8_t age, const float *x, const float *w)
{
	float surest = x[0];
	for (int h = 1; h < 4; h++)
		surest = x[h] > surest ? x[h] : surest;
	g->target[11] = (age - 1) / 100.0f;
	g->weight[11] = age ? w[5] * (0.05f + 1 / (1 + expf(-surest))) : 0;
	for (int h = 0; h < 4; h++) {
		g->target[h] = onset[h] == 1;
		g->weight[h] = onset[h] == 2 ? 0 : onset[h] == 1 ? 2 * w[0] : w[0];
		g->target[4 + h] = velocity;
		g->weight[4 + h] = onset[h] == 1 ? w[4] : 0;
	}
	g->target[8] = hold & 1;
	g->target[9] = hold >> 1 & 1;
	g->weight[8] = w[1];
	g->weight[9] = w[2];
}

static void add_losses(const float *x, const goal *g, double *sum)
{
	static const int kind[12] = {0, 0, 0, 0, 4, 4, 4, 4, 1, 2, 3, 5};
	for (int i = 0; i < 12; i++) {
		float e = x[i] - g->target[i];
		sum[kind[i]] += g->weight[i] * (kind[i] >= 4 ? e * e : g->target[i] > 0.5f ? log1pexp(-x[i]) : log1pexp(x[i]));
	}
}

enum { REPORT = 8 };

/* How much of a chunk's mean velocity error counts: a take's own loudness can hardly be told from its gain, so what must be
 * learnt is how loud its notes are against each other. */
#define VELOCITY_MEAN_KEPT 0.15f
#define BATCH_MAX 64

/* Part of the mean velocity error of a chunk to be left out. */
static float velocity_offset(int frames, int skip, const float *logit, const uint8_t *onset, const uint8_t *velocity)
{
	double sum = 0;
	long count = 0;
	for (size_t at = (size_t)skip * KEYS; at < (size_t)frames * KEYS; at++)
		for (int h = 0; velocity[at] && h < 4; h++)
			if (onset[at * 4 + h] == 1) {
				sum += logit[at * HEADS + 4 + h] - velocity[at] / 127.0f;
				count++;
			}
	return count ? (float)((1 - VELOCITY_MEAN_KEPT) * sum / count) : 0;
}

/* logit [batch*frames][88][16]: onset x 4, velocity x 4, sounding, held, pedal (mean over the keys). onset, code per head
 * [..][88][4]: 0 no, 1 yes, 2 no loss. velocity [..][88]: v of the note whose onset is on. hold [..][88]: bit 0 sounding,
 * bit 1 held. age [..][88]: ms + 1, 0 no loss. pedal [..]: 0, 1, 2 no loss. weight: onset, sounding, held, pedal, velocity, age.
 * dlogit: gradient of the weighted sum of the means. loss_out [6]: those terms, estimated from every eighth frame. frames before `skip` do not count. */
void loss(int batch, int frames, int skip, const float *logit, const uint8_t *onset, const uint8_t *velocity, const uint8_t *hold,
          const uint8_t *age, const uint8_t *pedal, const float *weight, bf16 *dlogit, double *loss_out)
{
	double cells = (double)batch * (frames - skip) * KEYS;
	long hits = 0;
#pragma omp parallel for reduction(+ : hits)
	for (int i = 0; i < batch * frames; i++)
		for (int k = 0; k < KEYS * 4 && i % frames >= skip; k++)
			hits += onset[(size_t)i * KEYS * 4 + k] == 1;
	const float w[6] = {(float)(weight[0] / cells), (float)(weight[1] / cells), (float)(weight[2] / cells),
		(float)(weight[3] * KEYS / cells), (float)(weight[4] / (hits + 1)), (float)(weight[5] / (hits + 1))};
	double l[6] = {0};
	float offset[BATCH_MAX];
	for (int b = 0; b < batch; b++) {
		size_t at = (size_t)b * frames * KEYS;
		offset[b] = velocity_offset(frames, skip, logit + at * HEADS, onset + at * 4, velocity + at);
	}
#pragma omp parallel for reduction(+ : l) schedule(static)
	for (int i = 0; i < batch * frames; i++) {
		const float *x = logit + (size_t)i * KEYS * HEADS;
		bf16 *d = dlogit + (size_t)i * KEYS * HEADS;
		if (i % frames < skip) {
			memset(d, 0, KEYS * HEADS * sizeof *d);
			continue;
		}
		float mean = 0;
		for (int k = 0; k < KEYS; k++)
			mean += x[k * HEADS + 10] / KEYS;
		float p = 1 / (1 + expf(-mean)), down = pedal[i] == 1, count = pedal[i] < 2 ? w[3] : 0;
		l[3] += count * (down ? log1pexp(-mean) : log1pexp(mean));
		goal g = {{0}, {0}};
		for (int k = 0; k < KEYS; k++, x += HEADS, d += HEADS) {
			size_t at = (size_t)i * KEYS + k;
			aim(&g, onset + at * 4, velocity[at] / 127.0f + offset[i / frames], hold[at], age[at], x, w);
			__m512 v = _mm512_loadu_ps(x), e = _mm512_mask_mov_ps(sigmoid(v), 0x08f0, v);
			e = _mm512_mul_ps(_mm512_sub_ps(e, _mm512_loadu_ps(g.target)), _mm512_loadu_ps(g.weight));
			store16(d, _mm512_mask_add_ps(e, 0x08f0, e, e));
			d[10] = to_bf16(count * (p - down) / KEYS);
			if (i % REPORT == 0)
				add_losses(x, &g, l);
		}
	}
	for (int j = 0; j < 6; j++)
		loss_out[j] = l[j] * (j == 3 ? 1 : REPORT);
}
