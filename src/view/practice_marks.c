/* Colours, signs and shapes of the practice window. */
#include "view/practice_parts.h"

#include <math.h>

/* Okabe and Ito's set, brightened for a dark ground: apart for every eye (tests/view proves it). */
static const coch_view_colour tones[COCH_PRACTICE_TONES] = {
    [COCH_PRACTICE_TONE_LEFT] = {0.930, 0.640, 0.200},  [COCH_PRACTICE_TONE_RIGHT] = {0.290, 0.620, 0.960},
    [COCH_PRACTICE_TONE_HIT] = {0.180, 0.800, 0.600},   [COCH_PRACTICE_TONE_TIMING] = {0.990, 0.950, 0.650},
    [COCH_PRACTICE_TONE_FAULT] = {1.000, 0.330, 0.240}, [COCH_PRACTICE_TONE_UNSURE] = {0.560, 0.600, 0.680},
};

coch_view_colour coch_practice_colour(coch_practice_tone tone)
{
    return tones[tone];
}

coch_practice_tone coch_practice_hand_tone(const coch_score_note *note)
{
    return note->hand == COCH_HAND_LEFT ? COCH_PRACTICE_TONE_LEFT : COCH_PRACTICE_TONE_RIGHT;
}

coch_practice_tone coch_practice_verdict_tone(unsigned verdict)
{
    switch (verdict) {
    case COCH_EARLY:
    case COCH_LATE:
        return COCH_PRACTICE_TONE_TIMING;
    case COCH_WRONG:
    case COCH_MISSED:
        return COCH_PRACTICE_TONE_FAULT;
    case COCH_UNSURE:
        return COCH_PRACTICE_TONE_UNSURE;
    default:
        return COCH_PRACTICE_TONE_HIT;
    }
}

/* ---- Signs ---- */

static void line(cairo_t *cr, double x0, double y0, double x1, double y1)
{
    cairo_move_to(cr, x0, y0);
    cairo_line_to(cr, x1, y1);
}

static void arrow(cairo_t *cr, double x, double y, double r)
{
    cairo_move_to(cr, x + 0.6 * r, y);
    cairo_line_to(cr, x - 0.4 * r, y - 0.6 * fabs(r));
    cairo_line_to(cr, x - 0.4 * r, y + 0.6 * fabs(r));
    cairo_close_path(cr);
    cairo_fill(cr);
}

static void question(cairo_t *cr, double x, double y, double r)
{
    cairo_new_sub_path(cr);
    cairo_arc(cr, x, y - 0.22 * r, 0.32 * r, COCH_VIEW_PI, 2.35 * COCH_VIEW_PI);
    cairo_line_to(cr, x, y + 0.25 * r);
    cairo_stroke(cr);
    cairo_arc(cr, x, y + 0.58 * r, 0.13 * r, 0.0, 2.0 * COCH_VIEW_PI);
    cairo_fill(cr);
}

static void draw_sign(cairo_t *cr, unsigned verdict, double x, double y, double r)
{
    cairo_set_line_width(cr, fmax(1.0, 0.26 * r));
    switch (verdict) {
    case COCH_HIT:
        cairo_move_to(cr, x - 0.48 * r, y + 0.02 * r);
        cairo_line_to(cr, x - 0.12 * r, y + 0.40 * r);
        cairo_line_to(cr, x + 0.50 * r, y - 0.38 * r);
        cairo_stroke(cr);
        break;
    case COCH_EARLY:
        arrow(cr, x, y, -r);
        break;
    case COCH_LATE:
        arrow(cr, x, y, r);
        break;
    case COCH_WRONG:
        line(cr, x - 0.4 * r, y - 0.4 * r, x + 0.4 * r, y + 0.4 * r);
        line(cr, x - 0.4 * r, y + 0.4 * r, x + 0.4 * r, y - 0.4 * r);
        cairo_stroke(cr);
        break;
    case COCH_UNSURE:
        question(cr, x, y, r);
        break;
    default:
        break;
    }
}

void coch_practice_sign(cairo_t *cr, unsigned verdict, double x, double y, double r)
{
    coch_view_colour colour = tones[coch_practice_verdict_tone(verdict)];
    if (verdict == COCH_PENDING || verdict == COCH_HEARD)
        return;
    cairo_save(cr);
    cairo_new_path(cr);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_arc(cr, x, y, r + fmax(1.0, 0.18 * r), 0.0, 2.0 * COCH_VIEW_PI);
    coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 0.9);
    cairo_fill(cr);
    coch_view_set(cr, colour, 1.0);
    if (verdict == COCH_MISSED) { /* an empty ring: nothing was there */
        cairo_set_line_width(cr, fmax(1.5, 0.34 * r));
        cairo_arc(cr, x, y, 0.72 * r, 0.0, 2.0 * COCH_VIEW_PI);
        cairo_stroke(cr);
    } else {
        cairo_arc(cr, x, y, r, 0.0, 2.0 * COCH_VIEW_PI);
        cairo_fill(cr);
        coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 1.0);
        draw_sign(cr, verdict, x, y, r);
    }
    cairo_restore(cr);
}

