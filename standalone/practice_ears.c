#include "practice_ears.h"

#include <stdlib.h>

struct practice_ears {
    cochlea *ear[2]; /* sure, keen */
    double rate;
    cochlea_event *events; /* sent of late, by the time of sending */
    uint8_t *doubtful;
    size_t count, capacity;
};

static int room_for(practice_ears *e, size_t more)
{
    if (e->count + more <= e->capacity)
        return 0;
    size_t capacity = 2 * (e->count + more);
    cochlea_event *events = realloc(e->events, capacity * sizeof *events);
    if (events)
        e->events = events;
    uint8_t *doubtful = realloc(e->doubtful, capacity);
    if (doubtful)
        e->doubtful = doubtful;
    if (!events || !doubtful)
        return -1;
    e->capacity = capacity;
    return 0;
}

/* Inserts by the time of sending, behind its equals. */
static void insert(practice_ears *e, const cochlea_event *event, int doubtful)
{
    size_t at = e->count++;
    for (; at > 0 && e->events[at - 1].emit > event->emit; at--) {
        e->events[at] = e->events[at - 1];
        e->doubtful[at] = e->doubtful[at - 1];
    }
    e->events[at] = *event;
    e->doubtful[at] = (uint8_t)doubtful;
}

static int collect(practice_ears *e)
{
    cochlea_event events[64];
    size_t n;
    for (int which = 0; which < 2; which++)
        while ((n = cochlea_events(e->ear[which], events, 64)) > 0) {
            if (room_for(e, n) != 0)
                return -1;
            for (size_t i = 0; i < n; i++)
                if (events[i].type == COCHLEA_NOTE_ON)
                    insert(e, &events[i], which);
        }
    return 0;
}

/* Hands on what was collected. */
static int pass_on(practice_ears *e, practice_note *note, void *context)
{
    int failed = collect(e);
    for (size_t i = 0; i < e->count && !failed; i++) {
        const cochlea_event *event = &e->events[i];
        const coch_heard heard = {.time = (double)event->time / e->rate,
                                  .pitch = event->note,
                                  .velocity = event->velocity,
                                  .confidence = event->confidence,
                                  .doubtful = e->doubtful[i]};
        failed = note(context, &heard, (double)event->emit / e->rate);
    }
    e->count = 0;
    return failed ? -1 : 0;
}

int practice_ears_feed(practice_ears *e, const float *samples, size_t count, practice_note *note,
                       void *context)
{
    for (int which = 0; which < 2;
         which++) /* an inline ear takes fewer only until its events are collected */
        for (size_t at = 0; at < count;) {
            at += cochlea_feed(e->ear[which], samples + at, count - at);
            if (at < count && collect(e) != 0)
                return -1;
        }
    return pass_on(e, note, context);
}

void practice_ears_reset(practice_ears *e)
{
    cochlea_event events[64];
    for (int which = 0; which < 2; which++) {
        cochlea_reset(e->ear[which]);
        while (cochlea_events(e->ear[which], events, 64) > 0)
            ; /* the ends of what sounded */
    }
    e->count = 0;
}

int practice_ears_flush(practice_ears *e, practice_note *note, void *context)
{
    for (int which = 0; which < 2; which++)
        while (cochlea_flush(e->ear[which]) == COCHLEA_ERROR_FULL)
            if (collect(e) != 0)
                return -1;
    return pass_on(e, note, context);
}

cochlea_status practice_ears_open(practice_ears **made, const cochlea_model *model,
                                  const cochlea_settings *settings, float keenness)
{
    cochlea_settings keen = *settings;
    practice_ears *e = *made = calloc(1, sizeof *e);
    if (!e)
        return COCHLEA_ERROR_MEMORY;
    keen.sensitivity = keenness;
    e->rate = settings->sample_rate;
    cochlea_status status = cochlea_open(&e->ear[0], model, settings);
    if (status == COCHLEA_OK)
        status = cochlea_open(&e->ear[1], model, &keen);
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
    cochlea_close(e->ear[0]);
    cochlea_close(e->ear[1]);
    free(e->events);
    free(e->doubtful);
    free(e);
}
