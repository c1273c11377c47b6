/* Takes of events for the tests of the engine. */
#ifndef COCH_TESTS_TAKES_H
#define COCH_TESTS_TAKES_H

#include "engine/cochlea.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define TAKE_MAX 20000

typedef struct take {
    cochlea_event events[TAKE_MAX];
    size_t count;
} take;

static inline take *take_new(void)
{
    take *t = calloc(1, sizeof *t);
    assert_non_null(t);
    return t;
}

static inline void take_collect(cochlea *ear, take *t)
{
    t->count += cochlea_events(ear, t->events + t->count, TAKE_MAX - t->count);
}

static inline void take_finish(cochlea *ear, take *t)
{
    while (cochlea_flush(ear) == COCHLEA_ERROR_FULL)
        take_collect(ear, t);
    take_collect(ear, t);
}

/* The whole of x inline, in blocks. */
static inline take *take_inline(const cochlea_model *model, const cochlea_settings *settings, const float *x,
                                size_t count, size_t block)
{
    cochlea *ear;
    take *t = take_new();
    assert_int_equal(cochlea_open(&ear, model, settings), COCHLEA_OK);
    for (size_t at = 0; at < count;) {
        size_t n = count - at < block ? count - at : block;
        at += cochlea_feed(ear, x + at, n);
        take_collect(ear, t);
    }
    take_finish(ear, t);
    cochlea_close(ear);
    return t;
}

/* By the instant at which an event leaves, then by note. */
static inline int take_order(const void *a, const void *b)
{
    const cochlea_event *x = a, *y = b;
    if (x->emit != y->emit)
        return x->emit < y->emit ? -1 : 1;
    if (x->note != y->note)
        return x->note - y->note;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return y->type - x->type;
}

/* Brings events into one order whichever thread delivered them: in steady timing a worker that is behind
 * delivers a late decision after events that were due later. */
static inline void take_sort(take *t)
{
    qsort(t->events, t->count, sizeof *t->events, take_order);
}

static inline void take_assert_same(const take *a, const take *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const cochlea_event *x = &a->events[i], *y = &b->events[i];
        assert_int_equal(x->type, y->type);
        assert_int_equal(x->note, y->note);
        assert_int_equal(x->velocity, y->velocity);
        assert_int_equal(x->controller, y->controller);
        assert_int_equal(x->value, y->value);
        assert_true(x->confidence == y->confidence);
        assert_true(x->time == y->time);
        assert_true(x->emit == y->emit);
    }
}

static inline size_t take_notes(const take *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->count; i++)
        n += t->events[i].type == COCHLEA_NOTE_ON;
    return n;
}

/* Every note-on has its note-off, none comes twice, and at the end nothing sounds. */
static inline void take_assert_resolved(const take *t)
{
    int on[128] = {0}, pedal = 0;
    for (size_t i = 0; i < t->count; i++) {
        const cochlea_event *e = &t->events[i];
        if (e->type == COCHLEA_CONTROL) {
            pedal = e->value >= 64;
            continue;
        }
        assert_int_equal(on[e->note], e->type == COCHLEA_NOTE_OFF);
        on[e->note] = e->type == COCHLEA_NOTE_ON;
    }
    for (int note = 0; note < 128; note++)
        assert_int_equal(on[note], 0);
    assert_int_equal(pedal, 0);
}

static inline int take_open_model(void **state)
{
    cochlea_model *model;
    if (cochlea_model_open(&model, NULL, NULL, 0) != COCHLEA_OK)
        return -1;
    *state = model;
    return 0;
}

static inline int take_close_model(void **state)
{
    cochlea_model_close(*state);
    return 0;
}

#endif
