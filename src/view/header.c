/* The line at the top: what plays, how loud, how fast. */
#include "view/parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define METER_FLOOR (-60.0) /* dB at the left end */
#define METER_X 376.0       /* from the right edge, units */
#define METER_W 132.0
#define COLUMN 60.0
#define WIDER 16.0
#define CLASSES_X 254.0 /* of the bars of the classes, from the meter's left */
#define CLASS_W 118.0   /* of a column of them */
#define CLASS_H 8.2
#define CLASS_NAME 72.0
#define CLASS_BAR 38.0

static double right(const coch_view_layout *l, double units)
{
    return l->width - units * l->unit;
}

static void label(cairo_t *cr, const coch_view_layout *l, const char *text, double x)
{
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_view_text(cr, text, x, 17.0 * l->unit, 9.0 * l->unit, 0, COCH_VIEW_LEFT, 0.0);
}

/* Columns that there is room for, counted from the right. A hybrid alone has its delay and its level to tell.
 */
static int columns(const coch_view_layout *l, const coch_view_model *model)
{
    if (model->picture == COCH_VIEW_HYBRID)
        return l->width >= 420.0 * l->unit ? 2 : 0;
    return l->width >= 640.0 * l->unit ? 4 : l->width >= 500.0 * l->unit ? 2 : 0;
}

/* Its numbers are wider. */
static double column_left(const coch_view_layout *l, const coch_view_model *model, int column)
{
    double wider = model->picture == COCH_VIEW_HYBRID ? WIDER : 0.0;
    return right(l, COLUMN * (columns(l, model) - column) - 14.0 + wider);
}

static double meter_left(const coch_view_layout *l, const coch_view_model *model)
{
    double wider = model->picture == COCH_VIEW_HYBRID ? WIDER : 0.0;
    return right(l, METER_X - COLUMN * (4 - columns(l, model)) + wider);
}

void coch_view_mark(cairo_t *cr, double cx, double cy, double unit)
{
    for (int i = 0; i < 90; i++) {
        double t0 = i / 90.0, t1 = (i + 1.3) / 90.0;
        double r0 = (2.0 + 11.0 * t0) * unit, r1 = (2.0 + 11.0 * t1) * unit;
        double a0 = 2.6 * 2.0 * COCH_VIEW_PI * t0, a1 = 2.6 * 2.0 * COCH_VIEW_PI * t1;
        coch_view_set(cr, coch_view_map(0.1 + 0.9 * t0), 1.0);
        cairo_set_line_width(cr, (1.2 + 1.6 * t0) * unit);
        cairo_move_to(cr, cx + r0 * sin(a0), cy - r0 * cos(a0));
        cairo_line_to(cr, cx + r1 * sin(a1), cy - r1 * cos(a1));
        cairo_stroke(cr);
    }
}

void coch_view_header_still(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model)
{
    static const char *const piano[] = {"LATENCY", "CPU", "DROPPED", "LATE"};
    static const char *const hybrid[] = {"LATENCY", "OUTPUT", "", ""};
    const char *const *names = model->picture == COCH_VIEW_HYBRID ? hybrid : piano;
    if (l->header.w == 0.0)
        return;
    coch_view_mark(cr, 26.0 * l->unit, l->header.h / 2.0, l->unit);
    double x = meter_left(l, model), y = 25.0 * l->unit;
    coch_view_tone_set(cr, COCH_VIEW_RAISED, 1.0);
    coch_view_round(cr, x, y, METER_W * l->unit, 9.0 * l->unit, 2.0 * l->unit);
    cairo_fill(cr);
    if (model->hide_text)
        return;
    if (l->width >= 760.0 * l->unit) {
        coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
        coch_view_text(cr, "Cochlea", 48.0 * l->unit, 29.0 * l->unit, 17.0 * l->unit, 1, COCH_VIEW_LEFT, 0.0);
    }
    label(cr, l, "INPUT", x);
    for (int i = 0; i < columns(l, model); i++)
        label(cr, l, names[i], column_left(l, model, i));
}

/* ---- What plays ---- */

static double line_left(const coch_view_layout *l)
{
    return (l->width >= 760.0 * l->unit ? 146.0 : 48.0) * l->unit;
}

