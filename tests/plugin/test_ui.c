/* A plugin's window in a host: inside an X window, again and again while sound runs; what it shows, and what
 * it tells. With COCHLEA_SHOTS set to a folder, what was seen is left there.
 *
 *     test_ui FILE-OR-BUNDLE PROCESSOR
 */
#include "take.h"
#include "ui_host.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/keysym.h>
#include <cairo-xlib.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define RATE 48000
#define TIMES 100
#define LOOKS 3000 /* of two milliseconds, for what has to happen */

static Display *display;

/* What is looked at of each processor: the fourth control, what it is after a key, and another that shows. */
typedef struct subject {
    const char *id, *turned;
    double value;
    const char *automated;
    double to;
} subject;

static const subject subjects[] = {{"scribe", "lookahead", 101.0, "sensitivity", 1.7},
                                   {"hybrid", "morph", 0.05, "mix", 0.3}};
static const subject *tested;

static int is_hybrid(void)
{
    return tested == &subjects[1];
}

static Window new_parent(void)
{
    Window parent = XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, 1300, 800, 0, 0, 0);
    XMapWindow(display, parent);
    XSync(display, False);
    return parent;
}

static void wait_a_little(void)
{
    const struct timespec t = {.tv_nsec = 2000000};
    nanosleep(&t, NULL);
}

/* ---- What the display shows ---- */

/* The plugin's own window, 0 when there is none. */
static Window child_of(Window parent)
{
    Window root, above, *children = NULL, found = 0;
    unsigned count = 0;
    if (XQueryTree(display, parent, &root, &above, &children, &count) && count > 0)
        found = children[0];
    if (children)
        XFree(children);
    return found;
}

/* NULL when there is nothing to see yet. */
static cairo_surface_t *shot(Window parent)
{
    XWindowAttributes at;
    Window child = child_of(parent);
    if (!child || !XGetWindowAttributes(display, child, &at) || at.map_state != IsViewable)
        return NULL;
    cairo_surface_t *real = cairo_xlib_surface_create(display, child, at.visual, at.width, at.height);
    cairo_surface_t *copy = cairo_image_surface_create(CAIRO_FORMAT_RGB24, at.width, at.height);
    cairo_t *cr = cairo_create(copy);
    cairo_set_source_surface(cr, real, 0.0, 0.0);
    cairo_paint(cr);
    cairo_destroy(cr);
    cairo_surface_destroy(real);
    return copy;
}

static uint32_t pixel(cairo_surface_t *s, int x, int y)
{
    uint32_t colour;
    memcpy(&colour, cairo_image_surface_get_data(s) + y * cairo_image_surface_get_stride(s) + 4 * x,
           sizeof colour);
    return colour & 0xFFFFFF;
}

/* Pixels of these rows that are different, at least by so much in a colour; a picture of another size is all
 * different. */
static int difference(cairo_surface_t *a, cairo_surface_t *b, int top, int bottom)
{
    int width = cairo_image_surface_get_width(a), count = 0;
    if (cairo_image_surface_get_width(b) != width ||
        cairo_image_surface_get_height(a) != cairo_image_surface_get_height(b))
        return width * (bottom - top);
    for (int y = top; y < bottom; y++)
        for (int x = 0; x < width; x++)
            count += pixel(a, x, y) != pixel(b, x, y);
    return count;
}

/* Pixels that are not those of an empty window. */
static int drawn(Window parent)
{
    cairo_surface_t *s = shot(parent);
    int count = 0;
    for (int y = 0; s && y < cairo_image_surface_get_height(s); y++)
        for (int x = 0; x < cairo_image_surface_get_width(s); x++)
            count += pixel(s, x, y) != 0;
    cairo_surface_destroy(s);
    return count;
}

static void keep(cairo_surface_t *s, const char *name)
{
    char path[4096];
    const char *folder = getenv("COCHLEA_SHOTS");
    if (folder && snprintf(path, sizeof path, "%s/%s.png", folder, name) < (int)sizeof path)
        cairo_surface_write_to_png(s, path);
}

