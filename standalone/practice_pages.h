/* What the practice window shows by turns, and what leads from one to the other: the library, the piece on
 * the stand, the set-up of the device. Works without a window, too. */
#ifndef COCHLEA_STANDALONE_PRACTICE_PAGES_H
#define COCHLEA_STANDALONE_PRACTICE_PAGES_H

#include "practice_shelf.h"
#include "practice_stand.h"
#include "practice_tuner.h"
#include "practice_window.h"
#include "view/library.h"

typedef enum practice_page {
    PRACTICE_PAGE_PIECE = 0,
    PRACTICE_PAGE_LIBRARY,
    PRACTICE_PAGE_SET_UP
} practice_page;

typedef struct practice_pages {
    const practice_window_options *options;
    practice_live *live;         /* NULL: not opened yet */
    practice_source_state state; /* as looked at last */
    practice_stand stand;
    practice_shelf *shelf; /* NULL: not opened yet */
    coch_library library;
    practice_tuner tuner;
    practice_page page, before; /* the set-up leads back to `before` */
    double arranged_at;         /* when the library was ordered last */
} practice_pages;

/* Puts the score on the stand, or opens the library. */
int practice_pages_open(practice_pages *pages, const practice_window_options *options, char *why,
                        size_t why_size);

/* Ends the sitting; also after a failure. */
void practice_pages_close(practice_pages *pages, practice_window_result *result);

/* All that happens from picture to picture. */
void practice_pages_look(practice_pages *pages, double now);

#ifdef HAVE_WINDOW
#include <cairo.h>
void practice_pages_draw(const practice_pages *pages, cairo_t *cr, int width, int height, double scale);
void practice_pages_take(practice_pages *pages, const coch_view_input *input, int width, int height,
                         double scale);
#endif

#endif
