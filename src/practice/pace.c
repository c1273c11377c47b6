#include "practice/pace.h"

#include <math.h>

/* Of the logarithm of two tempi: beyond it an interval is a pause, not a tempo. Less is one where the tempo
 * is known, to within this variance. */
static const double rate_outlier = 0.6, rate_outlier_known = 0.4, known_variance = 0.02;
static const double tempo_wander = 0.06; /* of the logarithm, from chord to chord */
static const double onset_noise = 0.035; /* seconds, of the difference of two onsets */
static const double slip_least = 0.06;   /* seconds off the tempo: less is as it should be, ... */
static const double slip_most = 0.35;    /* ... more is a pause */
static const double slip_share = 0.5;    /* of what a note is off counts for the place between these */

static const double slowest = 0.15, fastest = 5.0;

void coch_pace_begin(coch_pace *p, double rate) COCH_REALTIME
{
    *p = (coch_pace){.now = {.rate = rate, .variance = 0.1f}};
}

void coch_pace_jump(coch_pace *p, double time) COCH_REALTIME
{
    p->now.time = time;
    p->before = p->now;
    p->step = 0;
    p->with_count = 1;
    p->apart_count = 0;
}

/* Moves the tempo towards what the last interval says, as a Kalman filter does: the tempo wanders by a few
 * per cent from chord to chord, onsets are off by some milliseconds. A hesitation says nothing, but two alike
 * in a row are another tempo. */
static void learn(coch_pace_reading *now, double performed, double expected)
{
    if (performed < 0.02 || expected < 0.02)
        return;
    double ratio = log(expected / performed);
    double outlier = now->variance < known_variance ? rate_outlier_known : rate_outlier;
    if (fabs(ratio) > outlier) {
        int again = now->outlier != 0 && fabs(ratio - now->outlier) < 0.5 * outlier;
        if (again)
            now->rate = fmin(fmax(now->rate * exp(ratio), slowest), fastest);
        now->outlier = again ? 0.0f : (float)ratio;
        return;
    }
    double noise = onset_noise / performed;
    double variance = now->variance + tempo_wander * tempo_wander;
    double gain = variance / (variance + noise * noise);
    now->outlier = 0;
    now->rate = fmin(fmax(now->rate * exp(gain * ratio), slowest), fastest);
    now->variance = (float)((1.0 - gain) * variance);
}

/* The chord began at `time`, whatever was thought of it. */
static void read(coch_pace *p, double time)
{
    p->now = p->before;
    p->now.time = time;
    learn(&p->now, time - p->before.time, p->step / p->before.rate);
}

void coch_pace_next(coch_pace *p, double step, double time) COCH_REALTIME
{
    p->before = p->now;
    p->step = step;
    p->with_count = 1;
    p->apart_count = 0;
    read(p, time);
}

/* When the chord should have begun by the tempo before it. */
static double due(const coch_pace *p)
{
    return p->before.time + p->step / p->before.rate;
}

void coch_pace_join(coch_pace *p, double time) COCH_REALTIME
{
    if (fabs(time - p->now.time) <= COCH_PACE_TOGETHER) {
        p->with_count++;
        return;
    }
    if (p->apart_count == 0 || fabs(time - p->apart) > COCH_PACE_TOGETHER) {
        p->apart = time;
        p->apart_count = 0;
    }
    p->apart_count++;
    int nearer = p->step > 0 && fabs(p->apart - due(p)) < fabs(p->now.time - due(p));
    if (p->apart_count + nearer <= p->with_count)
        return;
    if (p->step > 0)
        read(p, p->apart);
    else
        p->now.time = p->apart;
    p->with_count = p->apart_count;
    p->apart_count = 0;
}

double coch_pace_believed(const coch_pace *p) COCH_REALTIME
{
    if (p->step <= 0 || p->with_count > 1)
        return p->now.time;
    double off = p->now.time - due(p);
    if (fabs(off) < slip_least || fabs(off) > slip_most)
        return p->now.time;
    return p->now.time - (1.0 - slip_share) * off;
}
