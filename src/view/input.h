/* What pointer and keys do to the controls: pure, so that it works and is tested without any window system.
 */
#ifndef COCH_VIEW_INPUT_H
#define COCH_VIEW_INPUT_H

#include "view/model.h"

typedef enum coch_view_action {
    COCH_VIEW_MOVE = 1, /* the pointer is at x, y */
    COCH_VIEW_PRESS,    /* its first button went down there */
    COCH_VIEW_RELEASE,  /* and up */
    COCH_VIEW_LEAVE,    /* the pointer left the picture */
    COCH_VIEW_SCROLL,   /* `amount` notches, positive is up */
    COCH_VIEW_KEY       /* `key` went down */
} coch_view_action;

typedef enum coch_view_key_name {
    COCH_VIEW_KEY_NONE = 0,
    COCH_VIEW_KEY_NEXT,     /* tab */
    COCH_VIEW_KEY_PREVIOUS, /* shift and tab */
    COCH_VIEW_KEY_MORE,     /* up, right: in an open menu the previous choice above, else more */
    COCH_VIEW_KEY_LESS,     /* down, left */
    COCH_VIEW_KEY_MUCH_MORE,
    COCH_VIEW_KEY_MUCH_LESS,
    COCH_VIEW_KEY_MOST,
    COCH_VIEW_KEY_LEAST,
    COCH_VIEW_KEY_ENTER, /* enter, space: turns a switch, opens a menu, takes its choice */
    COCH_VIEW_KEY_ESCAPE,
    COCH_VIEW_KEY_RESET, /* delete, backspace */
    COCH_VIEW_KEY_SET_UP /* F2 */
} coch_view_key_name;

typedef struct coch_view_input {
    coch_view_action action;
    double x, y;   /* pixels of the surface */
    double amount; /* for COCH_VIEW_SCROLL */
    int fine;      /* shift is held: knobs turn ten times more slowly */
    coch_view_key_name key;
    int sideways; /* COCH_VIEW_KEY_MORE is the arrow to the right, COCH_VIEW_KEY_LESS the one to the left */
    unsigned letter; /* with COCH_VIEW_KEY: the character, from space to tilde; 0 for none */
    double time;     /* seconds of any clock, for double clicks */
} coch_view_input;

/* Size and scale as given to coch_view_draw(). Changes model->focus and, if the user changed one, the value
 * of a control. Returns the index of that control, -1 for none. [main] */
int coch_view_take(coch_view_model *model, const coch_view_input *input, int width, int height, double scale);

/* The control at a point, -1 for none. [any] */
int coch_view_control_under(const coch_view_model *model, double x, double y, int width, int height,
                            double scale);

#endif
