#include "practice/judge_state.h"

#include <math.h>

/* Intervals at which a note hides behind the partials of a lower one: octave, twelfth, two octaves, ... */
static const int partials[] = {12, 19, 24, 28, 31, 36};

static const double together = 0.06;  /* seconds within which notes mask each other */
static const double sustained = 1.0;  /* seconds for which a struck note masks what comes after */
static const double again = 0.20;     /* seconds for which an onset shows in the evidence for the next, ... */
static const double lately = 0.40;    /* ... and for which something of it is left */
static const double same_time = 0.04; /* seconds: struck at once */
static const float soft = 0.65f;      /* of the mean velocity: ghosts are soft */

/* What became of a note of the score, by the probability of its trace: below the first number it was not
 * struck, from the second on it was. Measured by tests/practice/likelihoods.py on 40 students on each of two
 * pianos, whose pieces, mistakes and rooms are no test's: the share of struck notes that is below the first,
 * and the share of notes not struck that is. */
typedef struct doubt {
    float missed, struck;
} doubt;
static const doubt plain = {0.05f, 0.10f};       /* 0.2 %, 98 % */
static const doubt masked = {0.012f, 0.05f};     /* a partial of another: 0.5 %, 70 % */
static const doubt masked_more = {0.001f, 0.1f}; /* of two and more: too few to tell */
static const doubt repeated = {0.12f, 0.35f};    /* struck a moment ago: 2 %, 90 % */
static const doubt lingering = {0.12f, 0.20f};   /* struck lately: 1 %, 92 % */

/* Noise hides notes: with it below the loudest playing by less than the first number of dB, as many notes
 * that were struck stay below a threshold as in a quiet room only where that is smaller, by 10 for every so
 * many dB. Measured by adding noise to eight of those students: 0.25 % at 28 dB for 0.01 instead of 0.05. */
static const double quiet_margin = 40.0, decade_db = 17.0, least_margin = 20.0;

/* Ghosts, that is notes heard which nobody struck: half stay below 0.75, one in ten is above 0.94. Of notes
 * struck that the score does not have, 1 % is below; of those struck with others, 4 % lie between 0.90 and
 * 0.93. */
static const float sure_from = 0.55f, alone_from = 0.70f, suspect_from = 0.90f, clear_from = 0.93f;

float coch_judge_quiet(double margin_db)
{
    if (margin_db <= 0)
        return 1.0f;
    double lacking = quiet_margin - fmax(margin_db, least_margin);
    return lacking > 0 ? (float)pow(10.0, -lacking / decade_db) : 1.0f;
}

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

/* The probability that a note which was heard was struck, from all evidence for it. */
static float probability(const coch_judge *j, const coch_heard *heard)
{
    const coch_trace *trace = coch_traces_find(j->options.traces, heard->pitch, heard->time, COCH_SAME_NOTE);
    return trace ? trace->p : heard->confidence;
}

int coch_judge_sure(const coch_judge *j, const coch_heard *heard) COCH_REALTIME
{
    return !j->options.traces || !heard->doubtful || probability(j, heard) >= sure_from;
}

/* What else was heard around a note, and no less clearly than that. */
typedef struct company {
    int below;    /* notes at once of which this is a partial */
    int above;    /* nonzero: one at once an octave higher */
    int any;      /* notes struck at once */
    double since; /* seconds since the same key was struck; INFINITY when it was not */
} company;

static company company_of(const coch_judge *j, float p, uint8_t pitch, double time)
{
    company found = {.since = INFINITY};
    for (uint64_t i = 0; i < recent_size(j); i++) {
        const coch_heard *other = recent(j, i);
        double apart = time - other->time;
        int interval = pitch - other->pitch;
        if (interval == 0) {
            if (apart > same_time)
                found.since = fmin(found.since, apart);
            continue;
        }
        found.any += fabs(apart) < same_time;
        if (fabs(apart) >= together || other->confidence < p)
            continue;
        found.below += is_partial(interval);
        found.above |= interval == -12;
    }
    return found;
}

/* What a trace says of a note of the score. */
static coch_verdict weigh(const coch_judge *j, float p, uint8_t pitch, double time)
{
    company with = company_of(j, p, pitch, time);
    const doubt *limit = with.since < again    ? &repeated
                         : with.below > 1      ? &masked_more
                         : with.below          ? &masked
                         : with.since < lately ? &lingering
                                               : &plain;
    return p < limit->missed * j->quiet ? COCH_MISSED : p < limit->struck ? COCH_UNSURE : COCH_HEARD;
}

int coch_judge_clear(const coch_judge *j, const coch_heard *heard) COCH_REALTIME
{
    return !j->options.traces || probability(j, heard) >= clear_from;
}

coch_verdict coch_judge_struck(const coch_judge *j, const coch_heard *heard) COCH_REALTIME
{
    return j->options.traces ? weigh(j, probability(j, heard), heard->pitch, heard->time) : COCH_HEARD;
}

coch_verdict coch_judge_trace(const coch_judge *j, uint8_t pitch, double time, double around,
                              coch_heard *heard) COCH_REALTIME
{
    if (!j->options.traces)
        return COCH_MISSED;
    const coch_trace *trace = coch_traces_find(j->options.traces, pitch, time, around);
    if (trace)
        *heard = (coch_heard){.time = trace->time,
                              .pitch = pitch,
                              .velocity = trace->velocity,
                              .confidence = trace->p,
                              .doubtful = 1};
    coch_verdict verdict = weigh(j, trace ? trace->p : 0.0f, pitch, trace ? trace->time : time);
    if (verdict == COCH_HEARD && j->options.known && coch_known_explains(j->options.known, heard))
        return COCH_UNSURE;
    return verdict;
}

static float mean_velocity(const coch_judge *j)
{
    float sum = 0;
    for (uint64_t i = 0; i < recent_size(j); i++)
        sum += recent(j, i)->velocity;
    return sum / (float)(recent_size(j) + 1);
}

int coch_judge_may_invent(const coch_judge *j, const coch_heard *heard) COCH_REALTIME
{
    if (!j->options.traces)
        return 0;
    float p = probability(j, heard);
    company with = company_of(j, p, heard->pitch, heard->time);
    if (with.below || with.above || with.since < again || !coch_judge_sure(j, heard))
        return 1;
    int suspect = with.any || with.since < sustained || heard->velocity < soft * mean_velocity(j);
    return p < (suspect ? suspect_from : alone_from);
}
