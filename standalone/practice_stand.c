#include "practice_stand.h"

#include "practice/score_names.h"
#include "practice_settings.h"
#include "practice_shelf.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPORT_SECONDS 1.0 /* the report on the page is made anew so often, and saved */
#define END_SECONDS 1.5    /* after the end of the piece: the last notes are judged */
#define METER_FALL 0.94    /* a picture */

void practice_stand_init(practice_stand *s, const practice_options *program, practice_store *store)
{
    *s = (practice_stand){.program = program, .store = store};
    s->model.hover = s->model.hover_bar = s->model.drag_bar = -1;
    s->model.at_home = practice_is_live(program) && !program->headless;
}

/* ---- Sessions ---- */

/* In the tempo mode a recording sets the clock by its first note, a player hears a count-in. */
static coch_session_options adapted(const practice_stand *s, const coch_session_options *options)
{
    coch_session_options o = *options;
    if (!s->program->from_file && o.count_in < 0)
        o.count_in = 1;
    return o;
}

static void forget_report(practice_stand *s)
{
    coch_report_free(&s->report);
    s->model.report = NULL;
    s->has_report = 0;
}

static void make_report(practice_stand *s, double now)
{
    coch_report made;
    if (practice_live_report(s->live, &made) != COCHLEA_OK) {
        coch_report_free(&made);
        return;
    }
    forget_report(s);
    s->report = made;
    s->model.report = &s->report;
    s->has_report = 1;
    s->report_at = now;
}

/* Judges the rest, and saves what the present session came to. */
static void conclude(practice_stand *s)
{
    practice_live_finish(s->live);
    make_report(s, s->report_at);
    if (s->has_report)
        practice_sitting_end(&s->keeper, &s->report, practice_live_seconds(s->live));
}

static void end_session(practice_stand *s)
{
    if (!s->session)
        return;
    conclude(s);
    practice_live_begin(s->live, NULL, 0, 0);
    coch_session_free(s->session);
    s->session = NULL;
}

static cochlea_status begin_session(practice_stand *s, const coch_session_options *wanted, int playing,
                                    int again)
{
    coch_session_options o = adapted(s, wanted);
    coch_session *session;
    cochlea_status status = coch_session_new(&session, s->score, &o);
    if (status != COCHLEA_OK)
        return status;
    end_session(s);
    s->session = session;
    s->shown_end = 0;
    s->finished_at = 0.0;
    practice_sitting_begin(&s->keeper, &o);
    practice_live_begin(s->live, session, playing, again);
    return COCHLEA_OK;
}

/* ---- Scores ---- */

static void name(practice_stand *s)
{
    coch_score_names names;
    coch_smf smf;
    int read = coch_smf_read(&smf, s->path) == COCHLEA_OK;
    coch_score_names_find(&names, read ? &smf : NULL, s->path);
    coch_smf_free(&smf);
    snprintf(s->model.title, sizeof s->model.title, "%s", names.title);
    snprintf(s->model.device, sizeof s->model.device, "%s",
             practice_source_name(practice_live_source(s->live)));
}

static cochlea_status start(practice_stand *s, const coch_session_options *options)
{
    const practice_options *p = s->program;
    coch_session_options o = *options;
    int playing = p->headless || p->from_file || o.mode != COCH_MODE_TEMPO;
    cochlea_status status = begin_session(s, &o, playing, 0);
    if (status == COCHLEA_ERROR_MISSING && !(p->given & 1u << PRACTICE_GIVEN_HAND)) {
        o.hand = COCH_HAND_BOTH;
        o.accompaniment = 0;
        status = begin_session(s, &o, playing, 0);
    }
    if (status == COCHLEA_OK && practice_live_look(s->live, &s->model) != 0)
        status = COCHLEA_ERROR_MEMORY;
    return status;
}

static cochlea_status read_score(practice_stand *s, const char *path)
{
    s->score = s->own = calloc(1, sizeof *s->own);
    return s->own ? coch_score_read(s->own, path, NULL) : COCHLEA_ERROR_MEMORY;
}

int practice_stand_put(practice_stand *s, practice_live *live, const char *path, const coch_score *score,
                       const coch_session_options *options, char *why, size_t why_size)
{
    practice_stand_clear(s);
    s->live = live;
    s->score = score;
    errno = 0;
    cochlea_status status = score ? COCHLEA_OK : read_score(s, path);
    if (status != COCHLEA_OK) {
        snprintf(why, why_size, "%s: %s", path, practice_shelf_reason(status));
        practice_stand_clear(s);
        return -1;
    }
    practice_shelf_key(path, s->path);
    name(s);
    practice_sitting_keep(&s->keeper, s->store, s->path, s->score,
                          s->program->from_file ? "file" : s->model.device);
    s->model.page = COCH_PRACTICE_PLAY;
    status = start(s, options);
    if (status == COCHLEA_OK)
        return 0;
    snprintf(why, why_size, "%s",
             status == COCHLEA_ERROR_MISSING ? "that hand has no notes there" : cochlea_status_text(status));
    practice_stand_clear(s);
    return -1;
}

