#include "picture.h"

#include "base/output.h"
#include "view/layout.h"
#include "view/theme.h"

#include <cairo-svg.h>
#include <cairo.h>
#include <math.h>
#include <string.h>

#define WIDTH 1600
#define MARGIN 24.0
#define HEADER 64.0
#define KEYS 34.0  /* width of the keyboard at the left of a line */
#define KEY 6.0    /* height of a key */
#define PEDAL 9.0  /* height of the pedal's band */
#define AXIS 20.0  /* height of the line of seconds */
#define SPACE 18.0 /* between lines */
#define LINES_MAX 12
#define OCTAVES_MIN 2
#define HEIGHT_MAX 32000.0 /* of what Cairo can draw into */

typedef struct page {
    cairo_t *cr;
    const transcription *heard;
    const coch_note *notes;
    size_t count;
    int low, high;      /* keys shown */
    int lines;          /* of the roll */
    double line;        /* seconds in one */
    double line_height; /* units, with its band, axis and space */
} page;

picture_format picture_format_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    if (dot && strcmp(dot, ".png") == 0)
        return PICTURE_PNG;
    return dot && strcmp(dot, ".svg") == 0 ? PICTURE_SVG : PICTURE_NONE;
}

/* ---- Measures ---- */

/* The shortest usual length of a line that needs few enough of them. */
static double line_length(double seconds)
{
    static const double usual[] = {5, 10, 15, 20, 30, 60, 120, 180, 300, 600, 1200};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        if (seconds <= usual[i] || (usual[i] >= 20 && seconds <= LINES_MAX * usual[i]))
            return usual[i];
    return seconds / LINES_MAX;
}

static void measure(page *p)
{
    int low = 127, high = 0;
    for (size_t i = 0; i < p->count; i++) {
        low = p->notes[i].note < low ? p->notes[i].note : low;
        high = p->notes[i].note > high ? p->notes[i].note : high;
    }
    if (p->count == 0)
        low = high = 60;
    p->low = low - low % 12;
    p->high = high - high % 12 + 11;
    while (p->high - p->low < 12 * OCTAVES_MIN - 1)
        p->high += 12;
    p->line = line_length(p->heard->seconds);
    p->lines = (int)fmax(1.0, ceil(p->heard->seconds / p->line - 1e-9));
    p->line_height = (p->high - p->low + 1) * KEY + PEDAL + AXIS + SPACE;
}

static double height_of(const page *p)
{
    return fmin(HEADER + p->lines * p->line_height + MARGIN, HEIGHT_MAX);
}

static double left_of(void)
{
    return MARGIN + KEYS;
}

static double x_of(const page *p, int line, double seconds)
{
    double share = (seconds - line * p->line) / p->line;
    return left_of() + (WIDTH - MARGIN - left_of()) * fmax(0.0, fmin(1.0, share));
}

static double top_of(const page *p, int line)
{
    return HEADER + line * p->line_height;
}

static double y_of(const page *p, int line, int note)
{
    return top_of(p, line) + (p->high - note) * KEY;
}

/* ---- Parts ---- */

static void box(const page *p, double x, double y, double w, double h)
{
    cairo_rectangle(p->cr, x, y, w, h);
    cairo_fill(p->cr);
}

static void draw_lanes(const page *p, int line)
{
    double left = left_of(), right = x_of(p, line, fmin(p->heard->seconds, (line + 1) * p->line));
    coch_view_tone_set(p->cr, COCH_VIEW_PANEL, 1.0);
    box(p, left, top_of(p, line), right - left, (p->high - p->low + 1) * KEY);
    for (int n = p->low; n <= p->high; n++) {
        double y = y_of(p, line, n);
        if (coch_view_black(n)) {
            coch_view_tone_set(p->cr, COCH_VIEW_BACKGROUND, 0.55);
            box(p, left, y, right - left, KEY);
        } else if (n % 12 == 0 && n > p->low) {
            coch_view_tone_set(p->cr, COCH_VIEW_LINE, 1.0);
            box(p, left, y + KEY - 0.5, right - left, 1.0);
        }
    }
}

