/* A hybrid of sounds: what comes in and what becomes of it as two spectra, and where it lies between the
 * sound itself and its targets. */
#include "view/parts.h"

#include <math.h>
#include <stdio.h>

#define LOW_DB (-96.0)
#define HIGH_DB (-6.0)
#define GAP 10.0       /* units */
#define AXIS 16.0      /* height of the line of frequencies */
#define SCALE 26.0     /* width of that of levels */
#define LEGEND 18.0    /* height of the line of names */
#define CORNER 6.0     /* radius */
#define PLACE_MIN 96.0 /* less room shows no place */

typedef struct panels {
    coch_view_rect spectra, place; /* w is 0 for what found no room */
    coch_view_rect plot;           /* within spectra */
} panels;

static panels panels_of(const coch_view_layout *l)
{
    const coch_view_rect *r = &l->hybrid;
    double gap = GAP * l->unit, least = PLACE_MIN * l->unit;
    panels p = {.spectra = *r, .place = {0}};
    double side = floor(r->w > 1.5 * r->h ? fmin(0.3 * r->w, r->h) : 0.36 * r->h);
    if (side >= least && r->w > 1.5 * r->h) {
        p.spectra.w = r->w - side - gap;
        p.place = (coch_view_rect){r->x + r->w - side, r->y, side, r->h};
    } else if (side >= least) {
        p.spectra.h = r->h - side - gap;
        p.place = (coch_view_rect){r->x, r->y + r->h - side, r->w, side};
    }
    p.plot = (coch_view_rect){p.spectra.x + SCALE * l->unit, p.spectra.y + LEGEND * l->unit,
                              p.spectra.w - (SCALE + 6.0) * l->unit, p.spectra.h - (AXIS + LEGEND) * l->unit};
    return p;
}

/* ---- Colours: the target's and the second's, and what lies between ---- */

static coch_view_colour source_colour(void)
{
    return coch_view_theme(COCH_VIEW_PEDAL_TONE);
}

static coch_view_colour target_colour(double morph)
{
    return coch_view_map(0.92 - 0.5 * morph);
}

/* ---- Spectra ---- */

static double row_of(const coch_view_rect *plot, double db)
{
    double share = (db - LOW_DB) / (HIGH_DB - LOW_DB);
    return plot->y + plot->h * (1.0 - fmax(0.0, fmin(1.0, share)));
}

static double column_of(const coch_view_rect *plot, double band)
{
    return plot->x + plot->w * band / (COCHLEA_HYBRID_BANDS - 1.0);
}

/* The band, with its fraction, of a frequency. */
static double band_of(const coch_view_hybrid *h, double hz)
{
    int b = 0;
    while (b < COCHLEA_HYBRID_BANDS - 2 && (double)h->centre[b + 1] < hz)
        b++;
    double low = (double)h->centre[b], high = (double)h->centre[b + 1];
    return b + fmax(0.0, fmin(1.0, (hz - low) / (high - low)));
}

static void draw_frequencies(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                             const coch_view_rect *plot)
{
    static const struct {
        double hz;
        const char *name;
    } lines[] = {{50, "50"},   {100, "100"}, {200, "200"}, {500, "500"},
                 {1000, "1k"}, {2000, "2k"}, {5000, "5k"}, {10000, "10k Hz"}};
    double u = l->unit, last = -1e9;
    if (!(model->hybrid.centre[1] > model->hybrid.centre[0]))
        return;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        double x = round(column_of(plot, band_of(&model->hybrid, lines[i].hz)));
        coch_view_tone_set(cr,
                           lines[i].hz == 100 || lines[i].hz == 1000 || lines[i].hz == 10000 ? COCH_VIEW_LINE
                                                                                             : COCH_VIEW_GRID,
                           1.0);
        coch_view_fill(cr, x, plot->y, 1.0, plot->h);
        if (model->hide_text || x - last < 30.0 * u)
            continue;
        coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
        coch_view_text(cr, lines[i].name, x, plot->y + plot->h + 11.5 * u, 9.0 * u, 0, COCH_VIEW_CENTRE, 0.0);
        last = x;
    }
}

static void draw_levels(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                        const coch_view_rect *plot)
{
    char text[16];
    int step = plot->h > 150.0 * l->unit ? 20 : 40;
    for (int db = -20; db > LOW_DB; db -= step) {
        double y = round(row_of(plot, db));
        coch_view_tone_set(cr, COCH_VIEW_GRID, 1.0);
        coch_view_fill(cr, plot->x, y, plot->w, 1.0);
        snprintf(text, sizeof text, "%d", db);
        coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
        if (!model->hide_text)
            coch_view_text(cr, text, plot->x - 4.0 * l->unit, y + 3.0 * l->unit, 9.0 * l->unit, 0,
                           COCH_VIEW_RIGHT, 0.0);
    }
}

