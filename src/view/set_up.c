#include "view/set_up_draw.h"

#include "view/practice_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define PANEL_WIDE 860.0
#define PANEL_HIGH 600.0
#define STEP_TOP 118.0
#define STEP_HIGH 74.0
#define METER_FLOOR (-80.0) /* dB at the left end */

typedef struct layout {
    double unit;
    coch_view_rect panel, meter, button[COCH_SET_UP_BUTTONS];
} layout;

typedef struct pen {
    cairo_t *cr;
    const coch_set_up *page;
    layout at;
} pen;

static void lay_out(layout *l, double width, double height, double scale)
{
    static const double wide[COCH_SET_UP_BACK + 1] = {150.0, 150.0, 110.0};
    double u = l->unit = fmax(fmin(width / 960.0, height / 660.0), 0.5 * scale);
    u = l->unit = fmin(u, fmax(1.25 * scale, fmin(width / 1280.0, height / 720.0)));
    l->panel = (coch_view_rect){(width - PANEL_WIDE * u) / 2.0, (height - PANEL_HIGH * u) / 2.0,
                                PANEL_WIDE * u, PANEL_HIGH * u};
    double y = l->panel.y + l->panel.h, x = l->panel.x + 30.0 * u;
    l->meter = (coch_view_rect){x, y - 142.0 * u, l->panel.w - 60.0 * u, 14.0 * u};
    for (int i = 0; i <= COCH_SET_UP_BACK; i++) {
        if (i == COCH_SET_UP_BACK)
            x = l->panel.x + l->panel.w - (30.0 + wide[i]) * u;
        l->button[i] = (coch_view_rect){x, y - 62.0 * u, wide[i] * u, 38.0 * u};
        x += (wide[i] + 10.0) * u;
    }
    double end = l->panel.x + l->panel.w - 30.0 * u, top = l->panel.y + 24.0 * u;
    l->button[COCH_SET_UP_NEXT] = (coch_view_rect){end - 34.0 * u, top, 34.0 * u, 30.0 * u};
    l->button[COCH_SET_UP_BEFORE] = (coch_view_rect){end - 196.0 * u, top, 34.0 * u, 30.0 * u};
    const coch_view_rect *keep = &l->button[COCH_SET_UP_KEEP], *back = &l->button[COCH_SET_UP_BACK];
    l->button[COCH_SET_UP_PORT_BEFORE] =
        (coch_view_rect){keep->x + keep->w + 18.0 * u, keep->y + 4.0 * u, 34.0 * u, 30.0 * u};
    l->button[COCH_SET_UP_PORT_NEXT] =
        (coch_view_rect){back->x - 52.0 * u, keep->y + 4.0 * u, 34.0 * u, 30.0 * u};
}

/* ---- What the user does ---- */

/* Of silence there is nothing to keep; a set-up that runs is of one input. */
static int is_off(const coch_set_up *p, int button)
{
    if (button == COCH_SET_UP_BEFORE || button == COCH_SET_UP_NEXT)
        return p->input_count < 2 || p->state == COCH_SET_UP_RUNS;
    if (button == COCH_SET_UP_PORT_BEFORE || button == COCH_SET_UP_PORT_NEXT)
        return p->port_count < 2 || p->state == COCH_SET_UP_RUNS;
    return button == COCH_SET_UP_KEEP && (p->state != COCH_SET_UP_MEASURED || isnan(p->result.level_db));
}

