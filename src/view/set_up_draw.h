/* Draws the set-up page as a function of its model alone, onto any Cairo surface. */
#ifndef COCH_VIEW_SET_UP_DRAW_H
#define COCH_VIEW_SET_UP_DRAW_H

#include "view/set_up.h"

#include <cairo.h>

/* As coch_practice_draw(). [main] */
void coch_set_up_draw(cairo_t *cr, const coch_set_up *page, int width, int height, double scale);

#endif
