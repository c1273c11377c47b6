/* Pictures as numbers. */
#ifndef TEST_VIEW_PIXELS_H
#define TEST_VIEW_PIXELS_H

#include "view/library_draw.h"
#include "view/practice.h"
#include "view/set_up_draw.h"
#include "view/view.h"

#include <stdint.h>
#include <stdlib.h>

#define GOLDEN_WIDTH 225 /* pixels of a golden: every machine's smooth edges look the same at that size */

static inline uint32_t pixel_at(cairo_surface_t *surface, int x, int y)
{
    unsigned char *data = cairo_image_surface_get_data(surface);
    const uint32_t *row =
        (const uint32_t *)(const void *)(data + y * cairo_image_surface_get_stride(surface));
    return row[x] & 0xFFFFFF;
}

/* A surface of that size after `draw`, which finds its context in `cr`. */
#define DRAWN(width, height, draw)                                                                           \
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);                \
    cairo_t *cr = cairo_create(surface);                                                                     \
    draw;                                                                                                    \
    cairo_destroy(cr);                                                                                       \
    cairo_surface_flush(surface);                                                                            \
    return surface

static inline cairo_surface_t *drawn(const coch_view_model *model, coch_view_cache *cache, int width,
                                     int height, double scale)
{
    DRAWN(width, height, coch_view_draw(cr, model, cache, width, height, scale));
}

static inline cairo_surface_t *practice_drawn(const coch_practice_model *model, int width, int height,
                                              double scale)
{
    DRAWN(width, height, coch_practice_draw(cr, model, width, height, scale));
}

static inline cairo_surface_t *library_drawn(const coch_library *library, int width, int height, double scale)
{
    DRAWN(width, height, coch_library_draw(cr, library, width, height, scale));
}

static inline cairo_surface_t *set_up_drawn(const coch_set_up *page, int width, int height, double scale)
{
    DRAWN(width, height, coch_set_up_draw(cr, page, width, height, scale));
}

/* Each pixel the mean of a block of `factor` x `factor`. */
static inline cairo_surface_t *shrunk(cairo_surface_t *surface, int factor)
{
    int width = cairo_image_surface_get_width(surface) / factor;
    int height = cairo_image_surface_get_height(surface) / factor;
    cairo_surface_t *small = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    unsigned char *data = cairo_image_surface_get_data(small);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            uint32_t sum[3] = {0}, n = (uint32_t)(factor * factor);
            for (int i = 0; i < factor * factor; i++) {
                uint32_t p = pixel_at(surface, x * factor + i % factor, y * factor + i / factor);
                for (int c = 0; c < 3; c++)
                    sum[c] += p >> 8 * c & 255;
            }
            uint32_t *row = (uint32_t *)(void *)(data + y * cairo_image_surface_get_stride(small));
            row[x] = sum[0] / n | sum[1] / n << 8 | sum[2] / n << 16;
        }
    cairo_surface_mark_dirty(small);
    return small;
}

static inline int shrink_factor(int width)
{
    return width > GOLDEN_WIDTH ? width / GOLDEN_WIDTH : 1;
}

/* The mean difference of a channel, and the largest, of 255. */
static inline double difference(cairo_surface_t *a, cairo_surface_t *b, int *largest)
{
    int width = cairo_image_surface_get_width(a), height = cairo_image_surface_get_height(a);
    double sum = 0.0;
    *largest = 0;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < 24; c += 8) {
                int d = abs((int)(pixel_at(a, x, y) >> c & 255) - (int)(pixel_at(b, x, y) >> c & 255));
                sum += d;
                *largest = d > *largest ? d : *largest;
            }
    return sum / (3.0 * width * height);
}

#endif
