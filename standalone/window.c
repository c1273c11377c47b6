#include "window.h"

#include "view/input.h"
#include "view/view.h"

#include <pugl/pugl.h>
#include <pugl/stub.h>

#include <X11/Xlib.h>
#include <cairo-xlib.h>
#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define POINTS_WIDE 900
#define POINTS_HIGH 500
#define POINTS_MIN_WIDE 320
#define POINTS_MIN_HIGH 200
#define SIZE_MAX_PIXELS 10000
#define SHARE_MAX 0.4 /* of a core: large pictures are drawn less often */

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

/* ---- Drawing ---- */

/* Pugl's own way to Cairo copies each picture twice, by a pixmap that it makes anew. */
static int keep_screen(window *w)
{
    XWindowAttributes is;
    Display *display = puglGetNativeWorld(w->world);
    Window native = (Window)puglGetNativeView(w->view);
    if (!w->screen && XGetWindowAttributes(display, native, &is))
        w->screen = cairo_xlib_surface_create(display, native, is.visual, w->width, w->height);
    if (w->screen)
        cairo_xlib_surface_set_size(w->screen, w->width, w->height);
    return w->screen ? 0 : -1;
}

static int keep_frame(window *w)
{
    if (w->frame && cairo_image_surface_get_width(w->frame) == w->width &&
        cairo_image_surface_get_height(w->frame) == w->height)
        return 0;
    cairo_surface_destroy(w->frame);
    /* Where the display is on this machine, its memory is shared: nothing is copied. */
    w->frame = cairo_surface_create_similar_image(w->screen, CAIRO_FORMAT_RGB24, w->width, w->height);
    return 1;
}

/* An answer that comes while nobody waits: it tells that the display has read the memory that it shares with us.
 * Without it Cairo asks, and waits, before it draws there again. A host's loop would be woken by it. */
static void ask(window *w)
{
    const PuglEvent answer = {.client = {.type = PUGL_CLIENT}};
    if (!w->options.parent)
        puglSendEvent(w->view, &answer);
}

static void present(window *w, double x, double y, double width, double height)
{
    cairo_t *cr = cairo_create(w->screen);
    cairo_rectangle(cr, x, y, width, height);
    cairo_clip(cr);
    cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_surface(cr, w->frame, 0.0, 0.0);
    cairo_paint(cr);
    cairo_destroy(cr);
    cairo_surface_flush(w->screen);
    ask(w);
    XFlush(puglGetNativeWorld(w->world));
}

static void draw(window *w)
{
    if (w->width < 1 || w->height < 1 || keep_screen(w) != 0)
        return;
    int whole = keep_frame(w);
    cairo_t *cr = cairo_create(w->frame);
    if (w->options.draw)
        w->options.draw(w->options.context, cr, w->width, w->height, w->scale);
    else
        coch_view_draw(cr, &w->model, w->cache, w->width, w->height, w->scale);
    cairo_destroy(cr);
    whole |= w->options.draw || !w->cache;
    present(w, 0.0, 0.0, w->width, whole ? w->height : coch_view_changed(w->cache));
}

/* What the display has lost, from the last picture. */
static void expose(window *w, const PuglExposeEvent *lost)
{
    if (!w->frame || cairo_image_surface_get_width(w->frame) != w->width ||
        cairo_image_surface_get_height(w->frame) != w->height)
        draw(w);
    else
        present(w, lost->x, lost->y, lost->width, lost->height);
}

/* ---- What the user does ---- */

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

static void press(window *w, const PuglKeyEvent *key)
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

static void handle_pointer(window *w, const PuglEvent *event)
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

static PuglStatus handle(PuglView *view, const PuglEvent *event)
{
    window *w = puglGetHandle(view);
    switch (event->type) {
    case PUGL_CONFIGURE:
        w->width = event->configure.width;
        w->height = event->configure.height;
        break;
    case PUGL_EXPOSE:
        expose(w, &event->expose);
        break;
    case PUGL_CLOSE:
        w->closed = 1;
        break;
    case PUGL_KEY_PRESS:
        press(w, &event->key);
        break;
    default:
        handle_pointer(w, event);
        break;
    }
    return PUGL_SUCCESS;
}

/* ---- Life ---- */

/* Xlib's own answer to an error, and to the end of the display, is to end the process. Where its function
 * would just return, Cairo waits for ever for an answer of the server: so it never returns. */
static void lose_display(Display *display, void *context)
{
    window *w = context;
    (void)display;
    w->lost = 1;
    if (w->inside)
        longjmp(w->escape, 1);
}

/* In front of that; a program of our own has no other display. */
static int say_nothing(Display *display)
{
    (void)display;
    return 0;
}

static int ignore_error(Display *display, XErrorEvent *event)
{
    (void)display;
    (void)event;
    return 0;
}

static int parent_exists(window *w)
{
    XWindowAttributes attributes;
    Display *display = puglGetNativeWorld(w->world);
    XErrorHandler before = XSetErrorHandler(ignore_error);
    int exists = XGetWindowAttributes(display, (Window)w->options.parent, &attributes) != 0;
    XSync(display, False);
    XSetErrorHandler(before);
    return exists;
}

static int within(double pixels)
{
    return (int)fmax(1.0, fmin(pixels, SIZE_MAX_PIXELS));
}

