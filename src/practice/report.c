#include "practice/report.h"

#include <math.h>
#include <stdlib.h>

typedef struct sums {
    double count, sum, squares;
} sums;

static void add(sums *s, double value)
{
    s->count++;
    s->sum += value;
    s->squares += value * value;
}

static float mean(const sums *s)
{
    return s->count > 0 ? (float)(s->sum / s->count) : NAN;
}

static float deviation(const sums *s)
{
    return s->count > 1 ? (float)sqrt(fmax(s->squares - s->sum * s->sum / s->count, 0.0) / (s->count - 1))
                        : NAN;
}

static int struck(unsigned verdict)
{
    return verdict == COCH_HIT || verdict == COCH_EARLY || verdict == COCH_LATE;
}

static int in_range(const coch_session_options *o, uint32_t bar)
{
    return o->first_bar >= o->end_bar || (bar >= o->first_bar && bar < o->end_bar);
}

/* Whether the note is practised in this session. */
static int practised(const coch_session_options *o, const coch_score_note *note)
{
    return (o->hand == COCH_HAND_BOTH || note->hand == o->hand) && in_range(o, note->bar);
}

static void count_bin(coch_report *r, double error_ms)
{
    int bin = (int)lrint(error_ms / COCH_HISTOGRAM_BIN_MS) + COCH_HISTOGRAM_BINS / 2;
    bin = bin < 0 ? 0 : bin >= COCH_HISTOGRAM_BINS ? COCH_HISTOGRAM_BINS - 1 : bin;
    r->histogram[bin]++;
}

/* Correlation of what was played with what is written. */
typedef struct pairs {
    double n, x, y, xx, yy, xy;
} pairs;

static void add_pair(pairs *p, double x, double y)
{
    p->n++;
    p->x += x;
    p->y += y;
    p->xx += x * x;
    p->yy += y * y;
    p->xy += x * y;
}

static float correlation(const pairs *p)
{
    double sx = p->n * p->xx - p->x * p->x, sy = p->n * p->yy - p->y * p->y;
    return p->n > 2 && sx > 1e-9 && sy > 1e-9 ? (float)((p->n * p->xy - p->x * p->y) / sqrt(sx * sy)) : NAN;
}

static void count_notes(coch_report *r, const coch_session *session, const coch_picture *picture)
{
    const coch_session_options *o = coch_session_get_options(session);
    const coch_score *score = picture->score;
    sums errors = {0}, loud[3] = {{0}};
    pairs dynamics = {0};
    for (size_t i = 0; i < score->note_count; i++) {
        const coch_score_note *note = &score->notes[i];
        const coch_judgement *j = &picture->notes[i];
        if (!practised(o, note))
            continue;
        unsigned verdict = j->attempts ? j->verdict : COCH_PENDING;
        r->expected++;
        r->reached += j->attempts > 0;
        r->verdicts[verdict]++;
        r->mistakes += j->mistakes;
        if (struck(verdict) && !isnan(j->error_ms)) {
            add(&errors, j->error_ms);
            count_bin(r, j->error_ms);
        }
        if (struck(verdict)) {
            add(&loud[0], j->velocity);
            add(&loud[note->hand == COCH_HAND_LEFT ? 1 : 2], j->velocity);
            add_pair(&dynamics, note->velocity, j->velocity);
        }
    }
    r->mean_ms = mean(&errors);
    r->sd_ms = deviation(&errors);
    for (int i = 0; i < 3; i++)
        r->velocity[i] = mean(&loud[i]);
    r->velocity_sd = deviation(&loud[0]);
    r->dynamics = correlation(&dynamics);
    double hits = r->verdicts[COCH_HIT] + r->verdicts[COCH_EARLY] + r->verdicts[COCH_LATE];
    double sure = hits + r->verdicts[COCH_WRONG] + r->verdicts[COCH_MISSED];
    r->accuracy = sure > 0 ? (float)(hits / sure) : NAN;
    r->in_time = hits > 0 ? (float)(r->verdicts[COCH_HIT] / hits) : NAN;
}

/* ---- Bars ---- */

/* The tempo of a bar as played: from its first chord to the first one after it, if one pass went through. */
static float tempo_of_bar(const coch_session *session, const coch_score *score, size_t bar)
{
    const uint32_t *pass;
    const double *time = coch_judge_times(coch_session_judge(session), &pass);
    int64_t first = -1, last = -1;
    for (size_t c = score->bars[bar].first_chord; c < score->chord_count; c++) {
        if (pass[c] && first < 0)
            first = (int64_t)c;
        if (first >= 0 && pass[c] == pass[first])
            last = (int64_t)c;
        if (score->chords[c].bar > bar && last == (int64_t)c)
            break;
        if (score->chords[c].bar > bar + 1)
            break;
    }
    if (first < 0 || last <= first || score->chords[first].bar != bar)
        return NAN;
    double beats = score->chords[last].beat - score->chords[first].beat, seconds = time[last] - time[first];
    return seconds > 0.1 && beats > 0 ? (float)(60.0 * beats / seconds) : NAN;
}

