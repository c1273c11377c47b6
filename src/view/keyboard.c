#include "view/parts.h"

#include <math.h>
#include <stdio.h>

#define BLACK_LENGTH 0.62

coch_view_rect coch_view_key_rect(const coch_view_layout *l, int note)
{
    double left, width;
    coch_view_key(note, &left, &width);
    double x = round(l->keyboard.x + left * l->keyboard.w);
    double right = round(l->keyboard.x + (left + width) * l->keyboard.w);
    double h = coch_view_black(note) ? round(BLACK_LENGTH * l->keyboard.h) : l->keyboard.h;
    return (coch_view_rect){x, l->keyboard.y, fmax(1.0, right - x - (coch_view_black(note) ? 0.0 : 1.0)), h};
}

void coch_view_key_draw(cairo_t *cr, const coch_view_layout *l, int note, coch_view_colour colour,
                        double alpha)
{
    coch_view_rect k = coch_view_key_rect(l, note);
    double radius = fmin(2.5 * l->unit, k.w / 3.0);
    coch_view_set(cr, colour, alpha);
    cairo_rectangle(cr, k.x, k.y, k.w, k.h - radius);
    coch_view_round(cr, k.x, k.y + k.h - 2.0 * radius, k.w, 2.0 * radius, radius);
    cairo_fill(cr); /* once: what is laid over itself would be seen */
}

static void draw_black(cairo_t *cr, const coch_view_layout *l, int note)
{
    coch_view_rect k = coch_view_key_rect(l, note);
    coch_view_key_draw(cr, l, note, coch_view_theme(COCH_VIEW_BLACK_KEY), 1.0);
    coch_view_tone_set(cr, COCH_VIEW_LINE, 0.55);
    coch_view_fill(cr, k.x + 1.0, k.y + k.h - 4.0 * l->unit, k.w - 2.0, 1.0);
}

void coch_view_octave_name(cairo_t *cr, const coch_view_layout *l, int note, coch_view_tone tone)
{
    char name[16];
    coch_view_rect k = coch_view_key_rect(l, note);
    snprintf(name, sizeof name, "C%d", note / 12 - 1);
    double size = fmin(9.0 * l->unit, 0.78 * k.w);
    if (size < 5.5)
        return;
    coch_view_tone_set(cr, tone, 0.9);
    coch_view_text(cr, name, k.x + k.w / 2.0, k.y + k.h - 4.0 * l->unit, size, 1, COCH_VIEW_CENTRE, 0.0);
}

void coch_view_keys(cairo_t *cr, const coch_view_layout *l, int names)
{
    coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 1.0);
    coch_view_fill(cr, l->keyboard.x, l->keyboard.y, l->keyboard.w, l->keyboard.h);
    for (int note = COCH_VIEW_LOW; note <= COCH_VIEW_HIGH; note++)
        if (!coch_view_black(note)) {
            coch_view_key_draw(cr, l, note, coch_view_theme(COCH_VIEW_WHITE_KEY), 1.0);
            if (note % 12 == 0 && names)
                coch_view_octave_name(cr, l, note, COCH_VIEW_TEXT_BRIGHT);
        }
    for (int note = COCH_VIEW_LOW; note <= COCH_VIEW_HIGH; note++)
        if (coch_view_black(note))
            draw_black(cr, l, note);
    coch_view_tone_set(cr, COCH_VIEW_ACCENT, 0.45);
    coch_view_fill(cr, l->keyboard.x, l->keyboard.y - fmax(1.0, round(l->unit)), l->keyboard.w,
                   fmax(1.0, round(l->unit)));
}

void coch_view_keyboard_still(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model)
{
    coch_view_keys(cr, l, !model->hide_text);
}

void coch_view_key_light(cairo_t *cr, const coch_view_layout *l, int note, coch_view_colour colour,
                         double alpha)
{
    coch_view_key_draw(cr, l, note, colour, alpha);
    for (int beside = note - 1; !coch_view_black(note) && beside <= note + 1; beside += 2)
        if (beside > COCH_VIEW_LOW && beside < COCH_VIEW_HIGH && coch_view_black(beside))
            draw_black(cr, l, beside);
}
