/* The line at the top: the piece, where, how fast, how well; and below it the whole piece, a column a bar. */
#include "view/practice_parts.h"

#include <math.h>
#include <stdio.h>

#define COLUMN 92.0
#define METER_W 110.0
#define METER_FLOOR (-60.0) /* dB at the left end */

static const char *mode_words(const coch_practice_model *m)
{
    static const char *const words[] = {"free: the score follows you", "tempo: you follow the clock",
                                        "wait: the score waits for the right keys"};
    return words[m->options.mode % 3];
}

static double right(const coch_practice_layout *l, double units)
{
    return l->width - units * l->unit;
}

static void draw_number(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m, int column,
                        const char *name, const char *text)
{
    double x = right(l, METER_W + 30.0 + COLUMN * column);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_practice_write(cr, m, name, x, 19.0 * l->unit, 10.0 * l->unit, 0, COCH_VIEW_LEFT, 0.0);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_practice_write(cr, m, text, x, 41.0 * l->unit, 18.0 * l->unit, 1, COCH_VIEW_LEFT,
                        (COLUMN - 6.0) * l->unit);
}

static void draw_numbers(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    const coch_picture *p = &m->picture;
    char text[64];
    double accuracy = coch_practice_accuracy(m);
    snprintf(text, sizeof text, "%zu / %zu", coch_score_bar_at(p->score, p->position.seconds) + 1,
             p->score->bar_count);
    draw_number(cr, l, m, 3, "BAR", text);
    snprintf(text, sizeof text, p->tempo > 0.0 ? "\xE2\x99\xA9 %.0f" : "\xE2\x99\xA9 \xE2\x80\x93", p->tempo);
    draw_number(cr, l, m, 2, "TEMPO", text);
    snprintf(text, sizeof text, isnan(accuracy) ? "\xE2\x80\x93" : "%.0f %%", 100.0 * accuracy);
    draw_number(cr, l, m, 1, "RIGHT NOTES", text);
}

/* The beats of the bar; the present one flares up. */
static void draw_beats(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    int beat, beats;
    double phase = coch_practice_pulse(m, &beat, &beats), glow = m->playing ? exp(-3.0 * phase) : 0.0;
    double x = right(l, METER_W + 30.0 + COLUMN * 3 + 24.0), y = l->header.h / 2.0 + 4.0 * l->unit;
    for (int i = beats - 1; i >= 0 && beats <= 12; i--, x -= 17.0 * l->unit) {
        double r = (i == 0 ? 6.0 : 4.5) * l->unit;
        coch_view_tone_set(cr, COCH_VIEW_LINE, 1.0);
        cairo_arc(cr, x, y, r, 0.0, 2.0 * COCH_VIEW_PI);
        cairo_fill(cr);
        if (i != beat)
            continue;
        coch_view_tone_set(cr, COCH_VIEW_ACCENT, 0.35 + 0.65 * glow);
        cairo_arc(cr, x, y, r * (1.0 + 0.35 * glow), 0.0, 2.0 * COCH_VIEW_PI);
        cairo_fill(cr);
    }
}

static void draw_meter(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    double x = right(l, METER_W + 16.0), w = METER_W * l->unit, y = 29.0 * l->unit, h = 9.0 * l->unit;
    double share = m->peak > 0.0f ? fmax(0.0, fmin(1.0, 1.0 - 20.0 * log10(m->peak) / METER_FLOOR)) : 0.0;
    coch_view_tone_set(cr, m->hover == COCH_PRACTICE_ON_INPUT ? COCH_VIEW_LINE : COCH_VIEW_RAISED, 1.0);
    coch_view_round(cr, x, y, w, h, 2.0 * l->unit);
    cairo_fill(cr);
    coch_view_tone_set(cr, m->peak >= 1.0f ? COCH_VIEW_ALARM : COCH_VIEW_PEDAL_TONE, 1.0);
    if (share > 0.0)
        coch_view_fill(cr, x, y, w * share, h);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_practice_write(cr, m, m->device[0] ? m->device : "INPUT", x, 19.0 * l->unit, 10.0 * l->unit, 0,
                        COCH_VIEW_LEFT, w);
    if (m->hover != COCH_PRACTICE_ON_INPUT)
        return;
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_practice_write(cr, m, "Set-up  F2", x, 48.0 * l->unit, 10.0 * l->unit, 0, COCH_VIEW_LEFT, w);
}

