/* Where everything of the practice window lies: a pure function of the size of the surface. */
#ifndef COCH_VIEW_PRACTICE_LAYOUT_H
#define COCH_VIEW_PRACTICE_LAYOUT_H

#include "view/layout.h"
#include "view/practice_model.h"

#define COCH_PRACTICE_GROUPS 9 /* of buttons */

typedef struct coch_practice_layout {
    double unit;                /* pixels of one unit of the design (1280 x 720 units) */
    double width, height;       /* pixels of the surface */
    coch_view_rect header;      /* w is 0 for a part that found no room */
    coch_view_rect home, input; /* in it: the way to the library, the meter */
    coch_view_rect bars;        /* the whole piece, a column a bar */
    coch_view_rect roll, ruler; /* the ruler is the roll's top edge, with the bar numbers */
    coch_view_rect fall;
    coch_view_layout keys; /* keyboard and unit alone are set */
    coch_view_rect strip;  /* of the buttons */
    coch_view_rect button[COCH_PRACTICE_BUTTONS];
    coch_view_rect group[COCH_PRACTICE_GROUPS]; /* the names below the buttons */
    /* Of the report; they take the place of roll, fall and keyboard. */
    coch_view_rect page, score_card, histogram, tempo, trouble;
    coch_view_rect worst[COCH_PRACTICE_WORST_SHOWN];
} coch_practice_layout;

/* `scale` as for coch_view_draw(). [any] */
void coch_practice_layout_of(coch_practice_layout *layout, double width, double height, double scale);

/* The column of a bar in the strip of all bars. [any] */
coch_view_rect coch_practice_bar_rect(const coch_practice_layout *layout, const coch_score *score,
                                      size_t bar);

/* The bar at x of that strip, always one of the piece. [any] */
uint32_t coch_practice_bar_at(const coch_practice_layout *layout, const coch_score *score, double x);

#endif
