/* The report: how much was right, how the timing lay, how the tempo went. */
#include "view/practice_parts.h"

#include <math.h>
#include <stdio.h>

enum { MIDDLE_BIN = COCH_HISTOGRAM_BINS / 2 };

void coch_practice_card(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m,
                        const coch_view_rect *card, const char *name)
{
    coch_view_tone_set(cr, COCH_VIEW_PANEL, 1.0);
    coch_view_round(cr, card->x, card->y, card->w, card->h, 8.0 * l->unit);
    cairo_fill(cr);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_practice_write(cr, m, name, card->x + 14.0 * l->unit, card->y + 24.0 * l->unit, 13.0 * l->unit, 1,
                        COCH_VIEW_LEFT, card->w - 28.0 * l->unit);
}

/* ---- How much was right ---- */

static void draw_ring(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m, double x,
                      double y, double r)
{
    const coch_report *report = m->report;
    char text[32];
    double share = isnan(report->accuracy) ? 0.0 : report->accuracy;
    cairo_set_line_width(cr, 0.16 * r);
    coch_view_tone_set(cr, COCH_VIEW_RAISED, 1.0);
    cairo_arc(cr, x, y, r, 0.0, 2.0 * COCH_VIEW_PI);
    cairo_stroke(cr);
    coch_view_set(cr, coch_practice_colour(COCH_PRACTICE_TONE_HIT), 1.0);
    if (share > 0.0) {
        cairo_arc(cr, x, y, r, -0.5 * COCH_VIEW_PI, (2.0 * share - 0.5) * COCH_VIEW_PI);
        cairo_stroke(cr);
    }
    snprintf(text, sizeof text, isnan(report->accuracy) ? "\xE2\x80\x93" : "%.0f %%", 100.0 * share);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_practice_write(cr, m, text, x, y + 0.12 * r, 0.46 * r, 1, COCH_VIEW_CENTRE, 0.0);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_practice_write(cr, m, "right notes", x, y + 0.40 * r, 12.0 * l->unit, 0, COCH_VIEW_CENTRE, 0.0);
}

static void draw_tally(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m, double y,
                       unsigned verdict, const char *name, unsigned count)
{
    char text[32];
    double x = l->score_card.x + 30.0 * l->unit, end = l->score_card.x + l->score_card.w - 24.0 * l->unit;
    coch_practice_sign(cr, verdict, x, y - 4.5 * l->unit, 7.5 * l->unit);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_practice_write(cr, m, name, x + 18.0 * l->unit, y, 13.0 * l->unit, 0, COCH_VIEW_LEFT, 0.0);
    snprintf(text, sizeof text, "%u", count);
    coch_practice_write(cr, m, text, end, y, 14.0 * l->unit, 1, COCH_VIEW_RIGHT, 0.0);
}

static void draw_words(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m, double y)
{
    const coch_report *r = m->report;
    char text[96];
    double x = l->score_card.x + 22.0 * l->unit, w = l->score_card.w - 40.0 * l->unit;
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
    snprintf(text, sizeof text, "%u of %u notes reached", r->reached, r->expected);
    coch_practice_write(cr, m, text, x, y, 12.0 * l->unit, 0, COCH_VIEW_LEFT, w);
    y += 19.0 * l->unit;
    snprintf(text, sizeof text, "stumbles %u, pauses %u, skips %u", r->breaks[COCH_STUMBLE],
             r->breaks[COCH_HESITATION], r->breaks[COCH_SKIP]);
    coch_practice_write(cr, m, text, x, y, 12.0 * l->unit, 0, COCH_VIEW_LEFT, w);
    y += 19.0 * l->unit;
    if (!isnan(r->dynamics)) {
        snprintf(text, sizeof text, "dynamics as written: %.0f %%", 100.0 * fmax(0.0, r->dynamics));
        coch_practice_write(cr, m, text, x, y, 12.0 * l->unit, 0, COCH_VIEW_LEFT, w);
    } else if (!isnan(r->velocity[0])) {
        snprintf(text, sizeof text, "mean velocity %.0f \xC2\xB1 %.0f", r->velocity[0],
                 isnan(r->velocity_sd) ? 0.0f : r->velocity_sd);
        coch_practice_write(cr, m, text, x, y, 12.0 * l->unit, 0, COCH_VIEW_LEFT, w);
    }
}

