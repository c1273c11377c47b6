#include "practice/follower_state.h"

#include <math.h>

/* Costs are negative log likelihoods, set by hand and tried on simulated students (tests/practice). */
static const float cost_extra = 2.2f;          /* a note that belongs nowhere ... */
static const float cost_extra_sure = 1.8f;     /* ... and of which the ear was sure */
static const float cost_extra_echo = 1.2f;     /* of a key struck a moment ago: most often the ear's; ... */
static const float cost_extra_doubt = 1.0f;    /* ... or that it doubts */
static const float cost_left_out = 0.9f;       /* each note of a chord that was not heard */
static const float cost_left_out_more = 0.5f;  /* each further one of a chord of which nothing was heard */
static const float cost_substituted = 3.2f;    /* another key instead */
static const float cost_late = 0.8f;           /* a note of the chord before */
static const float cost_back = 7.5f;           /* a stumble: some chords back, ... */
static const float cost_back_bar = 0.6f;       /* more for each bar, ... */
static const float cost_again = 0.5f;          /* less for one of the last chords */
static const float cost_jump = 12.0f;          /* anywhere else, ... */
static const float cost_far = 1.0f;            /* more for each doubling of the distance in bars, ... */
static const float cost_skip = 5.5f;           /* up to some bars further on */
static const float cost_jump_start = 8.0f;     /* to the start of the range or the piece */
static const float cost_elsewhere = 6.0f;      /* to begin at any other place, ... */
static const float cost_elsewhere_far = 1.25f; /* more for each doubling of its distance in bars */
static const float cost_bar = 1.0f;            /* less when a new stretch begins with a bar, ... */
static const float cost_pause_far = 4.0f;      /* ... far away, ... */
static const float cost_pause = 4.0f;          /* ... and when the music stopped before it */
static const float cost_outside = 3.0f;        /* more to leave the range practised */
static const float cost_timing = 2.2f;         /* times the squared log ratio of intervals */
static const float cost_timing_most = 2.8f;    /* pauses happen */

static const double soft = 0.06;        /* seconds added to intervals before they are compared */
static const double echo_time = 0.25;   /* an echo comes so soon after its note */
static const double gap_stumble = 0.25; /* a stumble is at least so long after the last chord */
static const double gap_pause = 0.30;   /* so much longer than expected is a pause */

static const double leap_time = 0.5; /* share of the time that chords take: who takes less leapt over them */

enum { AHEAD = 10, BACK = 40, AGAIN = 3, LEAP = 2, SKIP_BARS = 3, START = 3 }; /* chords looked at */

static int has(const follower_chord *chord, uint8_t pitch)
{
    return (int)(chord->keys[pitch >> 6] >> (pitch & 63) & 1);
}

/* The place of a pitch among the notes of a chord; the chord has it. */
static unsigned place(const follower_chord *chord, uint8_t pitch)
{
    uint64_t below = ((uint64_t)1 << (pitch & 63)) - 1;
    unsigned n = (unsigned)__builtin_popcountll(chord->keys[pitch >> 6] & below);
    return pitch >= 64 ? n + (unsigned)__builtin_popcountll(chord->keys[0]) : n;
}

static hypothesis *add(coch_follower *f, size_t slot, float more, int32_t chord)
{
    static const follower_node nothing = {0};
    const hypothesis *from = &f->beam[slot];
    float cost = from->cost + more;
    int32_t *best = &f->best_of_chord[chord + 1];
    hypothesis *to;
    if (*best >= 0) {
        to = &f->candidates[*best];
        if (to->cost <= cost)
            return NULL;
    } else {
        if (f->candidate_count == f->candidate_room)
            return NULL;
        *best = (int32_t)f->candidate_count;
        to = &f->candidates[f->candidate_count++];
    }
    *to = *from;
    to->cost = cost;
    to->chord = chord;
    to->node = nothing;
    to->node.parent = (uint16_t)slot;
    to->node.chord = chord;
    to->node.note = -1;
    return to;
}

static void set_note(const coch_follower *f, hypothesis *h, unsigned at)
{
    h->heard |= (uint64_t)1 << at;
    h->node.note = (int32_t)f->notes[f->chords[h->chord].first + at];
}

