#include "music/quantize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int steps;
} grids[] = {{"1/4", 1}, {"1/8", 2}, {"1/8t", 3}, {"1/16", 4}, {"1/16t", 6}, {"1/32", 8}};

enum { GRIDS = sizeof grids / sizeof *grids };

int coch_grid_parse(const char *text)
{
    if (strcmp(text, "auto") == 0)
        return 0;
    for (int i = 0; i < GRIDS; i++)
        if (strcmp(text, grids[i].name) == 0)
            return grids[i].steps;
    return -1;
}

double coch_beats_at(const coch_beats *beats, double seconds)
{
    size_t low = 0, high = beats->count - 1;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (beats->time[middle] <= seconds)
            low = middle;
        else
            high = middle;
    }
    return (double)low + (seconds - beats->time[low]) / (beats->time[high] - beats->time[low]);
}

/* Distance of an onset from the grid, in steps: -0.5..0.5. */
static double deviation(const coch_beats *beats, double seconds, int grid)
{
    double step = coch_beats_at(beats, seconds) * grid;
    return step - round(step);
}

int coch_grid_choose(const coch_beats *beats, const coch_note *notes, size_t count)
{
    int chosen = grids[0].steps;
    double least = INFINITY;
    for (int i = 0; i < GRIDS; i++) {
        double sum = 0;
        for (size_t n = 0; n < count; n++) {
            double d = deviation(beats, notes[n].on, grids[i].steps);
            sum += d * d;
        }
        if (sum < least) {
            least = sum;
            chosen = grids[i].steps;
        }
    }
    return chosen;
}

static int by_onset(const void *left, const void *right)
{
    const coch_note *a = left, *b = right;
    if (a->on != b->on)
        return a->on < b->on ? -1 : 1;
    return a->note - b->note;
}

/* Times become whole steps. */
static void snap(const coch_beats *beats, int grid, coch_note *notes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        double on = round(coch_beats_at(beats, notes[i].on) * grid);
        double off = round(coch_beats_at(beats, notes[i].off) * grid);
        notes[i].on = on < 0 ? 0 : on;
        notes[i].off = fmax(off, notes[i].on + 1);
    }
}

/* One note per key at a time. */
static size_t separate(coch_note *notes, size_t count)
{
    size_t kept = 0;
    size_t last[128]; /* place of each key's last note, plus one */
    memset(last, 0, sizeof last);
    for (size_t i = 0; i < count; i++) {
        size_t *place = &last[notes[i].note & 127];
        coch_note *before = *place ? &notes[*place - 1] : NULL;
        if (before && before->on == notes[i].on) {
            before->off = fmax(before->off, notes[i].off);
            before->velocity = before->velocity > notes[i].velocity ? before->velocity : notes[i].velocity;
            continue;
        }
        if (before)
            before->off = fmin(before->off, notes[i].on);
        notes[kept] = notes[i];
        *place = ++kept;
    }
    return kept;
}

size_t coch_quantize(const coch_beats *beats, int grid, coch_note *notes, size_t count)
{
    double step_seconds = 60 / beats->tempo / grid;
    snap(beats, grid, notes, count);
    qsort(notes, count, sizeof *notes, by_onset);
    count = separate(notes, count);
    for (size_t i = 0; i < count; i++) {
        notes[i].on *= step_seconds;
        notes[i].off *= step_seconds;
    }
    return count;
}

void coch_beats_free(coch_beats *beats)
{
    free(beats->time);
    *beats = (coch_beats){0};
}
