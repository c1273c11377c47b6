/* From the levels that a method wants to the change of the spectra: limits of the gain, attacks, noise,
 * loudness. */
#ifndef COCH_TIMBRE_SHAPING_H
#define COCH_TIMBRE_SHAPING_H

#include "timbre/guard.h"
#include "timbre/overtones.h"
#include "timbre/partials.h"
#include "timbre/sustain.h"

typedef struct coch_shaping_amounts {
    float attack, guard, sustain; /* 0..1, as in cochlea_hybrid_settings */
    int coherent;
} coch_shaping_amounts;

typedef struct coch_shaping {
    size_t bins;
    float seconds;  /* of a hop */
    float *of_bins; /* [bins] gains in nepers, then factors */
    coch_partials partials;
    coch_guard guard;
    float before; /* energy of the frame before */
    float onset;  /* 0..1: how much the newest frame belongs to an attack */
    coch_sustain sustain;
    float limiter; /* gain of the limiter at the end of the last block */
} coch_shaping;

/* Run once per arena pass. [main] */
void coch_shaping_layout(coch_shaping *shaping, coch_arena *arena, size_t bins);

/* Back to silence. [audio] */
void coch_shaping_reset(coch_shaping *shaping) COCH_REALTIME;

/* Follows the energy of the newest frame: onsets. [audio] */
void coch_shaping_listen(coch_shaping *shaping, float energy) COCH_REALTIME;

/* Lays gain[bands] (nepers) on the spectra of all channels, whose mean power is power[bins], and adds
 * overtones where they have only noise. [audio] */
void coch_shaping_apply(coch_shaping *shaping, const coch_timbre_frontend *front, const float *gain,
                        const float *power, const coch_overtones *overtones,
                        const coch_shaping_amounts *amounts, coch_overlap *overlap) COCH_REALTIME;

/* The factor of amplitude that sustain adds to the newest frame, 1 or more; after coch_shaping_apply().
 * [audio] */
float coch_shaping_hold(coch_shaping *shaping, const float *power, float energy, float sustain) COCH_REALTIME;

/* Keeps the next block of all channels under the ceiling, which rises to the peak of the newest input when
 * that is beyond full scale. [audio] */
void coch_shaping_limit(coch_shaping *shaping, coch_overlap *overlap) COCH_REALTIME;

#endif
