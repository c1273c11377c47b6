#include "view/parts.h"

#include <math.h>

#define SWEEP (0.75 * 2.0 * COCH_VIEW_PI) /* of a knob */
#define KNOB_RADIUS 16.0
#define NAME_Y 61.0 /* base line of the name, units below the control's top */
#define VALUE_Y 49.0
#define NAME_SIZE 10.0
#define NAME_SHRINK 0.8 /* at most, before a name is cut */

static void draw_knob(cairo_t *cr, const coch_view_layout *l, const coch_view_control *c, double x, double y)
{
    double start = COCH_VIEW_PI / 2.0 + (2.0 * COCH_VIEW_PI - SWEEP) / 2.0, r = KNOB_RADIUS * l->unit;
    double at = start + SWEEP * coch_view_control_position(c);
    double from = c->low < 0.0 && c->high > 0.0 ? start + SWEEP * -c->low / (c->high - c->low) : start;
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width(cr, 3.5 * l->unit);
    coch_view_tone_set(cr, COCH_VIEW_LINE, 1.0);
    cairo_arc(cr, x, y, r, start, start + SWEEP);
    cairo_stroke(cr);
    coch_view_tone_set(cr, COCH_VIEW_ACCENT, 1.0);
    cairo_arc(cr, x, y, r, fmin(from, at), fmax(from, at));
    cairo_stroke(cr);
    coch_view_tone_set(cr, COCH_VIEW_RAISED, 1.0);
    cairo_arc(cr, x, y, r - 4.5 * l->unit, 0.0, 2.0 * COCH_VIEW_PI);
    cairo_fill(cr);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    cairo_set_line_width(cr, 2.2 * l->unit);
    cairo_move_to(cr, x + (r - 10.0 * l->unit) * cos(at), y + (r - 10.0 * l->unit) * sin(at));
    cairo_line_to(cr, x + (r - 6.0 * l->unit) * cos(at), y + (r - 6.0 * l->unit) * sin(at));
    cairo_stroke(cr);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
}

static void draw_switch(cairo_t *cr, const coch_view_layout *l, const coch_view_control *c, double x,
                        double y)
{
    double w = 34.0 * l->unit, h = 18.0 * l->unit, on = c->value >= 0.5;
    coch_view_tone_set(cr, on != 0.0 ? COCH_VIEW_ACCENT : COCH_VIEW_LINE, 1.0);
    coch_view_round(cr, x - w / 2.0, y - h / 2.0, w, h, h / 2.0);
    cairo_fill(cr);
    coch_view_tone_set(cr, on != 0.0 ? COCH_VIEW_BACKGROUND : COCH_VIEW_TEXT_DIM, 1.0);
    cairo_arc(cr, x + (on - 0.5) * (w - h), y, 6.0 * l->unit, 0.0, 2.0 * COCH_VIEW_PI);
    cairo_fill(cr);
}

static void draw_box(cairo_t *cr, const coch_view_layout *l, const coch_view_rect *at, int bright)
{
    double x = at->x + 4.0 * l->unit, y = at->y + 19.0 * l->unit, w = at->w - 8.0 * l->unit,
           h = 26.0 * l->unit;
    coch_view_tone_set(cr, bright ? COCH_VIEW_LINE : COCH_VIEW_RAISED, 1.0);
    coch_view_round(cr, x, y, w, h, 4.0 * l->unit);
    cairo_fill(cr);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
    cairo_set_line_width(cr, 1.6 * l->unit);
    cairo_move_to(cr, x + w - 16.0 * l->unit, y + h / 2.0 + 2.0 * l->unit);
    cairo_line_to(cr, x + w - 12.0 * l->unit, y + h / 2.0 - 2.5 * l->unit);
    cairo_line_to(cr, x + w - 8.0 * l->unit, y + h / 2.0 + 2.0 * l->unit);
    cairo_stroke(cr);
}

static void draw_words(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model, int index)
{
    const coch_view_rect *at = &l->control[index];
    const coch_view_control *c = &model->controls[index];
    char text[COCH_VIEW_TEXT];
    double middle = at->x + at->w / 2.0, u = l->unit;
    coch_view_control_text(model, c, text, sizeof text);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    if (c->kind == COCH_VIEW_MENU)
        coch_view_text(cr, text, at->x + 12.0 * u, at->y + 36.0 * u, 11.5 * u, 0, COCH_VIEW_LEFT,
                       at->w - 36.0 * u);
    else
        coch_view_text(cr, text, middle, at->y + VALUE_Y * u, 11.0 * u, 1, COCH_VIEW_CENTRE, at->w - 2.0 * u);
    double room = at->w - 2.0 * u, wide = coch_view_text_width(cr, c->name, NAME_SIZE * u, 0);
    double size = NAME_SIZE * u * fmax(NAME_SHRINK, fmin(1.0, 0.93 * room / wide));
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_view_text(cr, c->name, middle, at->y + NAME_Y * u, size, 0, COCH_VIEW_CENTRE, room);
}

