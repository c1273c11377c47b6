/* Draws the practice window as a function of its model alone, onto any Cairo surface. */
#ifndef COCH_VIEW_PRACTICE_H
#define COCH_VIEW_PRACTICE_H

#include "view/practice_model.h"

#include <cairo.h>

/* Draws over (0, 0) to (width, height) pixels; `scale` is pixels for one point of 1/96 inch. Any size from
 * 1 x 1 on; what finds no room is left out. [main] */
void coch_practice_draw(cairo_t *cr, const coch_practice_model *model, int width, int height, double scale);

#endif
