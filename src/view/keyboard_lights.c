/* The lights of the keys. Each pixel of the keyboard belongs to one key, so that a key whose light has
 * changed is drawn without those beside it. */
#include "view/parts.h"

#include <stdlib.h>
#include <string.h>

#define NOBODY 255

void coch_view_key_lights_free(coch_view_key_lights *kept)
{
    free(kept->owner);
    free(kept->cover);
    memset(kept, 0, sizeof *kept);
}

static coch_view_pixels pixels_of(cairo_surface_t *image, const coch_view_rect *r)
{
    return coch_view_pixels_of(image, (int)r->x, (int)r->y, (int)r->w, (int)r->h);
}

/* ---- Whose pixels they are ---- */

/* What the keys of one colour cover, 255 for all of a pixel. NULL without memory. */
static cairo_surface_t *mask_of(const coch_view_layout *l, int black)
{
    const coch_view_rect *k = &l->keyboard;
    cairo_surface_t *mask = cairo_image_surface_create(CAIRO_FORMAT_A8, (int)k->w, (int)k->h);
    cairo_t *cr = cairo_create(mask);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_FAST);
    cairo_translate(cr, -k->x, -k->y);
    for (int note = COCH_VIEW_LOW; note <= COCH_VIEW_HIGH; note++)
        if (coch_view_black(note) == black)
            coch_view_key_draw(cr, l, note, coch_view_theme(COCH_VIEW_TEXT_BRIGHT), 1.0);
    cairo_destroy(cr);
    cairo_surface_flush(mask);
    return mask;
}

/* The part of the keyboard, from its corner, in which a key lies. */
static void reach(const coch_view_key_lights *kept, const coch_view_layout *l, int note, int *left,
                  int *right, int *bottom)
{
    coch_view_rect k = coch_view_key_rect(l, note);
    *left = (int)(k.x - l->keyboard.x);
    *right = *left + (int)k.w;
    *left = *left < 0 ? 0 : *left;
    *right = *right > kept->width ? kept->width : *right;
    *bottom = (int)k.h > kept->height ? kept->height : (int)k.h;
}

/* Black keys lie above white ones. */
static void take_pixels(coch_view_key_lights *kept, const coch_view_layout *l, int note,
                        cairo_surface_t *mask)
{
    int left, right, bottom, stride = cairo_image_surface_get_stride(mask);
    const unsigned char *data = cairo_image_surface_get_data(mask);
    reach(kept, l, note, &left, &right, &bottom);
    for (int y = 0; y < bottom; y++)
        for (int x = left; x < right; x++) {
            int at = y * kept->width + x, share = data[y * stride + x];
            if (!coch_view_black(note) || share >= 128) {
                kept->owner[at] = (uint8_t)note;
                kept->cover[at] = (uint8_t)share;
            } else {
                kept->cover[at] = (uint8_t)(kept->cover[at] * (255 - share) / 255);
            }
        }
}

static int prepare(coch_view_key_lights *kept, const coch_view_layout *l)
{
    size_t pixels = (size_t)l->keyboard.w * (size_t)l->keyboard.h;
    if (kept->owner && kept->width == (int)l->keyboard.w && kept->height == (int)l->keyboard.h)
        return 0;
    coch_view_key_lights_free(kept);
    kept->owner = malloc(pixels + 1);
    kept->cover = calloc(pixels + 1, 1);
    if (!kept->owner || !kept->cover) {
        coch_view_key_lights_free(kept);
        return -1;
    }
    kept->width = (int)l->keyboard.w;
    kept->height = (int)l->keyboard.h;
    memset(kept->owner, NOBODY, pixels);
    for (int black = 0; black < 2; black++) {
        cairo_surface_t *mask = mask_of(l, black);
        if (cairo_surface_status(mask) == CAIRO_STATUS_SUCCESS)
            for (int note = COCH_VIEW_LOW; note <= COCH_VIEW_HIGH; note++)
                if (coch_view_black(note) == black)
                    take_pixels(kept, l, note, mask);
        cairo_surface_destroy(mask);
    }
    return 0;
}

/* ---- Lights ---- */

static void light(const coch_view_key_lights *kept, const coch_view_layout *l, int note, uint32_t colour,
                  const coch_view_pixels *to, const coch_view_pixels *still)
{
    int left, right, bottom;
    reach(kept, l, note, &left, &right, &bottom);
    for (int y = 0; y < bottom; y++) {
        const uint8_t *owner = kept->owner + y * kept->width, *cover = kept->cover + y * kept->width;
        const uint32_t *below = coch_view_row(still, y);
        uint32_t *out = coch_view_row(to, y);
        for (int x = left; x < right; x++)
            if (owner[x] == note)
                out[x] = coch_view_over(below[x], coch_view_share(colour, cover[x]));
    }
}

static coch_view_colour lit_colour(const coch_view_note *note)
{
    return coch_view_mix(coch_view_velocity(note->velocity), coch_view_theme(COCH_VIEW_TEXT_BRIGHT), 0.12);
}

static void write_name(cairo_t *cr, const coch_view_layout *l, int note, double glow)
{
    coch_view_rect k = coch_view_key_rect(l, note);
    cairo_save(cr);
    cairo_rectangle(cr, k.x, k.y, k.w, k.h);
    cairo_clip(cr);
    coch_view_octave_name(cr, l, note, glow > 0.5 ? COCH_VIEW_BACKGROUND : COCH_VIEW_TEXT_BRIGHT);
    cairo_restore(cr);
}

void coch_view_keyboard_moving(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                               const coch_view_lit *lit, cairo_surface_t *still, coch_view_key_lights *kept,
                               int whole)
{
    const coch_view_rect *k = &l->keyboard;
    int changed[128], count = 0;
    if (k->w < 1.0 || k->h < 1.0 || prepare(kept, l) != 0)
        return;
    coch_view_pixels to = pixels_of(cairo_get_target(cr), k), below = pixels_of(still, k);
    for (int n = COCH_VIEW_LOW; n <= COCH_VIEW_HIGH; n++) {
        uint32_t colour = lit->by[n] ? coch_view_pack(lit_colour(lit->by[n]), lit->glow[n]) : 0;
        if (!whole && colour == kept->colour[n])
            continue;
        kept->colour[n] = colour;
        light(kept, l, n, colour, &to, &below);
        changed[count++] = n;
    }
    if (count > 0)
        cairo_surface_mark_dirty_rectangle(cairo_get_target(cr), (int)k->x, (int)k->y, (int)k->w, (int)k->h);
    for (int i = 0; i < count && !model->hide_text; i++)
        if (lit->by[changed[i]] && changed[i] % 12 == 0)
            write_name(cr, l, changed[i], lit->glow[changed[i]]);
}