static void draw_keyboard(const page *p, int line)
{
    for (int n = p->low; n <= p->high; n++) {
        double y = y_of(p, line, n);
        int black = coch_view_black(n);
        coch_view_tone_set(p->cr, COCH_VIEW_WHITE_KEY, 1.0);
        box(p, MARGIN, y, KEYS - 2.0, KEY);
        if (black) {
            coch_view_tone_set(p->cr, COCH_VIEW_BLACK_KEY, 1.0);
            box(p, MARGIN + 0.36 * KEYS, y + 0.4, 0.64 * KEYS - 2.0, KEY - 0.8);
        }
        /* White keys meet between E and F and between B and C, and in the middle of each black one. */
        coch_view_tone_set(p->cr, COCH_VIEW_BACKGROUND, 1.0);
        if (black)
            box(p, MARGIN, y + KEY / 2.0 - 0.4, 0.36 * KEYS, 0.8);
        else if (n % 12 == 0 || n % 12 == 5)
            box(p, MARGIN, y + KEY - 0.4, KEYS - 2.0, 0.8);
        if (n % 12 == 0) {
            char name[16];
            snprintf(name, sizeof name, "C%d", n / 12 - 1);
            coch_view_tone_set(p->cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
            coch_view_text(p->cr, name, MARGIN - 3.0, y + KEY, 9.0, 0, COCH_VIEW_RIGHT, 0.0);
        }
    }
}

static void draw_time(const page *p, int line)
{
    static const double steps[] = {1, 2, 5, 10, 15, 30, 60, 120};
    double step = steps[0], bottom = y_of(p, line, p->low) + KEY,
           end = fmin(p->heard->seconds, (line + 1) * p->line);
    for (size_t i = 0; i < sizeof steps / sizeof *steps && p->line / step > 20.0; i++)
        step = steps[i];
    double first = ceil(line * p->line / step);
    for (int i = 0; (first + i) * step <= end; i++) {
        double t = (first + i) * step;
        char text[24];
        int minutes = (int)(t / 60.0 + 1e-9);
        if (p->heard->seconds > 60.0)
            snprintf(text, sizeof text, "%d:%02d", minutes, (int)(t - 60.0 * minutes + 0.5));
        else
            snprintf(text, sizeof text, "%.0f s", t);
        coch_view_tone_set(p->cr, COCH_VIEW_LINE, 0.6);
        box(p, x_of(p, line, t) - 0.4, top_of(p, line), 0.8, bottom - top_of(p, line) + PEDAL + 3.0);
        coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
        coch_view_text(p->cr, text, x_of(p, line, t), bottom + PEDAL + 14.0, 10.0, 0, COCH_VIEW_CENTRE, 0.0);
    }
}

static void draw_pedal_span(const page *p, int line, double down, double up)
{
    double from = x_of(p, line, down), to = x_of(p, line, up), bottom = y_of(p, line, p->low) + KEY;
    if (to <= from)
        return;
    coch_view_tone_set(p->cr, COCH_VIEW_PEDAL_TONE, 0.06);
    box(p, from, top_of(p, line), to - from, bottom - top_of(p, line));
    coch_view_tone_set(p->cr, COCH_VIEW_PEDAL_TONE, 0.9);
    box(p, from, bottom + 3.0, fmax(1.0, to - from - 1.5), PEDAL - 4.0);
}

static void draw_pedal(const page *p, int line)
{
    double down = -1.0;
    for (size_t i = 0; i < p->heard->count; i++) {
        const cochlea_event *e = &p->heard->events[i];
        double time = (double)e->time / p->heard->rate;
        if (e->type != COCHLEA_CONTROL || e->controller != COCHLEA_SUSTAIN ||
            (e->value >= 64) == (down >= 0.0))
            continue;
        if (down >= 0.0)
            draw_pedal_span(p, line, down, time);
        down = e->value >= 64 ? time : -1.0;
    }
    if (down >= 0.0)
        draw_pedal_span(p, line, down, p->heard->seconds);
}

static void draw_notes(const page *p, int line)
{
    double first = line * p->line, last = first + p->line;
    for (size_t i = 0; i < p->count && p->notes[i].on < last; i++) {
        const coch_note *n = &p->notes[i];
        if (n->off <= first)
            continue;
        double from = x_of(p, line, n->on), to = fmax(x_of(p, line, n->off), from + 1.5);
        double alpha = 0.25 + 0.75 * n->confidence * n->confidence;
        coch_view_set(p->cr, coch_view_velocity(n->velocity), alpha);
        coch_view_round(p->cr, from, y_of(p, line, n->note) + 0.5, to - from, KEY - 1.0, 1.5);
        cairo_fill(p->cr);
    }
}

/* The colours of the velocities, from soft to loud. */
static void draw_legend(const page *p)
{
    double x = WIDTH - MARGIN - 220.0, y = 30.0;
    for (int i = 0; i < 120; i++) {
        coch_view_set(p->cr, coch_view_velocity(20 + i * 100 / 119), 1.0);
        box(p, x + 50.0 + i, y, i == 119 ? 1.0 : 1.5, 10.0);
    }
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_view_text(p->cr, "soft", x + 44.0, y + 9.0, 11.0, 0, COCH_VIEW_RIGHT, 0.0);
    coch_view_text(p->cr, "loud", x + 176.0, y + 9.0, 11.0, 0, COCH_VIEW_LEFT, 0.0);
}

static void draw_page(const page *p, const char *title)
{
    char text[96];
    coch_view_tone_set(p->cr, COCH_VIEW_BACKGROUND, 1.0);
    cairo_paint(p->cr);
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    double x = MARGIN + coch_view_text(p->cr, title, MARGIN, 40.0, 20.0, 1, COCH_VIEW_LEFT, 900.0) + 16.0;
    snprintf(text, sizeof text, "%zu notes in %d:%04.1f", p->count, (int)(p->heard->seconds / 60.0),
             fmod(p->heard->seconds, 60.0));
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_view_text(p->cr, text, x, 40.0, 13.0, 0, COCH_VIEW_LEFT, 0.0);
    draw_legend(p);
    for (int line = 0; line < p->lines; line++) {
        draw_lanes(p, line);
        draw_pedal(p, line);
        draw_time(p, line);
        draw_notes(p, line);
        draw_keyboard(p, line);
    }
}

/* ---- Files ---- */

static cairo_status_t write_bytes(void *file, const unsigned char *data, unsigned length)
{
    return fwrite(data, 1, length, file) == length ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static cochlea_status status_of(cairo_status_t status)
{
    return status == CAIRO_STATUS_SUCCESS       ? COCHLEA_OK
           : status == CAIRO_STATUS_WRITE_ERROR ? COCHLEA_ERROR_WRITE
                                                : COCHLEA_ERROR_MEMORY;
}

/* Pixels of a PNG for a unit: sharp on dense screens while the picture is small. */
static double density(const page *p)
{
    return height_of(p) < 4000.0 ? 2.0 : 1.0;
}

static cochlea_status draw_file(page *p, const char *title, picture_format format, FILE *file)
{
    double scale = format == PICTURE_PNG ? density(p) : 1.0, height = ceil(height_of(p));
    cairo_surface_t *surface =
        format == PICTURE_PNG
            ? cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(WIDTH * scale), (int)(height * scale))
            : cairo_svg_surface_create_for_stream(write_bytes, file, WIDTH, height);
    p->cr = cairo_create(surface);
    cairo_scale(p->cr, scale, scale);
    draw_page(p, title);
    cairo_status_t status = cairo_status(p->cr);
    cairo_destroy(p->cr);
    if (status == CAIRO_STATUS_SUCCESS && format == PICTURE_PNG)
        status = cairo_surface_write_to_png_stream(surface, write_bytes, file);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return status_of(status);
}

cochlea_status picture_save(const char *path, const char *title, const transcription *heard,
                            const coch_note *notes, size_t count)
{
    page p = {.heard = heard, .notes = notes, .count = count};
    picture_format format = picture_format_of(path);
    coch_output output = {0};
    if (format == PICTURE_NONE)
        return COCHLEA_ERROR_UNSUPPORTED;
    measure(&p);
    cochlea_status status = coch_output_open(&output, path);
    if (status != COCHLEA_OK)
        return status;
    status = draw_file(&p, title, format, output.file);
    if (status != COCHLEA_OK) {
        coch_output_discard(&output);
        return status;
    }
    return coch_output_commit(&output);
}
