/* cochlea practice: hears a score being played and says what was right. */
#include "base/output.h"
#include "commands.h"
#include "music/smf.h"
#include "practice/report.h"
#include "practice_hear.h"
#include "practice_options.h"
#include "practice_settings.h"
#include "practice_shelf.h"
#include "practice_sound.h"
#include "practice_store.h"
#include "practice_tools.h"
#include "practice_window.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define WHY_SIZE 256

enum { BAND_DIVISION = 960 };

static int fail(const char *path, const char *why)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    fprintf(stderr, "cochlea: %s: %s\n", strcmp(path, "-") == 0 ? "standard input" : path, why);
    return EXIT_FAILED;
}

/* The reason of a status; the system's own words where it was the system. */
static const char *reason(cochlea_status status)
{
    if ((status == COCHLEA_ERROR_OPEN || status == COCHLEA_ERROR_WRITE) && errno != 0)
        return strerror(errno);
    return cochlea_status_text(status);
}

static void show_progress(void *context, double share)
{
    int done = (int)(share * 30.0 + 0.5);
    done = done > 30 ? 30 : done < 0 ? 0 : done;
    fprintf(stderr, "\r%.40s [%.*s%*s] %3.0f %%", (const char *)context, done,
            "##############################", 30 - done, "", 100.0 * (double)done / 30.0);
}

/* Where the sitting is kept. */
typedef struct memory {
    practice_store *store; /* NULL: nowhere */
    int64_t sitting;
    coch_setup_result device;
} memory;

/* ---- What is written ---- */

static int write_report(const practice_options *o, const coch_session *session, const coch_report *report,
                        const practice_hearing *hearing)
{
    coch_output output = {0};
    coch_report_names names = {.score = o->score,
                               .source = o->from_file ? o->from_file : o->from_midi,
                               .device = hearing->device,
                               .seconds = hearing->seconds};
    errno = 0;
    cochlea_status status = coch_output_open(&output, o->report);
    if (status != COCHLEA_OK)
        return fail(o->report, reason(status));
    coch_report_json(report, session, &names, output.file);
    status = coch_output_commit(&output);
    return status == COCHLEA_OK ? EXIT_DONE : fail(o->report, reason(status));
}

static int remember(const memory *m, const coch_report *report, double seconds)
{
    if (!m->store || practice_store_save(m->store, m->sitting, report, seconds, 1) == 0)
        return EXIT_DONE;
    return fail("practice.db", practice_store_why(m->store));
}

static int report(const practice_options *o, const coch_session *session, const practice_hearing *hearing,
                  const memory *m)
{
    coch_report made;
    cochlea_status status = coch_report_make(&made, session);
    int failed = status == COCHLEA_OK ? EXIT_DONE : fail(o->score, cochlea_status_text(status));
    if (!failed)
        failed = remember(m, &made, hearing->seconds);
    if (!failed && o->report)
        failed = write_report(o, session, &made, hearing);
    if (!failed && !o->quiet) {
        if (isatty(STDERR_FILENO))
            fputs("\r\033[K", stderr);
        coch_report_text(&made, session, stdout);
    }
    coch_report_free(&made);
    return failed;
}

/* ---- What is heard ---- */

/* Weights and settings of the ear, with the tuning of the device. */
static int open_model(const practice_options *o, const memory *m, cochlea_model **model,
                      cochlea_settings *settings)
{
    char why[WHY_SIZE] = "";
    cochlea_settings_default(settings);
    settings->sustain = 0;
    if (m->device.a4_hz >= 400.0 && m->device.a4_hz <= 480.0)
        settings->tuning_hz = m->device.a4_hz;
    cochlea_status status = cochlea_model_open(model, o->weights, why, sizeof why);
    if (status != COCHLEA_OK)
        return fail(o->weights ? o->weights : "built-in weights", why[0] ? why : cochlea_status_text(status));
    return EXIT_DONE;
}

static int hear_file(const practice_options *o, practice_hearing *hearing, const memory *m)
{
    char why[WHY_SIZE] = "";
    cochlea_model *model;
    cochlea_settings settings;
    int status = open_model(o, m, &model, &settings);
    if (status != EXIT_DONE)
        return status;
    int failed = practice_hear_file(hearing, o->from_file, model, &settings, why, sizeof why);
    cochlea_model_close(model);
    return failed ? fail(o->from_file, why) : EXIT_DONE;
}

