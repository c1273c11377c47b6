/* Draws the picture: what Cochlea hears, as a function of the model alone, onto any Cairo surface. */
#ifndef COCH_VIEW_VIEW_H
#define COCH_VIEW_VIEW_H

#include "view/model.h"

#include <cairo.h>

/* What stands still between pictures, drawn once. Belongs to the thread that draws. */
typedef struct coch_view_cache coch_view_cache;

/* NULL when there is no memory, which only costs speed. It keeps a reference to the surface drawn on last:
 * free it before the display of that. [main] */
coch_view_cache *coch_view_cache_new(void);
void coch_view_cache_free(coch_view_cache *cache);

/* Onto an image of 32 bits a pixel it is fastest. Where such a surface is drawn on twice in a row with the
 * same cache, it must still hold the first picture: only what has changed is drawn.
 *
 * Draws the model over (0, 0) to (width, height) pixels. `scale` is pixels for one point of 1/96 inch: 2 on a
 * screen of twice the density. Without a cache (NULL) the picture is the same, only slower. Any size from
 * 1 x 1 on; what finds no room is left out, controls and spiral first. [main] */
void coch_view_draw(cairo_t *cr, const coch_view_model *model, coch_view_cache *cache, int width, int height,
                    double scale);

/* How many rows, from the top, of the last picture may differ from the one before. [main] */
int coch_view_changed(const coch_view_cache *cache);

#endif
