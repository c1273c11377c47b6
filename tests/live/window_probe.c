/* A user without hands and eyes: looks at the program's window, presses its keys, closes it.
 *
 *     window_probe TITLE COMMAND...
 *
 * waits up to 20 s for a window of that title, then obeys, in order:
 *     shot FILE.png   what the display shows in it
 *     colours         prints how many different colours that has
 *     key NAME        an X key symbol: Tab, Right, Return
 *     click X Y       the first button, down and up
 *     size W H        another size
 *     wait MS
 *     close           as a window manager asks for it
 *     kill            as a window manager that has lost patience */
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <cairo-xlib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TRIES 200
#define LOOK_MS 100

static Display *display;
static Window window;

static void wait_ms(long ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

static int ignore_error(Display *d, XErrorEvent *event)
{
    (void)d, (void)event; /* windows may go while they are looked at */
    return 0;
}

static Window find(Window parent, const char *title)
{
    Window root, above, *children = NULL, found = 0;
    unsigned count = 0;
    char *name = NULL;
    if (XFetchName(display, parent, &name) && name) {
        found = strcmp(name, title) == 0 ? parent : 0;
        XFree(name);
    }
    if (!found && XQueryTree(display, parent, &root, &above, &children, &count))
        for (unsigned i = 0; i < count && !found; i++)
            found = find(children[i], title);
    if (children)
        XFree(children);
    return found;
}

static int send(XEvent *event, long mask)
{
    event->xany.display = display;
    event->xany.window = window;
    int sent = XSendEvent(display, window, False, mask, event) != 0;
    XSync(display, False);
    return sent ? 0 : -1;
}

static cairo_surface_t *look(void)
{
    XWindowAttributes at;
    if (!XGetWindowAttributes(display, window, &at))
        return NULL;
    cairo_surface_t *real = cairo_xlib_surface_create(display, window, at.visual, at.width, at.height);
    cairo_surface_t *copy = cairo_image_surface_create(CAIRO_FORMAT_RGB24, at.width, at.height);
    cairo_t *cr = cairo_create(copy);
    cairo_set_source_surface(cr, real, 0.0, 0.0);
    cairo_paint(cr);
    cairo_destroy(cr);
    cairo_surface_destroy(real);
    return copy;
}

static int shot(const char *path)
{
    cairo_surface_t *seen = look();
    int failed = !seen || cairo_surface_write_to_png(seen, path) != CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(seen);
    return failed ? -1 : 0;
}

static int print_colours(void)
{
    cairo_surface_t *seen = look();
    unsigned char *known = calloc(1, 1 << 24);
    int count = 0;
    for (int y = 0; seen && known && y < cairo_image_surface_get_height(seen); y++) {
        const unsigned char *row =
            cairo_image_surface_get_data(seen) + y * cairo_image_surface_get_stride(seen);
        for (int x = 0; x < cairo_image_surface_get_width(seen); x++) {
            uint32_t colour;
            memcpy(&colour, row + 4 * x, sizeof colour);
            count += !known[colour & 0xFFFFFF];
            known[colour & 0xFFFFFF] = 1;
        }
    }
    printf("%d\n", count);
    free(known);
    cairo_surface_destroy(seen);
    return count > 0 ? 0 : -1;
}

static int press_key(const char *name)
{
    XEvent e = {.type = KeyPress};
    e.xkey.root = DefaultRootWindow(display);
    e.xkey.same_screen = True;
    e.xkey.keycode = XKeysymToKeycode(display, XStringToKeysym(name));
    return e.xkey.keycode ? send(&e, KeyPressMask) : -1;
}

static int click(int x, int y)
{
    XEvent e = {.type = MotionNotify};
    e.xmotion.x = x;
    e.xmotion.y = y;
    int failed = send(&e, PointerMotionMask);
    e = (XEvent){.type = ButtonPress};
    e.xbutton.x = x;
    e.xbutton.y = y;
    e.xbutton.button = 1;
    failed |= send(&e, ButtonPressMask);
    e.type = ButtonRelease;
    return failed | send(&e, ButtonReleaseMask);
}

static int ask_to_close(void)
{
    XEvent e = {.type = ClientMessage};
    e.xclient.message_type = XInternAtom(display, "WM_PROTOCOLS", False);
    e.xclient.format = 32;
    e.xclient.data.l[0] = (long)XInternAtom(display, "WM_DELETE_WINDOW", False);
    return send(&e, NoEventMask);
}

static int obey(char **word, char **end)
{
    long left = end - word;
    if (strcmp(word[0], "shot") == 0 && left > 1)
        return shot(word[1]) != 0 ? -1 : 2;
    if (strcmp(word[0], "colours") == 0)
        return print_colours() != 0 ? -1 : 1;
    if (strcmp(word[0], "key") == 0 && left > 1)
        return press_key(word[1]) != 0 ? -1 : 2;
    if (strcmp(word[0], "wait") == 0 && left > 1) {
        wait_ms(atol(word[1]));
        return 2;
    }
    if (strcmp(word[0], "click") == 0 && left > 2)
        return click(atoi(word[1]), atoi(word[2])) != 0 ? -1 : 3;
    if (strcmp(word[0], "size") == 0 && left > 2) {
        XResizeWindow(display, window, (unsigned)atoi(word[1]), (unsigned)atoi(word[2]));
        XSync(display, False);
        return 3;
    }
    if (strcmp(word[0], "close") == 0)
        return ask_to_close() != 0 ? -1 : 1;
    if (strcmp(word[0], "kill") == 0) {
        XKillClient(display, window);
        XSync(display, False);
        return 1;
    }
    return -1;
}

int main(int argc, char **argv)
{
    display = XOpenDisplay(NULL);
    if (argc < 2 || !display)
        return 2;
    XSetErrorHandler(ignore_error);
    for (int i = 0; i < TRIES && !window; i++) {
        window = find(DefaultRootWindow(display), argv[1]);
        if (!window)
            wait_ms(LOOK_MS);
    }
    if (!window) {
        fprintf(stderr, "no window '%s'\n", argv[1]);
        return 1;
    }
    for (char **word = argv + 2; word < argv + argc;) {
        int used = obey(word, argv + argc);
        if (used < 0) {
            fprintf(stderr, "'%s' failed\n", word[0]);
            return 1;
        }
        word += used;
    }
    XCloseDisplay(display);
    return 0;
}
