#include "practice/judge_state.h"

#include <math.h>

/* Intervals at which a note hides behind the partials of a lower one: octave, twelfth, two octaves, ... */
static const int partials[] = {12, 19, 24, 28, 31, 36};

static const double together = 0.09; /* seconds within which notes mask each other */
static const double sustained = 1.0; /* seconds for which a struck note masks what comes after */
static const double again = 0.30;    /* a key struck again so soon may be heard as one */

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

/* Whether the score has this key struck a moment before. */
static int repeats(const coch_judge *j, const coch_score_note *note, double rate)
{
    for (uint32_t c = note->chord; c-- > 0;) {
        const coch_score_chord *chord = &j->score->chords[c];
        if (note->seconds - chord->seconds > again * rate)
            return 0;
        for (uint32_t i = chord->first; i < chord->first + chord->count; i++)
            if (j->score->notes[i].pitch == note->pitch)
                return 1;
    }
    return 0;
}

int coch_judge_may_miss(const coch_judge *j, const coch_score_note *note, double due,
                        double rate) COCH_REALTIME
{
    if (note->pitch < 33 || note->pitch > 98)
        return 1;
    const coch_score_chord *chord = &j->score->chords[note->chord];
    if (chord->count >= 6 || repeats(j, note, rate))
        return 1;
    for (uint64_t i = 0; i < recent_size(j); i++) {
        const coch_heard *other = recent(j, i);
        double apart = due - other->time;
        if (other->pitch == note->pitch && fabs(apart) < 0.5 * again)
            return 1;
        if (fabs(apart) < together && is_partial(note->pitch - other->pitch))
            return 1;
    }
    return 0;
}

int coch_judge_sure(const coch_judge *j, const coch_heard *heard) COCH_REALTIME
{
    uint64_t count = j->sure_count < WAITING ? j->sure_count : WAITING;
    if (!heard->doubtful)
        return 1;
    for (uint64_t i = 0; i < count; i++)
        if (j->sure[i].pitch == heard->pitch && fabs(j->sure[i].time - heard->time) < COCH_SAME_NOTE)
            return 1;
    return 0;
}

int coch_judge_may_invent(const coch_judge *j, const coch_heard *heard) COCH_REALTIME
{
    if (!coch_judge_sure(j, heard))
        return 1;
    for (uint64_t i = 0; i < recent_size(j); i++) {
        const coch_heard *other = recent(j, i);
        double apart = heard->time - other->time;
        if (other == heard || (apart == 0 && other->pitch == heard->pitch))
            continue;
        if (other->pitch == heard->pitch && apart > 0 && apart < sustained)
            return 1;
        int interval = heard->pitch - other->pitch;
        if (fabs(apart) < together && (is_partial(interval) || interval == -12))
            return 1;
    }
    return 0;
}
