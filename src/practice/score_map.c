#include "practice/score_map.h"

#include <math.h>
#include <stdlib.h>

enum { META = 0xFF, META_TEMPO = 0x51, META_METRE = 0x58, BARS_MAX = 1 << 18 };

/* Tempi outside of this are not played, and would make bars or seconds without end. */
static const double slowest = 4.0 / 60.0, fastest = 2000.0 / 60.0; /* quarter notes per second */

static int is_meta(const coch_smf_event *event, uint8_t type)
{
    return event->bytes[0] == META && event->bytes[1] == type;
}

cochlea_status coch_score_map_tempo(coch_score *score, const coch_smf *smf)
{
    size_t count = 1;
    for (size_t i = 0; i < smf->count; i++)
        count += is_meta(&smf->events[i], META_TEMPO);
    score->tempi = calloc(count, sizeof *score->tempi);
    if (!score->tempi)
        return COCHLEA_ERROR_MEMORY;
    score->tempi[0].rate = 2.0; /* 120 a minute until the file says otherwise */
    score->tempo_count = 1;
    for (size_t i = 0; i < smf->count; i++) {
        const coch_smf_event *event = &smf->events[i];
        if (!is_meta(event, META_TEMPO))
            continue;
        coch_score_tempo *last = &score->tempi[score->tempo_count - 1];
        coch_score_tempo next = {.beat = (double)event->tick / smf->division,
                                 .rate = fmin(fmax(1e6 / event->value, slowest), fastest)};
        next.seconds = last->seconds + (next.beat - last->beat) / last->rate;
        if (next.beat == last->beat)
            *last = next;
        else
            score->tempi[score->tempo_count++] = next;
    }
    return COCHLEA_OK;
}

double coch_score_seconds(const coch_score *score, double beat)
{
    size_t low = 0, high = score->tempo_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (score->tempi[middle].beat <= beat)
            low = middle;
        else
            high = middle;
    }
    const coch_score_tempo *tempo = &score->tempi[low];
    return tempo->seconds + (beat - tempo->beat) / tempo->rate;
}

double coch_score_beat(const coch_score *score, double seconds)
{
    size_t low = 0, high = score->tempo_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (score->tempi[middle].seconds <= seconds)
            low = middle;
        else
            high = middle;
    }
    const coch_score_tempo *tempo = &score->tempi[low];
    return tempo->beat + (seconds - tempo->seconds) * tempo->rate;
}

size_t coch_score_bar_at(const coch_score *score, double seconds)
{
    size_t low = 0, high = score->bar_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (score->bars[middle].seconds <= seconds + 1e-9)
            low = middle;
        else
            high = middle;
    }
    return low;
}

typedef struct metre {
    uint8_t numerator, denominator;
} metre;

/* Appends bars of `now` from `from` to `to` quarter notes; the last one may be cut short. */
static cochlea_status append_bars(coch_score *score, size_t *capacity, metre now, double from, double to)
{
    double length = 4.0 * now.numerator / now.denominator;
    while (from < to - 1e-9) {
        if (score->bar_count == BARS_MAX)
            return COCHLEA_ERROR_UNSUPPORTED;
        if (score->bar_count == *capacity) {
            size_t more = *capacity ? 2 * *capacity : 64;
            coch_score_bar *grown = realloc(score->bars, more * sizeof *grown);
            if (!grown)
                return COCHLEA_ERROR_MEMORY;
            score->bars = grown;
            *capacity = more;
        }
        score->bars[score->bar_count++] = (coch_score_bar){.beat = from,
                                                           .beats = fmin(length, to - from),
                                                           .seconds = coch_score_seconds(score, from),
                                                           .numerator = now.numerator,
                                                           .denominator = now.denominator};
        from += length;
    }
    return COCHLEA_OK;
}

/* The beat at which the last bar ends: whole bars of the last metre around the end of the last note. */
static double end_of_bars(double end, double from, metre last)
{
    double length = 4.0 * last.numerator / last.denominator;
    double bars = ceil((end - from) / length - 1e-9);
    return from + length * fmax(bars, 1.0);
}

cochlea_status coch_score_map_bars(coch_score *score, const coch_smf *smf)
{
    metre now = {4, 4};
    double from = 0, end = 0;
    size_t capacity = 0;
    cochlea_status status = COCHLEA_OK;
    for (size_t i = 0; i < score->note_count; i++) /* a bar must begin before the last note does */
        end = fmax(end, fmax(score->notes[i].beat + 1e-6, score->notes[i].beat + score->notes[i].beats));
    for (size_t i = 0; i < smf->count && status == COCHLEA_OK; i++) {
        const coch_smf_event *event = &smf->events[i];
        double beat = (double)event->tick / smf->division;
        if (!is_meta(event, META_METRE) || beat >= end)
            continue;
        status = append_bars(score, &capacity, now, from, beat);
        now = (metre){(uint8_t)(event->value >> 8), (uint8_t)event->value};
        from = beat;
    }
    return status == COCHLEA_OK ? append_bars(score, &capacity, now, from, end_of_bars(end, from, now))
                                : status;
}
