#include "view/practice.h"

#include "view/practice_parts.h"

void coch_practice_draw(cairo_t *cr, const coch_practice_model *m, int width, int height, double scale)
{
    coch_practice_layout l;
    coch_practice_layout_of(&l, width, height, scale);
    cairo_save(cr);
    cairo_rectangle(cr, 0.0, 0.0, width, height);
    cairo_clip(cr);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_FAST);
    coch_view_tone_set(cr, COCH_VIEW_BACKGROUND, 1.0);
    cairo_paint(cr);
    coch_practice_header(cr, &l, m);
    coch_practice_bars(cr, &l, m);
    if (m->page == COCH_PRACTICE_REPORT) {
        coch_practice_report(cr, &l, m);
    } else {
        coch_practice_roll(cr, &l, m);
        coch_practice_keys(cr, &l, m);
        coch_practice_fall(cr, &l, m);
    }
    coch_practice_strip(cr, &l, m);
    cairo_restore(cr);
}
