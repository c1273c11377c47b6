/* What passes between the audio side and the worker side, and nothing else: samples one way, events the
 * other, requests beside the samples, and a snapshot of the worker's state in a slot. Neither side points
 * into the other. */
#ifndef COCH_ENGINE_LINK_H
#define COCH_ENGINE_LINK_H

#include "base/ring.h"
#include "base/slot.h"
#include "engine/cochlea.h"
#include "listen/piano.h"

/* Told to the worker by the audio side, beside the samples. */
typedef enum coch_request_type {
    COCH_REQUEST_RESET =
        1, /* drop the samples before `position`; back to silence and time 0; a new generation */
    COCH_REQUEST_GAP = 2 /* at `position`, `count` samples found no room and are missing */
} coch_request_type;

typedef struct coch_request {
    coch_request_type type;
    uint64_t position; /* samples written to the ring, ever, when the request was made */
    uint32_t generation;
    uint64_t count;
} coch_request;

/* Told to the worker by the controlling thread; takes effect at the next hop. */
typedef enum coch_control_type {
    COCH_CONTROL_SETTINGS = 1, /* what cochlea_change() may change */
    COCH_CONTROL_STREAM = 2 /* another stream, of another model; the old one comes back through `returns` */
} coch_control_type;

typedef struct coch_control {
    coch_control_type type;
    cochlea_settings settings;
    coch_piano *stream;
    const coch_tracker_config *config;
} coch_control;

/* An event on its way to the audio side. Those of an older generation were overtaken by a reset. */
typedef struct coch_message {
    cochlea_event event;
    uint32_t generation;
} coch_message;

/* Evidence on its way to the audio side. */
typedef struct coch_evidence {
    cochlea_hop hop;
    uint32_t generation;
} coch_evidence;

typedef struct coch_link {
    coch_ring samples;    /* float, audio to worker */
    coch_ring requests;   /* coch_request, audio to worker */
    coch_ring messages;   /* coch_message, worker to audio */
    coch_ring evidence;   /* coch_evidence, worker to audio */
    coch_ring controls;   /* coch_control, main to worker */
    coch_ring returns;    /* coch_piano *, worker to main, to be freed */
    coch_slot stats;      /* cochlea_stats, worker to main */
    coch_slot features;   /* float [COCHLEA_FEATURES], worker to main, for drawing */
    coch_slot instrument; /* cochlea_instrument, worker to main */
} coch_link;

#define COCH_LINK_MESSAGES 8192
#define COCH_LINK_REQUESTS 64
#define COCH_LINK_CONTROLS 16
#define COCH_LINK_HOPS 64

/* Lays out all of it for a ring of `samples`, and one of evidence if that is wanted; run once per arena pass.
 * [main] */
void coch_link_layout(coch_link *link, coch_arena *arena, size_t samples, int evidence);

/* Empties the rings. [main] */
void coch_link_reset(coch_link *link);

#endif