static int hear(const practice_options *o, practice_hearing *hearing, const memory *m)
{
    char why[WHY_SIZE] = "";
    if (o->from_file)
        return hear_file(o, hearing, m);
    return practice_hear_midi(hearing, o->from_midi, why, sizeof why) ? fail(o->from_midi, why) : EXIT_DONE;
}

/* Puts a side output in place, or drops it after a failure. */
static int finish_output(coch_output *output, const char *path, int failed)
{
    cochlea_status status = COCHLEA_OK;
    errno = 0;
    if (failed || !path)
        coch_output_discard(output);
    else
        status = coch_output_commit(output);
    return status == COCHLEA_OK ? failed : fail(path, reason(status));
}

/* What was played along, as sound or as MIDI, by the name of the file. */
static int save_band(const practice_options *o, const practice_hearing *hearing)
{
    char why[WHY_SIZE];
    coch_smf_writer *writer;
    const char *dot = strrchr(o->band, '.');
    if (dot && strcasecmp(dot, ".wav") == 0)
        return practice_sound_save(o->band, o->font, hearing->band, hearing->band_count, hearing->seconds,
                                   why, sizeof why)
                   ? fail(o->band, why)
                   : EXIT_DONE;
    cochlea_status status = coch_smf_writer_new(&writer, BAND_DIVISION, "Cochlea");
    for (size_t i = 0; status == COCHLEA_OK && i < hearing->band_count; i++)
        status = coch_smf_writer_message(writer, hearing->band[i].time, hearing->band[i].bytes, 3);
    errno = 0;
    if (status == COCHLEA_OK)
        status = coch_smf_writer_save(writer, hearing->seconds, o->band);
    coch_smf_writer_free(writer);
    return status == COCHLEA_OK ? EXIT_DONE : fail(o->band, reason(status));
}

static int sit(const practice_options *o, coch_session *session, const memory *m)
{
    coch_output follow = {0};
    practice_hearing hearing = {.session = session, .context = (void *)(uintptr_t)o->score};
    if (isatty(STDERR_FILENO) && !o->quiet)
        hearing.progress = show_progress;
    errno = 0;
    cochlea_status status = o->follow ? coch_output_open(&follow, o->follow) : COCHLEA_OK;
    if (status != COCHLEA_OK)
        return fail(o->follow, reason(status));
    hearing.follow = follow.file;
    hearing.keep_band = o->band != NULL;
    int failed = hear(o, &hearing, m);
    failed = finish_output(&follow, o->follow, failed);
    if (!failed && o->band)
        failed = save_band(o, &hearing);
    free(hearing.band);
    return failed ? failed : report(o, session, &hearing, m);
}

static void free_score(coch_score *score)
{
    if (score)
        coch_score_free(score);
    free(score);
}

/* Live, or a recording in the window: that keeps its sittings itself. Without a score, from the library on.
 */
static int sit_live(practice_options *o, const coch_score *score, const memory *m)
{
    char why[WHY_SIZE] = "";
    cochlea_model *model;
    practice_window_options options = {.program = o, .score = score, .store = m->store};
    practice_window_result result;
    const memory nowhere = {0};
    int status = open_model(o, m, &model, &options.settings);
    if (status != EXIT_DONE)
        return status;
    options.model = model;
    if (practice_window_run(&options, &result, why, sizeof why) != 0) {
        fprintf(stderr, "cochlea practice: %s\n", why);
        status = EXIT_FAILED;
    } else if (result.session) {
        const practice_hearing hearing = {.seconds = result.seconds, .device = result.device};
        practice_options played = *o;
        played.score = o->score ? o->score : result.path;
        status = report(&played, result.session, &hearing, &nowhere);
        if (status == EXIT_DONE && result.trouble[0])
            status = fail("practice.db", result.trouble);
    }
    if (status == EXIT_DONE && result.lost[0]) {
        fprintf(stderr, "cochlea practice: %s is gone\n", result.lost);
        status = EXIT_FAILED;
    }
    coch_session_free(result.session);
    free_score(result.score);
    cochlea_model_close(model);
    return status;
}

