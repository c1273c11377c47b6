#include "practice_pages.h"

#include "practice_settings.h"
#ifdef HAVE_WINDOW
#include "view/library_draw.h"
#include "view/practice.h"
#include "view/set_up_draw.h"
#endif

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define READ_SECONDS 0.006   /* of each picture for reading scores */
#define ARRANGE_SECONDS 0.25 /* while scores are read the library is ordered so often */

/* ---- Sound ---- */

static int try_live(practice_pages *p, char *why, size_t why_size)
{
    const practice_options *o = p->options->program;
    int elsewhere = o->midi_out && strcmp(o->midi_out, "none") != 0;
    int silent = o->font && strcmp(o->font, "none") == 0;
    const practice_live_options options = {
        .source = {.file = o->from_file,
                   .backend = o->backend ? o->backend : "auto",
                   .input = o->input,
                   .midi_out = o->midi_out,
                   .sound = !elsewhere && !silent,
                   .font = o->font,
                   .patience = o->headless || o->wait >= 0.0 ? o->wait : INFINITY},
        .model = p->options->model,
        .settings = p->options->settings,
        .record = o->record};
    return practice_live_open(&p->live, &options, why, why_size);
}

/* What the set-up found of the device that is listened to; a latency on the command line counts more. */
static void use_device(practice_pages *p, coch_session_options *session, double *hz)
{
    practice_options *o = p->options->program;
    practice_source *source = practice_live_source(p->live);
    coch_setup_result result = {NAN, NAN, NAN, NAN};
    int found = 0;
    if (p->options->store && !o->from_file) {
        practice_store_get_device(p->options->store, practice_source_name(source), &result, &found);
        if (!found && o->input)
            practice_store_get_device(p->options->store, o->input, &result, &found);
    }
    *hz = result.a4_hz >= 400.0 && result.a4_hz <= 480.0 ? result.a4_hz : p->options->settings.tuning_hz;
    if (practice_is_live(o))
        session->margin_db = coch_setup_margin(&result);
    if (!(o->given & 1u << PRACTICE_GIVEN_LATENCY) && practice_is_live(o))
        session->latency_ms =
            fmin(500.0, isnan(result.latency_ms) ? practice_source_latency(source) : result.latency_ms);
}

/* A remembered device that is not there gives way to the default one. */
static int open_live(practice_pages *p, char *why, size_t why_size)
{
    practice_options *o = p->options->program;
    double hz;
    if (p->live)
        return 0;
    if (try_live(p, why, why_size) != 0) {
        practice_settings_forget_device(o);
        if (!practice_is_live(o) || try_live(p, why, why_size) != 0)
            return -1;
    }
    if (practice_is_live(o))
        practice_settings_keep_device(p->options->store, o);
    use_device(p, &o->session, &hz);
    if (hz != p->options->settings.tuning_hz)
        practice_live_tune(p->live, hz);
    snprintf(p->library.device, sizeof p->library.device, "%s",
             practice_source_name(practice_live_source(p->live)));
    return 0;
}

#ifdef HAVE_WINDOW

/* ---- The library ---- */

static void find_days(practice_pages *p)
{
    coch_library *l = &p->library;
    const coch_library_row *chosen = coch_library_chosen(l);
    const char *path = chosen ? practice_shelf_path(p->shelf, (size_t)(chosen - l->rows)) : "";
    time_t now = time(NULL);
    struct tm local;
    l->day_count = 0;
    if (p->options->store)
        practice_store_days(p->options->store, l->all ? NULL : path, l->days, COCH_LIBRARY_DAYS,
                            &l->day_count);
    if (!localtime_r(&now, &local))
        return;
    local.tm_isdst = 0;
    l->today = (int32_t)(((int64_t)timegm(&local)) / 86400);
}

static void choose(coch_library *l, const practice_shelf *shelf, const char *path)
{
    for (size_t i = 0; i < l->shown_count; i++)
        if (strcmp(practice_shelf_path(shelf, l->shown[i]), path) == 0)
            l->selected = i;
    l->top = l->selected > 4 ? l->selected - 4 : 0;
}

/* The folder named, else that of the piece, else the last one. */
static int open_shelf(practice_pages *p, char *why, size_t why_size)
{
    char folder[PRACTICE_STORE_PATH] = "", reason[200];
    snprintf(folder, sizeof folder, "%s", p->options->program->folder);
    if (!folder[0] && p->stand.path[0]) {
        snprintf(folder, sizeof folder, "%s", p->stand.path);
        char *slash = strrchr(folder, '/');
        snprintf(slash ? slash : folder, 2, slash ? "" : ".");
    }
    if (practice_shelf_open(&p->shelf, folder[0] ? folder : "/", reason, sizeof reason) != 0) {
        snprintf(why, why_size, "%s: %s", folder, reason);
        return -1;
    }
    practice_shelf_show(p->shelf, &p->library);
    practice_settings_keep_folder(p->options->store, practice_shelf_folder(p->shelf));
    return 0;
}

