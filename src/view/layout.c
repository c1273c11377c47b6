#include "view/layout.h"

#include <math.h>
#include <string.h>

#define DESIGN_WIDTH 900.0
#define DESIGN_HEIGHT 500.0
#define UNIT_MIN 0.72 /* of the scale: below, parts are left out instead of shrunk */
#define HEADER 46.0
#define MARGIN 10.0
#define ROW 66.0 /* one row of controls */
#define SQUEEZE_MIN 0.8
#define KEYBOARD 58.0
#define WHITE_KEYS 52.0

static const double control_width[] = {
    [COCH_VIEW_KNOB] = 64.0, [COCH_VIEW_SWITCH] = 64.0, [COCH_VIEW_MENU] = 128.0};

int coch_view_inside(const coch_view_rect *r, double x, double y)
{
    return x >= r->x && x < r->x + r->w && y >= r->y && y < r->y + r->h;
}

int coch_view_black(int note)
{
    return (0x54A >> (note % 12 + 12) % 12) & 1;
}

void coch_view_key(int note, double *left, double *width)
{
    static const double white_index[] = {0, 1, 1, 2, 2, 3,
                                         4, 4, 5, 5, 6, 6}; /* for black keys: the white above */
    static const double black_shift[] = {0, -0.60, 0, -0.40, 0, 0, -0.64, 0, -0.50, 0, -0.36, 0};
    int n = note < COCH_VIEW_LOW ? COCH_VIEW_LOW : note > COCH_VIEW_HIGH ? COCH_VIEW_HIGH : note;
    int octave = n / 12;
    double white = 7.0 * octave + white_index[n % 12] - 12.0; /* A0 is white key 12 above C-1 */
    *width = (coch_view_black(n) ? 0.62 : 1.0) / WHITE_KEYS;
    *left = (coch_view_black(n) ? white + black_shift[n % 12] * 0.62 : white) / WHITE_KEYS;
}

/* What makes the controls narrow enough for one row; 1 when that would be too much. */
static double one_row(const coch_view_layout *l, const coch_view_model *model, double room)
{
    double all = 0.0;
    for (int i = 0; i < model->control_count; i++)
        all += control_width[model->controls[i].kind] * l->unit;
    return all > room && room >= SQUEEZE_MIN * all ? room / all : 1.0;
}

/* Controls row by row, each row centred. Returns the rows that they take. */
static int place_controls(coch_view_layout *l, const coch_view_model *model, double top, int rows)
{
    double room = l->width - 2.0 * MARGIN * l->unit;
    double squeeze = one_row(l, model, room);
    int row = 0;
    for (int first = 0; first < model->control_count; row++) {
        double used = 0.0;
        int next = first;
        for (; next < model->control_count; next++) {
            double w = squeeze * control_width[model->controls[next].kind] * l->unit;
            if (next > first && used + w > room + 0.5)
                break;
            used += w;
        }
        double spread = fmin(l->unit * 24.0, fmax(0.0, (room - used) / (next - first)));
        double x = (l->width - used - spread * (next - first)) / 2.0;
        for (int i = first; i < next; i++) {
            double w = fmin(room, squeeze * control_width[model->controls[i].kind] * l->unit) + spread;
            if (row < rows)
                l->control[i] = (coch_view_rect){x, top + row * ROW * l->unit, w, ROW * l->unit};
            x += w;
        }
        first = next;
    }
    return row;
}

static double place_strip(coch_view_layout *l, const coch_view_model *model)
{
    double row = ROW * l->unit;
    int rows = place_controls(l, model, 0.0, 0);
    int most = (int)((l->height - 3.0 * row) / row);
    if (rows > most)
        rows = most;
    if (rows <= 0)
        return l->height;
    double top = floor(l->height - rows * row - 4.0 * l->unit);
    l->strip = (coch_view_rect){0.0, top, l->width, l->height - top};
    place_controls(l, model, l->strip.y + 2.0 * l->unit, rows);
    return l->strip.y;
}

static void place_keys(coch_view_layout *l, double x, double top, double w, double h)
{
    double key = round(fmin(KEYBOARD * l->unit, 0.3 * h));
    l->roll = (coch_view_rect){floor(x), round(top), floor(w), round(top + h) - key - round(top)};
    l->keyboard = (coch_view_rect){floor(x), l->roll.y + l->roll.h, floor(w), key};
}

