/* What is played, to files, while it is played: a thread takes sound and events from rings. Whenever the
 * program is killed, the files are whole and lack less than a second. */
#ifndef COCHLEA_STANDALONE_LIVE_RECORDER_H
#define COCHLEA_STANDALONE_LIVE_RECORDER_H

#include "live_process.h"

typedef struct live_recorder live_recorder;

typedef struct live_files {
    const char *midi;   /* MIDI file, NULL for none */
    const char *sound;  /* WAV file */
    const char *events; /* JSON lines, as of 'transcribe --events' */
} live_files;

/* Creates the files, with nothing in them yet, joins itself to `process` and starts. On failure returns -1
 * with the file and the reason in `why`. [main] */
int live_recorder_open(live_recorder **made, const live_files *files, double rate, live_process *process,
                       char *why, size_t why_size);

/* Nonzero once writing has failed, with the file and the reason; what went well before stays. [main] */
int live_recorder_failed(live_recorder *recorder, char *why, size_t why_size);

/* Writes what is left and closes; no block may be processed any more. Returns -1 when anything failed, ever.
 * Accepts NULL. [main] */
int live_recorder_close(live_recorder *recorder, char *why, size_t why_size);

#endif