/* Opens the memory and looks up the device; a latency on the command line counts more. */
static int open_memory(practice_options *o, memory *m)
{
    int found = 0, status;
    *m = (memory){.device = {NAN, NAN, NAN, NAN}};
    if (o->no_store)
        return EXIT_DONE;
    if ((status = practice_open_store(&m->store, o)) != EXIT_DONE)
        return status;
    if (practice_is_live(o))
        practice_settings_recall(o, m->store);
    if (!o->input || practice_is_live(o)) /* the device itself tells its name */
        return status;
    if (practice_store_get_device(m->store, o->input, &m->device, &found) != 0)
        return fail(o->input, practice_store_why(m->store));
    if (!found)
        return fail(o->input, "was never set up (cochlea practice --set-up)");
    if (!(o->given & 1u << PRACTICE_GIVEN_LATENCY) && !isnan(m->device.latency_ms))
        o->session.latency_ms = m->device.latency_ms;
    o->session.margin_db = coch_setup_margin(&m->device);
    return EXIT_DONE;
}

static int begin_sitting(const practice_options *o, const coch_score *score, memory *m)
{
    const char *source = o->input ? o->input : o->from_file ? "file" : "midi";
    if (!m->store || practice_store_begin(m->store, o->key, score, source, &o->session, (int64_t)time(NULL),
                                          &m->sitting) == 0)
        return EXIT_DONE;
    return fail("practice.db", practice_store_why(m->store));
}

static int set_range(practice_options *o, const coch_score *score)
{
    unsigned wrong = o->loop_first > score->bar_count ? o->loop_first : o->loop_last;
    if (wrong > score->bar_count) {
        fprintf(stderr, "cochlea: %s: has %zu bars, none of number %u\n", o->score, score->bar_count, wrong);
        return EXIT_FAILED;
    }
    if (o->loop_first) {
        o->session.first_bar = o->loop_first - 1;
        o->session.end_bar = o->loop_last;
    }
    return EXIT_DONE;
}

static int practise(practice_options *o, const coch_score *score)
{
    memory m;
    coch_session *session = NULL;
    int status = set_range(o, score);
    if (status != EXIT_DONE)
        return status;
    status = open_memory(o, &m);
    if (status == EXIT_DONE && (o->window || (!o->from_file && !o->from_midi))) {
        status = sit_live(o, score, &m);
        practice_store_close(m.store);
        return status;
    }
    cochlea_status made = status == EXIT_DONE ? coch_session_new(&session, score, &o->session) : COCHLEA_OK;
    if (made != COCHLEA_OK)
        status = fail(o->score, practice_shelf_reason(made));
    if (status == EXIT_DONE)
        status = begin_sitting(o, score, &m);
    if (status == EXIT_DONE)
        status = sit(o, session, &m);
    coch_session_free(session);
    practice_store_close(m.store);
    return status;
}

/* From the library on: the folder given, or the last one. */
static int choose(practice_options *o)
{
    memory m;
    int status = open_memory(o, &m);
    if (status == EXIT_DONE && !o->folder[0] && m.store &&
        practice_store_get(m.store, "folder", o->folder, sizeof o->folder) != 0)
        status = fail("practice.db", practice_store_why(m.store));
    if (status == EXIT_DONE && !o->folder[0]) {
        fputs("cochlea practice: no score given, and no folder of scores yet; 'cochlea practice --help' "
              "tells more\n",
              stderr);
        status = EXIT_USAGE;
    }
    if (status == EXIT_DONE)
        status = sit_live(o, NULL, &m);
    practice_store_close(m.store);
    return status;
}

int cmd_practice(int argc, char **argv)
{
    practice_options o;
    coch_score score;
    int status = practice_parse(&o, argc, argv);
    if (status >= 0)
        return status;
    if (o.library || o.export_to || o.set_up || o.history)
        return o.library     ? practice_library(&o)
               : o.export_to ? practice_export(&o)
               : o.set_up    ? practice_set_up(&o)
                             : practice_history(&o);
    if (!o.score)
        return choose(&o);
    coch_score_options parts = {o.parts};
    errno = 0;
    cochlea_status read = coch_score_read(&score, o.score, &parts);
    status = read == COCHLEA_OK ? practise(&o, &score) : fail(o.score, practice_shelf_reason(read));
    coch_score_free(&score);
    return status;
}
