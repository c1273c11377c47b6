#include "view/theme.h"

#include <math.h>
#include <string.h>

static const coch_view_colour tones[COCH_VIEW_TONES] = {
    [COCH_VIEW_BACKGROUND] = {0.039, 0.047, 0.067}, [COCH_VIEW_PANEL] = {0.063, 0.075, 0.102},
    [COCH_VIEW_RAISED] = {0.118, 0.137, 0.176},     [COCH_VIEW_GRID] = {0.102, 0.118, 0.153},
    [COCH_VIEW_LINE] = {0.204, 0.235, 0.298},       [COCH_VIEW_WHITE_KEY] = {0.330, 0.365, 0.425},
    [COCH_VIEW_BLACK_KEY] = {0.075, 0.086, 0.114},  [COCH_VIEW_TEXT_BRIGHT] = {0.945, 0.953, 0.969},
    [COCH_VIEW_TEXT_DIM] = {0.620, 0.667, 0.733},   [COCH_VIEW_ACCENT] = {0.976, 0.780, 0.420},
    [COCH_VIEW_ALARM] = {1.000, 0.420, 0.290},      [COCH_VIEW_PEDAL_TONE] = {0.330, 0.580, 0.860},
};

coch_view_colour coch_view_theme(coch_view_tone tone)
{
    return tones[tone];
}

static double gamma_of(double linear)
{
    linear = fmax(0.0, fmin(1.0, linear));
    return linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1.0 / 2.4) - 0.055;
}

static coch_view_colour from_oklab(double lightness, double a, double b)
{
    double l = lightness + 0.3963377774 * a + 0.2158037573 * b;
    double m = lightness - 0.1055613458 * a - 0.0638541728 * b;
    double s = lightness - 0.0894841775 * a - 1.2914855480 * b;
    l = l * l * l;
    m = m * m * m;
    s = s * s * s;
    return (coch_view_colour){gamma_of(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
                              gamma_of(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
                              gamma_of(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

coch_view_colour coch_view_map(double value)
{
    static const double start[2] = {-0.005, -0.205}, bend[2] = {0.300, -0.010}, end[2] = {-0.010, 0.120};
    double t = fmax(0.0, fmin(1.0, value)), u = 1.0 - t;
    double a = u * u * start[0] + 2.0 * u * t * bend[0] + t * t * end[0];
    double b = u * u * start[1] + 2.0 * u * t * bend[1] + t * t * end[1];
    return from_oklab(0.50 + 0.43 * t, a, b);
}

coch_view_colour coch_view_velocity(int velocity)
{
    /* Most playing lies between 30 and 110: the colours are spent there (a piano's notes rarely leave it). */
    return coch_view_map((velocity - 25) / 75.0);
}

coch_view_colour coch_view_mix(coch_view_colour from, coch_view_colour to, double share)
{
    return (coch_view_colour){from.r + (to.r - from.r) * share, from.g + (to.g - from.g) * share,
                              from.b + (to.b - from.b) * share};
}

static double linear_of(double value)
{
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4);
}

double coch_view_luminance(coch_view_colour c)
{
    return 0.2126 * linear_of(c.r) + 0.7152 * linear_of(c.g) + 0.0722 * linear_of(c.b);
}

void coch_view_set(cairo_t *cr, coch_view_colour c, double alpha)
{
    cairo_set_source_rgba(cr, c.r, c.g, c.b, alpha);
}

void coch_view_tone_set(cairo_t *cr, coch_view_tone tone, double alpha)
{
    coch_view_set(cr, tones[tone], alpha);
}

void coch_view_round(cairo_t *cr, double x, double y, double w, double h, double radius)
{
    double r = fmin(radius, fmin(w, h) / 2.0), quarter = COCH_VIEW_PI / 2.0;
    cairo_new_sub_path(cr);
    cairo_arc(cr, x + w - r, y + r, r, -quarter, 0.0);
    cairo_arc(cr, x + w - r, y + h - r, r, 0.0, quarter);
    cairo_arc(cr, x + r, y + h - r, r, quarter, 2.0 * quarter);
    cairo_arc(cr, x + r, y + r, r, 2.0 * quarter, 3.0 * quarter);
    cairo_close_path(cr);
}

void coch_view_fill(cairo_t *cr, double x, double y, double w, double h)
{
    double left = round(x), top = round(y);
    cairo_rectangle(cr, left, top, fmax(1.0, round(x + w) - left), fmax(1.0, round(y + h) - top));
    cairo_fill(cr);
}

static void select_font(cairo_t *cr, double size, int bold)
{
    cairo_select_font_face(cr, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, size);
}

static double advance(cairo_t *cr, const char *text)
{
    cairo_text_extents_t extents;
    cairo_text_extents(cr, text, &extents);
    return extents.x_advance;
}

double coch_view_text_width(cairo_t *cr, const char *text, double size, int bold)
{
    select_font(cr, size, bold);
    return advance(cr, text);
}

/* Shortens `text`, of `size` bytes, to dots at its end until it is no wider than `width`. */
static void cut(cairo_t *cr, char *text, size_t size, double width)
{
    size_t n = strlen(text);
    while (n > 0 && advance(cr, text) > width) {
        do
            n--;
        while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80);
        if (n + 4 <= size)
            memcpy(text + n, "\xE2\x80\xA6", 4);
        else
            text[n] = '\0';
    }
}

/* Takes back the character at the end, which may be a part of one: Cairo refuses those. */
static void end_whole(char *text)
{
    size_t n = strlen(text);
    do
        n--;
    while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80);
    text[n] = '\0';
}

double coch_view_text(cairo_t *cr, const char *text, double x, double y, double size, int bold,
                      coch_view_align align, double width)
{
    char shown[128];
    size_t length = strlen(text);
    select_font(cr, size, bold);
    memcpy(shown, text, length < sizeof shown ? length + 1 : sizeof shown);
    shown[sizeof shown - 1] = '\0';
    if (length >= sizeof shown)
        end_whole(shown);
    if (width > 0.0)
        cut(cr, shown, sizeof shown, width);
    double w = advance(cr, shown);
    cairo_move_to(cr, align == COCH_VIEW_LEFT ? x : align == COCH_VIEW_RIGHT ? x - w : x - w / 2.0, y);
    cairo_show_text(cr, shown);
    cairo_new_path(cr);
    return w;
}

const char *coch_view_pitch_name(int pitch_class)
{
    static const char *const names[] = {"C", "C\xE2\x99\xAF", "D", "D\xE2\x99\xAF", "E", "F", "F\xE2\x99\xAF",
                                        "G", "G\xE2\x99\xAF", "A", "A\xE2\x99\xAF", "B"};
    return names[(pitch_class % 12 + 12) % 12];
}
