/* The line at the top: who plays, how loud, how fast. */
#include "view/parts.h"

#include <math.h>
#include <stdio.h>

#define METER_FLOOR (-60.0) /* dB at the left end */
#define METER_X 376.0       /* from the right edge, units */
#define METER_W 132.0
#define COLUMN 60.0
#define WIDER 16.0

static double right(const coch_view_layout *l, double units)
{
    return l->width - units * l->unit;
}

static void label(cairo_t *cr, const coch_view_layout *l, const char *text, double x)
{
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_view_text(cr, text, x, 17.0 * l->unit, 9.0 * l->unit, 0, COCH_VIEW_LEFT, 0.0);
}

/* Columns that there is room for, counted from the right. A hybrid alone has its delay and its level
 * to tell.
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
    static const char *const hybrid[] = {"LATENCY", "OUTPUT"};
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

static double level_share(float peak)
{
    double db = peak > 0.0f ? 20.0 * log10(peak) : METER_FLOOR;
    return fmax(0.0, fmin(1.0, 1.0 - db / METER_FLOOR));
}

static void draw_level(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model)
{
    double x = meter_left(l, model), y = 25.0 * l->unit, w = METER_W * l->unit, h = 9.0 * l->unit;
    double share = level_share(model->peak), hot = level_share(0.5f);
    coch_view_tone_set(cr, COCH_VIEW_PEDAL_TONE, 1.0);
    if (share > 0.0)
        coch_view_fill(cr, x, y, w * fmin(share, hot), h);
    coch_view_tone_set(cr, COCH_VIEW_ACCENT, 1.0);
    if (share > hot)
        coch_view_fill(cr, x + w * hot, y, w * (share - hot), h);
    if (model->peak_hold > 0.001f) {
        coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 0.9);
        coch_view_fill(cr, x + w * level_share(model->peak_hold) - 2.0 * l->unit, y, 2.0 * l->unit, h);
    }
    if (model->clipped) {
        coch_view_tone_set(cr, COCH_VIEW_ALARM, 1.0);
        coch_view_round(cr, x + w - 34.0 * l->unit, 8.0 * l->unit, 34.0 * l->unit, 13.0 * l->unit,
                        3.0 * l->unit);
        cairo_fill(cr);
    }
    if (model->hide_text)
        return;
    if (model->clipped) {
        coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 1.0);
        coch_view_text(cr, "CLIP", x + w - 17.0 * l->unit, 18.0 * l->unit, 10.0 * l->unit, 1,
                       COCH_VIEW_CENTRE, 0.0);
    } else if (model->peak_hold > 0.001f) {
        char text[16];
        snprintf(text, sizeof text, "%.0f dB", 20.0 * log10(model->peak_hold));
        coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
        coch_view_text(cr, text, x + w, 17.0 * l->unit, 10.0 * l->unit, 0, COCH_VIEW_RIGHT, 0.0);
    }
}

static void draw_number(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model, int column,
                        const char *text, int alarm)
{
    coch_view_tone_set(cr, alarm ? COCH_VIEW_ALARM : COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_view_text(cr, text, column_left(l, model, column), 34.0 * l->unit, 14.0 * l->unit, 1, COCH_VIEW_LEFT,
                   (COLUMN - 4.0) * l->unit);
}

static void draw_hybrid_numbers(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model)
{
    char text[32];
    double peak = (double)model->hybrid.peak;
    if (columns(l, model) == 0)
        return;
    snprintf(text, sizeof text, "%.0f ms", (double)model->hybrid.latency_ms);
    draw_number(cr, l, model, 0, text, 0);
    snprintf(text, sizeof text, peak < 0.001 ? "\xE2\x80\x93" : "%.0f dB", 20.0 * log10(fmax(peak, 1e-6)));
    draw_number(cr, l, model, 1, text, peak > 1.0);
}

static void draw_numbers(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model)
{
    char text[32];
    double latency = coch_view_model_latency(model);
    if (model->picture == COCH_VIEW_HYBRID) {
        draw_hybrid_numbers(cr, l, model);
        return;
    }
    if (columns(l, model) >= 2) {
        snprintf(text, sizeof text, latency < 0.0 ? "\xE2\x80\x93" : "%.0f ms", latency);
        draw_number(cr, l, model, 0, text, 0);
        snprintf(text, sizeof text, model->load < 0.0995f ? "%.1f %%" : "%.0f %%", 100.0 * model->load);
        draw_number(cr, l, model, 1, text, model->load > 0.7f);
    }
    if (columns(l, model) >= 4) {
        snprintf(text, sizeof text, "%lld", (long long)model->dropped_hops);
        draw_number(cr, l, model, 2, text, model->dropped_hops > 0);
        snprintf(text, sizeof text, "%lld", (long long)model->late_notes);
        draw_number(cr, l, model, 3, text, model->late_notes > 0);
    }
}

/* What went wrong comes before what is heard. */
static void draw_line(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model)
{
    char text[16];
    double x = (l->width >= 760.0 * l->unit ? 146.0 : 48.0) * l->unit,
           room = meter_left(l, model) - x - 20.0 * l->unit;
    if (room < 40.0 * l->unit)
        return;
    if (model->notice[0]) {
        coch_view_tone_set(cr, COCH_VIEW_ALARM, 1.0);
        coch_view_text(cr, model->notice, x, 29.0 * l->unit, 13.0 * l->unit, 1, COCH_VIEW_LEFT, room);
    } else if (model->instrument[0]) {
        coch_view_tone_set(cr, COCH_VIEW_ACCENT, 0.5 + 0.5 * model->instrument_confidence);
        x +=
            coch_view_text(cr, model->instrument, x, 29.0 * l->unit, 17.0 * l->unit, 0, COCH_VIEW_LEFT, room);
        snprintf(text, sizeof text, "%.0f %%", 100.0 * model->instrument_confidence);
        coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
        if (x + 50.0 * l->unit < meter_left(l, model))
            coch_view_text(cr, text, x + 8.0 * l->unit, 29.0 * l->unit, 12.0 * l->unit, 0, COCH_VIEW_LEFT,
                           0.0);
    }
}

void coch_view_header_moving(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model)
{
    if (l->header.w == 0.0)
        return;
    draw_level(cr, l, model);
    if (model->hide_text)
        return;
    draw_numbers(cr, l, model);
    draw_line(cr, l, model);
}
