#include "practice_tools.h"

#include "audio_file.h"
#include "base/output.h"
#include "commands.h"
#include "practice_shelf.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { WHY_SIZE = 256, HISTORY_SHOWN = 1000 };

static int fail(const char *path, const char *why)
{
    fprintf(stderr, "cochlea: %s: %s\n", path, why);
    return EXIT_FAILED;
}

int practice_open_store(practice_store **store, const practice_options *o)
{
    char path[PRACTICE_STORE_PATH], why[WHY_SIZE];
    *store = NULL;
    if (o->store)
        snprintf(path, sizeof path, "%s", o->store);
    else if (practice_store_path(path) != 0)
        return fail("practice.db", "neither XDG_DATA_HOME nor HOME tells where it belongs");
    return practice_store_open(store, path, why, sizeof why) ? fail(path, why) : EXIT_DONE;
}

static void print_date(int64_t started)
{
    char text[32];
    time_t seconds = (time_t)started;
    struct tm local;
    if (localtime_r(&seconds, &local) && strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local))
        printf("%s", text);
}

static void print_share(double share)
{
    if (isnan(share))
        printf("     -");
    else
        printf("%5.1f%%", 100.0 * share);
}

/* ---- The library ---- */

static void print_score(const coch_library_row *row, const char *name)
{
    if (row->state != COCH_LIBRARY_READ) {
        printf("%-32s  %s\n", name, row->reason);
        return;
    }
    printf("%-32s  %2.0f:%02d %4u bars  ", name, floor(row->seconds / 60.0), (int)fmod(row->seconds, 60.0),
           row->bars);
    if (row->sittings > 0) {
        print_date(row->last);
        printf("  right ");
        print_share(row->accuracy);
        printf("  in time ");
        print_share(row->in_time);
        printf("  %u bar%s to practise", row->troubled, row->troubled == 1 ? "" : "s");
    } else {
        printf("not practised yet");
    }
    printf("  %s%s%s\n", row->names.composer, row->names.composer[0] ? ": " : "", row->names.title);
}

int practice_library(const practice_options *o)
{
    practice_store *store;
    practice_shelf *shelf;
    char why[WHY_SIZE];
    if (practice_shelf_open(&shelf, o->library, why, sizeof why) != 0)
        return fail(o->library, why);
    int status = practice_open_store(&store, o);
    size_t prefix = strlen(practice_shelf_folder(shelf)) + 1;
    for (size_t i = 0; status == EXIT_DONE && practice_shelf_read(shelf, store); i++)
        print_score(practice_shelf_row(shelf, i), practice_shelf_path(shelf, i) + prefix);
    practice_shelf_close(shelf);
    practice_store_close(store);
    return status;
}

int practice_history(const practice_options *o)
{
    practice_store *store;
    size_t count = 0;
    int status = practice_open_store(&store, o);
    practice_sitting *sittings = calloc(HISTORY_SHOWN, sizeof *sittings);
    if (status == EXIT_DONE && !sittings)
        status = fail(o->score, "out of memory");
    if (status == EXIT_DONE && practice_store_history(store, o->key, sittings, HISTORY_SHOWN, &count) != 0)
        status = fail(o->score, practice_store_why(store));
    for (size_t i = 0; i < count; i++) {
        print_date(sittings[i].started);
        printf("  %-5s %-5s %4.0f%%  right ", sittings[i].mode, sittings[i].hand, 100.0 * sittings[i].tempo);
        print_share(sittings[i].accuracy);
        printf("  in time ");
        print_share(sittings[i].in_time);
        printf("  %u of %u notes%s\n", sittings[i].judged, sittings[i].expected,
               sittings[i].finished ? "" : ", broken off");
    }
    free(sittings);
    practice_store_close(store);
    return status;
}

int practice_export(const practice_options *o)
{
    practice_store *store;
    coch_output output = {0};
    const char *dot = strrchr(o->export_to, '.');
    int json = dot && strcasecmp(dot, ".json") == 0;
    int status = practice_open_store(&store, o);
    if (status != EXIT_DONE)
        return status;
    errno = 0;
    const char *why = NULL;
    cochlea_status written = coch_output_open(&output, o->export_to);
    if (written == COCHLEA_OK) {
        if ((json ? practice_store_export_json : practice_store_export_csv)(store, output.file) == 0) {
            written = coch_output_commit(&output);
        } else {
            why = practice_store_why(store);
            coch_output_discard(&output);
        }
    }
    if (written != COCHLEA_OK)
        why = errno ? strerror(errno) : cochlea_status_text(written);
    if (why)
        status = fail(o->export_to, why);
    practice_store_close(store);
    return status;
}

/* ---- Set-up ---- */

static void print_result(const coch_setup_result *r)
{
    const char *advice = coch_setup_advice(r);
    printf("noise    ");
    isnan(r->noise_db) ? printf("not measured\n") : printf("%.1f dB below full scale\n", -r->noise_db);
    printf("level    ");
    isnan(r->level_db) ? printf("not measured\n")
                       : printf("%.1f dB below full scale at the loudest\n", -r->level_db);
    printf("tuning   ");
    isnan(r->a4_hz) ? printf("not measured\n") : printf("A4 = %.1f Hz\n", r->a4_hz);
    printf("latency  ");
    isnan(r->latency_ms) ? printf("not measured\n") : printf("%.0f ms\n", r->latency_ms);
    if (advice)
        printf("%s\n", advice);
}

static int measure(const char *path, coch_setup_result *result)
{
    char why[WHY_SIZE];
    audio_file file;
    coch_setup *setup;
    float mono[AUDIO_FILE_BLOCK];
    if (audio_file_open(&file, path, why, sizeof why) != 0)
        return fail(path, why);
    cochlea_status status = coch_setup_new(&setup, file.info.samplerate);
    if (status == COCHLEA_OK) {
        size_t n;
        while ((n = audio_file_read(&file, mono)) > 0)
            coch_setup_feed(setup, mono, n);
        coch_setup_get(setup, result);
    }
    coch_setup_free(setup);
    audio_file_close(&file);
    return status == COCHLEA_OK ? EXIT_DONE : fail(path, cochlea_status_text(status));
}

int practice_set_up(const practice_options *o)
{
    practice_store *store = NULL;
    coch_setup_result result;
    int status = measure(o->set_up, &result);
    if (status != EXIT_DONE)
        return status;
    print_result(&result);
    if (o->no_store)
        return EXIT_DONE;
    status = practice_open_store(&store, o);
    if (status == EXIT_DONE &&
        practice_store_set_device(store, o->input ? o->input : "default", &result, (int64_t)time(NULL)) != 0)
        status = fail("practice.db", practice_store_why(store));
    practice_store_close(store);
    return status;
}
