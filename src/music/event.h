/* What leaves the engine: notes and controllers, with the instant they belong to and the instant they were
 * sent. */
#ifndef COCH_MUSIC_EVENT_H
#define COCH_MUSIC_EVENT_H

#include <stdint.h>

typedef enum cochlea_event_type {
    COCHLEA_NOTE_ON = 1,
    COCHLEA_NOTE_OFF = 2,
    COCHLEA_CONTROL = 3 /* MIDI control change; 64 is the sustain pedal */
} cochlea_event_type;

#define COCHLEA_SUSTAIN 64

typedef struct cochlea_event {
    uint8_t type;       /* cochlea_event_type */
    uint8_t note;       /* MIDI note 0..127, for notes */
    uint8_t velocity;   /* 1..127 for note-on, 0 for note-off */
    uint8_t controller; /* 0..127, for controls */
    uint8_t value;      /* 0..127, for controls */
    float confidence;   /* 0..1: how sure the ear was, for note-on */
    int64_t time; /* the musical instant (onset, release), in input samples since the start or reset, >= 0 */
    int64_t emit; /* input samples consumed when the event left the engine; >= time */
} cochlea_event;

#endif
