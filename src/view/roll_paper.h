/* The paper of the piano roll, inside of the view. Its rows are counted from the beginning of time,
 * downwards: what is drawn on a row stays, while the roll shows other rows. */
#ifndef COCH_VIEW_ROLL_PAPER_H
#define COCH_VIEW_ROLL_PAPER_H

#include "view/layout.h"
#include "view/model.h"
#include "view/pixels.h"
#include "view/theme.h"

#include <stdint.h>

/* A note, what a pedal holds of it, or a pedal; nothing where bottom <= top. */
typedef struct coch_view_bar {
    int64_t top, bottom; /* rows of the paper; `bottom` is the first below */
    double x, w;         /* pixels */
    double radius;       /* of the corners */
    uint32_t face, head; /* packed colours, of all of it and of a line at its top; 0 for none */
} coch_view_bar;

/* Zeroed when new. */
typedef struct coch_view_paper {
    int width, height; /* of what is seen, pixels */
    double unit, speed;
    int64_t base;         /* the first row that is kept */
    int64_t end;          /* the first that lies in the future: the roll shows those above */
    uint32_t *rows;       /* [2 * height][width], from `base` on */
    unsigned char *dirty; /* [height]: of the rows that are seen, which are to be drawn */
    coch_view_bar pedal[COCH_VIEW_PEDALS], tail[COCH_VIEW_NOTES], note[COCH_VIEW_NOTES]; /* as drawn */
    uint16_t slot[COCH_VIEW_NOTES]; /* of the notes that are seen, newest first; plus COCH_VIEW_NOTES for a
                                       black key */
    int seen;
    coch_view_colour colour[128]; /* by velocity */
} coch_view_paper;

/* Onto the roll's pixels; `still` is what stands still there, the same one each time. Without memory nothing
 * is drawn. */
void coch_view_paper_draw(coch_view_paper *paper, const coch_view_layout *layout,
                          const coch_view_model *model, const coch_view_pixels *to,
                          const coch_view_pixels *still);
void coch_view_paper_free(coch_view_paper *paper);

#endif
