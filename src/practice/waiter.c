#include "practice/waiter.h"

static int expects(const coch_waiter *w, uint32_t note)
{
    return w->hand == COCH_HAND_BOTH || w->score->notes[note].hand == w->hand;
}

static unsigned expected_notes(const coch_waiter *w, uint32_t chord)
{
    const coch_score_chord *c = &w->score->chords[chord];
    unsigned count = 0;
    for (uint32_t i = c->first; i < c->first + c->count && i < c->first + 64; i++)
        count += (unsigned)expects(w, i);
    return count;
}

/* The next chord with a note of the hand, `end` when there is none. */
static uint32_t next_chord(const coch_waiter *w, uint32_t from)
{
    while (from < w->end && expected_notes(w, from) == 0)
        from++;
    return from;
}

void coch_waiter_init(coch_waiter *w, const coch_score *score, const coch_follower_options *options, int loop)
{
    int whole = options->first_bar >= options->end_bar;
    *w = (coch_waiter){
        .score = score, .hand = options->hand, .loop = loop, .end = (uint32_t)score->chord_count};
    if (!whole && options->first_bar < score->bar_count)
        w->first = score->bars[options->first_bar].first_chord;
    if (!whole && options->end_bar < score->bar_count)
        w->end = score->bars[options->end_bar].first_chord;
    w->chord = (int32_t)next_chord(w, w->first);
    w->jumped = 1;
    w->begun = -1;
}

/* The index in the score of the note of a chord that a pitch is and that was not heard yet; -1 for none. */
static int32_t find(const coch_waiter *w, uint32_t chord, uint64_t heard, uint8_t pitch)
{
    if (chord >= w->end)
        return -1;
    const coch_score_chord *c = &w->score->chords[chord];
    for (uint32_t i = 0; i < c->count && i < 64; i++)
        if (w->score->notes[c->first + i].pitch == pitch && expects(w, c->first + i) && !(heard >> i & 1))
            return (int32_t)(c->first + i);
    return -1;
}

int coch_waiter_wants(const coch_waiter *w, uint8_t pitch) COCH_REALTIME
{
    return w->chord < (int32_t)w->end && find(w, (uint32_t)w->chord, w->heard, pitch) >= 0;
}

static void move_on(coch_waiter *w)
{
    w->chord = (int32_t)next_chord(w, (uint32_t)w->chord + 1);
    w->heard = 0;
    w->ahead = 0;
    if (w->loop && w->chord >= (int32_t)w->end) {
        w->chord = (int32_t)next_chord(w, w->first);
        w->jumped = 1;
    }
}

void coch_waiter_hear(coch_waiter *w, const coch_heard *heard, coch_follower_step *step) COCH_REALTIME
{
    *step = (coch_follower_step){.heard = w->count++, .chord = w->begun, .note = -1};
    if (w->chord >= (int32_t)w->end)
        return;
    uint32_t chord = (uint32_t)w->chord;
    int32_t note = find(w, chord, w->heard, heard->pitch);
    if (note < 0 && (note = find(w, next_chord(w, chord + 1), 0, heard->pitch)) >= 0) {
        unsigned missing = expected_notes(w, chord) - (unsigned)__builtin_popcountll(w->heard);
        if (++w->ahead < 2 && !(missing == 1 && w->heard))
            note = -1;
        else
            move_on(w);
    }
    if (note < 0)
        return;
    step->chord = w->begun = w->chord;
    step->note = note;
    step->jump = (uint8_t)w->jumped;
    w->jumped = 0;
    w->chord_time = heard->time;
    w->heard |= (uint64_t)1 << ((uint32_t)note - w->score->chords[w->chord].first);
    if ((unsigned)__builtin_popcountll(w->heard) == expected_notes(w, (uint32_t)w->chord))
        move_on(w);
}
