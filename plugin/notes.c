#include "notes.h"

#include "music/midi.h"

static int off(coch_notes *n, unsigned note, uint32_t frame, coch_midi_send *send, void *sink)
{
    uint8_t bytes[COCH_MIDI_MESSAGE];
    if (!n->on[note])
        return 1;
    coch_midi_note_off(bytes, n->on[note] - 1u, note);
    if (!send(sink, frame, bytes))
        return 0;
    n->on[note] = 0;
    return 1;
}

static int lift(coch_notes *n, uint32_t frame, coch_midi_send *send, void *sink)
{
    uint8_t bytes[COCH_MIDI_MESSAGE];
    if (!n->pedal)
        return 1;
    coch_midi_control(bytes, n->pedal - 1u, COCHLEA_SUSTAIN, 0);
    if (!send(sink, frame, bytes))
        return 0;
    n->pedal = 0;
    return 1;
}

int coch_notes_pass(coch_notes *n, const cochlea_event *event, unsigned channel, uint32_t frame,
                    coch_midi_send *send, void *sink) COCH_REALTIME
{
    uint8_t bytes[COCH_MIDI_MESSAGE];
    unsigned note = event->note & 127u;
    if (event->type == COCHLEA_NOTE_OFF)
        return off(n, note, frame, send, sink);
    int down = event->type == COCHLEA_CONTROL && event->value >= 64;
    if (event->type == COCHLEA_CONTROL && (!down || n->pedal != channel + 1) && !lift(n, frame, send, sink))
        return 0;
    if (event->type == COCHLEA_CONTROL && !down)
        return 1;
    if (event->type == COCHLEA_NOTE_ON && !off(n, note, frame, send, sink))
        return 0;
    if (coch_midi_event(bytes, channel, event) == 0)
        return 1;
    if (!send(sink, frame, bytes))
        return 0;
    if (down)
        n->pedal = (uint8_t)(channel + 1);
    else
        n->on[note] = (uint8_t)(channel + 1);
    return 1;
}

int coch_notes_release(coch_notes *n, uint32_t frame, coch_midi_send *send, void *sink) COCH_REALTIME
{
    for (unsigned note = 0; note < 128; note++)
        if (!off(n, note, frame, send, sink))
            return 0;
    return lift(n, frame, send, sink);
}
