/* The score as a scrolling roll: time to the right, pitch upwards, and what became of each note. */
#include "view/practice_parts.h"

#include <math.h>
#include <stdio.h>

#define SECONDS_SEEN 11.0
#define NOW 0.46 /* where the position line stands, share of the width: verdicts take some beats */
#define PITCHES_MIN 26

/* How the roll maps beats and pitches. */
typedef struct roll {
    coch_view_rect area; /* below the ruler */
    double unit, left;   /* beat at the left edge */
    double per_beat;     /* pixels */
    int low, high;       /* pitches */
    double row;          /* pixels */
} roll;

static void set_pitches(roll *r, const coch_score *score)
{
    r->low = 127;
    r->high = 0;
    for (size_t i = 0; i < score->note_count; i++) {
        int pitch = score->notes[i].pitch;
        r->low = pitch < r->low ? pitch : r->low;
        r->high = pitch > r->high ? pitch : r->high;
    }
    int more = PITCHES_MIN - (r->high - r->low);
    r->low -= 2 + (more > 0 ? more / 2 : 0);
    r->high += 2 + (more > 0 ? more / 2 : 0);
    r->row = r->area.h / (r->high - r->low + 1);
}

static roll make_roll(const coch_practice_layout *l, const coch_practice_model *m)
{
    double span = coch_practice_span(m, SECONDS_SEEN);
    roll r = {.unit = l->unit, .area = l->roll};
    r.area.y += l->ruler.h;
    r.area.h -= l->ruler.h;
    r.per_beat = l->roll.w / span;
    r.left = coch_practice_beat(m) - NOW * span;
    set_pitches(&r, m->picture.score);
    return r;
}

static double x_of(const roll *r, double beat)
{
    return r->area.x + (beat - r->left) * r->per_beat;
}

static double y_of(const roll *r, int pitch)
{
    return r->area.y + (r->high - pitch) * r->row;
}

static void draw_ground(cairo_t *cr, const roll *r)
{
    coch_view_tone_set(cr, COCH_VIEW_PANEL, 1.0);
    coch_view_fill(cr, r->area.x, r->area.y, r->area.w, r->area.h);
    for (int pitch = r->low; pitch <= r->high; pitch++) {
        if (coch_view_black(pitch)) {
            coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 0.5);
            coch_view_fill(cr, r->area.x, y_of(r, pitch), r->area.w, r->row);
        } else if (pitch % 12 == 0) {
            coch_view_tone_set(cr, COCH_VIEW_LINE, 0.9);
            coch_view_fill(cr, r->area.x, y_of(r, pitch) + r->row, r->area.w, 1.0);
        }
    }
}

static void draw_beats(cairo_t *cr, const roll *r, const coch_score_bar *bar)
{
    double each = 4.0 / bar->denominator;
    coch_view_tone_set(cr, COCH_VIEW_GRID, 1.0);
    for (double at = each; at < bar->beats - 1e-6 && each * r->per_beat > 6.0; at += each)
        coch_view_fill(cr, x_of(r, bar->beat + at), r->area.y, 1.0, r->area.h);
}

static void draw_bars(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m, const roll *r)
{
    const coch_score *score = m->picture.score;
    char number[24];
    coch_view_tone_set(cr, COCH_VIEW_RAISED, 1.0);
    coch_view_fill(cr, l->ruler.x, l->ruler.y, l->ruler.w, l->ruler.h);
    for (size_t b = 0; b < score->bar_count; b++) {
        const coch_score_bar *bar = &score->bars[b];
        double x = x_of(r, bar->beat), end = x_of(r, bar->beat + bar->beats);
        if (end < r->area.x || x > r->area.x + r->area.w)
            continue;
        draw_beats(cr, r, bar);
        coch_view_tone_set(cr, COCH_VIEW_LINE, 1.0);
        coch_view_fill(cr, x, l->ruler.y, fmax(1.0, round(r->unit)), l->roll.h);
        coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 1.0);
        snprintf(number, sizeof number, "%zu", b + 1);
        coch_practice_write(cr, m, number, x + 5.0 * r->unit, l->ruler.y + 13.5 * r->unit, 11.0 * r->unit, 1,
                            COCH_VIEW_LEFT, 0.0);
    }
}

