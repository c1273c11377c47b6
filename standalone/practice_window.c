#include "practice_window.h"

#include "practice_pages.h"
#ifdef HAVE_WINDOW
#include "window.h"
#endif

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STEP_SECONDS 0.1

typedef struct practice_window {
    practice_pages pages;
    sigset_t signals;
#ifdef HAVE_WINDOW
    window *window;
#endif
} practice_window;

/* ---- The window ---- */

#ifdef HAVE_WINDOW

static void update(void *context, coch_view_model *unused, double seconds)
{
    (void)unused;
    practice_pages_look(context, seconds);
}

static void draw(void *context, cairo_t *cr, int width, int height, double scale)
{
    practice_pages_draw(context, cr, width, height, scale);
}

static void take(void *context, const coch_view_input *input, int width, int height, double scale)
{
    practice_pages_take(context, input, width, height, scale);
}

static int open_window(practice_window *w, char *why, size_t why_size)
{
    const window_options options = {.title = "Cochlea practice",
                                    .wide = 1280,
                                    .high = 720,
                                    .context = &w->pages,
                                    .update = update,
                                    .draw = draw,
                                    .take = take};
    char reason[256];
    if (window_open(&w->window, &options, reason, sizeof reason) == 0)
        return 0;
    snprintf(why, why_size, "no window: %s; --headless asks for none", reason);
    return -1;
}

#else

static int open_window(practice_window *w, char *why, size_t why_size)
{
    (void)w;
    snprintf(why, why_size, "this build has no window; --headless asks for none");
    return -1;
}

#endif

/* ---- Running ---- */

static double clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Nonzero when a signal asks to end. */
static int asked(const practice_window *w, double seconds)
{
    struct timespec t = {.tv_nsec = (long)(seconds * 1e9)};
    return sigtimedwait(&w->signals, NULL, &t) > 0;
}

/* What the window would show. */
static void say(const practice_window *w, practice_source_state before)
{
    const char *device = w->pages.live ? practice_source_kind(practice_live_source(w->pages.live)) : "";
    if (w->pages.state == before || w->pages.state == PRACTICE_SOURCE_ENDED)
        return;
    fprintf(stderr, "cochlea practice: %s is %s\n", device,
            w->pages.state == PRACTICE_SOURCE_WAITS ? "gone; waiting for it" : "back");
}

/* Without a window the end of the piece, or of the sound, is the end. */
static int step_alone(practice_window *w)
{
    practice_source_state before = w->pages.state;
    practice_pages_look(&w->pages, clock_now());
    say(w, before);
    return asked(w, STEP_SECONDS) || w->pages.stand.shown_end || w->pages.state == PRACTICE_SOURCE_ENDED;
}

static int step(practice_window *w)
{
#ifdef HAVE_WINDOW
    if (w->window)
        return window_step(w->window, STEP_SECONDS) != 0 || asked(w, 0.0);
#endif
    return step_alone(w);
}

static int run(practice_window *w, char *why, size_t why_size)
{
    double seconds = w->pages.options->program->seconds;
    while (!w->pages.stand.failed) {
        if (step(w) || (seconds > 0.0 && w->pages.live && practice_live_seconds(w->pages.live) >= seconds))
            return 0;
    }
    snprintf(why, why_size, "out of memory");
    return -1;
}

static void block_signals(practice_window *w)
{
    sigemptyset(&w->signals);
    sigaddset(&w->signals, SIGINT);
    sigaddset(&w->signals, SIGTERM);
    sigaddset(&w->signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &w->signals, NULL);
}

int practice_window_run(const practice_window_options *options, practice_window_result *result, char *why,
                        size_t why_size)
{
    practice_window *w = calloc(1, sizeof *w);
    *result = (practice_window_result){0};
    if (!w) {
        snprintf(why, why_size, "out of memory");
        return -1;
    }
    block_signals(w);
    int failed = practice_pages_open(&w->pages, options, why, why_size) != 0 ||
                 (!options->program->headless && open_window(w, why, why_size) != 0) ||
                 run(w, why, why_size) != 0;
#ifdef HAVE_WINDOW
    window_close(w->window);
#endif
    practice_pages_close(&w->pages, result);
    free(w);
    return failed ? -1 : 0;
}
