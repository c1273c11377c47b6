/* What lies over the band of the spiral: discs, lines between them, names. What was there before is kept for
 * the next picture. */
#include "view/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HALO 2.3 /* of the disc's radius */
#define DISC_SHADES 1024
#define SHADES_A_PIXEL 8.0 /* of a disc's reach: enough for smooth edges */
#define LINE_SHADES 64

/* ---- What was there ---- */

/* Pixels that are about to be drawn over. */
static void keep(coch_view_spiral *s, const coch_view_pixels *to, const uint32_t *pixels, int count)
{
    const uint32_t n = (uint32_t)count;
    if (s->span_count == COCH_VIEW_SPIRAL_SPANS || s->covered + n > (uint32_t)(s->size * s->size)) {
        s->lost = 1;
        return;
    }
    memcpy(s->under + s->covered, pixels, n * sizeof *pixels);
    s->spans[s->span_count++] = (coch_view_span){(uint32_t)(pixels - coch_view_row(to, 0)), n};
    s->covered += n;
}

/* In turn from the last one: some lie over others. */
void coch_view_spiral_bare(coch_view_spiral *s, const coch_view_pixels *to)
{
    while (s->span_count > 0) {
        const coch_view_span *span = &s->spans[--s->span_count];
        s->covered -= span->count;
        memcpy(coch_view_row(to, 0) + span->at, s->under + s->covered, span->count * sizeof(uint32_t));
    }
}

/* ---- Lines ---- */

void coch_view_spiral_line(coch_view_spiral *s, const coch_view_pixels *to, const double *x, const double *y,
                           double width, coch_view_colour colour, double alpha)
{
    uint32_t shade[LINE_SHADES + 1];
    double dx = x[1] - x[0], dy = y[1] - y[0], length = sqrt(dx * dx + dy * dy);
    if (!(length > 0.0))
        return;
    dx /= length;
    dy /= length;
    for (int i = 0; i <= LINE_SHADES; i++)
        shade[i] = coch_view_pack(colour, alpha * fmin(1.0, width) * i / LINE_SHADES);
    double reach = fmax(0.5, width / 2.0) + 0.5; /* from the middle of the line to where it ends */
    int steep = fabs(dy) > fabs(dx);
    double slope = steep ? dx / dy : dy / dx, across = reach * sqrt(1.0 + slope * slope);
    const double *along = steep ? y : x, *beside = steep ? x : y;
    int last = steep ? to->height : to->width, most = steep ? to->width : to->height;
    int from = (int)fmax(0.0, ceil(fmin(along[0], along[1]) - 0.5));
    int end = (int)fmin(last, ceil(fmax(along[0], along[1]) - 0.5));
    for (int i = from; i < end; i++) {
        double middle = beside[0] + (i + 0.5 - along[0]) * slope;
        int k = (int)fmax(0.0, ceil(middle - across - 0.5)), stop = (int)fmin(most, middle + across + 0.5);
        for (; k < stop; k++) {
            double cover = reach - fabs(k + 0.5 - middle) / sqrt(1.0 + slope * slope);
            uint32_t *out = steep ? coch_view_row(to, i) + k : coch_view_row(to, k) + i;
            if (cover <= 0.0)
                continue;
            keep(s, to, out, 1);
            *out = coch_view_over(*out, shade[(int)(fmin(1.0, cover) * LINE_SHADES)]);
        }
    }
}

/* ---- Names ---- */

static int is_bare(const unsigned char *cover, int count, int step)
{
    for (int i = 0; i < count; i++)
        if (cover[i * step] != 0)
            return 0;
    return 1;
}

/* Keeps what there is of letters on a mask whose corner lies at (x, y). */
static void keep_letters(coch_view_label *label, cairo_surface_t *mask, int x, int y)
{
    int left = 0, top = 0, right = cairo_image_surface_get_width(mask);
    int bottom = cairo_image_surface_get_height(mask), stride = cairo_image_surface_get_stride(mask);
    const unsigned char *data = cairo_image_surface_get_data(mask);
    while (top < bottom && is_bare(data + top * stride, right, 1))
        top++;
    while (bottom > top && is_bare(data + (bottom - 1) * stride, right, 1))
        bottom--;
    while (left < right && is_bare(data + top * stride + left, bottom - top, stride))
        left++;
    while (right > left && is_bare(data + top * stride + right - 1, bottom - top, stride))
        right--;
    free(label->cover);
    label->cover = malloc((size_t)(right - left) * (size_t)(bottom - top) + 1);
    label->x = x + left;
    label->y = y + top;
    label->width = label->cover ? right - left : 0;
    label->height = bottom - top;
    for (int row = 0; row < label->height && label->cover; row++)
        memcpy(label->cover + row * label->width, data + (top + row) * stride + left, (size_t)label->width);
}