/* An arrow to the left of the mark. */
static void draw_way_home(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    double u = l->unit, y = l->header.h / 2.0;
    coch_view_tone_set(cr, m->hover == COCH_PRACTICE_ON_HOME ? COCH_VIEW_TEXT_BRIGHT : COCH_VIEW_TEXT_DIM,
                       1.0);
    cairo_set_line_width(cr, 2.4 * u);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_move_to(cr, 16.0 * u, y - 7.0 * u);
    cairo_line_to(cr, 9.0 * u, y);
    cairo_line_to(cr, 16.0 * u, y + 7.0 * u);
    cairo_stroke(cr);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
}

static void draw_hovered(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    if (m->hover != COCH_PRACTICE_ON_HOME && m->hover != COCH_PRACTICE_ON_INPUT)
        return;
    const coch_view_rect *r = m->hover == COCH_PRACTICE_ON_HOME ? &l->home : &l->input;
    double in = 4.0 * l->unit;
    coch_view_tone_set(cr, COCH_VIEW_RAISED, 1.0);
    coch_view_round(cr, r->x + in, r->y + in, r->w - 2.0 * in, r->h - 2.0 * in, 6.0 * l->unit);
    cairo_fill(cr);
}

void coch_practice_header(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    if (l->header.w <= 0.0)
        return;
    double x = (m->at_home ? 66.0 : 56.0) * l->unit, room = right(l, METER_W + 30.0 + COLUMN * 3 + 150.0) - x;
    draw_hovered(cr, l, m);
    coch_view_mark(cr, x - 28.0 * l->unit, l->header.h / 2.0, 1.1 * l->unit);
    if (m->at_home)
        draw_way_home(cr, l, m);
    if (room > 60.0 * l->unit) {
        coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
        coch_practice_write(cr, m, m->title, x, 26.0 * l->unit, 17.0 * l->unit, 1, COCH_VIEW_LEFT, room);
        coch_view_tone_set(cr, m->notice[0] ? COCH_VIEW_ALARM : COCH_VIEW_TEXT_DIM, 1.0);
        coch_practice_write(cr, m, m->notice[0] ? m->notice : mode_words(m), x, 43.0 * l->unit,
                            12.0 * l->unit, 0, COCH_VIEW_LEFT, room);
    }
    draw_beats(cr, l, m);
    draw_numbers(cr, l, m);
    draw_meter(cr, l, m);
}

/* ---- All bars ---- */

/* What became of the notes of each bar, in one go over the notes. */
typedef struct bar_count {
    unsigned hit, timing, fault, unsure, all;
} bar_count;

static bar_count count_bar(const coch_practice_model *m, size_t bar, size_t *note)
{
    const coch_score *score = m->picture.score;
    bar_count c = {0};
    for (; *note < score->note_count && score->notes[*note].bar <= bar; ++*note) {
        const coch_judgement *j = &m->picture.notes[*note];
        if (!coch_practice_wanted(m, &score->notes[*note]))
            continue;
        c.all++;
        c.hit += j->verdict == COCH_HIT || j->verdict == COCH_HEARD;
        c.timing += j->verdict == COCH_EARLY || j->verdict == COCH_LATE;
        c.fault += j->verdict == COCH_WRONG || j->verdict == COCH_MISSED;
        c.unsure += j->verdict == COCH_UNSURE;
    }
    return c;
}

