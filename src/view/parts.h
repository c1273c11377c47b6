/* The parts of the picture, inside of the view. Each draws what stands still and what moves apart, so that
 * the former can be kept; all coordinates are pixels of the surface. */
#ifndef COCH_VIEW_PARTS_H
#define COCH_VIEW_PARTS_H

#include "view/layout.h"
#include "view/model.h"
#include "view/pixels.h"
#include "view/roll_paper.h"
#include "view/theme.h"

#include <cairo.h>
#include <stdint.h>

/* The sound of a note after its key: how far its light has faded, 1 while it sounds, 0 when it is gone. */
double coch_view_glow(const coch_view_note *note, double now);

/* For each MIDI note the one of the model whose light is seen, NULL for none, and its glow. */
typedef struct coch_view_lit {
    const coch_view_note *by[128];
    double glow[128];
} coch_view_lit;

void coch_view_lights(const coch_view_model *model, coch_view_lit *lit);

/* ---- Piano roll ---- */

/* The ground that notes move over: lanes of the black keys, darkened by `shade` (0..1), and lines at C and F.
 */
void coch_view_lanes(cairo_t *cr, const coch_view_rect *place, double shade);
void coch_view_roll_still(cairo_t *cr, const coch_view_layout *layout);

/* Onto the pixels of an image of 32 bits each, which has the last picture, or nothing of it (`whole`);
 * `still` is what stands still there, the same one as long as the paper is. */
void coch_view_roll_moving(cairo_surface_t *image, const coch_view_layout *layout,
                           const coch_view_model *model, const coch_view_lit *lit, cairo_surface_t *still,
                           coch_view_paper *paper, int whole);

/* ---- Keyboard ---- */
void coch_view_keyboard_still(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);

/* What makes the lights fast: whose key each pixel is. Zeroed when new. */
typedef struct coch_view_key_lights {
    int width, height;    /* of the keyboard */
    uint8_t *owner;       /* [height][width]: MIDI note */
    uint8_t *cover;       /* [height][width]: how much of the pixel the key covers, of 255 */
    uint32_t colour[128]; /* of the light, packed, as drawn; 0 for none */
} coch_view_key_lights;

/* The keys whose light is another than before; `whole`: all, for nothing of them is there. `still` is what
 * stands still there. */
void coch_view_keyboard_moving(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model,
                               const coch_view_lit *lit, cairo_surface_t *still, coch_view_key_lights *kept,
                               int whole);
void coch_view_key_lights_free(coch_view_key_lights *kept);

/* Of these the layout's keyboard and unit alone are looked at. */
void coch_view_keys(cairo_t *cr, const coch_view_layout *layout, int names);
coch_view_rect coch_view_key_rect(const coch_view_layout *layout, int note);
void coch_view_key_draw(cairo_t *cr, const coch_view_layout *layout, int note, coch_view_colour colour,
                        double alpha);

/* The name of a C, on its key. */
void coch_view_octave_name(cairo_t *cr, const coch_view_layout *layout, int note, coch_view_tone tone);

/* A key with the black keys beside it above it. */
void coch_view_key_light(cairo_t *cr, const coch_view_layout *layout, int note, coch_view_colour colour,
                         double alpha);

/* ---- Spiral ---- */
#define COCH_VIEW_SPIRAL_FINE 16    /* places along the spiral for each bin of energy */
#define COCH_VIEW_SPIRAL_LEVELS 160 /* steps of energy */
#define COCH_VIEW_SPIRAL_ACROSS 64  /* steps from the middle of the band to half way to the next turn */
#define COCH_VIEW_SPIRAL_SIZE 720   /* pixels; larger ones are drawn at this size and enlarged */
#define COCH_VIEW_SPIRAL_SPANS 16384

/* The name of a disc, drawn once: Cairo takes longer for it than all the rest of the disc. */
typedef struct coch_view_label {
    double size; /* of the letters; 0 for none */
    int x, y;    /* of its corner in the picture */
    int width, height;
    unsigned char *cover; /* [height][width]: how much of the pixel the letters cover, of 255 */
} coch_view_label;

/* A pixel of the band. */
typedef struct coch_view_dot {
    uint32_t at;     /* its index in the image << 8 | steps across */
    uint32_t ground; /* what lies below; transparent where that is enlarged */
} coch_view_dot;

/* Pixels of a row, before something was drawn over them. */
typedef struct coch_view_span {
    uint32_t at, count; /* the first one's index in the image; pixels */
} coch_view_span;

/* What makes it fast: the band stays in the image. Where its energy has changed its pixels are looked up in a
 * table; where something is drawn over it, what was there is kept and put back for the next picture. Zeroed
 * when new. */
typedef struct coch_view_spiral {
    int size, stride;      /* pixels of a side; bytes of a row of the image */
    coch_view_dot *dots;   /* of all places in turn, with rising steps */
    uint32_t *first;       /* [places + 1]: the place's first dot */
    uint8_t *level;        /* [places]: as drawn */
    coch_view_span *spans; /* [COCH_VIEW_SPIRAL_SPANS]: what has been drawn over */
    uint32_t *under;       /* [size * size]: the pixels of these, in turn */
    uint32_t covered;      /* pixels in `under` */
    int span_count;
    int lost;                 /* there was no room for all: the next picture is drawn anew */
    cairo_surface_t *overlay; /* drawn on where it is enlarged */
    uint32_t shade[COCH_VIEW_SPIRAL_LEVELS][COCH_VIEW_SPIRAL_ACROSS]; /* premultiplied */
    uint8_t reach[COCH_VIEW_SPIRAL_LEVELS];                           /* steps across that are seen */
    coch_view_label label[128];                                       /* of the notes */
    char names[64];                                                   /* of what sounds, as written below */
} coch_view_spiral;