static void panel(cairo_t *cr, const coch_view_layout *l, const coch_view_rect *r)
{
    coch_view_tone_set(cr, COCH_VIEW_PANEL, 1.0);
    coch_view_round(cr, r->x, r->y, r->w, r->h, CORNER * l->unit);
    cairo_fill(cr);
}

static void trace(cairo_t *cr, const coch_view_rect *plot, const float *levels)
{
    for (int b = 0; b < COCHLEA_HYBRID_BANDS; b++)
        cairo_line_to(cr, column_of(plot, b), row_of(plot, (double)levels[b]));
}

/* A spectrum as a line over a face that fades to its foot. */
static void draw_spectrum(cairo_t *cr, const coch_view_layout *l, const coch_view_rect *plot,
                          const float *levels, coch_view_colour c, double alpha)
{
    cairo_pattern_t *fading = cairo_pattern_create_linear(0.0, plot->y, 0.0, plot->y + plot->h);
    cairo_pattern_add_color_stop_rgba(fading, 0.0, c.r, c.g, c.b, 0.45 * alpha);
    cairo_pattern_add_color_stop_rgba(fading, 1.0, c.r, c.g, c.b, 0.05 * alpha);
    cairo_new_path(cr);
    cairo_move_to(cr, plot->x, plot->y + plot->h);
    trace(cr, plot, levels);
    cairo_line_to(cr, plot->x + plot->w, plot->y + plot->h);
    cairo_close_path(cr);
    cairo_set_source(cr, fading);
    cairo_fill(cr);
    cairo_pattern_destroy(fading);
    cairo_new_path(cr);
    trace(cr, plot, levels);
    coch_view_set(cr, c, alpha);
    cairo_set_line_width(cr, 1.6 * l->unit);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_stroke(cr);
}

static double draw_name(cairo_t *cr, const coch_view_layout *l, const char *name, double x, double y,
                        coch_view_colour c)
{
    coch_view_set(cr, c, 1.0);
    cairo_arc(cr, x + 3.5 * l->unit, y - 3.2 * l->unit, 3.5 * l->unit, 0.0, 2.0 * COCH_VIEW_PI);
    cairo_fill(cr);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    return x + 11.0 * l->unit +
           coch_view_text(cr, name, x + 11.0 * l->unit, y, 10.0 * l->unit, 0, COCH_VIEW_LEFT, 0.0);
}

static void draw_legend(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model, const panels *p)
{
    double x = p->plot.x, y = p->spectra.y + 13.0 * l->unit;
    x = draw_name(cr, l, "in", x, y, source_colour()) + 14.0 * l->unit;
    draw_name(cr, l, model->hybrid.bypass ? "out (bypassed)" : "out", x, y,
              target_colour((double)model->hybrid.morph));
}

/* ---- Place ---- */

typedef struct triangle {
    double x[3], y[3]; /* source, target, second */
} triangle;

static triangle triangle_of(const coch_view_layout *l, const coch_view_rect *r)
{
    double u = l->unit, names = 30.0 * u, pad = 20.0 * u;
    double w = fmin(r->w - 2.0 * pad, 1.6 * (r->h - 2.0 * names)), h = fmin(0.87 * w, r->h - 2.0 * names);
    double x = r->x + r->w / 2.0, top = r->y + (r->h - h) / 2.0;
    return (triangle){{x, x - w / 2.0, x + w / 2.0}, {top + h, top, top}};
}

static void draw_corner(cairo_t *cr, const coch_view_layout *l, const triangle *t, int which,
                        coch_view_colour c, double share)
{
    coch_view_set(cr, c, 0.35 + 0.65 * share);
    cairo_arc(cr, t->x[which], t->y[which], (4.0 + 4.0 * share) * l->unit, 0.0, 2.0 * COCH_VIEW_PI);
    cairo_fill(cr);
}

static void draw_corner_name(cairo_t *cr, const coch_view_layout *l, const coch_view_rect *r,
                             const triangle *t, int which, const char *name, double share)
{
    static const coch_view_align aligns[] = {COCH_VIEW_CENTRE, COCH_VIEW_LEFT, COCH_VIEW_RIGHT};
    char text[COCH_VIEW_HYBRID_NAME + 16];
    double u = l->unit, y = which == 0 ? t->y[0] + 26.0 * u : t->y[which] - 18.0 * u; /* clear of the halo */
    double x = which == 0 ? t->x[0] : which == 1 ? r->x + 8.0 * u : r->x + r->w - 8.0 * u;
    snprintf(text, sizeof text, "%s %.0f %%", name, 100.0 * share);
    coch_view_tone_set(cr, share > 0.005 ? COCH_VIEW_TEXT_BRIGHT : COCH_VIEW_TEXT_DIM, 1.0);
    coch_view_text(cr, text, x, y, 10.0 * u, share > 0.5, aligns[which],
                   r->w / (which ? 2.0 : 1.0) - 12.0 * u);
}

