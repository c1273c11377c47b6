#include "view/view.h"

#include "view/parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the controls were drawn from. */
typedef struct drawn_controls {
    coch_view_control control[COCH_VIEW_CONTROLS];
    char choice[COCH_VIEW_CONTROLS][COCH_VIEW_TEXT]; /* of menus */
    int count, hover, focus, drag, open;
} drawn_controls;

struct coch_view_cache {
    cairo_surface_t *target; /* of the last picture, which is still on it */
    cairo_surface_t *still;  /* everything that depends on the size alone */
    cairo_surface_t *header; /* with what is written there */
    cairo_surface_t *strip;  /* the controls */
    drawn_controls drawn;
    coch_view_words words;
    coch_view_level level;
    int width, height, controls, classes, hide_text;
    coch_view_picture picture;
    int menu;    /* one was open in the last picture */
    int whole;   /* the present picture has nothing of the last one */
    int changed; /* rows from the top that are not those of the last picture */
    double scale;
    coch_view_spiral spiral;
    coch_view_paper paper; /* of the roll */
    coch_view_key_lights keys;
};

static void forget(coch_view_cache *cache)
{
    cairo_surface_destroy(cache->target);
    cairo_surface_destroy(cache->still);
    cairo_surface_destroy(cache->header);
    cairo_surface_destroy(cache->strip);
    cache->target = cache->still = cache->header = cache->strip = NULL;
    coch_view_spiral_free(&cache->spiral); /* these have the still part in them */
    coch_view_paper_free(&cache->paper);
    coch_view_key_lights_free(&cache->keys);
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
    free(cache);
}

int coch_view_changed(const coch_view_cache *cache)
{
    return cache->changed;
}

/* ---- What is kept ---- */

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

static cairo_t *context_of(cairo_surface_t *surface)
{
    cairo_t *cr = cairo_create(surface);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_FAST);
    return cr;
}

static void keep_still(coch_view_cache *c, const coch_view_layout *l, const coch_view_model *model,
                       double scale)
{
    int width = (int)l->width, height = (int)l->height;
    if (c->still && c->width == width && c->height == height && c->scale == scale &&
        c->controls == model->control_count && c->classes == model->class_count &&
        c->hide_text == model->hide_text && c->picture == model->picture)
        return;
    forget(c);
    c->still = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    c->width = width;
    c->height = height;
    c->scale = scale;
    c->controls = model->control_count;
    c->classes = model->class_count;
    c->hide_text = model->hide_text;
    c->picture = model->picture;
    cairo_t *cr = context_of(c->still);
    draw_still(cr, l, model);
    cairo_destroy(cr);
}

/* Copies a part of a surface, whose origin is (x, y) of the picture, to its place. */
static void copy(cairo_t *cr, cairo_surface_t *from, double x, double y, const coch_view_rect *part)
{
    if (part->w <= 0.0)
        return;
    cairo_save(cr);
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_surface(cr, from, x, y);
    cairo_rectangle(cr, part->x, part->y, part->w, part->h);
    cairo_fill(cr);
    cairo_restore(cr);
}

static int same_control(const coch_view_control *a, const coch_view_control *b)
{
    return a->kind == b->kind && a->value == b->value && a->low == b->low && a->high == b->high &&
           a->step == b->step && a->logarithmic == b->logarithmic && a->disabled == b->disabled &&
           strcmp(a->name, b->name) == 0 && strcmp(a->unit, b->unit) == 0;
}

/* The choice that a menu shows; empty for others. */
static const char *choice_of(const coch_view_model *model, const coch_view_control *c)
{
    int choice = (int)c->value;
    if (c->kind != COCH_VIEW_MENU || choice < 0 || choice >= c->choices)
        return "";
    return model->choices[c->first_choice + choice];
}

/* Whether the controls look as they did; if not, keeps what they look like now. */
static int look_the_same(drawn_controls *drawn, const coch_view_model *model)
{
    const coch_view_focus *f = &model->focus;
    int same = drawn->count == model->control_count && drawn->hover == f->hover && drawn->focus == f->focus &&
               drawn->drag == f->drag && drawn->open == f->open;
    for (int i = 0; i < model->control_count && same; i++)
        same = same_control(&drawn->control[i], &model->controls[i]) &&
               strcmp(drawn->choice[i], choice_of(model, &model->controls[i])) == 0;
    if (same)
        return 1;
    drawn->count = model->control_count;
    drawn->hover = f->hover;
    drawn->focus = f->focus;
    drawn->drag = f->drag;
    drawn->open = f->open;
    for (int i = 0; i < model->control_count; i++) {
        drawn->control[i] = model->controls[i];
        snprintf(drawn->choice[i], COCH_VIEW_TEXT, "%s", choice_of(model, &model->controls[i]));
    }
    return 0;
}

/* Returns nonzero when the controls are others than before. */
static int keep_strip(coch_view_cache *c, const coch_view_layout *l, const coch_view_model *model)
{
    int same = look_the_same(&c->drawn, model);
    if (l->strip.w == 0.0 || (c->strip && same))
        return 0;
    if (!c->strip)
        c->strip = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)l->strip.w, (int)l->strip.h);
    cairo_t *cr = context_of(c->strip);
    coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 1.0);
    cairo_paint(cr);
    cairo_translate(cr, -l->strip.x, -l->strip.y);
    coch_view_controls(cr, l, model);
    cairo_destroy(cr);
    return 1;
}