void coch_view_spiral_still(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);

/* Onto an image, whose context `cr` is, and which has the last picture, or nothing of it (`whole`); `still`
 * is what stands still there. */
void coch_view_spiral_moving(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model,
                             const coch_view_lit *lit, cairo_surface_t *still, coch_view_spiral *spiral,
                             int whole);
void coch_view_spiral_free(coch_view_spiral *spiral);

/* Where a MIDI note (with fractions) lies. */
void coch_view_spiral_point(const coch_view_layout *layout, double note, double *x, double *y);

/* Makes `spiral` ready for a side of `size` pixels of an image of that stride, above `ground` (NULL: above
 * nothing); returns nonzero when there is no memory. */
int coch_view_spiral_prepare(coch_view_spiral *spiral, int size, int stride, const coch_view_pixels *ground);

/* A sounding note: a face with a dark edge, a halo, and for a while a ring that grows. In pixels of what it
 * is drawn onto.
 */
typedef struct coch_view_disc {
    double x, y, radius;
    double ring;              /* radius of the ring */
    double line;              /* half the width of ring and edge */
    double alpha, ring_alpha; /* 0..1 */
    coch_view_colour colour;
} coch_view_disc;

/* The energy, onto the square of a picture that has that of the last one; or all of it, over `ground` (NULL:
 * over nothing). */
void coch_view_spiral_render(coch_view_spiral *spiral, const float *energy, const coch_view_pixels *to);
void coch_view_spiral_whole(coch_view_spiral *spiral, const float *energy, const coch_view_pixels *to,
                            const coch_view_pixels *ground);

/* Takes away what was drawn over it, before the energy is drawn. */
void coch_view_spiral_bare(coch_view_spiral *spiral, const coch_view_pixels *to);

/* Draw over it: a disc, a line from (x[0], y[0]) to (x[1], y[1]) with smooth edges; in pixels of the square,
 * with fractions. */
void coch_view_spiral_disc(coch_view_spiral *spiral, const coch_view_pixels *to, const coch_view_disc *disc);
void coch_view_spiral_line(coch_view_spiral *spiral, const coch_view_pixels *to, const double *x,
                           const double *y, double width, coch_view_colour colour, double alpha);

/* Makes a label ready: `text` in bold, its middle at x on the base line y of the picture. */
void coch_view_label_prepare(coch_view_label *label, const char *text, double x, double y, double size);

/* Onto pixels whose origin is (left, top) of the picture; over the spiral, or what is none of it (NULL). */
void coch_view_label_draw(const coch_view_label *label, coch_view_spiral *spiral, const coch_view_pixels *to,
                          int left, int top, uint32_t colour);

/* The spiral that is Cochlea's mark, round (x, y). */
void coch_view_mark(cairo_t *cr, double x, double y, double unit);

/* ---- Hybrid: spectra and place ---- */
void coch_view_hybrid_still(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);
void coch_view_hybrid_moving(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);

/* ---- Header: instrument, level, numbers ---- */
void coch_view_header_still(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);

/* What is written there, with the bars of the classes: drawn anew only when it is another. */
typedef struct coch_view_words {
    char number[4][16], peak[16], sure[8], line[COCH_VIEW_TEXT];
    int alarm[4];
    int clipped;
    int notice;                       /* the line is one */
    int percent;                      /* confidence */
    int bars, shown;                  /* whether there are any, and whose class is the line; -1 for none */
    int bar[COCHLEA_INSTRUMENTS_MAX]; /* pixels */
} coch_view_words;

void coch_view_header_read(const coch_view_layout *layout, const coch_view_model *model,
                           coch_view_words *words);
/* Parts of the header that are drawn apart, as bits: each number, the peak, the bars. */
#define COCH_VIEW_HEADER_PEAK 4
#define COCH_VIEW_HEADER_BARS 5
#define COCH_VIEW_HEADER_PARTS 6
#define COCH_VIEW_HEADER_ALL (1U << COCH_VIEW_HEADER_PARTS)

/* Which parts differ; all that is written when something else does. */
unsigned coch_view_header_differs(const coch_view_words *a, const coch_view_words *b);

/* Where part number `part` lies; all of the header when there is no such part. */
coch_view_rect coch_view_header_part(const coch_view_layout *layout, const coch_view_model *model, int part);

/* Over what stands still there; the bars over themselves too. */
void coch_view_header_write(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model,
                            const coch_view_words *words, unsigned parts);

/* Of the input, in pixels from the meter's left. */
typedef struct coch_view_level {
    int cool, hot, hold; /* ends of the part that is not loud, of all, of the mark at the peak; 0: not seen */
} coch_view_level;

void coch_view_level_read(const coch_view_layout *layout, const coch_view_model *model,
                          coch_view_level *level);

/* Where all of the level's picture lies. */
coch_view_rect coch_view_meter_rect(const coch_view_layout *layout, const coch_view_model *model);
void coch_view_level_draw(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model,
                          const coch_view_level *level);

/* ---- Controls and the open menu ---- */
void coch_view_controls(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);
void coch_view_menu(cairo_t *cr, const coch_view_layout *layout, const coch_view_model *model);

#endif
