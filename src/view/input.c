#include "view/input.h"

#include "view/layout.h"

#include <math.h>

#define DOUBLE_CLICK 0.35 /* seconds */
#define DRAG_RANGE 180.0  /* points of the pointer's way that turn a knob from end to end */
#define FINE 0.1
#define MUCH 10.0 /* steps of page up and page down */

static int control_under(const coch_view_layout *l, const coch_view_model *model, double x, double y)
{
    for (int i = 0; i < model->control_count; i++)
        if (l->control[i].w > 0.0 && !model->controls[i].disabled && coch_view_inside(&l->control[i], x, y))
            return i;
    return -1;
}

int coch_view_control_under(const coch_view_model *model, double x, double y, int width, int height,
                            double scale)
{
    coch_view_layout layout;
    coch_view_layout_of(&layout, model, width, height, scale);
    return control_under(&layout, model, x, y);
}

/* Gives a control the allowed value nearest to `value`; returns its index when that is another one. */
static int set(coch_view_model *model, int index, double value)
{
    coch_view_control *control = &model->controls[index];
    double old = control->value;
    control->value = coch_view_control_near(control, value);
    return control->value != old ? index : -1;
}

static int choice_under(const coch_view_layout *l, const coch_view_model *model, double x, double y)
{
    for (int i = 0; i < model->controls[model->focus.open].choices; i++) {
        coch_view_rect rect = coch_view_choice_rect(l, model, i);
        if (coch_view_inside(&rect, x, y))
            return i;
    }
    return -1;
}

/* Scrolls the open menu so that it begins at `first`, or as near as there are choices. */
static void scroll_menu(coch_view_model *model, const coch_view_layout *l, int first)
{
    int most = model->controls[model->focus.open].choices - coch_view_menu_lines(l, model);
    model->focus.first = first > most ? most : first < 0 ? 0 : first;
}

/* Scrolls the open menu as little as shows its choice. */
static void show_choice(coch_view_model *model, const coch_view_layout *l)
{
    int choice = model->focus.choice, lines = coch_view_menu_lines(l, model);
    if (choice < model->focus.first)
        scroll_menu(model, l, choice);
    else if (choice >= model->focus.first + lines)
        scroll_menu(model, l, choice - lines + 1);
}

static void open_menu(coch_view_model *model, const coch_view_layout *l, int index)
{
    model->focus.open = model->controls[index].choices > 0 ? index : -1;
    model->focus.choice = (int)model->controls[index].value;
    model->focus.first = 0;
    if (model->focus.open >= 0)
        show_choice(model, l);
}

static int close_menu(coch_view_model *model, int choice)
{
    int index = model->focus.open;
    model->focus.open = model->focus.choice = -1;
    return choice >= 0 ? set(model, index, choice) : -1;
}

/* ---- Pointer ---- */

static int drag(coch_view_model *model, const coch_view_input *in, double scale)
{
    coch_view_focus *f = &model->focus;
    double way = (f->y - in->y + in->x - f->x) / (DRAG_RANGE * scale);
    f->grip = fmax(0.0, fmin(1.0, f->grip + (in->fine ? FINE * way : way)));
    f->x = in->x;
    f->y = in->y;
    return set(model, f->drag, coch_view_control_at(&model->controls[f->drag], f->grip));
}

static int move(coch_view_model *model, const coch_view_layout *l, const coch_view_input *in, double scale)
{
    if (model->focus.drag >= 0)
        return drag(model, in, scale);
    if (model->focus.open >= 0)
        model->focus.choice = choice_under(l, model, in->x, in->y);
    model->focus.hover = control_under(l, model, in->x, in->y);
    return -1;
}

static int press_control(coch_view_model *model, const coch_view_layout *l, const coch_view_input *in,
                         int index)
{
    coch_view_focus *f = &model->focus;
    coch_view_control *control = &model->controls[index];
    int twice = f->clicked == index && in->time - f->click_time < DOUBLE_CLICK;
    f->clicked = twice ? -1 : index;
    f->click_time = in->time;
    f->focus = -1; /* the ring is for those who use keys */
    if (control->kind == COCH_VIEW_SWITCH)
        return set(model, index, control->value < 0.5);
    if (control->kind == COCH_VIEW_MENU) {
        open_menu(model, l, index);
        return -1;
    }
    if (twice)
        return set(model, index, control->initial);
    f->drag = index;
    f->x = in->x;
    f->y = in->y;
    f->grip = coch_view_control_position(control);
    return -1;
}

static int press(coch_view_model *model, const coch_view_layout *l, const coch_view_input *in)
{
    int index = control_under(l, model, in->x, in->y);
    if (model->focus.open >= 0) {
        int again = index == model->focus.open, choice = choice_under(l, model, in->x, in->y);
        int changed = close_menu(model, choice);
        if (choice >= 0 || again)
            return changed;
    }
    if (index < 0)
        model->focus.focus = -1;
    return index < 0 ? -1 : press_control(model, l, in, index);
}

