#include "engine/audio_side.h"

#include <string.h>

void coch_audio_side_layout(coch_audio_side *a, coch_arena *arena)
{
    a->pending = coch_arena_take(arena, COCH_PENDING_MAX, sizeof *a->pending);
}

void coch_audio_side_open(coch_audio_side *a, coch_link *link)
{
    cochlea_event *pending = a->pending;
    memset(a, 0, sizeof *a);
    a->pending = pending;
    a->link = link;
}

/* Asks the worker to start anew at the present place. */
static void ask(coch_audio_side *a)
{
    coch_request request = {.type = COCH_REQUEST_RESET, .position = a->written, .generation = a->generation};
    a->asking = coch_ring_write(&a->link->requests, &request, 1) != 1;
}

size_t coch_audio_side_feed(coch_audio_side *a, const float *samples, size_t count) COCH_REALTIME
{
    if (a->asking)
        ask(a);
    if (a->asking)
        return 0;
    size_t n = coch_ring_write(&a->link->samples, samples, count);
    a->written += n;
    a->fed += (int64_t)n;
    return n;
}

void coch_audio_side_feed_all(coch_audio_side *a, const float *samples, size_t count) COCH_REALTIME
{
    size_t n = a->gap > 0 ? 0 : coch_audio_side_feed(a, samples, count);
    a->fed += (int64_t)(count - n);
    a->gap += count - n;
    if (a->gap == 0 || a->asking)
        return;
    coch_request request = {.type = COCH_REQUEST_GAP, .position = a->written, .count = a->gap};
    if (coch_ring_write(&a->link->requests, &request, 1) == 1)
        a->gap = 0;
}

/* Puts an event behind all that are due no later than it. */
static void insert(coch_audio_side *a, const cochlea_event *event)
{
    cochlea_event *first = a->pending + a->pending_first;
    size_t at = a->pending_count;
    while (at > 0 && first[at - 1].emit > event->emit)
        at--;
    memmove(first + at + 1, first + at, (a->pending_count - at) * sizeof *first);
    first[at] = *event;
    a->pending_count++;
}

/* Takes over what the worker has sent, as far as there is room, leaving out what a reset overtook. */
static void collect(coch_audio_side *a)
{
    coch_message message;
    if (a->pending_first > 0) {
        memmove(a->pending, a->pending + a->pending_first, a->pending_count * sizeof *a->pending);
        a->pending_first = 0;
    }
    while (a->pending_count < COCH_PENDING_MAX && coch_ring_read(&a->link->messages, &message, 1) == 1)
        if (message.generation == a->generation)
            insert(a, &message.event);
}

static void remember(coch_audio_side *a, const cochlea_event *event)
{
    if (event->type == COCHLEA_CONTROL)
        a->pedal = event->value >= 64;
    else
        a->sounding[event->note & 127] = event->type == COCHLEA_NOTE_ON;
}

static size_t pay(coch_audio_side *a, cochlea_event *events, size_t capacity)
{
    size_t n = 0;
    for (unsigned note = 0; note < 128 && n < capacity; note++) {
        if (!a->owed[note])
            continue;
        a->owed[note] = 0;
        events[n++] = (cochlea_event){.type = COCHLEA_NOTE_OFF, .note = (uint8_t)note};
    }
    if (n == capacity)
        return n;
    if (a->owed_pedal)
        events[n++] = (cochlea_event){.type = COCHLEA_CONTROL, .controller = COCHLEA_SUSTAIN};
    a->owed_pedal = 0;
    a->owing = 0;
    return n;
}

size_t coch_audio_side_events(coch_audio_side *a, cochlea_event *events, size_t capacity) COCH_REALTIME
{
    size_t n = a->owing ? pay(a, events, capacity) : 0;
    collect(a);
    while (n < capacity && a->pending_count > 0) {
        const cochlea_event *next = a->pending + a->pending_first;
        if (!a->ended && next->emit > a->fed)
            break;
        remember(a, next);
        events[n++] = *next;
        a->pending_first++;
        a->pending_count--;
        if (a->pending_count == 0)
            collect(a);
    }
    return n;
}

size_t coch_audio_side_evidence(coch_audio_side *a, cochlea_hop *hops, size_t capacity) COCH_REALTIME
{
    coch_evidence next;
    size_t n = 0;
    while (n < capacity && coch_ring_peek(&a->link->evidence, &next, 1) == 1) {
        int overtaken = next.generation != a->generation;
        if (!overtaken && !a->ended && next.hop.emit > a->fed)
            break;
        if (!overtaken)
            hops[n++] = next.hop;
        coch_ring_skip(&a->link->evidence, 1);
    }
    return n;
}

void coch_audio_side_reset(coch_audio_side *a) COCH_REALTIME
{
    for (unsigned note = 0; note < 128; note++) {
        a->owed[note] |= a->sounding[note];
        a->sounding[note] = 0;
    }
    a->owed_pedal |= a->pedal;
    a->pedal = 0;
    a->owing = 1;
    a->pending_first = 0;
    a->pending_count = 0;
    a->generation++;
    a->fed = 0;
    a->gap = 0;
    a->ended = 0;
    coch_ring_skip(&a->link->messages, COCH_LINK_MESSAGES);
    coch_ring_skip(&a->link->evidence, COCH_LINK_HOPS);
    ask(a);
}