static void draw_score(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    const coch_report *r = m->report;
    const coch_view_rect *c = &l->score_card;
    double ring = fmin(0.28 * c->w, 0.15 * c->h), y = c->y + 46.0 * l->unit + ring;
    coch_practice_card(cr, l, m, c, "How much was right");
    draw_ring(cr, l, m, c->x + c->w / 2.0, y, ring);
    y += ring + 40.0 * l->unit;
    const struct {
        unsigned verdict;
        const char *name;
        unsigned count;
    } tallies[] = {
        {COCH_HIT, "in time", r->verdicts[COCH_HIT]},
        {COCH_EARLY, "early", r->verdicts[COCH_EARLY]},
        {COCH_LATE, "late", r->verdicts[COCH_LATE]},
        {COCH_WRONG, "wrong key", r->verdicts[COCH_WRONG]},
        {COCH_WRONG, "extra notes", r->extra},
        {COCH_MISSED, "missed", r->verdicts[COCH_MISSED]},
        {COCH_UNSURE, "not sure", r->verdicts[COCH_UNSURE]},
    };
    double left = c->y + c->h - y - 62.0 * l->unit, step = fmin(27.0 * l->unit, left / 7.0);
    for (int i = 0; i < 7; i++)
        draw_tally(cr, l, m, y + i * step, tallies[i].verdict, tallies[i].name, tallies[i].count);
    draw_words(cr, l, m, y + 7.0 * step + 10.0 * l->unit);
}

/* ---- Timing ---- */

static void draw_bin(cairo_t *cr, const coch_practice_layout *l, const coch_view_rect *area, int bin,
                     double share, int in_time)
{
    double w = area->w / COCH_HISTOGRAM_BINS, h = area->h * share;
    coch_view_set(cr, coch_practice_colour(in_time ? COCH_PRACTICE_TONE_HIT : COCH_PRACTICE_TONE_TIMING),
                  1.0);
    if (h > 0.0)
        coch_view_fill(cr, area->x + bin * w + l->unit, area->y + area->h - fmax(h, 2.0), w - 2.0 * l->unit,
                       fmax(h, 2.0));
}

static void draw_histogram(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    const coch_view_rect *c = &l->histogram;
    const coch_report *r = m->report;
    char text[96];
    double u = l->unit;
    coch_view_rect area = {c->x + 18.0 * u, c->y + 58.0 * u, c->w - 36.0 * u, c->h - 88.0 * u};
    uint32_t most = 1;
    coch_practice_card(cr, l, m, c, "Timing");
    if (area.h < 20.0 * u)
        return;
    for (int i = 0; i < COCH_HISTOGRAM_BINS; i++)
        most = r->histogram[i] > most ? r->histogram[i] : most;
    double wide = area.w / COCH_HISTOGRAM_BINS, middle = area.x + area.w / 2.0;
    double good = fmin(0.5 * area.w, m->options.tolerance_ms / COCH_HISTOGRAM_BIN_MS * wide);
    coch_view_set(cr, coch_practice_colour(COCH_PRACTICE_TONE_HIT), 0.10);
    coch_view_fill(cr, middle - good, area.y - 6.0 * u, 2.0 * good, area.h + 6.0 * u);
    for (int i = 0; i < COCH_HISTOGRAM_BINS; i++)
        draw_bin(cr, l, &area, i, (double)r->histogram[i] / most,
                 fabs((i - MIDDLE_BIN) * (double)COCH_HISTOGRAM_BIN_MS) <= m->options.tolerance_ms);
    coch_view_tone_set(cr, COCH_VIEW_LINE, 1.0);
    coch_view_fill(cr, area.x, area.y + area.h, area.w, u);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 0.7);
    coch_view_fill(cr, middle - 0.5 * u, area.y - 6.0 * u, u, area.h + 10.0 * u);
    coch_practice_sign(cr, COCH_EARLY, area.x + 8.0 * u, c->y + c->h - 17.0 * u, 7.0 * u);
    coch_practice_sign(cr, COCH_LATE, area.x + area.w - 8.0 * u, c->y + c->h - 17.0 * u, 7.0 * u);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_practice_write(cr, m, "early", area.x + 22.0 * u, c->y + c->h - 13.0 * u, 11.0 * u, 0,
                        COCH_VIEW_LEFT, 0.0);
    coch_practice_write(cr, m, "late", area.x + area.w - 22.0 * u, c->y + c->h - 13.0 * u, 11.0 * u, 0,
                        COCH_VIEW_RIGHT, 0.0);
    for (int ms = -100; ms <= 100; ms += 100) {
        snprintf(text, sizeof text, ms > 0 ? "+%d ms" : ms ? "\xE2\x88\x92%d ms" : "0", ms < 0 ? -ms : ms);
        coch_practice_write(cr, m, text, middle + ms * wide / COCH_HISTOGRAM_BIN_MS, c->y + c->h - 13.0 * u,
                            11.0 * u, 0, COCH_VIEW_CENTRE, 0.0);
    }
    if (isnan(r->mean_ms))
        return;
    snprintf(text, sizeof text, "%.0f ms %s in the mean, \xC2\xB1 %.0f ms", fabs(r->mean_ms),
             r->mean_ms < 0.0f ? "early" : "late", isnan(r->sd_ms) ? 0.0f : r->sd_ms);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_practice_write(cr, m, text, c->x + c->w - 14.0 * u, c->y + 24.0 * u, 12.0 * u, 0, COCH_VIEW_RIGHT,
                        c->w - 90.0 * u);
}

