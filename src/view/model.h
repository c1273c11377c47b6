/* What the picture shows: plain data, filled by a shell, drawn by view.h, changed by the user through
 * input.h.
 *
 *     static coch_view_model model;
 *     coch_view_model_init(&model);
 *     int c = coch_view_add_knob(&model, MY_LOOKAHEAD, "Look-ahead", "ms", 20, 200, 1, 100);
 *     ... about sixty times a second:
 *     coch_view_model_events(&model, events, count, sample_rate);
 *     coch_view_model_stats(&model, &stats, sample_rate, wall_clock_seconds);
 *     coch_view_draw(cairo, &model, cache, width, height, scale);
 *
 * The model may be copied by assignment. All times are seconds of the input, as the events' times are. */
#ifndef COCH_VIEW_MODEL_H
#define COCH_VIEW_MODEL_H

#include "engine/cochlea.h"
#include "view/hybrid_model.h"

#include <stddef.h>
#include <stdint.h>

#define COCH_VIEW_NOTES 512   /* the newest that are kept */
#define COCH_VIEW_PEDALS 64   /* the newest that are kept */
#define COCH_VIEW_LATENCIES 9 /* notes over which the latency is the median */
#define COCH_VIEW_CONTROLS 32
#define COCH_VIEW_CHOICES 160 /* of all menus together */
#define COCH_VIEW_NAME 24     /* bytes of a name, with its end */
#define COCH_VIEW_TEXT 64     /* bytes of a choice or a notice, with its end */

/* The energy lies on a logarithmic axis, three bins a semitone, as the piano net's features do. */
#define COCH_VIEW_BINS COCHLEA_FEATURE_BINS
#define COCH_VIEW_BINS_PER_NOTE 3
#define COCH_VIEW_FIRST_BIN 7 /* of A0, MIDI note 21 */
#define COCH_VIEW_LOW 21      /* lowest and highest note of the keyboard */
#define COCH_VIEW_HIGH 108

typedef struct coch_view_note {
    double on, off; /* seconds; `off` counts only when it no longer sounds */
    uint8_t note;   /* MIDI */
    uint8_t velocity;
    uint8_t sounding; /* nonzero while the key is down */
    float confidence; /* 0..1 */
} coch_view_note;

typedef struct coch_view_pedal {
    double down, up; /* seconds; `up` counts only when it is no longer held */
    int held;
} coch_view_pedal;

/* A kind of instrument that may play. */
typedef struct coch_view_class {
    char name[COCH_VIEW_NAME];
    float p; /* probability */
} coch_view_class;

typedef enum coch_view_kind {
    COCH_VIEW_KNOB = 1,
    COCH_VIEW_SWITCH = 2, /* value 0 or 1 */
    COCH_VIEW_MENU = 3    /* value is the index of the choice */
} coch_view_kind;

typedef struct coch_view_control {
    coch_view_kind kind;
    int id; /* the shell's own name for it */
    char name[COCH_VIEW_NAME];
    char unit[8];     /* shown behind the value; "note" shows a MIDI note by its name */
    double low, high; /* range of the value */
    double step;      /* of a wheel's notch or an arrow key; the value is a multiple of it above low */
    double initial;   /* what a double click gives back */
    double value;     /* now */
    int logarithmic;  /* a knob that turns by ratios; low > 0 */
    int disabled;     /* drawn faint, not to be changed */
    int choices;      /* of a menu */
    int first_choice; /* index into the model's choices */
} coch_view_control;

/* What the pointer and the keys are about to do: written by input.h alone, drawn by view.h. */
typedef struct coch_view_focus {
    int hover;         /* control under the pointer, -1 for none */
    int focus;         /* control that the keys go to, -1 for none */
    int drag;          /* knob held by the pointer, -1 for none */
    int open;          /* menu that is open, -1 for none */
    int choice;        /* of the open menu, under the pointer or the keys; -1 for none */
    int first;         /* of the open menu, the topmost that is seen */
    double x, y;       /* where the drag is, device pixels */
    double grip;       /* position of the knob that the drag would give without steps, 0..1 */
    int clicked;       /* control of the last click, for double clicks; -1 for none */
    double click_time; /* seconds of the window's clock */
} coch_view_focus;

/* What lies between the header and the controls. */
typedef enum coch_view_picture {
    COCH_VIEW_PIANO = 0,        /* roll, keyboard, spiral */
    COCH_VIEW_PIANO_HYBRID = 1, /* roll, keyboard, and the hybrid in the spiral's place */
    COCH_VIEW_HYBRID = 2        /* the hybrid alone */
} coch_view_picture;

