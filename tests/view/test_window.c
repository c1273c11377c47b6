/* The window on a real X server: opened and closed many times, alone and inside another one; what it shows is
 * exactly the picture; the user's pointer and keys arrive. */
#include "pixels.h"
#include "scenes.h"
#include "view/layout.h"
#include "window.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/keysym.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

typedef struct shell {
    window *w;
    int updates, changes, id;
    double value;
} shell;

static Display *display;

static void update(void *context, coch_view_model *model, double seconds)
{
    shell *s = context;
    (void)seconds;
    (void)model;
    s->updates++;
}

static void changed(void *context, int id, double value)
{
    shell *s = context;
    s->changes++;
    s->id = id;
    s->value = value;
}

static void open_shell(shell *s, uintptr_t parent, int width, int height, double scale)
{
    char why[128] = "";
    memset(s, 0, sizeof *s);
    window_options options = {.title = "Test",
                              .parent = parent,
                              .width = width,
                              .height = height,
                              .scale = scale,
                              .context = s,
                              .update = update,
                              .changed = changed};
    if (window_open(&s->w, &options, why, sizeof why) != 0)
        fail_msg("%s", why);
    scene_dense(window_model(s->w));
}

/* Steps until so many more pictures were asked for. */
static void pictures(shell *s, int count)
{
    int until = s->updates + count;
    for (int i = 0; i < 2000 && s->updates < until; i++)
        assert_int_equal(window_step(s->w, 0.02), 0);
    assert_true(s->updates >= until);
}

/* What the server shows in the window, as a surface. */
static cairo_surface_t *shown(const window *w)
{
    int width, height;
    window_size(w, &width, &height);
    XImage *image = XGetImage(display, (Window)window_native(w), 0, 0, (unsigned)width, (unsigned)height,
                              AllPlanes, ZPixmap);
    assert_non_null(image);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    unsigned char *data = cairo_image_surface_get_data(surface);
    for (int y = 0; y < height; y++) {
        uint32_t *row = (uint32_t *)(void *)(data + y * cairo_image_surface_get_stride(surface));
        for (int x = 0; x < width; x++)
            row[x] = (uint32_t)XGetPixel(image, x, y);
    }
    XDestroyImage(image);
    cairo_surface_mark_dirty(surface);
    return surface;
}

/* Windows come and change their size when the server and its manager like it. */
static void assert_shows_its_model(shell *s, double scale)
{
    int largest = 255, width, height;
    for (int tries = 0; tries < 50 && largest > 0; tries++) {
        pictures(s, 2);
        window_size(s->w, &width, &height);
        cairo_surface_t *real = shown(s->w), *wanted = drawn(window_model(s->w), NULL, width, height, scale);
        difference(real, wanted, &largest);
        cairo_surface_destroy(real);
        cairo_surface_destroy(wanted);
    }
    assert_int_equal(largest, 0);
}

static Window new_parent(void)
{
    Window parent = XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, 1000, 600, 0, 0, 0xFFFFFF);
    XMapWindow(display, parent);
    XSync(display, False);
    return parent;
}

static void opens_twenty_times(void **state)
{
    shell s;
    (void)state;
    for (int i = 0; i < 20; i++) {
        Window parent = i % 2 ? new_parent() : 0;
        open_shell(&s, parent, 900, 500, 1.0);
        assert_shows_its_model(&s, 1.0);
        window_close(s.w);
        if (parent)
            XDestroyWindow(display, parent);
    }
    window_close(NULL);
}

static void several_live_at_once(void **state)
{
    shell s[3];
    (void)state;
    open_shell(&s[0], 0, 640, 480, 1.0);
    pictures(&s[0], 1);
    Window parent = new_parent();
    open_shell(&s[1], parent, 900, 500, 1.0);
    open_shell(&s[2], 0, 1800, 1000, 2.0);
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 3; i++)
            pictures(&s[i], 1);
    for (int i = 2; i >= 0; i--) { /* the last opened lies over the others */
        assert_shows_its_model(&s[i], i == 2 ? 2.0 : 1.0);
        window_close(s[i].w);
        if (i == 1)
            XDestroyWindow(display, parent);
    }
}

static void survives_the_end_of_its_parent(void **state)
{
    shell s;
    Window parent = new_parent();
    (void)state;
    open_shell(&s, parent, 900, 500, 1.0);
    pictures(&s, 2);
    XDestroyWindow(display, parent);
    XSync(display, False);
    window_close(s.w);
}

static void follows_a_new_size(void **state)
{
    shell s;
    int width = 0, height = 0;
    (void)state;
    open_shell(&s, 0, 900, 500, 1.0);
    pictures(&s, 1);
    window_resize(s.w, 1200, 700);
    for (int i = 0; i < 100 && (width != 1200 || height != 700); i++) {
        pictures(&s, 1);
        window_size(s.w, &width, &height);
    }
    assert_int_equal(width, 1200);
    assert_int_equal(height, 700);
    assert_shows_its_model(&s, 1.0);
    window_close(s.w);
}