/* The spiral stands beside the roll, or above it where the window is higher than wide. */
static void place_heart(coch_view_layout *l, double top, double bottom)
{
    double margin = MARGIN * l->unit, room = l->width - 2.0 * margin, height = bottom - top - margin;
    double names = COCH_VIEW_NAMES * l->unit;
    int above = height > 1.15 * room;
    double side = above ? fmin(room, 0.5 * height) - names : fmin(height - names, 0.43 * l->width);
    if (side < 150.0 * l->unit || (!above && room - side < 230.0 * l->unit))
        side = 0.0;
    side = floor(side);
    if (side == 0.0)
        place_keys(l, margin, top, room, height);
    else if (above)
        place_keys(l, margin, top + side + names, room, height - side - names);
    else
        place_keys(l, margin, top, room - side - margin, height);
    double x = above ? (l->width - side) / 2.0 : l->width - margin - side;
    double y = above ? top : top + (height - names - side) / 2.0;
    l->spiral = (coch_view_rect){floor(x), floor(y), side, side};
}

static void place_hybrid(coch_view_layout *l, double top, double bottom)
{
    double margin = MARGIN * l->unit;
    l->hybrid = (coch_view_rect){floor(margin), round(top), floor(l->width - 2.0 * margin),
                                 round(bottom - margin) - round(top)};
}

/* With the line of names below it. */
static void replace_spiral(coch_view_layout *l)
{
    l->hybrid = l->spiral;
    if (l->spiral.w > 0.0)
        l->hybrid.h = floor(l->hybrid.h + COCH_VIEW_NAMES * l->unit);
    l->spiral = (coch_view_rect){0};
}

void coch_view_layout_of(coch_view_layout *l, const coch_view_model *model, double width, double height,
                         double scale)
{
    memset(l, 0, sizeof *l);
    l->width = width;
    l->height = height;
    l->unit = fmax(fmin(width / DESIGN_WIDTH, height / DESIGN_HEIGHT), UNIT_MIN * scale);
    double bottom = place_strip(l, model), top = MARGIN * l->unit;
    if (bottom > 3.0 * HEADER * l->unit) {
        l->header = (coch_view_rect){0.0, 0.0, width, round(HEADER * l->unit)};
        top = l->header.h;
    }
    if (model->picture == COCH_VIEW_HYBRID)
        place_hybrid(l, top, bottom);
    else
        place_heart(l, top, bottom);
    if (model->picture == COCH_VIEW_PIANO_HYBRID)
        replace_spiral(l);
}

#define CHOICE 22.0 /* height of a choice */
#define MENU_WIDTH 270.0
#define MENU_PAD 4.0

int coch_view_menu_lines(const coch_view_layout *l, const coch_view_model *model)
{
    int open = model->focus.open;
    if (open < 0 || open >= model->control_count || l->control[open].w == 0.0)
        return 0;
    int room = (int)((l->control[open].y - 2.0 * MENU_PAD * l->unit) / (CHOICE * l->unit));
    int count = model->controls[open].choices;
    return count < room ? count : room > 1 ? room : 1;
}

coch_view_rect coch_view_menu_rect(const coch_view_layout *l, const coch_view_model *model)
{
    coch_view_rect menu = {0};
    int lines = coch_view_menu_lines(l, model);
    if (lines == 0)
        return menu;
    const coch_view_rect *at = &l->control[model->focus.open];
    menu.w = fmin(fmax(at->w, MENU_WIDTH * l->unit), l->width);
    menu.h = (CHOICE * lines + 2.0 * MENU_PAD) * l->unit;
    menu.x = fmax(0.0, fmin(at->x, l->width - menu.w - MENU_PAD * l->unit));
    menu.y = at->y - menu.h;
    return menu;
}

coch_view_rect coch_view_choice_rect(const coch_view_layout *l, const coch_view_model *model, int choice)
{
    coch_view_rect menu = coch_view_menu_rect(l, model), none = {0};
    int line = choice - model->focus.first;
    if (menu.w == 0.0 || line < 0 || line >= coch_view_menu_lines(l, model) ||
        choice >= model->controls[model->focus.open].choices)
        return none;
    double pad = MENU_PAD * l->unit, each = CHOICE * l->unit;
    return (coch_view_rect){menu.x + pad, menu.y + pad + line * each, menu.w - 2.0 * pad, each};
}
