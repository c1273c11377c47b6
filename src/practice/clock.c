#include "practice/clock.h"

#include <math.h>

void coch_clock_init(coch_clock *clock, const coch_score *score, uint32_t first_bar, uint32_t end_bar,
                     double rate, unsigned bars, int loop)
{
    int whole = first_bar >= end_bar || first_bar >= score->bar_count;
    size_t first = whole ? 0 : first_bar;
    const coch_score_bar *bar = &score->bars[first];
    double end = score->seconds;
    if (!whole && end_bar < score->bar_count)
        end = score->bars[end_bar].seconds;
    /* A pickup is counted in by a whole bar of its metre. */
    double beats = 4.0 * bar->numerator / bar->denominator;
    double seconds = coch_score_seconds(score, bar->beat + beats) - bar->seconds;
    *clock = (coch_clock){.start = NAN,
                          .first = bar->seconds,
                          .last = fmax(end, bar->seconds + 0.1),
                          .rate = rate,
                          .count_in = bars * seconds / rate,
                          .loop = loop};
}

void coch_clock_start(coch_clock *clock, double now) COCH_REALTIME
{
    clock->start = now + clock->count_in;
}

int coch_clock_runs(const coch_clock *clock) COCH_REALTIME
{
    return !isnan(clock->start);
}

double coch_clock_period(const coch_clock *clock) COCH_REALTIME
{
    return (clock->last - clock->first) / clock->rate;
}

double coch_clock_position(const coch_clock *clock, double now) COCH_REALTIME
{
    if (!coch_clock_runs(clock))
        return clock->first;
    double since = now - clock->start;
    if (clock->loop && since > 0)
        since = fmod(since, coch_clock_period(clock));
    return fmin(clock->first + since * clock->rate, clock->last);
}
