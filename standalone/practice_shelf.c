#include "practice_shelf.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { DEPTH_MOST = 4, SCORES_MOST = 100000, BARS_MOST = 1 << 18 };

#define TROUBLE_LEAST 0.1f /* from which on a bar wants practice */

struct practice_shelf {
    char folder[PRACTICE_STORE_PATH];
    char **paths; /* [count] */
    coch_library_row *rows;
    uint32_t *shown; /* room for the library */
    size_t count, read;
};

/* ---- Names ---- */

void practice_shelf_key(const char *path, char key[PRACTICE_STORE_PATH])
{
    char *whole = realpath(path, NULL);
    snprintf(key, PRACTICE_STORE_PATH, "%s", whole ? whole : path);
    free(whole);
}

const char *practice_shelf_reason(cochlea_status status)
{
    switch (status) {
    case COCHLEA_ERROR_MISSING:
        return "has no notes to practise";
    case COCHLEA_ERROR_FORMAT:
        return "is no MIDI file, or a damaged one";
    case COCHLEA_ERROR_UNSUPPORTED:
        return "is a kind of MIDI file that is not supported, or too large";
    default:
        return (status == COCHLEA_ERROR_OPEN || status == COCHLEA_ERROR_WRITE) && errno != 0
                   ? strerror(errno)
                   : cochlea_status_text(status);
    }
}

/* ---- Finding ---- */

static int is_score(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && (strcasecmp(dot, ".mid") == 0 || strcasecmp(dot, ".midi") == 0);
}

static int add(practice_shelf *s, const char *path)
{
    char **more = realloc(s->paths, (s->count + 1) * sizeof *more);
    if (!more)
        return -1;
    s->paths = more;
    s->paths[s->count] = strdup(path);
    s->count += s->paths[s->count] != NULL;
    return 0;
}

/* What cannot be opened on the way down is passed over. */
static int find(practice_shelf *s, const char *folder, int depth)
{
    DIR *open = opendir(folder);
    if (!open)
        return -1;
    for (struct dirent *entry; (entry = readdir(open)) && s->count < SCORES_MOST;) {
        char path[PRACTICE_STORE_PATH];
        struct stat about;
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.' || length >= (int)sizeof path || stat(path, &about) != 0)
            continue;
        if (S_ISDIR(about.st_mode) && depth < DEPTH_MOST)
            find(s, path, depth + 1);
        else if (S_ISREG(about.st_mode) && is_score(entry->d_name) && add(s, path) != 0)
            break;
    }
    closedir(open);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int practice_shelf_open(practice_shelf **made, const char *folder, char *why, size_t why_size)
{
    practice_shelf *s = *made = calloc(1, sizeof *s);
    int failed = -1;
    errno = s ? 0 : ENOMEM;
    if (s) {
        practice_shelf_key(folder, s->folder);
        failed = find(s, s->folder, 0);
    }
    if (!failed) {
        if (s->count)
            qsort(s->paths, s->count, sizeof *s->paths, by_name);
        s->rows = calloc(s->count + 1, sizeof *s->rows);
        s->shown = calloc(s->count + 1, sizeof *s->shown);
        failed = s->rows && s->shown ? 0 : -1;
    }
    if (failed) {
        snprintf(why, why_size, "%s", strerror(errno ? errno : ENOMEM));
        practice_shelf_close(s);
        *made = NULL;
        return -1;
    }
    for (size_t i = 0; i < s->count; i++) {
        s->rows[i] = (coch_library_row){.accuracy = NAN, .in_time = NAN, .trouble = NAN};
        coch_score_names_find(&s->rows[i].names, NULL, s->paths[i]);
    }
    return 0;
}

void practice_shelf_close(practice_shelf *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->count; i++)
        free(s->paths[i]);
    free(s->paths);
    free(s->rows);
    free(s->shown);
    free(s);
}

/* ---- Reading ---- */

