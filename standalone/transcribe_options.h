/* The command line of `cochlea transcribe`. */
#ifndef COCHLEA_TRANSCRIBE_OPTIONS_H
#define COCHLEA_TRANSCRIBE_OPTIONS_H

#include "engine/cochlea.h"
#include "midi_file.h"

#define TRANSCRIBE_JOBS_MAX 256

/* Texts belong to the command line. */
typedef struct transcribe_options {
    char **inputs; /* recordings, `count` of them, at least 1 */
    int count;
    const char *output, *folder, *events, *picture, *weights; /* NULL where not given */
    int show, threads;                                        /* threads: 1..TRANSCRIBE_JOBS_MAX */
    cochlea_settings settings;
    midi_file_options midi;
} transcribe_options;

/* Reads and checks everything; says what is wrong. Returns -1 to go on, else the exit status. [main] */
int transcribe_parse(transcribe_options *options, int argc, char **argv);

/* The last part of a path. [any] */
const char *transcribe_name(const char *path);

/* NAME of .../NAME.wav, not terminated, and its length; "stdin" for "-". [any] */
const char *transcribe_stem(const char *input, int *length);

#endif