static void configure(window *w)
{
    const window_options *o = &w->options;
    w->scale = o->scale > 0.0 ? o->scale : puglGetScaleFactor(w->view);
    w->width = within(o->width > 0 ? o->width : (o->wide > 0 ? o->wide : POINTS_WIDE) * w->scale);
    w->height = within(o->height > 0 ? o->height : (o->high > 0 ? o->high : POINTS_HIGH) * w->scale);
    puglSetHandle(w->view, w);
    puglSetBackend(w->view, puglStubBackend());
    puglSetEventFunc(w->view, handle);
    puglSetWindowTitle(w->view, o->title ? o->title : "Cochlea");
    puglSetViewHint(w->view, PUGL_RESIZABLE, PUGL_TRUE);
    puglSetSizeHint(w->view, PUGL_DEFAULT_SIZE, (PuglSpan)w->width, (PuglSpan)w->height);
    puglSetSizeHint(w->view, PUGL_MIN_SIZE, (PuglSpan)within(POINTS_MIN_WIDE * w->scale),
                    (PuglSpan)within(POINTS_MIN_HIGH * w->scale));
    if (o->parent)
        puglSetParentWindow(w->view, o->parent);
}

static int refuse(window *w, const char *reason, char *why, size_t why_size)
{
    snprintf(why, why_size, "%s", reason);
    window_close(w);
    return -1;
}

int window_open(window **out, const window_options *options, char *why, size_t why_size)
{
    window *w = calloc(1, sizeof *w);
    *out = NULL;
    if (!w)
        return refuse(NULL, "out of memory", why, why_size);
    w->options = *options;
    coch_view_model_init(&w->model);
    w->cache = coch_view_cache_new();
    w->world = puglNewWorld(options->parent ? PUGL_MODULE : PUGL_PROGRAM, 0);
    if (!w->world)
        return refuse(w, "no X display can be opened", why, why_size);
    if (!options->parent)
        XSetIOErrorHandler(say_nothing);
    XSetIOErrorExitHandler(puglGetNativeWorld(w->world), lose_display, w);
    if (options->parent && !parent_exists(w))
        return refuse(w, "the window to live in does not exist", why, why_size);
    puglSetClassName(w->world, "Cochlea");
    w->view = puglNewView(w->world);
    if (!w->view)
        return refuse(w, "out of memory", why, why_size);
    configure(w);
    PuglStatus status = puglRealize(w->view);
    if (status == PUGL_SUCCESS)
        status = puglShow(w->view);
    if (status != PUGL_SUCCESS)
        return refuse(w, puglStrerror(status), why, why_size);
    *out = w;
    return 0;
}

void window_close(window *w)
{
    if (!w)
        return;
    if (w->lost) { /* what pugl and Cairo have of it cannot be freed without it */
        coch_view_cache_free(w->cache);
        free(w);
        return;
    }
    XErrorHandler before = XSetErrorHandler(ignore_error); /* a host may have destroyed the parent already */
    coch_view_cache_free(w->cache);
    cairo_surface_destroy(w->frame);
    cairo_surface_destroy(w->screen);
    if (w->view)
        puglFreeView(w->view);
    if (w->world) {
        XSync(puglGetNativeWorld(w->world), False);
        puglFreeWorld(w->world);
    }
    XSetErrorHandler(before);
    free(w);
}

/* Seconds of processor time of this thread. */
static double busy(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Up to the next picture nothing that the user does would be seen: it may wait, and wakes nobody. */
static void sleep_for(double seconds)
{
    const struct timespec t = {(time_t)seconds, (long)(1e9 * (seconds - floor(seconds)))};
    if (seconds > 0.0)
        nanosleep(&t, NULL);
}

static int step(window *w, double timeout)
{
    double now = puglGetTime(w->world);
    sleep_for(fmin(timeout, w->next - now));
    puglUpdate(w->world, 0.0);
    now = puglGetTime(w->world);
    if (w->closed || now < w->next)
        return w->closed;
    double period = fmax(1.0 / (w->options.frames > 0.0 ? w->options.frames : 60.0), w->took / SHARE_MAX);
    w->next = now - w->next < period ? w->next + period : now + period;
    if (w->options.update)
        w->options.update(w->options.context, &w->model, now);
    double start = busy();
    if (puglGetVisible(w->view))
        draw(w);
    w->took += 0.1 * (busy() - start - w->took);
    return w->closed;
}

int window_step(window *w, double timeout)
{
    if (w->lost)
        return 1;
    if (setjmp(w->escape) != 0)
        return 1;
    w->inside = 1;
    int closed = step(w, timeout);
    w->inside = 0;
    return closed;
}

int window_lost(const window *w)
{
    return w->lost;
}

coch_view_model *window_model(window *w)
{
    return &w->model;
}

uintptr_t window_native(const window *w)
{
    return puglGetNativeView(w->view);
}

void window_size(const window *w, int *width, int *height)
{
    *width = w->width;
    *height = w->height;
}

void window_resize(window *w, int width, int height)
{
    puglSetSize(w->view, (unsigned)within(width), (unsigned)within(height));
}

int window_descriptor(const window *w)
{
    return ConnectionNumber((Display *)puglGetNativeWorld(w->world));
}
