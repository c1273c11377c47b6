#include "practice/traces.h"

#include <math.h>
#include <string.h>

/* Probabilities below which nothing is kept: settled, and at once. */
static const float faintest = 0.001f, faintest_first = 0.05f;
static const double same_onset = 0.050; /* seconds: estimates of one onset differ less */
static const double disorder = 1.0;     /* seconds: traces are kept in the order of being noticed */
static const double longest = 0.20;     /* seconds for which an onset shows at most */

void coch_traces_reset(coch_traces *t) COCH_REALTIME
{
    t->count = 0;
    memset(t->open, 0, sizeof t->open);
}

/* The latest trace of a pitch, NULL when none is kept. */
static coch_trace *latest(coch_traces *t, uint8_t pitch)
{
    uint32_t number = t->open[pitch];
    return number > 0 && t->count - number < COCH_TRACES_MAX ? &t->ring[(number - 1) % COCH_TRACES_MAX]
                                                             : NULL;
}

static coch_trace *begin(coch_traces *t, uint8_t pitch, double onset)
{
    coch_trace *trace = &t->ring[t->count++ % COCH_TRACES_MAX];
    *trace = (coch_trace){.time = onset, .pitch = pitch};
    t->open[pitch] = t->count;
    return trace;
}

static uint8_t velocity_of(float heard)
{
    float v = rintf(127.0f * heard);
    return !(v >= 1.0f) ? 1 : v > 127.0f ? 127 : (uint8_t)v;
}

/* The trace that the evidence for a key belongs to, brought up to it. */
static coch_trace *follow(coch_traces *t, const cochlea_hop *hop, unsigned key, double time)
{
    uint8_t pitch = (uint8_t)(COCHLEA_FIRST_KEY + key);
    double onset = time - fmin(fmax((double)hop->age[key], 0.0), longest);
    coch_trace *trace = latest(t, pitch);
    if (!trace || fabs(trace->time - onset) > same_onset)
        trace = begin(t, pitch, onset);
    if (hop->onset[key] > trace->first) {
        trace->first = hop->onset[key];
        trace->time = onset;
        trace->velocity = velocity_of(hop->velocity[key]);
    }
    trace->p = fmaxf(trace->p, hop->settled[key]);
    return trace;
}

size_t coch_traces_add(coch_traces *t, const cochlea_hop *hop, double time, float keen,
                       coch_heard *heard) COCH_REALTIME
{
    size_t count = 0;
    for (unsigned key = 0; key < COCHLEA_KEYS; key++) {
        if (!(hop->settled[key] >= faintest || hop->onset[key] >= faintest_first))
            continue;
        coch_trace *trace = follow(t, hop, key, time);
        if (trace->first < keen || trace->told)
            continue;
        trace->told = 1;
        heard[count++] = (coch_heard){.time = trace->time,
                                      .pitch = trace->pitch,
                                      .velocity = trace->velocity,
                                      .confidence = trace->first,
                                      .doubtful = 1};
    }
    return count;
}

const coch_trace *coch_traces_find(const coch_traces *t, uint8_t pitch, double time,
                                   double around) COCH_REALTIME
{
    const coch_trace *best = NULL;
    uint32_t kept = t->count < COCH_TRACES_MAX ? t->count : COCH_TRACES_MAX;
    for (uint32_t i = 0; i < kept; i++) {
        const coch_trace *trace = &t->ring[(t->count - 1 - i) % COCH_TRACES_MAX];
        if (trace->time < time - around - disorder)
            break;
        if (trace->pitch == pitch && fabs(trace->time - time) <= around && (!best || trace->p > best->p))
            best = trace;
    }
    return best;
}
