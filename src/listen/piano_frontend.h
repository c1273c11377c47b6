/* Inside of the piano: from samples to the features that the net reads. */
#ifndef COCH_LISTEN_PIANO_FRONTEND_H
#define COCH_LISTEN_PIANO_FRONTEND_H

#include "dsp/kernels.h"
#include "dsp/stft.h"
#include "listen/piano_model.h"

typedef struct coch_piano_frontend {
    const coch_piano_model *model;
    const coch_kernels *kernels;
    coch_stft *stft;
    float *bands;    /* [COCH_PIANO_BINS] of one window, within a call */
    float *features; /* [COCH_PIANO_BINS][COCH_PIANO_WINDOWS] */
} coch_piano_frontend;

/* Run once per arena pass. [main] */
void coch_piano_frontend_layout(coch_piano_frontend *frontend, coch_arena *arena);

/* Makes what is not in the arena. Errors: MEMORY, ARGUMENT. [main] */
cochlea_status coch_piano_frontend_open(coch_piano_frontend *frontend, const coch_piano_model *model,
                                        const coch_kernels *kernels);
void coch_piano_frontend_close(coch_piano_frontend *frontend);

/* Back to a silent history. [worker] */
void coch_piano_frontend_reset(coch_piano_frontend *frontend) COCH_REALTIME;

/* One hop of samples in; [COCH_PIANO_BINS][COCH_PIANO_WINDOWS] out: value = clip(10 log10(p + 1e-12) + 95 dB,
 * 0, 95 dB) of the band's power p, scaled to -1 .. 255/64 - 1; equals models/train/features.py before its
 * rounding. Samples that are not finite give finite features. [worker] */
const float *coch_piano_frontend_process(coch_piano_frontend *frontend, const float *hop) COCH_REALTIME;

#endif
