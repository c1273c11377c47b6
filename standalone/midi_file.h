/* A transcription as a MIDI file. */
#ifndef COCHLEA_STANDALONE_MIDI_FILE_H
#define COCHLEA_STANDALONE_MIDI_FILE_H

#include "music/key.h"
#include "transcription.h"

typedef struct midi_file_options {
    int quantize;     /* nonzero: move notes to a grid */
    int grid;         /* steps per beat; 0: the grid that fits */
    int estimate_key; /* nonzero: find the key and write it as a signature */
    int filter_key;   /* nonzero: drop doubtful notes outside of `key` */
    coch_key key;
} midi_file_options;

/* Writes `notes` (changed by what the options ask for, *count too) and the pedal of `heard` to `path`, which
 * appears whole or not at all. On failure -1 is returned, with errno set where the system was the reason. */
cochlea_status midi_file_save(const char *path, const transcription *heard, coch_note *notes, size_t *count,
                              const midi_file_options *options);

#endif