/* ---- Tempo ---- */

/* The score's own tempo in a bar, quarter notes per minute. */
static double written(const coch_score *score, const coch_score_bar *bar)
{
    double seconds = coch_score_seconds(score, bar->beat + bar->beats) - bar->seconds;
    return seconds > 0.0 ? 60.0 * bar->beats / seconds : 0.0;
}

static void curve(cairo_t *cr, const coch_practice_model *m, const coch_view_rect *area, double low,
                  double high, int played)
{
    const coch_score *score = m->picture.score;
    int drawn = 0;
    for (size_t b = 0; b < score->bar_count; b++) {
        double bpm = played ? (b < m->report->bar_count ? m->report->bars[b].tempo : NAN)
                            : m->options.tempo * written(score, &score->bars[b]);
        if (!(bpm > 0.0)) {
            drawn = 0;
            continue;
        }
        double x = area->x + area->w * ((double)b + 0.5) / (double)score->bar_count;
        double y = area->y + area->h * (1.0 - fmax(0.0, fmin(1.0, (bpm - low) / (high - low))));
        if (drawn++)
            cairo_line_to(cr, x, y);
        else
            cairo_move_to(cr, x, y);
    }
    cairo_stroke(cr);
}

static void draw_tempo(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    const coch_score *score = m->picture.score;
    const coch_view_rect *c = &l->tempo;
    char text[32];
    double u = l->unit, low = 1e9, high = 0.0;
    coch_view_rect area = {c->x + 46.0 * u, c->y + 42.0 * u, c->w - 62.0 * u, c->h - 66.0 * u};
    coch_practice_card(cr, l, m, c, "Tempo");
    if (area.h < 20.0 * u)
        return;
    for (size_t b = 0; b < score->bar_count; b++) {
        double bpm = m->options.tempo * written(score, &score->bars[b]);
        double played = b < m->report->bar_count ? m->report->bars[b].tempo : NAN;
        low = fmin(low, isnan(played) ? bpm : fmin(bpm, played));
        high = fmax(high, isnan(played) ? bpm : fmax(bpm, played));
    }
    low = 10.0 * floor(low / 10.0 - 0.3);
    high = 10.0 * ceil(high / 10.0 + 0.3);
    double step = high - low > 120.0 ? 50.0 : high - low > 50.0 ? 20.0 : 10.0;
    for (int i = (int)ceil(low / step); i * step <= high; i++) {
        double bpm = i * step;
        double y = area.y + area.h * (1.0 - (bpm - low) / (high - low));
        coch_view_tone_set(cr, COCH_VIEW_GRID, 1.0);
        coch_view_fill(cr, area.x, y, area.w, 1.0);
        snprintf(text, sizeof text, "%.0f", bpm);
        coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
        coch_practice_write(cr, m, text, area.x - 7.0 * u, y + 4.0 * u, 10.5 * u, 0, COCH_VIEW_RIGHT, 0.0);
    }
    static const double dashes[] = {6.0, 5.0};
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_width(cr, 1.5 * u);
    cairo_set_dash(cr, dashes, 2, 0.0);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
    curve(cr, m, &area, low, high, 0);
    cairo_set_dash(cr, NULL, 0, 0.0);
    cairo_set_line_width(cr, 2.5 * u);
    coch_view_tone_set(cr, COCH_VIEW_ACCENT, 1.0);
    curve(cr, m, &area, low, high, 1);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_practice_write(cr, m, "\xE2\x99\xA9 a minute, bar by bar; dashed as written", c->x + c->w - 14.0 * u,
                        c->y + 24.0 * u, 11.0 * u, 0, COCH_VIEW_RIGHT, c->w - 100.0 * u);
    snprintf(text, sizeof text, "bar %zu", score->bar_count);
    coch_practice_write(cr, m, "bar 1", area.x, c->y + c->h - 9.0 * u, 10.5 * u, 0, COCH_VIEW_LEFT, 0.0);
    coch_practice_write(cr, m, text, area.x + area.w, c->y + c->h - 9.0 * u, 10.5 * u, 0, COCH_VIEW_RIGHT,
                        0.0);
}

void coch_practice_report(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    if (!m->report) {
        coch_practice_card(cr, l, m, &l->page, "Nothing was heard yet");
        return;
    }
    draw_score(cr, l, m);
    draw_histogram(cr, l, m);
    draw_tempo(cr, l, m);
    coch_practice_trouble(cr, l, m);
}
