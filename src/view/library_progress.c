/* Progress over the weeks: right notes, tempo reached, minutes; a column a day. */
#include "view/library_parts.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

enum { DAYS_LEAST = 28, DAYS_MOST = 182 };

typedef enum plot_kind { PLOT_RIGHT, PLOT_TEMPO, PLOT_MINUTES } plot_kind;

typedef struct plot {
    const coch_library_pen *pen;
    plot_kind kind;
    coch_view_rect area;
    int32_t first, days; /* in sight */
    double low, high;    /* at the bottom and the top */
} plot;

static double value_of(const plot *p, const coch_progress_day *day)
{
    return p->kind == PLOT_RIGHT   ? 100.0 * day->accuracy
           : p->kind == PLOT_TEMPO ? 100.0 * day->pace
                                   : day->minutes;
}

/* From the first day known on, four weeks at least, half a year at most. */
static void find_span(plot *p)
{
    const coch_library *m = p->pen->library;
    int32_t since = m->day_count ? m->today - m->days[0].day + 1 : 0;
    p->days = since < DAYS_LEAST ? DAYS_LEAST : since > DAYS_MOST ? DAYS_MOST : since;
    p->first = m->today - p->days + 1;
}

static void find_scale(plot *p)
{
    const coch_library *m = p->pen->library;
    double low = INFINITY, high = 0.0;
    for (size_t i = 0; i < m->day_count; i++) {
        double value = value_of(p, &m->days[i]);
        if (m->days[i].day < p->first || isnan(value))
            continue;
        low = fmin(low, value);
        high = fmax(high, value);
    }
    if (p->kind == PLOT_MINUTES) {
        p->low = 0.0;
        p->high = fmax(30.0, 15.0 * ceil(high / 15.0));
        return;
    }
    p->high = p->kind == PLOT_RIGHT ? 100.0 : fmax(100.0, 20.0 * ceil(high / 20.0));
    p->low = isinf(low) ? 50.0 : fmin(p->high - 40.0, fmax(0.0, 10.0 * floor(low / 10.0 - 0.5)));
}

static double x_of(const plot *p, int32_t day)
{
    return p->area.x + p->area.w * (day - p->first + 0.5) / p->days;
}

static double y_of(const plot *p, double value)
{
    return p->area.y + p->area.h * (1.0 - (value - p->low) / (p->high - p->low));
}

static void draw_lines(const plot *p)
{
    double u = p->pen->layout->unit, span = p->high - p->low;
    double step = span > 100.0 ? 50.0 : span > 60.0 ? 25.0 : span > 35.0 ? 20.0 : 10.0;
    char text[16];
    int last = (int)floor((p->high + 0.01) / step);
    for (int i = (int)ceil(p->low / step); i <= last; i++) {
        double v = step * i, y = y_of(p, v);
        coch_view_tone_set(p->pen->cr, COCH_VIEW_LINE, 0.7);
        coch_view_fill(p->pen->cr, p->area.x, y, p->area.w, 1.0);
        snprintf(text, sizeof text, "%.0f", v);
        coch_view_tone_set(p->pen->cr, COCH_VIEW_TEXT_DIM, 1.0);
        coch_library_write(p->pen, text, p->area.x - 6.0 * u, y + 4.0 * u, 10.5, 0, COCH_VIEW_RIGHT, 0.0);
    }
}

/* Mondays, with as many dates as there is room for. */
static void draw_weeks(const plot *p)
{
    double u = p->pen->layout->unit;
    int32_t every = p->days > 120 ? 5 : p->days > 70 ? 3 : p->days > 40 ? 2 : 1, week = 0;
    for (int32_t day = p->first; day < p->first + p->days; day++) {
        char text[16];
        time_t seconds = (time_t)day * 86400;
        struct tm date;
        if ((day + 3) % 7 != 0 || !gmtime_r(&seconds, &date)) /* 1970 began on a Thursday */
            continue;
        double x = x_of(p, day);
        coch_view_tone_set(p->pen->cr, COCH_VIEW_GRID, 1.0);
        coch_view_fill(p->pen->cr, x - 0.5 * p->area.w / p->days, p->area.y, 1.0, p->area.h);
        if (week++ % every != 0)
            continue;
        strftime(text, sizeof text, "%d %b", &date);
        coch_view_tone_set(p->pen->cr, COCH_VIEW_TEXT_DIM, 1.0);
        coch_library_write(p->pen, text, x, p->area.y + p->area.h + 15.0 * u, 10.5, 0, COCH_VIEW_CENTRE, 0.0);
    }
}

