/* A recording in the place of a device: it comes at its own pace. */
#ifndef COCHLEA_STANDALONE_PRACTICE_RECORDING_H
#define COCHLEA_STANDALONE_PRACTICE_RECORDING_H

#include "audio_file.h"

#include <stdatomic.h>

typedef struct practice_recording {
    audio_file file;
    atomic_int ended; /* read by all threads */
    float block[AUDIO_FILE_BLOCK];
    size_t block_at, block_size;
    double pace; /* clock at which the next sample is due, 0: now */
} practice_recording;

/* NULL, with the reason in `why`, when it cannot be opened. */
practice_recording *practice_recording_open(const char *path, char *why, size_t why_size);
void practice_recording_close(practice_recording *recording);

/* As many of at most `most` mono samples as would have been played by now; with `hold` it stands still. */
size_t practice_recording_read(practice_recording *recording, float *mono, size_t most, int hold);

/* Begins anew. */
void practice_recording_rewind(practice_recording *recording);

#endif