/* ---- Notes ---- */

static void shape(cairo_t *cr, const coch_view_rect *r, const coch_score_note *note, double inset)
{
    double thick = fmin(r->w, r->h), round = note->hand == COCH_HAND_LEFT ? 0.12 * thick : 0.5 * thick;
    coch_view_round(cr, r->x + inset, r->y + inset, fmax(1.0, r->w - 2.0 * inset),
                    fmax(1.0, r->h - 2.0 * inset), fmin(round, 9.0));
}

/* Stripes across, clipped to the shape. */
static void hatch(cairo_t *cr, const coch_view_rect *r, const coch_score_note *note)
{
    cairo_save(cr);
    shape(cr, r, note, 0.0);
    cairo_clip(cr);
    cairo_set_line_width(cr, 1.5);
    for (int i = 0; 5.0 * i < r->w + r->h; i++)
        line(cr, r->x - r->h + 5.0 * i, r->y + r->h, r->x + 5.0 * i, r->y);
    cairo_stroke(cr);
    cairo_restore(cr);
}

static void outline(cairo_t *cr, const coch_view_rect *r, const coch_score_note *note, double alpha,
                    int dashed)
{
    static const double dashes[] = {4.0, 3.0};
    double thick = fmin(r->w, r->h), width = fmax(1.0, fmin(2.0, 0.2 * thick));
    cairo_set_line_width(cr, width);
    if (dashed)
        cairo_set_dash(cr, dashes, 2, 0.0);
    coch_view_set(cr, tones[COCH_PRACTICE_TONE_FAULT], alpha);
    shape(cr, r, note, width / 2.0);
    cairo_stroke(cr);
    cairo_set_dash(cr, NULL, 0, 0.0);
}

void coch_practice_note(cairo_t *cr, const coch_view_rect *r, const coch_score_note *note, unsigned verdict,
                        double strength)
{
    coch_view_colour hand = tones[coch_practice_hand_tone(note)];
    coch_view_colour told = tones[coch_practice_verdict_tone(verdict)];
    cairo_new_path(cr);
    if (verdict == COCH_WRONG || verdict == COCH_MISSED) {
        coch_view_set(cr, told, verdict == COCH_WRONG ? 0.40 * strength : 0.10 * strength);
        shape(cr, r, note, 0.0);
        cairo_fill(cr);
        outline(cr, r, note, strength, verdict == COCH_MISSED);
    } else if (verdict == COCH_UNSURE) {
        coch_view_set(cr, told, 0.30 * strength);
        shape(cr, r, note, 0.0);
        cairo_fill(cr);
        coch_view_set(cr, told, 0.9 * strength);
        hatch(cr, r, note);
    } else {
        coch_view_colour lit = coch_view_mix(told, coch_view_theme(COCH_VIEW_TEXT_BRIGHT), 0.5);
        coch_view_set(cr, verdict == COCH_PENDING ? hand : verdict == COCH_HEARD ? lit : told, strength);
        shape(cr, r, note, 0.0);
        cairo_fill(cr);
    }
}

/* ---- Shared ---- */

void coch_practice_write(cairo_t *cr, const coch_practice_model *model, const char *text, double x, double y,
                         double size, int bold, coch_view_align align, double width)
{
    if (!model->hide_text && size >= 4.0)
        coch_view_text(cr, text, x, y, size, bold, align, width);
}

double coch_practice_span(const coch_practice_model *model, double seconds)
{
    const coch_score *s = model->picture.score;
    const coch_score_bar *last = &s->bars[s->bar_count - 1];
    double whole = coch_score_seconds(s, last->beat + last->beats);
    double rate = whole > 0.0 ? (last->beat + last->beats) / whole : 2.0;
    return fmax(2.0, fmin(64.0, seconds * rate));
}

double coch_practice_pulse(const coch_practice_model *model, int *beat, int *beats)
{
    const coch_picture *p = &model->picture;
    const coch_score_bar *bar = &p->score->bars[coch_score_bar_at(p->score, p->position.seconds)];
    double each = 4.0 / bar->denominator;
    if (bar->denominator == 8 && bar->numerator % 3 == 0 && bar->numerator > 3)
        each *= 3.0; /* felt in dotted crotchets */
    *beats = (int)fmax(1.0, ceil(4.0 * bar->numerator / bar->denominator / each - 1e-9));
    double at = (coch_practice_beat(model) - bar->beat) / each;
    int whole = (int)floor(at);
    *beat = ((whole % *beats) + *beats) % *beats;
    return at - whole;
}