static void draw_columns(const plot *p)
{
    const coch_library *m = p->pen->library;
    double w = fmax(2.0, fmin(16.0 * p->pen->layout->unit, 0.7 * p->area.w / p->days));
    coch_view_tone_set(p->pen->cr, COCH_VIEW_PEDAL_TONE, 1.0);
    for (size_t i = 0; i < m->day_count; i++) {
        if (m->days[i].day < p->first || m->days[i].day > m->today)
            continue;
        double y = y_of(p, m->days[i].minutes), x = x_of(p, m->days[i].day);
        coch_view_fill(p->pen->cr, x - w / 2.0, y, w, p->area.y + p->area.h - y);
    }
}

static void draw_points(const plot *p)
{
    const coch_library *m = p->pen->library;
    cairo_t *cr = p->pen->cr;
    double u = p->pen->layout->unit;
    coch_view_colour colour = p->kind == PLOT_RIGHT ? coch_practice_colour(COCH_PRACTICE_TONE_HIT)
                                                    : coch_view_theme(COCH_VIEW_ACCENT);
    for (int dots = 0; dots < 2; dots++) {
        coch_view_set(cr, colour, dots ? 1.0 : 0.6);
        for (size_t i = 0; i < m->day_count; i++) {
            double value = value_of(p, &m->days[i]);
            if (isnan(value) || m->days[i].day < p->first || m->days[i].day > m->today)
                continue;
            double x = x_of(p, m->days[i].day), y = y_of(p, value);
            if (!dots) {
                cairo_line_to(cr, x, y);
                continue;
            }
            cairo_arc(cr, x, y, 3.2 * u, 0.0, 2.0 * COCH_VIEW_PI);
            cairo_fill(cr);
        }
        cairo_set_line_width(cr, 2.0 * u);
        cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
        cairo_stroke(cr);
    }
}

/* The newest value, or the sum of the last seven days. */
static void say_now(const plot *p, char *text, size_t size)
{
    const coch_library *m = p->pen->library;
    double sum = 0.0, last = NAN;
    for (size_t i = 0; i < m->day_count; i++) {
        double value = value_of(p, &m->days[i]);
        if (m->days[i].day > m->today - 7)
            sum += m->days[i].minutes;
        last = isnan(value) ? last : value;
    }
    if (p->kind == PLOT_MINUTES)
        snprintf(text, size, "%.0f in the last 7 days", sum);
    else
        snprintf(text, size, isnan(last) ? "\xE2\x80\x93" : "%.0f %%", last);
}

static void draw_plot(const coch_library_pen *pen, plot_kind kind)
{
    static const char *const names[] = {"Right notes, %", "Tempo reached, % of the score's", "Minutes a day"};
    const coch_view_rect *r = &pen->layout->plot[kind];
    double u = pen->layout->unit;
    char text[64];
    plot p = {.pen = pen, .kind = kind};
    p.area = (coch_view_rect){r->x + 46.0 * u, r->y + 34.0 * u, r->w - 66.0 * u, r->h - 62.0 * u};
    if (p.area.h < 24.0 * u)
        return;
    find_span(&p);
    find_scale(&p);
    say_now(&p, text, sizeof text);
    coch_view_tone_set(pen->cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_library_write(pen, names[kind], r->x + 14.0 * u, r->y + 20.0 * u, 12.0, 0, COCH_VIEW_LEFT, 0.0);
    coch_view_tone_set(pen->cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_library_write(pen, text, r->x + r->w - 20.0 * u, r->y + 20.0 * u, 13.0, 1, COCH_VIEW_RIGHT, 0.0);
    draw_weeks(&p);
    draw_lines(&p);
    if (kind == PLOT_MINUTES)
        draw_columns(&p);
    else
        draw_points(&p);
}

void coch_library_progress(const coch_library_pen *p)
{
    const coch_library *m = p->library;
    const coch_view_rect *r = &p->layout->progress;
    coch_view_tone_set(p->cr, COCH_VIEW_PANEL, 1.0);
    coch_view_round(p->cr, r->x, r->y, r->w, r->h, 8.0 * p->layout->unit);
    cairo_fill(p->cr);
    coch_library_button(p, &p->layout->scope[0], "This piece", !m->all, m->hover == COCH_LIBRARY_ON_PIECE);
    coch_library_button(p, &p->layout->scope[1], "All pieces", m->all, m->hover == COCH_LIBRARY_ON_ALL);
    if (m->day_count == 0) {
        coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
        coch_library_write(p, m->all ? "Nothing was practised yet." : "This piece was not practised yet.",
                           r->x + r->w / 2.0, r->y + r->h / 2.0, 14.0, 0, COCH_VIEW_CENTRE,
                           r->w - 28.0 * p->layout->unit);
        return;
    }
    for (int i = 0; i < COCH_LIBRARY_PLOTS; i++)
        draw_plot(p, (plot_kind)i);
}
