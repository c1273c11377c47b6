/* Keeps noise from being lifted: where a target has partials and the source has only noise, the gains of the
 * noise are limited, and overtones of the source take its place. */
#ifndef COCH_TIMBRE_GUARD_H
#define COCH_TIMBRE_GUARD_H

#include "timbre/frontend.h"
#include "timbre/partials.h"

typedef struct coch_guard {
    size_t bins;
    float pace;                    /* 0..1: share of the newest frame in the level of the overtones */
    float *cut;                    /* [bins] power that the limit took away; work space before */
    float slow[COCH_TIMBRE_BANDS]; /* factors of the bands, smoothed over time */
    float *factor;                 /* [bins] squares of the limited gains, as factors */
    float *fill;                   /* [bins] factors of the overtones, 0 where there are none */
} coch_guard;

/* Run once per arena pass. [main] */
void coch_guard_layout(coch_guard *guard, coch_arena *arena, size_t bins);

/* Back to silence; `seconds`: from frame to frame. [audio] */
void coch_guard_reset(coch_guard *guard, float seconds) COCH_REALTIME;

/* Limits gain[bins] (nepers) of a frame of power[bins] with those partials, and sets guard->fill for
 * overtones of the power overtones[bins]. amount: 0 nothing .. 1. [audio] */
void coch_guard_apply(coch_guard *guard, const coch_timbre_frontend *front, const coch_partials *partials,
                      const float *power, const float *overtones, float amount, float *gain) COCH_REALTIME;

#endif