/* Faults stand on the ground, so that their height tells the trouble of a bar at a glance. */
static void draw_bar(cairo_t *cr, const coch_practice_layout *l, const coch_view_rect *r, const bar_count *c)
{
    double top = r->y + 5.0 * l->unit, h = r->h - 14.0 * l->unit, y = top + h, gap = r->w > 6.0 ? 1.0 : 0.0;
    const unsigned counts[] = {c->fault, c->timing, c->unsure, c->hit};
    static const coch_practice_tone tones[] = {COCH_PRACTICE_TONE_FAULT, COCH_PRACTICE_TONE_TIMING,
                                               COCH_PRACTICE_TONE_UNSURE, COCH_PRACTICE_TONE_HIT};
    coch_view_tone_set(cr, COCH_VIEW_RAISED, c->all ? 1.0 : 0.4);
    coch_view_fill(cr, r->x + gap, top, r->w - gap, h);
    for (int i = 0; i < 4; i++) {
        double high = c->all ? h * counts[i] / c->all : 0.0;
        if (high <= 0.0)
            continue;
        coch_view_set(cr, coch_practice_colour(tones[i]), i == 3 ? 0.55 : 1.0);
        coch_view_fill(cr, r->x + gap, y - high, r->w - gap, high);
        y -= high;
    }
}

static void draw_numbers_below(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    const coch_score *score = m->picture.score;
    char text[24];
    size_t step = 1;
    static const size_t steps[] = {1, 2, 4, 5, 8, 10, 20, 50, 100, 200, 500, 1000};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        step = steps[i];
        if ((double)step * l->bars.w / (double)score->bar_count > 24.0 * l->unit)
            break;
    }
    for (size_t b = 0; b < score->bar_count; b += step) {
        coch_view_rect r = coch_practice_bar_rect(l, score, b);
        snprintf(text, sizeof text, "%zu", b + 1);
        coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
        coch_practice_write(cr, m, text, r.x + 2.0 * l->unit, r.y + r.h, 8.5 * l->unit, 0, COCH_VIEW_LEFT,
                            0.0);
    }
}

static void draw_frame(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m,
                       uint32_t first, uint32_t end, coch_view_tone tone)
{
    coch_view_rect a = coch_practice_bar_rect(l, m->picture.score, first);
    coch_view_rect b = coch_practice_bar_rect(l, m->picture.score, end - 1);
    double thick = fmax(1.0, round(2.0 * l->unit)), bottom = a.y + a.h - 9.0 * l->unit;
    coch_view_tone_set(cr, tone, 1.0);
    coch_view_fill(cr, a.x, a.y, b.x + b.w - a.x, thick);
    coch_view_fill(cr, a.x, a.y, thick, bottom - a.y);
    coch_view_fill(cr, b.x + b.w - thick, a.y, thick, bottom - a.y);
}

void coch_practice_bars(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    const coch_score *score = m->picture.score;
    const coch_session_options *o = &m->options;
    size_t note = 0;
    if (l->bars.w <= 0.0)
        return;
    for (size_t b = 0; b < score->bar_count; b++) {
        coch_view_rect r = coch_practice_bar_rect(l, score, b);
        bar_count c = count_bar(m, b, &note);
        draw_bar(cr, l, &r, &c);
    }
    draw_numbers_below(cr, l, m);
    if (o->first_bar < o->end_bar)
        draw_frame(cr, l, m, o->first_bar, o->end_bar, COCH_VIEW_ACCENT);
    if (m->hover_bar >= 0 && m->hover_bar < (int)score->bar_count) {
        int from = m->drag_bar >= 0 ? m->drag_bar : m->hover_bar, to = m->hover_bar;
        draw_frame(cr, l, m, (uint32_t)(from < to ? from : to), (uint32_t)(from < to ? to : from) + 1,
                   COCH_VIEW_TEXT_BRIGHT);
    }
    const coch_score_bar *last = &score->bars[score->bar_count - 1];
    double x = l->bars.x + l->bars.w * coch_practice_beat(m) / (last->beat + last->beats);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_view_fill(cr, fmax(l->bars.x, x) - l->unit, l->bars.y, 2.0 * l->unit, l->bars.h - 9.0 * l->unit);
}
