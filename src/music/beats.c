#include "music/quantize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FRAME 0.010         /* seconds of a frame of onset strength */
#define SPREAD 0.020        /* seconds: the width of an onset in it */
#define PERIOD_MIN 0.300    /* seconds: 200 beats per minute */
#define PERIOD_MAX 1.000    /* 60 */
#define PERIOD_LIKELY 0.500 /* centre of the prior, */
#define PERIOD_OCTAVES 0.9  /* and its width */
#define TIGHTNESS 100.0     /* of the beat against the period, Ellis' alpha */
#define SECONDS_MAX 86400.0 /* of a piece: bounds the memory */
#define GROUP 0.030         /* seconds within which onsets are one chord */

enum { FEW = 4, SMOOTH = 4 /* beats to each side of a smoothed one */ };

typedef struct tracker {
    size_t frames;
    double *strength; /* [frames] of onsets */
    double *score;    /* [frames] of the best series that ends here */
    int *before;      /* [frames] the beat before in that series, or -1 */
} tracker;

static void add_onset(tracker *t, double seconds, double weight)
{
    long first = lrint((seconds - 3 * SPREAD) / FRAME), last = lrint((seconds + 3 * SPREAD) / FRAME);
    for (long f = first < 0 ? 0 : first; f <= last && (size_t)f < t->frames; f++) {
        double d = ((double)f * FRAME - seconds) / SPREAD;
        t->strength[f] += weight * exp(-0.5 * d * d);
    }
}

/* Louder notes mark the beat more, and a chord more than its notes, but less than their sum. */
static void fill_strength(tracker *t, const coch_note *notes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        add_onset(t, notes[i].on, 0.3 + notes[i].velocity / 127.0);
    double sum = 0;
    for (size_t f = 0; f < t->frames; f++) {
        t->strength[f] = sqrt(t->strength[f]);
        sum += t->strength[f] * t->strength[f];
    }
    /* Of unit deviation over the places of onsets, so that the tightness means the same for every piece. */
    double scale = sum > 0 ? sqrt((double)count * 2 * SPREAD / FRAME / sum) : 1;
    for (size_t f = 0; f < t->frames; f++)
        t->strength[f] *= scale;
}

static double correlate(const tracker *t, size_t lag)
{
    double sum = 0;
    for (size_t f = lag; f < t->frames; f++)
        sum += t->strength[f] * t->strength[f - lag];
    return sum;
}

/* Frames of the most likely period; also the double and the half of it count for a period. */
static double find_period(const tracker *t)
{
    size_t first = (size_t)lrint(PERIOD_MIN / FRAME), last = (size_t)lrint(PERIOD_MAX / FRAME);
    double best = -1, period = PERIOD_LIKELY / FRAME;
    for (size_t lag = first; lag <= last; lag++) {
        double octaves = log2((double)lag * FRAME / PERIOD_LIKELY) / PERIOD_OCTAVES;
        double value = (correlate(t, lag) + 0.5 * correlate(t, 2 * lag)) * exp(-0.5 * octaves * octaves);
        if (value > best) {
            best = value;
            period = (double)lag;
        }
    }
    return period;
}

static void track(tracker *t, double period)
{
    int nearest = (int)lrint(period / 2), farthest = (int)lrint(2 * period);
    for (size_t f = 0; f < t->frames; f++) {
        double best = 0; /* a series may start anywhere */
        t->before[f] = -1;
        for (int lag = nearest; lag <= farthest && (size_t)lag <= f; lag++) {
            double octaves = log(lag / period);
            double value = t->score[f - (size_t)lag] - TIGHTNESS * octaves * octaves;
            if (value > best) {
                best = value;
                t->before[f] = (int)f - lag;
            }
        }
        t->score[f] = best + t->strength[f];
    }
}

static int last_beat(const tracker *t, double period)
{
    size_t first = t->frames > (size_t)period ? t->frames - (size_t)period : 0;
    size_t best = first;
    for (size_t f = first; f < t->frames; f++)
        if (t->score[f] > t->score[best])
            best = f;
    return (int)best;
}

/* Each beat on the line through its neighbours: a frame is too coarse a place, and players are not that
 * exact. */
