/* What the user does in a window: events of pugl as the view's input. */
#include "window_state.h"

#include "view/input.h"

static coch_view_key_name key_name(const PuglKeyEvent *key)
{
    switch (key->key) {
    case '\t':
        return key->state & PUGL_MOD_SHIFT ? COCH_VIEW_KEY_PREVIOUS : COCH_VIEW_KEY_NEXT;
    case PUGL_KEY_UP:
    case PUGL_KEY_RIGHT:
    case '+':
        return COCH_VIEW_KEY_MORE;
    case PUGL_KEY_DOWN:
    case PUGL_KEY_LEFT:
    case '-':
        return COCH_VIEW_KEY_LESS;
    case PUGL_KEY_PAGE_UP:
        return COCH_VIEW_KEY_MUCH_MORE;
    case PUGL_KEY_PAGE_DOWN:
        return COCH_VIEW_KEY_MUCH_LESS;
    case PUGL_KEY_HOME:
        return COCH_VIEW_KEY_LEAST;
    case PUGL_KEY_END:
        return COCH_VIEW_KEY_MOST;
    case '\r':
    case '\n':
    case ' ':
        return COCH_VIEW_KEY_ENTER;
    case PUGL_KEY_ESCAPE:
        return COCH_VIEW_KEY_ESCAPE;
    case PUGL_KEY_DELETE:
    case PUGL_KEY_BACKSPACE:
        return COCH_VIEW_KEY_RESET;
    case PUGL_KEY_F2:
        return COCH_VIEW_KEY_SET_UP;
    default:
        return COCH_VIEW_KEY_NONE;
    }
}

static void take(window *w, const coch_view_input *input)
{
    if (w->options.take) {
        w->options.take(w->options.context, input, w->width, w->height, w->scale);
        return;
    }
    int index = coch_view_take(&w->model, input, w->width, w->height, w->scale);
    if (index >= 0 && w->options.changed)
        w->options.changed(w->options.context, w->model.controls[index].id, w->model.controls[index].value);
}

static void point(window *w, coch_view_action action, double x, double y, PuglMods state, double amount)
{
    coch_view_input input = {.action = action,
                             .x = x,
                             .y = y,
                             .amount = amount,
                             .fine = (state & PUGL_MOD_SHIFT) != 0,
                             .time = puglGetTime(w->world)};
    take(w, &input);
}

void window_handle_key(window *w, const PuglKeyEvent *key)
{
    coch_view_input input = {.action = COCH_VIEW_KEY,
                             .key = key_name(key),
                             .fine = (key->state & PUGL_MOD_SHIFT) != 0,
                             .sideways = key->key == PUGL_KEY_LEFT || key->key == PUGL_KEY_RIGHT,
                             .letter = key->key >= ' ' && key->key <= '~' ? key->key : 0,
                             .time = puglGetTime(w->world)};
    if (input.key != COCH_VIEW_KEY_NONE || input.letter)
        take(w, &input);
}

void window_handle_pointer(window *w, const PuglEvent *event)
{
    const PuglButtonEvent *b = &event->button;
    const PuglMotionEvent *m = &event->motion;
    const PuglScrollEvent *s = &event->scroll;
    if (event->type == PUGL_BUTTON_PRESS && b->button == 0) {
        puglGrabFocus(w->view);
        point(w, COCH_VIEW_PRESS, b->x, b->y, b->state, 0.0);
    } else if (event->type == PUGL_BUTTON_RELEASE && b->button == 0) {
        point(w, COCH_VIEW_RELEASE, b->x, b->y, b->state, 0.0);
    } else if (event->type == PUGL_MOTION) {
        point(w, COCH_VIEW_MOVE, m->x, m->y, m->state, 0.0);
    } else if (event->type == PUGL_SCROLL) {
        point(w, COCH_VIEW_SCROLL, s->x, s->y, s->state, s->dy);
    } else if (event->type == PUGL_POINTER_OUT) {
        point(w, COCH_VIEW_LEAVE, 0.0, 0.0, 0, 0.0);
    }
}
