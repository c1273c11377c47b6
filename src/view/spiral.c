/* The spiral: low notes in its middle, one turn an octave, C at the top; the same pitch class lies on one
 * ray. */
#include "view/parts.h"

#include <math.h>
#include <stdio.h>

#define INNER 0.062 /* radius of the lowest note, as a share of the square */
#define OUTER 0.422 /* radius of the highest */
#define TURNS ((COCH_VIEW_HIGH - COCH_VIEW_LOW) / 12.0)
#define PULSE 0.5 /* seconds of the ring around a new note */

static double radius_of(double note)
{
    return INNER + (OUTER - INNER) * (note - COCH_VIEW_LOW) / 12.0 / TURNS;
}

void coch_view_spiral_point(const coch_view_layout *l, double note, double *x, double *y)
{
    double angle = 2.0 * COCH_VIEW_PI * fmod(note, 12.0) / 12.0, r = radius_of(note) * l->spiral.w;
    *x = l->spiral.x + l->spiral.w / 2.0 + r * sin(angle);
    *y = l->spiral.y + l->spiral.h / 2.0 - r * cos(angle);
}

void coch_view_spiral_still(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model)
{
    double cx = l->spiral.x + l->spiral.w / 2.0, cy = l->spiral.y + l->spiral.h / 2.0;
    if (l->spiral.w <= 0.0)
        return;
    coch_view_colour c = coch_view_theme(COCH_VIEW_RAISED);
    cairo_pattern_t *disc = cairo_pattern_create_radial(cx, cy, 0.0, cx, cy, 0.47 * l->spiral.w);
    cairo_pattern_add_color_stop_rgba(disc, 0.0, c.r, c.g, c.b, 0.85);
    cairo_pattern_add_color_stop_rgba(disc, 0.85, c.r, c.g, c.b, 0.25);
    cairo_pattern_add_color_stop_rgba(disc, 1.0, c.r, c.g, c.b, 0.0);
    cairo_set_source(cr, disc);
    cairo_rectangle(cr, l->spiral.x, l->spiral.y, l->spiral.w, l->spiral.h);
    cairo_fill(cr);
    cairo_pattern_destroy(disc);
    for (int pitch = 0; pitch < 12; pitch++) {
        double angle = COCH_VIEW_PI * pitch / 6.0, s = sin(angle), k = -cos(angle), w = l->spiral.w;
        coch_view_tone_set(cr, COCH_VIEW_LINE, coch_view_black(pitch) ? 0.35 : 0.8);
        cairo_set_line_width(cr, fmax(1.0, 0.8 * l->unit));
        cairo_move_to(cr, cx + s * INNER * w, cy + k * INNER * w);
        cairo_line_to(cr, cx + s * 0.447 * w, cy + k * 0.447 * w);
        cairo_stroke(cr);
        if (model->hide_text)
            continue;
        coch_view_tone_set(cr, coch_view_black(pitch) ? COCH_VIEW_TEXT_DIM : COCH_VIEW_TEXT_BRIGHT, 0.9);
        double size = fmin(12.0 * l->unit, 0.036 * w);
        coch_view_text(cr, coch_view_pitch_name(pitch), cx + s * 0.474 * w, cy + k * 0.474 * w + 0.36 * size,
                       size, !coch_view_black(pitch), COCH_VIEW_CENTRE, 0.0);
    }
}

static double disc_radius(const coch_view_layout *l, const coch_view_note *note)
{
    double high = (note->note - COCH_VIEW_LOW) / 87.0;
    return l->spiral.w * (0.019 + 0.012 * high) * (0.85 + 0.3 * note->velocity / 127.0);
}

/* How clearly a note is shown. */
static double sureness(const coch_view_note *note)
{
    return 0.35 + 0.65 * note->confidence;
}

/* What is drawn onto: the picture itself, or where it is enlarged an overlay of its own. */
typedef struct ground {
    cairo_surface_t *surface;
    double x, y;  /* of the square in the surface */
    double share; /* pixels of the surface for one of the picture */
    int size;
} ground;

/* Lines from each sounding note to the next higher: the shape of a chord is the same in every key, turned. */
static void draw_chord(const coch_view_pixels *to, const coch_view_layout *l, double share,
                       const double *glow)
{
    double x[2], y[2];
    coch_view_colour c = coch_view_theme(COCH_VIEW_TEXT_BRIGHT);
    int count = 0;
    for (int n = COCH_VIEW_LOW; n <= COCH_VIEW_HIGH; n++) {
        if (glow[n] < 1.0)
            continue;
        x[0] = x[1];
        y[0] = y[1];
        coch_view_spiral_point(l, n, &x[1], &y[1]);
        x[1] = (x[1] - l->spiral.x) * share;
        y[1] = (y[1] - l->spiral.y) * share;
        if (count++ > 0)
            coch_view_pixels_line(to, x, y, 1.4 * l->unit * share, c, 0.28);
    }
}

static void draw_disc(const coch_view_pixels *to, const coch_view_layout *l, const coch_view_model *model,
                      double share, const coch_view_note *note, double glow)
{
    double age = (model->now - note->on) / PULSE;
    coch_view_disc d = {.radius = disc_radius(l, note) * share,
                        .line = 0.7 * l->unit * share,
                        .alpha = glow * sureness(note),
                        .colour = coch_view_velocity(note->velocity)};
    coch_view_spiral_point(l, note->note, &d.x, &d.y);
    d.x = (d.x - l->spiral.x) * share;
    d.y = (d.y - l->spiral.y) * share;
    if (age >= 0.0 && age < 1.0) {
        d.ring = d.radius * (1.0 + 1.8 * age) + l->unit * share;
        d.ring_alpha = 0.8 * (1.0 - age) * d.alpha;
    }
    coch_view_spiral_disc(to, &d);
}