static void draw_web(cairo_t *cr, const coch_view_layout *l, const triangle *t, double x, double y)
{
    const coch_view_colour colours[] = {source_colour(), target_colour(0.0), target_colour(1.0)};
    coch_view_tone_set(cr, COCH_VIEW_LINE, 1.0);
    cairo_set_line_width(cr, 1.2 * l->unit);
    for (int i = 0; i < 3; i++)
        cairo_line_to(cr, t->x[i], t->y[i]);
    cairo_close_path(cr);
    cairo_stroke(cr);
    for (int i = 0; i < 3; i++) {
        cairo_pattern_t *thread = cairo_pattern_create_linear(t->x[i], t->y[i], x, y);
        cairo_pattern_add_color_stop_rgba(thread, 0.0, colours[i].r, colours[i].g, colours[i].b, 0.8);
        cairo_pattern_add_color_stop_rgba(thread, 1.0, colours[i].r, colours[i].g, colours[i].b, 0.1);
        cairo_set_source(cr, thread);
        cairo_set_line_width(cr, 2.0 * l->unit);
        cairo_move_to(cr, t->x[i], t->y[i]);
        cairo_line_to(cr, x, y);
        cairo_stroke(cr);
        cairo_pattern_destroy(thread);
    }
}

static void draw_place(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                       const coch_view_rect *r)
{
    const coch_view_hybrid *h = &model->hybrid;
    triangle t = triangle_of(l, r);
    double share[3], x = 0.0, y = 0.0;
    coch_view_hybrid_shares(h, &share[0], &share[1], &share[2]);
    for (int i = 0; i < 3; i++) {
        x += share[i] * t.x[i];
        y += share[i] * t.y[i];
    }
    draw_web(cr, l, &t, x, y);
    draw_corner(cr, l, &t, 0, source_colour(), share[0]);
    draw_corner(cr, l, &t, 1, target_colour(0.0), share[1]);
    draw_corner(cr, l, &t, 2, target_colour(1.0), share[2]);
    coch_view_colour here = coch_view_mix(target_colour((double)h->morph), source_colour(), share[0]);
    for (int i = 4; i > 0; i--) { /* a halo */
        coch_view_set(cr, here, 0.09);
        cairo_arc(cr, x, y, (7.0 + 2.2 * i) * l->unit, 0.0, 2.0 * COCH_VIEW_PI);
        cairo_fill(cr);
    }
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    cairo_arc(cr, x, y, 7.0 * l->unit, 0.0, 2.0 * COCH_VIEW_PI);
    cairo_fill(cr);
    coch_view_set(cr, here, 1.0);
    cairo_arc(cr, x, y, 5.0 * l->unit, 0.0, 2.0 * COCH_VIEW_PI);
    cairo_fill(cr);
    if (model->hide_text)
        return;
    draw_corner_name(cr, l, r, &t, 0, "the sound itself", share[0]);
    draw_corner_name(cr, l, r, &t, 1, h->target, share[1]);
    draw_corner_name(cr, l, r, &t, 2, h->second, share[2]);
}

/* ---- Both ---- */

void coch_view_hybrid_still(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model)
{
    if (l->hybrid.w == 0.0)
        return;
    panels p = panels_of(l);
    panel(cr, l, &p.spectra);
    draw_frequencies(cr, l, model, &p.plot);
    draw_levels(cr, l, model, &p.plot);
    if (p.place.w > 0.0)
        panel(cr, l, &p.place);
}

void coch_view_hybrid_moving(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model)
{
    const coch_view_hybrid *h = &model->hybrid;
    if (l->hybrid.w == 0.0)
        return;
    panels p = panels_of(l);
    cairo_save(cr);
    cairo_rectangle(cr, p.plot.x, p.plot.y, p.plot.w, p.plot.h);
    cairo_clip(cr);
    draw_spectrum(cr, l, &p.plot, h->before, source_colour(), 1.0);
    draw_spectrum(cr, l, &p.plot, h->after, target_colour((double)h->morph), h->bypass ? 0.3 : 1.0);
    cairo_restore(cr);
    if (!model->hide_text)
        draw_legend(cr, l, model, &p);
    if (p.place.w > 0.0)
        draw_place(cr, l, model, &p.place);
}
