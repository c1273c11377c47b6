/* An envelope of loudness for sounds that decay: the attack is the source's, then the level that bow, breath
 * or wind would hold, for as long as the note sounds above its noise. */
#ifndef COCH_TIMBRE_SUSTAIN_H
#define COCH_TIMBRE_SUSTAIN_H

#include "base/attributes.h"

typedef struct coch_sustain {
    float seconds;    /* of a hop */
    float before;     /* energy of the frame before */
    float age;        /* seconds since the note began */
    float held;       /* energy that the note keeps */
    float tonal;      /* 0..1: smoothed share of the partials in the energy */
    float lowest;     /* energy that a note which was let go has come down to */
    unsigned falling; /* frames in a row that fall as only a damped note does */
    int let_go;       /* the note is over, held no more */
    float factor;     /* of amplitude, 1 or more */
} coch_sustain;

/* Back to silence; `seconds`: from frame to frame. [audio] */
void coch_sustain_reset(coch_sustain *sustain, float seconds) COCH_REALTIME;

/* Follows a frame of this energy, of which `tonal` (0..1) belongs to partials; `begins`: a note begins.
 * Returns the factor of amplitude for it; amount: 0 leaves all as it is .. 1. [audio] */
float coch_sustain_process(coch_sustain *sustain, float energy, float tonal, int begins,
                           float amount) COCH_REALTIME;

#endif
