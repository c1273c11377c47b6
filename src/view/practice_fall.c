/* The score as notes that fall onto their keys, and the keys. */
#include "view/practice_parts.h"

#include <math.h>
#include <stdio.h>

#define SECONDS_SEEN 3.2
#define FLASH_SECONDS 0.7
#define LABEL_MIN 7.0  /* units */
#define ROUNDS_SEEN 4  /* of a loop */
#define NEXT_BEATS 1.0 /* keys that come so soon are shown */

typedef struct fall {
    const coch_practice_layout *l;
    double beat, per_beat; /* at the keys; pixels */
    double round;          /* beats of the loop, 0 for none */
} fall;

static fall make_fall(const coch_practice_layout *l, const coch_practice_model *m)
{
    const coch_session_options *o = &m->options;
    fall f = {l, coch_practice_beat(m), l->fall.h / coch_practice_span(m, SECONDS_SEEN), 0.0};
    if (o->loop && o->first_bar < o->end_bar) {
        const coch_score_bar *first = &m->picture.score->bars[o->first_bar];
        const coch_score_bar *last = &m->picture.score->bars[o->end_bar - 1];
        f.round = last->beat + last->beats - first->beat;
    }
    return f;
}

static double y_of(const fall *f, double beat)
{
    return f->l->fall.y + f->l->fall.h - (beat - f->beat) * f->per_beat;
}

static void draw_bar(cairo_t *cr, const coch_practice_model *m, const fall *f, size_t bar, double later)
{
    const coch_view_rect *r = &f->l->fall;
    double y = y_of(f, m->picture.score->bars[bar].beat + later), unit = f->l->unit;
    char number[24];
    if (y < r->y || y > r->y + r->h)
        return;
    coch_view_tone_set(cr, COCH_VIEW_LINE, 1.0);
    coch_view_fill(cr, r->x, y, r->w, fmax(1.0, round(unit)));
    snprintf(number, sizeof number, "%zu", bar + 1);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 0.9);
    coch_practice_write(cr, m, number, r->x + 6.0 * unit, y - 4.0 * unit, 11.0 * unit, 1, COCH_VIEW_LEFT,
                        0.0);
}

/* The finger, or the name of the key, at the note's lower end. */
static void draw_label(cairo_t *cr, const coch_practice_model *m, const coch_score_note *note,
                       const coch_view_rect *rect, double unit)
{
    char text[32];
    double size = fmin(0.72 * rect->w, 0.8 * rect->h);
    if (size < LABEL_MIN * unit)
        return;
    if (note->finger)
        snprintf(text, sizeof text, "%d", note->finger);
    else if (!coch_view_black(note->pitch))
        snprintf(text, sizeof text, "%s", coch_view_pitch_name(note->pitch));
    else
        return;
    coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, note->finger ? 1.0 : 0.75);
    coch_practice_write(cr, m, text, rect->x + rect->w / 2.0, rect->y + rect->h - 0.28 * size, size,
                        note->finger != 0, COCH_VIEW_CENTRE, 0.0);
}

static void draw_note(cairo_t *cr, const coch_practice_model *m, const fall *f, const coch_score_note *note,
                      double later)
{
    double left, width, unit = f->l->unit;
    double bottom = y_of(f, note->beat + later), top = y_of(f, note->beat + note->beats + later);
    int wanted = coch_practice_wanted(m, note);
    if (!coch_practice_in_range(m, note->bar))
        return;
    if (bottom < f->l->fall.y || top > f->l->fall.y + f->l->fall.h)
        return;
    coch_view_key(note->pitch, &left, &width);
    top = fmin(bottom - 5.0 * unit, top + fmin(2.0 * unit, 0.1 * (bottom - top)));
    coch_view_rect rect = {round(f->l->fall.x + left * f->l->fall.w) + 1.0, top,
                           fmax(3.0, round(width * f->l->fall.w) - 2.0), bottom - top};
    unsigned verdict = later > 0.0 ? COCH_PENDING : m->picture.notes[note - m->picture.score->notes].verdict;
    coch_practice_note(cr, &rect, note,
                       verdict == COCH_HEARD || bottom > f->l->fall.y + f->l->fall.h ? verdict : COCH_PENDING,
                       wanted ? 1.0 : 0.25);
    if (wanted)
        draw_label(cr, m, note, &rect, unit);
}

/* All that is practised, so many beats later: the next rounds of a loop follow on the first. */
static void draw_score(cairo_t *cr, const coch_practice_model *m, const fall *f, double later)
{
    const coch_score *score = m->picture.score;
    for (size_t b = 0; b < score->bar_count; b++)
        if (f->round == 0.0 || coch_practice_in_range(m, (uint32_t)b))
            draw_bar(cr, m, f, b, later);
    for (int black = 0; black < 2; black++)
        for (size_t i = 0; i < score->note_count; i++)
            if (coch_view_black(score->notes[i].pitch) == black)
                draw_note(cr, m, f, &score->notes[i], later);
}

/* ---- Keys ---- */

static coch_view_colour flash_colour(const coch_practice_flash *flash)
{
    return coch_practice_colour(flash->key == COCH_PRACTICE_KEY_RIGHT   ? COCH_PRACTICE_TONE_HIT
                                : flash->key == COCH_PRACTICE_KEY_WRONG ? COCH_PRACTICE_TONE_FAULT
                                                                        : COCH_PRACTICE_TONE_UNSURE);
}

/* How much of a flash is left, 1 to 0. */
static double flash_left(const coch_practice_model *m, const coch_practice_flash *flash)
{
    double gone = (m->picture.now - flash->time) / FLASH_SECONDS;
    return gone < 0.0 ? 1.0 : gone > 1.0 ? 0.0 : 1.0 - gone * gone;
}