static void mark_trouble(coch_library_row *row, const float *trouble)
{
    double sum = 0.0;
    uint32_t played = 0;
    memset(row->cells, 0, sizeof row->cells);
    row->troubled = 0;
    for (uint32_t b = 0; b < row->bars; b++) {
        if (isnan(trouble[b]))
            continue;
        uint8_t level = (uint8_t)(1.0 + 254.0 * fmin(1.0, trouble[b]));
        size_t from = (size_t)b * COCH_LIBRARY_CELLS / row->bars;
        size_t to = ((size_t)b + 1) * COCH_LIBRARY_CELLS / row->bars;
        for (size_t c = from; c < to || c == from; c++)
            row->cells[c] = level > row->cells[c] ? level : row->cells[c];
        row->troubled += trouble[b] >= TROUBLE_LEAST;
        sum += trouble[b];
        played++;
    }
    row->trouble = played ? (float)(sum / played) : NAN;
}

static void read_results(practice_store *store, const char *path, coch_library_row *row)
{
    practice_summary sum;
    float *trouble = row->bars <= BARS_MOST ? malloc((row->bars + 1) * sizeof *trouble) : NULL;
    if (practice_store_sum_up(store, path, &sum) == 0) {
        row->sittings = sum.sittings;
        row->last = sum.started;
        row->last_day = sum.day;
        row->accuracy = sum.accuracy;
        row->in_time = sum.in_time;
    }
    if (trouble && practice_store_bars(store, path, trouble, row->bars) == 0)
        mark_trouble(row, trouble);
    free(trouble);
}

static void read_score(const char *path, coch_library_row *row)
{
    coch_smf smf;
    coch_score score = {0};
    errno = 0;
    cochlea_status status = coch_smf_read(&smf, path);
    if (status == COCHLEA_OK) {
        coch_score_names_find(&row->names, &smf, path);
        status = coch_score_build(&score, &smf, NULL);
    }
    row->state = status == COCHLEA_OK ? COCH_LIBRARY_READ : COCH_LIBRARY_BROKEN;
    row->reason = status == COCHLEA_OK ? NULL : practice_shelf_reason(status);
    row->bars = (uint32_t)score.bar_count;
    row->notes = (uint32_t)score.note_count;
    row->seconds = (float)score.seconds;
    coch_score_free(&score);
    coch_smf_free(&smf);
}

int practice_shelf_read(practice_shelf *s, practice_store *store)
{
    if (s->read == s->count)
        return 0;
    size_t i = s->read++;
    read_score(s->paths[i], &s->rows[i]);
    if (store && s->rows[i].state == COCH_LIBRARY_READ)
        read_results(store, s->paths[i], &s->rows[i]);
    return 1;
}

void practice_shelf_renew(practice_shelf *s, practice_store *store, const char *path)
{
    for (size_t i = 0; i < s->read && store; i++)
        if (strcmp(s->paths[i], path) == 0 && s->rows[i].state == COCH_LIBRARY_READ)
            read_results(store, path, &s->rows[i]);
}

/* ---- Questions ---- */

const char *practice_shelf_folder(const practice_shelf *s)
{
    return s->folder;
}

size_t practice_shelf_count(const practice_shelf *s)
{
    return s->count;
}

const coch_library_row *practice_shelf_row(const practice_shelf *s, size_t index)
{
    return &s->rows[index];
}

const char *practice_shelf_path(const practice_shelf *s, size_t index)
{
    return s->paths[index];
}

#ifdef HAVE_WINDOW
void practice_shelf_show(practice_shelf *s, coch_library *library)
{
    size_t length = strlen(s->folder), most = COCH_LIBRARY_TEXT - 8;
    library->rows = s->rows;
    library->shown = s->shown;
    library->count = s->count;
    library->shown_count = library->selected = library->top = 0;
    coch_text_utf8(library->folder, sizeof library->folder, s->folder + (length > most ? length - most : 0));
    coch_library_arrange(library);
}
#endif
