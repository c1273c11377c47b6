/* One recording to a list of notes and pedal movements, through the engine. */
#ifndef COCHLEA_STANDALONE_TRANSCRIPTION_H
#define COCHLEA_STANDALONE_TRANSCRIPTION_H

#include "engine/cochlea.h"
#include "music/note.h"

#include <stddef.h>
#include <stdio.h>

typedef struct transcription {
    cochlea_event *events; /* in the order in which they were sent */
    size_t count, capacity;
    double rate;    /* samples per second of the events' times */
    double seconds; /* length of the recording */
} transcription;

/* Called now and then with the share that is done, 0..1. */
typedef void transcription_progress(void *context, double share);

/* Hears the file at `path` with the given settings (the sample rate is the file's). On failure `why` receives
 * the reason and -1 is returned. Free with transcription_free in either case. */
int transcription_run(transcription *result, const char *path, const cochlea_model *model,
                      const cochlea_settings *settings, transcription_progress *progress, void *context,
                      char *why, size_t why_size);
void transcription_free(transcription *result);

/* The notes, sorted by onset; NULL when there is no memory. To be freed. */
coch_note *transcription_notes(const transcription *result, size_t *count);

/* One JSON object a line for each event. Returns nonzero when writing failed. */
int transcription_write_events(const transcription *result, FILE *file);

#endif
