#include "live_window.h"

#include "base/ring.h"
#include "live_hybrid_model.h"
#include "live_model.h"
#include "window.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EVENTS 4096        /* of ring: what may happen between two pictures */
#define BATCH 64           /* taken from it at once */
#define STALE_SECONDS 0.25 /* energy that is older is not shown */
#define NOTICE_SECONDS 6.0
#define POINTS_HIGH_HYBRID 600 /* of the window: more controls */

struct live_window {
    coch_arena arena;
    coch_ring ring; /* cochlea_event, from the audio thread */
    live_session *session;
    window *window;
    live_menu menus[LIVE_MENUS];
    int wanted[LIVE_MENUS]; /* entry that the user chose and the session does not know yet, -1 for none */
    int open;               /* menu that was open in the last picture, -1 for none */
    int turned;             /* controls differ from the settings that the session has */
    unsigned unseen;        /* events that found no room, as of the last picture */
    double last;            /* clock of the last picture */
    double clock;           /* that stands still while nothing is heard */
    double features_at;     /* clock of the newest features */
    double notice_until;
    float features[COCHLEA_FEATURES];
    live_hybrid_look look;
    double look_at; /* clock of that */
};

static void notify(live_window *w, const char *text)
{
    coch_view_model *model = window_model(w->window);
    snprintf(model->notice, sizeof model->notice, "%.*s", COCH_VIEW_TEXT - 1, text);
    w->notice_until = w->last + NOTICE_SECONDS;
}

/* ---- What is heard ---- */

static void take_events(live_window *w, coch_view_model *model)
{
    cochlea_event events[BATCH];
    size_t n;
    unsigned unseen = atomic_load(&w->session->process.unseen);
    while ((n = coch_ring_read(&w->ring, events, BATCH)) > 0)
        coch_view_model_events(model, events, n, w->session->rate);
    if (unseen != w->unseen) /* an end may be missing */
        coch_view_model_restart(model);
    w->unseen = unseen;
}

static void take_stats(live_window *w, coch_view_model *model)
{
    live_session *s = w->session;
    cochlea_stats stats;
    cochlea_get_stats(s->ear, &stats);
    stats.samples = atomic_load(&s->process.heard); /* the ear's own begin anew with each device */
    coch_view_model_stats(model, &stats, s->rate, w->clock);
    model->output_latency_ms = s->audio ? (float)s->audio->info.input_latency_ms : 0.0f;
    if (!s->audio)
        model->peak = model->peak_hold = 0.0f;
}

static void take_features(live_window *w, coch_view_model *model, double elapsed)
{
    if (cochlea_get_features(w->session->ear, w->features))
        w->features_at = w->last;
    int fresh = w->last - w->features_at < STALE_SECONDS;
    coch_view_model_features(model, fresh ? w->features : NULL, elapsed);
}

static void take_instrument(live_window *w, coch_view_model *model)
{
    const cochlea_instruments *instruments = w->session->instruments;
    cochlea_instrument heard;
    const char *names[COCHLEA_INSTRUMENTS_MAX];
    int count = 0;
    if (!instruments)
        return;
    cochlea_get_instrument(w->session->ear, &heard);
    while (count < COCHLEA_INSTRUMENTS_MAX && cochlea_instruments_name(instruments, count)) {
        names[count] = cochlea_instruments_name(instruments, count);
        count++;
    }
    coch_view_model_instrument(model, names, heard.p, count, heard.shown);
}

static void take_hybrid(live_window *w, coch_view_model *model, double elapsed)
{
    live_hybrid *h = w->session->hybrid;
    if (!h)
        return;
    if (live_hybrid_look_at(h, &w->look))
        w->look_at = w->last;
    int fresh = w->last - w->look_at < STALE_SECONDS;
    coch_view_hybrid_spectra(&model->hybrid, fresh ? w->look.before : NULL, fresh ? w->look.after : NULL,
                             elapsed);
    live_hybrid_model_place(model, h->model, &h->word);
}

static void take_notice(live_window *w, coch_view_model *model)
{
    const live_session *s = w->session;
    if (!s->audio)
        snprintf(model->notice, sizeof model->notice, "%s is gone: waiting for it", s->device);
    else if (w->last < w->notice_until)
        return;
    else
        snprintf(model->notice, sizeof model->notice, "%s", s->write_failed ? "Recording has stopped" : "");
}

/* ---- What the user wants ---- */

static void rebuild(live_window *w)
{
    const live_session *s = w->session;
    cochlea_settings settings = s->options.settings;
    settings.instruments = s->instruments;
    live_model_controls(window_model(w->window), &settings, atomic_load(&s->process.channel), w->menus);
    if (s->hybrid)
        live_hybrid_model_controls(window_model(w->window), s->hybrid->model, &s->hybrid->word);
}

/* Devices come and go: a menu that opens shows those of now. */
static void look_around(live_window *w, const coch_view_model *model)
{
    int open = model->focus.open, kind = open >= 0 ? model->controls[open].id - LIVE_CONTROL_MENU : -1;
    if (open != w->open && kind >= 0 && kind < LIVE_MENUS && !w->turned) {
        if (kind == LIVE_MENU_WEIGHTS)
            live_menu_weights(&w->menus[kind], w->session);
        else
            live_menu_devices(&w->menus[kind], (live_menu_kind)kind, w->session);
        rebuild(w);
    }
    w->open = open;
}

static void tell_settings(live_window *w, const coch_view_model *model)
{
    live_session *s = w->session;
    cochlea_settings settings = s->options.settings;
    unsigned channel = atomic_load(&s->process.channel);
    if (!w->turned)
        return;
    live_model_settings(model, &settings, &channel);
    if (live_session_change(s, &settings, channel) == COCHLEA_OK) /* else the next picture tries again */
        w->turned = 0;
}

