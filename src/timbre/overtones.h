/* Overtones that a sound does not have: its samples are bent, which gives every partial a row of its own, in
 * tune with it whatever it plays. They stand in where a target has partials and the source only noise. */
#ifndef COCH_TIMBRE_OVERTONES_H
#define COCH_TIMBRE_OVERTONES_H

#include "timbre/overlap.h"

typedef struct coch_overtones {
    float pace, cut;                        /* per sample: of the loudness, of the low pass */
    float loudness[COCH_OVERLAP_CHANNELS];  /* mean square of the newest samples */
    float low[COCH_OVERLAP_CHANNELS][2];    /* the low pass */
    float last[COCH_OVERLAP_CHANNELS][2];   /* bent samples before their differences, newest first */
    float *history[COCH_OVERLAP_CHANNELS];  /* [size] bent samples, oldest first */
    float *spectrum[COCH_OVERLAP_CHANNELS]; /* [bins] interleaved complex, as overlap->channel */
    float *power;                           /* [bins] mean over the channels */
} coch_overtones;

/* Run once per arena pass, for a stream with the sizes of `overlap`. [main] */
void coch_overtones_layout(coch_overtones *overtones, coch_arena *arena, const coch_overlap *overlap);

/* Back to silence. [audio] */
void coch_overtones_reset(coch_overtones *overtones, const coch_overlap *overlap,
                          double sample_rate) COCH_REALTIME;

/* The overtones of the newest frame, in time and window like the spectra of `overlap`. `joined`: those of
 * both channels are their mean. [audio] */
void coch_overtones_process(coch_overtones *overtones, coch_overlap *overlap, int joined) COCH_REALTIME;

#endif