static size_t first_flash(const coch_practice_model *m)
{
    return m->flash_count > COCH_PRACTICE_FLASHES ? m->flash_count - COCH_PRACTICE_FLASHES : 0;
}

/* A key that was struck sends a light up, and a sign. */
static void draw_flash(cairo_t *cr, const coch_practice_model *m, const fall *f,
                       const coch_practice_flash *flash)
{
    static const unsigned verdicts[] = {COCH_HIT, COCH_WRONG, COCH_UNSURE};
    double left, width, glow = flash_left(m, flash), bottom = f->l->fall.y + f->l->fall.h;
    if (glow <= 0.0)
        return;
    coch_view_key(flash->pitch, &left, &width);
    double x = f->l->fall.x + left * f->l->fall.w, w = width * f->l->fall.w, h = 46.0 * f->l->unit;
    for (int i = 0; i < 12; i++) {
        coch_view_set(cr, flash_colour(flash), 0.5 * glow * (1.0 - i / 12.0));
        coch_view_fill(cr, x, bottom - h * (i + 1) / 12.0, w, h / 12.0);
    }
    coch_practice_sign(cr, verdicts[flash->key % 3], x + w / 2.0,
                       bottom - (14.0 + 16.0 * (1.0 - glow)) * f->l->unit, 8.0 * f->l->unit);
}

static void light_next(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m, int black)
{
    const coch_score *score = m->picture.score;
    double beat = coch_practice_beat(m);
    for (size_t i = 0; i < score->note_count; i++) {
        const coch_score_note *note = &score->notes[i];
        double ahead = note->beat - beat;
        unsigned verdict = m->picture.notes[i].verdict;
        if (ahead < -0.25 || ahead > NEXT_BEATS || !coch_practice_wanted(m, note) ||
            coch_view_black(note->pitch) != black || (m->options.mode == COCH_MODE_WAIT && ahead > 0.02) ||
            (ahead < 0.0 && verdict != COCH_PENDING))
            continue;
        coch_view_key_light(cr, &l->keys, note->pitch, coch_practice_colour(coch_practice_hand_tone(note)),
                            0.85 - 0.6 * fmax(0.0, ahead) / NEXT_BEATS);
    }
}

void coch_practice_keys(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    coch_view_keys(cr, &l->keys, !m->hide_text);
    for (int black = 0; black < 2; black++) {
        light_next(cr, l, m, black);
        for (size_t i = first_flash(m); i < m->flash_count; i++) {
            const coch_practice_flash *flash = &m->flashes[i % COCH_PRACTICE_FLASHES];
            double glow = flash_left(m, flash);
            if (glow > 0.0 && coch_view_black(flash->pitch) == black)
                coch_view_key_light(cr, &l->keys, flash->pitch, flash_colour(flash), glow);
        }
    }
}

/* ---- What is said over it ---- */

static void draw_count(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    char text[64];
    double x = l->fall.x + l->fall.w / 2.0, y = l->fall.y + l->fall.h / 2.0;
    int beat, beats;
    if (m->picture.counting_in <= 0 || !m->playing)
        return;
    double pulse = exp(-4.0 * coch_practice_pulse(m, &beat, &beats)), r = (46.0 + 10.0 * pulse) * l->unit;
    coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 0.8);
    cairo_arc(cr, x, y, r, 0.0, 2.0 * COCH_VIEW_PI);
    cairo_fill_preserve(cr);
    coch_view_tone_set(cr, COCH_VIEW_ACCENT, 0.35 + 0.65 * pulse);
    cairo_set_line_width(cr, 4.0 * l->unit);
    cairo_stroke(cr);
    snprintf(text, sizeof text, "%d", m->picture.counting_in);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_practice_write(cr, m, text, x, y + 19.0 * l->unit, 54.0 * l->unit, 1, COCH_VIEW_CENTRE, 0.0);
}

static void draw_stopped(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    double x = l->fall.x + l->fall.w / 2.0, y = l->fall.y + 0.42 * l->fall.h, w = 180.0 * l->unit;
    if (m->playing || l->fall.h < 60.0 * l->unit)
        return;
    coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 0.85);
    coch_view_round(cr, x - w, y - 26.0 * l->unit, 2.0 * w, 52.0 * l->unit, 12.0 * l->unit);
    cairo_fill_preserve(cr);
    cairo_set_line_width(cr, 1.5 * l->unit);
    coch_view_tone_set(cr, COCH_VIEW_ACCENT, 0.8);
    cairo_stroke(cr);
    coch_view_tone_set(cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_practice_write(cr, m, m->picture.finished ? "The end. Space: again" : "Press space and play", x,
                        y + 7.0 * l->unit, 20.0 * l->unit, 1, COCH_VIEW_CENTRE, 2.0 * w - 20.0 * l->unit);
}

void coch_practice_fall(cairo_t *cr, const coch_practice_layout *l, const coch_practice_model *m)
{
    if (l->fall.w <= 0.0 || l->fall.h <= 0.0)
        return;
    fall f = make_fall(l, m);
    cairo_save(cr);
    cairo_rectangle(cr, l->fall.x, l->fall.y, l->fall.w, l->fall.h);
    cairo_clip(cr);
    coch_view_lanes(cr, &l->fall, 0.45);
    draw_score(cr, m, &f, 0.0);
    for (int round = 1; f.round > 0.0 && round <= ROUNDS_SEEN; round++)
        draw_score(cr, m, &f, round * f.round);
    for (size_t i = first_flash(m); i < m->flash_count; i++)
        draw_flash(cr, m, &f, &m->flashes[i % COCH_PRACTICE_FLASHES]);
    draw_count(cr, l, m);
    draw_stopped(cr, l, m);
    cairo_restore(cr);
}