static void turn_hybrid(live_window *w)
{
    live_hybrid_word word = w->session->hybrid->word;
    live_hybrid_model_word(window_model(w->window), &word);
    live_hybrid_say(w->session->hybrid, &word);
}

static void changed(void *context, int id, double value)
{
    live_window *w = context;
    int kind = id - LIVE_CONTROL_MENU;
    if (id >= LIVE_CONTROL_HYBRID)
        turn_hybrid(w);
    else if (kind >= 0 && kind < LIVE_MENUS)
        w->wanted[kind] = (int)value;
    else
        w->turned = 1;
    live_model_enable(window_model(w->window));
}

static int is_wanted(const live_window *w)
{
    return w->wanted[LIVE_MENU_INPUT] >= 0 || w->wanted[LIVE_MENU_MIDI] >= 0 ||
           w->wanted[LIVE_MENU_WEIGHTS] >= 0;
}

static int choose(live_window *w, live_menu_kind kind, char *why, size_t why_size)
{
    live_session *s = w->session;
    const char *value = w->menus[kind].value[w->wanted[kind]];
    value = value[0] ? value : NULL;
    if (kind == LIVE_MENU_WEIGHTS)
        return live_session_swap(s, value, why, why_size);
    return live_session_choose(s, kind == LIVE_MENU_MIDI, value, why, why_size);
}

void live_window_apply(live_window *w)
{
    char why[LIVE_WHY_SIZE] = "";
    if (!w || !w->window || !is_wanted(w))
        return;
    for (int kind = 0; kind < LIVE_MENUS; kind++) {
        if (w->wanted[kind] >= 0 && choose(w, (live_menu_kind)kind, why, sizeof why) != 0)
            notify(w, why);
        w->wanted[kind] = -1;
    }
    live_menu_devices(&w->menus[LIVE_MENU_INPUT], LIVE_MENU_INPUT, w->session);
    live_menu_devices(&w->menus[LIVE_MENU_MIDI], LIVE_MENU_MIDI, w->session);
    live_menu_weights(&w->menus[LIVE_MENU_WEIGHTS], w->session);
    rebuild(w);
}

/* ---- The window's own ---- */

static void update(void *context, coch_view_model *model, double seconds)
{
    live_window *w = context;
    double elapsed = w->last > 0.0 ? seconds - w->last : 0.0;
    w->last = seconds;
    w->clock += w->session->audio ? elapsed : 0.0;
    take_events(w, model);
    take_stats(w, model);
    take_features(w, model, elapsed);
    take_instrument(w, model);
    take_hybrid(w, model, elapsed);
    take_notice(w, model);
    tell_settings(w, model);
    look_around(w, model);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The show goes on without it. */
static void go_dark(live_window *w)
{
    fprintf(stderr, "cochlea live: the display is gone; going on without a window\n");
    window_close(w->window);
    w->window = NULL;
    w->session->idle = NULL;
}

static int idle(void *context, double seconds)
{
    live_window *w = context;
    double until = now() + seconds, left = seconds;
    do {
        if (window_step(w->window, left) != 0) {
            if (!window_lost(w->window))
                return 1;
            go_dark(w);
            return 0;
        }
        if (is_wanted(w) && !w->session->audio)
            live_window_apply(w); /* what comes back may be another one */
        left = until - now();
    } while (left > 0.0 && !is_wanted(w));
    return 0;
}

int live_window_open(live_window **made, live_session *s, char *why, size_t why_size)
{
    size_t bytes = (sizeof **made + COCH_ALIGNMENT - 1) / COCH_ALIGNMENT * COCH_ALIGNMENT;
    live_window *w = *made = aligned_alloc(COCH_ALIGNMENT, bytes);
    const window_options options = {.title = "Cochlea",
                                    .high = s->hybrid ? POINTS_HIGH_HYBRID : 0,
                                    .context = w,
                                    .update = update,
                                    .changed = changed};
    if (w) {
        memset(w, 0, bytes);
        coch_ring_layout(&w->ring, &w->arena, sizeof(cochlea_event), EVENTS);
    }
    if (!w || coch_arena_allocate(&w->arena) != COCHLEA_OK) {
        snprintf(why, why_size, "out of memory");
        goto failed;
    }
    coch_ring_layout(&w->ring, &w->arena, sizeof(cochlea_event), EVENTS);
    coch_ring_reset(&w->ring);
    w->session = s;
    w->open = -1;
    w->look_at = -STALE_SECONDS;
    for (int kind = 0; kind < LIVE_MENUS; kind++)
        w->wanted[kind] = -1;
    if (window_open(&w->window, &options, why, why_size) != 0)
        goto failed;
    if (s->hybrid)
        live_hybrid_model_open(window_model(w->window));
    live_menu_devices(&w->menus[LIVE_MENU_INPUT], LIVE_MENU_INPUT, s);
    live_menu_devices(&w->menus[LIVE_MENU_MIDI], LIVE_MENU_MIDI, s);
    live_menu_weights(&w->menus[LIVE_MENU_WEIGHTS], s);
    rebuild(w);
    s->process.seen = &w->ring;
    s->idle = idle;
    s->idle_context = w;
    return 0;
failed:
    live_window_close(w);
    *made = NULL;
    return -1;
}

void live_window_close(live_window *w)
{
    if (!w)
        return;
    window_close(w->window);
    coch_arena_free(&w->arena);
    free(w);
}
