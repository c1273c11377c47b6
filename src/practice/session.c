#include "practice/session.h"

#include "practice/clock.h"
#include "practice/known.h"
#include "practice/settling.h"
#include "practice/waiter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 64, HEARD = 1024, QUEUE = 256 };
enum { STRANGE = 6, STRANGE_MOST = 9 }; /* notes that did not fit until the place is in doubt, and counted */

/* Judging and playing along happen at multiples of this, in seconds of input, so that nothing depends on the
 * sizes of the blocks that the input came in. */
static const double tick = 0.010;

/* Score seconds around its place in which a note is believed although the ear doubts it, or the band plays it
 * too. */
static const double doubtful_around = 0.12, known_around = 0.30;

static const double band_jump = 0.6; /* score seconds that the player's place may move without being a jump */

struct coch_session {
    coch_session_options options;
    const coch_score *score;
    coch_follower *careful;  /* hears notes settled and in order: for judging */
    coch_follower *follower; /* is ahead of it by those that have not settled: for what is shown at once */
    coch_judge *judge;
    coch_waiter waiter;
    coch_clock clock;
    coch_band band;
    coch_known known;
    coch_traces traces;
    coch_heard heard[HEARD]; /* ring, of all as they came */
    uint32_t heard_count, excluded;
    coch_settling settling;
    coch_heard settled[HEARD]; /* ring, for the careful follower's decisions */
    uint32_t settled_count;
    int strangers;         /* of the latest notes: those that did not fit, less those that did */
    int64_t ticks;         /* gone through */
    double now, band_time; /* the band has played until then */
    double band_score;     /* and, going along with the player, up to there; -INFINITY: nothing yet */
    coch_band_event queue[QUEUE];
    size_t queue_count;
    coch_follower_step step;
};

void coch_session_default(coch_session_options *options)
{
    *options = (coch_session_options){
        .tempo = 1.0, .count_in = 1, .tolerance_ms = 90.0, .keen = 0.3f, .band_gain = 0.8f};
}

static int valid(const coch_session_options *o, const coch_score *score)
{
    return o->tempo >= 0.25 && o->tempo <= 1.5 && o->tolerance_ms >= 30 && o->tolerance_ms <= 500 &&
           o->margin_db >= 0 && o->margin_db <= 200 && o->count_in >= -1 && o->count_in <= 8 &&
           fabs(o->latency_ms) <= 500 && o->keen > 0 && o->keen <= 1 && o->first_bar <= o->end_bar &&
           o->end_bar <= score->bar_count && o->band_gain >= 0 && o->band_gain <= 1;
}

static coch_hand other(coch_hand hand)
{
    return hand == COCH_HAND_LEFT    ? COCH_HAND_RIGHT
           : hand == COCH_HAND_RIGHT ? COCH_HAND_LEFT
                                     : COCH_HAND_BOTH;
}

cochlea_status coch_session_new(coch_session **session, const coch_score *score,
                                const coch_session_options *options)
{
    *session = NULL;
    if (!valid(options, score))
        return COCHLEA_ERROR_ARGUMENT;
    coch_session *s = calloc(1, sizeof *s);
    if (!s)
        return COCHLEA_ERROR_MEMORY;
    coch_follower_options range = {options->hand, options->first_bar, options->end_bar, options->tempo};
    /* Who is waited for is never late. */
    double tolerance = options->mode == COCH_MODE_WAIT ? INFINITY : options->tolerance_ms;
    coch_judge_options judge = {
        range,     tolerance,         options->mode == COCH_MODE_WAIT, options->exact ? NULL : &s->traces,
        &s->known, options->margin_db};
    s->options = *options;
    s->score = score;
    s->band_time = s->band_score = -INFINITY;
    cochlea_status status = coch_follower_new(&s->follower, score, &range);
    if (status == COCHLEA_OK)
        status = coch_follower_new(&s->careful, score, &range);
    if (status == COCHLEA_OK)
        status = coch_judge_new(&s->judge, score, &judge);
    if (status != COCHLEA_OK) {
        coch_session_free(s);
        return status;
    }
    unsigned bars = options->count_in > 0 ? (unsigned)options->count_in : 0;
    coch_waiter_init(&s->waiter, score, &range, options->loop);
    coch_clock_init(&s->clock, score, options->first_bar, options->end_bar, options->tempo, bars,
                    options->loop);
    coch_band_init(&s->band, score, options->accompaniment ? other(options->hand) : COCH_HAND_BOTH,
                   options->metronome, options->band_gain);
    *session = s;
    return COCHLEA_OK;
}

