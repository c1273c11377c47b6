#include "view/parts.h"
#include "view/pixels.h"

#include <math.h>
#include <string.h>

#define GLOW_SECONDS 0.45
#define BEAM_STEPS 12

double coch_view_glow(const coch_view_note *note, double now)
{
    if (note->sounding)
        return 1.0;
    double gone = (now - note->off) / GLOW_SECONDS;
    return gone <= 0.0 ? 1.0 : gone >= 1.0 ? 0.0 : (1.0 - gone) * (1.0 - gone);
}

void coch_view_lights(const coch_view_model *model, const coch_view_note **by, double *glow)
{
    for (size_t i = coch_view_first_note(model); i < model->note_count; i++) {
        const coch_view_note *note = &model->notes[i % COCH_VIEW_NOTES];
        double light = coch_view_glow(note, model->now);
        if (light > 0.02) {
            by[note->note & 127] = note;
            glow[note->note & 127] = light;
        }
    }
}

void coch_view_lanes(cairo_t *cr, const coch_view_rect *r, double shade)
{
    coch_view_tone_set(cr, COCH_VIEW_PANEL, 1.0);
    coch_view_fill(cr, r->x, r->y, r->w, r->h);
    for (int note = COCH_VIEW_LOW; note <= COCH_VIEW_HIGH; note++) {
        double left, width;
        coch_view_key(note, &left, &width);
        if (coch_view_black(note)) {
            coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, shade);
            coch_view_fill(cr, r->x + left * r->w, r->y, width * r->w, r->h);
        } else if (note % 12 == 0 || note % 12 == 5) {
            coch_view_tone_set(cr, note % 12 == 0 ? COCH_VIEW_LINE : COCH_VIEW_GRID, 1.0);
            coch_view_fill(cr, r->x + left * r->w, r->y, 1.0, r->h);
        }
    }
}

void coch_view_roll_still(cairo_t *cr, const coch_view_layout *l)
{
    coch_view_lanes(cr, &l->roll, 0.55);
}

/* The row of an instant, from the roll's top. Whole pixels, and all move at once, so that no distance between
 * notes trembles. */
static double place(const coch_view_layout *l, const coch_view_model *model, double time)
{
    double speed = l->roll.h / model->span;
    double y = l->roll.h - floor(model->now * speed) + round(time * speed);
    return fmax(0.0, fmin(l->roll.h, y));
}

static void draw_pedals(const coch_view_pixels *to, const coch_view_layout *l, const coch_view_model *model)
{
    uint32_t veil = coch_view_pack(coch_view_theme(COCH_VIEW_PEDAL_TONE), 0.07);
    uint32_t edge = coch_view_pack(coch_view_theme(COCH_VIEW_PEDAL_TONE), 0.85);
    for (size_t i = coch_view_first_pedal(model); i < model->pedal_count; i++) {
        const coch_view_pedal *p = &model->pedals[i % COCH_VIEW_PEDALS];
        double top = place(l, model, p->down), bottom = place(l, model, p->held ? model->now : p->up);
        if (bottom - top < 1.0)
            continue;
        coch_view_pixels_fill(to, 0.0, top, l->roll.w, bottom - top, veil);
        coch_view_pixels_fill(to, 0.0, top, 4.0 * l->unit, bottom - top, edge);
        coch_view_pixels_fill(to, l->roll.w - 4.0 * l->unit, top, 4.0 * l->unit, bottom - top, edge);
    }
}

static void draw_seconds(const coch_view_pixels *to, const coch_view_layout *l, const coch_view_model *model)
{
    uint32_t line = coch_view_pack(coch_view_theme(COCH_VIEW_LINE), 0.55);
    double first = ceil(model->now - model->span);
    for (int i = 0; first + i < model->now; i++)
        coch_view_pixels_fill(to, 0.0, place(l, model, first + i), l->roll.w, 1.0, line);
}

