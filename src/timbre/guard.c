#include "timbre/guard.h"

#include <math.h>
#include <string.h>

enum { WIDE = 6 /* bands to each side */ };

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

/* Noise per bin in every band, as ln of power, spread over the bins again. */
static void measure_noise(const coch_timbre_frontend *front, const coch_partials *partials, float *noise)
{
    float density[COCH_TIMBRE_BANDS];
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        const float *weights = front->bands.weights + front->bands.offset[b];
        float sum = 1e-25f, of = 1e-5f;
        for (int i = 0; i < front->bands.length[b]; i++) {
            size_t k = (size_t)(front->bands.first[b] + i);
            float share = weights[i] * (1 - partials->tonal[k]);
            sum += share * partials->steady[k];
            of += share;
        }
        density[b] = logf(sum / of);
    }
    coch_timbre_frontend_spread(front, density, noise);
}

/* Sets guard->cut; returns which part of the source's power belongs to partials. */
static float limit(coch_guard *guard, const coch_partials *partials, const float *power, float amount,
                   float *gain)
{
    double before = 1e-20, after = 1e-20, source = 0, tonal = 1e-20;
    for (size_t i = 0; i < guard->bins; i++) {
        float out = power[i] * (guard->factor[i] = expf(2 * gain[i]));
        before += (double)power[i];
        source += (double)(power[i] * partials->tonal[i]);
        after += (double)out;
        tonal += (double)(out * partials->tonal[i]);
    }
    float allowed = 0.5f * logf((float)(after / before)) + noise_lift;
    float quiet = logf((float)tonal / (float)guard->bins) - noise_under;
    for (size_t i = 0; i < guard->bins; i++) {
        float most = fmaxf(allowed, 0.5f * (quiet - guard->cut[i])), wanted = gain[i];
        if (wanted > most) {
            gain[i] -= amount * (wanted - most) * (1 - partials->tonal[i]);
            float factor = expf(2 * gain[i]);
            guard->cut[i] = power[i] * (guard->factor[i] - factor);
            guard->factor[i] = factor;
        } else {
            guard->cut[i] = 0;
        }
    }
    return (float)(source / before);
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
    float missing[COCH_TIMBRE_BANDS] = {0}, there[COCH_TIMBRE_BANDS] = {0};
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        const float *weights = front->bands.weights + front->bands.offset[b];
        for (int i = 0; i < front->bands.length[b]; i++) {
            size_t k = (size_t)(front->bands.first[b] + i);
            float weight = weights[i] * front->share[k], tonal = partials->tonal[k];
            missing[b] += weight * (guard->cut[k] - enough * tonal * power[k] * guard->factor[k]);
            there[b] += weight * overtones[k];
        }
    }
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
    measure_noise(front, partials, guard->cut);
    float share = limit(guard, partials, power, amount, gain);
    fill(guard, front, partials, power, overtones, share);
}
