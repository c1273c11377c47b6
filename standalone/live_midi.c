#include "live_midi.h"

#include <string.h>

#define SETTLED_SECONDS 1.0 /* no event comes that much later than its instant */

cochlea_status live_midi_open(live_midi *m, double rate)
{
    memset(m, 0, sizeof *m);
    m->rate = rate;
    return coch_smf_writer_new(&m->writer, MIDI_FILE_DIVISION, MIDI_FILE_TRACK);
}

void live_midi_close(live_midi *m)
{
    coch_smf_writer_free(m->writer);
    m->writer = NULL;
}

static cochlea_status write_message(live_midi *m, const midi_file_message *message)
{
    return coch_smf_writer_message(m->writer, message->seconds, message->bytes, message->length);
}

/* Moves the messages before `until` seconds, and at least `least` of them, out of the recent ones. */
static cochlea_status settle(live_midi *m, double until, size_t least)
{
    size_t n = 0;
    cochlea_status status = COCHLEA_OK;
    while (n < m->count && (n < least || m->recent[n].seconds < until) && status == COCHLEA_OK)
        status = write_message(m, &m->recent[n++]);
    m->count -= n;
    memmove(m->recent, m->recent + n, m->count * sizeof *m->recent);
    return status;
}

cochlea_status live_midi_add(live_midi *m, const cochlea_event *event)
{
    cochlea_status status = m->count == LIVE_MIDI_RECENT ? settle(m, 0.0, LIVE_MIDI_RECENT / 2) : COCHLEA_OK;
    midi_file_message message = midi_file_message_of(event, m->rate);
    size_t at = m->count;
    while (at > 0 && midi_file_order(&m->recent[at - 1], &message) > 0)
        at--;
    memmove(m->recent + at + 1, m->recent + at, (m->count - at) * sizeof *m->recent);
    m->recent[at] = message;
    m->count++;
    m->changed = 1;
    if (event->type == COCHLEA_CONTROL)
        m->pedal = event->controller == COCHLEA_SUSTAIN ? event->value >= 64 : m->pedal;
    else
        m->sounding[event->note & 127] = event->type == COCHLEA_NOTE_ON;
    return status;
}

/* Ends everything that sounds, at the present end; as long as anything does, the end has to move on. */
static cochlea_status resolve(live_midi *m, int64_t now)
{
    cochlea_status status = COCHLEA_OK;
    m->changed = m->pedal;
    cochlea_event up = {.type = COCHLEA_CONTROL, .controller = COCHLEA_SUSTAIN, .time = now};
    midi_file_message message = midi_file_message_of(&up, m->rate);
    if (m->pedal)
        status = write_message(m, &message);
    for (unsigned note = 0; note < 128 && status == COCHLEA_OK; note++) {
        cochlea_event off = {.type = COCHLEA_NOTE_OFF, .note = (uint8_t)note, .time = now};
        if (!m->sounding[note])
            continue;
        message = midi_file_message_of(&off, m->rate);
        status = write_message(m, &message);
        m->changed = 1;
    }
    return status;
}

cochlea_status live_midi_save(live_midi *m, int64_t now, const char *path)
{
    double seconds = (double)now / m->rate;
    cochlea_status status = settle(m, seconds - SETTLED_SECONDS, 0);
    coch_smf_writer_mark(m->writer);
    for (size_t i = 0; i < m->count && status == COCHLEA_OK; i++)
        status = write_message(m, &m->recent[i]);
    if (status == COCHLEA_OK)
        status = resolve(m, now);
    if (status == COCHLEA_OK)
        status = coch_smf_writer_save(m->writer, seconds, path);
    coch_smf_writer_rewind(m->writer);
    return status;
}