static float extra(const coch_follower *f, const coch_heard *heard)
{
    static const int partials[] = {-12, -19, -24, 12};
    double since = heard->time - f->last_time[heard->pitch & 127];
    if (since >= 0 && since < echo_time)
        return cost_extra_echo;
    if (heard->doubtful)
        return cost_extra_doubt;
    for (size_t i = 0; i < sizeof partials / sizeof *partials; i++) {
        int other = heard->pitch + partials[i];
        if (other >= 0 && other < 128 && fabs(heard->time - f->last_time[other]) < COCH_PACE_TOGETHER)
            return cost_extra_echo;
    }
    return cost_extra + cost_extra_sure * heard->confidence;
}

static unsigned unheard(const follower_chord *chord, uint64_t heard)
{
    return chord->count - (unsigned)__builtin_popcountll(heard);
}

/* What it costs that nothing of a chord was heard. */
static float left_out(const follower_chord *chord)
{
    return cost_left_out + cost_left_out_more * (float)(chord->count - 1);
}

static float timing(double performed, double expected)
{
    if (performed < -0.05)
        return 2.0f * cost_timing_most;
    double ratio = log((fmax(performed, 0.0) + soft) / (expected + soft));
    return fminf(cost_timing * (float)(ratio * ratio), cost_timing_most);
}

/* The note belongs to the chord of the hypothesis, to the one before, or to none. */
static void stay(coch_follower *f, size_t slot, const coch_heard *heard)
{
    const hypothesis *from = &f->beam[slot];
    float nowhere = extra(f, heard);
    if (from->chord < 0) {
        add(f, slot, nowhere, from->chord);
        return;
    }
    const follower_chord *chord = &f->chords[from->chord];
    if (has(chord, heard->pitch) && !(from->heard >> place(chord, heard->pitch) & 1)) {
        double apart = fmax(fabs(heard->time - from->pace.now.time) - COCH_PACE_TOGETHER, 0.0);
        hypothesis *to = add(f, slot, fminf((float)apart * 6.0f, 3.0f), from->chord);
        if (to) {
            set_note(f, to, place(chord, heard->pitch));
            coch_pace_join(&to->pace, heard->time);
        }
    }
    if (from->chord > 0 && has(chord - 1, heard->pitch) &&
        !(from->heard_last >> place(chord - 1, heard->pitch) & 1)) {
        double expected = from->pace.now.time - (chord->seconds - chord[-1].seconds) / from->pace.now.rate;
        double apart = fmax(fabs(heard->time - expected) - COCH_PACE_TOGETHER, 0.0);
        hypothesis *to =
            add(f, slot, cost_late - cost_left_out + fminf((float)apart * 6.0f, 3.0f), from->chord);
        if (to) {
            unsigned at = place(chord - 1, heard->pitch);
            to->heard_last |= (uint64_t)1 << at;
            to->node.note = (int32_t)f->notes[chord[-1].first + at];
        }
    }
    add(f, slot, nowhere, from->chord);
}

/* A later chord begins; what is left out and takes no time either is a leap. */
static void begin_chord(hypothesis *h, int left_out, double score, double time)
{
    double performed = time - h->pace.now.time;
    h->node.jump = left_out >= LEAP && performed < leap_time * score / h->pace.now.rate;
    if (h->node.jump)
        coch_pace_jump(&h->pace, time);
    else
        coch_pace_next(&h->pace, score, time);
}

/* The note begins a later chord, or stands for one of the next. */
static void advance(coch_follower *f, size_t slot, const coch_heard *heard)
{
    const hypothesis from = f->beam[slot];
    const follower_chord *chord = &f->chords[from.chord];
    float skipped = cost_left_out * (float)unheard(chord, from.heard);
    for (int32_t to = from.chord + 1; to <= from.chord + AHEAD && to < (int32_t)f->chord_count; to++) {
        const follower_chord *next = &f->chords[to];
        double score = next->seconds - chord->seconds, performed = heard->time - from.pace.now.time;
        double expected = score / from.pace.now.rate;
        float cost = skipped + timing(performed, expected) + (next->inside ? 0.0f : cost_outside);
        int right = has(next, heard->pitch);
        hypothesis *h = right                  ? add(f, slot, cost, to)
                        : to == from.chord + 1 ? add(f, slot, cost + cost_substituted, to)
                                               : NULL;
        if (h) {
            h->heard_last = to == from.chord + 1 ? from.heard : 0;
            h->heard = 0;
            if (right)
                set_note(f, h, place(next, heard->pitch));
            else
                h->node.substituted = 1;
            begin_chord(h, to - from.chord - 1, score, heard->time);
        }
        skipped += left_out(next);
    }
}

