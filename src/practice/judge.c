#include "practice/judge_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double settle_after = 2.0; /* seconds played past a chord before it is judged */
static const double give_up = 3.0;      /* seconds of silence after which what was reached is judged */

enum { SKIP_BARS = 4, MIDDLE_OF = 16 };

const char *coch_verdict_name(unsigned verdict)
{
    static const char *const names[COCH_VERDICTS] = {"pending", "heard", "hit",    "early",
                                                     "late",    "wrong", "missed", "not sure"};
    return verdict < COCH_VERDICTS ? names[verdict] : "unknown";
}

const char *coch_break_name(unsigned kind)
{
    static const char *const names[] = {"stumble", "skip", "return", "hesitation"};
    return kind < sizeof names / sizeof *names ? names[kind] : "unknown";
}

/* ---- Life ---- */

static void layout(coch_judge *j)
{
    size_t notes = j->score->note_count, chords = j->score->chord_count;
    j->notes = coch_arena_take(&j->arena, notes, sizeof *j->notes);
    j->chord_time = coch_arena_take(&j->arena, chords, sizeof *j->chord_time);
    j->chord_pass = coch_arena_take(&j->arena, chords, sizeof *j->chord_pass);
    j->heard_time = coch_arena_take(&j->arena, notes, sizeof *j->heard_time);
    j->heard_pass = coch_arena_take(&j->arena, notes, sizeof *j->heard_pass);
    j->heard_velocity = coch_arena_take(&j->arena, notes, sizeof *j->heard_velocity);
    j->heard_doubtful = coch_arena_take(&j->arena, notes, sizeof *j->heard_doubtful);
    j->heard_confidence = coch_arena_take(&j->arena, notes, sizeof *j->heard_confidence);
    j->extras = coch_arena_take(&j->arena, COCH_EXTRAS_MAX, sizeof *j->extras);
    j->breaks = coch_arena_take(&j->arena, COCH_BREAKS_MAX, sizeof *j->breaks);
    j->waiting = coch_arena_take(&j->arena, WAITING, sizeof *j->waiting);
    j->recent = coch_arena_take(&j->arena, WAITING, sizeof *j->recent);
}

cochlea_status coch_judge_new(coch_judge **judge, const coch_score *score, const coch_judge_options *options)
{
    coch_judge *j = calloc(1, sizeof *j);
    *judge = NULL;
    if (!j)
        return COCHLEA_ERROR_MEMORY;
    j->score = score;
    j->options = *options;
    j->quiet = coch_judge_quiet(options->margin_db);
    layout(j);
    cochlea_status status = coch_arena_allocate(&j->arena);
    if (status != COCHLEA_OK) {
        free(j);
        return status;
    }
    layout(j);
    coch_judge_reset(j);
    *judge = j;
    return COCHLEA_OK;
}

void coch_judge_free(coch_judge *j)
{
    if (j)
        coch_arena_free(&j->arena);
    free(j);
}

void coch_judge_reset(coch_judge *j) COCH_REALTIME
{
    for (size_t i = 0; i < j->score->note_count; i++) {
        j->notes[i] = (coch_judgement){.error_ms = NAN, .time = NAN};
        j->heard_pass[i] = 0;
    }
    for (size_t c = 0; c < j->score->chord_count; c++) {
        j->chord_time[c] = NAN;
        j->chord_pass[c] = 0;
    }
    j->extra_count = j->break_count = j->waiting_count = 0;
    j->recent_count = 0;
    j->pass = 0;
    j->cursor = j->frontier = j->pass_first = -1;
    j->clock_rate = 0;
}

void coch_judge_clock(coch_judge *j, double time, double score, double rate, double period) COCH_REALTIME
{
    j->clock_period = period;
    j->clock_time = time;
    j->clock_score = score;
    j->clock_rate = rate;
}

/* ---- The stream ---- */

void coch_judge_break(coch_judge *j, coch_break entry) COCH_REALTIME
{
    if (j->break_count < COCH_BREAKS_MAX)
        j->breaks[j->break_count++] = entry;
}

