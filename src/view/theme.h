/* Colours, fonts and the few shapes that all parts of the picture share. */
#ifndef COCH_VIEW_THEME_H
#define COCH_VIEW_THEME_H

#include <cairo.h>

#define COCH_VIEW_PI 3.14159265358979323846

typedef struct coch_view_colour {
    double r, g, b; /* sRGB, 0..1 */
} coch_view_colour;

/* In pixels of the surface. */
typedef struct coch_view_rect {
    double x, y, w, h;
} coch_view_rect;

/* Dark and calm; every text colour has a contrast of at least 4.5 on every background (tests/view proves it).
 */
typedef enum coch_view_tone {
    COCH_VIEW_BACKGROUND,
    COCH_VIEW_PANEL,
    COCH_VIEW_RAISED, /* faces of controls, menus */
    COCH_VIEW_GRID,   /* faint lines */
    COCH_VIEW_LINE,   /* lines that should be seen */
    COCH_VIEW_WHITE_KEY,
    COCH_VIEW_BLACK_KEY,
    COCH_VIEW_TEXT_BRIGHT,
    COCH_VIEW_TEXT_DIM,
    COCH_VIEW_ACCENT,
    COCH_VIEW_ALARM,
    COCH_VIEW_PEDAL_TONE,
    COCH_VIEW_TONES
} coch_view_tone;

coch_view_colour coch_view_theme(coch_view_tone tone);

/* A sequential map, 0 (indigo) over rose to 1 (pale gold): its lightness rises evenly, so that it reads in
 * black and white and by colour-blind eyes; computed in Oklab (Ottosson, 2020). */
coch_view_colour coch_view_map(double value);

/* The colour of a MIDI velocity. */
coch_view_colour coch_view_velocity(int velocity);

coch_view_colour coch_view_mix(coch_view_colour from, coch_view_colour to, double share);

/* Relative luminance of a colour as the WCAG defines it, 0..1. */
double coch_view_luminance(coch_view_colour colour);

void coch_view_set(cairo_t *cr, coch_view_colour colour, double alpha);
void coch_view_tone_set(cairo_t *cr, coch_view_tone tone, double alpha);

/* Path of a rectangle with round corners. */
void coch_view_round(cairo_t *cr, double x, double y, double w, double h, double radius);

/* A filled rectangle whose edges are on pixels. */
void coch_view_fill(cairo_t *cr, double x, double y, double w, double h);

typedef enum coch_view_align { COCH_VIEW_LEFT, COCH_VIEW_CENTRE, COCH_VIEW_RIGHT } coch_view_align;

/* Text with its base line at y, aligned at x; cut with dots when wider than `width` (0 for no limit). Returns
 * the width drawn. */
double coch_view_text(cairo_t *cr, const char *text, double x, double y, double size, int bold,
                      coch_view_align align, double width);

/* Its width. */
double coch_view_text_width(cairo_t *cr, const char *text, double size, int bold);

/* The name of a pitch class, 0 for C. */
const char *coch_view_pitch_name(int pitch_class);

#endif
