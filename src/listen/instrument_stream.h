/* The instrument detector over audio of any sample rate, in pieces of any size: resampled, cut into hops,
 * and a decision handed out every 100 ms. The pieces do not change the decisions. */
#ifndef COCH_LISTEN_INSTRUMENT_STREAM_H
#define COCH_LISTEN_INSTRUMENT_STREAM_H

#include "listen/instrument.h"

typedef struct coch_instrument_stream coch_instrument_stream;

/* Receives a decision and the time in seconds of input at which the last sample heard for it lies. [worker]
 */
typedef void coch_instrument_listener(void *context, const coch_instrument_decision *decision, double time);

/* For input of `rate` Hz, 8000..192000, over a model that must outlive it. Errors: ARGUMENT, MEMORY. [main]
 */
cochlea_status coch_instrument_stream_new(coch_instrument_stream **stream, const coch_instrument_model *model,
                                          const coch_kernels *kernels, double rate);
void coch_instrument_stream_free(coch_instrument_stream *stream);

/* Back to silence and time 0. [worker] */
void coch_instrument_stream_reset(coch_instrument_stream *stream) COCH_REALTIME;

/* Hears `count` samples; calls the listener for every decision that they complete. [worker] */
void coch_instrument_stream_feed(coch_instrument_stream *stream, const float *samples, size_t count,
                                 coch_instrument_listener *listener, void *context) COCH_REALTIME;

/* The end of the input: hears silence until all that was fed is decided upon, with one decision at least.
 * [worker] */
void coch_instrument_stream_finish(coch_instrument_stream *stream, coch_instrument_listener *listener,
                                   void *context) COCH_REALTIME;

#endif
