/* The rest of a training step: augmented input, the patches of the first layer, sums over rows, the loss. */
#include <immintrin.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

typedef uint16_t bf16;

enum { BINS = 300, WINDOWS = 3, POSITIONS = 100, PATCH = 96, KEYS = 88, HEADS = 16 };

static bf16 to_bf16(float f)
{
	uint32_t u;
	memcpy(&u, &f, 4);
	return (bf16)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

static float to_float(bf16 x)
{
	uint32_t u = (uint32_t)x << 16;
	float f;
	memcpy(&f, &u, 4);
	return f;
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

/* out [count][channels] = sum over rows of x [count][rows][channels] (channels <= 64). */
void row_sums(int count, int rows, int channels, const bf16 *x, float *out)
{
#pragma omp parallel for schedule(static)
	for (int i = 0; i < count; i++) {
		float sum[64] = {0};
		const bf16 *from = x + (size_t)i * rows * channels;
		for (int r = 0; r < rows; r++)
			for (int c = 0; c < channels; c++)
				sum[c] += to_float(from[r * channels + c]);
		memcpy(out + (size_t)i * channels, sum, channels * sizeof *sum);
	}
}

static float log1pexp(float x)       /* log(1 + e^x) */
{
	return x > 0 ? x + log1pf(expf(-x)) : log1pf(expf(x));
}

/* Binary cross entropy with logits and its derivative. */
static float entropy(float x, float target, float positive_weight, float *slope)
{
	float p = 1 / (1 + expf(-x)), w = target > 0.5f ? positive_weight : 1;
	*slope = w * (p - target);
	return w * (target > 0.5f ? log1pexp(-x) : log1pexp(x));
}

/* logit [batch*frames][88][16]: onset x 4, velocity x 4, sounding, held, pedal (mean over the keys). onset, code per head
 * [..][88][4]: 0 no, 1 yes, 2 no loss. velocity [..][88]: v of the note whose onset is on. hold [..][88]: bit 0 sounding,
 * bit 1 held. pedal [..]: 0, 1, 2 no loss. weight: onset, sounding, held, pedal, velocity. dlogit: gradient of the sum of
 * the means. loss [5]: the five means. frames before `skip` of each item do not count. */
void loss(int batch, int frames, int skip, const float *logit, const uint8_t *onset, const uint8_t *velocity, const uint8_t *hold,
          const uint8_t *pedal, const float *weight, bf16 *dlogit, double *loss_out)
{
	double cells = (double)batch * (frames - skip) * KEYS, hits = 0;
#pragma omp parallel for reduction(+ : hits)
	for (int i = 0; i < batch * frames; i++)
		for (int k = 0; k < KEYS * 4; k++)
			hits += i % frames >= skip && onset[(size_t)i * KEYS * 4 + k] == 1;
	double l0 = 0, l1 = 0, l2 = 0, l3 = 0, l4 = 0;
	float w0 = (float)(weight[0] / cells), w1 = (float)(weight[1] / cells), w2 = (float)(weight[2] / cells);
	float w3 = (float)(weight[3] / (cells / KEYS)), w4 = (float)(weight[4] / (hits + 1));
#pragma omp parallel for reduction(+ : l0, l1, l2, l3, l4) schedule(static)
	for (int i = 0; i < batch * frames; i++) {
		const float *x = logit + (size_t)i * KEYS * HEADS;
		bf16 *d = dlogit + (size_t)i * KEYS * HEADS;
		if (i % frames < skip) {
			memset(d, 0, KEYS * HEADS * sizeof *d);
			continue;
		}
		float mean = 0, slope = 0, dp = 0;
		for (int k = 0; k < KEYS; k++)
			mean += x[k * HEADS + 10] / KEYS;
		if (pedal[i] < 2) {
			l3 += w3 * entropy(mean, pedal[i], 1, &slope);
			dp = w3 * slope / KEYS;
		}
		for (int k = 0; k < KEYS; k++, x += HEADS, d += HEADS) {
			size_t at = (size_t)i * KEYS + k;
			for (int h = 0; h < 4; h++) {
				uint8_t code = onset[at * 4 + h];
				d[h] = d[4 + h] = 0;
				if (code == 2)
					continue;
				l0 += w0 * entropy(x[h], code, 2, &slope);
				d[h] = to_bf16(w0 * slope);
				if (code == 1) {
					float e = x[4 + h] - velocity[at] / 127.0f;
					l4 += w4 * e * e;
					d[4 + h] = to_bf16(2 * w4 * e);
				}
			}
			l1 += w1 * entropy(x[8], hold[at] & 1, 1, &slope);
			d[8] = to_bf16(w1 * slope);
			l2 += w2 * entropy(x[9], hold[at] >> 1 & 1, 1, &slope);
			d[9] = to_bf16(w2 * slope);
			d[10] = to_bf16(dp);
			memset(d + 11, 0, 5 * sizeof *d);
		}
	}
	loss_out[0] = l0; loss_out[1] = l1; loss_out[2] = l2; loss_out[3] = l3; loss_out[4] = l4;
}
