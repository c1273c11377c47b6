#include "view/view.h"

#include "view/parts.h"

#include <stdlib.h>
#include <string.h>

struct coch_view_cache {
    cairo_surface_t *still; /* everything that depends on the size alone */
    int width, height, controls, hide_text;
    double scale;
    coch_view_spiral spiral;
};

coch_view_cache *coch_view_cache_new(void)
{
    return calloc(1, sizeof(coch_view_cache));
}

void coch_view_cache_free(coch_view_cache *cache)
{
    if (!cache)
        return;
    if (cache->still)
        cairo_surface_destroy(cache->still);
    coch_view_spiral_free(&cache->spiral);
    free(cache);
}

static void draw_still(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model)
{
    coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 1.0);
    cairo_paint(cr);
    coch_view_roll_still(cr, l);
    coch_view_keyboard_still(cr, l, model);
    coch_view_spiral_still(cr, l, model);
    coch_view_header_still(cr, l, model);
}

static void draw_moving(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                        coch_view_spiral *spiral)
{
    coch_view_roll_moving(cr, l, model);
    coch_view_keyboard_moving(cr, l, model);
    coch_view_spiral_moving(cr, l, model, spiral);
    coch_view_header_moving(cr, l, model);
    coch_view_controls(cr, l, model);
    coch_view_menu(cr, l, model);
}

static void keep_still(coch_view_cache *c, const coch_view_layout *l, const coch_view_model *model,
                       double scale)
{
    int width = (int)l->width, height = (int)l->height;
    if (c->still && c->width == width && c->height == height && c->scale == scale &&
        c->controls == model->control_count && c->hide_text == model->hide_text)
        return;
    if (c->still)
        cairo_surface_destroy(c->still);
    c->still = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    c->width = width;
    c->height = height;
    c->scale = scale;
    c->controls = model->control_count;
    c->hide_text = model->hide_text;
    cairo_t *cr = cairo_create(c->still);
    draw_still(cr, l, model);
    cairo_destroy(cr);
}

static void draw_cached(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                        coch_view_cache *c, double scale)
{
    keep_still(c, l, model, scale);
    cairo_save(cr);
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_surface(cr, c->still, 0.0, 0.0);
    cairo_paint(cr);
    cairo_restore(cr);
    draw_moving(cr, l, model, &c->spiral);
}

void coch_view_draw(cairo_t *cr, const coch_view_model *model, coch_view_cache *cache, int width, int height,
                    double scale)
{
    coch_view_layout layout;
    coch_view_layout_of(&layout, model, width, height, scale);
    cairo_save(cr);
    cairo_rectangle(cr, 0.0, 0.0, width, height);
    cairo_clip(cr);
    if (cache) {
        draw_cached(cr, &layout, model, cache, scale);
    } else {
        coch_view_spiral spiral = {0};
        draw_still(cr, &layout, model);
        draw_moving(cr, &layout, model, &spiral);
        coch_view_spiral_free(&spiral);
    }
    cairo_restore(cr);
}
