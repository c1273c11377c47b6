/* Models for tests of the library and of the set-up page: the same on every machine. */
#ifndef TEST_VIEW_LIBRARY_SCENES_H
#define TEST_VIEW_LIBRARY_SCENES_H

#include "view/library_draw.h"
#include "view/set_up_draw.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LSCENE_ROWS = 20, LSCENE_TODAY = 20410 }; /* a day of November 2025 */

typedef struct lscene_data {
    coch_library_row rows[LSCENE_ROWS];
    uint32_t shown[LSCENE_ROWS];
} lscene_data;

static const char *const lscene_pieces[LSCENE_ROWS][2] = {
    {"Gute Nacht", "Franz Schubert"},
    {"F\xC3\xBCr Elise", "Ludwig van Beethoven"},
    {"Toccatina op. 6 Nr. 1", "Clara Schumann"},
    {"Die liebe Farbe", "Franz Schubert"},
    {"Pr\xC3\xA9lude op. 28 no. 4", "Fr\xC3\xA9"
                                    "d\xC3\xA9ric Chopin"},
    {"Invention 8", "J. S. Bach"},
    {"Mondnacht", "Robert Schumann"},
    {"Unfinished sketch", ""},
    {"G\xC3\xA5ngl\xC3\xA5t", "Trad."},
    {"September", "Fanny Hensel"},
    {"Gymnop\xC3\xA9"
     "die no. 1",
     "Erik Satie"},
    {"Arabesque op. 100 no. 2", "Friedrich Burgm\xC3\xBCller"},
    {"Minuet in G", "Christian Petzold"},
    {"Consolation no. 3", "Franz Liszt"},
    {"Clair de lune", "Claude Debussy"},
    {"Sonata facile, 1", "W. A. Mozart"},
    {"To a Wild Rose", "Edward MacDowell"},
    {"Solfeggietto", "C. P. E. Bach"},
    {"Waltz op. 39 no. 15", "Johannes Brahms"},
    {"Maple Leaf Rag", "Scott Joplin"},
};

static void lscene_row(coch_library_row *row, int i)
{
    unsigned dice = (unsigned)i * 2654435761u >> 20;
    *row = (coch_library_row){.state = COCH_LIBRARY_READ,
                              .bars = 12 + dice % 90,
                              .notes = 400,
                              .seconds = (float)(35 + dice % 200),
                              .accuracy = NAN,
                              .in_time = NAN,
                              .trouble = NAN};
    const char *const *names = lscene_pieces[i];
    snprintf(row->names.title, sizeof row->names.title, "%s", names[0]);
    snprintf(row->names.composer, sizeof row->names.composer, "%s", names[1]);
    if (i == 7) {
        row->state = COCH_LIBRARY_BROKEN;
        row->reason = "is no MIDI file, or a damaged one";
    }
    if (i % 3 == 2 || i == 7)
        return;
    row->sittings = 1 + dice % 30;
    row->accuracy = 0.70f + (float)(dice % 30) / 100.0f;
    row->in_time = 0.8f;
    row->last_day = LSCENE_TODAY - (i < 2 ? i : (int)(dice % 40));
    row->last = (int64_t)row->last_day * 86400 + 43200;
    row->troubled = dice % 9;
    row->trouble = (float)row->troubled * 0.05f;
    for (int c = 0; c < COCH_LIBRARY_CELLS && c < 20 + (int)(dice % 60); c++)
        row->cells[c] =
            (uint8_t)((unsigned)(c * 7 + (int)dice) % 11 < row->troubled ? 60 + (c * 37 + (int)dice) % 190
                                                                         : 1);
}

static void lscene_rows(coch_library *l, lscene_data *d, size_t count)
{
    memset(l, 0, sizeof *l);
    for (size_t i = 0; i < count; i++)
        lscene_row(&d->rows[i], (int)i);
    l->rows = d->rows;
    l->shown = d->shown;
    l->count = count;
    l->today = LSCENE_TODAY;
    l->hover = COCH_LIBRARY_NOWHERE;
    snprintf(l->folder, sizeof l->folder, "~/Music/Scores");
    snprintf(l->device, sizeof l->device, "system:capture_1");
    coch_library_arrange(l);
}

