#include "view/parts.h"
#include "view/pixels.h"

#include <math.h>
#include <string.h>

#define GLOW_SECONDS 0.45
#define BEAM_STEPS 22

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

static double beam_height(const coch_view_layout *l)
{
    return fmin(l->roll.h, 44.0 * l->unit);
}

static int fade_height(const coch_view_layout *l)
{
    return (int)(0.28 * l->roll.h);
}

/* The light of a sounding note on the roll above its key. */
static void draw_beam(const coch_view_pixels *to, const coch_view_layout *l, const coch_view_note *note,
                      double glow)
{
    double left, width, bottom = l->roll.h, height = beam_height(l);
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
    int height = fade_height(l), row = (int)ceil(l->unit);
    for (int y = 0; y < height; y += row) {
        uint32_t dark = coch_view_pack(coch_view_theme(COCH_VIEW_BACKGROUND), 1.0 - (double)y / height);
        coch_view_pixels_fill(to, 0.0, y, l->roll.w, row, dark);
    }
}

static coch_view_pixels pixels_of(cairo_surface_t *image, const coch_view_rect *r)
{
    return coch_view_pixels_of(image, (int)r->x, (int)r->y, (int)r->w, (int)r->h);
}

/* Rows that show more than the paper: fading at the top, light at the foot. */
static int is_plain(const coch_view_layout *l, const coch_view_paper *paper, int row)
{
    double beams = fmax(beam_height(l) + 1.0, coch_view_paper_foot_height(paper));
    return row >= fade_height(l) + l->unit + 1.0 && row < paper->height - beams;
}

static void draw_over_paper(const coch_view_pixels *to, const coch_view_layout *l,
                            const coch_view_model *model, const coch_view_pixels *still,
                            const coch_view_paper *paper)
{
    const coch_view_note *by[128] = {NULL};
    double glow[128] = {0.0};
    for (int y = 0; y < to->height; y++)
        if (!is_plain(l, paper, y))
            memcpy(coch_view_row(to, y), coch_view_paper_row(paper, y), 4 * (size_t)to->width);
    coch_view_paper_foot(paper, to, still);
    coch_view_lights(model, by, glow);
    for (int n = COCH_VIEW_LOW; n <= COCH_VIEW_HIGH; n++)
        if (by[n])
            draw_beam(to, l, by[n], glow[n]);
    draw_fade(to, l);
}

void coch_view_roll_moving(cairo_surface_t *image, const coch_view_layout *l, const coch_view_model *model,
                           cairo_surface_t *still, coch_view_paper *paper)
{
    const coch_view_rect *r = &l->roll;
    const coch_view_pixels to = pixels_of(image, r), ground = pixels_of(still, r);
    if (to.width <= 0 || to.height <= 0 || coch_view_paper_move(paper, l, model, &ground) != 0)
        return;
    const coch_view_pixels shown = {(unsigned char *)paper->shown, 4 * paper->width, paper->width,
                                    paper->height};
    draw_over_paper(&shown, l, model, &ground, paper);
    for (int y = 0; y < to.height; y++)
        coch_view_pixels_copy(
            coch_view_row(&to, y),
            is_plain(l, paper, y) ? coch_view_paper_row(paper, y) : coch_view_row(&shown, y), to.width);
    cairo_surface_mark_dirty_rectangle(image, (int)r->x, (int)r->y, (int)r->w, (int)r->h);
}
