#include "practice/judge_state.h"

#include <math.h>

/* Intervals at which a note hides behind the partials of a lower one: octave, twelfth, two octaves, ... */
static const int partials[] = {12, 19, 24, 28, 31, 36};

static const double together = 0.09; /* seconds within which notes mask each other */
static const double sustained = 1.0; /* seconds for which a struck note masks what comes after */
static const double soft = 0.65;     /* of the mean velocity: ghosts are soft */

/* Levels of evidence (see cochlea_hop). */
static const float missed_below = 0.15f, struck_from = 0.40f, clear_from = 1.5f;

static int is_partial(int interval)
{
    for (size_t i = 0; i < sizeof partials / sizeof *partials; i++)
        if (interval == partials[i])
            return 1;
    return 0;
}

static const coch_heard *recent(const coch_judge *j, uint64_t back)
{
    return &j->recent[(j->recent_count - 1 - back) % WAITING];
}

static uint64_t recent_size(const coch_judge *j)
{
    return j->recent_count < WAITING ? j->recent_count : WAITING;
}

/* The level of the ear's evidence for a note that it heard. */
static float level(const coch_judge *j, const coch_heard *heard)
{
    const coch_trace *trace = coch_traces_find(j->options.traces, heard->pitch, heard->time, COCH_SAME_NOTE);
    float least = heard->doubtful ? 0.0f : 1.0f;
    return trace ? fmaxf(trace->level, least) : least;
}

int coch_judge_sure(const coch_judge *j, const coch_heard *heard) COCH_REALTIME
{
    return !j->options.traces || level(j, heard) >= 1.0f;
}

/* Levels of notes of the score, measured on rendered performances (models/train's pianos ... */
coch_verdict coch_judge_trace(const coch_judge *j, uint8_t pitch, double time, double around,
                              coch_heard *heard) COCH_REALTIME
{
    if (!j->options.traces)
        return COCH_MISSED;
    const coch_trace *trace = coch_traces_find(j->options.traces, pitch, time, around);
    if (!trace || trace->level < missed_below)
        return COCH_MISSED;
    if (trace->level < struck_from)
        return COCH_UNSURE;
    *heard = (coch_heard){.time = trace->time,
                          .pitch = pitch,
                          .velocity = trace->velocity,
                          .confidence = fminf(trace->level, 1.0f),
                          .doubtful = 1};
    return COCH_HEARD;
}

int coch_judge_may_invent(const coch_judge *j, const coch_heard *heard) COCH_REALTIME
{
    double loudness = 0;
    if (!j->options.traces)
        return 0;
    float heard_level = level(j, heard);
    if (heard_level < 1.0f)
        return 1;
    int clear = heard_level >= clear_from;
    for (uint64_t i = 0; i < recent_size(j); i++)
        loudness += recent(j, i)->velocity;
    if (!clear && heard->velocity < soft * loudness / (double)(recent_size(j) + 1))
        return 1;
    for (uint64_t i = 0; i < recent_size(j); i++) {
        const coch_heard *other = recent(j, i);
        double apart = heard->time - other->time;
        if (other == heard || (apart == 0 && other->pitch == heard->pitch))
            continue;
        if (!clear && other->pitch == heard->pitch && apart > 0 && apart < sustained)
            return 1;
        int interval = heard->pitch - other->pitch;
        if (fabs(apart) < together && (is_partial(interval) || interval == -12))
            return 1;
    }
    return 0;
}
