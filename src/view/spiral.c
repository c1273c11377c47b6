/* The spiral: low notes in its middle, one turn an octave, C at the top; the same pitch class lies on one
 * ray. */
#include "view/parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* Lines from each sounding note to the next higher: the shape of a chord is the same in every key, turned.
 * `share`: pixels of `to` for one of the picture. */
static void draw_chord(const coch_view_pixels *to, const coch_view_layout *l, coch_view_spiral *spiral,
                       double share, const coch_view_lit *lit)
{
    double x[2] = {0}, y[2] = {0};
    coch_view_colour c = coch_view_theme(COCH_VIEW_TEXT_BRIGHT);
    int count = 0;
    for (int n = COCH_VIEW_LOW; n <= COCH_VIEW_HIGH; n++) {
        if (lit->glow[n] < 1.0)
            continue;
        x[0] = x[1];
        y[0] = y[1];
        coch_view_spiral_point(l, n, &x[1], &y[1]);
        x[1] = (x[1] - l->spiral.x) * share;
        y[1] = (y[1] - l->spiral.y) * share;
        if (count++ > 0)
            coch_view_spiral_line(spiral, to, x, y, 1.4 * l->unit * share, c, 0.28);
    }
}

static void draw_disc(const coch_view_pixels *to, const coch_view_layout *l, const coch_view_model *model,
                      coch_view_spiral *spiral, double share, const coch_view_note *note, double glow)
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
    coch_view_spiral_disc(spiral, to, &d);
}

static void draw_discs(const coch_view_pixels *to, const coch_view_layout *l, const coch_view_model *model,
                       coch_view_spiral *spiral, double share, const coch_view_lit *lit)
{
    draw_chord(to, l, spiral, share, lit);
    for (int n = COCH_VIEW_LOW; n <= COCH_VIEW_HIGH; n++)
        if (lit->by[n])
            draw_disc(to, l, model, spiral, share, lit->by[n], lit->glow[n]);
}

/* Always onto the picture itself. */
static void draw_disc_name(const coch_view_pixels *to, const coch_view_layout *l, coch_view_spiral *spiral,
                           const coch_view_note *note, double glow)
{
    double x, y, size = round(1.15 * disc_radius(l, note)); /* whole sizes keep the scaled fonts few */
    coch_view_label *label = &spiral->label[note->note & 127];
    coch_view_spiral_point(l, note->note, &x, &y);
    coch_view_colour face = coch_view_mix(coch_view_theme(COCH_VIEW_PANEL),
                                          coch_view_velocity(note->velocity), glow * sureness(note));
    int dark = coch_view_luminance(face) > 0.18;
    coch_view_colour ink = coch_view_theme(dark ? COCH_VIEW_BACKGROUND : COCH_VIEW_TEXT_BRIGHT);
    coch_view_label_prepare(label, coch_view_pitch_name(note->note % 12), x, y + 0.36 * size, size);
    coch_view_label_draw(label, spiral->overlay ? NULL : spiral, to, (int)l->spiral.x, (int)l->spiral.y,
                         coch_view_pack(ink, glow));
}

/* The names of what sounds, large enough to be read from across the room. */
static void read_names(char *names, size_t size, const double *glow)
{
    size_t length = 0;
    memset(names, 0, size);
    for (int n = COCH_VIEW_LOW; n <= COCH_VIEW_HIGH && length < size - 12; n++)
        if (glow[n] >= 1.0)
            length += (size_t)snprintf(names + length, size - length, "%s%s%d", length ? "  " : "",
                                       coch_view_pitch_name(n % 12), n / 12 - 1);
}

static void draw_names(cairo_t *cr, const coch_view_layout *l, cairo_surface_t *still, const char *names)
{
    const coch_view_rect *r = &l->spiral;
    cairo_save(cr);
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_surface(cr, still, 0.0, 0.0);
    cairo_rectangle(cr, r->x, r->y + r->h, r->w, floor(COCH_VIEW_NAMES * l->unit));
    cairo_fill(cr);
    cairo_restore(cr);
    if (names[0] == '\0')
        return;
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 0.95);
    coch_view_text(cr, names, r->x + r->w / 2.0, r->y + r->h + 16.0 * l->unit, 15.0 * l->unit, 1,
                   COCH_VIEW_CENTRE, r->w);
}

