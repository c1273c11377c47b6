/* The pixels of an image surface, for what is drawn in great numbers: many times faster than a path, and the
 * same colours. All coordinates are whole pixels of the rectangle that is looked at. */
#ifndef COCH_VIEW_PIXELS_H
#define COCH_VIEW_PIXELS_H

#include "view/theme.h"

#include <cairo.h>
#include <stdint.h>

typedef struct coch_view_pixels {
    unsigned char *data; /* the first row; premultiplied ARGB or RGB, 32 bits each */
    int stride;          /* bytes */
    int width, height;
} coch_view_pixels;

/* Those of an image of 32 bits a pixel, once Cairo is through with it; afterwards it must be told of changes
 * (cairo_surface_mark_dirty). What lies outside the image is cut off. */
coch_view_pixels coch_view_pixels_of(cairo_surface_t *image, int x, int y, int width, int height);

static inline uint32_t *coch_view_row(const coch_view_pixels *p, int y)
{
    return (uint32_t *)(void *)(p->data + (long)y * p->stride);
}

/* A colour as a premultiplied pixel. */
uint32_t coch_view_pack(coch_view_colour colour, double alpha);

/* `source` over `below`, both premultiplied; two channels at a time. */
static inline uint32_t coch_view_over(uint32_t below, uint32_t source)
{
    uint32_t keep = 255 - (source >> 24);
    uint32_t even = (below & 0xFF00FF) * keep + 0x800080, odd = (below >> 8 & 0xFF00FF) * keep + 0x800080;
    even = (even + (even >> 8 & 0xFF00FF)) >> 8 & 0xFF00FF;
    odd = (odd + (odd >> 8 & 0xFF00FF)) & 0xFF00FF00;
    return source + (even | odd);
}

/* The same for a row, many at a time. */
void coch_view_pixels_over(uint32_t *pixels, const uint32_t *sources, int count);

/* A packed colour's share, of 255. */
static inline uint32_t coch_view_share(uint32_t colour, uint32_t share)
{
    return share == 255 ? colour : coch_view_over(colour, (255 - share) << 24) - ((255 - share) << 24);
}

/* A packed colour over a rectangle, whose edges are rounded as coch_view_fill() does. */
void coch_view_pixels_fill(const coch_view_pixels *to, double x, double y, double w, double h,
                           uint32_t source);

/* Copies a row, but writes only where it differs: the display's processor then keeps what it has of memory
 * that it shares with us. */
void coch_view_pixels_copy(uint32_t *to, const uint32_t *from, int count);

#endif