static void idle_until_drawn(host *h, Window parent)
{
    for (int i = 0; i < LOOKS; i++) {
        ui_idle(h);
        if (i % 8 == 7 && drawn(parent) > 100000)
            return;
        wait_a_little();
    }
    fail_msg("nothing is drawn");
}

static cairo_surface_t *seen(host *h, Window parent)
{
    for (int i = 0; i < 50; i++) {
        ui_idle(h);
        wait_a_little();
    }
    cairo_surface_t *s = shot(parent);
    assert_non_null(s);
    return s;
}

/* ---- Sound, while windows come and go ---- */

typedef struct sound {
    host *h;
    pthread_t thread;
    atomic_int stop;
} sound;

static void *run_sound(void *argument)
{
    sound *s = argument;
    size_t count;
    float *x = piece(RATE, 2.0, &count);
    midi_take take = {0};
    const playing how = {.block = {.rolling = 1}, .size = 256, .pace = 1.0 / RATE};
    while (!atomic_load(&s->stop))
        play(s->h, x, count / 8, &how, &take);
    take_free(&take);
    free(x);
    return NULL;
}

static void opens_a_hundred_times(void **state)
{
    sound s = {.h = host_open(RATE)};
    (void)state;
    assert_int_equal(pthread_create(&s.thread, NULL, run_sound, &s), 0);
    for (int i = 0; i < TIMES; i++) {
        Window parent = new_parent();
        assert_true(ui_open(s.h, parent));
        if (i % 20 == 0)
            idle_until_drawn(s.h, parent);
        ui_idle(s.h);
        ui_resize(s.h, 700 + 6 * i, 420 + 3 * i);
        for (int k = 0; k < 5; k++) {
            ui_idle(s.h);
            wait_a_little();
        }
        if (i % 3 == 2) { /* not all hosts wait */
            XDestroyWindow(display, parent);
            XSync(display, False);
        }
        ui_close(s.h);
        if (i % 3 != 2)
            XDestroyWindow(display, parent);
    }
    atomic_store(&s.stop, 1);
    pthread_join(s.thread, NULL);
    host_close(s.h);
}

/* ---- What it shows and tells ---- */

static void shows_what_is_heard(void **state)
{
    size_t count;
    float *x = piece(RATE, 3.0, &count);
    midi_take take = {0};
    const playing how = {.block = {.rolling = 1, .offline = 1}, .size = 512};
    host *h = host_open(RATE);
    Window parent = new_parent();
    (void)state;
    assert_true(ui_open(h, parent));
    idle_until_drawn(h, parent);
    cairo_surface_t *before = seen(h, parent);
    if (is_hybrid()) {
        host_set(h, "target", 6);
        host_set(h, "morph", 0.35);
        host_set(h, "mix", 0.9);
    }
    for (size_t at = 0; at + 2048 <= count * 5 / 8; at += 2048) {
        play(h, x + at, 2048, &how, &take);
        ui_idle(h);
        wait_a_little();
    }
    assert_true(is_hybrid() || take_note_ons(&take) > 3);
    cairo_surface_t *after = seen(h, parent);
    keep(after, is_hybrid() ? "plugin_hybrid" : "plugin");
    assert_true(difference(before, after, 60, 350) > 2000); /* roll, keyboard and spiral */
    cairo_surface_destroy(before);
    cairo_surface_destroy(after);
    ui_close(h);
    XDestroyWindow(display, parent);
    host_close(h);
    take_free(&take);
    free(x);
}

static void send_key(Window child, KeySym symbol)
{
    XEvent e = {.type = KeyPress};
    e.xkey.display = display;
    e.xkey.window = child;
    e.xkey.root = DefaultRootWindow(display);
    e.xkey.same_screen = True;
    e.xkey.keycode = XKeysymToKeycode(display, symbol);
    assert_int_not_equal(e.xkey.keycode, 0);
    assert_int_not_equal(XSendEvent(display, child, False, KeyPressMask, &e), 0);
    XSync(display, False);
}

