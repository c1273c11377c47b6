/* The bars that want practice, worst first; each is looped by a press or by its number. */
#include "view/practice_parts.h"

#include <math.h>
#include <stdio.h>

static void say(char *text, size_t size, unsigned count, const char *one, const char *many)
{
    size_t at = 0;
    while (at < size && text[at])
        at++;
    if (count > 0 && at < size)
        snprintf(text + at, size - at, "%s%u %s", at ? ", " : "", count, count == 1 ? one : many);
}

static void describe(const coch_bar_result *bar, char *text, size_t size)
{
    text[0] = '\0';
    say(text, size, bar->verdicts[COCH_WRONG], "wrong", "wrong");
    say(text, size, bar->verdicts[COCH_MISSED], "missed", "missed");
    say(text, size, bar->extra, "extra", "extra");
    say(text, size, bar->breaks, "stumble", "stumbles");
    say(text, size, bar->verdicts[COCH_EARLY], "early", "early");
    say(text, size, bar->verdicts[COCH_LATE], "late", "late");
    if (!text[0])
        snprintf(text, size, "mended");
}

static void draw_line(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m, int place)
{
    const coch_report *r = m->report;
    const coch_bar_result *bar = &r->bars[r->worst[place]];
    const coch_view_rect *b = &l->worst[place];
    double u = l->unit, most = r->bars[r->worst[0]].trouble;
    char text[96];
    int looped = m->options.first_bar == bar->bar && m->options.end_bar == bar->bar + 1;
    int hover = m->hover == COCH_PRACTICE_ON_WORST + place;
    coch_view_tone_set(cr, hover ? COCH_VIEW_LINE : COCH_VIEW_RAISED, 1.0);
    coch_view_round(cr, b->x, b->y, b->w, b->h, 6.0 * u);
    cairo_fill(cr);
    double x = b->x + 10.0 * u, w = b->w - 20.0 * u, bottom = b->y + b->h - 7.0 * u;
    coch_view_tone_set(cr, COCH_VIEW_GRID, 1.0);
    coch_view_fill(cr, x, bottom, w, 3.0 * u);
    coch_view_set(cr, coch_practice_colour(COCH_PRACTICE_TONE_FAULT), 1.0);
    coch_view_fill(cr, x, bottom, w * bar->trouble / most, 3.0 * u);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
    snprintf(text, sizeof text, "%d", place + 1);
    coch_practice_write(cr, m, text, x, b->y + 0.50 * b->h, 11.0 * u, 0, COCH_VIEW_LEFT, 0.0);
    coch_view_tone_set(cr, looped ? COCH_VIEW_ACCENT : COCH_VIEW_TEXT_BRIGHT, 1.0);
    snprintf(text, sizeof text, "Bar %u", bar->bar + 1);
    coch_practice_write(cr, m, text, x + 18.0 * u, b->y + 0.52 * b->h, 14.0 * u, 1, COCH_VIEW_LEFT, 0.0);
    describe(bar, text, sizeof text);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 0.9);
    coch_practice_write(cr, m, text, x + 92.0 * u, b->y + 0.52 * b->h, 12.0 * u, 0, COCH_VIEW_LEFT,
                        w - 94.0 * u);
}

void coch_practice_trouble(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    const coch_view_rect *c = &l->trouble;
    coch_practice_card(cr, l, m, c, "Bars to practise: press one, or its number");
    for (int i = 0; i < COCH_PRACTICE_WORST_SHOWN && coch_practice_worst(m, (size_t)i) >= 0; i++)
        draw_line(cr, l, m, i);
    if (coch_practice_worst(m, 0) >= 0)
        return;
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_practice_write(cr, m, m->report->reached ? "None: all of it was right." : "Nothing was played yet.",
                        c->x + 14.0 * l->unit, c->y + 58.0 * l->unit, 14.0 * l->unit, 0, COCH_VIEW_LEFT,
                        c->w - 28.0 * l->unit);
}
