/* The sustain pedal's decider: from how likely it was pressed or released a while ago, and is down, to when
 * it goes down and up.
 *
 * Presses and releases are peaks of their probabilities. A press that comes while the pedal is down is one
 * whose release was missed: the pedal goes up and down again. Where peaks fail, a pedal that is likely down
 * (or up) for some frames goes there, at the likeliest moment since the last change. models/train/pedal.py
 * (Decider) is the reference that this equals event for event. */
#ifndef COCH_MUSIC_PEDAL_H
#define COCH_MUSIC_PEDAL_H

#include "base/attributes.h"

#include <stddef.h>

typedef enum coch_pedal_class {
    COCH_PEDAL_PRESSED,  /* its `delay` ago */
    COCH_PEDAL_RELEASED, /* its `delay` ago */
    COCH_PEDAL_DOWN,     /* now */
    COCH_PEDAL_CLASSES
} coch_pedal_class;

#define COCH_PEDAL_SEARCH_MAX 63 /* frames */

/* Fitted when the model was made and stored with it. */
typedef struct coch_pedal_config {
    float least[2];         /* probability of a peak, pressed and released */
    float on, off;          /* of down: at least for going down, less for going up without a peak */
    unsigned gap_frames;    /* between two peaks of a class */
    unsigned on_frames;     /* likely down for longer than this, it goes down */
    unsigned off_frames;    /* likely up for longer than this, it goes up */
    unsigned hold_frames;   /* after a change, before either counts */
    unsigned search_frames; /* to look back for the likeliest moment, <= COCH_PEDAL_SEARCH_MAX */
    double delay[2]; /* seconds from the press, and from the release, to the end of the frame of its peak */
    double frame_seconds;
} coch_pedal_config;

typedef struct coch_pedal {
    const coch_pedal_config *config;
    float heard[2][COCH_PEDAL_SEARCH_MAX + 1]; /* pressed and released, rings over the frames */
    unsigned newest;                           /* where in the rings */
    unsigned since[2];                         /* frames since the last peak, saturating */
    unsigned likely_down, likely_up;           /* frames in a row */
    unsigned steady;                           /* frames since the last change, saturating */
    int down;
    double changed; /* seconds; -1 before the first change */
} coch_pedal;

typedef struct coch_pedal_change {
    int down;
    double time; /* seconds, later than the change before */
} coch_pedal_change;

#define COCH_PEDAL_CHANGES_MAX 2 /* in a frame */

/* Up, with nothing heard; the configuration must outlive it. [worker] */
void coch_pedal_reset(coch_pedal *pedal, const coch_pedal_config *config) COCH_REALTIME;

/* One frame, which ends at `end` seconds. may_press: whether something sounds that a pedal could be heard on.
 * Writes changes to out[COCH_PEDAL_CHANGES_MAX] and returns how many. [worker] */
size_t coch_pedal_process(coch_pedal *pedal, const float heard[COCH_PEDAL_CLASSES], double end, int may_press,
                          coch_pedal_change *out) COCH_REALTIME;

#endif
