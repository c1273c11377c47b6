/* Draws the library as a function of its model alone, onto any Cairo surface. */
#ifndef COCH_VIEW_LIBRARY_DRAW_H
#define COCH_VIEW_LIBRARY_DRAW_H

#include "view/library.h"

#include <cairo.h>

/* As coch_practice_draw(). [main] */
void coch_library_draw(cairo_t *cr, const coch_library *library, int width, int height, double scale);

#endif