static void count_bars(coch_report *r, const coch_session *session, const coch_picture *picture)
{
    const coch_session_options *o = coch_session_get_options(session);
    const coch_score *score = picture->score;
    for (size_t b = 0; b < r->bar_count; b++)
        r->bars[b] = (coch_bar_result){.bar = (uint32_t)b, .tempo = tempo_of_bar(session, score, b)};
    for (size_t i = 0; i < score->note_count; i++) {
        const coch_judgement *j = &picture->notes[i];
        coch_bar_result *bar = &r->bars[score->notes[i].bar];
        if (!practised(o, &score->notes[i]))
            continue;
        unsigned verdict = j->attempts ? j->verdict : COCH_PENDING;
        bar->expected++;
        bar->verdicts[verdict]++;
        bar->mistakes += j->mistakes;
        bar->attempts = j->attempts > bar->attempts ? j->attempts : bar->attempts;
        if (struck(verdict)) {
            bar->error_ms += isnan(j->error_ms) ? 0.0f : fabsf(j->error_ms);
            bar->velocity += j->velocity;
        }
    }
    for (size_t i = 0; i < picture->extra_count; i++) {
        const coch_extra *extra = &picture->extras[i];
        r->extra += extra->sure;
        r->doubtful += !extra->sure;
        r->bars[score->chords[extra->chord].bar].extra += extra->sure;
    }
    for (size_t i = 0; i < picture->break_count; i++) {
        const coch_break *entry = &picture->breaks[i];
        r->breaks[entry->kind]++;
        if (entry->kind == COCH_STUMBLE || entry->kind == COCH_HESITATION)
            r->bars[score->chords[entry->from].bar].breaks++;
    }
}

/* Mistakes per note of the bar; a note out of time counts a third, a stumble or pause as two mistakes. */
static void weigh_bars(coch_report *r)
{
    for (size_t b = 0; b < r->bar_count; b++) {
        coch_bar_result *bar = &r->bars[b];
        uint32_t hits = bar->verdicts[COCH_HIT] + bar->verdicts[COCH_EARLY] + bar->verdicts[COCH_LATE];
        bar->error_ms = hits ? bar->error_ms / (float)hits : NAN;
        bar->velocity = hits ? bar->velocity / (float)hits : NAN;
        float faults = (float)(bar->mistakes + bar->extra) + 2.0f * (float)bar->breaks +
                       (float)(bar->verdicts[COCH_EARLY] + bar->verdicts[COCH_LATE]) / 3.0f;
        bar->trouble = faults / (float)(bar->expected + 2);
        if (bar->trouble > 0)
            r->worst[r->worst_count++] = (uint32_t)b;
    }
    for (size_t i = 1; i < r->worst_count; i++) { /* stable: earlier bars first among equals */
        uint32_t bar = r->worst[i];
        size_t at = i;
        for (; at > 0 && r->bars[r->worst[at - 1]].trouble < r->bars[bar].trouble; at--)
            r->worst[at] = r->worst[at - 1];
        r->worst[at] = bar;
    }
}

static void find_pace(coch_report *r, const coch_score *score)
{
    double written = 0.0, played = 0.0;
    for (size_t b = 0; b < r->bar_count; b++) {
        const coch_score_bar *bar = &score->bars[b];
        if (!(r->bars[b].tempo > 0.0f))
            continue;
        written += coch_score_seconds(score, bar->beat + bar->beats) - bar->seconds;
        played += 60.0 * bar->beats / r->bars[b].tempo;
    }
    r->pace = played > 0.0 ? (float)(written / played) : NAN;
}

cochlea_status coch_report_make(coch_report *report, const coch_session *session)
{
    coch_picture picture;
    coch_session_picture(session, &picture);
    *report = (coch_report){.bar_count = picture.score->bar_count};
    report->bars = calloc(report->bar_count, sizeof *report->bars);
    report->worst = calloc(report->bar_count, sizeof *report->worst);
    if (!report->bars || !report->worst)
        return COCHLEA_ERROR_MEMORY;
    count_notes(report, session, &picture);
    count_bars(report, session, &picture);
    weigh_bars(report);
    find_pace(report, picture.score);
    return COCHLEA_OK;
}

void coch_report_free(coch_report *report)
{
    free(report->bars);
    free(report->worst);
    *report = (coch_report){0};
}