typedef struct coch_view_model {
    coch_view_picture picture;
    double now;  /* seconds of the input, the instant that is drawn at the keyboard */
    double span; /* seconds of past in the roll */

    coch_view_note notes[COCH_VIEW_NOTES]; /* ring: note i is notes[i % COCH_VIEW_NOTES] */
    size_t note_count;                     /* ever */
    coch_view_pedal pedals[COCH_VIEW_PEDALS];
    size_t pedal_count; /* ever */

    float energy[COCH_VIEW_BINS]; /* 0..1 */
    float brightest;              /* dB that make 1 */

    float peak;           /* of the input now, 1 is full scale */
    float peak_hold;      /* highest of late */
    double peak_time;     /* wall clock of that */
    double clip_time;     /* wall clock of the last clip */
    int clipped;          /* clipped of late */
    double wall;          /* wall clock of the last coch_view_model_stats() */
    float load;           /* share of a core, 0..1 */
    int64_t dropped_hops; /* lost to overload */
    int64_t late_notes;
    float latencies[COCH_VIEW_LATENCIES]; /* ms of the last notes; ring as above */
    size_t latency_count;
    float output_latency_ms; /* what the shell adds: buffers after the engine */

    char instrument[COCH_VIEW_NAME]; /* empty while unknown */
    float instrument_confidence;     /* 0..1 */
    coch_view_class classes[COCHLEA_INSTRUMENTS_MAX];
    int class_count; /* 0 while nobody listens for them */
    coch_view_hybrid hybrid;
    char notice[COCH_VIEW_TEXT]; /* a line for what went wrong; empty when all is well */

    coch_view_control controls[COCH_VIEW_CONTROLS];
    int control_count;
    char choices[COCH_VIEW_CHOICES][COCH_VIEW_TEXT];
    int choice_count;
    coch_view_focus focus;

    int hide_text; /* for tests, whose machines have different fonts */
} coch_view_model;

/* Silence, no controls, six seconds of roll. [any] */
void coch_view_model_init(coch_view_model *model);

/* ---- Controls: added once, in the order in which they are shown. Returned is the index of the control; -1
 * when there is no room. Names are cut to fit. [any] ---- */
int coch_view_add_knob(coch_view_model *model, int id, const char *name, const char *unit, double low,
                       double high, double step, double value);
int coch_view_add_switch(coch_view_model *model, int id, const char *name, int on);
int coch_view_add_menu(coch_view_model *model, int id, const char *name);

/* Another choice for the menu, which must be the control added last. Returns its index or -1. [any] */
int coch_view_add_choice(coch_view_model *model, int menu, const char *text);

/* The control with that id, NULL when there is none. [any] */
coch_view_control *coch_view_find(coch_view_model *model, int id);

/* The value that is nearest to `value` among those that the control may have. [any] */
double coch_view_control_near(const coch_view_control *control, double value);

/* Where a knob stands, 0..1, and the value at a place. [any] */
double coch_view_control_position(const coch_view_control *control);
double coch_view_control_at(const coch_view_control *control, double position);

/* The value in words ("100 ms", "on", the choice). [any] */
void coch_view_control_text(const coch_view_model *model, const coch_view_control *control, char *text,
                            size_t size);

/* ---- What the engine hears [any] ---- */

/* Notes and pedal, with times in samples of `rate` per second. Notes wait for an off of the same key. */
void coch_view_model_events(coch_view_model *model, const cochlea_event *events, size_t count, double rate);

/* Meters, and the time: `wall` is any clock that goes evenly, in seconds; between two calls the picture moves
 * by it, so that it flows smoothly although samples come in blocks. */
void coch_view_model_stats(coch_view_model *model, const cochlea_stats *stats, double rate, double wall);

/* The energy from what cochlea_get_features() gave last, new or not; NULL when there is none. `elapsed`
 * seconds since the last call: it rises at once and falls by and by. */
void coch_view_model_features(coch_view_model *model, const float *features, double elapsed);

/* What plays: `count` classes by the names of cochlea_instruments_name(), with their probabilities, and the
 * one to be shown, -1 for none. A count of 0: nobody listens for them. */
void coch_view_model_instrument(coch_view_model *model, const char *const *names, const float *p, int count,
                                int shown);

/* Everything that sounds ends now; roll and meters are emptied: the input starts again. */
void coch_view_model_restart(coch_view_model *model);

/* The median latency of the last notes with the output's, in ms; negative before the first. */
double coch_view_model_latency(const coch_view_model *model);

/* The oldest note and pedal that are still kept; go up to the counts. */
size_t coch_view_first_note(const coch_view_model *model);
size_t coch_view_first_pedal(const coch_view_model *model);

#endif