static void draw_control(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model, int index)
{
    const coch_view_rect *at = &l->control[index];
    const coch_view_control *c = &model->controls[index];
    const coch_view_focus *f = &model->focus;
    double x = at->x + at->w / 2.0, y = at->y + 21.0 * l->unit, inset = 1.5 * l->unit;
    if (f->hover == index || f->drag == index) {
        coch_view_tone_set(cr, COCH_VIEW_RAISED, 0.6);
        coch_view_round(cr, at->x + inset, at->y + inset, at->w - 2.0 * inset, at->h - 2.0 * inset,
                        6.0 * l->unit);
        cairo_fill(cr);
    }
    if (c->kind == COCH_VIEW_KNOB)
        draw_knob(cr, l, c, x, y);
    else if (c->kind == COCH_VIEW_SWITCH)
        draw_switch(cr, l, c, x, y + 2.0 * l->unit);
    else
        draw_box(cr, l, at, f->hover == index || f->open == index);
    if (!model->hide_text)
        draw_words(cr, l, model, index);
    if (f->focus == index) {
        coch_view_tone_set(cr, COCH_VIEW_ACCENT, 0.9);
        cairo_set_line_width(cr, 1.5 * l->unit);
        coch_view_round(cr, at->x + inset, at->y + inset, at->w - 2.0 * inset, at->h - 2.0 * inset,
                        6.0 * l->unit);
        cairo_stroke(cr);
    }
}

void coch_view_controls(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model)
{
    for (int i = 0; i < model->control_count; i++) {
        if (l->control[i].w == 0.0)
            continue;
        if (model->controls[i].disabled)
            cairo_push_group(cr);
        draw_control(cr, l, model, i);
        if (model->controls[i].disabled) {
            cairo_pop_group_to_source(cr);
            cairo_paint_with_alpha(cr, 0.35);
        }
    }
}

static void draw_choice(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model, int choice)
{
    const coch_view_control *c = &model->controls[model->focus.open];
    coch_view_rect at = coch_view_choice_rect(l, model, choice);
    double size = fmin(12.0 * l->unit, 0.7 * at.h), y = at.y + at.h / 2.0 + 0.36 * size;
    if (choice == model->focus.choice) {
        coch_view_tone_set(cr, COCH_VIEW_LINE, 1.0);
        coch_view_round(cr, at.x, at.y, at.w, at.h, 4.0 * l->unit);
        cairo_fill(cr);
    }
    coch_view_tone_set(cr, COCH_VIEW_ACCENT, 1.0);
    if (choice == (int)c->value) {
        cairo_arc(cr, at.x + 10.0 * l->unit, at.y + at.h / 2.0, 3.0 * l->unit, 0.0, 2.0 * COCH_VIEW_PI);
        cairo_fill(cr);
    }
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    if (!model->hide_text)
        coch_view_text(cr, model->choices[c->first_choice + choice], at.x + 20.0 * l->unit, y, size, 0,
                       COCH_VIEW_LEFT, at.w - 28.0 * l->unit);
}

/* A small arrow at the upper (-1) or lower (1) end of the list: it goes on there. */
static void draw_more(cairo_t *cr, const coch_view_layout *l, const coch_view_rect *menu, double way)
{
    double x = menu->x + menu->w - 14.0 * l->unit, u = 4.0 * l->unit;
    double y = way < 0.0 ? menu->y + 10.0 * l->unit : menu->y + menu->h - 10.0 * l->unit;
    coch_view_tone_set(cr, COCH_VIEW_ACCENT, 1.0);
    cairo_move_to(cr, x - u, y - way * u / 2.0);
    cairo_line_to(cr, x + u, y - way * u / 2.0);
    cairo_line_to(cr, x, y + way * u / 2.0);
    cairo_close_path(cr);
    cairo_fill(cr);
}

void coch_view_menu(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model)
{
    coch_view_rect menu = coch_view_menu_rect(l, model);
    if (menu.w == 0.0)
        return;
    coch_view_tone_set(cr, COCH_VIEW_RAISED, 0.98);
    coch_view_round(cr, menu.x, menu.y, menu.w, menu.h, 6.0 * l->unit);
    cairo_fill_preserve(cr);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 0.5);
    cairo_set_line_width(cr, l->unit);
    cairo_stroke(cr);
    int last = model->focus.first + coch_view_menu_lines(l, model),
        count = model->controls[model->focus.open].choices;
    for (int i = model->focus.first; i < last && i < count; i++)
        draw_choice(cr, l, model, i);
    if (model->focus.first > 0)
        draw_more(cr, l, &menu, -1.0);
    if (last < count)
        draw_more(cr, l, &menu, 1.0);
}
