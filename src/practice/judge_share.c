#include "practice/judge_state.h"

#include <math.h>

static const double soon = 1.0; /* score seconds within which a key struck again may be taken for another */
static const double clearly = 0.5; /* so much nearer it must be to the other */

/* The next note of the same key in this pass, NO_NOTE when it does not come soon. */
static int64_t next_of_key(const coch_judge *j, uint32_t index)
{
    const coch_score_note *note = &j->score->notes[index];
    for (int32_t c = (int32_t)note->chord + 1; c <= j->cursor; c++) {
        const coch_score_chord *chord = &j->score->chords[c];
        if (chord->seconds > note->seconds + soon)
            break;
        for (uint32_t i = chord->first; i < chord->first + chord->count; i++)
            if (j->score->notes[i].pitch == note->pitch && coch_judge_expects(j, &j->score->notes[i]))
                return i;
    }
    return NO_NOTE;
}

/* When a note should have come: with the others of its chord, else by the tempo. */
static double expected_at(const coch_judge *j, uint32_t index)
{
    const coch_score_chord *chord = &j->score->chords[j->score->notes[index].chord];
    double due[2];
    for (uint32_t i = chord->first; i < chord->first + chord->count; i++)
        if (i != index && j->heard_pass[i] == j->pass)
            return j->heard_time[i];
    coch_judge_due(j, (int32_t)j->score->notes[index].chord, due);
    return coch_judge_middle(due);
}

void coch_judge_share(coch_judge *j, int32_t index) COCH_REALTIME
{
    const coch_score_chord *chord = &j->score->chords[index];
    for (uint32_t i = chord->first; i < chord->first + chord->count; i++) {
        int64_t next = coch_judge_expects(j, &j->score->notes[i]) ? next_of_key(j, i) : NO_NOTE;
        if (next == NO_NOTE || (j->heard_pass[i] == j->pass) == (j->heard_pass[next] == j->pass))
            continue;
        uint32_t from = j->heard_pass[i] == j->pass ? i : (uint32_t)next;
        uint32_t to = from == i ? (uint32_t)next : i;
        double time = j->heard_time[from];
        if (fabs(time - expected_at(j, to)) < clearly * fabs(time - expected_at(j, from)))
            coch_judge_move(j, from, to);
    }
}
