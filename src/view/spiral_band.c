/* The energy along the spiral, pixel by pixel: each pixel knows its place along and across the band, and a
 * small table gives the colour of every energy at every distance. */
#include "view/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INNER 0.062 /* as in spiral.c */
#define OUTER 0.422
#define TURNS ((COCH_VIEW_HIGH - COCH_VIEW_LOW) / 12.0)
#define PLACES (COCH_VIEW_BINS * COCH_VIEW_SPIRAL_FINE)
#define NOWHERE UINT32_MAX
#define HALO 2.3 /* of the disc's radius */
#define DISC_SHADES 1024
#define SHADES_A_PIXEL 8.0 /* of a disc's reach: enough for smooth edges */

void coch_view_spiral_free(coch_view_spiral *spiral)
{
    if (spiral->surface)
        cairo_surface_destroy(spiral->surface);
    free(spiral->place);
    memset(spiral, 0, sizeof *spiral);
}

/* The place of a pixel, `x` and `y` as shares of the square from its middle. */
static uint32_t place_of(double x, double y)
{
    double turn = atan2(x, -y) / (2.0 * COCH_VIEW_PI); /* from the top, clockwise: C is 0 */
    double first = COCH_VIEW_LOW / 12.0;               /* octaves of the innermost point */
    double octaves = (sqrt(x * x + y * y) - INNER) / (OUTER - INNER) * TURNS + first;
    double whole = round(octaves - turn);
    double note = 12.0 * (whole + turn), across = fabs(octaves - turn - whole) * 2.0;
    double bin = (note - COCH_VIEW_LOW) * COCH_VIEW_BINS_PER_NOTE + COCH_VIEW_FIRST_BIN;
    if (note < COCH_VIEW_LOW - 0.8 || note > COCH_VIEW_HIGH + 0.8)
        return NOWHERE;
    uint32_t along = (uint32_t)lround(fmax(0.0, bin) * COCH_VIEW_SPIRAL_FINE);
    uint32_t step = (uint32_t)(across * COCH_VIEW_SPIRAL_ACROSS);
    return along << 8 | (step < COCH_VIEW_SPIRAL_ACROSS ? step : COCH_VIEW_SPIRAL_ACROSS - 1);
}

static uint32_t pack(coch_view_colour c, double alpha)
{
    uint32_t a = (uint32_t)lround(255.0 * alpha), r = (uint32_t)lround(255.0 * alpha * c.r);
    uint32_t g = (uint32_t)lround(255.0 * alpha * c.g), b = (uint32_t)lround(255.0 * alpha * c.b);
    return a << 24 | r << 16 | g << 8 | b;
}

/* More energy: wider, brighter, warmer. Without any, a thin line shows where the band runs. */
static uint32_t shade_of(double energy, double across)
{
    double half = 0.10 + 0.68 * energy;
    double edge = fmax(0.0, fmin(1.0, (half - across) / (0.25 * half + 0.06)));
    double body = edge * edge * (3.0 - 2.0 * edge) * fmin(1.0, 0.25 + 1.1 * energy);
    double glow = 0.40 * energy * energy * exp(-4.0 * across * across);
    double line = 0.30 * fmax(0.0, 1.0 - across / 0.16);
    double alpha = fmin(1.0, fmax(fmax(body, glow), line));
    coch_view_colour c = coch_view_map(0.05 + 0.95 * energy);
    return pack(coch_view_mix(coch_view_theme(COCH_VIEW_TEXT_DIM), c, fmin(1.0, 6.0 * energy)), alpha);
}

int coch_view_spiral_prepare(coch_view_spiral *spiral, int size)
{
    if (spiral->size == size)
        return 0;
    coch_view_spiral_free(spiral);
    spiral->place = malloc((size_t)size * (size_t)size * sizeof *spiral->place);
    spiral->surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, size, size);
    if (!spiral->place || cairo_surface_status(spiral->surface) != CAIRO_STATUS_SUCCESS) {
        coch_view_spiral_free(spiral);
        return -1;
    }
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++)
            spiral->place[y * size + x] = place_of((x + 0.5) / size - 0.5, (y + 0.5) / size - 0.5);
    for (int e = 0; e < COCH_VIEW_SPIRAL_LEVELS; e++)
        for (int a = 0; a < COCH_VIEW_SPIRAL_ACROSS; a++)
            spiral->shade[e][a] =
                shade_of(e / (COCH_VIEW_SPIRAL_LEVELS - 1.0), (a + 0.5) / COCH_VIEW_SPIRAL_ACROSS);
    spiral->size = size;
    return 0;
}

