/* The library of scores, with the progress of the weeks: what it shows, and what the user asks of it. Plain
 * data and pure functions; a shell fills and obeys. */
#ifndef COCH_VIEW_LIBRARY_H
#define COCH_VIEW_LIBRARY_H

#include "practice/progress.h"
#include "practice/score_names.h"
#include "view/input.h"

#include <stddef.h>
#include <stdint.h>

#define COCH_LIBRARY_CELLS 48  /* of the strip that shows where a piece has trouble */
#define COCH_LIBRARY_DAYS 1024 /* of practising that are kept, the latest */
#define COCH_LIBRARY_FIND 32   /* bytes */
#define COCH_LIBRARY_TEXT 128  /* bytes */

typedef enum coch_library_state {
    COCH_LIBRARY_UNREAD = 0, /* only its name is known as yet */
    COCH_LIBRARY_READ,
    COCH_LIBRARY_BROKEN /* it cannot be practised; `reason` says why */
} coch_library_state;

/* A score and what the last sittings over it came to. */
typedef struct coch_library_row {
    coch_score_names names;
    const char *reason;
    uint8_t state;                     /* coch_library_state */
    uint8_t cells[COCH_LIBRARY_CELLS]; /* trouble along the piece, 1 (none) to 255; 0: never played */
    uint32_t bars, notes, sittings;
    uint32_t troubled;       /* bars that want practice */
    float seconds;           /* length of the piece */
    float trouble;           /* mean of the bars played, 0 and up; NAN */
    int64_t last;            /* when it was practised, seconds since 1970; 0: never */
    int32_t last_day;        /* the same in days, by the local clock */
    float accuracy, in_time; /* of that sitting; NAN */
} coch_library_row;

typedef enum coch_library_order {
    COCH_LIBRARY_BY_NAME = 0,
    COCH_LIBRARY_BY_LENGTH,
    COCH_LIBRARY_BY_TROUBLE, /* the worst first */
    COCH_LIBRARY_BY_LAST,    /* the latest first */
    COCH_LIBRARY_ORDERS
} coch_library_order;

/* What lies under the pointer, besides rows (counted from 0). */
enum {
    COCH_LIBRARY_NOWHERE = -1,
    COCH_LIBRARY_ON_HEAD = -10, /* of column 0; the others are -11, ... by their order */
    COCH_LIBRARY_ON_PIECE = -20,
    COCH_LIBRARY_ON_ALL = -21,
    COCH_LIBRARY_ON_SET_UP = -22,
    COCH_LIBRARY_ON_BAR = -23 /* the scroll bar */
};

typedef struct coch_library {
    const coch_library_row *rows; /* [count] */
    uint32_t *shown;              /* [count] room for indices of rows */
    size_t count, shown_count;    /* shown[0..shown_count) are found and in order */
    size_t selected, top;         /* places in `shown`: the chosen one, the first in sight */
    coch_library_order order;
    char find[COCH_LIBRARY_FIND];   /* what was typed; empty: all */
    char folder[COCH_LIBRARY_TEXT]; /* its end */
    char notice[COCH_LIBRARY_TEXT]; /* a line for what went wrong; empty when all is well */
    char device[COCH_LIBRARY_TEXT]; /* that will be listened to, if known */
    int all;                        /* progress over all pieces, not over the selected one */
    coch_progress_day days[COCH_LIBRARY_DAYS];
    size_t day_count;
    int32_t today; /* days since 1970 */
    int hover, dragging;
    int hide_text; /* for tests, whose machines have different fonts */
} coch_library;

typedef enum coch_library_ask {
    COCH_LIBRARY_ASK_NOTHING = 0,
    COCH_LIBRARY_ASK_OPEN,   /* the selected row */
    COCH_LIBRARY_ASK_DAYS,   /* another piece or scope: `days` are to be filled anew */
    COCH_LIBRARY_ASK_SET_UP, /* of the device */
    COCH_LIBRARY_ASK_BACK    /* to the piece that was open */
} coch_library_ask;

/* Finds and orders anew, as after a change of rows; the chosen row stays chosen where it is still found.
 * [main] */
void coch_library_arrange(coch_library *library);

/* The chosen row, NULL when none is shown. [any] */
const coch_library_row *coch_library_chosen(const coch_library *library);

/* Size and scale as for coch_view_draw(). Keys: up, down, page up and down, home, end choose; enter opens;
 * left, right change the order; tab this piece or all; letters find, backspace and escape undo that; F2
 * set-up. The pointer: a press chooses, a second one opens; heads order; the wheel scrolls. [main] */
coch_library_ask coch_library_take(coch_library *library, const coch_view_input *input, int width, int height,
                                   double scale);

#endif