static void smooth(double *to, const double *from, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t first = i > SMOOTH ? i - SMOOTH : 0, last = i + SMOOTH < count - 1 ? i + SMOOTH : count - 1;
        double n = (double)(last - first + 1), middle = (double)(first + last) / 2, mean = 0, xy = 0, xx = 0;
        for (size_t j = first; j <= last; j++)
            mean += from[j] / n;
        for (size_t j = first; j <= last; j++) {
            double x = (double)j - middle;
            xy += x * (from[j] - mean);
            xx += x * x;
        }
        to[i] = mean + (xx > 0 ? xy / xx * ((double)i - middle) : 0);
    }
}

static cochlea_status collect(coch_beats *beats, const tracker *t, double period)
{
    size_t count = 0;
    int last = last_beat(t, period);
    for (int f = last; f >= 0; f = t->before[f])
        count++;
    if (count < 2)
        return COCHLEA_ERROR_MISSING;
    double *raw = calloc(count, sizeof *raw);
    beats->time = malloc(count * sizeof *beats->time);
    if (!raw || !beats->time) {
        free(raw);
        return COCHLEA_ERROR_MEMORY;
    }
    size_t at = count;
    for (int f = last; f >= 0; f = t->before[f])
        raw[--at] = f * FRAME;
    smooth(beats->time, raw, count);
    free(raw);
    beats->count = count;
    return COCHLEA_OK;
}

static cochlea_status even(coch_beats *beats, double start)
{
    beats->time = malloc(2 * sizeof *beats->time);
    if (!beats->time)
        return COCHLEA_ERROR_MEMORY;
    beats->count = 2;
    beats->time[0] = start;
    beats->time[1] = start + PERIOD_LIKELY;
    return COCHLEA_OK;
}

static cochlea_status follow(coch_beats *beats, const coch_note *notes, size_t count)
{
    tracker t = {.frames = (size_t)ceil(notes[count - 1].on / FRAME) + 8};
    t.strength = calloc(t.frames, sizeof *t.strength);
    t.score = calloc(t.frames, sizeof *t.score);
    t.before = calloc(t.frames, sizeof *t.before);
    cochlea_status status = COCHLEA_ERROR_MEMORY;
    if (t.strength && t.score && t.before) {
        fill_strength(&t, notes, count);
        double period = find_period(&t);
        track(&t, period);
        status = collect(beats, &t, period);
    }
    free(t.strength);
    free(t.score);
    free(t.before);
    return status;
}

static size_t different_onsets(const coch_note *notes, size_t count)
{
    size_t different = 1;
    for (size_t i = 1; i < count; i++)
        different += notes[i].on - notes[i - 1].on > GROUP;
    return different;
}

/* Beats are counted from the last one at or before the first onset, half a step of the finest grid early. */
static cochlea_status start_at_first(coch_beats *beats, double onset)
{
    double before = floor(coch_beats_at(beats, onset) + 1.0 / 16);
    double period = beats->time[1] - beats->time[0];
    if (before >= 0) {
        size_t drop = (size_t)before < beats->count - 2 ? (size_t)before : beats->count - 2;
        memmove(beats->time, beats->time + drop, (beats->count - drop) * sizeof *beats->time);
        beats->count -= drop;
        return COCHLEA_OK;
    }
    size_t add = (size_t)-before;
    double *grown = realloc(beats->time, (beats->count + add) * sizeof *grown);
    if (!grown)
        return COCHLEA_ERROR_MEMORY;
    memmove(grown + add, grown, beats->count * sizeof *grown);
    for (size_t i = add; i-- > 0;)
        grown[i] = grown[i + 1] - period;
    beats->time = grown;
    beats->count += add;
    return COCHLEA_OK;
}

cochlea_status coch_beats_find(coch_beats *beats, const coch_note *notes, size_t count)
{
    *beats = (coch_beats){0};
    if (count == 0 || !(notes[0].on >= 0) || !(notes[count - 1].on <= SECONDS_MAX))
        return COCHLEA_ERROR_ARGUMENT;
    cochlea_status status = COCHLEA_ERROR_MISSING;
    if (different_onsets(notes, count) >= FEW)
        status = follow(beats, notes, count);
    if (status == COCHLEA_ERROR_MISSING)
        status = even(beats, notes[0].on);
    if (status == COCHLEA_OK)
        status = start_at_first(beats, notes[0].on);
    if (status != COCHLEA_OK) {
        coch_beats_free(beats);
        return status;
    }
    beats->tempo = 60.0 * (double)(beats->count - 1) / (beats->time[beats->count - 1] - beats->time[0]);
    return COCHLEA_OK;
}
