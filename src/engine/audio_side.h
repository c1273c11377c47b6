/* The audio side of the engine: hands samples over, holds events until they are due, knows what sounds
 * outside. */
#ifndef COCH_ENGINE_AUDIO_SIDE_H
#define COCH_ENGINE_AUDIO_SIDE_H

#include "engine/link.h"

#define COCH_PENDING_MAX 4096

typedef struct coch_audio_side {
    coch_link *link;
    uint64_t written;    /* samples put into the ring, ever */
    int64_t fed;         /* the same since the start or reset */
    uint32_t generation; /* of the stream after the last reset */
    int ended;           /* no more input: everything is due */
    int asking;          /* a reset found the queue of requests full and is asked again */
    uint64_t gap;        /* samples that were lost and of which the worker was not told yet */

    /* Events taken from the ring but not yet due, sorted by emit; equal ones in order of arrival. */
    cochlea_event *pending; /* [COCH_PENDING_MAX] */
    size_t pending_first, pending_count;

    /* What the receiver believes to sound, from the events it was given. */
    uint8_t sounding[128];
    uint8_t pedal;

    /* Releases owed after a reset; sent before anything else. */
    uint8_t owed[128];
    uint8_t owed_pedal;
    uint8_t owing; /* nonzero while anything is owed */
} coch_audio_side;

/* Run once per arena pass. [main] */
void coch_audio_side_layout(coch_audio_side *audio, coch_arena *arena);
void coch_audio_side_open(coch_audio_side *audio, coch_link *link);

/* Writes up to `count` samples to the worker's ring; returns how many fitted. [audio] */
size_t coch_audio_side_feed(coch_audio_side *audio, const float *samples, size_t count) COCH_REALTIME;

/* The same, but what does not fit is lost: the worker is told of the gap, and time goes on. [audio] */
void coch_audio_side_feed_all(coch_audio_side *audio, const float *samples, size_t count) COCH_REALTIME;

/* Delivers events that are due. [audio] */
size_t coch_audio_side_events(coch_audio_side *audio, cochlea_event *events, size_t capacity) COCH_REALTIME;

/* Delivers evidence that is due. [audio] */
size_t coch_audio_side_evidence(coch_audio_side *audio, cochlea_hop *hops, size_t capacity) COCH_REALTIME;

/* Drops what is pending, owes releases for what sounds, asks the worker to start anew. [audio] */
void coch_audio_side_reset(coch_audio_side *audio) COCH_REALTIME;

#endif