static void draw_discs(const coch_view_layout *l, const coch_view_model *model, const ground *g,
                       const coch_view_note **by, const double *glow)
{
    coch_view_pixels to = coch_view_pixels_of(g->surface, (int)g->x, (int)g->y, g->size, g->size);
    draw_chord(&to, l, g->share, glow);
    for (int n = COCH_VIEW_LOW; n <= COCH_VIEW_HIGH; n++)
        if (by[n])
            draw_disc(&to, l, model, g->share, by[n], glow[n]);
    cairo_surface_mark_dirty_rectangle(g->surface, (int)g->x, (int)g->y, g->size, g->size);
}

static void draw_disc_name(cairo_t *cr, const coch_view_layout *l, const coch_view_note *note, double glow)
{
    double x, y, size = round(1.15 * disc_radius(l, note)); /* whole sizes keep the scaled fonts few */
    coch_view_spiral_point(l, note->note, &x, &y);
    coch_view_colour face = coch_view_mix(coch_view_theme(COCH_VIEW_PANEL),
                                          coch_view_velocity(note->velocity), glow * sureness(note));
    int dark = coch_view_luminance(face) > 0.18;
    coch_view_tone_set(cr, dark ? COCH_VIEW_BACKGROUND : COCH_VIEW_TEXT_BRIGHT, glow);
    coch_view_text(cr, coch_view_pitch_name(note->note % 12), x, y + 0.36 * size, size, 1, COCH_VIEW_CENTRE,
                   0.0);
}

/* The names of what sounds, large enough to be read from across the room. */
static void draw_names(cairo_t *cr, const coch_view_layout *l, const double *glow)
{
    char names[64] = "";
    size_t length = 0;
    for (int n = COCH_VIEW_LOW; n <= COCH_VIEW_HIGH && length < sizeof names - 12; n++)
        if (glow[n] >= 1.0)
            length += (size_t)snprintf(names + length, sizeof names - length, "%s%s%d", length ? "  " : "",
                                       coch_view_pitch_name(n % 12), n / 12 - 1);
    if (length == 0)
        return;
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 0.95);
    coch_view_text(cr, names, l->spiral.x + l->spiral.w / 2.0, l->spiral.y + l->spiral.h + 16.0 * l->unit,
                   15.0 * l->unit, 1, COCH_VIEW_CENTRE, l->spiral.w);
}

static void paint(cairo_t *cr, cairo_surface_t *surface, double x, double y, double size)
{
    cairo_save(cr);
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_surface(cr, surface, x, y);
    cairo_rectangle(cr, x, y, size, size);
    cairo_fill(cr);
    cairo_restore(cr);
}

/* The band and the discs on it, pixel for pixel. */
static void draw_plain(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                       const coch_view_spiral *spiral, const coch_view_note **by, const double *glow)
{
    const ground g = {cairo_get_target(cr), l->spiral.x, l->spiral.y, 1.0, spiral->size};
    coch_view_pixels to = coch_view_pixels_of(g.surface, (int)g.x, (int)g.y, g.size, g.size);
    coch_view_pixels from = coch_view_pixels_of(spiral->band, 0, 0, g.size, g.size);
    for (int y = 0; y < to.height; y++)
        coch_view_pixels_copy(coch_view_row(&to, y), coch_view_row(&from, y), to.width);
    draw_discs(l, model, &g, by, glow);
}

static void draw_enlarged(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                          const coch_view_spiral *spiral, const coch_view_note **by, const double *glow)
{
    const ground g = {spiral->overlay, 0.0, 0.0, spiral->size / l->spiral.w, spiral->size};
    cairo_t *over = cairo_create(spiral->overlay);
    paint(over, spiral->band, 0.0, 0.0, spiral->size);
    cairo_destroy(over);
    draw_discs(l, model, &g, by, glow);
    cairo_save(cr);
    cairo_translate(cr, l->spiral.x, l->spiral.y);
    cairo_scale(cr, 1.0 / g.share, 1.0 / g.share);
    cairo_set_source_surface(cr, spiral->overlay, 0.0, 0.0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_BILINEAR);
    cairo_paint(cr);
    cairo_restore(cr);
}

void coch_view_spiral_moving(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                             cairo_surface_t *still, coch_view_spiral *spiral)
{
    double glow[128] = {0.0};
    const coch_view_note *by[128] = {NULL};
    int full = (int)l->spiral.w, side = full < COCH_VIEW_SPIRAL_SIZE ? full : COCH_VIEW_SPIRAL_SIZE;
    if (side <= 0)
        return;
    coch_view_pixels below = coch_view_pixels_of(still, (int)l->spiral.x, (int)l->spiral.y, full, full);
    if (coch_view_spiral_prepare(spiral, side, side == full ? &below : NULL) != 0)
        return;
    coch_view_lights(model, by, glow);
    coch_view_spiral_render(spiral, model->energy);
    if (side == full)
        draw_plain(cr, l, model, spiral, by, glow);
    else
        draw_enlarged(cr, l, model, spiral, by, glow);
    if (model->hide_text)
        return;
    for (int n = COCH_VIEW_LOW; n <= COCH_VIEW_HIGH; n++)
        if (by[n] && glow[n] > 0.3)
            draw_disc_name(cr, l, by[n], glow[n]);
    draw_names(cr, l, glow);
}
