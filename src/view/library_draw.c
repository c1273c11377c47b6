/* The table of scores. */
#include "view/library_draw.h"

#include "view/library_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void coch_library_write(const coch_library_pen *p, const char *text, double x, double y, double size,
                        int bold, coch_view_align align, double width)
{
    double u = p->layout->unit;
    if (!p->library->hide_text && size * u >= 4.0)
        coch_view_text(p->cr, text, x, y, size * u, bold, align, width);
}

void coch_library_button(const coch_library_pen *p, const coch_view_rect *r, const char *name, int on,
                         int hover)
{
    double u = p->layout->unit;
    coch_view_round(p->cr, r->x + 1.0, r->y, r->w - 2.0, r->h, 6.0 * u);
    coch_view_tone_set(p->cr, on ? COCH_VIEW_ACCENT : hover ? COCH_VIEW_LINE : COCH_VIEW_RAISED, 1.0);
    cairo_fill(p->cr);
    coch_view_tone_set(p->cr, on ? COCH_VIEW_BACKGROUND : COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_library_write(p, name, r->x + r->w / 2.0, r->y + r->h / 2.0 + 4.5 * u, 12.5, 1, COCH_VIEW_CENTRE,
                       r->w - 8.0 * u);
}

/* ---- Head and foot ---- */

static void draw_header(const coch_library_pen *p)
{
    const coch_library_layout *l = p->layout;
    const coch_library *m = p->library;
    double u = l->unit, x = 56.0 * u, find = 320.0 * u, room = l->set_up.x - x - find - 24.0 * u;
    char text[COCH_LIBRARY_FIND + 8];
    coch_view_mark(p->cr, 28.0 * u, l->header.h / 2.0, 1.1 * u);
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_library_write(p, "Library", x, 26.0 * u, 17.0, 1, COCH_VIEW_LEFT, room);
    coch_view_tone_set(p->cr, m->notice[0] ? COCH_VIEW_ALARM : COCH_VIEW_TEXT_DIM, 1.0);
    coch_library_write(p, m->notice[0] ? m->notice : m->folder, x, 43.0 * u, 12.0, 0, COCH_VIEW_LEFT, room);
    coch_library_button(p, &l->set_up, "Set-up  F2", 0, m->hover == COCH_LIBRARY_ON_SET_UP);
    coch_view_rect box = {l->set_up.x - find - 12.0 * u, l->set_up.y, find, l->set_up.h};
    coch_view_tone_set(p->cr, COCH_VIEW_PANEL, 1.0);
    coch_view_round(p->cr, box.x, box.y, box.w, box.h, 6.0 * u);
    cairo_fill_preserve(p->cr);
    coch_view_tone_set(p->cr, m->find[0] ? COCH_VIEW_ACCENT : COCH_VIEW_LINE, 1.0);
    cairo_set_line_width(p->cr, 1.0);
    cairo_stroke(p->cr);
    snprintf(text, sizeof text, "%s\xE2\x94\x82", m->find);
    coch_view_tone_set(p->cr, m->find[0] ? COCH_VIEW_TEXT_BRIGHT : COCH_VIEW_TEXT_DIM, 1.0);
    coch_library_write(p, m->find[0] ? text : "Type to find", box.x + 12.0 * u, box.y + 21.0 * u, 13.0, 0,
                       COCH_VIEW_LEFT, box.w - 100.0 * u);
    snprintf(text, sizeof text, "%zu of %zu", m->shown_count, m->count);
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_library_write(p, text, box.x + box.w - 12.0 * u, box.y + 21.0 * u, 12.0, 0, COCH_VIEW_RIGHT, 0.0);
}

static void draw_foot(const coch_library_pen *p)
{
    const coch_view_rect *f = &p->layout->foot;
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_library_write(
        p,
        "\xE2\x86\x91 \xE2\x86\x93 choose    Enter practise    \xE2\x86\x90 \xE2\x86\x92 order    "
        "Tab this piece, all    Esc back",
        f->x, f->y + 0.66 * f->h, 12.0, 0, COCH_VIEW_LEFT, 0.62 * f->w);
    if (p->library->device[0])
        coch_library_write(p, p->library->device, f->x + f->w, f->y + 0.66 * f->h, 12.0, 0, COCH_VIEW_RIGHT,
                           0.35 * f->w);
}

static void draw_heads(const coch_library_pen *p)
{
    static const char *const names[COCH_LIBRARY_ORDERS] = {"Piece", "Length", "Trouble", "Last time"};
    double u = p->layout->unit;
    for (int i = 0; i < COCH_LIBRARY_ORDERS; i++) {
        const coch_view_rect *h = &p->layout->head[i];
        int on = (int)p->library->order == i, hover = p->library->hover == COCH_LIBRARY_ON_HEAD - i;
        double x = h->x + (i == 0 ? 14.0 : 4.0) * u, y = h->y + 0.62 * h->h;
        coch_view_tone_set(p->cr,
                           on      ? COCH_VIEW_ACCENT
                           : hover ? COCH_VIEW_TEXT_BRIGHT
                                   : COCH_VIEW_TEXT_DIM,
                           1.0);
        coch_library_write(p, names[i], x, y, 12.0, on, COCH_VIEW_LEFT, h->w - 20.0 * u);
        if (!on)
            continue;
        cairo_move_to(p->cr, x - 9.0 * u, y - 7.0 * u);
        cairo_line_to(p->cr, x - 3.0 * u, y - 7.0 * u);
        cairo_line_to(p->cr, x - 6.0 * u, y - 2.0 * u);
        cairo_fill(p->cr);
    }
}

/* ---- Rows ---- */

static void draw_piece(const coch_library_pen *p, const coch_library_row *row, const coch_view_rect *r,
                       double w)
{
    double u = p->layout->unit, x = r->x + 14.0 * u;
    int broken = row->state == COCH_LIBRARY_BROKEN;
    const char *below = broken ? row->reason : row->names.composer;
    coch_view_tone_set(p->cr, broken ? COCH_VIEW_TEXT_DIM : COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_library_write(p, row->names.title, x, r->y + (below && below[0] ? 0.44 : 0.62) * r->h, 14.0, 1,
                       COCH_VIEW_LEFT, w - 24.0 * u);
    coch_view_tone_set(p->cr, broken ? COCH_VIEW_ALARM : COCH_VIEW_TEXT_DIM, 1.0);
    if (below && below[0])
        coch_library_write(p, below, x, r->y + 0.80 * r->h, 11.5, 0, COCH_VIEW_LEFT, w - 24.0 * u);
}

static void draw_length(const coch_library_pen *p, const coch_library_row *row, const coch_view_rect *r,
                        double x, double w)
{
    char text[32];
    unsigned seconds = (unsigned)(row->seconds + 0.5f);
    snprintf(text, sizeof text, "%u:%02u", seconds / 60, seconds % 60);
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_library_write(p, text, x, r->y + 0.44 * r->h, 13.0, 0, COCH_VIEW_LEFT, w);
    snprintf(text, sizeof text, "%u bar%s", row->bars, row->bars == 1 ? "" : "s");
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_library_write(p, text, x, r->y + 0.80 * r->h, 11.5, 0, COCH_VIEW_LEFT, w);
}

/* The piece from its start to its end: faults stand on the ground, as in the strip of all bars. */
static void draw_trouble(const coch_library_pen *p, const coch_library_row *row, const coch_view_rect *r,
                         double x, double w)
{
    char text[48];
    double u = p->layout->unit, high = 0.34 * r->h, y = r->y + 0.15 * r->h, cell = w / COCH_LIBRARY_CELLS;
    for (int i = 0; i < COCH_LIBRARY_CELLS; i++) {
        double share = row->cells[i] ? (row->cells[i] - 1) / 254.0 : 0.0;
        double left = round(x + i * cell), wide = round(x + (i + 1) * cell) - left;
        if (row->cells[i])
            coch_view_set(p->cr, coch_practice_colour(COCH_PRACTICE_TONE_HIT), 0.55);
        else
            coch_view_tone_set(p->cr, COCH_VIEW_GRID, 1.0);
        coch_view_fill(p->cr, left, y, wide, high);
        if (share <= 0.0)
            continue;
        coch_view_set(p->cr, coch_practice_colour(COCH_PRACTICE_TONE_FAULT), 1.0);
        coch_view_fill(p->cr, left, y + high * (1.0 - share), wide, high * share);
    }
    if (row->sittings == 0)
        snprintf(text, sizeof text, "not practised yet");
    else if (row->troubled == 0)
        snprintf(text, sizeof text, "no bar in trouble");
    else
        snprintf(text, sizeof text, "%u bar%s to practise", row->troubled, row->troubled == 1 ? "" : "s");
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_library_write(p, text, x, r->y + 0.80 * r->h, 11.5, 0, COCH_VIEW_LEFT, w + 8.0 * u);
}

/* Days ago in words that fit. */
static void say_when(const coch_library *m, const coch_library_row *row, char *text, size_t size)
{
    time_t seconds = (time_t)row->last;
    struct tm local;
    if (!localtime_r(&seconds, &local))
        return;
    int32_t ago = m->today - row->last_day;
    if (ago <= 0)
        strftime(text, size, "today %H:%M", &local);
    else if (ago == 1)
        strftime(text, size, "yesterday", &local);
    else if (ago < 7)
        snprintf(text, size, "%d days ago", ago);
    else
        strftime(text, size, ago < 330 ? "%d %b" : "%b %Y", &local);
}

static void draw_last(const coch_library_pen *p, const coch_library_row *row, const coch_view_rect *r,
                      double x, double w)
{
    char text[48] = "";
    double u = p->layout->unit, radius = 0.30 * r->h, y = r->y + r->h / 2.0, left = x + radius + 2.0 * u;
    if (row->sittings == 0)
        return;
    double share = isnan(row->accuracy) ? 0.0 : row->accuracy;
    cairo_set_line_width(p->cr, 4.0 * u);
    coch_view_tone_set(p->cr, COCH_VIEW_LINE, 1.0);
    cairo_arc(p->cr, left, y, radius, 0.0, 2.0 * COCH_VIEW_PI);
    cairo_stroke(p->cr);
    coch_view_set(p->cr, coch_practice_colour(COCH_PRACTICE_TONE_HIT), 1.0);
    if (share > 0.0) {
        cairo_arc(p->cr, left, y, radius, -0.5 * COCH_VIEW_PI, (2.0 * share - 0.5) * COCH_VIEW_PI);
        cairo_stroke(p->cr);
    }
    left += radius + 9.0 * u;
    snprintf(text, sizeof text,
             isnan(row->accuracy)      ? "\xE2\x80\x93"
             : x + w - left > 76.0 * u ? "%.0f %% right"
                                       : "%.0f %%",
             100.0 * share);
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_BRIGHT, 1.0);
    coch_library_write(p, text, left, r->y + 0.44 * r->h, 13.0, 1, COCH_VIEW_LEFT, x + w - left);
    say_when(p->library, row, text, sizeof text);
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_library_write(p, text, left, r->y + 0.80 * r->h, 11.5, 0, COCH_VIEW_LEFT, x + w - left);
}

static void draw_row(const coch_library_pen *p, size_t place)
{
    const coch_library *m = p->library;
    const coch_library_row *row = &m->rows[m->shown[place]];
    const coch_view_rect *head = p->layout->head;
    coch_view_rect r = coch_library_row_rect(p->layout, m, place);
    double u = p->layout->unit;
    int chosen = place == m->selected, hover = m->hover == (int)place;
    coch_view_tone_set(p->cr, chosen ? COCH_VIEW_LINE : hover ? COCH_VIEW_RAISED : COCH_VIEW_PANEL, 1.0);
    coch_view_round(p->cr, r.x, r.y, r.w, r.h, 5.0 * u);
    cairo_fill(p->cr);
    if (chosen) {
        coch_view_tone_set(p->cr, COCH_VIEW_ACCENT, 1.0);
        coch_view_fill(p->cr, r.x, r.y + 5.0 * u, 3.0 * u, r.h - 10.0 * u);
    }
    draw_piece(p, row, &r, row->state == COCH_LIBRARY_BROKEN ? r.w : head[0].w);
    if (row->state != COCH_LIBRARY_READ)
        return;
    draw_length(p, row, &r, head[1].x + 4.0 * u, head[1].w - 8.0 * u);
    draw_trouble(p, row, &r, head[2].x + 4.0 * u, head[2].w - 24.0 * u);
    draw_last(p, row, &r, head[3].x + 4.0 * u, head[3].w - 8.0 * u);
}

static void draw_bar(const coch_library_pen *p)
{
    coch_view_rect thumb = coch_library_thumb(p->layout, p->library);
    const coch_view_rect *bar = &p->layout->bar;
    int lit = p->library->hover == COCH_LIBRARY_ON_BAR || p->library->dragging;
    if (thumb.w <= 0.0)
        return;
    coch_view_tone_set(p->cr, COCH_VIEW_PANEL, 1.0);
    coch_view_round(p->cr, bar->x, bar->y, bar->w, bar->h, bar->w / 2.0);
    cairo_fill(p->cr);
    coch_view_tone_set(p->cr, lit ? COCH_VIEW_TEXT_DIM : COCH_VIEW_LINE, 1.0);
    coch_view_round(p->cr, thumb.x, thumb.y, thumb.w, thumb.h, thumb.w / 2.0);
    cairo_fill(p->cr);
}

static void draw_empty(const coch_library_pen *p)
{
    const coch_view_rect *t = &p->layout->table;
    coch_view_tone_set(p->cr, COCH_VIEW_TEXT_DIM, 1.0);
    coch_library_write(p, p->library->count ? "Nothing is called that." : "No MIDI files are in this folder.",
                       t->x + 14.0 * p->layout->unit, t->y + 40.0 * p->layout->unit, 15.0, 0, COCH_VIEW_LEFT,
                       t->w - 28.0 * p->layout->unit);
}

void coch_library_draw(cairo_t *cr, const coch_library *m, int width, int height, double scale)
{
    coch_library_layout l;
    const coch_library_pen p = {cr, &l, m};
    coch_library_layout_of(&l, width, height, scale);
    cairo_save(cr);
    cairo_rectangle(cr, 0.0, 0.0, width, height);
    cairo_clip(cr);
    coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 1.0);
    cairo_paint(cr);
    if (l.header.w > 0.0) {
        draw_header(&p);
        draw_foot(&p);
    }
    draw_heads(&p);
    for (size_t i = m->top; i < m->shown_count && i < m->top + l.fit; i++)
        draw_row(&p, i);
    if (m->shown_count == 0)
        draw_empty(&p);
    draw_bar(&p);
    if (l.progress.w > 0.0)
        coch_library_progress(&p);
    cairo_restore(cr);
}
