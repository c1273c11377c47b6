/* A sitting over a file: a recording through the ear, or a performance as MIDI. */
#ifndef COCHLEA_STANDALONE_PRACTICE_HEAR_H
#define COCHLEA_STANDALONE_PRACTICE_HEAR_H

#include "engine/cochlea.h"
#include "practice/session.h"

#include <stdio.h>

typedef struct practice_hearing {
    coch_session *session;
    FILE *follow;          /* NULL: not wanted */
    coch_band_event *band; /* what was played along, if keep_band; to be freed */
    size_t band_count, band_capacity;
    int keep_band;
    double followed;    /* seconds */
    double seconds;     /* length, once heard */
    const char *device; /* that was listened to, NULL for none */
    void (*progress)(void *context, double share);
    void *context;
} practice_hearing;

/* Hears the recording at `path` with settings whose rate is replaced by the file's. On failure `why` receives
 * the reason and -1 is returned. */
int practice_hear_file(practice_hearing *hearing, const char *path, const cochlea_model *model,
                       const cochlea_settings *settings, char *why, size_t why_size);

/* Takes the notes of a MIDI file instead; each is "sent" at its onset. */
int practice_hear_midi(practice_hearing *hearing, const char *path, char *why, size_t why_size);

#endif
