#include "practice_window.h"

#include "practice_sitting.h"
#ifdef HAVE_WINDOW
#include "view/practice.h"
#include "view/practice_input.h"
#include "window.h"
#endif

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SAVE_SECONDS 1.0
#define REPORT_SECONDS 1.0 /* the report on the page is made anew so often */
#define END_SECONDS 1.5    /* after the end of the piece: the last notes are judged */
#define STEP_SECONDS 0.1
#define METER_FALL 0.94 /* a picture */

typedef struct practice_window {
    const practice_window_options *options;
    practice_live *live;
    coch_session *session;
    practice_sitting_keeper keeper;
    coch_practice_model model;
    coch_report report;
    int has_report, shown_end, failed;
    double report_at, finished_at, input_latency;
    sigset_t signals;
#ifdef HAVE_WINDOW
    window *window;
#endif
} practice_window;

/* ---- Sessions ---- */

/* In the tempo mode a recording sets the clock by its first note, a player hears a count-in. */
static coch_session_options adapted(const practice_window *w, const coch_session_options *options)
{
    coch_session_options o = *options;
    if (!w->options->program->from_file && o.count_in < 0)
        o.count_in = 1;
    return o;
}

static void forget_report(practice_window *w)
{
    coch_report_free(&w->report);
    w->model.report = NULL;
    w->has_report = 0;
}

static void make_report(practice_window *w, double now)
{
    coch_report made;
    if (practice_live_report(w->live, &made) != COCHLEA_OK) {
        coch_report_free(&made);
        return;
    }
    forget_report(w);
    w->report = made;
    w->model.report = &w->report;
    w->has_report = 1;
    w->report_at = now;
}

/* Saves what the present session came to, and lets it go. */
static void end_session(practice_window *w)
{
    if (!w->session)
        return;
    practice_live_finish(w->live);
    make_report(w, w->report_at);
    if (w->has_report)
        practice_sitting_end(&w->keeper, &w->report, practice_live_seconds(w->live));
    practice_live_begin(w->live, NULL, 0, 0);
    coch_session_free(w->session);
    w->session = NULL;
}

static cochlea_status begin_session(practice_window *w, const coch_session_options *wanted, int playing,
                                    int again)
{
    coch_session_options o = adapted(w, wanted);
    coch_session *session;
    cochlea_status status = coch_session_new(&session, w->options->score, &o);
    if (status != COCHLEA_OK)
        return status;
    end_session(w);
    w->session = session;
    w->shown_end = 0;
    w->finished_at = 0.0;
    practice_sitting_begin(&w->keeper, &o);
    practice_live_begin(w->live, session, playing, again);
    return COCHLEA_OK;
}

/* ---- Looking ---- */

static void take_peak(practice_window *w)
{
    float peak = practice_source_peak(practice_live_source(w->live));
    w->model.peak = fmaxf(peak, METER_FALL * w->model.peak);
}

static void take_notice(practice_window *w)
{
    practice_source *source = practice_live_source(w->live);
    char *notice = w->model.notice;
    if (w->options->program->from_file || practice_source_alive(source))
        snprintf(notice, COCH_PRACTICE_TEXT, "%s", practice_sitting_trouble(&w->keeper));
    else
        snprintf(notice, COCH_PRACTICE_TEXT, "%s is gone", practice_source_name(source));
}

/* The end of the piece: the rest is judged and the report shown. */
static void look_for_end(practice_window *w, double now)
{
    const coch_session_options *o = &w->model.options;
    int ended = w->options->program->from_file && !practice_source_alive(practice_live_source(w->live));
    if (w->shown_end || !w->model.playing || !((w->model.picture.finished && !o->loop) || ended)) {
        w->finished_at = 0.0;
        return;
    }
    if (w->finished_at == 0.0)
        w->finished_at = now;
    if (now - w->finished_at < END_SECONDS)
        return;
    practice_live_finish(w->live);
    make_report(w, now);
    w->shown_end = 1;
    w->model.page = COCH_PRACTICE_REPORT;
}

/* All that happens from picture to picture. */
static void look(practice_window *w, double now)
{
    if (practice_live_look(w->live, &w->model) != 0) {
        w->failed = 1;
        return;
    }
    take_peak(w);
    take_notice(w);
    look_for_end(w, now);
    int due = now - w->report_at > REPORT_SECONDS || !w->has_report;
    if (due && w->model.picture.heard > 0) {
        make_report(w, now);
        practice_sitting_save(&w->keeper, &w->report, w->model.picture.now);
    }
}

/* ---- The window ---- */

#ifdef HAVE_WINDOW

static void update(void *context, coch_view_model *unused, double seconds)
{
    (void)unused;
    look(context, seconds);
}

static void draw(void *context, cairo_t *cr, int width, int height, double scale)
{
    const practice_window *w = context;
    coch_practice_draw(cr, &w->model, width, height, scale);
}

static void restart(practice_window *w)
{
    const coch_session_options o = w->model.options;
    w->model.page = COCH_PRACTICE_PLAY;
    w->failed |= begin_session(w, &o, 1, 1) != COCHLEA_OK;
}