/* Outside of the range it is dark; a bracket in the ruler holds the range. */
static void draw_range(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m,
                       const roll *r)
{
    const coch_session_options *o = &m->options;
    const coch_score *score = m->picture.score;
    if (o->first_bar >= o->end_bar)
        return;
    const coch_score_bar *last = &score->bars[o->end_bar - 1];
    double from = fmax(r->area.x, x_of(r, score->bars[o->first_bar].beat));
    double to = fmin(r->area.x + r->area.w, x_of(r, last->beat + last->beats));
    coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 0.6);
    if (from > r->area.x)
        coch_view_fill(cr, r->area.x, l->roll.y, fmin(from, r->area.x + r->area.w) - r->area.x, l->roll.h);
    if (to < r->area.x + r->area.w)
        coch_view_fill(cr, fmax(to, r->area.x), l->roll.y, r->area.x + r->area.w - fmax(to, r->area.x),
                       l->roll.h);
    coch_view_tone_set(cr, COCH_VIEW_ACCENT, 1.0);
    if (to > from)
        coch_view_fill(cr, from, l->ruler.y, to - from, 3.0 * r->unit);
}

/* ---- Notes ---- */

static coch_view_rect note_rect(const roll *r, const coch_score_note *note)
{
    double high = fmax(r->row, 6.0 * r->unit), x = x_of(r, note->beat);
    double gap = fmin(1.5 * r->unit, 0.1 * note->beats * r->per_beat);
    return (coch_view_rect){x, y_of(r, note->pitch) + (r->row - high) / 2.0,
                            fmax(4.0 * r->unit, note->beats * r->per_beat - gap), high};
}

static int seen(const roll *r, const coch_view_rect *rect)
{
    return rect->x + rect->w > r->area.x && rect->x < r->area.x + r->area.w;
}

static double strength_of(const coch_practice_model *m, const coch_score_note *note)
{
    return coch_practice_wanted(m, note) ? 1.0 : 0.28;
}

static unsigned verdict_of(const coch_practice_model *m, size_t note)
{
    return m->picture.notes[note].verdict;
}

/* Another key was struck: a cross where it lies, tied to the note. */
static void draw_struck_instead(cairo_t *cr, const roll *r, const coch_view_rect *rect, int pitch)
{
    double x = rect->x + 3.0 * r->unit, y = y_of(r, pitch) + r->row / 2.0;
    if (pitch < r->low || pitch > r->high)
        return;
    coch_view_set(cr, coch_practice_colour(COCH_PRACTICE_TONE_FAULT), 0.8);
    cairo_set_line_width(cr, r->unit);
    cairo_move_to(cr, x, rect->y + rect->h / 2.0);
    cairo_line_to(cr, x, y);
    cairo_stroke(cr);
    coch_practice_sign(cr, COCH_WRONG, x, y, 5.0 * r->unit);
}

static void draw_notes(cairo_t *cr, const coch_practice_model *m, const roll *r)
{
    const coch_score *score = m->picture.score;
    for (size_t i = 0; i < score->note_count; i++) {
        const coch_score_note *note = &score->notes[i];
        coch_view_rect rect = note_rect(r, note);
        if (seen(r, &rect))
            coch_practice_note(cr, &rect, note, verdict_of(m, i), strength_of(m, note));
    }
    for (size_t i = 0; i < score->note_count; i++) {
        coch_view_rect rect = note_rect(r, &score->notes[i]);
        unsigned verdict = verdict_of(m, i);
        if (!seen(r, &rect) || verdict == COCH_HIT)
            continue;
        if (verdict == COCH_WRONG && m->picture.notes[i].played)
            draw_struck_instead(cr, r, &rect, m->picture.notes[i].played);
        else
            coch_practice_sign(cr, verdict, rect.x + 3.0 * r->unit, rect.y + rect.h / 2.0, 5.0 * r->unit);
    }
}

