/* The inside of the live session of the practice tool, for its own files. */
#ifndef COCHLEA_STANDALONE_PRACTICE_LIVE_STATE_H
#define COCHLEA_STANDALONE_PRACTICE_LIVE_STATE_H

#include "practice_ears.h"
#include "practice_live.h"

#include <pthread.h>
#include <sndfile.h>
#include <stdatomic.h>

struct practice_live {
    practice_source *source;
    practice_ears *ears;
    pthread_t thread;
    int runs; /* the thread was started */
    atomic_int ends;
    double rate;
    practice_live_options options;

    pthread_mutex_t lock; /* of all that follows */
    coch_session *session;
    int playing, failed;
    int deaf;       /* the ears are at their end */
    int64_t frames; /* of input, since the start */
    int64_t played; /* of these, what the session heard: its time */
    int64_t hold;   /* frames of input before which the session's time does not begin */
    coch_setup *setup;
    int64_t setup_frames; /* of input before it */
    int clicks;           /* of it, that were sent */
    double shift;         /* from the ears' time to the session's: minus the pauses, seconds */
    double since;         /* session time at which it went on last: older notes do not count */
    SNDFILE *record;      /* what the session hears; NULL for none */
    coch_practice_flash flashes[COCH_PRACTICE_FLASHES];
    size_t flash_count;

    /* The main thread's: what was looked at last. */
    coch_judgement *notes;
    coch_extra *extras;
    coch_break *breaks;
    size_t note_capacity;
};

/* The session's time, seconds; the lock is held. */
static inline double practice_live_time(const practice_live *l)
{
    return (double)l->played / l->rate;
}

#endif
