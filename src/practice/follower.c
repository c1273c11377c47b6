#include "practice/follower_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Hypotheses so much worse than the best are dropped. */
static const float worst = 22.0f;

/* Until a chord is heard, seconds; how far it may be off its due time: seconds, and of the time until then,
 * by the standard deviation of the tempo. */
static const double hearing = 0.12, scatter = 0.020, scatter_tempo = 0.55;

static int expected(const coch_follower *f, const coch_score_note *note)
{
    return f->options.hand == COCH_HAND_BOTH || note->hand == f->options.hand;
}

static int in_range(const coch_follower *f, uint32_t bar)
{
    return f->options.first_bar >= f->options.end_bar ||
           (bar >= f->options.first_bar && bar < f->options.end_bar);
}

static void layout(coch_follower *f)
{
    f->chords = coch_arena_take(&f->arena, f->chord_count, sizeof *f->chords);
    f->notes = coch_arena_take(&f->arena, f->note_count, sizeof *f->notes);
    f->by_pitch = coch_arena_take(&f->arena, f->note_count, sizeof *f->by_pitch);
    f->beam = coch_arena_take(&f->arena, BEAM, sizeof *f->beam);
    f->next = coch_arena_take(&f->arena, BEAM, sizeof *f->next);
    f->candidate_room = f->chord_count + 1;
    f->candidates = coch_arena_take(&f->arena, f->candidate_room, sizeof *f->candidates);
    f->best_of_chord = coch_arena_take(&f->arena, f->chord_count + 1, sizeof *f->best_of_chord);
    f->nodes = coch_arena_take(&f->arena, (size_t)HISTORY * BEAM, sizeof *f->nodes);
    f->history = coch_arena_take(&f->arena, HISTORY, sizeof *f->history);
}

/* Counts (chords NULL) or fills the chords and notes of the hand. */
static void gather(coch_follower *f)
{
    size_t chords = 0, notes = 0;
    uint32_t bar = UINT32_MAX;
    for (size_t c = 0; c < f->score->chord_count; c++) {
        const coch_score_chord *from = &f->score->chords[c];
        follower_chord to = {.seconds = from->seconds, .chord = (uint32_t)c, .first = (uint32_t)notes};
        for (uint32_t i = from->first; i < from->first + from->count && to.count < CHORD_NOTES; i++) {
            const coch_score_note *note = &f->score->notes[i];
            if (!expected(f, note))
                continue;
            to.keys[note->pitch >> 6 & 1] |= (uint64_t)1 << (note->pitch & 63);
            if (f->chords)
                f->notes[notes] = i;
            to.count++;
            notes++;
        }
        if (to.count == 0)
            continue;
        to.starts_bar = from->bar != bar;
        to.bar = from->bar;
        to.inside = (uint8_t)in_range(f, from->bar);
        bar = from->bar;
        if (f->chords)
            f->chords[chords] = to;
        chords++;
    }
    f->chord_count = chords;
    f->note_count = notes;
}

static void index_pitches(coch_follower *f)
{
    uint32_t at[129] = {0};
    for (size_t i = 0; i < f->note_count; i++)
        f->pitch_first[(f->score->notes[f->notes[i]].pitch & 127) + 1]++;
    for (int p = 0; p < 128; p++)
        f->pitch_first[p + 1] += f->pitch_first[p];
    memcpy(at, f->pitch_first, sizeof at);
    for (size_t c = 0; c < f->chord_count; c++)
        for (uint32_t i = f->chords[c].first; i < f->chords[c].first + f->chords[c].count; i++)
            f->by_pitch[at[f->score->notes[f->notes[i]].pitch & 127]++] = (uint32_t)c;
    for (f->range_first = 0; f->range_first < (int32_t)f->chord_count - 1; f->range_first++)
        if (f->chords[f->range_first].inside)
            break;
}