/* Whether there is room for the classes beside the label. */
static int has_bars(const coch_view_layout *l, const coch_view_model *model)
{
    return model->class_count > 0 && meter_left(l, model) - line_left(l) >= (CLASSES_X + 110.0) * l->unit;
}

static coch_view_rect bar_of(const coch_view_layout *l, const coch_view_model *model, int index)
{
    int rows = (model->class_count + 1) / 2, column = index / rows;
    double u = l->unit, x = meter_left(l, model) - (CLASSES_X - CLASS_W * column - CLASS_NAME) * u;
    double y = l->header.h / 2.0 + (index % rows - rows / 2.0) * fmin(CLASS_H, 43.0 / rows) * u;
    return (coch_view_rect){round(x), round(y + 1.6 * u), round(CLASS_BAR * u), fmax(1.0, round(5.0 * u))};
}

static void draw_bars(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                      const coch_view_words *w)
{
    for (int i = 0; i < model->class_count && w->bars; i++) {
        coch_view_rect at = bar_of(l, model, i);
        coch_view_tone_set(cr, COCH_VIEW_RAISED, 1.0);
        coch_view_fill(cr, at.x, at.y, at.w, at.h);
        coch_view_tone_set(cr, i == w->shown ? COCH_VIEW_ACCENT : COCH_VIEW_PEDAL_TONE, 1.0);
        if (w->bar[i] > 0)
            coch_view_fill(cr, at.x, at.y, w->bar[i], at.h);
    }
}

static void draw_class_names(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                             const coch_view_words *w)
{
    for (int i = 0; i < model->class_count && w->bars && !model->hide_text; i++) {
        coch_view_rect at = bar_of(l, model, i);
        coch_view_tone_set(cr, i == w->shown ? COCH_VIEW_TEXT_BRIGHT : COCH_VIEW_TEXT_DIM, 1.0);
        coch_view_text(cr, model->classes[i].name, at.x - 4.0 * l->unit, at.y + at.h + 0.4 * l->unit,
                       8.0 * l->unit, 0, COCH_VIEW_RIGHT, (CLASS_NAME - 4.0) * l->unit);
    }
}

/* What went wrong comes before what is heard. */
static void draw_line(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                      const coch_view_words *w)
{
    double x = line_left(l), u = l->unit;
    double room = meter_left(l, model) - x - (w->bars ? CLASSES_X + 4.0 : 20.0) * u;
    if (room < 40.0 * u)
        return;
    if (w->notice) {
        coch_view_tone_set(cr, COCH_VIEW_ALARM, 1.0);
        coch_view_text(cr, w->line, x, 29.0 * u, 13.0 * u, 1, COCH_VIEW_LEFT, room);
        return;
    }
    coch_view_tone_set(cr, COCH_VIEW_ACCENT, 0.5 + 0.5 * w->percent / 100.0);
    x += coch_view_text(cr, w->line, x, (w->bars ? 24.0 : 29.0) * u, (w->bars ? 15.0 : 17.0) * u, 0,
                        COCH_VIEW_LEFT, room);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
    if (w->bars)
        coch_view_text(cr, w->sure, line_left(l), 38.0 * u, 11.0 * u, 0, COCH_VIEW_LEFT, 0.0);
    else if (x + 50.0 * u < meter_left(l, model))
        coch_view_text(cr, w->sure, x + 8.0 * u, 29.0 * u, 12.0 * u, 0, COCH_VIEW_LEFT, 0.0);
}

static void write_line(const coch_view_layout *l, const coch_view_model *model, coch_view_words *w)
{
    w->notice = model->notice[0] != '\0';
    w->bars = !w->notice && has_bars(l, model);
    w->percent = (int)lround(100.0 * model->instrument_confidence);
    w->shown = -1;
    for (int i = 0; i < model->class_count && w->bars; i++) {
        w->bar[i] = (int)lround(bar_of(l, model, i).w * fmin(1.0, model->classes[i].p));
        if (strcmp(model->classes[i].name, model->instrument) == 0)
            w->shown = i;
    }
    snprintf(w->line, sizeof w->line, "%s", w->notice ? model->notice : model->instrument);
    if (w->line[0] && !w->notice)
        snprintf(w->sure, sizeof w->sure, "%d %%", w->percent);
}

