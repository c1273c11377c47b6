/* The piano net: audio at its own sample rate in, activations of the 88 keys out, one column per hop.
 *
 * front end (three windows ending at the newest sample -> log-frequency map -> decibels) -> convolutions over
 * time and frequency -> per key: gather at its harmonics -> GRU -> exchange with keys a musical interval
 * apart -> outputs. The model is constant and may serve many streams at once; the stream holds all state. */
#ifndef COCH_LISTEN_PIANO_H
#define COCH_LISTEN_PIANO_H

#include "base/status.h"
#include "dsp/kernels.h"
#include "music/tracker.h"
#include "net/gguf.h"

#include <stddef.h>

#define COCH_PIANO_KEYS 88
#define COCH_PIANO_WINDOWS 3
#define COCH_PIANO_BINS 300

typedef struct coch_piano_model coch_piano_model;
typedef struct coch_piano coch_piano;

/* Builds a model from a weight file, checking every shape and range; copies and packs the weights, so the
 * file may be closed afterwards. The layers are fixed, their widths are the file's: multiples of COCH_LANES
 * up to 512, convolutions over up to 16 frames and an odd number of up to 31 bins, up to 64 harmonics and
 * intervals, up to COCH_DEADLINES_MAX deadlines. Names and definition of the tensors: models/train/net.py. On
 * failure `why` (may be NULL) receives a phrase that names the entry. Errors: MISSING, FORMAT, UNSUPPORTED
 * (architecture or version), MEMORY. [main] */
cochlea_status coch_piano_model_new(coch_piano_model **model, const coch_gguf *file, char *why,
                                    size_t why_size);
void coch_piano_model_free(coch_piano_model *model);

/* The weights that are linked into the library, as bytes of a GGUF file, 64-byte aligned. [any] */
const void *coch_piano_default_weights(size_t *size);

/* ---- Constants of a model [any] ---- */
double coch_piano_model_rate(const coch_piano_model *model);       /* Hz */
size_t coch_piano_model_hop(const coch_piano_model *model);        /* samples at that rate */
size_t coch_piano_model_parameters(const coch_piano_model *model); /* count of weights */
size_t coch_piano_model_operations(const coch_piano_model *model); /* multiply-adds per hop */

/* Constants of decoding, fitted for these weights. */
const coch_tracker_config *coch_piano_model_tracker(const coch_piano_model *model);

/* A stream over a model, which must outlive it. Errors: MEMORY. [main] */
cochlea_status coch_piano_new(coch_piano **piano, const coch_piano_model *model, const coch_kernels *kernels);
void coch_piano_free(coch_piano *piano);

/* Back to silence. [worker] */
void coch_piano_reset(coch_piano *piano) COCH_REALTIME;

/* One hop of samples in; activations of this frame out (valid until the next call). [worker] */
const coch_activations *coch_piano_process(coch_piano *piano, const float *hop) COCH_REALTIME;

/* ---- Stages, which in order are coch_piano_process(): for the features command, tests, benchmarks ---- */

/* Front end alone: [COCH_PIANO_BINS][COCH_PIANO_WINDOWS] scaled log magnitudes. [worker] */
const float *coch_piano_features(coch_piano *piano, const float *hop) COCH_REALTIME;

/* The features of the last hop, whichever way it went; silence before the first. [worker] */
const float *coch_piano_last_features(const coch_piano *piano) COCH_REALTIME;

/* Net alone, from such features (any source): raw outputs [COCH_PIANO_KEYS][COCH_PAD(outputs)], logits before
 * any sigmoid, in the order onset x deadlines, velocity x deadlines, sounding, held, pedal, age (tenths of a
 * second). [worker] */
const float *coch_piano_logits(coch_piano *piano, const float *features, size_t *stride) COCH_REALTIME;

#endif