cochlea_status coch_follower_new(coch_follower **follower, const coch_score *score,
                                 const coch_follower_options *options)
{
    coch_follower *f = calloc(1, sizeof *f);
    *follower = NULL;
    if (!f)
        return COCHLEA_ERROR_MEMORY;
    f->score = score;
    f->options = *options;
    gather(f);
    if (f->note_count == 0) {
        free(f);
        return COCHLEA_ERROR_MISSING;
    }
    layout(f);
    cochlea_status status = coch_arena_allocate(&f->arena);
    if (status != COCHLEA_OK) {
        free(f);
        return status;
    }
    layout(f);
    gather(f);
    index_pitches(f);
    coch_follower_reset(f);
    *follower = f;
    return COCHLEA_OK;
}

void coch_follower_free(coch_follower *f)
{
    if (f)
        coch_arena_free(&f->arena);
    free(f);
}

void coch_follower_reset(coch_follower *f) COCH_REALTIME
{
    f->heard = f->decided = 0;
    f->decided_chord = NO_CHORD;
    f->beam_count = 1;
    f->beam[0] = (hypothesis){.chord = NO_CHORD};
    coch_pace_begin(&f->beam[0].pace, f->options.rate > 0 ? f->options.rate : 1.0);
    f->beam[0].node.chord = f->beam[0].node.note = NO_CHORD;
    for (int p = 0; p < 128; p++)
        f->last_time[p] = -INFINITY;
    for (size_t c = 0; c <= f->chord_count; c++)
        f->best_of_chord[c] = -1;
}

/* ---- One note ---- */

/* Heap order: the dearest of those kept on top, so that it goes first; among equals, the later chord. */
static int dearer(const hypothesis *a, const hypothesis *b)
{
    return a->cost != b->cost ? a->cost > b->cost : a->chord > b->chord;
}

static void sift(hypothesis *heap, size_t count, size_t at)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count)
            return;
        if (child + 1 < count && dearer(&heap[child + 1], &heap[child]))
            child++;
        if (!dearer(&heap[child], &heap[at]))
            return;
        hypothesis other = heap[at];
        heap[at] = heap[child];
        heap[child] = other;
        at = child;
    }
}

/* Keeps the cheapest BEAM candidates in `next`, cheapest first, and returns how many. */
static size_t select_cheapest(coch_follower *f)
{
    float best = INFINITY;
    size_t count = 0;
    for (size_t i = 0; i < f->candidate_count; i++)
        best = fminf(best, f->candidates[i].cost);
    for (size_t i = 0; i < f->candidate_count; i++) {
        const hypothesis *c = &f->candidates[i];
        if (c->cost > best + worst)
            continue;
        if (count < BEAM) {
            f->next[count++] = *c;
            if (count == BEAM)
                for (size_t at = BEAM / 2; at-- > 0;)
                    sift(f->next, BEAM, at);
        } else if (dearer(&f->next[0], c)) {
            f->next[0] = *c;
            sift(f->next, BEAM, 0);
        }
    }
    for (size_t at = count / 2; at-- > 0;)
        sift(f->next, count, at);
    for (size_t left = count; left > 1; left--) { /* heap sort */
        hypothesis dear = f->next[0];
        f->next[0] = f->next[left - 1];
        f->next[left - 1] = dear;
        sift(f->next, left - 1, 0);
    }
    for (size_t i = 0; i < count; i++)
        f->next[i].cost -= best;
    return count;
}

void coch_follower_hear(coch_follower *f, const coch_heard *heard) COCH_REALTIME
{
    f->candidate_count = 0;
    for (size_t slot = 0; slot < f->beam_count; slot++)
        coch_follower_expand(f, slot, heard);
    /* Of the others, who has played nothing yet: what was heard so far was nothing, the piece begins only
     * now. */
    for (size_t slot = 0; slot < f->beam_count; slot++)
        if (slot == 0 || f->beam[slot].chord < 0)
            coch_follower_jump(f, slot, heard);
    for (size_t i = 0; i < f->candidate_count; i++)
        f->best_of_chord[f->candidates[i].chord + 1] = -1;
    size_t count = select_cheapest(f);
    hypothesis *swapped = f->beam;
    f->beam = f->next;
    f->next = swapped;
    f->beam_count = count;
    follower_node *nodes = f->nodes + (f->heard % HISTORY) * BEAM;
    for (size_t i = 0; i < count; i++)
        nodes[i] = f->beam[i].node;
    f->history[f->heard % HISTORY] = *heard;
    f->last_time[heard->pitch & 127] = heard->time;
    f->heard++;
    if (f->heard - f->decided > HISTORY) /* nobody asked for a decision: the oldest is lost */
        f->decided = f->heard - HISTORY;
}