void coch_session_free(coch_session *s)
{
    if (!s)
        return;
    coch_follower_free(s->follower);
    coch_follower_free(s->careful);
    coch_judge_free(s->judge);
    free(s);
}

/* ---- The clock ---- */

static void start_clock(coch_session *s, double now) COCH_REALTIME
{
    coch_clock_start(&s->clock, now);
    s->band_time = now;
    /* The player goes by what is heard, and is heard, that much later. */
    coch_judge_clock(s->judge, s->clock.start + s->options.latency_ms / 1000.0, s->clock.first, s->clock.rate,
                     s->clock.loop ? coch_clock_period(&s->clock) : 0.0);
}

/* For recordings: the clock is set by the first note that is where it should be. */
static void start_by_note(coch_session *s, const coch_follower_step *step,
                          const coch_heard *heard) COCH_REALTIME
{
    if (step->note < 0)
        return;
    double into = (s->score->notes[step->note].seconds - s->clock.first) / s->clock.rate;
    start_clock(s, heard->time - into - s->clock.count_in - s->options.latency_ms / 1000.0);
}

/* ---- Hearing ---- */

/* Whether the player, who is where a follower says, should strike this key within `around` score seconds. */
static int due_now(const coch_session *s, const coch_follower *follower, const coch_heard *heard,
                   double around) COCH_REALTIME
{
    coch_position at;
    if (s->options.mode == COCH_MODE_WAIT)
        return coch_waiter_wants(&s->waiter, heard->pitch);
    coch_follower_position(follower, heard->time, &at);
    if (s->options.mode == COCH_MODE_TEMPO && coch_clock_runs(&s->clock))
        at.seconds = coch_clock_position(&s->clock, heard->time);
    for (size_t c = at.chord > 8 ? (size_t)at.chord - 8 : 0; c < s->score->chord_count; c++) {
        const coch_score_chord *chord = &s->score->chords[c];
        if (chord->seconds > at.seconds + around)
            break;
        for (uint32_t i = chord->first;
             i < chord->first + chord->count && chord->seconds > at.seconds - around; i++)
            if (s->score->notes[i].pitch == heard->pitch &&
                (s->options.hand == COCH_HAND_BOTH || s->score->notes[i].hand == s->options.hand))
                return 1;
    }
    return 0;
}

/* Whether a follower is to hear this note: one that the ear doubts only where it is due, unless the place is
 * in doubt itself. */
static int believed(const coch_session *s, const coch_follower *follower,
                    const coch_heard *heard) COCH_REALTIME
{
    return !heard->doubtful || s->strangers >= STRANGE || due_now(s, follower, heard, doubtful_around);
}

/* A note fitted where the player is taken to be, or not. */
static void count_stranger(coch_session *s, int fits) COCH_REALTIME
{
    if (!fits && s->strangers < STRANGE_MOST)
        s->strangers++;
    else if (fits && s->strangers > 0)
        s->strangers--;
}

/* The follower goes on from where the careful one is. */
static void catch_up(coch_session *s) COCH_REALTIME
{
    coch_follower_copy(s->follower, s->careful);
    for (size_t i = 0; i < s->settling.count; i++) {
        const coch_heard *heard = &s->settling.notes[i];
        if (believed(s, s->follower, heard))
            coch_follower_hear(s->follower, heard);
    }
}

/* Gives the careful follower what has settled, and its decisions to the judge. */
static void decide(coch_session *s, double now) COCH_REALTIME
{
    coch_follower_step steps[STEPS];
    coch_heard heard;
    size_t count;
    uint32_t before = s->settled_count;
    if (s->options.mode == COCH_MODE_WAIT)
        return;
    while (coch_settling_take(&s->settling, s->options.exact ? NULL : &s->traces, now, &heard)) {
        coch_follower_step step = {.note = -1};
        if (believed(s, s->careful, &heard)) {
            s->settled[s->settled_count++ % HEARD] = heard;
            coch_follower_hear(s->careful, &heard);
            coch_follower_latest(s->careful, &step);
        }
        count_stranger(s, step.note >= 0);
    }
    if (s->settled_count != before)
        catch_up(s);
    while ((count = coch_follower_decide(s->careful, now, steps, STEPS)) > 0)
        for (size_t i = 0; i < count; i++)
            coch_judge_step(s->judge, &steps[i], &s->settled[steps[i].heard % HEARD]);
}

/* ---- The band ---- */