/* ---- Numbers ---- */

static double level_share(float peak)
{
    double db = peak > 0.0f ? 20.0 * log10(peak) : METER_FLOOR;
    return fmax(0.0, fmin(1.0, 1.0 - db / METER_FLOOR));
}

static void draw_peak(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                      const coch_view_words *w)
{
    double right_end = meter_left(l, model) + METER_W * l->unit;
    if (w->clipped) {
        coch_view_tone_set(cr, COCH_VIEW_ALARM, 1.0);
        coch_view_round(cr, right_end - 34.0 * l->unit, 8.0 * l->unit, 34.0 * l->unit, 13.0 * l->unit,
                        3.0 * l->unit);
        cairo_fill(cr);
    }
    coch_view_tone_set(cr, w->clipped ? COCH_VIEW_BACKGROUND : COCH_VIEW_TEXT_BRIGHT, 1.0);
    if (w->clipped)
        coch_view_text(cr, w->peak, right_end - 17.0 * l->unit, 18.0 * l->unit, 10.0 * l->unit, 1,
                       COCH_VIEW_CENTRE, 0.0);
    else
        coch_view_text(cr, w->peak, right_end, 17.0 * l->unit, 10.0 * l->unit, 0, COCH_VIEW_RIGHT, 0.0);
}

