/* The parts of the picture, inside of the view. Each draws what stands still and what moves apart, so that
 * the former can be kept; all coordinates are pixels of the surface. */
#ifndef COCH_VIEW_PARTS_H
#define COCH_VIEW_PARTS_H

#include "view/layout.h"
#include "view/model.h"
#include "view/theme.h"

#include <cairo.h>
#include <stdint.h>

/* The sound of a note after its key: how far its light has faded, 1 while it sounds, 0 when it is gone. */
double coch_view_glow(const coch_view_note *note, double now);

/* For each MIDI note the one of the model whose light is seen, NULL for none, and its glow. */
void coch_view_lights(const coch_view_model *model, const coch_view_note **by, double *glow);

/* ---- Piano roll ---- */
void coch_view_roll_still(cairo_t *cr, const coch_view_layout *layout);
void coch_view_roll_moving(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);

/* ---- Keyboard ---- */
void coch_view_keyboard_still(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);
void coch_view_keyboard_moving(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);

/* Of these the layout's keyboard and unit alone are looked at. */
void coch_view_keys(cairo_t *cr, const coch_view_layout *layout, int names);
coch_view_rect coch_view_key_rect(const coch_view_layout *layout, int note);
void coch_view_key_draw(cairo_t *cr, const coch_view_layout *layout, int note, coch_view_colour colour,
                        double alpha);

/* The same, with the black keys beside it above it. */
void coch_view_key_light(cairo_t *cr, const coch_view_layout *layout, int note, coch_view_colour colour,
                         double alpha);

/* ---- Spiral ---- */
#define COCH_VIEW_SPIRAL_FINE 16    /* places along the spiral for each bin of energy */
#define COCH_VIEW_SPIRAL_LEVELS 160 /* steps of energy */
#define COCH_VIEW_SPIRAL_ACROSS 64  /* steps from the middle of the band to half way to the next turn */
#define COCH_VIEW_SPIRAL_SIZE 720   /* pixels; larger ones are drawn at this size and enlarged */

/* What makes it fast: for every pixel, where on the spiral it lies. Zeroed when new. */
typedef struct coch_view_spiral {
    int size;                 /* pixels of a side */
    uint32_t *place;          /* [size][size]: place along << 8 | steps across; UINT32_MAX for none */
    cairo_surface_t *surface; /* of that size */
    uint32_t shade[COCH_VIEW_SPIRAL_LEVELS][COCH_VIEW_SPIRAL_ACROSS]; /* premultiplied ARGB */
} coch_view_spiral;

void coch_view_spiral_still(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);
void coch_view_spiral_moving(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model,
                             coch_view_spiral *spiral);
void coch_view_spiral_free(coch_view_spiral *spiral);

/* Where a MIDI note (with fractions) lies. */
void coch_view_spiral_point(const coch_view_layout *layout, double note, double *x, double *y);

/* Fills `spiral` for a side of `size` pixels; returns nonzero when there is no memory. */
int coch_view_spiral_prepare(coch_view_spiral *spiral, int size);

/* A sounding note: a face with a dark edge, a halo, and for a while a ring that grows. In pixels of the band.
 */
typedef struct coch_view_disc {
    double x, y, radius;
    double ring;              /* radius of the ring */
    double line;              /* half the width of ring and edge */
    double alpha, ring_alpha; /* 0..1 */
    coch_view_colour colour;
} coch_view_disc;

/* The energy band, into spiral->surface (before which that is flushed); then discs on it. */
void coch_view_spiral_render(coch_view_spiral *spiral, const float *energy);
void coch_view_spiral_disc(coch_view_spiral *spiral, const coch_view_disc *disc);

/* The spiral that is Cochlea's mark, round (x, y). */
void coch_view_mark(cairo_t *cr, double x, double y, double unit);

/* ---- Hybrid: spectra and place ---- */
void coch_view_hybrid_still(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);
void coch_view_hybrid_moving(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);

/* ---- Header: instrument, level, numbers ---- */
void coch_view_header_still(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);
void coch_view_header_moving(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);

/* ---- Controls and the open menu ---- */
void coch_view_controls(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);
void coch_view_menu(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);

#endif