static int step(coch_view_model *model, int index, double steps)
{
    coch_view_control *control = &model->controls[index];
    if (control->kind == COCH_VIEW_MENU)
        steps = -steps; /* the list runs downwards */
    return set(model, index, control->value + steps * control->step);
}

static int scroll(coch_view_model *model, const coch_view_layout *l, const coch_view_input *in)
{
    int index = control_under(l, model, in->x, in->y);
    double steps = in->amount > 0.0 ? fmax(1.0, round(in->amount)) : fmin(-1.0, round(in->amount));
    if (in->amount == 0.0 || (model->focus.open < 0 && index < 0))
        return -1;
    if (model->focus.open >= 0) {
        scroll_menu(model, l, model->focus.first - (int)steps);
        model->focus.choice = choice_under(l, model, in->x, in->y);
        return -1;
    }
    return step(model, index, steps);
}

/* ---- Keys ---- */

/* The next control in a direction that can be reached, -1 when there is none. */
static int next_control(const coch_view_model *model, const coch_view_layout *l, int direction)
{
    int count = model->control_count, at = model->focus.focus;
    if (at < 0)
        at = direction > 0 ? -1 : count;
    for (int tried = 0; tried < count; tried++) {
        at = (at + direction + count) % count;
        if (l->control[at].w > 0.0 && !model->controls[at].disabled)
            return at;
    }
    return -1;
}

static int key_in_menu(coch_view_model *model, coch_view_key_name key)
{
    coch_view_focus *f = &model->focus;
    int last = model->controls[f->open].choices - 1, choice = f->choice < 0 ? 0 : f->choice;
    switch (key) {
    case COCH_VIEW_KEY_MORE:
        f->choice = choice > 0 ? choice - 1 : 0;
        return -1;
    case COCH_VIEW_KEY_LESS:
        f->choice = choice < last ? choice + 1 : last;
        return -1;
    case COCH_VIEW_KEY_MOST:
    case COCH_VIEW_KEY_MUCH_MORE:
        f->choice = 0;
        return -1;
    case COCH_VIEW_KEY_LEAST:
    case COCH_VIEW_KEY_MUCH_LESS:
        f->choice = last;
        return -1;
    case COCH_VIEW_KEY_ENTER:
        return close_menu(model, f->choice);
    default:
        return close_menu(model, -1);
    }
}

static int enter(coch_view_model *model, const coch_view_layout *l, int index)
{
    coch_view_control *control = &model->controls[index];
    if (control->kind == COCH_VIEW_SWITCH)
        return set(model, index, control->value < 0.5);
    if (control->kind == COCH_VIEW_MENU)
        open_menu(model, l, index);
    return -1;
}

static int key_on_control(coch_view_model *model, const coch_view_layout *l, coch_view_key_name key,
                          int index)
{
    coch_view_control *control = &model->controls[index];
    int menu = control->kind == COCH_VIEW_MENU;
    switch (key) {
    case COCH_VIEW_KEY_MORE:
        return step(model, index, 1.0);
    case COCH_VIEW_KEY_LESS:
        return step(model, index, -1.0);
    case COCH_VIEW_KEY_MUCH_MORE:
        return step(model, index, MUCH);
    case COCH_VIEW_KEY_MUCH_LESS:
        return step(model, index, -MUCH);
    case COCH_VIEW_KEY_MOST:
        return set(model, index, menu ? control->low : control->high);
    case COCH_VIEW_KEY_LEAST:
        return set(model, index, menu ? control->high : control->low);
    case COCH_VIEW_KEY_RESET:
        return set(model, index, control->initial);
    case COCH_VIEW_KEY_ENTER:
        return enter(model, l, index);
    default:
        model->focus.focus = -1;
        return -1;
    }
}

static int press_key(coch_view_model *model, const coch_view_layout *l, coch_view_key_name key)
{
    if (model->focus.open >= 0 && key != COCH_VIEW_KEY_NONE) {
        int changed = key_in_menu(model, key);
        if (model->focus.open >= 0)
            show_choice(model, l);
        return changed;
    }
    if (key == COCH_VIEW_KEY_NEXT || key == COCH_VIEW_KEY_PREVIOUS)
        model->focus.focus = next_control(model, l, key == COCH_VIEW_KEY_NEXT ? 1 : -1);
    else if (model->focus.focus >= 0 && key != COCH_VIEW_KEY_NONE)
        return key_on_control(model, l, key, model->focus.focus);
    return -1;
}

int coch_view_take(coch_view_model *model, const coch_view_input *input, int width, int height, double scale)
{
    coch_view_layout layout;
    coch_view_layout_of(&layout, model, width, height, scale);
    switch (input->action) {
    case COCH_VIEW_MOVE:
        return move(model, &layout, input, scale);
    case COCH_VIEW_PRESS:
        return press(model, &layout, input);
    case COCH_VIEW_RELEASE:
        model->focus.drag = -1;
        return -1;
    case COCH_VIEW_LEAVE:
        model->focus.hover = -1;
        return -1;
    case COCH_VIEW_SCROLL:
        return scroll(model, &layout, input);
    case COCH_VIEW_KEY:
        return press_key(model, &layout, input->key);
    }
    return -1;
}