/* When the sound of a note ends whose key is up: the pedal holds it, until the key is struck again. */
static double end_of_sound(const coch_view_model *model, const coch_view_note *note, size_t first,
                           double struck_again)
{
    double end = note->off;
    for (size_t i = first; i < model->pedal_count; i++) {
        const coch_view_pedal *p = &model->pedals[i % COCH_VIEW_PEDALS];
        double up = p->held ? model->now : p->up;
        if (p->down <= note->off && up > end)
            end = up;
    }
    return fmin(end, struck_again);
}

/* The oldest pedal that is still seen. */
static size_t first_seen(const coch_view_model *model)
{
    size_t i = coch_view_first_pedal(model);
    while (i < model->pedal_count && !model->pedals[i % COCH_VIEW_PEDALS].held &&
           model->pedals[i % COCH_VIEW_PEDALS].up <= model->now - model->span)
        i++;
    return i;
}

/* What the pedal holds of a note, `first` being the oldest that is seen: a thin bar. */
static void draw_tail(const coch_view_pixels *to, const coch_view_layout *l, const coch_view_model *model,
                      const coch_view_note *note, size_t first, double struck_again)
{
    double left, width, end = note->sounding ? 0.0 : end_of_sound(model, note, first, struck_again);
    double top = place(l, model, note->off), bottom = place(l, model, end);
    if (bottom - top < 1.0)
        return;
    coch_view_key(note->note, &left, &width);
    double thin = fmax(1.0, round(0.22 * width * l->roll.w));
    coch_view_pixels_fill(to, (left + width / 2.0) * l->roll.w - thin / 2.0, top, thin, bottom - top,
                          coch_view_pack(coch_view_velocity(note->velocity), 0.15 + 0.3 * note->confidence));
}

static void draw_tails(const coch_view_pixels *to, const coch_view_layout *l, const coch_view_model *model)
{
    double struck[128];
    size_t first = first_seen(model);
    for (int n = 0; n < 128; n++)
        struck[n] = model->now;
    for (size_t i = model->note_count; i > coch_view_first_note(model); i--) {
        const coch_view_note *note = &model->notes[(i - 1) % COCH_VIEW_NOTES];
        draw_tail(to, l, model, note, first, struck[note->note & 127]);
        struck[note->note & 127] = note->on;
    }
}

/* A rectangle with round corners made of rows of whole pixels. */
static void fill_note(const coch_view_pixels *to, double x, double y, double w, double h, double radius,
                      uint32_t source)
{
    int rows = 0;
    for (; rows < (int)(radius + 0.5); rows++) {
        double up = radius - rows - 0.5, inset = round(radius - sqrt(fmax(0.0, radius * radius - up * up)));
        if (inset == 0.0)
            break;
        coch_view_pixels_fill(to, x + inset, y + rows, w - 2.0 * inset, 1.0, source);
        coch_view_pixels_fill(to, x + inset, y + h - rows - 1.0, w - 2.0 * inset, 1.0, source);
    }
    if (h > 2.0 * rows)
        coch_view_pixels_fill(to, x, y + rows, w, h - 2.0 * rows, source);
}

static void draw_note(const coch_view_pixels *to, const coch_view_layout *l, const coch_view_model *model,
                      const coch_view_note *note)
{
    double left, width, end = note->sounding ? model->now : note->off;
    if (end < model->now - model->span || note->on > model->now)
        return;
    coch_view_key(note->note, &left, &width);
    double x = round(left * l->roll.w), w = fmax(2.0, round(width * l->roll.w) - 1.0);
    double top = place(l, model, note->on), bottom = place(l, model, end);
    double radius = fmin(fmin(3.0 * l->unit, w / 3.0), (bottom - top) / 2.5);
    double alpha = 0.22 + 0.78 * note->confidence * note->confidence;
    coch_view_colour colour = coch_view_velocity(note->velocity);
    fill_note(to, x, top, w, fmax(round(2.0 * l->unit), bottom - top), radius,
              coch_view_pack(colour, note->sounding ? alpha : alpha * 0.88));
    if (bottom - top > 8.0 * l->unit && note->on > model->now - model->span) {
        coch_view_pixels_fill(to, x + radius, top, w - 2.0 * radius, fmax(1.0, 1.5 * l->unit),
                              coch_view_pack(coch_view_theme(COCH_VIEW_TEXT_BRIGHT), 0.55 * alpha));
    }
}