void coch_view_label_prepare(coch_view_label *label, const char *text, double x, double y, double size)
{
    int reach = (int)ceil(2.0 * size), left = (int)floor(x) - reach, top = (int)floor(y) - reach;
    if (label->size == size)
        return;
    cairo_surface_t *mask = cairo_image_surface_create(CAIRO_FORMAT_A8, 2 * reach, 2 * reach);
    cairo_t *cr = cairo_create(mask);
    coch_view_text(cr, text, x - left, y - top, size, 1, COCH_VIEW_CENTRE, 0.0);
    cairo_destroy(cr);
    cairo_surface_flush(mask);
    if (cairo_surface_status(mask) == CAIRO_STATUS_SUCCESS)
        keep_letters(label, mask, left, top);
    cairo_surface_destroy(mask);
    label->size = size;
}

void coch_view_label_draw(const coch_view_label *label, coch_view_spiral *spiral, const coch_view_pixels *to,
                          int left, int top, uint32_t colour)
{
    int x = label->x - left, y = label->y - top;
    if (x < 0 || x + label->width > to->width)
        return;
    for (int row = 0; row < label->height; row++) {
        const unsigned char *cover = label->cover + row * label->width;
        if (y + row < 0 || y + row >= to->height)
            continue;
        uint32_t *out = coch_view_row(to, y + row) + x;
        if (spiral)
            keep(spiral, to, out, label->width);
        for (int i = 0; i < label->width; i++)
            if (cover[i])
                out[i] = coch_view_over(out[i], coch_view_share(colour, cover[i]));
    }
}

/* ---- Discs ---- */

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

/* A row of a disc: `shade` by the square of the distance, `dy` the row's own; nothing from `shades` on. */
static void disc_row(uint32_t *out, int count, float dx, float dy, float scale, const uint32_t *shade,
                     int shades)
{
    int far[COCH_VIEW_SPIRAL_SIZE];
    uint32_t source[COCH_VIEW_SPIRAL_SIZE];
    for (int i = 0; i < count; i++) {
        float x = dx + (float)i;
        int step = (int)((x * x + dy * dy) * scale);
        far[i] = step < shades ? step : shades;
    }
    for (int i = 0; i < count; i++)
        source[i] = shade[far[i]];
    coch_view_pixels_over(out, source, count);
}

void coch_view_spiral_disc(coch_view_spiral *s, const coch_view_pixels *to, const coch_view_disc *d)
{
    uint32_t shade[DISC_SHADES + 1];
    double reach = fmax(HALO * d->radius, d->ring_alpha > 0.0 ? d->ring + d->line + 1.0 : 0.0);
    int shades = (int)fmax(32.0, fmin(DISC_SHADES, SHADES_A_PIXEL * reach));
    float scale = (float)(shades / (reach * reach));
    int top = (int)fmax(0.0, d->y - reach), bottom = (int)fmin(to->height - 1.0, d->y + reach);
    coch_view_colour dark = coch_view_theme(COCH_VIEW_BACKGROUND);
    const float face[4] = {(float)d->colour.r, (float)d->colour.g, (float)d->colour.b, 1.0f};
    const float edge[4] = {(float)dark.r, (float)dark.g, (float)dark.b, 1.0f};
    for (int i = 0; i < shades; i++) /* by the square of the distance: no root for each pixel */
        shade[i] = disc_shade(d, face, edge, (float)reach * sqrtf(((float)i + 0.5f) / (float)shades));
    shade[shades] = 0;
    for (int row = top; row <= bottom; row++) {
        double dy = row + 0.5 - d->y, half = sqrt(fmax(0.0, reach * reach - dy * dy));
        int left = (int)fmax(0.0, d->x - half), right = (int)fmin(to->width - 1.0, d->x + half);
        int count = right - left + 1;
        if (count <= 0 || count > COCH_VIEW_SPIRAL_SIZE)
            continue;
        keep(s, to, coch_view_row(to, row) + left, count);
        disc_row(coch_view_row(to, row) + left, count, (float)(left + 0.5 - d->x), (float)dy, scale, shade,
                 shades);
    }
}
