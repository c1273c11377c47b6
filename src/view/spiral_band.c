/* The energy along the spiral: each place along the band knows its pixels, and a small table gives the colour
 * of every energy at every distance from the band's middle. */
#include "view/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INNER 0.062 /* as in spiral.c */
#define OUTER 0.422
#define TURNS ((COCH_VIEW_HIGH - COCH_VIEW_LOW) / 12.0)
#define NOWHERE UINT32_MAX
#define AHEAD 6 /* places whose pixels are asked for before their turn */
#define PLACES (COCH_VIEW_BINS * COCH_VIEW_SPIRAL_FINE)

void coch_view_spiral_free(coch_view_spiral *spiral)
{
    if (spiral->overlay)
        cairo_surface_destroy(spiral->overlay);
    free(spiral->dots);
    free(spiral->spans);
    free(spiral->under);
    free(spiral->first);
    free(spiral->level);
    for (int n = 0; n < 128; n++)
        free(spiral->label[n].cover);
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
    s->dots = malloc(pixels * sizeof *s->dots);
    s->first = calloc(PLACES + 1, sizeof *s->first);
    s->level = calloc(PLACES, sizeof *s->level);
    s->spans = malloc(COCH_VIEW_SPIRAL_SPANS * sizeof *s->spans);
    s->under = malloc(pixels * sizeof *s->under);
    s->overlay = enlarged ? cairo_image_surface_create(CAIRO_FORMAT_ARGB32, size, size) : NULL;
    s->size = size;
    s->lost = 1;
    return s->dots && s->first && s->level && s->spans && s->under &&
           (!s->overlay || cairo_surface_status(s->overlay) == CAIRO_STATUS_SUCCESS);
}

static int by_step(const void *a, const void *b)
{
    uint32_t x = ((const coch_view_dot *)a)->at, y = ((const coch_view_dot *)b)->at;
    uint32_t step = x & 255, other = y & 255;
    return step == other ? (x > y) - (x < y) : (step > other) - (step < other);
}

/* Sorts the pixels by their places, and those of a place from the middle of the band outwards. */
static void sort_dots(coch_view_spiral *s, const uint32_t *place, const coch_view_pixels *ground)
{
    uint32_t size = (uint32_t)s->size, wide = (uint32_t)s->stride / (uint32_t)sizeof(uint32_t), sum = 0;
    for (uint32_t i = 0; i < size * size; i++)
        if (place[i] != NOWHERE)
            s->first[place[i] >> 8]++;
    for (int p = 0; p <= PLACES; p++) {
        uint32_t count = s->first[p];
        s->first[p] = sum;
        sum += count;
    }
    for (uint32_t i = 0; i < size * size; i++)
        if (place[i] != NOWHERE) {
            uint32_t y = i / size, x = i % size, below = ground ? coch_view_row(ground, (int)y)[x] : 0;
            s->dots[s->first[place[i] >> 8]++] =
                (coch_view_dot){(y * wide + x) << 8 | (place[i] & 255), below};
        }
    memmove(s->first + 1, s->first, PLACES * sizeof *s->first); /* each has moved on to the next one's */
    s->first[0] = 0;
    for (int p = 0; p < PLACES; p++)
        qsort(s->dots + s->first[p], s->first[p + 1] - s->first[p], sizeof *s->dots, by_step);
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

int coch_view_spiral_prepare(coch_view_spiral *s, int size, int stride, const coch_view_pixels *ground)
{
    if (s->size == size && s->stride == stride)
        return 0;
    coch_view_spiral_free(s);
    uint32_t *place = calloc((size_t)size * (size_t)size, sizeof *place);
    if (!place || !allocate(s, size, !ground)) {
        free(place);
        coch_view_spiral_free(s);
        return -1;
    }
    s->stride = stride;
    for (int y = 0; y < size; y++)
        for (int x = 0; x < size; x++)
            place[y * size + x] = place_of((x + 0.5) / size - 0.5, (y + 0.5) / size - 0.5);
    sort_dots(s, place, ground);
    free(place);
    fill_shades(s);
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
        int step[COCH_VIEW_SPIRAL_FINE]; /* apart, so that the loop becomes vectors */
        for (int i = 0; i < COCH_VIEW_SPIRAL_FINE; i++) {
            float t = (float)i / COCH_VIEW_SPIRAL_FINE, v = b + t * (linear + t * (square + t * cube));
            v = v > 0.0f ? v : 0.0f;
            v = v < 1.0f ? v : 1.0f;
            step[i] = (int)(v * (COCH_VIEW_SPIRAL_LEVELS - 1) + 0.5f);
        }
        for (int i = 0; i < COCH_VIEW_SPIRAL_FINE; i++)
            level[i] = (uint8_t)step[i];
    }
}

/* What a place shows at a level, out to where another one was seen. */
static void draw_place(const coch_view_spiral *s, uint32_t *restrict image, int place, uint8_t level,
                       uint8_t before)
{
    const coch_view_dot *restrict dot = s->dots + s->first[place], *end = s->dots + s->first[place + 1];
    const uint32_t *restrict shade = s->shade[level];
    uint32_t reach = s->reach[level] > s->reach[before] ? s->reach[level] : s->reach[before];
    for (; dot < end && (dot->at & 255) < reach; dot++)
        image[dot->at >> 8] = coch_view_over(dot->ground, shade[dot->at & 255]);
}

void coch_view_spiral_render(coch_view_spiral *s, const float *energy, const coch_view_pixels *to)
{
    uint8_t level[PLACES];
    uint16_t changed[PLACES + AHEAD];
    int count = 0;
    interpolate(level, energy);
    for (int p = 0; p < PLACES; p++) {
        changed[count] = (uint16_t)p;
        count += level[p] != s->level[p];
    }
    for (int i = 0; i < AHEAD; i++)
        changed[count + i] = 0;
    for (int i = 0; i < count; i++) {
        const coch_view_dot *soon = s->dots + s->first[changed[i + AHEAD]];
        int p = changed[i];
        __builtin_prefetch(soon);
        __builtin_prefetch(soon + 64 / sizeof *soon);
        draw_place(s, coch_view_row(to, 0), p, level[p], s->level[p]);
    }
    memcpy(s->level, level, sizeof level);
}

void coch_view_spiral_whole(coch_view_spiral *s, const float *energy, const coch_view_pixels *to,
                            const coch_view_pixels *ground)
{
    for (int y = 0; y < s->size; y++)
        if (ground)
            memcpy(coch_view_row(to, y), coch_view_row(ground, y), (size_t)s->size * sizeof(uint32_t));
        else
            memset(coch_view_row(to, y), 0, (size_t)s->size * sizeof(uint32_t));
    interpolate(s->level, energy);
    for (int p = 0; p < PLACES; p++)
        draw_place(s, coch_view_row(to, 0), p, s->level[p], s->level[p]);
    s->covered = 0;
    s->span_count = s->lost = 0;
}