/* The energy between the bins: a cubic through the four around, as a step of the table. */
static void interpolate(uint8_t *level, const float *energy)
{
    for (int i = 0; i < PLACES; i++) {
        int bin = i / COCH_VIEW_SPIRAL_FINE;
        float t = (float)(i % COCH_VIEW_SPIRAL_FINE) / COCH_VIEW_SPIRAL_FINE;
        float a = energy[bin > 0 ? bin - 1 : 0], b = energy[bin];
        float c = energy[bin + 1 < COCH_VIEW_BINS ? bin + 1 : COCH_VIEW_BINS - 1];
        float d = energy[bin + 2 < COCH_VIEW_BINS ? bin + 2 : COCH_VIEW_BINS - 1];
        float v =
            b + 0.5f * t * (c - a + t * (2.0f * a - 5.0f * b + 4.0f * c - d + t * (3.0f * (b - c) + d - a)));
        v = v > 0.0f ? fminf(v, 1.0f) : 0.0f; /* not a number counts as nothing */
        level[i] = (uint8_t)(v * (COCH_VIEW_SPIRAL_LEVELS - 1) + 0.5f);
    }
}

void coch_view_spiral_render(coch_view_spiral *spiral, const float *energy)
{
    uint8_t level[PLACES];
    interpolate(level, energy);
    cairo_surface_flush(spiral->surface);
    unsigned char *data = cairo_image_surface_get_data(spiral->surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(spiral->surface), size = (size_t)spiral->size;
    for (size_t y = 0; y < size; y++) {
        uint32_t *out = (uint32_t *)(void *)(data + y * stride);
        const uint32_t *place = spiral->place + y * size;
        for (size_t x = 0; x < size; x++)
            out[x] = place[x] == NOWHERE ? 0 : spiral->shade[level[place[x] >> 8]][place[x] & 255];
    }
    cairo_surface_mark_dirty(spiral->surface);
}

/* `source` over `below`, both premultiplied; two channels at a time. */
static inline uint32_t over(uint32_t below, uint32_t source)
{
    uint32_t keep = 255 - (source >> 24);
    uint32_t even = (below & 0xFF00FF) * keep + 0x800080, odd = (below >> 8 & 0xFF00FF) * keep + 0x800080;
    even = (even + (even >> 8 & 0xFF00FF)) >> 8 & 0xFF00FF;
    odd = (odd + (odd >> 8 & 0xFF00FF)) & 0xFF00FF00;
    return source + (even | odd);
}

/* A colour over another, both with their share of covering. */
static void lay(double *rgba, coch_view_colour c, double alpha)
{
    if (alpha <= 0.0)
        return;
    for (int i = 0; i < 4; i++)
        rgba[i] *= 1.0 - alpha;
    rgba[0] += alpha * c.r;
    rgba[1] += alpha * c.g;
    rgba[2] += alpha * c.b;
    rgba[3] += alpha;
}

static double within(double share)
{
    return share < 0.0 ? 0.0 : share > 1.0 ? 1.0 : share;
}

/* The colour of a disc at a distance from its middle: halo, ring, edge, face. */
static uint32_t disc_shade(const coch_view_disc *d, double far)
{
    double rgba[4] = {0.0}, reach = far / (HALO * d->radius);
    if (reach < 1.0)
        lay(rgba, d->colour, 0.6 * d->alpha * (1.0 - reach * reach) * (1.0 - reach * reach));
    if (d->ring_alpha > 0.0)
        lay(rgba, d->colour, d->ring_alpha * within(0.5 + d->line - fabs(far - d->ring)));
    lay(rgba, coch_view_theme(COCH_VIEW_BACKGROUND),
        0.8 * d->alpha * within(d->radius + d->line - far + 0.5));
    lay(rgba, d->colour, d->alpha * within(d->radius - far + 0.5));
    return (uint32_t)(255.0 * rgba[3] + 0.5) << 24 | (uint32_t)(255.0 * rgba[0] + 0.5) << 16 |
           (uint32_t)(255.0 * rgba[1] + 0.5) << 8 | (uint32_t)(255.0 * rgba[2] + 0.5);
}

void coch_view_spiral_disc(coch_view_spiral *spiral, const coch_view_disc *d)
{
    uint32_t shade[DISC_SHADES];
    double reach = fmax(HALO * d->radius, d->ring_alpha > 0.0 ? d->ring + d->line + 1.0 : 0.0);
    int shades = (int)fmax(32.0, fmin(DISC_SHADES, SHADES_A_PIXEL * reach));
    float scale = (float)(shades / (reach * reach));
    unsigned char *data = cairo_image_surface_get_data(spiral->surface);
    size_t stride = (size_t)cairo_image_surface_get_stride(spiral->surface);
    int top = (int)fmax(0.0, d->y - reach), bottom = (int)fmin(spiral->size - 1.0, d->y + reach);
    int left = (int)fmax(0.0, d->x - reach), right = (int)fmin(spiral->size - 1.0, d->x + reach);
    for (int i = 0; i < shades; i++) /* by the square of the distance: no root for each pixel */
        shade[i] = disc_shade(d, reach * sqrt((i + 0.5) / shades));
    for (int row = top; row <= bottom; row++) {
        uint32_t *out = (uint32_t *)(void *)(data + (size_t)row * stride);
        float dy = (float)(row + 0.5 - d->y);
        for (int column = left; column <= right; column++) {
            float dx = (float)(column + 0.5 - d->x);
            int far = (int)((dx * dx + dy * dy) * scale);
            if (far < shades)
                out[column] = over(out[column], shade[far]);
        }
    }
}