static int go_home(practice_pages *p, char *why, size_t why_size)
{
    practice_stand_pause(&p->stand);
    if (!p->shelf && open_shelf(p, why, why_size) != 0)
        return -1;
    practice_shelf_renew(p->shelf, p->options->store, p->stand.path);
    coch_library_arrange(&p->library);
    choose(&p->library, p->shelf, p->stand.path);
    p->library.notice[0] = '\0';
    p->page = PRACTICE_PAGE_LIBRARY;
    find_days(p);
    return 0;
}

/* Some scores more; those in sight change their places now and then. */
static void read_shelf(practice_pages *p, double now)
{
    struct timespec start, t;
    int more = 1, read = 0;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        more = practice_shelf_read(p->shelf, p->options->store);
        read += more;
        clock_gettime(CLOCK_MONOTONIC, &t);
    } while (more &&
             (double)(t.tv_sec - start.tv_sec) + 1e-9 * (double)(t.tv_nsec - start.tv_nsec) < READ_SECONDS);
    if (read == 0 || (more && now - p->arranged_at < ARRANGE_SECONDS))
        return;
    p->arranged_at = now;
    coch_library_arrange(&p->library);
}

/* ---- From page to page ---- */

static void open_piece(practice_pages *p)
{
    coch_library *l = &p->library;
    size_t index = l->shown[l->selected];
    const practice_options *o = p->options->program;
    coch_session_options options = o->session;
    if (l->rows[index].state == COCH_LIBRARY_BROKEN)
        snprintf(l->notice, sizeof l->notice, "That file %s", l->rows[index].reason);
    if (l->rows[index].state == COCH_LIBRARY_BROKEN || open_live(p, l->notice, sizeof l->notice) != 0)
        return;
    if (p->stand.session) /* as it was last, for the whole of the new one */
        options = coch_practice_around(&p->stand.model.options, 0, 0);
    options.latency_ms = o->session.latency_ms;
    options.margin_db = o->session.margin_db;
    if (practice_stand_put(&p->stand, p->live, practice_shelf_path(p->shelf, index), NULL, &options,
                           l->notice, sizeof l->notice) != 0)
        return;
    l->notice[0] = '\0';
    p->page = PRACTICE_PAGE_PIECE;
}

static void open_set_up(practice_pages *p)
{
    char *notice = p->page == PRACTICE_PAGE_LIBRARY ? p->library.notice : p->stand.model.notice;
    if (open_live(p, notice, COCH_LIBRARY_TEXT) != 0)
        return;
    practice_stand_pause(&p->stand);
    practice_tuner_open(&p->tuner, p->live, p->options->store);
    p->before = p->page;
    p->page = PRACTICE_PAGE_SET_UP;
}

/* What is known of the device counts from now on, and for the piece on the stand. */
static void retune(practice_pages *p)
{
    practice_options *o = p->options->program;
    practice_source *source = practice_live_source(p->live);
    double hz;
    use_device(p, &o->session, &hz);
    practice_stand_retune(&p->stand, p->live, &o->session, hz);
    snprintf(p->library.device, sizeof p->library.device, "%s", practice_source_name(source));
}

/* What was chosen in the window, as the store remembers it; NULL for nothing. */
static const char *put_down(practice_options *o, int which, const char *name)
{
    snprintf(o->remembered[which], PRACTICE_REMEMBERED, "%s", name);
    return name[0] ? o->remembered[which] : NULL;
}

static void take_set_up(practice_pages *p, coch_set_up_ask ask)
{
    practice_options *o = p->options->program;
    practice_tuner_news news = practice_tuner_obey(&p->tuner, ask);
    if (news == PRACTICE_TUNER_LEAVES || news == PRACTICE_TUNER_KEPT)
        p->page = p->before;
    if (news == PRACTICE_TUNER_KEPT || news == PRACTICE_TUNER_MOVED)
        retune(p);
    if (news == PRACTICE_TUNER_MOVED)
        o->input = put_down(o, PRACTICE_GIVEN_INPUT, p->tuner.inputs[p->tuner.page.input]);
    if (news == PRACTICE_TUNER_SENDS)
        o->midi_out = put_down(o, PRACTICE_GIVEN_PORT, p->tuner.ports[p->tuner.page.port]);
    if (news == PRACTICE_TUNER_MOVED || news == PRACTICE_TUNER_SENDS)
        practice_settings_keep_device(p->options->store, o);
}

