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

#define COCH_VIEW_BLOCK 32 /* pixels of a row that are copied at once: two lines of the processor's cache */

/* Zeroed when new. */
typedef struct coch_view_paper {
    int width, height; /* of what is seen, pixels */
    double unit, speed;
    int64_t base;           /* the first row that is kept */
    int64_t end;            /* the first that lies in the future: the roll shows those above */
    int64_t moved;          /* rows since the last picture */
    int blocks;             /* of a row */
    uint32_t *rows;         /* [2 * height][width], from `base` on */
    unsigned char *edges;   /* [2 * height][blocks]: of these rows, which blocks differ from the row above */
    unsigned char *changed; /* [blocks]: room for an answer */
    unsigned char *lit; /* [blocks]: on which light shines at the foot, 1; or did in the last picture, 2 */
    uint32_t *shown;    /* [height][width]: of the rows that are seen, those at the foot with their lights */
    unsigned char *dirty; /* [height]: of the rows that are seen, which were drawn for this picture */
    coch_view_bar pedal[COCH_VIEW_PEDALS], tail[COCH_VIEW_NOTES], note[COCH_VIEW_NOTES]; /* as drawn */
    unsigned char present[COCH_VIEW_NOTES]; /* whether anything of a note is seen */
    uint16_t slot[COCH_VIEW_NOTES]; /* of the notes that are seen, newest first; plus COCH_VIEW_NOTES for a
                                       black key */
    int seen;
    coch_view_colour colour[128]; /* by velocity */
} coch_view_paper;

/* Brings the paper up to the present; `still` is what stands still in the roll's place, the same one each
 * time. Returns nonzero without memory. */
int coch_view_paper_move(coch_view_paper *paper, const coch_view_layout *layout, const coch_view_model *model,
                         const coch_view_pixels *still);

/* A row of the roll, from its top. */
const uint32_t *coch_view_paper_row(const coch_view_paper *paper, int row);

/* Which blocks of a row of the roll may show something else than they did in the last picture, all if that
 * was none (`whole`): [blocks], the caller's until the next call. NULL if none may. */
unsigned char *coch_view_paper_changed(const coch_view_paper *paper, int row, int whole);

/* The last rows of the roll, where a line above the keys stands still: onto the pixels of all of it. */
void coch_view_paper_foot(const coch_view_paper *paper, const coch_view_pixels *to,
                          const coch_view_pixels *still);
int coch_view_paper_foot_height(const coch_view_paper *paper);

void coch_view_paper_free(coch_view_paper *paper);

#endif