static void draw_number(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model, int column,
                        const char *text, int alarm)
{
    coch_view_tone_set(cr, alarm ? COCH_VIEW_ALARM : COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_view_text(cr, text, column_left(l, model, column), 34.0 * l->unit, 14.0 * l->unit, 1, COCH_VIEW_LEFT,
                   (COLUMN - 4.0) * l->unit);
}

static void write_hybrid_numbers(const coch_view_model *model, coch_view_words *w)
{
    double peak = (double)model->hybrid.peak;
    snprintf(w->number[0], sizeof *w->number, "%.0f ms", (double)model->hybrid.latency_ms);
    snprintf(w->number[1], sizeof *w->number, peak < 0.001 ? "\xE2\x80\x93" : "%.0f dB",
             20.0 * log10(fmax(peak, 1e-6)));
    w->alarm[1] = peak > 1.0;
}

static void write_numbers(const coch_view_model *model, coch_view_words *w)
{
    if (model->picture == COCH_VIEW_HYBRID) {
        write_hybrid_numbers(model, w);
        return;
    }
    double latency = coch_view_model_latency(model);
    snprintf(w->number[0], sizeof *w->number, latency < 0.0 ? "\xE2\x80\x93" : "%.0f ms", latency);
    snprintf(w->number[1], sizeof *w->number, model->load < 0.0995f ? "%.1f %%" : "%.0f %%",
             100.0 * model->load);
    snprintf(w->number[2], sizeof *w->number, "%lld", (long long)model->dropped_hops);
    snprintf(w->number[3], sizeof *w->number, "%lld", (long long)model->late_notes);
    w->alarm[1] = model->load > 0.7f;
    w->alarm[2] = model->dropped_hops > 0;
    w->alarm[3] = model->late_notes > 0;
}

void coch_view_header_read(const coch_view_layout *l, const coch_view_model *model, coch_view_words *w)
{
    memset(w, 0, sizeof *w); /* they are compared as bytes */
    w->clipped = model->clipped;
    if (w->clipped)
        snprintf(w->peak, sizeof w->peak, "CLIP");
    else if (model->peak_hold > 0.001f)
        snprintf(w->peak, sizeof w->peak, "%.0f dB", 20.0 * log10(model->peak_hold));
    write_numbers(model, w);
    write_line(l, model, w);
    if (!model->hide_text)
        return;
    w->peak[0] = w->line[0] = w->sure[0] = '\0';
    for (int i = 0; i < 4; i++)
        w->number[i][0] = '\0';
}

/* ---- Parts ---- */

#define PEAK COCH_VIEW_HEADER_PEAK
#define BARS COCH_VIEW_HEADER_BARS

unsigned coch_view_header_differs(const coch_view_words *a, const coch_view_words *b)
{
    coch_view_words rest = *a;
    unsigned parts = 0;
    for (int i = 0; i < 4; i++)
        if (strcmp(a->number[i], b->number[i]) != 0 || a->alarm[i] != b->alarm[i])
            parts |= 1U << i;
    if (strcmp(a->peak, b->peak) != 0 || a->clipped != b->clipped)
        parts |= 1U << PEAK;
    if (memcmp(a->bar, b->bar, sizeof a->bar) != 0)
        parts |= 1U << BARS;
    memcpy(rest.number, b->number, sizeof rest.number);
    memcpy(rest.alarm, b->alarm, sizeof rest.alarm);
    memcpy(rest.peak, b->peak, sizeof rest.peak);
    memcpy(rest.bar, b->bar, sizeof rest.bar);
    rest.clipped = b->clipped;
    return memcmp(&rest, b, sizeof rest) == 0 ? parts : COCH_VIEW_HEADER_ALL;
}

/* From one corner to the other, in whole pixels. */
static coch_view_rect between(double left, double top, double right_end, double bottom)
{
    return (coch_view_rect){floor(left), floor(top), ceil(right_end) - floor(left),
                            ceil(bottom) - floor(top)};
}

coch_view_rect coch_view_header_part(const coch_view_layout *l, const coch_view_model *model, int part)
{
    double u = l->unit, meter_end = meter_left(l, model) + METER_W * u;
    if (part < PEAK) {
        double x = column_left(l, model, part);
        return between(x - 1.0 * u, 19.0 * u, x + (COLUMN - 3.0) * u, 40.0 * u);
    }
    if (part == PEAK)
        return between(meter_end - 40.0 * u, 7.0 * u, meter_end + 1.0 * u, 22.0 * u);
    if (part == BARS && model->class_count > 0) {
        coch_view_rect from = bar_of(l, model, 0), to = bar_of(l, model, model->class_count - 1);
        return between(from.x, 0.0, to.x + to.w, l->header.h);
    }
    return l->header;
}

void coch_view_header_write(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                            const coch_view_words *w, unsigned parts)
{
    int all = (parts & COCH_VIEW_HEADER_ALL) != 0;
    for (int i = 0; i < columns(l, model); i++)
        if (all || parts & 1U << i)
            draw_number(cr, l, model, i, w->number[i], w->alarm[i]);
    if (all || parts & 1U << PEAK)
        draw_peak(cr, l, model, w);
    if (all || parts & 1U << BARS)
        draw_bars(cr, l, model, w);
    if (!all)
        return;
    draw_class_names(cr, l, model, w);
    draw_line(cr, l, model, w);
}

/* ---- Level ---- */

coch_view_rect coch_view_meter_rect(const coch_view_layout *l, const coch_view_model *model)
{
    double x = floor(meter_left(l, model)) - 1.0, y = floor(25.0 * l->unit) - 1.0;
    return (coch_view_rect){x, y, ceil(METER_W * l->unit) + 3.0, ceil(9.0 * l->unit) + 2.0};
}

void coch_view_level_read(const coch_view_layout *l, const coch_view_model *model, coch_view_level *level)
{
    double w = METER_W * l->unit, share = level_share(model->peak), hot = level_share(0.5f);
    memset(level, 0, sizeof *level);
    level->cool = (int)lround(w * fmin(share, hot));
    level->hot = share > hot ? (int)lround(w * share) : 0;
    level->hold = model->peak_hold > 0.001f ? (int)lround(w * level_share(model->peak_hold)) : 0;
}

void coch_view_level_draw(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                          const coch_view_level *level)
{
    double x = round(meter_left(l, model)), y = 25.0 * l->unit, h = 9.0 * l->unit;
    coch_view_tone_set(cr, COCH_VIEW_PEDAL_TONE, 1.0);
    if (level->cool > 0)
        coch_view_fill(cr, x, y, level->cool, h);
    coch_view_tone_set(cr, COCH_VIEW_ACCENT, 1.0);
    if (level->hot > level->cool)
        coch_view_fill(cr, x + level->cool, y, level->hot - level->cool, h);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 0.9);
    if (level->hold > 0)
        coch_view_fill(cr, x + level->hold - 2.0 * l->unit, y, 2.0 * l->unit, h);
}
