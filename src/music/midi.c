#include "music/midi.h"

static size_t message(uint8_t *bytes, unsigned status, unsigned channel, unsigned first, unsigned second)
{
    bytes[0] = (uint8_t)(status | (channel & 0x0F));
    bytes[1] = (uint8_t)(first & 0x7F);
    bytes[2] = (uint8_t)(second & 0x7F);
    return 3;
}

size_t coch_midi_note_on(uint8_t bytes[COCH_MIDI_MESSAGE], unsigned channel, unsigned note,
                         unsigned velocity) COCH_REALTIME
{
    return message(bytes, 0x90, channel, note, velocity);
}

size_t coch_midi_note_off(uint8_t bytes[COCH_MIDI_MESSAGE], unsigned channel, unsigned note) COCH_REALTIME
{
    return message(bytes, 0x80, channel, note, 64);
}

size_t coch_midi_control(uint8_t bytes[COCH_MIDI_MESSAGE], unsigned channel, unsigned controller,
                         unsigned value) COCH_REALTIME
{
    return message(bytes, 0xB0, channel, controller, value);
}

size_t coch_midi_event(uint8_t bytes[COCH_MIDI_MESSAGE], unsigned channel,
                       const cochlea_event *event) COCH_REALTIME
{
    switch (event->type) {
    case COCHLEA_NOTE_ON:
        return coch_midi_note_on(bytes, channel, event->note, event->velocity ? event->velocity : 1);
    case COCHLEA_NOTE_OFF:
        return coch_midi_note_off(bytes, channel, event->note);
    case COCHLEA_CONTROL:
        return coch_midi_control(bytes, channel, event->controller, event->value);
    default:
        return 0;
    }
}

size_t coch_midi_data_length(uint8_t status) COCH_REALTIME
{
    if (status < 0x80 || status >= 0xF0)
        return 0;
    return (status & 0xF0) == 0xC0 || (status & 0xF0) == 0xD0 ? 1 : 2;
}
