#include "practice/report.h"

#include <math.h>

enum { WORST_SHOWN = 5, WIDTH = 40 };

static void write_histogram(const coch_report *r, FILE *file)
{
    uint32_t most = 1;
    for (int i = 0; i < COCH_HISTOGRAM_BINS; i++)
        most = r->histogram[i] > most ? r->histogram[i] : most;
    for (int i = 0; i < COCH_HISTOGRAM_BINS; i++) {
        int length = (int)((uint64_t)r->histogram[i] * WIDTH / most);
        if (r->histogram[i] == 0)
            continue;
        fprintf(file, "  %+5d ms %5u ", (i - COCH_HISTOGRAM_BINS / 2) * COCH_HISTOGRAM_BIN_MS,
                r->histogram[i]);
        for (int k = 0; k < length; k++)
            putc('#', file);
        putc('\n', file);
    }
}

static void write_worst(const coch_report *r, FILE *file)
{
    if (r->worst_count == 0)
        return;
    fputs("Bars to practise:\n", file);
    for (size_t i = 0; i < r->worst_count && i < WORST_SHOWN; i++) {
        const coch_bar_result *b = &r->bars[r->worst[i]];
        fprintf(file, "  bar %u: %u wrong, %u missed, %u early, %u late, %u not written", b->bar + 1,
                b->verdicts[COCH_WRONG], b->verdicts[COCH_MISSED], b->verdicts[COCH_EARLY],
                b->verdicts[COCH_LATE], b->extra);
        if (b->breaks)
            fprintf(file, ", %u stumble%s or pause%s", b->breaks, b->breaks > 1 ? "s" : "",
                    b->breaks > 1 ? "s" : "");
        fputs("\n", file);
    }
}

static void write_tempo(const coch_report *r, FILE *file)
{
    float low = INFINITY, high = 0, sum = 0;
    size_t count = 0;
    for (size_t b = 0; b < r->bar_count; b++) {
        if (isnan(r->bars[b].tempo))
            continue;
        low = fminf(low, r->bars[b].tempo);
        high = fmaxf(high, r->bars[b].tempo);
        sum += r->bars[b].tempo;
        count++;
    }
    if (count)
        fprintf(file, "Tempo: %.0f a minute, between %.0f and %.0f bar by bar\n",
                (double)(sum / (float)count), (double)low, (double)high);
}

void coch_report_text(const coch_report *r, const coch_session *session, FILE *file)
{
    (void)session;
    if (r->reached == 0) {
        fputs("Nothing of the score was heard.\n", file);
        return;
    }
    fprintf(file, "Notes: %u of %u reached: %u hit, %u early, %u late, %u wrong, %u missed, %u not sure\n",
            r->reached, r->expected, r->verdicts[COCH_HIT], r->verdicts[COCH_EARLY], r->verdicts[COCH_LATE],
            r->verdicts[COCH_WRONG], r->verdicts[COCH_MISSED], r->verdicts[COCH_UNSURE]);
    if (!isnan(r->accuracy))
        fprintf(file, "Right: %.1f %% of the notes, %.1f %% of these in time\n", 100.0 * (double)r->accuracy,
                isnan(r->in_time) ? 0.0 : 100.0 * (double)r->in_time);
    fprintf(file, "Beside the score: %u wrong notes; %u stumbles, %u pauses, %u skips\n", r->extra,
            r->breaks[COCH_STUMBLE], r->breaks[COCH_HESITATION], r->breaks[COCH_SKIP]);
    if (!isnan(r->mean_ms))
        fprintf(file, "Timing: %+.0f ms on average, %.0f ms spread\n", (double)r->mean_ms,
                isnan(r->sd_ms) ? 0.0 : (double)r->sd_ms);
    write_histogram(r, file);
    write_tempo(r, file);
    if (!isnan(r->velocity[0]))
        fprintf(file, "Loudness: %.0f on average (left %.0f, right %.0f), spread %.0f\n",
                (double)r->velocity[0], isnan(r->velocity[1]) ? 0.0 : (double)r->velocity[1],
                isnan(r->velocity[2]) ? 0.0 : (double)r->velocity[2],
                isnan(r->velocity_sd) ? 0.0 : (double)r->velocity_sd);
    write_worst(r, file);
}
