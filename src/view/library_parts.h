/* The parts of the library, inside of the view. */
#ifndef COCH_VIEW_LIBRARY_PARTS_H
#define COCH_VIEW_LIBRARY_PARTS_H

#include "view/library_layout.h"
#include "view/practice_parts.h"

/* coch_view_text() unless the model hides text; in units of the layout. */
typedef struct coch_library_pen {
    cairo_t *cr;
    const coch_library_layout *layout;
    const coch_library *library;
} coch_library_pen;

void coch_library_write(const coch_library_pen *pen, const char *text, double x, double y, double size,
                        int bold, coch_view_align align, double width);

/* A button or tab: its face, lit where the pointer is, and its name. */
void coch_library_button(const coch_library_pen *pen, const coch_view_rect *rect, const char *name, int on,
                         int hover);

/* The plots of the weeks. */
void coch_library_progress(const coch_library_pen *pen);

#endif
