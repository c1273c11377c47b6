/* A MIDI file that grows while it is played and is whole whenever it is looked at. Costs the same after an
 * hour as after a minute: what is older than a second is settled, the rest and the ends of what still sounds
 * are written anew every time. */
#ifndef COCHLEA_STANDALONE_LIVE_MIDI_H
#define COCHLEA_STANDALONE_LIVE_MIDI_H

#include "midi_file.h"
#include "music/smf.h"

#define LIVE_MIDI_RECENT 4096 /* messages of the last second, and more */

typedef struct live_midi {
    coch_smf_writer *writer;
    double rate;                                /* of the events' times */
    midi_file_message recent[LIVE_MIDI_RECENT]; /* not settled yet, in order */
    size_t count;
    uint8_t sounding[128], pedal; /* after all of them */
    uint8_t changed;              /* a save would give another file */
} live_midi;

/* Errors: MEMORY. */
cochlea_status live_midi_open(live_midi *m, double rate);
void live_midi_close(live_midi *m);

/* Errors: MEMORY. */
cochlea_status live_midi_add(live_midi *m, const cochlea_event *event);

/* Puts the file in place, replacing the last one at a stroke; `now` is the present sample. Errors: OPEN,
 * WRITE, MEMORY. */
cochlea_status live_midi_save(live_midi *m, int64_t now, const char *path);

#endif
