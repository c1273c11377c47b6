#include "practice_ears.h"

#include <stdlib.h>

enum { EVENTS = 256 };

struct practice_ears {
    cochlea *ear;
    double rate;
    cochlea_event events[EVENTS]; /* taken, and not handed on yet from `first` */
    size_t first, count;
};

/* The next note-on that was sent by `until`, NULL when there is none. */
static const cochlea_event *next_note(practice_ears *e, int64_t until)
{
    for (;;) {
        if (e->first == e->count) {
            e->first = 0;
            e->count = cochlea_events(e->ear, e->events, EVENTS);
        }
        if (e->first == e->count || e->events[e->first].emit > until)
            return NULL;
        const cochlea_event *event = &e->events[e->first++];
        if (event->type == COCHLEA_NOTE_ON)
            return event;
    }
}

static int tell_notes(practice_ears *e, int64_t until, const practice_listener *listener)
{
    const cochlea_event *event;
    while ((event = next_note(e, until)) != NULL) {
        const coch_heard heard = {.time = (double)event->time / e->rate,
                                  .pitch = event->note,
                                  .velocity = event->velocity,
                                  .confidence = event->confidence};
        if (listener->note(listener->context, &heard, (double)event->emit / e->rate) != 0)
            return -1;
    }
    return 0;
}

/* Hands on all that is due: among equals the notes before the evidence. */
static int tell(practice_ears *e, const practice_listener *listener)
{
    cochlea_hop hop;
    while (cochlea_evidence(e->ear, &hop, 1) == 1)
        if (tell_notes(e, hop.emit, listener) != 0 ||
            listener->hop(listener->context, &hop, (double)hop.time / e->rate, (double)hop.emit / e->rate) !=
                0)
            return -1;
    return tell_notes(e, INT64_MAX, listener);
}

int practice_ears_feed(practice_ears *e, const float *samples, size_t count,
                       const practice_listener *listener)
{
    for (size_t at = 0; at < count;) { /* fewer are taken only until the events are */
        at += cochlea_feed(e->ear, samples + at, count - at);
        if (tell(e, listener) != 0)
            return -1;
    }
    return 0;
}

void practice_ears_reset(practice_ears *e)
{
    cochlea_reset(e->ear);
    while (cochlea_events(e->ear, e->events, EVENTS) > 0)
        ; /* the ends of what sounded */
    e->first = e->count = 0;
}

int practice_ears_flush(practice_ears *e, const practice_listener *listener)
{
    while (cochlea_flush(e->ear) == COCHLEA_ERROR_FULL)
        if (tell(e, listener) != 0)
            return -1;
    return tell(e, listener);
}

cochlea_status practice_ears_open(practice_ears **made, const cochlea_model *model,
                                  const cochlea_settings *settings)
{
    cochlea_settings with_evidence = *settings;
    practice_ears *e = *made = calloc(1, sizeof *e);
    if (!e)
        return COCHLEA_ERROR_MEMORY;
    with_evidence.evidence = 1;
    e->rate = settings->sample_rate;
    cochlea_status status = cochlea_open(&e->ear, model, &with_evidence);
    if (status == COCHLEA_OK)
        return status;
    practice_ears_close(e);
    *made = NULL;
    return status;
}

void practice_ears_close(practice_ears *e)
{
    if (!e)
        return;
    cochlea_close(e->ear);
    free(e);
}
