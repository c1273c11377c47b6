/* Where everything lies: a pure function of the size of the surface and of the controls. */
#ifndef COCH_VIEW_LAYOUT_H
#define COCH_VIEW_LAYOUT_H

#include "view/model.h"
#include "view/theme.h"

#define COCH_VIEW_NAMES 20.0 /* units: the line of names below the spiral */

typedef struct coch_view_layout {
    double unit;                                /* pixels of one unit of the design (900 x 500 units) */
    double width, height;                       /* pixels of the surface */
    coch_view_rect header;                      /* w is 0 for a part that found no room */
    coch_view_rect roll, keyboard;              /* of the same x and w */
    coch_view_rect spiral;                      /* a square */
    coch_view_rect hybrid;                      /* spectra and place, as the model's picture wants */
    coch_view_rect strip;                       /* of the controls */
    coch_view_rect control[COCH_VIEW_CONTROLS]; /* w is 0 where it found no room */
} coch_view_layout;

/* `scale` is pixels of the surface for one point of 1/96 inch: text never gets smaller than can be read at
 * it. */
void coch_view_layout_of(coch_view_layout *layout, const coch_view_model *model, double width, double height,
                         double scale);

/* How many choices of the open menu are seen at once; its others are reached by scrolling. 0 while none is
 * open. */
int coch_view_menu_lines(const coch_view_layout *layout, const coch_view_model *model);

/* The rectangle of the open menu's list, and of one of its choices; w is 0 for what is not seen. */
coch_view_rect coch_view_menu_rect(const coch_view_layout *layout, const coch_view_model *model);
coch_view_rect coch_view_choice_rect(const coch_view_layout *layout, const coch_view_model *model,
                                     int choice);

/* Whether a point lies in a rectangle. */
int coch_view_inside(const coch_view_rect *rect, double x, double y);

/* ---- The keyboard: 52 white keys from A0 to C8 over a width ---- */
int coch_view_black(int note);

/* Left edge and width of a key, as shares of the keyboard's width; notes outside are put on the edge keys. */
void coch_view_key(int note, double *left, double *width);

#endif
