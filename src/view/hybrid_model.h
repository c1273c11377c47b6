/* What the picture shows of a hybrid of sounds: spectra before and after, and its place between them. */
#ifndef COCH_VIEW_HYBRID_MODEL_H
#define COCH_VIEW_HYBRID_MODEL_H

#include "timbre/hybrid.h"

#define COCH_VIEW_HYBRID_NAME 48 /* bytes of a name, with its end */

typedef struct coch_view_hybrid {
    float centre[COCHLEA_HYBRID_BANDS]; /* Hz, rising; all 0: no axis */
    float before[COCHLEA_HYBRID_BANDS]; /* dB as they are shown: they rise at once and fall by and by */
    float after[COCHLEA_HYBRID_BANDS];
    char target[COCH_VIEW_HYBRID_NAME], second[COCH_VIEW_HYBRID_NAME];
    float morph, mix; /* 0..1 */
    float latency_ms; /* of the sound */
    float peak;       /* of what goes out, of late; 1 is full scale */
    float peak_age;   /* seconds since it was that */
    int bypass;       /* the sound passes as it is */
} coch_view_hybrid;

/* Silence. [any] */
void coch_view_hybrid_init(coch_view_hybrid *hybrid);

/* Levels in dB as cochlea_hybrid_spectra() gives them; NULL when there are none. `elapsed` seconds since the
 * last call. [any] */
void coch_view_hybrid_spectra(coch_view_hybrid *hybrid, const float *before, const float *after,
                              double elapsed);

/* The peak of what went out since the last call, `elapsed` seconds ago. [any] */
void coch_view_hybrid_peak(coch_view_hybrid *hybrid, float peak, double elapsed);

/* Where it lies between the sound that comes in and the two targets: shares that sum to 1. [any] */
void coch_view_hybrid_shares(const coch_view_hybrid *hybrid, double *source, double *target, double *second);

#endif
