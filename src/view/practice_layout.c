#include "view/practice_layout.h"

#include <math.h>
#include <string.h>

#define DESIGN_WIDTH 1280.0
#define DESIGN_HEIGHT 720.0
#define UNIT_MIN 0.62 /* of the scale: below, parts are left out instead of shrunk */
#define MARGIN 12.0
#define HEADER 54.0
#define BARS 38.0
#define RULER 18.0
#define KEYBOARD 84.0
#define STRIP 68.0
#define BUTTON 34.0
#define GAP 12.0 /* between groups of buttons */

/* Widths in units; a group begins where the flag is set. */
typedef struct button_place {
    double width;
    int begins;
} button_place;

static const button_place places[COCH_PRACTICE_BUTTONS] = {
    [COCH_PRACTICE_START] = {104, 1}, [COCH_PRACTICE_RESTART] = {44, 0}, [COCH_PRACTICE_WAIT] = {56, 1},
    [COCH_PRACTICE_TEMPO] = {64, 0},  [COCH_PRACTICE_FREE] = {54, 0},    [COCH_PRACTICE_SLOWER] = {36, 1},
    [COCH_PRACTICE_PACE] = {66, 0},   [COCH_PRACTICE_FASTER] = {36, 0},  [COCH_PRACTICE_LEFT] = {54, 1},
    [COCH_PRACTICE_BOTH] = {54, 0},   [COCH_PRACTICE_RIGHT] = {58, 0},   [COCH_PRACTICE_FROM] = {64, 1},
    [COCH_PRACTICE_TO] = {64, 0},     [COCH_PRACTICE_LOOP] = {76, 0},    [COCH_PRACTICE_WORST] = {96, 1},
    [COCH_PRACTICE_CLICK] = {62, 1},  [COCH_PRACTICE_OTHER] = {104, 1},  [COCH_PRACTICE_PAGES] = {92, 1},
};

static double strip_width(void)
{
    double sum = -GAP;
    for (int i = 0; i < COCH_PRACTICE_BUTTONS; i++)
        sum += places[i].width + (places[i].begins ? GAP : 0.0);
    return sum;
}

/* All buttons in one row, as large as there is room. */
static void place_buttons(coch_practice_layout *l)
{
    double room = l->width - 2.0 * MARGIN * l->unit, unit = fmin(l->unit * 1.06, room / strip_width());
    double x = (l->width - unit * strip_width()) / 2.0, top = l->strip.y + 9.0 * l->unit;
    int group = 0;
    for (int i = 0; i < COCH_PRACTICE_BUTTONS; i++) {
        if (places[i].begins) {
            x += i > 0 ? GAP * unit : 0.0;
            group += i > 0;
            l->group[group] = (coch_view_rect){x, top + BUTTON * l->unit, 0.0, 18.0 * l->unit};
        }
        double w = places[i].width * unit;
        l->button[i] = (coch_view_rect){x, top, w, BUTTON * l->unit};
        l->group[group].w += w;
        x += w;
    }
}

static void place_report(coch_practice_layout *l, double top, double bottom)
{
    double m = MARGIN * l->unit, w = l->width - 2.0 * m, h = bottom - top;
    l->page = (coch_view_rect){m, top, w, h};
    double left = round(0.24 * w), right = round(0.32 * w), middle = w - left - right - 2.0 * m;
    l->score_card = (coch_view_rect){m, top, left, h};
    l->histogram = (coch_view_rect){2.0 * m + left, top, middle, round(0.5 * (h - m))};
    l->tempo = (coch_view_rect){2.0 * m + left, top + l->histogram.h + m, middle, h - m - l->histogram.h};
    l->trouble = (coch_view_rect){3.0 * m + left + middle, top, right, h};
    double line = fmin(60.0 * l->unit, (h - 44.0 * l->unit) / COCH_PRACTICE_WORST_SHOWN);
    for (int i = 0; i < COCH_PRACTICE_WORST_SHOWN; i++)
        l->worst[i] = (coch_view_rect){l->trouble.x + 8.0 * l->unit, top + 40.0 * l->unit + i * line,
                                       right - 16.0 * l->unit, line - 4.0 * l->unit};
}

static void place_score(coch_practice_layout *l, double top, double bottom)
{
    double m = MARGIN * l->unit, w = l->width - 2.0 * m, h = bottom - top;
    double roll = h > 250.0 * l->unit ? round(0.40 * h) : 0.0;
    double key = round(fmin(KEYBOARD * l->unit, 0.35 * (h - roll)));
    if (roll > 0.0) {
        l->roll = (coch_view_rect){floor(m), round(top), floor(w), roll};
        l->ruler = (coch_view_rect){floor(m), round(top), floor(w), round(RULER * l->unit)};
        top += roll + round(0.7 * m);
    }
    double edge = round(bottom) - key;
    l->fall = (coch_view_rect){floor(m), round(top), floor(w), edge - round(top)};
    l->keys.keyboard = (coch_view_rect){floor(m), edge, floor(w), key};
    l->keys.unit = l->unit;
}

void coch_practice_layout_of(coch_practice_layout *l, double width, double height, double scale)
{
    memset(l, 0, sizeof *l);
    l->width = width;
    l->height = height;
    l->unit = fmax(fmin(width / DESIGN_WIDTH, height / DESIGN_HEIGHT), UNIT_MIN * scale);
    double top = MARGIN * l->unit, bottom = height - MARGIN * l->unit;
    if (height > 260.0 * l->unit) {
        l->header = (coch_view_rect){0.0, 0.0, width, round(HEADER * l->unit)};
        l->home = (coch_view_rect){0.0, 0.0, 52.0 * l->unit, l->header.h};
        l->input = (coch_view_rect){width - 132.0 * l->unit, 0.0, 132.0 * l->unit, l->header.h};
        top = l->header.h;
    }
    if (height > 200.0 * l->unit) {
        bottom = floor(height - STRIP * l->unit);
        l->strip = (coch_view_rect){0.0, bottom, width, height - bottom};
        place_buttons(l);
    }
    if (height > 360.0 * l->unit) {
        l->bars = (coch_view_rect){floor(MARGIN * l->unit), round(top), floor(width - 2.0 * MARGIN * l->unit),
                                   round(BARS * l->unit)};
        top += l->bars.h + round(0.7 * MARGIN * l->unit);
    }
    place_score(l, top, bottom);
    place_report(l, top, bottom);
}

coch_view_rect coch_practice_bar_rect(const coch_practice_layout *l, const coch_score *score, size_t bar)
{
    double all = score->bars[score->bar_count - 1].beat + score->bars[score->bar_count - 1].beats;
    const coch_score_bar *b = &score->bars[bar];
    double x = round(l->bars.x + l->bars.w * b->beat / all);
    double end = round(l->bars.x + l->bars.w * (b->beat + b->beats) / all);
    return (coch_view_rect){x, l->bars.y, end - x, l->bars.h};
}

uint32_t coch_practice_bar_at(const coch_practice_layout *l, const coch_score *score, double x)
{
    uint32_t bar = 0;
    while (bar + 1 < score->bar_count && x >= coch_practice_bar_rect(l, score, bar + 1).x)
        bar++;
    return bar;
}
