/* Inside of the instrument detector: from scores of a long and a short window to what is shown. Pure. */
#ifndef COCH_LISTEN_INSTRUMENT_DECIDER_H
#define COCH_LISTEN_INSTRUMENT_DECIDER_H

#include "listen/instrument_model.h"

/* The course of a stream. */
typedef struct coch_instrument_course {
    size_t age;       /* blocks since the sound began to be this one */
    size_t candidate; /* what the short window takes for the new sound */
    size_t insisting; /* blocks in a row in which it did */
    coch_instrument_decision decision;
} coch_instrument_course;

/* At the start nothing sounds: all classes are as probable. [worker] */
void coch_instrument_course_reset(coch_instrument_course *course,
                                  const coch_instrument_model *model) COCH_REALTIME;

/* Blocks of the window that the next decision should see, shortest..longest. [any] */
size_t coch_instrument_course_window(const coch_instrument_course *course,
                                     const coch_instrument_decider *decider) COCH_REALTIME;

/* Scores [count] become probabilities. [worker] */
void coch_instrument_softmax(float *scores, size_t count) COCH_REALTIME;

/* A block has passed: scores [classes] of that window and of the shortest one; both are turned into
 * probabilities in place. When the short window is sure of another class for long enough, a new sound has
 * begun: the window starts to grow again. [worker] */
void coch_instrument_course_decide(coch_instrument_course *course, const coch_instrument_model *model,
                                   float *window, float *shortest) COCH_REALTIME;

#endif
