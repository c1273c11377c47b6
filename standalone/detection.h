/* One recording to what plays in it, through the instrument detector. */
#ifndef COCHLEA_STANDALONE_DETECTION_H
#define COCHLEA_STANDALONE_DETECTION_H

#include "listen/instrument.h"

#include <stddef.h>
#include <stdio.h>

typedef struct detection_window {
    double time; /* seconds at its end */
    size_t label;
    float p[COCH_INSTRUMENT_CLASSES_MAX];
} detection_window;

typedef struct detection {
    const coch_instrument_model *model;
    detection_window *windows; /* one every so often, and the last */
    size_t count, capacity;
    double p[COCH_INSTRUMENT_CLASSES_MAX]; /* of the whole recording */
    size_t label;
    double seconds; /* length of the recording */
} detection;

/* Called now and then with the share that is done, 0..1. */
typedef void detection_progress(void *context, double share);

/* Hears the file at `path`, with a window every `every` seconds (a decision comes every 0.1 s). What is
 * playing in the whole is the mean over all settled probabilities, weighted by how long a stretch they had
 * heard; those that find nothing count only when nothing else was found. On failure `why` receives the reason
 * and -1 is returned. Free with detection_free in either case. */
int detection_run(detection *result, const char *path, const coch_instrument_model *model, double every,
                  detection_progress *progress, void *context, char *why, size_t why_size);
void detection_free(detection *result);

/* {"file":..., "label":..., "p":{...}, "windows":[...]} without a line end. `path` is written as JSON text.
 * Returns nonzero when writing failed. */
int detection_write_json(const detection *result, const char *path, FILE *file);

#endif
