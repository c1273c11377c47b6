/* The energy along the spiral: each place along the band knows its pixels, and a small table gives the colour
 * of every energy at every distance from the band's middle. */
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
    if (spiral->band)
        cairo_surface_destroy(spiral->band);
    if (spiral->overlay)
        cairo_surface_destroy(spiral->overlay);
    free(spiral->pixel);
    free(spiral->first);
    free(spiral->ground);
    free(spiral->level);
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
    if (along >= PLACES)
        return NOWHERE;
    return along << 8 | (step < COCH_VIEW_SPIRAL_ACROSS ? step : COCH_VIEW_SPIRAL_ACROSS - 1);
}

/* More energy: wider, brighter, warmer. Without any, a thin line shows where the band runs. */
static uint32_t shade_of(double energy, double across)
{
    double half = 0.10 + 0.68 * energy;
    double edge = fmax(0.0, fmin(1.0, (half - across) / (0.25 * half + 0.06)));
    double body = edge * edge * (3.0 - 2.0 * edge) * fmin(1.0, 0.25 + 1.1 * energy);
    double glow =
        fmax(0.0, 0.41 * energy * energy * exp(-4.0 * across * across) - 0.01); /* it ends somewhere */
    double line = 0.30 * fmax(0.0, 1.0 - across / 0.16);
    double alpha = fmin(1.0, fmax(fmax(body, glow), line));
    coch_view_colour c = coch_view_map(0.05 + 0.95 * energy);
    return coch_view_pack(coch_view_mix(coch_view_theme(COCH_VIEW_TEXT_DIM), c, fmin(1.0, 6.0 * energy)),
                          alpha);
}

static int allocate(coch_view_spiral *s, int size, int enlarged)
{
    size_t pixels = (size_t)size * (size_t)size;
    s->pixel = malloc(pixels * sizeof *s->pixel);
    s->ground = malloc(pixels * sizeof *s->ground);
    s->first = calloc(PLACES + 1, sizeof *s->first);
    s->level = calloc(PLACES, sizeof *s->level);
    s->band = cairo_image_surface_create(enlarged ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24, size, size);
    s->overlay =
        enlarged ? cairo_surface_create_similar_image(s->band, CAIRO_FORMAT_ARGB32, size, size) : NULL;
    s->size = size;
    return s->pixel && s->ground && s->first && s->level &&
           cairo_surface_status(s->band) == CAIRO_STATUS_SUCCESS &&
           (!s->overlay || cairo_surface_status(s->overlay) == CAIRO_STATUS_SUCCESS);
}

/* The band's pixels, whose rows follow each other without a gap. */
static uint32_t *band_of(coch_view_spiral *s)
{
    cairo_surface_flush(s->band);
    return (uint32_t *)(void *)cairo_image_surface_get_data(s->band);
}

static int by_step(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a & 255, y = *(const uint32_t *)b & 255;
    return (x > y) - (x < y);
}

/* Sorts the pixels by their places, and those of a place from the middle of the band outwards. */
static void sort_pixels(coch_view_spiral *s, const uint32_t *place)
{
    uint32_t pixels = (uint32_t)s->size * (uint32_t)s->size, sum = 0;
    for (uint32_t i = 0; i < pixels; i++)
        if (place[i] != NOWHERE)
            s->first[place[i] >> 8]++;
    for (int p = 0; p <= PLACES; p++) {
        uint32_t count = s->first[p];
        s->first[p] = sum;
        sum += count;
    }
    for (uint32_t i = 0; i < pixels; i++)
        if (place[i] != NOWHERE)
            s->pixel[s->first[place[i] >> 8]++] = i << 8 | (place[i] & 255);
    memmove(s->first + 1, s->first, PLACES * sizeof *s->first); /* each has moved on to the next one's */
    s->first[0] = 0;
    for (int p = 0; p < PLACES; p++)
        qsort(s->pixel + s->first[p], s->first[p + 1] - s->first[p], sizeof *s->pixel, by_step);
}

