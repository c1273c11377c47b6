/* A window from within: shared by its files alone. */
#ifndef COCHLEA_WINDOW_STATE_H
#define COCHLEA_WINDOW_STATE_H

#include "view/view.h"
#include "window.h"

#include <pugl/pugl.h>

#include <cairo.h>
#include <setjmp.h>

struct window {
    PuglWorld *world;
    PuglView *view;
    coch_view_model model;
    coch_view_cache *cache;
    cairo_surface_t *screen; /* the window as Cairo sees it */
    cairo_surface_t *frame;  /* drawn here, then sent there: what has changed */
    window_options options;
    int width, height;
    double scale;
    double next; /* clock of the next picture */
    double took; /* seconds that the last ones took, smoothed */
    int closed;  /* by the user */
    int lost;    /* the display is gone: nothing of X may be touched any more */
    int inside;  /* `escape` leads out of window_step() */
    jmp_buf escape;
};

/* What the user does: to the model, or to who draws another picture. */
void window_handle_pointer(window *w, const PuglEvent *event);
void window_handle_key(window *w, const PuglKeyEvent *key);

#endif