void coch_follower_copy(coch_follower *f, const coch_follower *other) COCH_REALTIME
{
    memcpy(f->beam, other->beam, other->beam_count * sizeof *f->beam);
    memcpy(f->last_time, other->last_time, sizeof f->last_time);
    f->beam_count = other->beam_count;
    f->heard = f->decided = other->heard;
    f->decided_chord = NO_CHORD;
}

/* ---- What is known ---- */

static coch_follower_step step_of(const coch_follower *f, uint64_t heard, const follower_node *node)
{
    return (coch_follower_step){.heard = (uint32_t)heard,
                                .chord = node->chord < 0 ? -1 : (int32_t)f->chords[node->chord].chord,
                                .note = node->note,
                                .jump = node->jump,
                                .substituted = node->substituted};
}

void coch_follower_latest(const coch_follower *f, coch_follower_step *step) COCH_REALTIME
{
    *step = step_of(f, f->heard ? f->heard - 1 : 0, &f->beam[0].node);
}

/* How far the player is `since` seconds after a chord, when the next is `step` score seconds on: on the way
 * to when that one is to be expected. Its time is spread around the due one (a logistic distribution, by how
 * well the tempo is known); as long as it is not heard, the median of what is left of that counts. */
static double progress(const coch_pace *pace, double since, double step)
{
    double due = step / pace->now.rate;
    double spread = scatter + scatter_tempo * sqrt((double)pace->now.variance) * due;
    double late = (since - hearing - due) / spread;
    double more = late > 30.0 ? late + log(2.0) : log1p(2.0 * exp(late));
    return step * since / (due + spread * more);
}

void coch_follower_position(const coch_follower *f, double now, coch_position *position) COCH_REALTIME
{
    const hypothesis *best = &f->beam[0];
    *position = (coch_position){.chord = -1, .rate = best->pace.now.rate, .certainty = 0.0};
    if (best->chord < 0) {
        position->seconds = f->chords[f->range_first].seconds;
        return;
    }
    const follower_chord *chord = &f->chords[best->chord];
    double room = best->chord + 1 < (int32_t)f->chord_count ? chord[1].seconds - chord->seconds
                                                            : f->score->seconds - chord->seconds;
    double since = fmax(now - coch_pace_believed(&best->pace), 0.0);
    float other = INFINITY;
    for (size_t i = 1; i < f->beam_count; i++)
        if (abs(f->beam[i].chord - best->chord) > 4)
            other = fminf(other, f->beam[i].cost);
    position->chord = (int32_t)chord->chord;
    position->seconds = chord->seconds + progress(&best->pace, since, room);
    position->certainty = 1.0 - exp(-(double)other);
    position->heard = best->heard;
    position->chord_time = best->pace.now.time;
}

size_t coch_follower_decide(coch_follower *f, double now, coch_follower_step *steps,
                            size_t capacity) COCH_REALTIME
{
    uint64_t end = f->decided;
    while (end < f->heard && end - f->decided < capacity &&
           (isinf(now) || f->history[end % HISTORY].time < now - COCH_FOLLOWER_LAG))
        end++;
    size_t count = (size_t)(end - f->decided), slot = 0;
    int32_t last = NO_CHORD;
    for (uint64_t at = f->heard; at-- > f->decided && count > 0;) {
        const follower_node *node = &f->nodes[(at % HISTORY) * BEAM + slot];
        if (at < end)
            steps[at - f->decided] = step_of(f, at, node);
        if (at + 1 == end)
            last = node->chord;
        slot = node->parent;
    }
    if (count > 0 && f->decided > 0 && f->decided_chord >= 0 &&
        f->nodes[((f->decided - 1) % HISTORY) * BEAM + slot].chord != f->decided_chord)
        steps[0].jump = COCH_REVISED;
    if (count > 0)
        f->decided_chord = last;
    f->decided = end;
    return count;
}
