#include "view/pixels.h"

#include <math.h>
#include <string.h>

coch_view_pixels coch_view_pixels_of(cairo_surface_t *image, int x, int y, int width, int height)
{
    int most_wide = cairo_image_surface_get_width(image) - x;
    int most_high = cairo_image_surface_get_height(image) - y;
    cairo_surface_flush(image);
    coch_view_pixels p = {.stride = cairo_image_surface_get_stride(image),
                          .width = width < most_wide ? width : most_wide,
                          .height = height < most_high ? height : most_high};
    p.data = cairo_image_surface_get_data(image) + (long)y * p.stride + 4 * (long)x;
    return p;
}

/* Of 255, for what is not negative: many times faster than lround(). */
static uint32_t byte_of(double share)
{
    return (uint32_t)(255.0 * share + 0.5);
}

uint32_t coch_view_pack(coch_view_colour c, double alpha)
{
    return byte_of(alpha) << 24 | byte_of(alpha * c.r) << 16 | byte_of(alpha * c.g) << 8 |
           byte_of(alpha * c.b);
}

#define LANES 16 /* bytes: what a processor does at once */

/* coch_view_over() for a row, byte by byte and so in many lanes; `source` is four times the pixel. */
static void fill_row(uint32_t *out, int count, const uint8_t *source, unsigned keep)
{
    uint8_t *bytes = (uint8_t *)out;
    for (; count >= LANES / 4; count -= LANES / 4, bytes += LANES)
        for (int i = 0; i < LANES; i++) {
            uint16_t product = (uint16_t)(bytes[i] * keep + 128);
            bytes[i] = (uint8_t)(source[i] + ((product + (product >> 8)) >> 8));
        }
    for (int i = 0; i < 4 * count; i++) {
        uint16_t product = (uint16_t)(bytes[i] * keep + 128);
        bytes[i] = (uint8_t)(source[i] + ((product + (product >> 8)) >> 8));
    }
}

#define CHUNK 64 /* pixels */

/* As in fill_row(), with a share for each pixel; in two loops, both of which a compiler turns into vectors.
 */
static void over_chunk(uint8_t *restrict pixels, const uint8_t *restrict sources,
                       const uint32_t *restrict source, int count)
{
    uint32_t keep[CHUNK] = {0};
    const uint8_t *share = (const uint8_t *)keep;
    for (int i = 0; i < count; i++) {
        uint32_t a = ~source[i] >> 24;
        a |= a << 8;
        keep[i] = a | a << 16;
    }
    for (int i = 0; i < 4 * count; i++) {
        uint16_t product = (uint16_t)(pixels[i] * share[i] + 128);
        pixels[i] = (uint8_t)(sources[i] + ((product + (product >> 8)) >> 8));
    }
}

void coch_view_pixels_over(uint32_t *pixels, const uint32_t *sources, int count)
{
    for (; count >= CHUNK; count -= CHUNK, pixels += CHUNK, sources += CHUNK)
        over_chunk((uint8_t *)pixels, (const uint8_t *)sources, sources, CHUNK);
    over_chunk((uint8_t *)pixels, (const uint8_t *)sources, sources, count);
}

void coch_view_pixels_fill(const coch_view_pixels *to, double x, double y, double w, double h,
                           uint32_t source)
{
    double left = round(x), top = round(y);
    double right = left + fmax(1.0, round(x + w) - left), bottom = top + fmax(1.0, round(y + h) - top);
    int first = (int)fmax(0.0, left), last = (int)fmin(to->width, right);
    int end = (int)fmin(to->height, bottom);
    uint8_t four[LANES];
    for (size_t i = 0; i < LANES; i += sizeof source)
        memcpy(four + i, &source, sizeof source);
    for (int row = (int)fmax(0.0, top); row < end; row++)
        fill_row(coch_view_row(to, row) + first, last - first, four, 255 - (source >> 24));
}

#define BLOCK 32 /* pixels: two lines of the cache */

void coch_view_pixels_copy(uint32_t *to, const uint32_t *from, int count)
{
    for (; count >= BLOCK; count -= BLOCK, to += BLOCK, from += BLOCK)
        if (memcmp(to, from, BLOCK * sizeof *to) != 0)
            memcpy(to, from, BLOCK * sizeof *to);
    memcpy(to, from, (size_t)count * sizeof *to);
}
