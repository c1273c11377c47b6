/* The worker side of the engine: everything that the nets need, from samples in a ring to events in a ring.
 */
#ifndef COCH_ENGINE_WORKER_SIDE_H
#define COCH_ENGINE_WORKER_SIDE_H

#include "dsp/resampler.h"
#include "engine/link.h"
#include "listen/piano.h"

typedef struct coch_worker_side {
    coch_link *link;
    cochlea_settings settings;

    coch_resampler *resampler;
    coch_piano *piano;
    coch_tracker tracker;

    size_t quantum;   /* input samples taken at once: fixed, so that results do not depend on block sizes */
    float *input;     /* [quantum] */
    float *resampled; /* [resampled_size] output of one quantum behind what was left over */
    size_t resampled_size;
    size_t pending;            /* resampled samples waiting for a whole hop */
    size_t hop;                /* samples at the model's rate */
    double samples_per_second; /* input samples per second of the model's time (differs from the rate by the
                                  tuning) */

    uint64_t taken;   /* samples read from the ring, ever */
    int64_t consumed; /* the same since the start or reset */
    int64_t end;      /* the input's length once it has ended, INT64_MAX before; no event is later */
    int64_t tail;     /* samples of silence still to be heard after the end */
    uint32_t generation;
    int64_t last_emit[128]; /* of the last event of each note: a note-off never overtakes its note-on */
    uint8_t sounding[128];
    uint8_t velocity[128]; /* the user's curve: heard to sent */
    unsigned peak_hops;    /* hops until the peak meter starts anew */
    float peak_now;
    cochlea_stats stats;
    coch_track tracks[COCH_TRACK_MAX];
} coch_worker_side;

/* Lays out the buffers; run once per arena pass. `hop` and `rate` are the model's. [main] */
void coch_worker_side_layout(coch_worker_side *worker, coch_arena *arena, const cochlea_settings *settings,
                             size_t hop, double rate);

/* Creates what is not in the arena. On failure everything made so far is freed. Errors: MEMORY, ARGUMENT.
 * [main] */
cochlea_status coch_worker_side_open(coch_worker_side *worker, coch_link *link, const coch_piano_model *model,
                                     const cochlea_settings *settings);
void coch_worker_side_close(coch_worker_side *worker);

/* One step: takes one quantum of samples (and the requests at its place), runs at most one hop. Returns 0
 * when there was not enough to do, 1 otherwise. [worker] */
int coch_worker_side_step(coch_worker_side *worker) COCH_REALTIME;

/* The input has ended: what waits is heard out over silence, then all notes are resolved at the input's end.
 * Only while the other side is at rest. Errors: FULL when the event ring has no room left: take events and
 * call again, it goes on where it stopped. [main] */
cochlea_status coch_worker_side_finish(coch_worker_side *worker);

/* Whether the events of one more hop fit into the ring. [worker] */
int coch_worker_side_has_room(const coch_worker_side *worker) COCH_REALTIME;

#endif