/* Plays from where it stopped to `until`, round by round where the clock loops. */
static size_t play_by_clock(coch_session *s, double until, coch_band_event *events,
                            size_t capacity) COCH_REALTIME
{
    size_t count = 0;
    double period = coch_clock_period(&s->clock);
    while (s->band_time < until && count < capacity) {
        double since = s->band_time - s->clock.start;
        double round = s->clock.loop && since > 0 ? floor(since / period + 1e-9) : 0.0;
        double begin = s->clock.start + round * period;
        double end = fmin(until, begin + period);
        if (!s->clock.loop && s->band_time >= begin + period)
            return count + coch_band_stop(&s->band, s->band_time, events + count, capacity - count);
        coch_band_span span = {.time = s->band_time,
                               .from = s->clock.first + (s->band_time - begin) * s->clock.rate,
                               .to = s->clock.first + (end - begin) * s->clock.rate,
                               .rate = s->clock.rate,
                               .start = s->clock.first};
        count += coch_band_play(&s->band, &span, events + count, capacity - count);
        s->band_time = end;
    }
    return count;
}

/* Without a clock the band goes with the player: from where it was to where the player will be at `until`. */
static size_t play_along(coch_session *s, double until, coch_band_event *events,
                         size_t capacity) COCH_REALTIME
{
    coch_position was, will;
    if (isinf(s->band_time))
        s->band_time = until;
    coch_follower_position(s->follower, s->band_time, &was);
    coch_follower_position(s->follower, until, &will);
    coch_band_span span = {.time = s->band_time,
                           .from = was.seconds,
                           .to = will.seconds,
                           .rate = will.rate,
                           .start = s->clock.first};
    s->band_time = until;
    if (will.chord < 0)
        return 0;
    size_t count = 0;
    if (fabs(span.from - s->band_score) > band_jump) { /* the player is elsewhere: joins with this chord */
        count = coch_band_stop(&s->band, span.time, events, capacity);
        span.from = s->score->chords[will.chord].seconds;
    } else
        span.from = s->band_score; /* nothing twice, nothing left out */
    s->band_score = fmax(span.to, span.from);
    if (span.to <= span.from)
        return count;
    return count + coch_band_play(&s->band, &span, events + count, capacity - count);
}

static void remember(coch_session *s, const coch_band_event *events, size_t count) COCH_REALTIME
{
    for (size_t i = 0; i < count && !s->options.headphones; i++) {
        int click = (events[i].bytes[0] & 0x0F) == COCH_CLICK_CHANNEL;
        if ((events[i].bytes[0] & 0xF0) == 0x90)
            coch_known_add(&s->known, events[i].time + s->options.latency_ms / 1000.0,
                           click ? COCH_KNOWN_CLICK : events[i].bytes[1]);
    }
}

/* One tick, at `now`. */
static void run_tick(coch_session *s, double now) COCH_REALTIME
{
    size_t count = 0, room = QUEUE - s->queue_count;
    coch_band_event *events = s->queue + s->queue_count;
    int plays = s->band.metronome || s->band.hand != COCH_HAND_BOTH;
    if (s->options.mode == COCH_MODE_TEMPO) {
        if (!coch_clock_runs(&s->clock) && s->options.count_in >= 0)
            start_clock(s, now);
        if (coch_clock_runs(&s->clock) && plays)
            count = play_by_clock(s, now + COCH_BAND_AHEAD, events, room);
    } else if (s->options.mode == COCH_MODE_FREE && plays) {
        count = play_along(s, now + COCH_BAND_AHEAD, events, room);
    }
    remember(s, events, count);
    s->queue_count += count;
    decide(s, now);
    coch_judge_settle(s->judge, now);
}

static void run_to(coch_session *s, double now) COCH_REALTIME
{
    for (; (double)s->ticks * tick <= now; s->ticks++)
        run_tick(s, (double)s->ticks * tick);
    s->now = fmax(s->now, now);
}

/* Whether this note was taken already, from the other ear. */
static int taken(const coch_session *s, const coch_heard *heard) COCH_REALTIME
{
    for (uint32_t i = 0; i < 64 && i < s->heard_count; i++) {
        const coch_heard *other = &s->heard[(s->heard_count - 1 - i) % HEARD];
        if (other->pitch == heard->pitch && fabs(other->time - heard->time) < COCH_SAME_NOTE)
            return 1;
    }
    return 0;
}

