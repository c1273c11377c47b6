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

void coch_view_lights(const coch_view_model *model, coch_view_lit *lit)
{
    memset(lit, 0, sizeof *lit);
    for (size_t i = coch_view_first_note(model); i < model->note_count; i++) {
        const coch_view_note *note = &model->notes[i % COCH_VIEW_NOTES];
        double light = coch_view_glow(note, model->now);
        if (light > 0.02) {
            lit->by[note->note & 127] = note;
            lit->glow[note->note & 127] = light;
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

/* The past sinks into the dark: rows from `first` on, onto pixels of which the first row is that one. */
static void draw_fade(const coch_view_pixels *to, const coch_view_layout *l, int first)
{
    int height = fade_height(l), step = (int)ceil(l->unit);
    for (int y = first - first % step; y < height && y < first + to->height; y += step) {
        uint32_t dark = coch_view_pack(coch_view_theme(COCH_VIEW_BACKGROUND), 1.0 - (double)y / height);
        int skipped = y < first ? first - y : 0;
        coch_view_pixels_fill(to, 0.0, y + skipped - first, to->width, step - skipped, dark);
    }
}

static coch_view_pixels pixels_of(cairo_surface_t *image, const coch_view_rect *r)
{
    return coch_view_pixels_of(image, (int)r->x, (int)r->y, (int)r->w, (int)r->h);
}

/* The first row that shows more than paper and fade: light. */
static int light_top(const coch_view_layout *l, const coch_view_paper *paper)
{
    double height = fmax(beam_height(l) + 1.0, coch_view_paper_foot_height(paper));
    return (int)fmax(0.0, paper->height - ceil(height));
}

/* The next run of changed blocks from *block on, in pixels; returns its width, 0 when there is none. */
static int next_run(const coch_view_paper *paper, const unsigned char *changed, int *block, int *x)
{
    int first = *block, end;
    while (first < paper->blocks && !changed[first])
        first++;
    for (end = first; end < paper->blocks && changed[end]; end++)
        ;
    *block = end;
    *x = first * COCH_VIEW_BLOCK;
    int right = end * COCH_VIEW_BLOCK;
    return (right < paper->width ? right : paper->width) - *x;
}

/* Rows of paper that fade. */
static void draw_paper(const coch_view_pixels *to, const coch_view_layout *l, const coch_view_paper *paper,
                       int rows, int whole)
{
    for (int y = 0; y < rows; y++) {
        const unsigned char *changed = coch_view_paper_changed(paper, y, whole);
        for (int block = 0, x, width; changed && (width = next_run(paper, changed, &block, &x)) > 0;) {
            uint32_t *out = coch_view_row(to, y) + x;
            const coch_view_pixels run = {(unsigned char *)out, to->stride, width, 1};
            memcpy(out, coch_view_paper_row(paper, y) + x, 4 * (size_t)width);
            draw_fade(&run, l, y);
        }
    }
}

/* Where light shines now, and where it did. */
static void find_light(coch_view_paper *paper, const coch_view_layout *l, const coch_view_lit *lit)
{
    for (int b = 0; b < paper->blocks; b++)
        paper->lit[b] = (unsigned char)(paper->lit[b] << 1 & 2);
    for (int n = COCH_VIEW_LOW; n <= COCH_VIEW_HIGH; n++) {
        double left, width;
        if (!lit->by[n])
            continue;
        coch_view_key(n, &left, &width);
        int first = (int)(left * l->roll.w - 1.0) / COCH_VIEW_BLOCK;
        int last = (int)((left + width) * l->roll.w + 2.0) / COCH_VIEW_BLOCK;
        for (int b = first; b <= last && b < paper->blocks; b++)
            paper->lit[b] |= 1;
    }
}

/* The blocks of a row at the foot that change: all of the row above the keys, where notes grow. */
static const unsigned char *changed_light(const coch_view_paper *paper, int y, int whole)
{
    int foot = paper->height - coch_view_paper_foot_height(paper);
    unsigned char *changed = coch_view_paper_changed(paper, y, whole || y >= foot);
    for (int b = 0; changed && b < paper->blocks; b++)
        changed[b] |= paper->lit[b];
    return changed ? changed : paper->lit;
}

/* Copies the blocks that change from `top` on: those of `from`, or without it those of the paper. */
static void copy_light(const coch_view_pixels *to, const coch_view_pixels *from, const coch_view_paper *paper,
                       int top, int whole)
{
    for (int y = top; y < to->height; y++) {
        const unsigned char *changed = changed_light(paper, y, whole);
        const uint32_t *row = from ? coch_view_row(from, y) : coch_view_paper_row(paper, y);
        for (int block = 0, x, width; (width = next_run(paper, changed, &block, &x)) > 0;)
            if (from)
                coch_view_pixels_copy(coch_view_row(to, y) + x, row + x, width);
            else
                memcpy(coch_view_row(to, y) + x, row + x, (size_t)width * sizeof *row);
    }
}

/* The rows at the foot, in the memory that is kept for them. */
static void draw_light(const coch_view_pixels *to, const coch_view_layout *l, const coch_view_lit *lit,
                       const coch_view_pixels *still, coch_view_paper *paper, int top, int whole)
{
    coch_view_pixels fading = *to;
    find_light(paper, l, lit);
    copy_light(to, NULL, paper, top, whole);
    coch_view_paper_foot(paper, to, still);
    for (int n = COCH_VIEW_LOW; n <= COCH_VIEW_HIGH; n++)
        if (lit->by[n])
            draw_beam(to, l, lit->by[n], lit->glow[n]);
    fading.data = (unsigned char *)coch_view_row(to, top);
    fading.height = to->height - top;
    draw_fade(&fading, l, top);
}

void coch_view_roll_moving(cairo_surface_t *image, const coch_view_layout *l, const coch_view_model *model,
                           const coch_view_lit *lit, cairo_surface_t *still, coch_view_paper *paper,
                           int whole)
{
    const coch_view_rect *r = &l->roll;
    const coch_view_pixels to = pixels_of(image, r), ground = pixels_of(still, r);
    if (to.width <= 0 || to.height <= 0 || coch_view_paper_move(paper, l, model, &ground) != 0)
        return;
    const coch_view_pixels shown = {(unsigned char *)paper->shown, 4 * paper->width, paper->width,
                                    paper->height};
    int top = light_top(l, paper);
    draw_paper(&to, l, paper, top, whole);
    whole |= top < fade_height(l) + l->unit + 1.0; /* what fades at the foot is not to fade twice */
    draw_light(&shown, l, lit, &ground, paper, top, whole);
    copy_light(&to, &shown, paper, top, whole);
    cairo_surface_mark_dirty_rectangle(image, (int)r->x, (int)r->y, (int)r->w, (int)r->h);
}
