/* What the CLAP host hands its plugin: changes of parameters, a place for events, streams. */
#include "clap_lists.h"

#include <string.h>

uint32_t clap_change_count(const clap_input_events_t *list)
{
    return ((host *)list->ctx)->change_count;
}

const clap_event_header_t *clap_change_at(const clap_input_events_t *list, uint32_t index)
{
    return &((host *)list->ctx)->changes[index].header;
}

/* ---- Events ---- */

/* Returns nonzero when the event is an output's. */
static int tell(host *h, const clap_event_param_value_t *event)
{
    if (event->param_id < 100 || event->param_id >= 100 + OUTPUT_COUNT)
        return 0;
    h->outputs[event->param_id - 100] = event->value;
    return 1;
}

/* What the user did in the window; returns nonzero when the event is that. */
static int take_edit(host *h, const clap_event_header_t *event)
{
    if (event->type == CLAP_EVENT_PARAM_GESTURE_BEGIN) {
        atomic_fetch_add(&h->edits.begun, 1);
    } else if (event->type == CLAP_EVENT_PARAM_GESTURE_END) {
        atomic_fetch_add(&h->edits.ended, 1);
    } else if (event->type == CLAP_EVENT_PARAM_VALUE && tell(h, (const clap_event_param_value_t *)event)) {
        return 1;
    } else if (event->type == CLAP_EVENT_PARAM_VALUE) {
        atomic_store(&h->edits.value, ((const clap_event_param_value_t *)event)->value);
        atomic_fetch_add(&h->edits.turned, 1);
    } else {
        return 0;
    }
    return 1;
}

bool clap_try_push(const clap_output_events_t *list, const clap_event_header_t *event)
{
    host *h = list->ctx;
    uint8_t bytes[3];
    if (take_edit(h, event))
        return true;
    if (h->block->room && h->taken == h->block->room)
        return false;
    realtime_end_block(h->block); /* the host's own matters */
    assert_int_equal(event->space_id, CLAP_CORE_EVENT_SPACE_ID);
    if (event->type == CLAP_EVENT_MIDI) {
        const clap_event_midi_t *midi = (const clap_event_midi_t *)event;
        assert_int_equal(event->size, sizeof *midi);
        memcpy(bytes, midi->data, 3);
    } else {
        const clap_event_note_t *note = (const clap_event_note_t *)event;
        assert_int_equal(event->size, sizeof *note);
        assert_true(event->type == CLAP_EVENT_NOTE_ON || event->type == CLAP_EVENT_NOTE_OFF);
        bytes[0] = (uint8_t)((event->type == CLAP_EVENT_NOTE_ON ? 0x90 : 0x80) | note->channel);
        bytes[1] = (uint8_t)note->key;
        bytes[2] = event->type == CLAP_EVENT_NOTE_ON ? (uint8_t)(note->velocity * 127.0 + 0.5) : 64;
    }
    take_add(h->take, h->frame, event->time, h->block->frames, bytes);
    h->taken++;
    realtime_begin_block(h->block);
    return true;
}

/* ---- Streams ---- */

int64_t clap_write_memory(const clap_ostream_t *stream, const void *bytes, uint64_t size)
{
    clap_memory *m = stream->ctx;
    assert_true(m->size + size <= HOST_STATE_MAX);
    memcpy(m->bytes + m->size, bytes, size);
    m->size += size;
    return (int64_t)size;
}

int64_t clap_read_memory(const clap_istream_t *stream, void *bytes, uint64_t size)
{
    clap_memory *m = stream->ctx;
    size = size < m->size - m->at ? size : m->size - m->at;
    memcpy(bytes, m->bytes + m->at, size);
    m->at += size;
    return (int64_t)size;
}