static void send(const window *w, XEvent *event, long mask)
{
    event->xany.display = display;
    event->xany.window = (Window)window_native(w);
    assert_int_not_equal(XSendEvent(display, event->xany.window, False, mask, event), 0);
    XSync(display, False);
}

static void send_pointer(const window *w, int type, double x, double y)
{
    XEvent e = {.type = type};
    if (type == MotionNotify) {
        e.xmotion.x = (int)x;
        e.xmotion.y = (int)y;
    } else {
        e.xbutton.x = (int)x;
        e.xbutton.y = (int)y;
        e.xbutton.button = 1;
    }
    send(w, &e, type == MotionNotify ? PointerMotionMask : ButtonPressMask | ButtonReleaseMask);
}

static void send_key(const window *w, KeySym symbol)
{
    XEvent e = {.type = KeyPress};
    e.xkey.root = DefaultRootWindow(display);
    e.xkey.same_screen = True;
    e.xkey.keycode = XKeysymToKeycode(display, symbol);
    assert_int_not_equal(e.xkey.keycode, 0);
    send(w, &e, KeyPressMask);
}

static void the_pointer_turns_a_knob(void **state)
{
    shell s;
    coch_view_layout l;
    (void)state;
    open_shell(&s, 0, 900, 500, 1.0);
    pictures(&s, 2);
    coch_view_layout_of(&l, window_model(s.w), 900, 500, 1.0);
    double x = l.control[3].x + l.control[3].w / 2.0, y = l.control[3].y + l.control[3].h / 2.0;
    send_pointer(s.w, ButtonPress, x, y);
    send_pointer(s.w, MotionNotify, x, y - 36.0);
    send_pointer(s.w, ButtonRelease, x, y - 36.0);
    pictures(&s, 2);
    assert_int_equal(s.changes, 1);
    assert_int_equal(s.id, 4); /* the look-ahead of scene_controls() */
    assert_true(fabs(s.value - 136.0) < 1.01);
    assert_shows_its_model(&s, 1.0);
    window_close(s.w);
}

static void keys_turn_a_control(void **state)
{
    shell s;
    (void)state;
    open_shell(&s, 0, 900, 500, 1.0);
    pictures(&s, 2);
    for (int i = 0; i < 4; i++)
        send_key(s.w, XK_Tab);
    send_key(s.w, XK_Right);
    send_key(s.w, XK_Prior);
    send_key(s.w, XK_Escape);
    pictures(&s, 2);
    assert_int_equal(s.changes, 2);
    assert_int_equal(s.id, 4);
    assert_true(s.value == 111.0);
    window_close(s.w);
}

static void the_user_closes_it(void **state)
{
    shell s;
    int closed = 0;
    (void)state;
    open_shell(&s, 0, 900, 500, 1.0);
    pictures(&s, 1);
    XEvent e = {.type = ClientMessage};
    e.xclient.message_type = XInternAtom(display, "WM_PROTOCOLS", False);
    e.xclient.format = 32;
    e.xclient.data.l[0] = (long)XInternAtom(display, "WM_DELETE_WINDOW", False);
    send(s.w, &e, NoEventMask);
    for (int i = 0; i < 100 && !closed; i++)
        closed = window_step(s.w, 0.02);
    assert_true(closed);
    window_close(s.w);
}

static void refuses_with_a_reason(void **state)
{
    window *w;
    char why[128] = "", *real = strdup(getenv("DISPLAY"));
    window_options options = {.parent = 0x7FFFFFF};
    (void)state;
    assert_int_not_equal(window_open(&w, &options, why, sizeof why), 0);
    assert_null(w);
    assert_non_null(strstr(why, "does not exist"));
    setenv("DISPLAY", ":54321", 1);
    assert_int_not_equal(window_open(&w, &options, why, sizeof why), 0);
    assert_non_null(strstr(why, "display"));
    setenv("DISPLAY", real, 1);
    free(real);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_twenty_times),
        cmocka_unit_test(several_live_at_once),
        cmocka_unit_test(survives_the_end_of_its_parent),
        cmocka_unit_test(follows_a_new_size),
        cmocka_unit_test(the_pointer_turns_a_knob),
        cmocka_unit_test(keys_turn_a_control),
        cmocka_unit_test(the_user_closes_it),
        cmocka_unit_test(refuses_with_a_reason),
    };
    display = XOpenDisplay(NULL);
    if (!display)
        return 77;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    XCloseDisplay(display);
    cairo_debug_reset_static_data(); /* for the leak checker */
    return failed;
}