static void take(coch_session *s, const coch_heard *heard) COCH_REALTIME
{
    s->heard[s->heard_count++ % HEARD] = *heard;
    if (s->options.mode == COCH_MODE_WAIT) {
        coch_waiter_hear(&s->waiter, heard, &s->step);
        coch_judge_step(s->judge, &s->step, heard);
    } else {
        coch_follower_hear(s->follower, heard);
        coch_follower_latest(s->follower, &s->step);
    }
    coch_judge_glance(s->judge, &s->step, heard);
    if (s->options.mode == COCH_MODE_TEMPO && !coch_clock_runs(&s->clock) && s->options.count_in < 0)
        start_by_note(s, &s->step, heard);
}

void coch_session_hear(coch_session *s, const coch_heard *heard, double now) COCH_REALTIME
{
    run_to(s, now);
    if (taken(s, heard))
        return;
    if (coch_known_explains(&s->known, heard) && !due_now(s, s->follower, heard, known_around)) {
        s->excluded++;
        return;
    }
    if (s->options.mode != COCH_MODE_WAIT)
        coch_settling_add(&s->settling, heard);
    if (believed(s, s->follower, heard))
        take(s, heard);
}

void coch_session_sense(coch_session *s, const cochlea_hop *hop, double time, double now) COCH_REALTIME
{
    coch_heard heard[COCHLEA_KEYS];
    run_to(s, now);
    size_t count = coch_traces_add(&s->traces, hop, time, s->options.keen, heard);
    for (size_t i = 0; i < count; i++)
        coch_session_hear(s, &heard[i], now);
}

size_t coch_session_advance(coch_session *s, double now, coch_band_event *events,
                            size_t capacity) COCH_REALTIME
{
    run_to(s, now);
    size_t count = s->queue_count < capacity ? s->queue_count : capacity;
    memcpy(events, s->queue, count * sizeof *events);
    memmove(s->queue, s->queue + count, (s->queue_count - count) * sizeof *events);
    s->queue_count -= count;
    return count;
}

void coch_session_finish(coch_session *s, double now)
{
    run_to(s, now);
    decide(s, INFINITY);
    coch_judge_settle(s->judge, s->now);
    coch_judge_settle(s->judge, INFINITY);
    s->queue_count += coch_band_stop(&s->band, s->now, s->queue + s->queue_count, QUEUE - s->queue_count);
}

/* ---- What is shown ---- */

static void wait_position(const coch_session *s, coch_position *position) COCH_REALTIME
{
    const coch_waiter *w = &s->waiter;
    int32_t chord = w->chord < (int32_t)w->end ? w->chord : (int32_t)w->end - 1;
    *position = (coch_position){.chord = chord, .rate = 1.0, .certainty = 1.0, .chord_time = w->chord_time};
    position->seconds = s->score->chords[chord].seconds;
    position->heard = w->heard;
}

void coch_session_picture(const coch_session *s, coch_picture *picture) COCH_REALTIME
{
    *picture = (coch_picture){.score = s->score,
                              .notes = coch_judge_notes(s->judge),
                              .now = s->now,
                              .heard = s->heard_count,
                              .excluded = s->excluded,
                              .step = s->step};
    picture->extra_count = coch_judge_extras(s->judge, &picture->extras);
    picture->break_count = coch_judge_breaks(s->judge, &picture->breaks);
    if (s->heard_count)
        picture->last = s->heard[(s->heard_count - 1) % HEARD];
    coch_follower_position(s->follower, s->now, &picture->position);
    if (s->options.mode == COCH_MODE_WAIT) {
        wait_position(s, &picture->position);
        picture->finished = s->waiter.chord >= (int32_t)s->waiter.end;
    } else if (s->options.mode == COCH_MODE_TEMPO && coch_clock_runs(&s->clock)) {
        double at = coch_clock_position(&s->clock, s->now);
        const coch_score_bar *bar = &s->score->bars[coch_score_bar_at(s->score, s->clock.first)];
        double beat = coch_score_seconds(s->score, bar->beat + 4.0 / bar->denominator) - bar->seconds;
        picture->counting_in = at < s->clock.first ? (int)ceil((s->clock.first - at) / beat) : 0;
        picture->lead = fmax(s->clock.first - at, 0.0);
        picture->position.seconds = fmax(at, s->clock.first);
        picture->position.rate = s->clock.rate;
        picture->finished = at >= s->clock.last;
    } else {
        picture->finished = picture->position.seconds >= s->clock.last;
    }
    double beat = coch_score_beat(s->score, picture->position.seconds);
    picture->tempo = 60.0 * picture->position.rate *
                     (coch_score_beat(s->score, picture->position.seconds + 0.01) - beat) / 0.01;
}

const coch_judge *coch_session_judge(const coch_session *s)
{
    return s->judge;
}

const coch_session_options *coch_session_get_options(const coch_session *s)
{
    return &s->options;
}
