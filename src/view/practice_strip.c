/* The buttons, each with its key. */
#include "view/practice_parts.h"

#include <math.h>
#include <stdio.h>

typedef struct button_words {
    const char *text, *key;
} button_words;

static const button_words words[COCH_PRACTICE_BUTTONS] = {
    [COCH_PRACTICE_START] = {"Play", "space"},
    [COCH_PRACTICE_RESTART] = {"", "R"},
    [COCH_PRACTICE_WAIT] = {"Wait", ""},
    [COCH_PRACTICE_TEMPO] = {"Tempo", ""},
    [COCH_PRACTICE_FREE] = {"Free", ""},
    [COCH_PRACTICE_SLOWER] = {"\xE2\x88\x92", ""},
    [COCH_PRACTICE_PACE] = {"", ""},
    [COCH_PRACTICE_FASTER] = {"+", ""},
    [COCH_PRACTICE_LEFT] = {"Left", ""},
    [COCH_PRACTICE_BOTH] = {"Both", ""},
    [COCH_PRACTICE_RIGHT] = {"Right", ""},
    [COCH_PRACTICE_FROM] = {"From", "A"},
    [COCH_PRACTICE_TO] = {"To", "B"},
    [COCH_PRACTICE_LOOP] = {"", "L"},
    [COCH_PRACTICE_WORST] = {"Worst bar", ""},
    [COCH_PRACTICE_CLICK] = {"Click", ""},
    [COCH_PRACTICE_OTHER] = {"Other hand", ""},
    [COCH_PRACTICE_PAGES] = {"Report", ""},
};

static const char *const groups[COCH_PRACTICE_GROUPS] = {"Space, R",
                                                         "Mode  M",
                                                         "Tempo  \xE2\x86\x91 \xE2\x86\x93",
                                                         "Hands  H",
                                                         "Loop  \xE2\x86\x90 \xE2\x86\x92",
                                                         "W",
                                                         "C",
                                                         "Along  O",
                                                         "Tab"};

static int is_on(const coch_practice_model *m, int button)
{
    const coch_session_options *o = &m->options;
    switch (button) {
    case COCH_PRACTICE_START:
        return m->playing;
    case COCH_PRACTICE_WAIT:
        return o->mode == COCH_MODE_WAIT;
    case COCH_PRACTICE_TEMPO:
        return o->mode == COCH_MODE_TEMPO;
    case COCH_PRACTICE_FREE:
        return o->mode == COCH_MODE_FREE;
    case COCH_PRACTICE_LEFT:
        return o->hand == COCH_HAND_LEFT;
    case COCH_PRACTICE_BOTH:
        return o->hand == COCH_HAND_BOTH;
    case COCH_PRACTICE_RIGHT:
        return o->hand == COCH_HAND_RIGHT;
    case COCH_PRACTICE_LOOP:
        return o->first_bar < o->end_bar;
    case COCH_PRACTICE_CLICK:
        return o->metronome;
    case COCH_PRACTICE_OTHER:
        return o->accompaniment;
    case COCH_PRACTICE_PAGES:
        return m->page == COCH_PRACTICE_REPORT;
    default:
        return 0;
    }
}

/* Pressing it would do nothing now. */
static int is_off(const coch_practice_model *m, int button)
{
    return (button == COCH_PRACTICE_OTHER && m->options.hand == COCH_HAND_BOTH) ||
           (button == COCH_PRACTICE_WORST && coch_practice_worst(m, 0) < 0);
}

static void text_of(const coch_practice_model *m, int button, char *text, size_t size)
{
    const coch_session_options *o = &m->options;
    if (button == COCH_PRACTICE_START)
        snprintf(text, size, m->playing ? "Pause" : "Play");
    else if (button == COCH_PRACTICE_PACE)
        snprintf(text, size, "%.0f %%", 100.0 * o->tempo);
    else if (button == COCH_PRACTICE_LOOP && o->first_bar < o->end_bar)
        snprintf(text, size, o->end_bar - o->first_bar == 1 ? "%u" : "%u\xE2\x80\x93%u", o->first_bar + 1,
                 o->end_bar);
    else if (button == COCH_PRACTICE_LOOP)
        snprintf(text, size, "Off");
    else if (button == COCH_PRACTICE_PAGES)
        snprintf(text, size, m->page == COCH_PRACTICE_REPORT ? "Score" : "Report");
    else
        snprintf(text, size, "%s", words[button].text);
}

static void draw_play(cairo_t *cr, const coch_view_rect *b, double unit, int playing)
{
    double x = b->x + 22.0 * unit, y = b->y + b->h / 2.0, s = 7.0 * unit;
    if (playing) {
        coch_view_fill(cr, x - 0.8 * s, y - s, 0.6 * s, 2.0 * s);
        coch_view_fill(cr, x + 0.3 * s, y - s, 0.6 * s, 2.0 * s);
        return;
    }
    cairo_move_to(cr, x - 0.7 * s, y - s);
    cairo_line_to(cr, x + s, y);
    cairo_line_to(cr, x - 0.7 * s, y + s);
    cairo_close_path(cr);
    cairo_fill(cr);
}

