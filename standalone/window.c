#include "window_state.h"

#include "view/view.h"

#include <pugl/stub.h>

#include <X11/Xlib.h>
#include <cairo-xlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define POINTS_WIDE 900
#define POINTS_HIGH 500
#define POINTS_MIN_WIDE 320
#define POINTS_MIN_HIGH 200
#define SIZE_MAX_PIXELS 10000
#define SHARE_MAX 0.4 /* of a core: large pictures are drawn less often */

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

/* An answer that comes while nobody waits: it tells that the display has read the memory that it shares with
 * us. Without it Cairo asks, and waits, before it draws there again. A host's loop would be woken by it. */
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

/* ---- Events ---- */

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
        window_handle_key(w, &event->key);
        break;
    default:
        window_handle_pointer(w, event);
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
