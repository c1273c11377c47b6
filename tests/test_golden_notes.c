/* The golden signal through net and tracker: note for note what the training code's decoder makes of it. */
#include "dsp/cpu.h"
#include "golden_sound.h"
#include "listen/piano.h"
#include "music/tracker.h"
#include "net/gguf.h"
#include "npy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { NOTES_MAX = 1024, COLUMNS = 6 };

/* Velocities may round the other way; times are kept with four digits in the golden files. */
static const double TIME_TOLERANCE = 2e-4, VELOCITY_TOLERANCE = 1.0;

typedef struct table {
    double row[NOTES_MAX][COLUMNS];
    size_t count;
} table;

typedef struct heard {
    table notes; /* onset, offset, note, velocity, sent */
    table pedal; /* time, down, sent */
} heard;

static FILE *open_golden(const char *name)
{
    char path[4096];
    const char *folder = getenv("COCHLEA_GOLDENS");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "tests/goldens", name);
    return fopen(path, "r");
}

static void read_table(const char *name, size_t columns, table *t)
{
    char line[256];
    FILE *file = open_golden(name);
    assert_non_null(file);
    t->count = 0;
    while (fgets(line, sizeof line, file)) {
        char *at = line;
        if (line[0] == '#')
            continue;
        assert_in_range(t->count, 0, NOTES_MAX - 1);
        for (size_t c = 0; c < columns; c++)
            t->row[t->count][c] = strtod(at, &at);
        t->count++;
    }
    fclose(file);
}

/* Keeps what the tracker has decided at `sent`; a note-off closes the latest row of its note. */
static void keep(heard *h, const coch_track *tracks, size_t count, double sent)
{
    for (size_t i = 0; i < count; i++) {
        const coch_track *x = &tracks[i];
        table *t = x->type == COCH_TRACK_PEDAL ? &h->pedal : &h->notes;
        size_t at = t->count;
        if (x->type == COCH_TRACK_OFF) {
            while (at > 0 && t->row[at - 1][2] != x->note)
                at--;
            assert_true(at > 0);
            t->row[at - 1][1] = x->time;
            continue;
        }
        assert_in_range(at, 0, NOTES_MAX - 1);
        t->count++;
        t->row[at][0] = x->time;
        t->row[at][1] = x->type == COCH_TRACK_PEDAL ? x->velocity > 0 : 0;
        t->row[at][2] = x->type == COCH_TRACK_PEDAL ? sent : x->note;
        t->row[at][3] = x->velocity;
        t->row[at][4] = sent;
    }
}

static void hear(heard *h, int sustain)
{
    coch_gguf *file;
    coch_piano_model *model;
    coch_piano *piano;
    coch_tracker tracker;
    coch_tracker_options options;
    coch_track tracks[COCH_TRACK_MAX];
    size_t size, frames = 0;
    const void *bytes = coch_piano_default_weights(&size);
    golden_sound sound = golden_sound_open("piano");
    assert_non_null(sound.samples);
    assert_int_equal(coch_gguf_open_memory(&file, bytes, size, NULL, 0), COCHLEA_OK);
    assert_int_equal(coch_piano_model_new(&model, file, NULL, 0), COCHLEA_OK);
    assert_int_equal(coch_piano_new(&piano, model, coch_kernels_select(COCH_CPU_ALL)), COCHLEA_OK);
    coch_tracker_default_options(coch_piano_model_tracker(model), &options);
    options.sustain = sustain;
    coch_tracker_init(&tracker, coch_piano_model_tracker(model), &options);
    const size_t hop = coch_piano_model_hop(model);
    for (size_t at = 0; at + hop <= sound.count; at += hop) {
        size_t count = coch_tracker_process(&tracker, coch_piano_process(piano, sound.samples + at), tracks);
        keep(h, tracks, count, (double)++frames * 0.01);
    }
    keep(h, tracks, coch_tracker_flush(&tracker, (double)frames * 0.01, tracks), (double)frames * 0.01);
    free(sound.samples);
    coch_piano_free(piano);
    coch_piano_model_free(model);
    coch_gguf_free(file);
}

static void compare(const table *found, const table *golden, const double *tolerance, size_t columns)
{
    assert_int_equal(found->count, golden->count);
    for (size_t i = 0; i < golden->count; i++)
        for (size_t c = 0; c < columns; c++)
            if (!(fabs(found->row[i][c] - golden->row[i][c]) <= tolerance[c]))
                fail_msg("row %zu, column %zu: %g instead of %g", i, c, found->row[i][c], golden->row[i][c]);
}

static void notes_equal_goldens(void **state)
{
    static heard h;
    static table golden;
    const double tolerance[] = {TIME_TOLERANCE, TIME_TOLERANCE, 0, VELOCITY_TOLERANCE, TIME_TOLERANCE};
    (void)state;
    hear(&h, 0);
    read_table("piano_notes.tsv", COLUMNS, &golden);
    assert_true(golden.count > 10);
    compare(&h.notes, &golden, tolerance, 5);
    assert_int_equal(h.pedal.count, 0);
}

/* With the pedal's events notes end at key release. */
static void pedal_equals_goldens(void **state)
{
    static heard h;
    static table golden, notes;
    const double tolerance[] = {TIME_TOLERANCE, TIME_TOLERANCE, TIME_TOLERANCE},
                 of_notes[] = {TIME_TOLERANCE, TIME_TOLERANCE, 0, VELOCITY_TOLERANCE, TIME_TOLERANCE};
    (void)state;
    hear(&h, 1);
    read_table("piano_pedal.tsv", 3, &golden);
    compare(&h.pedal, &golden, tolerance, 3);
    read_table("piano_released.tsv", COLUMNS, &notes);
    compare(&h.notes, &notes, of_notes, 5);
}

/* The decider alone, on a minute of probabilities that wander, with the reference's default parameters. */
static void pedal_changes_equal_goldens(void **state)
{
    static const coch_pedal_config config = {.least = {0.22f, 0.5f},
                                             .on = 0.7f,
                                             .off = 0.3f,
                                             .gap_frames = 8,
                                             .on_frames = 10,
                                             .off_frames = 5,
                                             .hold_frames = 20,
                                             .search_frames = 40,
                                             .delay = {0.125, 0.065},
                                             .frame_seconds = 0.01};
    static table golden;
    const double tolerance = 1e-4;
    coch_pedal pedal;
    coch_pedal_change changes[COCH_PEDAL_CHANGES_MAX];
    npy probabilities = npy_open("pedal_heard");
    size_t found = 0;
    (void)state;
    assert_non_null(probabilities.data);
    read_table("pedal_changes.tsv", 3, &golden);
    coch_pedal_reset(&pedal, &config);
    for (size_t t = 0; t < probabilities.shape[0]; t++) {
        double end = (double)(t + 1) * 0.01;
        size_t count = coch_pedal_process(&pedal, probabilities.data + 3 * t, end, t % 500 > 50, changes);
        for (size_t i = 0; i < count; i++, found++) {
            assert_true(found < golden.count);
            assert_true(fabs(changes[i].time - golden.row[found][0]) < tolerance);
            assert_int_equal(changes[i].down, (int)golden.row[found][1]);
            assert_true(fabs(end - golden.row[found][2]) < 1e-9);
        }
    }
    assert_int_equal(found, golden.count);
    assert_true(found > 100);
    free(probabilities.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_equal_goldens),
        cmocka_unit_test(pedal_equals_goldens),
        cmocka_unit_test(pedal_changes_equal_goldens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
