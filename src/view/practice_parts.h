/* The parts of the practice window, inside of the view; all coordinates are pixels of the surface. */
#ifndef COCH_VIEW_PRACTICE_PARTS_H
#define COCH_VIEW_PRACTICE_PARTS_H

#include "view/parts.h"
#include "view/practice_layout.h"
#include "view/theme.h"

/* ---- Colours and signs: no state is told by colour alone ---- */
typedef enum coch_practice_tone {
    COCH_PRACTICE_TONE_LEFT = 0, /* hands */
    COCH_PRACTICE_TONE_RIGHT,
    COCH_PRACTICE_TONE_HIT,
    COCH_PRACTICE_TONE_TIMING, /* early, late: the arrow says which */
    COCH_PRACTICE_TONE_FAULT,  /* wrong, missed */
    COCH_PRACTICE_TONE_UNSURE,
    COCH_PRACTICE_TONES
} coch_practice_tone;

coch_view_colour coch_practice_colour(coch_practice_tone tone);
coch_practice_tone coch_practice_hand_tone(const coch_score_note *note);
coch_practice_tone coch_practice_verdict_tone(unsigned verdict);

/* The sign of a verdict, in a disc round (x, y): a tick, arrows to the left and right, a cross, an empty
 * ring, a question mark. Nothing for what is still to come. */
void coch_practice_sign(cairo_t *cr, unsigned verdict, double x, double y, double radius);

/* A note as a rectangle: the right hand's ends are round, the left hand's square with an edge. `strength` is
 * 1, less for what is not practised. */
void coch_practice_note(cairo_t *cr, const coch_view_rect *rect, const coch_score_note *note,
                        unsigned verdict, double strength);

/* coch_view_text() unless the model hides text. */
void coch_practice_write(cairo_t *cr, const coch_practice_model *model, const char *text, double x, double y,
                         double size, int bold, coch_view_align align, double width);

/* Quarter notes that are seen at once by a view that shows `seconds` at the piece's mean tempo. */
double coch_practice_span(const coch_practice_model *model, double seconds);

/* How far the present beat of the metre has gone, 0..1, and which beat of the bar it is, from 0. */
double coch_practice_pulse(const coch_practice_model *model, int *beat, int *beats);

/* ---- The parts ---- */
void coch_practice_header(cairo_t *cr, const coch_practice_layout *layout, const coch_practice_model *model);
void coch_practice_bars(cairo_t *cr, const coch_practice_layout *layout, const coch_practice_model *model);
void coch_practice_roll(cairo_t *cr, const coch_practice_layout *layout, const coch_practice_model *model);
void coch_practice_fall(cairo_t *cr, const coch_practice_layout *layout, const coch_practice_model *model);
void coch_practice_keys(cairo_t *cr, const coch_practice_layout *layout, const coch_practice_model *model);
void coch_practice_strip(cairo_t *cr, const coch_practice_layout *layout, const coch_practice_model *model);
void coch_practice_report(cairo_t *cr, const coch_practice_layout *layout, const coch_practice_model *model);
void coch_practice_trouble(cairo_t *cr, const coch_practice_layout *layout, const coch_practice_model *model);

/* The frame and the name of a card of the report. */
void coch_practice_card(cairo_t *cr, const coch_practice_layout *layout, const coch_practice_model *model,
                        const coch_view_rect *card, const char *name);

#endif
