#include "timbre/guard.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { WIDE = 6 /* bands to each side */, LANES = 4 /* sums side by side */ };

static const float noise_lift = 0.69f;   /* nepers that noise may be lifted over the sound, 6 dB */
static const float noise_under = 13.1f;  /* or noise is so far under the partials, ln of power, 57 dB */
static const float fill_most = 1e3f;     /* 60 dB: beyond it even the overtones are noise */
static const float fill_seconds = 0.06f; /* that the overtones' level takes to change: else it is rough */
static const float enough = 0.25f;       /* of a band's partials that may be cut before overtones come */

void coch_guard_layout(coch_guard *guard, coch_arena *arena, size_t bins)
{
    guard->bins = bins;
    guard->cut = coch_arena_take(arena, COCH_PAD(bins), sizeof(float));
    guard->factor = coch_arena_take(arena, bins, sizeof(float));
    guard->fill = coch_arena_take(arena, COCH_PAD(bins), sizeof(float));
}

void coch_guard_reset(coch_guard *guard, float seconds)
{
    guard->pace = 1 - expf(-seconds / fill_seconds);
    memset(guard->slow, 0, sizeof guard->slow);
}

/* Noise per bin in every band, as ln of power, spread over the bins again: guard->cut. */
static void measure_noise(coch_guard *guard, const coch_timbre_frontend *front, const coch_partials *partials)
{
    float density[COCH_TIMBRE_BANDS], of[COCH_TIMBRE_BANDS], *noise = guard->cut, *share = guard->factor;
    for (size_t i = 0; i < guard->bins; i++) {
        share[i] = 1 - partials->tonal[i];
        noise[i] = share[i] * partials->steady[i];
    }
    coch_bands_process(&front->bands, front->kernels, noise, density);
    coch_bands_process(&front->bands, front->kernels, share, of);
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        density[b] = logf((density[b] + 1e-25f) / (of[b] + 1e-5f));
    }
    coch_timbre_frontend_spread(front, density, noise);
}

/* e^(2x), as libm's to a few units of the last place; a loop over it becomes vectors. */
static inline float exp_twice(float x)
{
    const float magic = 12582912.0f; /* 1.5 * 2^23: added, it rounds to a whole number in the lowest bits */
    float y = 2 * x, shifted, rest, sum;
    y = y > -87 ? y : -87;
    y = y < 87 ? y : 87;
    shifted = y * 1.442695041f + magic;
    rest = y - (shifted - magic) * 0.693359375f + (shifted - magic) * 2.12194440e-4f;
    sum = 1.9875691500e-4f;
    sum = sum * rest + 1.3981999507e-3f;
    sum = sum * rest + 8.3334519073e-3f;
    sum = sum * rest + 4.1665795894e-2f;
    sum = sum * rest + 1.6666665459e-1f;
    sum = sum * rest + 5.0000001201e-1f;
    sum = sum * rest * rest + rest + 1;
    int32_t exponent;
    memcpy(&exponent, &shifted, sizeof exponent);
    exponent = (exponent - 0x4B400000 + 127) * (1 << 23);
    float scale;
    memcpy(&scale, &exponent, sizeof scale);
    return sum * scale;
}

/* What a frame has of power, before and after its gains, and what of that belongs to partials. */
typedef struct sums {
    double before, after, source, tonal;
} sums;

static sums add_up(const coch_guard *guard, const coch_partials *partials, const float *power)
{
    double before[LANES] = {0}, after[LANES] = {0}, source[LANES] = {0}, of[LANES] = {0};
    const float *tonal = partials->tonal, *factor = guard->factor;
    for (size_t i = 0; i < guard->bins; i += LANES) {
        for (size_t k = 0; k < LANES && i + k < guard->bins; k++) {
            float in = power[i + k], out = in * factor[i + k];
            before[k] += (double)in;
            after[k] += (double)out;
            source[k] += (double)(in * tonal[i + k]);
            of[k] += (double)(out * tonal[i + k]);
        }
    }
    sums s = {1e-20, 1e-20, 0, 1e-20};
    for (size_t k = 0; k < LANES; k++) {
        s.before += before[k];
        s.after += after[k];
        s.source += source[k];
        s.tonal += of[k];
    }
    return s;
}

/* Sets guard->factor and ->cut; returns which part of the source's power belongs to partials. */
static float limit(coch_guard *guard, const coch_partials *partials, const float *power, float amount,
                   float *restrict gain)
{
    const float *restrict tonal = partials->tonal;
    float *restrict cut = guard->cut, *restrict factor = guard->factor;
    for (size_t i = 0; i < guard->bins; i++) {
        factor[i] = exp_twice(gain[i]);
    }
    sums s = add_up(guard, partials, power);
    float allowed = 0.5f * logf((float)(s.after / s.before)) + noise_lift;
    float quiet = logf((float)s.tonal / (float)guard->bins) - noise_under;
    for (size_t i = 0; i < guard->bins; i++) {
        float lift = 0.5f * (quiet - cut[i]), most = lift > allowed ? lift : allowed;
        float over = gain[i] > most ? gain[i] - most : 0;
        gain[i] -= amount * over * (1 - tonal[i]);
        float less = exp_twice(gain[i]);
        cut[i] = power[i] * (factor[i] - less); /* nothing where the gain stays */
        factor[i] = less;
    }
    return (float)(s.source / s.before);
}

/* Sums over the bands around each: as wide as partials lie apart, or what lies between overtones would be
 * lifted to their level. */
static void widen(float *of_bands)
{
    float out[COCH_TIMBRE_BANDS];
    for (int b = 0; b < COCH_TIMBRE_BANDS; b++) {
        int from = b > WIDE ? b - WIDE : 0,
            to = b + WIDE < COCH_TIMBRE_BANDS ? b + WIDE : COCH_TIMBRE_BANDS - 1;
        for (out[b] = 0; from <= to; from++) {
            out[b] += of_bands[from];
        }
    }
    memcpy(of_bands, out, sizeof out);
}

/* Gives the overtones the power that was cut, as far as there are too few partials to be heard instead. */
static void fill(coch_guard *guard, const coch_timbre_frontend *front, const coch_partials *partials,
                 const float *power, const float *overtones, float share)
{
    float missing[COCH_TIMBRE_BANDS], there[COCH_TIMBRE_BANDS], *of_bins = guard->fill;
    for (size_t i = 0; i < guard->bins; i++) {
        float heard = enough * partials->tonal[i] * power[i] * guard->factor[i];
        of_bins[i] = front->share[i] * (guard->cut[i] - heard);
    }
    coch_bands_process(&front->bands, front->kernels, of_bins, missing);
    front->kernels->multiply(of_bins, front->share, overtones, guard->bins);
    coch_bands_process(&front->bands, front->kernels, of_bins, there);
    widen(missing);
    widen(there);
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        float factor = share * fminf(sqrtf(fmaxf(missing[b], 0) / (there[b] + 1e-20f)), fill_most);
        guard->slow[b] += guard->pace * (factor - guard->slow[b]);
    }
    coch_timbre_frontend_spread(front, guard->slow, guard->fill);
}

void coch_guard_apply(coch_guard *guard, const coch_timbre_frontend *front, const coch_partials *partials,
                      const float *power, const float *overtones, float amount, float *gain)
{
    measure_noise(guard, front, partials);
    float share = limit(guard, partials, power, amount, gain);
    fill(guard, front, partials, power, overtones, share);
}
