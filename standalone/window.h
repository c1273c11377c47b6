/* The window in which the picture lives: alone, or inside another program's window. X11 and Cairo through
 * pugl.
 *
 *     window *w;
 *     window_options options = {.title = "Cochlea", .context = me, .update = fill_model, .changed =
 * user_turned}; if (window_open(&w, &options, why, sizeof why) != 0) ... add controls to window_model(w);
 *     while (window_step(w, 0.1) == 0)
 *         ;
 *     window_close(w);
 *
 * A plugin calls window_step(w, 0) whenever its host lets it idle, and never blocks. Everything here belongs
 * to one thread [main], also the callbacks: they are called from within window_step(). Several windows may
 * live at once, each with a connection of its own to the display. */
#ifndef COCHLEA_STANDALONE_WINDOW_H
#define COCHLEA_STANDALONE_WINDOW_H

#include "view/input.h"
#include "view/model.h"

#include <cairo.h>
#include <stddef.h>
#include <stdint.h>

typedef struct window window;

typedef struct window_options {
    const char *title; /* of a window of its own */
    uintptr_t parent;  /* XID of the window to live in; 0 for a window of its own */
    int width, height; /* pixels; 0 for 900 x 500 points */
    int wide, high;    /* or points */
    double scale;      /* pixels a point; 0 for what the display says */
    double frames;     /* pictures a second; 0 for 60 */
    void *context;     /* for the callbacks */

    /* Before each picture: brings the model up to date. `seconds` is an even clock. May be NULL. */
    void (*update)(void *context, coch_view_model *model, double seconds);

    /* The user gave the control of that id another value, which already stands in the model. May be NULL. */
    void (*changed)(void *context, int id, double value);

    /* Another picture than that of the model: draws it, as coch_view_draw() does, and takes what the user
     * does. Both or neither are NULL. */
    void (*draw)(void *context, cairo_t *cr, int width, int height, double scale);
    void (*take)(void *context, const coch_view_input *input, int width, int height, double scale);
} window_options;

/* Opens and shows a window. Returns nonzero, with a phrase in `why`, when there is no display or the parent
 * does not exist. */
int window_open(window **w, const window_options *options, char *why, size_t why_size);

/* Closes it; accepts NULL, and a window whose parent is gone. */
void window_close(window *w);

/* Handles what the user did and draws a picture when one is due. Waits for events up to `timeout` seconds,
 * but returns after each picture; 0 never waits. Returns nonzero once the user has closed the window, or the
 * display is gone. */
int window_step(window *w, double timeout);

/* Nonzero once the display is gone, which nobody asked for. */
int window_lost(const window *w);

/* The model that it draws: to be changed between steps, or in the callbacks. */
coch_view_model *window_model(window *w);

/* Its XID, for a host. */
uintptr_t window_native(const window *w);

/* Its size in pixels, and another one (a host resizes). */
void window_size(const window *w, int *width, int *height);
void window_resize(window *w, int width, int height);

/* The file descriptor that becomes readable with events, for a host's event loop. */
int window_descriptor(const window *w);

#endif
