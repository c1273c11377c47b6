/* The worker side of the engine: everything that the nets need, from samples in a ring to events in a ring.
 */
#ifndef COCH_ENGINE_WORKER_SIDE_H
#define COCH_ENGINE_WORKER_SIDE_H

#include "dsp/resampler.h"
#include "engine/link.h"
#include "engine/sender.h"
#include "listen/instrument_stream.h"
#include "listen/piano.h"

typedef struct coch_worker_side {
    coch_link *link;
    coch_resampler *resampler;
    coch_piano *piano;
    coch_instrument_stream *instrument; /* NULL when nobody asks what is playing */
    size_t piano_class, none_class;     /* of its model */
    cochlea_instrument heard;           /* its latest decision */
    coch_tracker tracker;
    coch_sender sender;
    cochlea_settings settings;

    double model_rate; /* Hz */
    size_t quantum;    /* input samples taken at once: fixed, so that results do not depend on block sizes */
    float *input;      /* [quantum] */
    float *resampled;  /* [resampled_size] output of one quantum behind what was left over */
    size_t resampled_size;
    size_t pending; /* resampled samples waiting for a whole hop */
    size_t hop;     /* samples at the model's rate */
    size_t limit;   /* samples waiting above which the oldest are dropped; SIZE_MAX for never */

    uint64_t taken;      /* samples read from the ring, ever */
    int64_t consumed;    /* the same since the start or reset, with those that were lost */
    int64_t tail;        /* samples of silence still to be heard after the end of the input */
    int64_t lost;        /* samples lost to overload */
    unsigned meter_hops; /* hops until the peak meter starts anew */
    float meter;         /* peak since then */
    cochlea_stats stats;
    coch_track tracks[COCH_TRACK_MAX];
    coch_evidence evidence; /* of the last hop, where it is wanted */
} coch_worker_side;

typedef enum coch_step {
    COCH_STEP_IDLE, /* there was nothing to do */
    COCH_STEP_TOOK, /* samples or a message were taken */
    COCH_STEP_HOP   /* a hop went through the nets */
} coch_step;

/* Lays out the buffers; run once per arena pass. `hop` and `rate` are the model's. [main] */
void coch_worker_side_layout(coch_worker_side *worker, coch_arena *arena, const cochlea_settings *settings,
                             size_t hop, double rate);

/* Creates what is not in the arena. On failure everything made so far is freed. Errors: MEMORY, ARGUMENT.
 * [main] */
cochlea_status coch_worker_side_open(coch_worker_side *worker, coch_link *link, const coch_piano_model *model,
                                     const cochlea_settings *settings);
void coch_worker_side_close(coch_worker_side *worker);

/* One step: carries out one message, or takes one quantum of samples and runs at most one hop. Needs room for
 * the events of it (see coch_worker_side_has_room). [worker] */
coch_step coch_worker_side_step(coch_worker_side *worker) COCH_REALTIME;

/* Whether the events of one more step fit into the ring. [worker] */
int coch_worker_side_has_room(const coch_worker_side *worker) COCH_REALTIME;

/* Seconds until the samples of the next hop will have arrived, if they come at their rate; <= 0 when they are
 * there. [worker] */
double coch_worker_side_wait(const coch_worker_side *worker) COCH_REALTIME;

/* The input has ended: what waits is heard out over silence, then all notes are resolved at the input's end.
 * Only while no other thread uses the worker side. Errors: FULL when the event ring has no room left: take
 * events and call again, it goes on where it stopped. [main] */
cochlea_status coch_worker_side_finish(coch_worker_side *worker);

#endif
