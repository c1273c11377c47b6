/* The score as notes that fall onto their keys, and the keys. */
#include "view/practice_parts.h"

#include <math.h>
#include <stdio.h>

#define SECONDS_SEEN 3.2
#define FLASH_SECONDS 0.7
#define NEXT_BEATS 1.0 /* keys that come so soon are shown */

typedef struct fall {
    const coch_practice_layout *l;
    double beat, per_beat; /* at the keys; pixels */
} fall;

static fall make_fall(const coch_practice_layout *l, const coch_practice_model *m)
{
    return (fall){l, coch_practice_beat(m), l->fall.h / coch_practice_span(m, SECONDS_SEEN)};
}

static double y_of(const fall *f, double beat)
{
    return f->l->fall.y + f->l->fall.h - (beat - f->beat) * f->per_beat;
}

static void draw_ground(cairo_t *cr, const coch_practice_layout *l)
{
    const coch_view_rect *r = &l->fall;
    coch_view_tone_set(cr, COCH_VIEW_PANEL, 1.0);
    coch_view_fill(cr, r->x, r->y, r->w, r->h);
    for (int note = COCH_VIEW_LOW; note <= COCH_VIEW_HIGH; note++) {
        double left, width;
        coch_view_key(note, &left, &width);
        if (coch_view_black(note)) {
            coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 0.45);
            coch_view_fill(cr, r->x + left * r->w, r->y, width * r->w, r->h);
        } else if (note % 12 == 0 || note % 12 == 5) {
            coch_view_tone_set(cr, note % 12 == 0 ? COCH_VIEW_LINE : COCH_VIEW_GRID, 1.0);
            coch_view_fill(cr, r->x + left * r->w, r->y, 1.0, r->h);
        }
    }
}

static void draw_bars(cairo_t *cr, const coch_practice_model *m, const fall *f)
{
    const coch_score *score = m->picture.score;
    const coch_view_rect *r = &f->l->fall;
    char number[16];
    for (size_t b = 0; b < score->bar_count; b++) {
        double y = y_of(f, score->bars[b].beat);
        if (y < r->y || y > r->y + r->h)
            continue;
        coch_view_tone_set(cr, COCH_VIEW_LINE, 1.0);
        coch_view_fill(cr, r->x, y, r->w, fmax(1.0, round(f->l->unit)));
        snprintf(number, sizeof number, "%zu", b + 1);
        coch_view_tone_set(cr, COCH_VIEW_TEXT_DIM, 0.9);
        coch_practice_write(cr, m, number, r->x + 6.0 * f->l->unit, y - 4.0 * f->l->unit, 11.0 * f->l->unit,
                            1, COCH_VIEW_LEFT, 0.0);
    }
}

/* The finger, or the name of the key, at the note's lower end. */
static void draw_label(cairo_t *cr, const coch_practice_model *m, const coch_score_note *note,
                       const coch_view_rect *rect)
{
    char text[8];
    double size = fmin(0.72 * rect->w, 13.0 * rect->w / 14.0);
    if (rect->h < 1.1 * size)
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

static void draw_note(cairo_t *cr, const coch_practice_model *m, const fall *f, const coch_score_note *note)
{
    double left, width, unit = f->l->unit;
    double bottom = y_of(f, note->beat), top = y_of(f, note->beat + note->beats);
    int wanted = coch_practice_wanted(m, note);
    if (!coch_practice_in_range(m, note->bar))
        return;
    if (bottom < f->l->fall.y || top > f->l->fall.y + f->l->fall.h)
        return;
    coch_view_key(note->pitch, &left, &width);
    top = fmin(bottom - 5.0 * unit, top + fmin(2.0 * unit, 0.1 * (bottom - top)));
    coch_view_rect rect = {round(f->l->fall.x + left * f->l->fall.w) + 1.0, top,
                           fmax(3.0, round(width * f->l->fall.w) - 2.0), bottom - top};
    unsigned verdict = m->picture.notes[note - m->picture.score->notes].verdict;
    coch_practice_note(cr, &rect, note,
                       verdict == COCH_HEARD || bottom > f->l->fall.y + f->l->fall.h ? verdict : COCH_PENDING,
                       wanted ? 1.0 : 0.25);
    if (wanted)
        draw_label(cr, m, note, &rect);
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
    const coch_score *score = m->picture.score;
    if (l->fall.w <= 0.0 || l->fall.h <= 0.0)
        return;
    fall f = make_fall(l, m);
    cairo_save(cr);
    cairo_rectangle(cr, l->fall.x, l->fall.y, l->fall.w, l->fall.h);
    cairo_clip(cr);
    draw_ground(cr, l);
    draw_bars(cr, m, &f);
    for (int black = 0; black < 2; black++)
        for (size_t i = 0; i < score->note_count; i++)
            if (coch_view_black(score->notes[i].pitch) == black)
                draw_note(cr, m, &f, &score->notes[i]);
    for (size_t i = first_flash(m); i < m->flash_count; i++)
        draw_flash(cr, m, &f, &m->flashes[i % COCH_PRACTICE_FLASHES]);
    draw_count(cr, l, m);
    draw_stopped(cr, l, m);
    cairo_restore(cr);
}