/* Whether the music stopped before a note: the next chord should have come long ago. */
static int paused(const coch_follower *f, const hypothesis *from, const coch_heard *heard)
{
    if (from->chord < 0 || from->chord + 1 >= (int32_t)f->chord_count)
        return 0;
    double step = f->chords[from->chord + 1].seconds - f->chords[from->chord].seconds;
    return heard->time - from->pace.now.time > step / from->pace.now.rate + gap_pause;
}

static void land(coch_follower *f, size_t slot, const coch_heard *heard, int32_t chord, float cost)
{
    const follower_chord *at = &f->chords[chord];
    cost += (at->inside ? 0.0f : cost_outside) - (at->starts_bar ? cost_bar : 0.0f);
    hypothesis *h = add(f, slot, cost, chord);
    if (!h)
        return;
    h->heard = h->heard_last = 0;
    coch_pace_jump(&h->pace, heard->time);
    h->node.jump = 1;
    set_note(f, h, place(at, heard->pitch));
}

/* A stumble: the note begins a chord again that was already passed, or this one. */
static void go_back(coch_follower *f, size_t slot, const coch_heard *heard)
{
    const hypothesis from = f->beam[slot];
    if (heard->time - from.pace.now.time < gap_stumble)
        return;
    float cost = cost_back - (paused(f, &from, heard) ? cost_pause : 0.0f);
    for (int32_t to = from.chord; to >= 0 && to > from.chord - BACK; to--)
        if (has(&f->chords[to], heard->pitch))
            land(f, slot, heard, to,
                 cost + cost_back_bar * (float)(f->chords[from.chord].bar - f->chords[to].bar) -
                     (from.chord - to < AGAIN ? cost_again : 0.0f));
}

void coch_follower_expand(coch_follower *f, size_t slot, const coch_heard *heard) COCH_REALTIME
{
    stay(f, slot, heard);
    if (f->beam[slot].chord < 0)
        return;
    advance(f, slot, heard);
    if (f->beam[slot].cost < f->beam[0].cost + 3.0f)
        go_back(f, slot, heard);
}

/* What a jump costs by its distance: a bar or so is left out without a pause, who goes further or back stops
 * before. */
static float far(const coch_follower *f, size_t slot, int32_t chord, int pause)
{
    int32_t from = f->beam[slot].chord;
    int32_t bars = (int32_t)f->chords[chord].bar - (int32_t)f->chords[from].bar;
    if (chord > from && bars <= SKIP_BARS)
        return cost_skip;
    return cost_jump + cost_far * log2f(1.0f + fabsf((float)bars)) - (pause ? cost_pause_far : 0.0f);
}

/* What it costs to begin anew with a chord: at the start of the range or the piece, or soon after it when the
 * chords between were not heard; INFINITY elsewhere. */
static float anew(const coch_follower *f, int32_t chord, float cost)
{
    float least = INFINITY;
    for (int32_t first = chord; first >= 0 && first > chord - START; first--) {
        if (first == 0 || first == f->range_first)
            least = fminf(least, cost);
        if (first > 0)
            cost += left_out(&f->chords[first - 1]);
    }
    return least;
}

/* What it costs to begin with a chord before anything else was played: far into the piece is less likely. */
static float begin(const coch_follower *f, int32_t chord)
{
    float bars = (float)f->chords[chord].bar - (float)f->chords[f->range_first].bar;
    float elsewhere = cost_elsewhere + cost_elsewhere_far * log2f(1.0f + fabsf(bars));
    return fminf(elsewhere, anew(f, chord, 0.0f));
}

void coch_follower_jump(coch_follower *f, size_t slot, const coch_heard *heard) COCH_REALTIME
{
    unsigned pitch = heard->pitch & 127;
    int pause = paused(f, &f->beam[slot], heard);
    for (uint32_t i = f->pitch_first[pitch]; i < f->pitch_first[pitch + 1]; i++) {
        int32_t chord = (int32_t)f->by_pitch[i];
        float cost = f->beam[slot].chord < 0
                         ? begin(f, chord)
                         : fminf(far(f, slot, chord, pause),
                                 anew(f, chord, cost_jump_start - (pause ? cost_pause_far : 0.0f)));
        land(f, slot, heard, chord, cost);
    }
}
