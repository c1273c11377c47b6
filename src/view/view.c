#include "view/view.h"

#include "view/parts.h"

#include <stdlib.h>
#include <string.h>

/* What the controls were drawn from. */
typedef struct drawn_controls {
    coch_view_control control[COCH_VIEW_CONTROLS];
    char text[COCH_VIEW_CONTROLS][COCH_VIEW_TEXT];
    int count, hover, focus, drag, open;
} drawn_controls;

struct coch_view_cache {
    cairo_surface_t *still; /* everything that depends on the size alone */
    cairo_surface_t *strip; /* the controls */
    drawn_controls drawn;
    int width, height, controls, hide_text;
    coch_view_picture picture;
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
    if (l->roll.w > 0.0) {
        coch_view_roll_still(cr, l);
        coch_view_keyboard_still(cr, l, model);
        coch_view_spiral_still(cr, l, model);
    }
    coch_view_hybrid_still(cr, l, model);
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
    if (l->roll.w > 0.0) {
        coch_view_roll_moving(cr, l, model);
        coch_view_keyboard_moving(cr, l, model);
        coch_view_spiral_moving(cr, l, model, spiral);
    }
    coch_view_hybrid_moving(cr, l, model);
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
        c->controls == model->control_count && c->hide_text == model->hide_text &&
        c->picture == model->picture)
        return;
    forget(c);
    c->still = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    c->width = width;
    c->height = height;
    c->scale = scale;
    c->controls = model->control_count;
    c->hide_text = model->hide_text;
    c->picture = model->picture;
    cairo_t *cr = cairo_create(c->still);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_FAST);
    draw_still(cr, l, model);
    cairo_destroy(cr);
}

static int same_control(const coch_view_control *a, const coch_view_control *b)
{
    return a->kind == b->kind && a->value == b->value && a->low == b->low && a->high == b->high &&
           a->logarithmic == b->logarithmic && a->disabled == b->disabled && strcmp(a->name, b->name) == 0;
}

/* Whether the controls look as they did; if not, keeps what they look like now. */
static int look_the_same(drawn_controls *drawn, const coch_view_model *model)
{
    const coch_view_focus *f = &model->focus;
    int same = drawn->count == model->control_count && drawn->hover == f->hover && drawn->focus == f->focus &&
               drawn->drag == f->drag && drawn->open == f->open;
    drawn->count = model->control_count;
    drawn->hover = f->hover;
    drawn->focus = f->focus;
    drawn->drag = f->drag;
    drawn->open = f->open;
    for (int i = 0; i < model->control_count; i++) {
        char text[COCH_VIEW_TEXT] = "";
        coch_view_control_text(model, &model->controls[i], text, sizeof text);
        same &= same_control(&drawn->control[i], &model->controls[i]) && strcmp(drawn->text[i], text) == 0;
        drawn->control[i] = model->controls[i];
        memcpy(drawn->text[i], text, sizeof text);
    }
    return same;
}

static void keep_strip(coch_view_cache *c, const coch_view_layout *l, const coch_view_model *model)
{
    int same = look_the_same(&c->drawn, model);
    if (l->strip.w == 0.0 || (c->strip && same))
        return;
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