/* Keys turn the fourth control. */
static void tells_what_the_user_turns(void **state)
{
    host *h = host_open(RATE);
    Window parent = new_parent();
    (void)state;
    assert_true(ui_open(h, parent));
    idle_until_drawn(h, parent);
    ui_edits *edits = ui_edits_of(h);
    for (int i = 0; i < 4; i++)
        send_key(child_of(parent), XK_Tab);
    send_key(child_of(parent), XK_Right);
    for (int i = 0; i < LOOKS && atomic_load(&edits->ended) == 0; i++) {
        ui_idle(h);
        ui_flush(h);
        wait_a_little();
    }
    assert_int_equal(atomic_load(&edits->begun), 1);
    assert_int_equal(atomic_load(&edits->turned), 1);
    assert_int_equal(atomic_load(&edits->ended), 1);
    assert_true(fabs(atomic_load(&edits->value) - tested->value) < 1e-6);
    assert_true(fabs(host_get(h, tested->turned) - tested->value) < 1e-6);
    ui_close(h);
    XDestroyWindow(display, parent);
    host_close(h);
}

static void follows_automation(void **state)
{
    float x[512] = {0};
    midi_take take = {0};
    const playing how = {.block = {.rolling = -1}, .size = 512};
    host *h = host_open(RATE);
    Window parent = new_parent();
    (void)state;
    assert_true(ui_open(h, parent));
    idle_until_drawn(h, parent);
    cairo_surface_t *before = seen(h, parent);
    int height = cairo_image_surface_get_height(before);
    host_set(h, tested->automated, tested->to);
    host_set(h, "bypass", 1.0);
    play(h, x, 512, &how, &take);
    cairo_surface_t *after = seen(h, parent);
    assert_true(difference(before, after, height - 140, height) > 200);
    assert_int_equal(atomic_load(&ui_edits_of(h)->turned), 0); /* nobody told the host what it said itself */
    cairo_surface_destroy(before);
    cairo_surface_destroy(after);
    ui_close(h);
    XDestroyWindow(display, parent);
    host_close(h);
    take_free(&take);
}

/* A folder of a user's own files with one in it, whose path it writes. */
static void make_files(char folder[], char path[256])
{
    char command[4608];
    assert_non_null(mkdtemp(folder));
    snprintf(path, 256, "%s/cochlea", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, 256, "%s/cochlea/targets", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, 256, "%s/cochlea/targets/oud.gguf", folder);
    snprintf(command, sizeof command, "cp '%s/hybrid.gguf' %s", getenv("COCHLEA_MODELS"), path);
    assert_int_equal(system(command), 0);
    setenv("XDG_DATA_HOME", folder, 1);
}

static void remove_files(char path[256])
{
    remove(path);
    for (int i = 0; i < 3; i++) { /* the folders, from within */
        *strrchr(path, '/') = '\0';
        rmdir(path);
    }
}

