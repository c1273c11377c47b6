/* The hybridizer's view of a frame: levels of 160 bands, their envelope, and the levels without it.
 *
 * Levels are in nepers (natural logarithm of amplitude), relative to the energy of the frame, so that
 * loudness is no part of them. models/train/timbre/bands.py and net.py compute the same. */
#ifndef COCH_TIMBRE_FRONTEND_H
#define COCH_TIMBRE_FRONTEND_H

#include "base/arena.h"
#include "dsp/bands.h"
#include "dsp/kernels.h"
#include "net/matrix.h"

#define COCH_TIMBRE_BANDS 160
#define COCH_TIMBRE_COSINES 24

/* What the methods see of a frame. All levels: [COCH_TIMBRE_BANDS]. */
typedef struct coch_timbre_frame {
    float level[COCH_TIMBRE_BANDS];
    float envelope[COCH_TIMBRE_BANDS]; /* smooth part of the level */
    float flat[COCH_TIMBRE_BANDS];     /* level less envelope, of unit energy */
    float energy;                      /* sum of the power of all bins */
} coch_timbre_frame;

typedef struct coch_timbre_frontend {
    const coch_kernels *kernels;
    coch_bands bands;
    float *share;      /* [bins] 1 / the sum of the weights that a bin gives to bands */
    coch_matrix basis; /* [bands][cosines] orthonormal, tapered: from levels to the envelope's cosines */
    coch_matrix back;  /* [cosines][bands] orthonormal: from cosines to the envelope */
} coch_timbre_frontend;

/* Length of a frame at a sample rate: the power of two whose duration is nearest to 2048 samples at 44.1 kHz.
 * 8000..192000 Hz give 512..8192. [any] */
size_t coch_timbre_frame_size(double sample_rate);

/* The frequencies in the middle of the bands, in Hz, rising. [any] */
void coch_timbre_centres(double centre[COCH_TIMBRE_BANDS]);

/* Run once per arena pass; after the second one, coch_timbre_frontend_fill(). [main] */
void coch_timbre_frontend_layout(coch_timbre_frontend *front, coch_arena *arena, double sample_rate);
void coch_timbre_frontend_fill(coch_timbre_frontend *front, const coch_kernels *kernels, double sample_rate);

/* A frame from its power spectrum [bins]. [worker] */
void coch_timbre_frontend_process(const coch_timbre_frontend *front, const float *power,
                                  coch_timbre_frame *frame) COCH_REALTIME;

/* Levels without their envelope, of unit energy; the envelope goes to `envelope` unless that is NULL.
 * All [COCH_TIMBRE_BANDS]. [worker] */
void coch_timbre_flatten(const coch_timbre_frontend *front, const float *level, float *envelope,
                         float *flat) COCH_REALTIME;

/* Spreads band values over the bins: out[bins] is the mean of the bands that share a bin. [worker] */
void coch_timbre_frontend_spread(const coch_timbre_frontend *front, const float *of_bands,
                                 float *of_bins) COCH_REALTIME;

/* Shifts levels [COCH_TIMBRE_BANDS] so that their energy becomes 1. [worker] */
void coch_timbre_unit_energy(float *level) COCH_REALTIME;

#endif
