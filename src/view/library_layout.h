/* Where everything of the library lies: a pure function of the size of the surface. */
#ifndef COCH_VIEW_LIBRARY_LAYOUT_H
#define COCH_VIEW_LIBRARY_LAYOUT_H

#include "view/layout.h"
#include "view/library.h"

enum { COCH_LIBRARY_PLOTS = 3 }; /* right notes, tempo, minutes */

typedef struct coch_library_layout {
    double unit, width, height;
    coch_view_rect header; /* w is 0 for a part that found no room */
    coch_view_rect set_up; /* button */
    coch_view_rect head[COCH_LIBRARY_ORDERS];
    coch_view_rect table;
    double row;         /* pixels of one */
    size_t fit;         /* whole rows that are seen */
    coch_view_rect bar; /* for scrolling */
    coch_view_rect progress, scope[2], plot[COCH_LIBRARY_PLOTS];
    coch_view_rect foot;
} coch_library_layout;

void coch_library_layout_of(coch_library_layout *layout, double width, double height, double scale);

/* The row at `place` of those shown, as far as it is in sight. [any] */
coch_view_rect coch_library_row_rect(const coch_library_layout *layout, const coch_library *library,
                                     size_t place);

/* The part of the scroll bar that is dragged; w is 0 when all rows are seen. [any] */
coch_view_rect coch_library_thumb(const coch_library_layout *layout, const coch_library *library);

#endif
