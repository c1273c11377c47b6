/* The live program's work on the audio thread: sound to the ear, its events to MIDI and to the recorder.
 *
 * Knows no audio system: a backend calls live_process_block for every block, and a test can do the same. All
 * state is in the one struct. It never waits, but in one case: while time does not run (freewheel) it hears
 * as fast as the nets can. */
#ifndef COCHLEA_STANDALONE_LIVE_PROCESS_H
#define COCHLEA_STANDALONE_LIVE_PROCESS_H

#include "backend.h"
#include "base/ring.h"
#include "engine/cochlea.h"
#include "live_hybrid.h"

/* What is played, in the order in which it happens. The main thread sets LISTEN, PAUSE and END; the audio
 * thread answers with PAUSED and DONE. */
typedef enum live_phase {
    LIVE_LISTEN = 0, /* blocks are heard */
    LIVE_PAUSE = 1,  /* the main thread wants the ear for itself */
    LIVE_PAUSED = 2, /* it has it */
    LIVE_END = 3,    /* the ear was flushed: send what it still has, hear nothing more */
    LIVE_DONE = 4    /* all is sent */
} live_phase;

typedef struct live_process {
    /* Set up by the main thread while no block is processed. */
    cochlea *ear;
    coch_ring *sound;    /* float, to the recorder; NULL for none */
    coch_ring *events;   /* cochlea_event with times since the first block ever; NULL for none */
    coch_ring *seen;     /* the same for the window, with the moment at which each was sent */
    live_hybrid *hybrid; /* what is played; NULL for nothing */
    int64_t base;        /* samples heard before the ear's time 0 */
    int64_t limit;       /* samples to be heard in all; more are left out */
    atomic_uint channel; /* MIDI, 0..15, of what begins; may change at any time */

    /* Shared. */
    atomic_int phase;               /* live_phase */
    atomic_int_least64_t heard;     /* samples heard in all */
    atomic_int_least64_t unwritten; /* samples that found the sound ring full; none goes in until the recorder
                                       has put silence there and taken the count back to 0 */
    atomic_uint lost_events;        /* found the event ring full */
    atomic_uint unseen;             /* found the window's ring full */
    atomic_uint notes;              /* note-ons so far */
    atomic_uint delay;              /* samples from onset to MIDI, smoothed over the last notes */

    /* The audio thread's own. */
    float smooth;
    uint8_t began_on[129]; /* 1 + channel of each note's last on, and of the last pedal down */
} live_process;

/* Sets the phase and zeroes the counters; the fields above them are the caller's. [main] */
void live_process_init(live_process *p);

/* One block; `context` is the live_process. [audio] */
void live_process_block(void *context, const backend_block *block) COCH_REALTIME;

/* Takes what the ear still has when no block will come any more; `send` may be NULL. [main] */
void live_process_finish(live_process *p, backend_send *send, void *port);

#endif