static coch_set_up_ask press(coch_set_up *p, int button)
{
    static const coch_set_up_ask asks[COCH_SET_UP_BUTTONS] = {
        [COCH_SET_UP_BEGIN] = COCH_SET_UP_ASK_BEGIN,   [COCH_SET_UP_KEEP] = COCH_SET_UP_ASK_KEEP,
        [COCH_SET_UP_BACK] = COCH_SET_UP_ASK_BACK,     [COCH_SET_UP_BEFORE] = COCH_SET_UP_ASK_INPUT,
        [COCH_SET_UP_NEXT] = COCH_SET_UP_ASK_INPUT,    [COCH_SET_UP_PORT_BEFORE] = COCH_SET_UP_ASK_PORT,
        [COCH_SET_UP_PORT_NEXT] = COCH_SET_UP_ASK_PORT};
    if (button < 0 || is_off(p, button))
        return COCH_SET_UP_ASK_NOTHING;
    if (asks[button] == COCH_SET_UP_ASK_INPUT)
        p->input = (p->input + (button == COCH_SET_UP_NEXT ? 1 : p->input_count - 1)) % p->input_count;
    else if (asks[button] == COCH_SET_UP_ASK_PORT)
        p->port = (p->port + (button == COCH_SET_UP_PORT_NEXT ? 1 : p->port_count - 1)) % p->port_count;
    return asks[button];
}

static coch_set_up_ask take_key(coch_set_up *p, const coch_view_input *in)
{
    if (in->letter == ' ')
        return COCH_SET_UP_ASK_BEGIN;
    if (in->sideways)
        return press(p, in->key == COCH_VIEW_KEY_MORE ? COCH_SET_UP_NEXT : COCH_SET_UP_BEFORE);
    if (in->key == COCH_VIEW_KEY_MORE || in->key == COCH_VIEW_KEY_LESS)
        return press(p, in->key == COCH_VIEW_KEY_LESS ? COCH_SET_UP_PORT_NEXT : COCH_SET_UP_PORT_BEFORE);
    if (in->key == COCH_VIEW_KEY_ENTER)
        return !is_off(p, COCH_SET_UP_KEEP)    ? COCH_SET_UP_ASK_KEEP
               : p->state == COCH_SET_UP_READY ? COCH_SET_UP_ASK_BEGIN
                                               : COCH_SET_UP_ASK_NOTHING;
    return in->key == COCH_VIEW_KEY_ESCAPE || in->key == COCH_VIEW_KEY_SET_UP ? COCH_SET_UP_ASK_BACK
                                                                              : COCH_SET_UP_ASK_NOTHING;
}

coch_set_up_ask coch_set_up_take(coch_set_up *p, const coch_view_input *in, int width, int height,
                                 double scale)
{
    layout l;
    lay_out(&l, width, height, scale);
    if (in->action == COCH_VIEW_KEY)
        return take_key(p, in);
    if (in->action == COCH_VIEW_SCROLL)
        return COCH_SET_UP_ASK_NOTHING;
    p->hover = -1;
    for (int i = 0; i < COCH_SET_UP_BUTTONS && in->action != COCH_VIEW_LEAVE; i++)
        if (coch_view_inside(&l.button[i], in->x, in->y))
            p->hover = i;
    return in->action == COCH_VIEW_PRESS ? press(p, p->hover) : COCH_SET_UP_ASK_NOTHING;
}

/* ---- The picture ---- */

static void say(const pen *p, const char *text, double x, double y, double size, int bold,
                coch_view_align align, double width)
{
    if (!p->page->hide_text && size * p->at.unit >= 4.0)
        coch_view_text(p->cr, text, x, y, size * p->at.unit, bold, align, width);
}

static double value_of(const coch_set_up *page, int step)
{
    const coch_setup_result *r = &page->result;
    return step == COCH_SETUP_QUIET   ? r->noise_db
           : step == COCH_SETUP_TUNE  ? r->a4_hz
           : step == COCH_SETUP_LEVEL ? r->level_db
                                      : r->latency_ms;
}

static void result_of(const coch_set_up *page, int step, char *text, size_t size)
{
    static const char *const formats[] = {"\xE2\x88\x92%.0f dB", "A = %.1f Hz", "\xE2\x88\x92%.0f dB",
                                          "%.0f ms"};
    double value = value_of(page, step);
    if (isnan(value))
        snprintf(text, size, "\xE2\x80\x93");
    else
        snprintf(text, size, formats[step], fabs(value));
}

