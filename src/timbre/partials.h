/* The partials of a frame: which bins belong to one, and how sure that is. What is left is noise. */
#ifndef COCH_TIMBRE_PARTIALS_H
#define COCH_TIMBRE_PARTIALS_H

#include "base/arena.h"
#include "dsp/kernels.h"

typedef struct coch_partials {
    size_t bins;
    float pace;      /* 0..1: share of the newest frame in what is steady */
    float *loudness; /* [bins] power of the newest frame in decibels */
    float *steady;   /* [bins] power, smoothed over time: noise becomes even there, partials stay peaks */
    float *tonal;    /* [bins] 0 noise .. 1 surely part of a partial */
    size_t *top;     /* [count] <= bins / 2: bins of the tops, rising */
    size_t count;
} coch_partials;

/* Run once per arena pass. [main] */
void coch_partials_layout(coch_partials *partials, coch_arena *arena, size_t bins);

/* Back to silence; `seconds`: from frame to frame. [audio] */
void coch_partials_reset(coch_partials *partials, float seconds) COCH_REALTIME;

/* Finds the partials of a frame of power[bins]. `begins`: something new begins, the past says nothing.
 * [audio] */
void coch_partials_find(coch_partials *partials, const coch_kernels *kernels, const float *power,
                        int begins) COCH_REALTIME;

/* Gives all bins of every partial the gain of its top (if `coherent`), and holds those between partials near
 * the gain of the partials beside them. gain: [bins] in nepers. [audio] */
void coch_partials_lock(const coch_partials *partials, int coherent, float *gain) COCH_REALTIME;

#endif
