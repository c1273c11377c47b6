/* What the practice window shows: plain data, filled by a shell, drawn by practice.h, asked by the user
 * through practice_input.h. */
#ifndef COCH_VIEW_PRACTICE_MODEL_H
#define COCH_VIEW_PRACTICE_MODEL_H

#include "practice/report.h"
#include "practice/session.h"

#define COCH_PRACTICE_FLASHES 32 /* the newest that are kept */
#define COCH_PRACTICE_TEXT 128   /* bytes, with the end */

/* What a key that was just struck is taken for. */
typedef enum coch_practice_key {
    COCH_PRACTICE_KEY_RIGHT = 0, /* a note of the score */
    COCH_PRACTICE_KEY_WRONG,
    COCH_PRACTICE_KEY_UNSURE /* perhaps not played at all */
} coch_practice_key;

typedef struct coch_practice_flash {
    double time; /* when it was heard, seconds of input */
    uint8_t pitch, velocity;
    uint8_t key; /* coch_practice_key */
} coch_practice_flash;

typedef enum coch_practice_page { COCH_PRACTICE_PLAY = 0, COCH_PRACTICE_REPORT = 1 } coch_practice_page;

/* What can be pressed; the numbers are indices of the layout's buttons. */
typedef enum coch_practice_button {
    COCH_PRACTICE_START = 0, /* play, pause */
    COCH_PRACTICE_RESTART,
    COCH_PRACTICE_WAIT,
    COCH_PRACTICE_TEMPO,
    COCH_PRACTICE_FREE,
    COCH_PRACTICE_SLOWER,
    COCH_PRACTICE_PACE, /* shows the tempo; back to 100 % */
    COCH_PRACTICE_FASTER,
    COCH_PRACTICE_LEFT,
    COCH_PRACTICE_BOTH,
    COCH_PRACTICE_RIGHT,
    COCH_PRACTICE_FROM, /* the loop starts with this bar */
    COCH_PRACTICE_TO,   /* and ends with this one */
    COCH_PRACTICE_LOOP, /* back to the whole piece, or around this bar */
    COCH_PRACTICE_WORST,
    COCH_PRACTICE_CLICK,
    COCH_PRACTICE_OTHER, /* the other hand is played along */
    COCH_PRACTICE_PAGES, /* report or score */
    COCH_PRACTICE_BUTTONS
} coch_practice_button;

#define COCH_PRACTICE_WORST_SHOWN 8 /* bars in the report's list */

/* What else lies under the pointer: the bars of the report's list, then these. */
enum {
    COCH_PRACTICE_ON_WORST = COCH_PRACTICE_BUTTONS,
    COCH_PRACTICE_ON_HOME = COCH_PRACTICE_ON_WORST + COCH_PRACTICE_WORST_SHOWN,
    COCH_PRACTICE_ON_INPUT
};

typedef struct coch_practice_model {
    coch_picture picture; /* its score and notes are never NULL */
    coch_session_options options;
    const coch_report *report;                          /* NULL: none yet */
    coch_practice_flash flashes[COCH_PRACTICE_FLASHES]; /* ring: flash i is flashes[i % ...] */
    size_t flash_count;                                 /* ever */
    coch_practice_page page;
    int at_home; /* nonzero: there are a library to go back to and a device to set up */
    int playing; /* zero: time stands still */
    float peak;  /* of the input, 1 is full scale */
    char title[COCH_PRACTICE_TEXT];
    char device[COCH_PRACTICE_TEXT]; /* what is listened to */
    char notice[COCH_PRACTICE_TEXT]; /* a line for what went wrong; empty when all is well */
    int hover;                       /* button, or what else is under the pointer, -1 for none */
    int hover_bar;                   /* bar under the pointer, -1 for none */
    int drag_bar;                    /* where a range is being drawn from, -1 for none */
    int hide_text;                   /* for tests, whose machines have different fonts */
} coch_practice_model;

/* Nothing heard, nothing pressed; the caller fills picture and options. [any] */
void coch_practice_model_init(coch_practice_model *model);

/* Whether a bar is among those that are practised. [any] */
int coch_practice_in_range(const coch_practice_model *model, uint32_t bar);

/* Whether a note is of the hand and the range that are practised. [any] */
int coch_practice_wanted(const coch_practice_model *model, const coch_score_note *note);

/* Quarter notes from the start of the piece at which the picture stands: during the count-in before the
 * first. [any] */
double coch_practice_beat(const coch_practice_model *model);

/* Shares of what was judged so far: of notes struck, NAN before the first. [any] */
double coch_practice_accuracy(const coch_practice_model *model);

/* The bars of the report by trouble: index of the n-th worst, -1 when there are not so many. [any] */
int coch_practice_worst(const coch_practice_model *model, size_t n);

#endif