static void draw_restart(cairo_t *cr, const coch_view_rect *b, double unit)
{
    double x = b->x + b->w / 2.0 + 2.0 * unit, y = b->y + b->h / 2.0, s = 7.0 * unit;
    coch_view_fill(cr, x - 1.2 * s, y - s, 2.2 * unit, 2.0 * s);
    cairo_move_to(cr, x + 0.8 * s, y - s);
    cairo_line_to(cr, x - 0.8 * s, y);
    cairo_line_to(cr, x + 0.8 * s, y + s);
    cairo_close_path(cr);
    cairo_fill(cr);
}

static void draw_face(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m, int button)
{
    const coch_view_rect *b = &l->button[button];
    int on = is_on(m, button), off = is_off(m, button);
    coch_view_round(cr, b->x + 1.0, b->y, b->w - 2.0, b->h, 6.0 * l->unit);
    if (on)
        coch_view_tone_set(cr, COCH_VIEW_ACCENT, 1.0);
    else
        coch_view_tone_set(cr, m->hover == button && !off ? COCH_VIEW_LINE : COCH_VIEW_RAISED,
                           off ? 0.5 : 1.0);
    cairo_fill(cr);
    if (on && m->hover == button) {
        coch_view_round(cr, b->x + 2.0, b->y + 1.0, b->w - 4.0, b->h - 2.0, 5.0 * l->unit);
        coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 0.8);
        cairo_set_line_width(cr, 1.5 * l->unit);
        cairo_stroke(cr);
    }
    coch_view_tone_set(cr, on ? COCH_VIEW_BACKGROUND : off ? COCH_VIEW_LINE : COCH_VIEW_TEXT_BRIGHT, 1.0);
}

static void draw_button(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m, int button)
{
    char text[32];
    const coch_view_rect *b = &l->button[button];
    double size = 13.5 * l->unit, x = b->x + b->w / 2.0;
    int hands = button == COCH_PRACTICE_LEFT || button == COCH_PRACTICE_RIGHT;
    draw_face(cr, l, m, button);
    if (button == COCH_PRACTICE_START) {
        draw_play(cr, b, l->unit, m->playing);
        x += 14.0 * l->unit;
    } else if (button == COCH_PRACTICE_RESTART) {
        draw_restart(cr, b, l->unit);
    }
    text_of(m, button, text, sizeof text);
    double room = b->w - (button == COCH_PRACTICE_START ? 36.0 : 6.0) * l->unit;
    double wide = m->hide_text ? 0.0 : coch_view_text_width(cr, text, size, 1);
    size *= wide > room ? room / wide : 1.0;
    coch_practice_write(cr, m, text, x, b->y + b->h / 2.0 + 0.36 * size, size, 1, COCH_VIEW_CENTRE, 0.0);
    if (hands) { /* the colour of that hand's notes */
        coch_view_set(cr,
                      coch_practice_colour(button == COCH_PRACTICE_LEFT ? COCH_PRACTICE_TONE_LEFT
                                                                        : COCH_PRACTICE_TONE_RIGHT),
                      1.0);
        coch_view_round(cr, b->x + 8.0 * l->unit, b->y + b->h - 5.0 * l->unit, b->w - 16.0 * l->unit,
                        3.0 * l->unit, button == COCH_PRACTICE_LEFT ? 0.0 : 1.5 * l->unit);
        cairo_fill(cr);
    }
    if (words[button].key[0] && button != COCH_PRACTICE_START && button != COCH_PRACTICE_RESTART) {
        coch_view_tone_set(cr, is_on(m, button) ? COCH_VIEW_BACKGROUND : COCH_VIEW_TEXT_DIM, 0.9);
        coch_practice_write(cr, m, words[button].key, b->x + b->w - 5.0 * l->unit, b->y + 11.0 * l->unit,
                            9.0 * l->unit, 0, COCH_VIEW_RIGHT, 0.0);
    }
}

void coch_practice_strip(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    if (l->strip.w <= 0.0)
        return;
    for (int i = 0; i < COCH_PRACTICE_BUTTONS; i++)
        draw_button(cr, l, m, i);
    for (int i = 0; i < COCH_PRACTICE_GROUPS; i++) {
        const coch_view_rect *g = &l->group[i];
        coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
        coch_practice_write(cr, m, groups[i], g->x + g->w / 2.0, g->y + 15.0 * l->unit, 11.0 * l->unit, 0,
                            COCH_VIEW_CENTRE, g->w + 10.0 * l->unit);
    }
}
