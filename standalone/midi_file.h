/* A transcription as a MIDI file. */
#ifndef COCHLEA_STANDALONE_MIDI_FILE_H
#define COCHLEA_STANDALONE_MIDI_FILE_H

#include "music/key.h"
#include "music/midi.h"
#include "transcription.h"

typedef struct midi_file_options {
    int quantize;     /* nonzero: move notes to a grid */
    int grid;         /* steps per beat; 0: the grid that fits */
    int estimate_key; /* nonzero: find the key and write it as a signature */
    int filter_key;   /* nonzero: drop doubtful notes outside of `key` */
    coch_key key;
} midi_file_options;

#define MIDI_FILE_DIVISION 960 /* ticks per quarter: 0.52 ms at 120 beats per minute */
#define MIDI_FILE_TRACK "Piano"

/* A message on its way into a file. */
typedef struct midi_file_message {
    double seconds;
    int rank; /* at one instant: pedal up, note-offs, pedal down, note-ons */
    uint8_t bytes[COCH_MIDI_MESSAGE];
    size_t length;
} midi_file_message;

/* The message of an event whose times are in samples at `rate`. */
midi_file_message midi_file_message_of(const cochlea_event *event, double rate);

/* The order in which messages stand in a file, as of qsort. */
int midi_file_order(const void *a, const void *b);

/* Writes `notes` (changed by what the options ask for, *count too) and the pedal of `heard` to `path`, which
 * appears whole or not at all. On failure -1 is returned, with errno set where the system was the reason. */
cochlea_status midi_file_save(const char *path, const transcription *heard, coch_note *notes, size_t *count,
                              const midi_file_options *options);

#endif