/* A file in the user's folder is chosen by keys in the last control: it is in the state, and heard. */
static void chooses_a_file(void **state)
{
    static uint8_t bytes[HOST_STATE_MAX];
    char folder[] = "/tmp/cochlea_ui_XXXXXX", path[256];
    float x[4096] = {0};
    midi_take take = {0};
    const playing how = {.block = {.rolling = -1}, .size = 512};
    (void)state;
    if (!is_hybrid())
        skip();
    make_files(folder, path);
    host *h = host_open(RATE);
    Window parent = new_parent();
    assert_true(ui_open(h, parent));
    idle_until_drawn(h, parent);
    static const KeySym keys[] = {XK_Return, XK_Down, XK_Return};
    for (int i = 0; i < 15; i++)
        send_key(child_of(parent), XK_Tab);
    for (int i = 0; i < 3; i++) {
        cairo_surface_destroy(seen(h, parent));
        send_key(child_of(parent), keys[i]);
        if (i == 1) {
            cairo_surface_t *menu = seen(h, parent);
            keep(menu, "plugin_hybrid_menu");
            cairo_surface_destroy(menu);
        }
    }
    for (int i = 0; i < LOOKS && host_get(h, "target") < 7.5; i++) {
        ui_idle(h);
        ui_flush(h);
        wait_a_little();
    }
    assert_true(host_get(h, "target") == 8.0);
    for (int i = 0; i < 3; i++)
        play(h, x, 4096, &how, &take);
    size_t size = host_save(h, bytes), at = 0;
    while (at + strlen(path) < size && memcmp(bytes + at, path, strlen(path)) != 0)
        at++;
    assert_true(at + strlen(path) < size);
    cairo_surface_t *shown = seen(h, parent);
    keep(shown, "plugin_hybrid_own");
    cairo_surface_destroy(shown);
    ui_close(h);
    XDestroyWindow(display, parent);
    host_close(h);
    remove_files(path);
}

/* A moment of silence, in which plugin, host and window (where there is one) hear of each other. */
static void run_a_little(host *h, int has_window)
{
    float x[512] = {0};
    midi_take take = {0};
    const playing how = {.block = {.rolling = -1}, .size = 512};
    for (int i = 0; i < 10; i++) {
        play(h, x, 512, &how, &take);
        if (has_window)
            ui_idle(h);
        wait_a_little();
    }
    take_free(&take);
}

/* A window that opens after a session was loaded: the file that came with it, and that it is missing then. */
static void shows_a_file_of_the_session(void **state)
{
    static uint8_t bytes[HOST_STATE_MAX];
    char folder[] = "/tmp/cochlea_ui_XXXXXX", path[256];
    (void)state;
    if (!is_hybrid())
        skip();
    make_files(folder, path);
    host *h = host_open(RATE);
    host_choose(h, path);
    run_a_little(h, 0);
    size_t size = host_save(h, bytes);
    host_close(h);
    cairo_surface_t *shown[3];
    for (int i = 0; i < 3; i++) { /* none, this, this when it is missing */
        Window parent = new_parent();
        if (i == 2)
            remove(path);
        h = host_open(RATE);
        assert_true(i == 0 || host_load(h, bytes, size));
        assert_true(ui_open(h, parent));
        idle_until_drawn(h, parent);
        run_a_little(h, 1);
        shown[i] = seen(h, parent);
        ui_close(h);
        XDestroyWindow(display, parent);
        host_close(h);
    }
    keep(shown[2], "plugin_hybrid_missing");
    int height = cairo_image_surface_get_height(shown[0]);
    assert_true(difference(shown[0], shown[1], height - 76, height) > 50); /* its name in the menu */
    assert_int_equal(difference(shown[0], shown[1], 0, 24), 0);
    assert_true(difference(shown[1], shown[2], 0, 46) > 200); /* a line in the header */
    for (int i = 0; i < 3; i++)
        cairo_surface_destroy(shown[i]);
    remove_files(path);
}

static void refuses_what_is_no_window(void **state)
{
    host *h = host_open(RATE);
    (void)state;
    assert_false(ui_open(h, 0x7FFFFFF));
    host_close(h);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_a_hundred_times),
        cmocka_unit_test(shows_what_is_heard),
        cmocka_unit_test(tells_what_the_user_turns),
        cmocka_unit_test(follows_automation),
        cmocka_unit_test(chooses_a_file),
        cmocka_unit_test(shows_a_file_of_the_session),
        cmocka_unit_test(refuses_what_is_no_window),
    };
    if (argc != 3)
        return 2;
    tested = &subjects[strcmp(argv[2], "hybrid") == 0];
    display = XOpenDisplay(NULL);
    if (!display)
        return 77;
    host_start(argv[1], tested->id);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    host_stop();
    XCloseDisplay(display);
    cairo_debug_reset_static_data(); /* for the leak checker */
    return failed;
}
