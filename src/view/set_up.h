/* The page that leads through the set-up of a device (practice/setup.h): what it shows, how it is drawn, what
 * the user asks of it. */
#ifndef COCH_VIEW_SET_UP_H
#define COCH_VIEW_SET_UP_H

#include "practice/setup.h"
#include "view/input.h"

#define COCH_SET_UP_TEXT 128 /* bytes */

typedef enum coch_set_up_state {
    COCH_SET_UP_READY = 0, /* nothing was measured yet; `result` is what is known from before */
    COCH_SET_UP_RUNS,
    COCH_SET_UP_MEASURED
} coch_set_up_state;

typedef enum coch_set_up_button {
    COCH_SET_UP_BEGIN = 0, /* or begin again */
    COCH_SET_UP_KEEP,
    COCH_SET_UP_BACK,
    COCH_SET_UP_BEFORE, /* the input before this one, and the next */
    COCH_SET_UP_NEXT,
    COCH_SET_UP_PORT_BEFORE, /* the same for the MIDI port */
    COCH_SET_UP_PORT_NEXT,
    COCH_SET_UP_BUTTONS
} coch_set_up_button;

typedef struct coch_set_up {
    coch_set_up_state state;
    coch_setup_stage stage; /* while it runs */
    double left;            /* seconds of it */
    coch_setup_result result;
    int known;  /* the result is kept from before */
    int clicks; /* the program's clicks can be heard or sent: latency is measured */
    float peak; /* of the input, 1 is full scale */
    char device[COCH_SET_UP_TEXT];
    size_t input, input_count; /* which of the inputs that is */
    char port_name[COCH_SET_UP_TEXT];
    size_t port, port_count;       /* which of the MIDI ports that is; 0 for none to choose from */
    char notice[COCH_SET_UP_TEXT]; /* a line for what went wrong; empty when all is well */
    int hover;                     /* button under the pointer, -1 for none */
    int hide_text;                 /* for tests */
} coch_set_up;

typedef enum coch_set_up_ask {
    COCH_SET_UP_ASK_NOTHING = 0,
    COCH_SET_UP_ASK_BEGIN,
    COCH_SET_UP_ASK_KEEP,
    COCH_SET_UP_ASK_BACK,
    COCH_SET_UP_ASK_INPUT, /* `input` of the page is another one */
    COCH_SET_UP_ASK_PORT   /* `port` is */
} coch_set_up_ask;

/* Size and scale as for coch_view_draw(). Keys: space begins, enter keeps (or begins), left and right choose
 * the input, up and down the MIDI port, escape goes back.
 * [main] */
coch_set_up_ask coch_set_up_take(coch_set_up *page, const coch_view_input *input, int width, int height,
                                 double scale);

#endif
