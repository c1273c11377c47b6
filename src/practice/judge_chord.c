#include "practice/judge_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Seconds around a note in which another key may stand for it; the same where its chord was played. */
static const double swap = 0.25, swap_together = 0.12;
static const double chord_spread = 0.05;           /* seconds */
static const double look = 0.07, look_wide = 0.12; /* seconds around a note for its trace */
static const double hesitation = 0.45;             /* seconds */
static const double interval_slack = 0.15;         /* share of the interval to the nearer chord */

enum { SWAP_KEYS = 5, NEIGHBOUR_KEYS = 2, SHORT_PASS = 2 };

/* How far a note is off, in seconds: against what came before and what came after, whichever is kinder. */
static double timing_error(double time, const double due[2])
{
    double before = time - due[0], after = time - due[1];
    if (isnan(before) || isnan(after))
        return isnan(before) ? after : before;
    if (before * after <= 0)
        return 0.0;
    return fabs(before) < fabs(after) ? before : after;
}

/* Of the ear: heard at all, more likely than not, hardly made up, beyond doubt. */
typedef enum trust { ANY, SURE, PLAYED, CLEAR } trust;

static int trusted(const coch_judge *j, const coch_heard *heard, trust least)
{
    return least == ANY || (least == SURE && coch_judge_sure(j, heard)) ||
           (least == PLAYED && !coch_judge_may_invent(j, heard)) ||
           (least == CLEAR && coch_judge_clear(j, heard));
}

/* Takes the waiting note that fits best out of the list: nearest in time, `keys` away at most, nearer keys
 * first. */
static int take_waiting(coch_judge *j, uint8_t pitch, double due, double around, int keys, trust least,
                        coch_heard *heard)
{
    size_t best = WAITING;
    double best_cost = INFINITY;
    for (size_t i = 0; i < j->waiting_count; i++) {
        const coch_heard *w = &j->waiting[i].heard;
        int interval = abs(w->pitch - pitch);
        double apart = fabs(w->time - due);
        if (apart > around || interval > keys || !trusted(j, w, least))
            continue;
        double cost = apart + 0.1 * interval;
        if (cost < best_cost) {
            best_cost = cost;
            best = i;
        }
    }
    if (best == WAITING)
        return 0;
    *heard = j->waiting[best].heard;
    memmove(j->waiting + best, j->waiting + best + 1, (--j->waiting_count - best) * sizeof *j->waiting);
    return 1;
}

/* Milliseconds that a chord may be off: without a clock, long notes allow more, as nobody keeps time better
 * than in proportion to the interval. */
static double tolerance_at(const coch_judge *j, uint32_t chord)
{
    const coch_score_chord *c = &j->score->chords[chord];
    double before = chord > 0 ? c->seconds - c[-1].seconds : INFINITY;
    double after = chord + 1 < j->score->chord_count ? c[1].seconds - c->seconds : INFINITY;
    double slack = j->clock_rate > 0 ? 0.0 : interval_slack * fmin(fmin(before, after), 4.0);
    return fmax(j->options.tolerance_ms, 1000.0 * slack);
}

/* Whether other notes of the chord were struck with this one. */
static int struck_together(const coch_judge *j, uint32_t chord, double time)
{
    const coch_score_chord *c = &j->score->chords[chord];
    int count = 0;
    for (uint32_t i = c->first; i < c->first + c->count; i++)
        count += j->heard_pass[i] == j->pass && fabs(j->heard_time[i] - time) < chord_spread;
    return count > 1; /* this one counts too */
}

/* How far this note may be off. */
static double tolerance_of(const coch_judge *j, uint32_t chord, double time, const double due[2])
{
    double tolerance = tolerance_at(j, chord);
    if (j->clock_rate > 0)
        return tolerance;
    if (isnan(due[0]) || isnan(due[1])) /* a stretch begins or ends here: there is less to go by */
        return 2.0 * tolerance;
    /* A whole chord that comes early or late is more often meant than one note of it. */
    return struck_together(j, chord, time) ? 1.5 * tolerance : tolerance;
}

/* How far a note is from the nearest other one of its chord, where it is the one that came out of time; 0
 * where it is not. */
static double apart_from_chord(const coch_judge *j, uint32_t index, double time, const double due[2])
{
    const coch_score_chord *c = &j->score->chords[j->score->notes[index].chord];
    double nearest = INFINITY, middle = coch_judge_middle(due);
    for (uint32_t i = c->first; i < c->first + c->count; i++)
        if (i != index && j->heard_pass[i] == j->pass && fabs(time - j->heard_time[i]) < fabs(nearest))
            nearest = time - j->heard_time[i];
    int worse = fabs(time - middle) > fabs(time - nearest - middle);
    return worse && isfinite(nearest) ? nearest : 0.0;
}

static coch_judgement judge_heard(const coch_judge *j, uint32_t index, const coch_heard *heard,
                                  const double due[2])
{
    uint32_t chord = j->score->notes[index].chord;
    double error = 1000.0 * timing_error(heard->time, due);
    double tolerance = tolerance_of(j, chord, heard->time, due);
    double apart = 1000.0 * apart_from_chord(j, index, heard->time, due);
    if (j->clock_rate == 0 && fabs(error) <= tolerance && fabs(apart) > tolerance_at(j, chord)) {
        error = apart;
        tolerance = 0;
    }
    unsigned verdict = error > tolerance ? COCH_LATE : error < -tolerance ? COCH_EARLY : COCH_HIT;
    if (verdict != COCH_HIT && !coch_judge_sure(j, heard))
        verdict = COCH_UNSURE; /* more likely the ear's than the player's */
    int one_side = isnan(due[0]) || isnan(due[1]);
    if (j->clock_rate == 0 && apart == 0 && one_side && fabs(error) > 1000.0 * hesitation)
        verdict = COCH_HIT; /* a pause or another tempo, as far as can be told */
    return (coch_judgement){.verdict = (uint8_t)verdict,
                            .velocity = heard->velocity,
                            .confidence = heard->confidence,
                            .error_ms = (float)error,
                            .time = heard->time};
}