/* Returns the parts of it that are not what they were. */
static unsigned keep_header(coch_view_cache *c, const coch_view_layout *l, const coch_view_model *model)
{
    coch_view_words words;
    coch_view_header_read(l, model, &words);
    unsigned parts = c->header ? coch_view_header_differs(&c->words, &words) : COCH_VIEW_HEADER_ALL;
    if (parts == 0)
        return 0;
    c->words = words;
    if (!c->header)
        c->header = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)l->header.w, (int)l->header.h);
    cairo_t *cr = context_of(c->header);
    for (int i = 0; i <= COCH_VIEW_HEADER_PARTS; i++) {
        coch_view_rect part = coch_view_header_part(l, model, i);
        if (parts & 1U << i && i != COCH_VIEW_HEADER_BARS)
            copy(cr, c->still, 0.0, 0.0, &part);
    }
    coch_view_header_write(cr, l, model, &words, parts);
    cairo_destroy(cr);
    return parts;
}

/* ---- Drawing: each part over what was there, unless that was the same ---- */

static void draw_header(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                        coch_view_cache *c)
{
    coch_view_level level;
    if (l->header.w == 0.0)
        return;
    unsigned parts = keep_header(c, l, model) | (c->whole ? COCH_VIEW_HEADER_ALL : 0);
    for (int i = 0; i <= COCH_VIEW_HEADER_PARTS; i++) {
        coch_view_rect part = coch_view_header_part(l, model, i);
        if (parts & 1U << i)
            copy(cr, c->header, 0.0, 0.0, &part);
    }
    coch_view_level_read(l, model, &level);
    if (!(parts & COCH_VIEW_HEADER_ALL) && memcmp(&level, &c->level, sizeof level) == 0)
        return;
    c->level = level;
    coch_view_rect meter = coch_view_meter_rect(l, model);
    copy(cr, c->header, 0.0, 0.0, &meter);
    coch_view_level_draw(cr, l, model, &level);
}

static void draw_parts(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                       coch_view_cache *c)
{
    const coch_view_rect all = {0.0, 0.0, l->width, l->height};
    int turned = keep_strip(c, l, model), menu = model->focus.open >= 0;
    c->whole |= menu || c->menu;
    c->menu = menu;
    c->changed = (int)(c->whole || turned || l->strip.w == 0.0 ? l->height : l->strip.y);
    if (c->whole) {
        copy(cr, c->still, 0.0, 0.0, &all);
    } else {
        copy(cr, c->still, 0.0, 0.0, &l->hybrid);
    }
    if (l->roll.w > 0.0) {
        coch_view_lit lit;
        coch_view_lights(model, &lit);
        coch_view_roll_moving(cairo_get_target(cr), l, model, &lit, c->still, &c->paper, c->whole);
        coch_view_keyboard_moving(cr, l, model, &lit, c->still, &c->keys, c->whole);
        coch_view_spiral_moving(cr, l, model, &lit, c->still, &c->spiral, c->whole);
    }
    coch_view_hybrid_moving(cr, l, model);
    draw_header(cr, l, model, c);
    if (c->strip && (c->whole || turned))
        copy(cr, c->strip, l->strip.x, l->strip.y, &l->strip);
    coch_view_menu(cr, l, model);
}

static void draw(cairo_surface_t *image, const coch_view_layout *l, const coch_view_model *model,
                 coch_view_cache *c, double scale)
{
    cairo_t *cr = context_of(image);
    cairo_rectangle(cr, 0.0, 0.0, l->width, l->height);
    cairo_clip(cr);
    keep_still(c, l, model, scale);
    c->whole = c->target != image;
    if (c->whole) {
        cairo_surface_destroy(c->target);
        c->target = cairo_surface_reference(image);
    }
    draw_parts(cr, l, model, c);
    cairo_destroy(cr);
}

/* Whether the picture may be put straight into the memory of what it is drawn on. */
static int is_plain(cairo_t *cr, int width, int height)
{
    cairo_matrix_t m;
    double x, y;
    cairo_surface_t *to = cairo_get_target(cr);
    if (cairo_surface_get_type(to) != CAIRO_SURFACE_TYPE_IMAGE || cairo_get_group_target(cr) != to)
        return 0;
    cairo_format_t format = cairo_image_surface_get_format(to);
    cairo_get_matrix(cr, &m);
    cairo_surface_get_device_offset(to, &x, &y);
    return (format == CAIRO_FORMAT_RGB24 || format == CAIRO_FORMAT_ARGB32) && m.xx == 1.0 && m.yy == 1.0 &&
           m.xy == 0.0 && m.yx == 0.0 && m.x0 == 0.0 && m.y0 == 0.0 && x == 0.0 && y == 0.0 &&
           cairo_image_surface_get_width(to) >= width && cairo_image_surface_get_height(to) >= height;
}

static void draw_elsewhere(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model,
                           coch_view_cache *c, double scale)
{
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)l->width, (int)l->height);
    const coch_view_rect all = {0.0, 0.0, l->width, l->height};
    draw(image, l, model, c, scale);
    copy(cr, image, 0.0, 0.0, &all);
    cairo_surface_destroy(image);
}

void coch_view_draw(cairo_t *cr, const coch_view_model *model, coch_view_cache *cache, int width, int height,
                    double scale)
{
    coch_view_layout layout;
    coch_view_cache *c = cache ? cache : coch_view_cache_new();
    if (!c)
        return;
    coch_view_layout_of(&layout, model, width, height, scale);
    if (is_plain(cr, width, height))
        draw(cairo_get_target(cr), &layout, model, c, scale);
    else
        draw_elsewhere(cr, &layout, model, c, scale);
    if (!cache)
        coch_view_cache_free(c);
}