/* Nonzero when the other hand, which is not practised, has this note around here. */
static int other_hand(const coch_judge *j, const waiting_note *w)
{
    if (j->options.range.hand == COCH_HAND_BOTH)
        return 0;
    double here = j->score->chords[w->chord].seconds;
    for (int step = -1; step <= 1; step += 2)
        for (int64_t c = (int64_t)w->chord + (step > 0); c >= 0 && c < (int64_t)j->score->chord_count;
             c += step) {
            const coch_score_chord *chord = &j->score->chords[c];
            if (fabs(chord->seconds - here) > 1.5)
                break;
            for (uint32_t i = chord->first; i < chord->first + chord->count; i++)
                if (j->score->notes[i].pitch == w->heard.pitch)
                    return 1;
        }
    return 0;
}

/* Stray notes from before `time` were not expected by anything. */
static void settle_extras(coch_judge *j, double time)
{
    size_t left = 0;
    for (size_t i = 0; i < j->waiting_count; i++) {
        const waiting_note *w = &j->waiting[i];
        if (w->heard.time >= time) {
            j->waiting[left++] = *w;
            continue;
        }
        if (j->extra_count == COCH_EXTRAS_MAX || other_hand(j, w))
            continue;
        j->extras[j->extra_count++] = (coch_extra){.time = w->heard.time,
                                                   .chord = w->chord,
                                                   .pitch = w->heard.pitch,
                                                   .velocity = w->heard.velocity,
                                                   .confidence = w->heard.confidence,
                                                   .sure = !coch_judge_may_invent(j, &w->heard)};
    }
    j->waiting_count = left;
}

/* Judges the chords of this pass up to and with `last`. */
static void judge_to(coch_judge *j, int32_t last)
{
    for (; j->frontier <= last; j->frontier++)
        coch_judge_chord(j, j->frontier);
}

static void end_pass(coch_judge *j)
{
    if (j->pass == 0)
        return;
    judge_to(j, j->cursor);
    settle_extras(j, INFINITY);
}

/* Says where and how the music did not simply go on. */
static void tell_break(coch_judge *j, int32_t chord, double time)
{
    int32_t from = j->cursor;
    const coch_score_chord *was = &j->score->chords[from], *is = &j->score->chords[chord];
    int to_start = chord == 0 || (uint32_t)chord == j->score->bars[j->options.range.first_bar].first_chord;
    unsigned kind = chord > from                                         ? COCH_SKIP
                    : to_start || was->bar - is->bar > COCH_STUMBLE_BARS ? COCH_RETURN
                                                                         : COCH_STUMBLE;
    coch_judge_break(j, (coch_break){.time = time,
                                     .pause = time - j->cursor_time,
                                     .from = (uint32_t)from,
                                     .to = (uint32_t)chord,
                                     .kind = (uint8_t)kind});
}

/* A new pass begins at a chord: judges what was skipped. */
static void begin_pass(coch_judge *j, int32_t chord, double time)
{
    int first_ever = j->pass == 0;
    end_pass(j);
    if (!first_ever) {
        uint32_t was = j->score->chords[j->cursor].bar, is = j->score->chords[chord].bar;
        if (chord > j->cursor + 1 && is - was <= SKIP_BARS)
            judge_to(j, chord - 1); /* still in the old pass: these were left out */
        tell_break(j, chord, time);
    }
    j->pass++;
    j->pass_first = j->cursor = j->frontier = chord;
    j->cursor_time = time;
}

/* The pass was taken to be elsewhere, and what is not judged of it yet never will be: but further on the same
 * music stands in both places, and the player leapt from one to the other somewhere in it. */
static void move_pass(coch_judge *j, int32_t chord, double time)
{
    if (chord > j->cursor + 1) {
        judge_to(j, j->cursor);
        tell_break(j, chord, time);
    }
    settle_extras(j, time - settle_after);
    j->pass++;
    j->pass_first = j->cursor = j->frontier = chord;
    j->cursor_time = time;
}

/* When a chord was played: the middle one of its notes, so that a straggler does not move it. */
static double middle_time(const coch_judge *j, const coch_score_chord *chord)
{
    double times[MIDDLE_OF];
    int count = 0;
    for (uint32_t i = chord->first; i < chord->first + chord->count && count < MIDDLE_OF; i++) {
        if (j->heard_pass[i] != j->pass)
            continue;
        int at = count++;
        for (; at > 0 && times[at - 1] > j->heard_time[i]; at--)
            times[at] = times[at - 1];
        times[at] = j->heard_time[i];
    }
    return count > 0 ? times[(count - 1) / 2] : NAN;
}

