/* MIDI out through RtMidi, for where no audio system carries MIDI itself. RtMidi may allocate and lock, so a
 * thread of its own sends what the audio thread puts into a ring. */
#ifndef COCHLEA_STANDALONE_MIDI_OUT_H
#define COCHLEA_STANDALONE_MIDI_OUT_H

#include "backend.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct midi_out midi_out;

/* Opens a port: `wanted` is a number or part of a name, NULL for a port of our own that others connect to.
 * `prefer_jack` tries JACK before ALSA. `name` (may be NULL) receives what was opened. Returns 0, or -1 with
 * the reason in `why`. [main] */
int midi_out_open(midi_out **made, const char *wanted, int prefer_jack, double rate, char *name,
                  size_t name_size, char *why, size_t why_size);

/* Sends what waits and closes; accepts NULL. [main] */
void midi_out_close(midi_out *out);

/* Puts a message of at most 3 bytes that is due `frames` from now; dropped and counted when the ring is full.
 * [audio] */
void midi_out_put(midi_out *out, uint32_t frames, const uint8_t *bytes, size_t count);

/* Writes the ports of every interface, one a line; returns how many, or -1 with the reason. [main] */
int midi_out_list(FILE *to, char *why, size_t why_size);

/* The names of all ports; returns how many. [main] */
size_t midi_out_names(int prefer_jack, char names[][BACKEND_NAME_SIZE], size_t most);

#endif
