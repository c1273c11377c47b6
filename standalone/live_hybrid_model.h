/* The hybrid in the live window: its controls, and back; its picture. Pure. [any] */
#ifndef COCHLEA_STANDALONE_LIVE_HYBRID_MODEL_H
#define COCHLEA_STANDALONE_LIVE_HYBRID_MODEL_H

#include "live_hybrid.h"
#include "view/model.h"

#define LIVE_CONTROL_HYBRID 500 /* ids from here on */

/* Adds the controls, with the values of `word` and the targets of `targets`. */
void live_hybrid_model_controls(coch_view_model *model, const cochlea_hybrid_model *targets,
                                const live_hybrid_word *word);

/* What the controls say, into what has a control. */
void live_hybrid_model_word(coch_view_model *model, live_hybrid_word *word);

/* The picture of a hybrid beside the piano, with its axis. */
void live_hybrid_model_open(coch_view_model *model);

/* Its names and its place. */
void live_hybrid_model_place(coch_view_model *model, const cochlea_hybrid_model *targets,
                             const live_hybrid_word *word);

#endif