/* Notes that nobody wrote. */
static void draw_extras(cairo_t *cr, const coch_practice_model *m, const roll *r)
{
    const coch_picture *p = &m->picture;
    for (size_t i = p->extra_count > 256 ? p->extra_count - 256 : 0; i < p->extra_count; i++) {
        const coch_extra *extra = &p->extras[i];
        double x = x_of(r, p->score->chords[extra->chord].beat) + 9.0 * r->unit;
        if (x > r->area.x && x < r->area.x + r->area.w && extra->pitch >= r->low && extra->pitch <= r->high)
            coch_practice_sign(cr, extra->sure ? COCH_WRONG : COCH_UNSURE, x,
                               y_of(r, extra->pitch) + r->row / 2.0, (extra->sure ? 5.0 : 4.0) * r->unit);
    }
}

/* Stumbles and pauses: a mark in the ruler. */
static void draw_breaks(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m,
                        const roll *r)
{
    const coch_picture *p = &m->picture;
    for (size_t i = 0; i < p->break_count; i++) {
        double x = x_of(r, p->score->chords[p->breaks[i].from].beat), y = l->ruler.y + l->ruler.h;
        if (x < r->area.x || x > r->area.x + r->area.w)
            continue;
        double s = 6.0 * r->unit;
        coch_view_set(cr, coch_practice_colour(COCH_PRACTICE_TONE_FAULT), 0.9);
        cairo_move_to(cr, x, y);
        cairo_line_to(cr, x - s, y - s);
        cairo_line_to(cr, x + s, y - s);
        cairo_close_path(cr);
        cairo_fill(cr);
    }
}

static void draw_position(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m,
                          const roll *r)
{
    int beat, beats;
    double pulse = exp(-5.0 * coch_practice_pulse(m, &beat, &beats)),
           x = round(x_of(r, coch_practice_beat(m)));
    double s = 7.0 * r->unit;
    coch_view_tone_set(cr, COCH_VIEW_ACCENT, 0.10 + 0.16 * pulse);
    coch_view_fill(cr, x - 4.0 * r->unit, r->area.y, 8.0 * r->unit, r->area.h);
    coch_view_tone_set(cr, COCH_VIEW_ACCENT, 1.0);
    coch_view_fill(cr, x - r->unit, l->ruler.y, 2.0 * r->unit, l->roll.h);
    cairo_move_to(cr, x, l->ruler.y + 14.0 * r->unit);
    cairo_line_to(cr, x - s, l->ruler.y + 3.0 * r->unit);
    cairo_line_to(cr, x + s, l->ruler.y + 3.0 * r->unit);
    cairo_close_path(cr);
    cairo_fill(cr);
}

/* Names of the Cs at the left edge. */
static void draw_octaves(cairo_t *cr, const coch_practice_model *m, const roll *r)
{
    char name[32];
    for (int pitch = r->low; pitch <= r->high; pitch++) {
        if (pitch % 12 != 0)
            continue;
        snprintf(name, sizeof name, "C%d", pitch / 12 - 1);
        coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 0.9);
        coch_practice_write(cr, m, name, r->area.x + 4.0 * r->unit, y_of(r, pitch) + r->row - 2.0 * r->unit,
                            9.0 * r->unit, 0, COCH_VIEW_LEFT, 0.0);
    }
}

void coch_practice_roll(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    if (l->roll.w <= 0.0 || l->roll.h <= l->ruler.h)
        return;
    roll r = make_roll(l, m);
    cairo_save(cr);
    cairo_rectangle(cr, l->roll.x, l->roll.y, l->roll.w, l->roll.h);
    cairo_clip(cr);
    draw_ground(cr, &r);
    draw_bars(cr, l, m, &r);
    draw_notes(cr, m, &r);
    draw_extras(cr, m, &r);
    draw_range(cr, l, m, &r);
    draw_breaks(cr, l, m, &r);
    draw_position(cr, l, m, &r);
    draw_octaves(cr, m, &r);
    cairo_restore(cr);
}
