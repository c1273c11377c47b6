/* The engine's own thread, which runs the worker side in the worker drive.
 *
 * Nobody wakes it: the audio side only moves an index. The thread knows at what rate samples come, sleeps
 * until shortly before a hop is complete and then looks again in short steps, so the audio thread makes no
 * system call. */
#ifndef COCH_ENGINE_THREAD_H
#define COCH_ENGINE_THREAD_H

#include "engine/worker_side.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct coch_thread {
    pthread_t id;
    int started;
    atomic_int quit;
    atomic_int rest;    /* the main thread wants the worker side for itself */
    atomic_int resting; /* it has it */
    coch_worker_side *worker;
} coch_thread;

/* Starts it, with SCHED_FIFO when the system allows (worker->stats.realtime says so). Errors: STATE. [main]
 */
cochlea_status coch_thread_start(coch_thread *thread, coch_worker_side *worker);

/* Ends it and waits; accepts one that was never started. [main] */
void coch_thread_stop(coch_thread *thread);

/* Waits until the thread keeps its hands off the worker side. [main] */
void coch_thread_rest(coch_thread *thread);

/* Lets it go on again, at its next look; never waits. [audio] */
void coch_thread_resume(coch_thread *thread) COCH_REALTIME;

#endif
