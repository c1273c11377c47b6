#include "view/library_layout.h"

#include <math.h>
#include <string.h>

#define DESIGN_WIDTH 1280.0
#define DESIGN_HEIGHT 720.0
#define UNIT_MIN 0.62
#define MARGIN 12.0
#define HEADER 54.0
#define HEAD 26.0
#define ROW 46.0
#define FOOT 30.0
#define BAR 8.0
#define PROGRESS 400.0
#define PROGRESS_LEAST 860.0 /* units of width below which there is none */

/* Shares of the table's width; the last columns are left out when narrow. */
static const double columns[COCH_LIBRARY_ORDERS] = {0.44, 0.12, 0.24, 0.20};

static void place_table(coch_library_layout *l, double top, double right, double bottom)
{
    double m = MARGIN * l->unit, x = m, w = right - x;
    l->bar = (coch_view_rect){right - BAR * l->unit, top + HEAD * l->unit, BAR * l->unit,
                              bottom - top - HEAD * l->unit};
    w -= (BAR + 6.0) * l->unit;
    for (int i = 0; i < COCH_LIBRARY_ORDERS; i++) {
        l->head[i] = (coch_view_rect){x, top, columns[i] * w, HEAD * l->unit};
        x += columns[i] * w;
    }
    l->table = (coch_view_rect){m, l->bar.y, w, l->bar.h};
    l->row = round(ROW * l->unit);
    l->fit = l->table.h > l->row ? (size_t)(l->table.h / l->row) : 0;
}

static void place_progress(coch_library_layout *l, double top, double bottom)
{
    double m = MARGIN * l->unit, w = PROGRESS * l->unit, x = l->width - m - w, u = l->unit;
    l->progress = (coch_view_rect){x, top, w, bottom - top};
    double tab = (w - 28.0 * u) / 2.0, y = top + 52.0 * u;
    for (int i = 0; i < 2; i++)
        l->scope[i] = (coch_view_rect){x + 14.0 * u + i * tab, top + 12.0 * u, tab, 30.0 * u};
    double each = (bottom - 8.0 * u - y) / COCH_LIBRARY_PLOTS;
    for (int i = 0; i < COCH_LIBRARY_PLOTS; i++)
        l->plot[i] = (coch_view_rect){x, y + i * each, w, each};
}

void coch_library_layout_of(coch_library_layout *l, double width, double height, double scale)
{
    memset(l, 0, sizeof *l);
    l->width = width;
    l->height = height;
    l->unit = fmax(fmin(width / DESIGN_WIDTH, height / DESIGN_HEIGHT), UNIT_MIN * scale);
    double m = MARGIN * l->unit, top = m, bottom = height - m, right = width - m;
    if (height > 220.0 * l->unit) {
        l->header = (coch_view_rect){0.0, 0.0, width, round(HEADER * l->unit)};
        l->set_up =
            (coch_view_rect){width - m - 104.0 * l->unit, 11.0 * l->unit, 104.0 * l->unit, 32.0 * l->unit};
        top = l->header.h;
        bottom = floor(height - FOOT * l->unit);
        l->foot = (coch_view_rect){m, bottom, width - 2.0 * m, height - bottom};
    }
    if (width > PROGRESS_LEAST * l->unit && bottom - top > 300.0 * l->unit) {
        place_progress(l, top, bottom);
        right = l->progress.x - m;
    }
    place_table(l, top, right, bottom);
}

coch_view_rect coch_library_row_rect(const coch_library_layout *l, const coch_library *library, size_t place)
{
    if (place < library->top || place >= library->top + l->fit)
        return (coch_view_rect){0};
    return (coch_view_rect){l->table.x, l->table.y + (double)(place - library->top) * l->row, l->table.w,
                            l->row - 2.0 * l->unit};
}

coch_view_rect coch_library_thumb(const coch_library_layout *l, const coch_library *library)
{
    if (library->shown_count <= l->fit)
        return (coch_view_rect){0};
    double count = (double)library->shown_count, h = fmax(24.0 * l->unit, l->bar.h * (double)l->fit / count);
    double share = (double)library->top / (count - (double)l->fit);
    return (coch_view_rect){l->bar.x, l->bar.y + (l->bar.h - h) * fmin(1.0, share), l->bar.w, h};
}
