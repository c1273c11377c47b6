/* From the engine's events to MIDI messages, and the promise that whatever was switched on outside is
 * switched off: on the channel where it was switched on, whatever happens to the engine in between. */
#ifndef COCH_PLUGIN_NOTES_H
#define COCH_PLUGIN_NOTES_H

#include "music/event.h"
#include "processor.h"

typedef struct coch_notes {
    uint8_t on[128]; /* channel + 1 of the notes that sound outside */
    uint8_t pedal;   /* channel + 1 where the pedal is down */
} coch_notes;

/* Sends what the event says, new notes on `channel` (0..15). A note-off for what does not sound is left out.
 * Returns 0 when `send` had no room: call again with the same event. [audio] */
int coch_notes_pass(coch_notes *notes, const cochlea_event *event, unsigned channel, uint32_t frame,
                    coch_midi_send *send, void *sink) COCH_REALTIME;

/* Switches everything off that sounds. Returns 0 when `send` had no room for it all: call again. [audio] */
int coch_notes_release(coch_notes *notes, uint32_t frame, coch_midi_send *send, void *sink) COCH_REALTIME;

#endif
