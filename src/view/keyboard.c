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
    cairo_fill(cr);
    coch_view_round(cr, k.x, k.y + k.h - 2.0 * radius, k.w, 2.0 * radius, radius);
    cairo_rectangle(cr, k.x, k.y + k.h - 2.0 * radius, k.w, radius);
    cairo_fill(cr);
}

static void draw_black(cairo_t *cr, const coch_view_layout *l, int note)
{
    coch_view_rect k = coch_view_key_rect(l, note);
    coch_view_key_draw(cr, l, note, coch_view_theme(COCH_VIEW_BLACK_KEY), 1.0);
    coch_view_tone_set(cr, COCH_VIEW_LINE, 0.55);
    coch_view_fill(cr, k.x + 1.0, k.y + k.h - 4.0 * l->unit, k.w - 2.0, 1.0);
}

static void draw_name(cairo_t *cr, const coch_view_layout *l, int note, coch_view_tone tone)
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
                draw_name(cr, l, note, COCH_VIEW_TEXT_BRIGHT);
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

static coch_view_colour lit_colour(const coch_view_note *note)
{
    return coch_view_mix(coch_view_velocity(note->velocity), coch_view_theme(COCH_VIEW_TEXT_BRIGHT), 0.12);
}

void coch_view_lit_of(const coch_view_model *model, coch_view_lit *lit)
{
    double glow[128] = {0.0};
    const coch_view_note *by[128] = {NULL};
    coch_view_lights(model, by, glow);
    for (int n = 0; n < 128; n++) {
        lit->velocity[n] = by[n] ? (uint8_t)(by[n]->velocity + 1) : 0;
        lit->glow[n] = (float)glow[n];
    }
}

coch_view_rect coch_view_keys_between(const coch_view_layout *l, int low, int high)
{
    coch_view_rect k = l->keyboard;
    double end = k.x + k.w;
    if (low > COCH_VIEW_LOW)
        k.x = coch_view_key_rect(l, low).x;
    if (high < COCH_VIEW_HIGH) {
        coch_view_rect last = coch_view_key_rect(l, high);
        end = last.x + last.w;
    }
    k.w = end - k.x;
    return k;
}

void coch_view_keyboard_moving(cairo_t *cr, const coch_view_layout *l, const coch_view_model *model, int low,
                               int high)
{
    double glow[128] = {0.0};
    const coch_view_note *by[128] = {NULL};
    int first = low > COCH_VIEW_LOW ? low : COCH_VIEW_LOW,
        last = high < COCH_VIEW_HIGH ? high : COCH_VIEW_HIGH;
    coch_view_lights(model, by, glow);
    for (int n = first; n <= last; n++)
        if (by[n] && !coch_view_black(n)) {
            coch_view_key_light(cr, l, n, lit_colour(by[n]), glow[n]);
            if (n % 12 == 0 && !model->hide_text)
                draw_name(cr, l, n, glow[n] > 0.5 ? COCH_VIEW_BACKGROUND : COCH_VIEW_TEXT_BRIGHT);
        }
    for (int n = first; n <= last; n++)
        if (by[n] && coch_view_black(n))
            coch_view_key_draw(cr, l, n, lit_colour(by[n]), glow[n]);
}
