/* From the tracker's decisions to events in the ring: times in input samples, timing, transposition, velocity
 * curve, and the guarantee that each note-off follows its note-on. */
#ifndef COCH_ENGINE_SENDER_H
#define COCH_ENGINE_SENDER_H

#include "engine/link.h"

typedef struct coch_sender {
    coch_ring *messages;
    cochlea_settings settings;
    double samples_per_second; /* input samples per second of the model's time (the rate, changed by the
                                  tuning) */
    uint32_t generation;       /* stamped on every message */
    int64_t base;              /* input sample at which the tracker's time is 0 */
    int64_t end;               /* the input's length once it has ended, INT64_MAX before; no event is later */
    int64_t last_emit[129];    /* of the last event of each note, and of the pedal */
    uint8_t sounding[128];     /* notes sent, as MIDI notes after transposition */
    uint8_t velocity[128];     /* heard to sent */
    uint8_t pedal;
    int muted;           /* notes and pedal are held back */
    unsigned count;      /* notes sounding */
    int64_t late_notes;  /* see cochlea_stats */
    int64_t lost_events; /* see cochlea_stats */
} coch_sender;

/* [main] */
void coch_sender_open(coch_sender *sender, coch_ring *messages, const cochlea_settings *settings,
                      double samples_per_second);

/* Takes over changed settings; what sounds stays as it is. [worker] */
void coch_sender_change(coch_sender *sender, const cochlea_settings *settings) COCH_REALTIME;

/* Forgets everything but the settings; a new stream of events begins. [worker] */
void coch_sender_reset(coch_sender *sender, uint32_t generation) COCH_REALTIME;

/* Sends `count` decisions, made when `now` input samples had been consumed. [worker] */
void coch_sender_send(coch_sender *sender, const coch_track *tracks, size_t count, int64_t now) COCH_REALTIME;

/* Holds notes and pedal back, or no longer. What sounds is released at `now`. [worker] */
void coch_sender_mute(coch_sender *sender, int muted, int64_t now) COCH_REALTIME;

#endif
