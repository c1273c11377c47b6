/* The inside of the practice source, for its own files. */
#ifndef COCHLEA_STANDALONE_PRACTICE_SOURCE_STATE_H
#define COCHLEA_STANDALONE_PRACTICE_SOURCE_STATE_H

#include "backend.h"
#include "base/arena.h"
#include "base/ring.h"
#include "practice_player.h"
#include "practice_recording.h"
#include "practice_source.h"

typedef struct practice_message {
    int64_t frame; /* of the input since the start */
    uint8_t bytes[4];
} practice_message;

struct practice_source {
    coch_arena arena;
    coch_ring sound;    /* float */
    coch_ring messages; /* practice_message */

    /* Shared. */
    atomic_int_least64_t
        unwritten;    /* samples that found no room; none goes in until the reader has made up */
    atomic_uint peak; /* in millionths */
    atomic_uint blocks;
    practice_player *player; /* NULL: what is played along is not heard */

    /* The audio thread's own. */
    int64_t frames;
    practice_message next;
    int has_next;

    /* The main thread's. */
    practice_source_options options;
    backend *audio;                /* NULL while the device is lost, and for a recording */
    practice_recording *recording; /* the reader's, too */
    double rate;
    double patience, retry_at; /* seconds of the clock until which, at which the device is tried again */
    unsigned blocks_seen;
    double seen_at; /* clock of the last block that was seen */
    char kind[BACKEND_NAME_SIZE], name[BACKEND_NAME_SIZE];
    char chosen[2][2]
               [PRACTICE_SOURCE_NAME]; /* since it was opened: input, MIDI port; this and the one before */
};

/* One block. [audio] */
void practice_source_process(void *context, const backend_block *block) COCH_REALTIME;

/* Opens the device of the options, and starts it; the latter alone again after it was lost: always the same
 * backend, at the same rate. [main] */
int practice_device_open(practice_source *source, char *why, size_t why_size);
int practice_device_start(practice_source *source, char *why, size_t why_size);

/* Stops and closes it; what it sounds elsewhere ends. [main] */
void practice_device_let_go(practice_source *source);

#endif