/* The number of the step; a tick, or a question mark, once it is done, a ring that closes while it runs. */
static void draw_sign(const pen *p, int step, double x, double y, double r)
{
    const coch_set_up *page = p->page;
    int runs = page->state == COCH_SET_UP_RUNS && page->stage == (coch_setup_stage)step;
    int done = page->state == COCH_SET_UP_MEASURED ||
               (page->state == COCH_SET_UP_RUNS && page->stage > (coch_setup_stage)step);
    char text[4];
    if (done) {
        coch_practice_sign(p->cr, isnan(value_of(page, step)) ? COCH_UNSURE : COCH_HIT, x, y, r);
        return;
    }
    coch_view_tone_set(p->cr, COCH_VIEW_RAISED, 1.0);
    cairo_arc(p->cr, x, y, r, 0.0, 2.0 * COCH_VIEW_PI);
    cairo_fill(p->cr);
    if (runs) {
        double share = 1.0 - page->left / coch_setup_seconds((coch_setup_stage)step);
        cairo_set_line_width(p->cr, 0.24 * r);
        coch_view_tone_set(p->cr, COCH_VIEW_ACCENT, 1.0);
        cairo_arc(p->cr, x, y, 0.9 * r, -0.5 * COCH_VIEW_PI, (2.0 * share - 0.5) * COCH_VIEW_PI);
        cairo_stroke(p->cr);
    }
    snprintf(text, sizeof text, "%d", runs ? (int)ceil(page->left) : step + 1);
    coch_view_tone_set(p->cr, runs ? COCH_VIEW_TEXT_BRIGHT : COCH_VIEW_TEXT_DIM, 1.0);
    say(p, text, x, y + 5.0 * p->at.unit, 14.0, 1, COCH_VIEW_CENTRE, 0.0);
}

static void draw_step(const pen *p, int step)
{
    static const char *const names[] = {"Silence", "The A above middle C", "Loud", "Clicks"};
    static const char *const words[] = {"Nobody plays: how loud is the room?",
                                        "Strike it again and again: how is the piano tuned?",
                                        "Play as loud as it will get: how far is the input turned up?",
                                        "Hands off: the program clicks, how late does it hear itself?"};
    const coch_set_up *page = p->page;
    double u = p->at.unit, y = p->at.panel.y + (STEP_TOP + step * STEP_HIGH) * u,
           x = p->at.panel.x + 30.0 * u;
    double end = p->at.panel.x + p->at.panel.w - 30.0 * u;
    int runs = page->state == COCH_SET_UP_RUNS && page->stage == (coch_setup_stage)step;
    int off = step == COCH_SETUP_LATENCY && !page->clicks;
    char text[32];
    if (runs) {
        coch_view_tone_set(p->cr, COCH_VIEW_RAISED, 0.6);
        coch_view_round(p->cr, x - 12.0 * u, y - 6.0 * u, end - x + 24.0 * u, (STEP_HIGH - 8.0) * u, 8.0 * u);
        cairo_fill(p->cr);
    }
    draw_sign(p, step, x + 22.0 * u, y + 26.0 * u, 19.0 * u);
    coch_view_tone_set(p->cr, runs ? COCH_VIEW_ACCENT : COCH_VIEW_TEXT_BRIGHT, 1.0);
    say(p, names[step], x + 60.0 * u, y + 22.0 * u, 16.0, 1, COCH_VIEW_LEFT, 0.0);
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
    say(p, off ? "No sound font and no MIDI port: the clicks cannot be heard" : words[step], x + 60.0 * u,
        y + 43.0 * u, 13.0, 0, COCH_VIEW_LEFT, end - x - 200.0 * u);
    result_of(page, step, text, sizeof text);
    if (page->state == COCH_SET_UP_RUNS && page->stage <= (coch_setup_stage)step)
        return;
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    say(p, text, end, y + 32.0 * u, 18.0, 1, COCH_VIEW_RIGHT, 140.0 * u);
}