/* The light of a sounding note on the roll above its key. */
static void draw_beam(const coch_view_pixels *to, const coch_view_layout *l, const coch_view_note *note,
                      double glow)
{
    double left, width, bottom = l->roll.h, height = fmin(l->roll.h, 44.0 * l->unit);
    coch_view_key(note->note, &left, &width);
    coch_view_colour c =
        coch_view_mix(coch_view_velocity(note->velocity), coch_view_theme(COCH_VIEW_TEXT_BRIGHT), 0.35);
    double w = width * l->roll.w, x = left * l->roll.w;
    for (int i = 0; i < BEAM_STEPS; i++) {
        double low = bottom - height * i / BEAM_STEPS, high = bottom - height * (i + 1) / BEAM_STEPS;
        coch_view_pixels_fill(to, x, high, w, low - high,
                              coch_view_pack(c, 0.45 * glow * (1.0 - (double)i / BEAM_STEPS)));
    }
}

/* The past sinks into the dark. */
static void draw_fade(const coch_view_pixels *to, const coch_view_layout *l)
{
    int height = (int)(0.28 * l->roll.h), row = (int)ceil(l->unit);
    for (int y = 0; y < height; y += row) {
        uint32_t dark = coch_view_pack(coch_view_theme(COCH_VIEW_BACKGROUND), 1.0 - (double)y / height);
        coch_view_pixels_fill(to, 0.0, y, l->roll.w, row, dark);
    }
}

/* What stands still: its rows are all the same, but for the line above the keys. */
static void draw_ground(const coch_view_pixels *to, const coch_view_pixels *still, double unit)
{
    int line = to->height - (int)fmax(1.0, round(unit));
    for (int y = 0; y < to->height && to->width > 0; y++)
        memcpy(coch_view_row(to, y), coch_view_row(still, y < line ? 0 : y), 4 * (size_t)to->width);
}

static coch_view_pixels pixels_of(cairo_surface_t *image, const coch_view_rect *r)
{
    return coch_view_pixels_of(image, (int)r->x, (int)r->y, (int)r->w, (int)r->h);
}

void coch_view_roll_moving(cairo_surface_t *image, const coch_view_layout *l, const coch_view_model *model,
                           cairo_surface_t *still)
{
    const coch_view_rect *r = &l->roll;
    const coch_view_pixels pixels = pixels_of(image, r), ground = pixels_of(still, r), *to = &pixels;
    const coch_view_note *by[128] = {NULL};
    double glow[128] = {0.0};
    draw_ground(to, &ground, l->unit);
    draw_pedals(to, l, model);
    draw_seconds(to, l, model);
    draw_tails(to, l, model);
    for (int black = 0; black < 2; black++)
        for (size_t i = coch_view_first_note(model); i < model->note_count; i++) {
            const coch_view_note *note = &model->notes[i % COCH_VIEW_NOTES];
            if (coch_view_black(note->note) == black)
                draw_note(to, l, model, note);
        }
    coch_view_lights(model, by, glow);
    for (int n = COCH_VIEW_LOW; n <= COCH_VIEW_HIGH; n++)
        if (by[n])
            draw_beam(to, l, by[n], glow[n]);
    draw_fade(to, l);
    cairo_surface_mark_dirty_rectangle(image, (int)r->x, (int)r->y, (int)r->w, (int)r->h);
}