void practice_stand_clear(practice_stand *s)
{
    end_session(s);
    forget_report(s);
    if (s->own)
        coch_score_free(s->own);
    free(s->own);
    s->score = s->own = NULL;
    memset(&s->model.picture, 0, sizeof s->model.picture);
    s->report_at = 0.0;
}

void practice_stand_pause(practice_stand *s)
{
    if (!s->session)
        return;
    practice_live_play(s->live, 0);
    make_report(s, s->report_at);
    if (s->has_report)
        practice_sitting_save(&s->keeper, &s->report, practice_live_seconds(s->live));
}

void practice_stand_retune(practice_stand *s, practice_live *live, const coch_session_options *session,
                           double hz)
{
    coch_session_options o = s->model.options;
    int was = s->session != NULL;
    end_session(s);
    practice_live_tune(live, hz); /* the former ears hear as well, a little worse */
    if (!was)
        return;
    snprintf(s->model.device, sizeof s->model.device, "%s", practice_source_name(practice_live_source(live)));
    o.latency_ms = session->latency_ms;
    o.margin_db = session->margin_db;
    s->failed |= begin_session(s, &o, 0, 1) != COCHLEA_OK || practice_live_look(s->live, &s->model) != 0;
}

/* ---- Looking ---- */

static void take_notice(practice_stand *s, practice_source_state state)
{
    char *notice = s->model.notice;
    practice_source_notice(practice_live_source(s->live), state, notice, COCH_PRACTICE_TEXT);
    if (!notice[0])
        snprintf(notice, COCH_PRACTICE_TEXT, "%s", practice_sitting_trouble(&s->keeper));
}

/* The end of the piece: the rest is judged and the report shown. */
static void look_for_end(practice_stand *s, practice_source_state state, double now)
{
    const coch_session_options *o = &s->model.options;
    int ended = s->program->from_file && state == PRACTICE_SOURCE_ENDED;
    if (s->shown_end || !s->model.playing || !((s->model.picture.finished && !o->loop) || ended)) {
        s->finished_at = 0.0;
        return;
    }
    if (s->finished_at == 0.0)
        s->finished_at = now;
    if (now - s->finished_at < END_SECONDS)
        return;
    practice_live_finish(s->live);
    make_report(s, now);
    s->shown_end = 1;
    s->model.page = COCH_PRACTICE_REPORT;
}

void practice_stand_look(practice_stand *s, practice_source_state state, double now)
{
    if (!s->session)
        return;
    if (practice_live_look(s->live, &s->model) != 0) {
        s->failed = 1;
        return;
    }
    s->model.peak =
        fmaxf(practice_source_peak(practice_live_source(s->live)), (float)METER_FALL * s->model.peak);
    take_notice(s, state);
    look_for_end(s, state, now);
    int due = now - s->report_at > REPORT_SECONDS || !s->has_report;
    if (due && s->model.picture.heard > 0) {
        make_report(s, now);
        practice_sitting_save(&s->keeper, &s->report, s->model.picture.now);
    }
}

/* ---- Obeying ---- */

static void restart(practice_stand *s)
{
    const coch_session_options o = s->model.options;
    s->model.page = COCH_PRACTICE_PLAY;
    s->failed |= begin_session(s, &o, 1, 1) != COCHLEA_OK;
}

/* Something to wait for before a clock begins: the player's hands are on the mouse. */
static void change(practice_stand *s, const coch_session_options *o)
{
    int ready = s->model.playing || o->mode != COCH_MODE_TEMPO;
    if (begin_session(s, o, ready, 0) != COCHLEA_OK)
        return; /* a hand without notes there: things are as before */
    s->model.page = COCH_PRACTICE_PLAY;
    s->failed |= practice_live_look(s->live, &s->model) != 0;
    if (practice_is_live(s->program))
        practice_settings_keep_session(s->store, o); /* not worth a word where it fails */
}

static void play(practice_stand *s, int playing)
{
    if (s->shown_end && playing)
        restart(s);
    else
        practice_live_play(s->live, playing);
    s->model.page = playing ? COCH_PRACTICE_PLAY : s->model.page;
}

int practice_stand_obey(practice_stand *s, const coch_practice_request *r)
{
    switch (r->ask) {
    case COCH_PRACTICE_ASK_PLAY:
        play(s, r->value);
        return 1;
    case COCH_PRACTICE_ASK_RESTART:
        restart(s);
        return 1;
    case COCH_PRACTICE_ASK_CHANGE:
        change(s, &r->options);
        return 1;
    case COCH_PRACTICE_ASK_PAGE:
        s->model.page = (coch_practice_page)r->value;
        return 1;
    default:
        return 0;
    }
}

coch_session *practice_stand_finish(practice_stand *s, coch_score **score)
{
    coch_session *session = s->session;
    if (session)
        conclude(s);
    *score = s->own;
    s->score = s->own = NULL;
    s->session = NULL;
    forget_report(s);
    return session;
}
