#include "practice/judge_state.h"

#include <math.h>

enum { SIDE = 5 }; /* chords before and after that count */

static const double reach = 3.0; /* seconds in the score around a chord that count */

typedef struct anchor {
    double score, time;
} anchor;

static int played(const coch_judge *j, int32_t chord)
{
    return j->chord_pass[chord] == j->pass;
}

/* The chords played on one side of `chord`, nearest first. */
static int gather(const coch_judge *j, int32_t chord, int step, anchor *anchors)
{
    int count = 0;
    double here = j->score->chords[chord].seconds;
    for (int32_t c = chord + step; c >= j->pass_first && c <= j->cursor && count < SIDE; c += step) {
        if (fabs(j->score->chords[c].seconds - here) > reach)
            break;
        if (played(j, c))
            anchors[count++] = (anchor){j->score->chords[c].seconds, j->chord_time[c]};
    }
    return count;
}

static double median(double *values, int count)
{
    if (count == 0)
        return NAN;
    for (int i = 1; i < count; i++) { /* few enough for insertion */
        double value = values[i];
        int at = i;
        for (; at > 0 && values[at - 1] > value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
    return count % 2 ? values[count / 2] : 0.5 * (values[count / 2 - 1] + values[count / 2]);
}

/* Adds the slopes (seconds per score second) between all pairs of one side. */
static int slopes(const anchor *anchors, int count, double *out)
{
    int n = 0;
    for (int a = 0; a < count; a++)
        for (int b = a + 1; b < count; b++)
            if (fabs(anchors[a].score - anchors[b].score) > 0.09)
                out[n++] = (anchors[a].time - anchors[b].time) / (anchors[a].score - anchors[b].score);
    return n;
}

/* Where one side leads to: the middle of what its nearest chords say. */
static double lead(const anchor *anchors, int count, double slope, double score)
{
    double values[SIDE];
    int nearest = count < 3 ? count : 3;
    for (int i = 0; i < nearest; i++)
        values[i] = anchors[i].time + slope * (score - anchors[i].score);
    return median(values, nearest);
}

/* The slope as in Theil (1950) and Sen (1968), of pairs on one side only: a hesitation between the sides does
 * not bend it. */
double coch_judge_due(const coch_judge *j, int32_t chord, double due[2]) COCH_REALTIME
{
    double score = j->score->chords[chord].seconds;
    if (j->clock_rate > 0) {
        double once = j->clock_time + (score - j->clock_score) / j->clock_rate;
        double here = played(j, chord) ? j->chord_time[chord] : j->cursor_time;
        double rounds = j->clock_period > 0 ? fmax(rint((here - once) / j->clock_period), 0.0) : 0.0;
        due[0] = due[1] = once + rounds * j->clock_period;
        return j->clock_rate;
    }
    anchor before[SIDE], after[SIDE];
    double all[SIDE * (SIDE - 1)];
    int a = gather(j, chord, -1, before), b = gather(j, chord, 1, after);
    int n = slopes(before, a, all);
    n += slopes(after, b, all + n);
    if (n == 0 && a && b && after[0].score - before[0].score > 0.05)
        all[n++] = (after[0].time - before[0].time) / (after[0].score - before[0].score);
    double slope = n ? fmin(fmax(median(all, n), 0.2), 6.0) : 1.0;
    due[0] = n ? lead(before, a, slope, score) : NAN;
    due[1] = n ? lead(after, b, slope, score) : NAN;
    return 1.0 / slope;
}
