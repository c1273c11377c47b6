/* What is playing: audio at the model's own sample rate in, probabilities of the instrument classes out, ten
 * times a second.
 *
 * Two listeners read the same constant-Q columns. A hybrid of 2-D, 1-D and spiral convolutions (Lostanlen &
 * Cella 2016) gives every block of five columns scores of its own; modulation statistics (means over a window
 * of how the columns ripple in time and frequency, with their cepstra) go through a small perceptron. Both
 * run incrementally: what a column or a block was made into is kept, and a window of any length follows from
 * it. After a change of instrument the window is short, then grows. */
#ifndef COCH_LISTEN_INSTRUMENT_H
#define COCH_LISTEN_INSTRUMENT_H

#include "base/status.h"
#include "dsp/kernels.h"
#include "net/gguf.h"

#include <stddef.h>

#define COCH_INSTRUMENT_BINS 96
#define COCH_INSTRUMENT_CLASSES_MAX 16
#define COCH_INSTRUMENT_BLOCK 5 /* columns from one decision to the next */

typedef struct coch_instrument_model coch_instrument_model;
typedef struct coch_instrument coch_instrument;

/* What the detector believes at the end of a block. */
typedef struct coch_instrument_decision {
    float p[COCH_INSTRUMENT_CLASSES_MAX]; /* smoothed probabilities; they sum to 1 */
    size_t label;                         /* the most probable class */
    float confidence;                     /* its probability */
    size_t shown;  /* the class to be shown, which changes only when another is sure enough; SIZE_MAX: none */
    size_t window; /* blocks that were heard for this decision: grows while the same sound goes on */
    float settled[COCH_INSTRUMENT_CLASSES_MAX]; /* probabilities from the longest window, whatever began in
                                                   it: slower and surer, for judging whole recordings */
    size_t settled_window;                      /* blocks of it: fewer at the start */
} coch_instrument_decision;

/* Builds a model from a weight file, checking every shape and range; copies and packs the weights, so the
 * file may be closed afterwards. Tensors and entries: models/train/instrument/export.py. On failure `why`
 * (may be NULL) receives a phrase that names the entry. Errors: MISSING, FORMAT, UNSUPPORTED (architecture or
 * version), MEMORY. [main] */
cochlea_status coch_instrument_model_new(coch_instrument_model **model, const coch_gguf *file, char *why,
                                         size_t why_size);
void coch_instrument_model_free(coch_instrument_model *model);

/* The weights that are linked into the library, as bytes of a GGUF file, 64-byte aligned. [any] */
const void *coch_instrument_default_weights(size_t *size);

/* ---- Constants of a model [any] ---- */
double coch_instrument_model_rate(const coch_instrument_model *model);       /* Hz */
size_t coch_instrument_model_hop(const coch_instrument_model *model);        /* samples at that rate */
size_t coch_instrument_model_classes(const coch_instrument_model *model);    /* count */
size_t coch_instrument_model_parameters(const coch_instrument_model *model); /* count of weights */
size_t coch_instrument_model_operations(const coch_instrument_model *model); /* multiply-adds per block */

/* The name of class `index`, such as "tenor_sax"; NULL past the last. */
const char *coch_instrument_model_class(const coch_instrument_model *model, size_t index);

/* The class of that name, SIZE_MAX when there is none. */
size_t coch_instrument_model_find(const coch_instrument_model *model, const char *name);

/* ---- A stream over a model, which must outlive it ---- */

/* Errors: MEMORY. [main] */
cochlea_status coch_instrument_new(coch_instrument **instrument, const coch_instrument_model *model,
                                   const coch_kernels *kernels);
void coch_instrument_free(coch_instrument *instrument);

/* Back to silence. [worker] */
void coch_instrument_reset(coch_instrument *instrument) COCH_REALTIME;

/* One hop of samples in. Every COCH_INSTRUMENT_BLOCK hops a new decision: returned (valid until the next
 * one); else NULL. [worker] */
const coch_instrument_decision *coch_instrument_process(coch_instrument *instrument,
                                                        const float *hop) COCH_REALTIME;

/* ---- Stages, which in order are coch_instrument_process(): for tests and benchmarks ---- */

/* Front end alone: the scaled column [COCH_INSTRUMENT_BINS] of a hop. [worker] */
const float *coch_instrument_column(coch_instrument *instrument, const float *hop) COCH_REALTIME;

/* The rest, from such a column of any source. [worker] */
const coch_instrument_decision *coch_instrument_listen(coch_instrument *instrument,
                                                       const float *column) COCH_REALTIME;

/* Scores of the newest block from the convolutions, and of the newest `blocks` blocks from the statistics,
 * [classes] each, before any softmax. [worker] */
const float *coch_instrument_net_scores(const coch_instrument *instrument) COCH_REALTIME;
const float *coch_instrument_statistics_scores(coch_instrument *instrument, size_t blocks) COCH_REALTIME;

#endif