static void keep_names(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                       cairo_surface_t *still, coch_view_spiral *spiral, const coch_view_lit *lit, int whole)
{
    char names[sizeof spiral->names];
    read_names(names, sizeof names, lit->glow);
    if (model->hide_text)
        names[0] = '\0';
    if (!whole && strcmp(names, spiral->names) == 0)
        return;
    memcpy(spiral->names, names, sizeof names);
    draw_names(cr, l, still, names);
}

static coch_view_pixels square_of(cairo_surface_t *image, const coch_view_layout *l)
{
    return coch_view_pixels_of(image, (int)l->spiral.x, (int)l->spiral.y, (int)l->spiral.w, (int)l->spiral.h);
}

/* The band and the discs on it. */
static void draw_spiral(const coch_view_pixels *to, const coch_view_pixels *ground, const coch_view_layout *l,
                        const coch_view_model *model, coch_view_spiral *spiral, const coch_view_lit *lit,
                        int whole)
{
    if (whole || spiral->lost) {
        coch_view_spiral_whole(spiral, model->energy, to, ground);
    } else {
        coch_view_spiral_bare(spiral, to);
        coch_view_spiral_render(spiral, model->energy, to);
    }
    draw_discs(to, l, model, spiral, spiral->size / l->spiral.w, lit);
}

/* Pixel for pixel. */
static int draw_plain(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                      cairo_surface_t *still, coch_view_spiral *spiral, const coch_view_lit *lit, int whole)
{
    coch_view_pixels to = square_of(cairo_get_target(cr), l), ground = square_of(still, l);
    if (coch_view_spiral_prepare(spiral, (int)l->spiral.w, to.stride, &ground) != 0)
        return -1;
    draw_spiral(&to, &ground, l, model, spiral, lit, whole);
    return 0;
}

/* Larger than it is drawn: over what stands still. */
static int draw_enlarged(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                         cairo_surface_t *still, coch_view_spiral *spiral, const coch_view_lit *lit)
{
    const int size = COCH_VIEW_SPIRAL_SIZE;
    const double share = size / l->spiral.w;
    if (coch_view_spiral_prepare(spiral, size, size * (int)sizeof(uint32_t), NULL) != 0)
        return -1;
    coch_view_pixels over = coch_view_pixels_of(spiral->overlay, 0, 0, size, size);
    draw_spiral(&over, NULL, l, model, spiral, lit, 0);
    cairo_surface_mark_dirty(spiral->overlay);
    cairo_save(cr);
    cairo_rectangle(cr, l->spiral.x, l->spiral.y, l->spiral.w, l->spiral.h);
    cairo_clip(cr);
    cairo_set_source_surface(cr, still, 0.0, 0.0);
    cairo_paint(cr);
    cairo_translate(cr, l->spiral.x, l->spiral.y);
    cairo_scale(cr, 1.0 / share, 1.0 / share);
    cairo_set_source_surface(cr, spiral->overlay, 0.0, 0.0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_BILINEAR);
    cairo_paint(cr);
    cairo_restore(cr);
    return 0;
}

void coch_view_spiral_moving(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                             const coch_view_lit *lit, cairo_surface_t *still, coch_view_spiral *spiral,
                             int whole)
{
    int side = (int)l->spiral.w;
    if (side <= 0)
        return;
    whole |= spiral->size == 0;
    int failed = side > COCH_VIEW_SPIRAL_SIZE ? draw_enlarged(cr, l, model, still, spiral, lit)
                                              : draw_plain(cr, l, model, still, spiral, lit, whole);
    if (failed)
        return;
    coch_view_pixels to = square_of(cairo_get_target(cr), l);
    for (int n = COCH_VIEW_LOW; n <= COCH_VIEW_HIGH && !model->hide_text; n++)
        if (lit->by[n] && lit->glow[n] > 0.3)
            draw_disc_name(&to, l, spiral, lit->by[n], lit->glow[n]);
    cairo_surface_mark_dirty_rectangle(cairo_get_target(cr), (int)l->spiral.x, (int)l->spiral.y, side, side);
    keep_names(cr, l, model, still, spiral, lit, whole);
}