/* How far from the middle of the band each level is seen. */
static void fill_shades(coch_view_spiral *s)
{
    for (int e = 0; e < COCH_VIEW_SPIRAL_LEVELS; e++)
        for (int a = 0; a < COCH_VIEW_SPIRAL_ACROSS; a++) {
            s->shade[e][a] =
                shade_of(e / (COCH_VIEW_SPIRAL_LEVELS - 1.0), (a + 0.5) / COCH_VIEW_SPIRAL_ACROSS);
            if (s->shade[e][a] != 0)
                s->reach[e] = (uint8_t)(a + 1);
        }
}

/* Draws what a place shows at a level, out to where another level was seen. */
static void draw_place(const coch_view_spiral *s, uint32_t *band, int place, uint8_t level, uint8_t before)
{
    const uint32_t *shade = s->shade[level];
    uint32_t reach = s->reach[level] > s->reach[before] ? s->reach[level] : s->reach[before];
    for (uint32_t i = s->first[place]; i < s->first[place + 1] && (s->pixel[i] & 255) < reach; i++)
        band[s->pixel[i] >> 8] = coch_view_over(s->ground[i], shade[s->pixel[i] & 255]);
}

/* The ground, and a band without energy. */
static void draw_silence(coch_view_spiral *s, const coch_view_pixels *ground)
{
    uint32_t *band = band_of(s);
    size_t size = (size_t)s->size;
    for (size_t y = 0; y < size && ground; y++)
        memcpy(band + y * size, coch_view_row(ground, (int)y), size * sizeof *band);
    for (uint32_t i = 0; i < s->first[PLACES]; i++)
        s->ground[i] = band[s->pixel[i] >> 8];
    for (int p = 0; p < PLACES; p++)
        draw_place(s, band, p, 0, 0);
    cairo_surface_mark_dirty(s->band);
}

int coch_view_spiral_prepare(coch_view_spiral *s, int size, const coch_view_pixels *ground)
{
    if (s->size == size)
        return 0;
    coch_view_spiral_free(s);
    uint32_t *place = malloc((size_t)size * (size_t)size * sizeof *place);
    if (!place || !allocate(s, size, !ground)) {
        free(place);
        coch_view_spiral_free(s);
        return -1;
    }
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++)
            place[y * size + x] = place_of((x + 0.5) / size - 0.5, (y + 0.5) / size - 0.5);
    sort_pixels(s, place);
    free(place);
    fill_shades(s);
    draw_silence(s, ground);
    return 0;
}

static float bin_of(const float *energy, int bin)
{
    float e = energy[bin < 0 ? 0 : bin < COCH_VIEW_BINS ? bin : COCH_VIEW_BINS - 1];
    return e > 0.0f ? e : 0.0f; /* not a number counts as nothing */
}

/* The energy between the bins: a cubic through the four around, as a step of the table. */
static void interpolate(uint8_t *level, const float *energy)
{
    for (int bin = 0; bin < COCH_VIEW_BINS; bin++, level += COCH_VIEW_SPIRAL_FINE) {
        float a = bin_of(energy, bin - 1), b = bin_of(energy, bin);
        float c = bin_of(energy, bin + 1), d = bin_of(energy, bin + 2);
        float linear = 0.5f * (c - a), square = a - 2.5f * b + 2.0f * c - 0.5f * d;
        float cube = 0.5f * (3.0f * (b - c) + d - a);
        for (int i = 0; i < COCH_VIEW_SPIRAL_FINE; i++) {
            float t = (float)i / COCH_VIEW_SPIRAL_FINE, v = b + t * (linear + t * (square + t * cube));
            v = v > 0.0f ? v : 0.0f;
            v = v < 1.0f ? v : 1.0f;
            level[i] = (uint8_t)(v * (COCH_VIEW_SPIRAL_LEVELS - 1) + 0.5f);
        }
    }
}