static double meter_x(const layout *l, double db)
{
    return l->meter.x + l->meter.w * fmax(0.0, fmin(1.0, 1.0 - db / METER_FLOOR));
}

/* The level now, with where the loudest notes should lie, and what was measured. */
static void draw_meter(const pen *p)
{
    const layout *l = &p->at;
    const coch_view_rect *m = &l->meter;
    double u = l->unit, db = p->page->peak > 0.0f ? 20.0 * log10(p->page->peak) : METER_FLOOR;
    double good = meter_x(l, -12.0), top = meter_x(l, -3.0);
    coch_view_tone_set(p->cr, COCH_VIEW_RAISED, 1.0);
    coch_view_round(p->cr, m->x, m->y, m->w, m->h, 3.0 * u);
    cairo_fill(p->cr);
    coch_view_set(p->cr, coch_practice_colour(COCH_PRACTICE_TONE_HIT), 0.35);
    coch_view_fill(p->cr, good, m->y, top - good, m->h);
    coch_view_tone_set(p->cr, p->page->peak >= 1.0f ? COCH_VIEW_ALARM : COCH_VIEW_PEDAL_TONE, 1.0);
    if (meter_x(l, db) > m->x + 1.0)
        coch_view_fill(p->cr, m->x, m->y, meter_x(l, db) - m->x, m->h);
    const double marks[] = {p->page->result.noise_db, p->page->result.level_db};
    for (int i = 0; i < 2; i++) {
        coch_view_tone_set(p->cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
        if (!isnan(marks[i]))
            coch_view_fill(p->cr, meter_x(l, marks[i]) - u, m->y - 4.0 * u, 2.0 * u, m->h + 8.0 * u);
    }
    for (int i = -60; i <= 0; i += 20) {
        char text[16];
        snprintf(text, sizeof text, i ? "\xE2\x88\x92%d dB" : "0", -i);
        coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
        say(p, text, meter_x(l, i), m->y + m->h + 17.0 * u, 10.5, 0, i ? COCH_VIEW_CENTRE : COCH_VIEW_RIGHT,
            0.0);
    }
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
    say(p, "loudest notes", (good + top) / 2.0, m->y - 7.0 * u, 10.5, 0, COCH_VIEW_CENTRE, 0.0);
}

static void draw_words(const pen *p)
{
    const coch_set_up *page = p->page;
    const layout *l = &p->at;
    double u = l->unit, x = l->panel.x + 30.0 * u, w = l->panel.w - 60.0 * u;
    char text[COCH_SET_UP_TEXT + 16];
    const char *advice = page->state == COCH_SET_UP_MEASURED ? coch_setup_advice(&page->result) : NULL;
    const char *below =
        page->state == COCH_SET_UP_READY  ? page->known ? "Was set up before; half a minute sets it up anew."
                                                        : "Half a minute, so that you are heard well."
        : page->state == COCH_SET_UP_RUNS ? "Do what is lit up; the ring shows the time that is left."
        : advice                          ? advice
                                          : "All is well: keep it.";
    snprintf(text, sizeof text, "Set-up: %s", page->device[0] ? page->device : "no input");
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    say(p, text, x, l->panel.y + 46.0 * u, 22.0, 1, COCH_VIEW_LEFT,
        page->input_count > 1 ? w - 210.0 * u : w);
    if (page->input_count > 1) {
        snprintf(text, sizeof text, "input %zu of %zu", page->input + 1, page->input_count);
        coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
        say(p, text, x + w - 98.0 * u, l->panel.y + 44.0 * u, 13.0, 0, COCH_VIEW_CENTRE, 120.0 * u);
    }
    if (page->port_count > 1) {
        const coch_view_rect *left = &l->button[COCH_SET_UP_PORT_BEFORE];
        const coch_view_rect *right = &l->button[COCH_SET_UP_PORT_NEXT];
        double middle = (left->x + right->x + right->w) / 2.0, room = right->x - left->x - left->w - 12.0 * u;
        coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
        say(p, "clicks and the other hand as MIDI to", middle, left->y + 10.0 * u, 11.5, 0, COCH_VIEW_CENTRE,
            room);
        coch_view_tone_set(p->cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
        say(p, page->port_name, middle, left->y + 28.0 * u, 13.0, 1, COCH_VIEW_CENTRE, room);
    }
    coch_view_tone_set(p->cr, page->notice[0] || advice ? COCH_VIEW_ALARM : COCH_VIEW_TEXT_DIM, 1.0);
    say(p, page->notice[0] ? page->notice : below, x, l->panel.y + 74.0 * u, 14.0, 0, COCH_VIEW_LEFT, w);
}

static void draw_buttons(const pen *p)
{
    const coch_set_up *page = p->page;
    double u = p->at.unit;
    const char *const names[] = {page->state == COCH_SET_UP_READY ? "Begin  space" : "Again  space",
                                 "Keep  enter",
                                 "Back  esc",
                                 "\xE2\x80\xB9",
                                 "\xE2\x80\xBA",
                                 "\xE2\x80\xB9",
                                 "\xE2\x80\xBA"};
    for (int i = 0; i < COCH_SET_UP_BUTTONS; i++) {
        const coch_view_rect *b = &p->at.button[i];
        if (i > COCH_SET_UP_BACK && (i > COCH_SET_UP_NEXT ? page->port_count : page->input_count) < 2)
            continue;
        int off = is_off(page, i);
        int on = i == COCH_SET_UP_KEEP ? !off : i == COCH_SET_UP_BEGIN && page->state == COCH_SET_UP_READY;
        coch_view_round(p->cr, b->x, b->y, b->w, b->h, 7.0 * u);
        coch_view_tone_set(p->cr,
                           on                         ? COCH_VIEW_ACCENT
                           : page->hover == i && !off ? COCH_VIEW_LINE
                                                      : COCH_VIEW_RAISED,
                           off ? 0.5 : 1.0);
        cairo_fill_preserve(p->cr);
        cairo_set_line_width(p->cr, 1.5 * u);
        coch_view_tone_set(p->cr, COCH_VIEW_TEXT_BRIGHT, on && page->hover == i ? 0.9 : 0.0);
        cairo_stroke(p->cr);
        coch_view_tone_set(p->cr,
                           on    ? COCH_VIEW_BACKGROUND
                           : off ? COCH_VIEW_LINE
                                 : COCH_VIEW_TEXT_BRIGHT,
                           1.0);
        say(p, names[i], b->x + b->w / 2.0, b->y + 0.5 * b->h + (i > COCH_SET_UP_BACK ? 7.0 : 4.5) * u,
            i > COCH_SET_UP_BACK ? 22.0 : 14.0, 1, COCH_VIEW_CENTRE, b->w - 8.0 * u);
    }
}

void coch_set_up_draw(cairo_t *cr, const coch_set_up *page, int width, int height, double scale)
{
    pen p = {.cr = cr, .page = page};
    lay_out(&p.at, width, height, scale);
    cairo_save(cr);
    cairo_rectangle(cr, 0.0, 0.0, width, height);
    cairo_clip(cr);
    coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 1.0);
    cairo_paint(cr);
    coch_view_tone_set(cr, COCH_VIEW_PANEL, 1.0);
    coch_view_round(cr, p.at.panel.x, p.at.panel.y, p.at.panel.w, p.at.panel.h, 12.0 * p.at.unit);
    cairo_fill(cr);
    draw_words(&p);
    for (int i = 0; i < COCH_SETUP_DONE; i++)
        draw_step(&p, i);
    draw_meter(&p);
    draw_buttons(&p);
    cairo_restore(cr);
}