/* Something to wait for before a clock begins: the player's hands are on the mouse. */
static void change(practice_window *w, const coch_session_options *o)
{
    int ready = w->model.playing || o->mode != COCH_MODE_TEMPO;
    if (begin_session(w, o, ready, 0) != COCHLEA_OK)
        return; /* a hand without notes there: things are as before */
    w->model.page = COCH_PRACTICE_PLAY;
    w->failed |= practice_live_look(w->live, &w->model) != 0;
}

static void take(void *context, const coch_view_input *input, int width, int height, double scale)
{
    practice_window *w = context;
    coch_practice_request r;
    coch_practice_take(&w->model, input, width, height, scale, &r);
    switch (r.ask) {
    case COCH_PRACTICE_ASK_PLAY:
        if (w->shown_end && r.value)
            restart(w);
        else
            practice_live_play(w->live, r.value);
        w->model.page = r.value ? COCH_PRACTICE_PLAY : w->model.page;
        break;
    case COCH_PRACTICE_ASK_RESTART:
        restart(w);
        break;
    case COCH_PRACTICE_ASK_CHANGE:
        change(w, &r.options);
        break;
    case COCH_PRACTICE_ASK_PAGE:
        w->model.page = (coch_practice_page)r.value;
        break;
    default:
        break;
    }
}

static int open_window(practice_window *w, char *why, size_t why_size)
{
    const window_options options = {.title = "Cochlea practice",
                                    .wide = 1280,
                                    .high = 720,
                                    .context = w,
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

static int step(practice_window *w)
{
    if (w->options->program->headless) {
        look(w, clock_now());
        return asked(w, STEP_SECONDS) || w->shown_end ||
               !practice_source_alive(practice_live_source(w->live));
    }
#ifdef HAVE_WINDOW
    if (window_step(w->window, STEP_SECONDS) != 0)
        return 1;
#endif
    return asked(w, 0.0);
}

static int run(practice_window *w, char *why, size_t why_size)
{
    double seconds = w->options->program->seconds;
    while (!w->failed) {
        if (step(w) || (seconds > 0.0 && practice_live_seconds(w->live) >= seconds))
            return 0;
    }
    snprintf(why, why_size, "out of memory");
    return -1;
}

static void name_all(practice_window *w)
{
    const char *path = w->options->program->score, *slash = strrchr(path, '/');
    snprintf(w->model.title, sizeof w->model.title, "%s", slash ? slash + 1 : path);
    char *dot = strrchr(w->model.title, '.');
    if (dot && dot != w->model.title)
        *dot = '\0';
    snprintf(w->model.device, sizeof w->model.device, "%s",
             practice_source_name(practice_live_source(w->live)));
}

static void block_signals(practice_window *w)
{
    sigemptyset(&w->signals);
    sigaddset(&w->signals, SIGINT);
    sigaddset(&w->signals, SIGTERM);
    sigaddset(&w->signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &w->signals, NULL);
}

static int open_live(practice_window *w, char *why, size_t why_size)
{
    const practice_options *p = w->options->program;
    const practice_live_options options = {.source = {.file = p->from_file,
                                                      .backend = p->backend ? p->backend : "auto",
                                                      .input = p->input,
                                                      .midi_out = p->midi_out},
                                           .model = w->options->model,
                                           .settings = w->options->settings,
                                           .record = p->record};
    if (practice_live_open(&w->live, &options, why, why_size) != 0)
        return -1;
    name_all(w);
    practice_sitting_keep(&w->keeper, w->options->store, p->score, w->options->score,
                          p->from_file ? "file" : w->model.device);
    return 0;
}

static int start(practice_window *w, char *why, size_t why_size)
{
    const practice_options *p = w->options->program;
    int playing = p->headless || p->from_file || p->session.mode != COCH_MODE_TEMPO;
    cochlea_status status = begin_session(w, &p->session, playing, 0);
    if (status == COCHLEA_OK && practice_live_look(w->live, &w->model) != 0)
        status = COCHLEA_ERROR_MEMORY;
    if (status == COCHLEA_OK)
        return 0;
    snprintf(why, why_size, "%s",
             status == COCHLEA_ERROR_MISSING ? "that hand has no notes there" : cochlea_status_text(status));
    return -1;
}

int practice_window_run(const practice_window_options *options, practice_window_result *result, char *why,
                        size_t why_size)
{
    practice_window *w = calloc(1, sizeof *w);
    int failed = 0;
    *result = (practice_window_result){0};
    if (!w) {
        snprintf(why, why_size, "out of memory");
        return -1;
    }
    w->options = options;
    w->model.hover = w->model.hover_bar = w->model.drag_bar = -1;
    block_signals(w);
    if (open_live(w, why, why_size) != 0 || start(w, why, why_size) != 0 ||
        (!options->program->headless && open_window(w, why, why_size) != 0))
        failed = -1;
    if (!failed)
        failed = run(w, why, why_size);
#ifdef HAVE_WINDOW
    window_close(w->window);
#endif
    if (w->session) {
        practice_live_finish(w->live);
        make_report(w, 0.0);
        if (w->has_report && !failed)
            practice_sitting_end(&w->keeper, &w->report, practice_live_seconds(w->live));
        result->seconds = practice_live_seconds(w->live);
        result->session = w->session;
    }
    snprintf(result->device, sizeof result->device, "%s", w->model.device);
    snprintf(result->trouble, sizeof result->trouble, "%s", practice_sitting_trouble(&w->keeper));
    practice_live_close(w->live);
    forget_report(w);
    free(w);
    return failed;
}