void coch_view_spiral_render(coch_view_spiral *s, const float *energy)
{
    uint8_t level[PLACES];
    uint32_t *band = band_of(s);
    interpolate(level, energy);
    for (int p = 0; p < PLACES; p++)
        if (level[p] != s->level[p]) {
            draw_place(s, band, p, level[p], s->level[p]);
            s->level[p] = level[p];
        }
    cairo_surface_mark_dirty(s->band);
}

/* A colour over another, both with their share of covering. */
static void lay(float *rgba, const float *colour, float alpha)
{
    for (int i = 0; i < 4; i++)
        rgba[i] += alpha * (colour[i] - rgba[i]);
}

static float within(float share)
{
    return share < 0.0f ? 0.0f : share > 1.0f ? 1.0f : share;
}

/* The colour of a disc at a distance from its middle: halo, ring, edge, face. */
static uint32_t disc_shade(const coch_view_disc *d, const float *face, const float *edge, float far)
{
    float rgba[4] = {0.0f}, radius = (float)d->radius, line = (float)d->line, alpha = (float)d->alpha;
    float reach = far / ((float)HALO * radius);
    if (reach < 1.0f)
        lay(rgba, face, 0.6f * alpha * (1.0f - reach * reach) * (1.0f - reach * reach));
    if (d->ring_alpha > 0.0)
        lay(rgba, face, (float)d->ring_alpha * within(0.5f + line - fabsf(far - (float)d->ring)));
    if (far < radius + line + 0.5f) {
        lay(rgba, edge, 0.8f * alpha * within(radius + line - far + 0.5f));
        lay(rgba, face, alpha * within(radius - far + 0.5f));
    }
    return (uint32_t)(255.0f * rgba[3] + 0.5f) << 24 | (uint32_t)(255.0f * rgba[0] + 0.5f) << 16 |
           (uint32_t)(255.0f * rgba[1] + 0.5f) << 8 | (uint32_t)(255.0f * rgba[2] + 0.5f);
}

/* A row of a disc: `shade` by the square of the distance, `dy` the row's own. */
static void disc_row(uint32_t *out, int count, float dx, float dy, float scale, const uint32_t *shade,
                     int shades)
{
    int far[COCH_VIEW_SPIRAL_SIZE];
    for (int i = 0; i < count; i++) {
        float x = dx + (float)i;
        far[i] = (int)((x * x + dy * dy) * scale);
    }
    for (int i = 0; i < count; i++)
        if (far[i] < shades)
            out[i] = coch_view_over(out[i], shade[far[i]]);
}

void coch_view_spiral_disc(const coch_view_pixels *to, const coch_view_disc *d)
{
    uint32_t shade[DISC_SHADES];
    double reach = fmax(HALO * d->radius, d->ring_alpha > 0.0 ? d->ring + d->line + 1.0 : 0.0);
    int shades = (int)fmax(32.0, fmin(DISC_SHADES, SHADES_A_PIXEL * reach));
    float scale = (float)(shades / (reach * reach));
    int top = (int)fmax(0.0, d->y - reach), bottom = (int)fmin(to->height - 1.0, d->y + reach);
    coch_view_colour dark = coch_view_theme(COCH_VIEW_BACKGROUND);
    const float face[4] = {(float)d->colour.r, (float)d->colour.g, (float)d->colour.b, 1.0f};
    const float edge[4] = {(float)dark.r, (float)dark.g, (float)dark.b, 1.0f};
    for (int i = 0; i < shades; i++) /* by the square of the distance: no root for each pixel */
        shade[i] = disc_shade(d, face, edge, (float)reach * sqrtf(((float)i + 0.5f) / (float)shades));
    for (int row = top; row <= bottom; row++) {
        double dy = row + 0.5 - d->y, half = sqrt(fmax(0.0, reach * reach - dy * dy));
        int left = (int)fmax(0.0, d->x - half), right = (int)fmin(to->width - 1.0, d->x + half);
        int count = right - left + 1;
        if (count > 0 && count <= COCH_VIEW_SPIRAL_SIZE)
            disc_row(coch_view_row(to, row) + left, count, (float)(left + 0.5 - d->x), (float)dy, scale,
                     shade, shades);
    }
}