static void take_library(practice_pages *p, coch_library_ask ask)
{
    switch (ask) {
    case COCH_LIBRARY_ASK_OPEN:
        open_piece(p);
        break;
    case COCH_LIBRARY_ASK_DAYS:
        find_days(p);
        break;
    case COCH_LIBRARY_ASK_SET_UP:
        open_set_up(p);
        break;
    case COCH_LIBRARY_ASK_BACK:
        if (p->stand.session)
            p->page = PRACTICE_PAGE_PIECE;
        break;
    default:
        break;
    }
}

void practice_pages_take(practice_pages *p, const coch_view_input *input, int width, int height, double scale)
{
    coch_practice_request r;
    if (p->page == PRACTICE_PAGE_LIBRARY) {
        take_library(p, coch_library_take(&p->library, input, width, height, scale));
        return;
    }
    if (p->page == PRACTICE_PAGE_SET_UP) {
        take_set_up(p, coch_set_up_take(&p->tuner.page, input, width, height, scale));
        return;
    }
    coch_practice_take(&p->stand.model, input, width, height, scale, &r);
    if (practice_stand_obey(&p->stand, &r))
        return;
    if (r.ask == COCH_PRACTICE_ASK_HOME)
        go_home(p, p->stand.model.notice, COCH_PRACTICE_TEXT);
    else if (r.ask == COCH_PRACTICE_ASK_SET_UP)
        open_set_up(p);
}

void practice_pages_draw(const practice_pages *p, cairo_t *cr, int width, int height, double scale)
{
    if (p->page == PRACTICE_PAGE_LIBRARY)
        coch_library_draw(cr, &p->library, width, height, scale);
    else if (p->page == PRACTICE_PAGE_SET_UP)
        coch_set_up_draw(cr, &p->tuner.page, width, height, scale);
    else
        coch_practice_draw(cr, &p->stand.model, width, height, scale);
}

#else

static int go_home(practice_pages *p, char *why, size_t why_size)
{
    (void)p;
    snprintf(why, why_size, "this build has no window for the library");
    return -1;
}

static void read_shelf(practice_pages *p, double now)
{
    (void)p;
    (void)now;
}

#endif

/* ---- Life ---- */

int practice_pages_open(practice_pages *p, const practice_window_options *options, char *why, size_t why_size)
{
    const practice_options *o = options->program;
    *p = (practice_pages){.options = options};
    p->library.hover = COCH_LIBRARY_NOWHERE;
    practice_stand_init(&p->stand, o, options->store);
    if (!options->score)
        return go_home(p, why, why_size);
    return open_live(p, why, why_size) != 0 ||
                   practice_stand_put(&p->stand, p->live, o->score, options->score, &o->session, why,
                                      why_size) != 0
               ? -1
               : 0;
}

void practice_pages_close(practice_pages *p, practice_window_result *result)
{
    practice_tuner_close(&p->tuner);
    if (p->stand.session) {
        result->session = practice_stand_finish(&p->stand, &result->score);
        result->seconds = practice_live_seconds(p->live);
        snprintf(result->path, sizeof result->path, "%s", p->stand.path);
        snprintf(result->device, sizeof result->device, "%s", p->stand.model.device);
        snprintf(result->trouble, sizeof result->trouble, "%s", practice_sitting_trouble(&p->stand.keeper));
    }
    if (p->live && p->state == PRACTICE_SOURCE_ENDED && practice_is_live(p->options->program))
        snprintf(result->lost, sizeof result->lost, "%s",
                 practice_source_kind(practice_live_source(p->live)));
    practice_stand_clear(&p->stand);
    practice_live_close(p->live);
    practice_shelf_close(p->shelf);
}

/* The stand says it itself. */
static void take_notice(practice_pages *p, practice_source_state before)
{
    char *notice = p->page == PRACTICE_PAGE_LIBRARY ? p->library.notice : p->tuner.page.notice;
    if (p->state != before && p->page != PRACTICE_PAGE_PIECE)
        practice_source_notice(practice_live_source(p->live), p->state, notice, COCH_LIBRARY_TEXT);
}

void practice_pages_look(practice_pages *p, double now)
{
    practice_source_state before = p->state;
    if (p->live)
        p->state = practice_source_look(practice_live_source(p->live));
    take_notice(p, before);
    if (p->page == PRACTICE_PAGE_LIBRARY)
        read_shelf(p, now);
    else if (p->page == PRACTICE_PAGE_SET_UP)
        practice_tuner_look(&p->tuner);
    else
        practice_stand_look(&p->stand, p->state, now);
}
