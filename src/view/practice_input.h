/* What pointer and keys ask of the practice window: pure, so that it is tested without any window system. */
#ifndef COCH_VIEW_PRACTICE_INPUT_H
#define COCH_VIEW_PRACTICE_INPUT_H

#include "view/input.h"
#include "view/practice_model.h"

typedef enum coch_practice_ask {
    COCH_PRACTICE_ASK_NOTHING = 0,
    COCH_PRACTICE_ASK_PLAY,    /* or pause, as `value` says */
    COCH_PRACTICE_ASK_RESTART, /* from the start of the range, with everything judged forgotten */
    COCH_PRACTICE_ASK_CHANGE,  /* to `options`, which means a new session */
    COCH_PRACTICE_ASK_PAGE,    /* `value` is a coch_practice_page */
    COCH_PRACTICE_ASK_HOME,    /* to the library */
    COCH_PRACTICE_ASK_SET_UP   /* of the device */
} coch_practice_ask;

typedef struct coch_practice_request {
    coch_practice_ask ask;
    int value;
    coch_session_options options; /* for COCH_PRACTICE_ASK_CHANGE */
} coch_practice_request;

/* Changes what the pointer is about to do in the model, and says what is asked for. Keys:
 *     space          play, pause              r, home        restart
 *     m              next mode                h              next hand
 *     up, down, +, - tempo by 5 %             0              tempo 100 %
 *     a, b           loop from, to this bar   l              loop off, on
 *     left, right    range one bar earlier, later (with shift: its end)
 *     w              loop the worst bar       1 .. 8         loop that one of the report's list
 *     c              metronome                o              the other hand is played along
 *     tab, enter     report or score          escape         back to the score, to the library
 *     f2, s          set-up of the device
 * The wheel changes the tempo; a press on a bar loops it, a drag over several loops these. [main] */
void coch_practice_take(coch_practice_model *model, const coch_view_input *input, int width, int height,
                        double scale, coch_practice_request *request);

/* The range with that bar alone: what "loop the worst" asks for. [any] */
coch_session_options coch_practice_around(const coch_session_options *options, uint32_t first, uint32_t end);

#endif