static void assign(coch_judge *j, uint32_t note, const coch_heard *heard)
{
    uint32_t chord = j->score->notes[note].chord;
    j->heard_pass[note] = j->pass;
    j->heard_time[note] = heard->time;
    j->heard_velocity[note] = heard->velocity;
    j->heard_confidence[note] = heard->confidence;
    j->heard_doubtful[note] = heard->doubtful;
    j->chord_pass[chord] = j->pass;
    j->chord_time[chord] = middle_time(j, &j->score->chords[chord]);
}

void coch_judge_move(coch_judge *j, uint32_t from, uint32_t to) COCH_REALTIME
{
    uint32_t left = j->score->notes[from].chord;
    coch_heard heard = {.time = j->heard_time[from],
                        .velocity = j->heard_velocity[from],
                        .confidence = j->heard_confidence[from],
                        .doubtful = j->heard_doubtful[from]};
    j->heard_pass[from] = 0;
    assign(j, to, &heard);
    j->chord_time[left] = middle_time(j, &j->score->chords[left]);
    if (isnan(j->chord_time[left]))
        j->chord_pass[left] = 0;
}

static void wait(coch_judge *j, const coch_heard *heard, uint32_t chord)
{
    if (j->waiting_count == WAITING)
        memmove(j->waiting, j->waiting + 1, --j->waiting_count * sizeof *j->waiting);
    j->waiting[j->waiting_count++] = (waiting_note){*heard, chord};
}

void coch_judge_glance(coch_judge *j, const coch_follower_step *step, const coch_heard *heard) COCH_REALTIME
{
    if (step->note < 0 || j->notes[step->note].verdict != COCH_PENDING)
        return;
    j->notes[step->note].verdict = COCH_HEARD;
    j->notes[step->note].velocity = heard->velocity;
}

void coch_judge_step(coch_judge *j, const coch_follower_step *step, const coch_heard *heard) COCH_REALTIME
{
    j->recent[j->recent_count++ % WAITING] = *heard;
    if (step->jump == COCH_REVISED && step->chord >= 0)
        move_pass(j, step->chord, heard->time);
    else if (step->chord >= 0 && (j->pass == 0 || step->jump || step->chord < j->cursor))
        begin_pass(j, step->chord, heard->time);
    if (step->chord > j->cursor && j->pass > 0) {
        j->cursor = step->chord;
        j->cursor_time = heard->time;
    }
    int free_note = step->note >= 0 && j->pass > 0 && !step->substituted &&
                    j->score->notes[step->note].chord >= (uint32_t)j->frontier &&
                    j->heard_pass[step->note] != j->pass;
    if (free_note)
        assign(j, (uint32_t)step->note, heard);
    else
        wait(j, heard, j->pass > 0 ? (uint32_t)j->cursor : 0);
}

void coch_judge_settle(coch_judge *j, double now) COCH_REALTIME
{
    if (j->pass == 0)
        return;
    if (isinf(now)) {
        end_pass(j);
        return;
    }
    int silent = !j->options.patient && now - j->cursor_time > give_up + COCH_FOLLOWER_LAG;
    while (j->frontier <= j->cursor) {
        int32_t c = j->frontier;
        int done = j->chord_pass[c] == j->pass && j->cursor_time - j->chord_time[c] > settle_after;
        double due[2];
        if (!done && !silent) {
            coch_judge_due(j, c, due);
            double latest = isnan(due[0]) ? due[1] : due[0];
            done = j->cursor_time - latest > settle_after;
        }
        if (!done && !silent)
            break;
        coch_judge_chord(j, c);
        settle_extras(j, (j->chord_pass[c] == j->pass ? j->chord_time[c] : j->cursor_time - settle_after) -
                             COCH_JUDGE_RESCUE);
        j->frontier++;
    }
}

/* ---- Results ---- */

const coch_judgement *coch_judge_notes(const coch_judge *j)
{
    return j->notes;
}

size_t coch_judge_extras(const coch_judge *j, const coch_extra **extras)
{
    *extras = j->extras;
    return j->extra_count;
}

size_t coch_judge_breaks(const coch_judge *j, const coch_break **breaks)
{
    *breaks = j->breaks;
    return j->break_count;
}

const double *coch_judge_times(const coch_judge *j, const uint32_t **passes)
{
    *passes = j->chord_pass;
    return j->chord_time;
}
