#include "view/view.h"

#include "view/parts.h"

#include <stdlib.h>
#include <string.h>

/* What the controls were drawn from. */
typedef struct drawn_controls {
    coch_view_control controls[COCH_VIEW_CONTROLS];
    char choices[COCH_VIEW_CHOICES][COCH_VIEW_TEXT];
    int count, hover, focus, drag, open;
} drawn_controls;

struct coch_view_cache {
    cairo_surface_t *still; /* everything that depends on the size alone */
    cairo_surface_t *strip; /* the controls */
    drawn_controls drawn;
    int width, height, controls, hide_text;
    double scale;
    coch_view_spiral spiral;
};

static void forget(coch_view_cache *cache)
{
    cairo_surface_destroy(cache->still);
    cairo_surface_destroy(cache->strip);
    cache->still = cache->strip = NULL;
}

coch_view_cache *coch_view_cache_new(void)
{
    return calloc(1, sizeof(coch_view_cache));
}

void coch_view_cache_free(coch_view_cache *cache)
{
    if (!cache)
        return;
    forget(cache);
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

static void paint(cairo_t *cr, cairo_surface_t *surface, double x, double y)
{
    cairo_save(cr);
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_surface(cr, surface, x, y);
    cairo_rectangle(cr, x, y, cairo_image_surface_get_width(surface),
                    cairo_image_surface_get_height(surface));
    cairo_fill(cr);
    cairo_restore(cr);
}

static void draw_moving(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                        coch_view_spiral *spiral, cairo_surface_t *strip)
{
    coch_view_roll_moving(cr, l, model);
    coch_view_keyboard_moving(cr, l, model);
    coch_view_spiral_moving(cr, l, model, spiral);
    coch_view_header_moving(cr, l, model);
    if (strip)
        paint(cr, strip, l->strip.x, l->strip.y);
    else
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
    forget(c);
    c->still = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    c->width = width;
    c->height = height;
    c->scale = scale;
    c->controls = model->control_count;
    c->hide_text = model->hide_text;
    cairo_t *cr = cairo_create(c->still);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_FAST);
    draw_still(cr, l, model);
    cairo_destroy(cr);
}

static void keep_strip(coch_view_cache *c, const coch_view_layout *l, const coch_view_model *model)
{
    const coch_view_focus *f = &model->focus;
    drawn_controls now;
    memset(&now, 0, sizeof now);
    memcpy(now.controls, model->controls, sizeof now.controls);
    memcpy(now.choices, model->choices, sizeof now.choices);
    now.count = model->control_count;
    now.hover = f->hover;
    now.focus = f->focus;
    now.drag = f->drag;
    now.open = f->open;
    if (l->strip.w == 0.0 || (c->strip && memcmp(&now, &c->drawn, sizeof now) == 0))
        return;
    c->drawn = now;
    if (!c->strip)
        c->strip = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)l->strip.w, (int)l->strip.h);
    cairo_t *cr = cairo_create(c->strip);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_FAST);
    coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 1.0);
    cairo_paint(cr);
    cairo_translate(cr, -l->strip.x, -l->strip.y);
    coch_view_controls(cr, l, model);
    cairo_destroy(cr);
}

static void draw_cached(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                        coch_view_cache *c, double scale)
{
    keep_still(c, l, model, scale);
    keep_strip(c, l, model);
    paint(cr, c->still, 0.0, 0.0);
    draw_moving(cr, l, model, &c->spiral, c->strip);
}

void coch_view_draw(cairo_t *cr, const coch_view_model *model, coch_view_cache *cache, int width, int height,
                    double scale)
{
    coch_view_layout layout;
    coch_view_layout_of(&layout, model, width, height, scale);
    cairo_save(cr);
    cairo_rectangle(cr, 0.0, 0.0, width, height);
    cairo_clip(cr);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_FAST);
    if (cache) {
        draw_cached(cr, &layout, model, cache, scale);
    } else {
        coch_view_spiral spiral = {0};
        draw_still(cr, &layout, model);
        draw_moving(cr, &layout, model, &spiral, NULL);
        coch_view_spiral_free(&spiral);
    }
    cairo_restore(cr);
}
