/* What passes between the audio side and the worker side, and nothing else: samples one way, events the
 * other, requests beside the samples, and a snapshot of the worker's state in a slot. Neither side points
 * into the other. */
#ifndef COCH_ENGINE_LINK_H
#define COCH_ENGINE_LINK_H

#include "base/ring.h"
#include "base/slot.h"
#include "engine/cochlea.h"

/* Asked of the worker by the audio side. */
typedef enum coch_request_type {
    COCH_REQUEST_RESET =
        1 /* drop the samples before `position`; back to silence and time 0; a new generation */
} coch_request_type;

typedef struct coch_request {
    coch_request_type type;
    uint64_t position; /* samples written to the ring, ever, when the request was made */
    uint32_t generation;
} coch_request;

/* An event on its way to the audio side. Those of an older generation were overtaken by a reset. */
typedef struct coch_message {
    cochlea_event event;
    uint32_t generation;
} coch_message;

typedef struct coch_link {
    coch_ring samples;  /* float, audio to worker */
    coch_ring requests; /* coch_request, audio to worker */
    coch_ring messages; /* coch_message, worker to audio */
    coch_slot stats;    /* cochlea_stats, worker to whoever looks */
} coch_link;

#define COCH_LINK_MESSAGES 8192
#define COCH_LINK_REQUESTS 64

#endif
