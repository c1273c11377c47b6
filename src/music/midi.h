/* MIDI channel messages as bytes (MIDI 1.0). */
#ifndef COCH_MUSIC_MIDI_H
#define COCH_MUSIC_MIDI_H

#include "base/attributes.h"
#include "music/event.h"

#include <stddef.h>
#include <stdint.h>

#define COCH_MIDI_MESSAGE 3 /* bytes of the longest message that the builders make */

/* Builders: write the message and return its length. Channels 0..15, the rest 0..127; higher bits are cut
 * off. [any] */
size_t coch_midi_note_on(uint8_t bytes[COCH_MIDI_MESSAGE], unsigned channel, unsigned note,
                         unsigned velocity) COCH_REALTIME;
size_t coch_midi_note_off(uint8_t bytes[COCH_MIDI_MESSAGE], unsigned channel, unsigned note) COCH_REALTIME;
size_t coch_midi_control(uint8_t bytes[COCH_MIDI_MESSAGE], unsigned channel, unsigned controller,
                         unsigned value) COCH_REALTIME;

/* The message of an event; 0 for an event of no known type. A note-on never carries velocity 0, which would
 * mean its opposite. [any] */
size_t coch_midi_event(uint8_t bytes[COCH_MIDI_MESSAGE], unsigned channel,
                       const cochlea_event *event) COCH_REALTIME;

/* Data bytes that follow a channel status (0x80..0xEF): 1 or 2; 0 for any other byte. [any] */
size_t coch_midi_data_length(uint8_t status) COCH_REALTIME;

#endif