/* A doubtful note beside a sure one that nobody expects: the ear heard the neighbour that was struck. */
static int is_neighbour(coch_judge *j, const coch_heard *heard, coch_heard *struck)
{
    if (coch_judge_clear(j, heard))
        return 0;
    trust least = coch_judge_sure(j, heard) ? CLEAR : SURE;
    return take_waiting(j, heard->pitch, heard->time, COCH_SAME_NOTE, NEIGHBOUR_KEYS, least, struck);
}

/* Another key was struck instead. */
static coch_judgement swapped(coch_judgement result, const coch_heard *struck)
{
    result.verdict = COCH_WRONG;
    result.played = struck->pitch;
    return result;
}

/* A note that was taken for one of the score. */
static coch_judgement judge_taken(coch_judge *j, uint32_t index, const double due[2])
{
    const coch_score_note *note = &j->score->notes[index];
    coch_heard struck;
    coch_heard heard = {.time = j->heard_time[index],
                        .pitch = note->pitch,
                        .velocity = j->heard_velocity[index],
                        .confidence = j->heard_confidence[index],
                        .doubtful = j->heard_doubtful[index]};
    coch_judgement result = judge_heard(j, index, &heard, due);
    if (is_neighbour(j, &heard, &struck))
        return swapped(result, &struck);
    if (coch_judge_struck(j, &heard) != COCH_HEARD) {
        result =
            (coch_judgement){.verdict = (uint8_t)coch_judge_struck(j, &heard), .error_ms = NAN, .time = NAN};
    }
    return result;
}

/* A note of the score for which none was taken: one that was left over, another key, a trace of it, or
 * nothing. */
static coch_judgement judge_lacking(coch_judge *j, uint32_t index, const double due[2])
{
    const coch_score_note *note = &j->score->notes[index];
    coch_heard heard;
    int together = j->chord_pass[note->chord] == j->pass;
    double middle = together ? j->chord_time[note->chord] : coch_judge_middle(due);
    coch_judgement result = {.verdict = COCH_MISSED, .error_ms = NAN, .time = NAN};
    if (isnan(middle))
        return result;
    if (take_waiting(j, note->pitch, middle, look, 0, ANY, &heard) ||
        take_waiting(j, note->pitch, middle, COCH_JUDGE_RESCUE, 0, SURE, &heard))
        return judge_heard(j, index, &heard, due);
    if (take_waiting(j, note->pitch, middle, together ? swap_together : swap, SWAP_KEYS, PLAYED, &heard)) {
        return swapped(judge_heard(j, index, &heard, due), &heard);
    }
    result.verdict = (uint8_t)coch_judge_trace(j, note->pitch, middle, together ? look : look_wide, &heard);
    return result.verdict == COCH_HEARD ? judge_heard(j, index, &heard, due) : result;
}

static void record(coch_judge *j, uint32_t index, coch_judgement result)
{
    coch_judgement *to = &j->notes[index];
    int again = to->attempts > 0;
    /* A pass that only touched the chord says nothing against notes that were right before. */
    if (again && result.verdict == COCH_MISSED && j->cursor - j->pass_first < SHORT_PASS)
        return;
    result.attempts = (uint16_t)(to->attempts + (to->attempts < UINT16_MAX));
    result.mistakes =
        (uint16_t)(to->mistakes + (result.verdict == COCH_WRONG || result.verdict == COCH_MISSED));
    result.first = again ? to->first : result.verdict;
    result.pass = j->pass;
    *to = result;
}

/* A pause before a chord: longer than the tempo asks for, while what follows goes on from there. */
static void note_hesitation(coch_judge *j, int32_t chord, const double due[2], double rate)
{
    int32_t last = chord - 1;
    while (last >= j->pass_first && j->chord_pass[last] != j->pass)
        last--;
    if (j->clock_rate > 0 || last < j->pass_first || j->chord_pass[chord] != j->pass)
        return;
    double step = (j->score->chords[chord].seconds - j->score->chords[last].seconds) / rate;
    double pause = j->chord_time[chord] - j->chord_time[last] - step;
    if (pause < fmax(hesitation, 0.5 * step) || fabs(j->chord_time[chord] - due[1]) > 0.5 * pause)
        return;
    coch_judge_break(j, (coch_break){.time = j->chord_time[chord],
                                     .pause = pause,
                                     .from = (uint32_t)last,
                                     .to = (uint32_t)chord,
                                     .kind = COCH_HESITATION});
}

void coch_judge_chord(coch_judge *j, int32_t index) COCH_REALTIME
{
    const coch_score_chord *chord = &j->score->chords[index];
    double due[2];
    coch_judge_share(j, index);
    double rate = coch_judge_due(j, index, due);
    note_hesitation(j, index, due, rate);
    for (uint32_t i = chord->first; i < chord->first + chord->count; i++)
        if (coch_judge_expects(j, &j->score->notes[i]))
            record(j, i, j->heard_pass[i] == j->pass ? judge_taken(j, i, due) : judge_lacking(j, i, due));
}