/* A hundred days of getting better, with days off. */
static void lscene_days(coch_library *l, int days)
{
    for (int i = 0; i < days; i++) {
        unsigned dice = (unsigned)(i * 2246822519u) >> 24;
        double done = (double)i / days, wave = sin(0.9 * i);
        if (dice % 3 == 0)
            continue;
        l->days[l->day_count++] =
            (coch_progress_day){.day = LSCENE_TODAY - days + 1 + i,
                                .count = 1 + dice % 4,
                                .minutes = (float)(8 + dice % 37),
                                .accuracy = (float)(0.71 + 0.23 * sqrt(done) + 0.02 * wave),
                                .pace = dice % 5 ? (float)(0.55 + 0.42 * done + 0.03 * wave) : NAN};
    }
}

static void lscene_library(coch_library *l, lscene_data *d)
{
    lscene_rows(l, d, LSCENE_ROWS);
    lscene_days(l, 84);
    l->selected = 3;
    l->hover = 5;
}

static void lscene_found(coch_library *l, lscene_data *d)
{
    lscene_rows(l, d, LSCENE_ROWS);
    lscene_days(l, 9);
    snprintf(l->find, sizeof l->find, "schu");
    l->order = COCH_LIBRARY_BY_TROUBLE;
    l->all = 1;
    coch_library_arrange(l);
    snprintf(l->notice, sizeof l->notice, "no JACK server is running");
    l->hover = COCH_LIBRARY_ON_SET_UP;
}

static void lscene_empty(coch_library *l, lscene_data *d)
{
    lscene_rows(l, d, 0);
}

typedef struct lscene {
    const char *name;
    void (*make)(coch_library *library, lscene_data *data);
    int width, height;
    double scale;
} lscene;

static const lscene lscenes[] = {
    {"library", lscene_library, 1280, 720, 1.0},        {"library_found", lscene_found, 1280, 720, 1.0},
    {"library_hidpi", lscene_library, 2560, 1440, 2.0}, {"library_small", lscene_library, 640, 400, 1.0},
    {"library_empty", lscene_empty, 1280, 720, 1.0},
};

#define LSCENES (sizeof lscenes / sizeof *lscenes)

/* ---- Set-up ---- */

static void uscene_ready(coch_set_up *p)
{
    *p = (coch_set_up){.result = {NAN, NAN, NAN, NAN},
                       .peak = 0.004f,
                       .hover = -1,
                       .clicks = 1,
                       .input = 1,
                       .input_count = 3};
    snprintf(p->device, sizeof p->device, "system:capture_1");
}

static void uscene_runs(coch_set_up *p)
{
    uscene_ready(p);
    p->state = COCH_SET_UP_RUNS;
    p->stage = COCH_SETUP_TUNE;
    p->left = 6.4;
    p->result.noise_db = -58.0;
    p->peak = 0.12f;
    p->hover = COCH_SET_UP_BACK;
}

static void uscene_measured(coch_set_up *p)
{
    uscene_ready(p);
    p->state = COCH_SET_UP_MEASURED;
    p->result = (coch_setup_result){-58.0, -7.0, 441.3, 38.0};
}

static void uscene_deaf(coch_set_up *p)
{
    uscene_measured(p);
    p->result = (coch_setup_result){-70.0, -55.0, NAN, NAN};
    p->clicks = 0;
}

typedef struct uscene {
    const char *name;
    void (*make)(coch_set_up *page);
    int width, height;
    double scale;
} uscene;

static const uscene uscenes[] = {
    {"set_up_ready", uscene_ready, 1280, 720, 1.0},       {"set_up_runs", uscene_runs, 1280, 720, 1.0},
    {"set_up_measured", uscene_measured, 1280, 720, 1.0}, {"set_up_deaf", uscene_deaf, 640, 400, 1.0},
    {"set_up_hidpi", uscene_measured, 2560, 1440, 2.0},
};

#define USCENES (sizeof uscenes / sizeof *uscenes)

#endif
