#include "engine/thread.h"

#include "dsp/cpu.h"

#include <sched.h>
#include <time.h>

#define PRIORITY 50         /* under the audio threads of JACK and PipeWire, above everything ordinary */
#define LOOK_SECONDS 0.0005 /* the shortest sleep while samples come */
#define LAZY_SECONDS 0.002  /* the sleep after none came for a while */
#define LAZY_AFTER 100      /* looks in vain */
#define LOAD_SECONDS 1.0    /* time constant of the load meter */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void sleep_for(double seconds)
{
    struct timespec t = {.tv_sec = 0, .tv_nsec = (long)(seconds * 1e9)};
    nanosleep(&t, NULL);
}

/* Half the time that is missing, so that a handful of looks come close to the moment whatever the block size
 * is. */
static double nap(const coch_worker_side *w, unsigned in_vain)
{
    double wait = 0.5 * coch_worker_side_wait(w);
    if (wait < LOOK_SECONDS)
        wait = in_vain > LAZY_AFTER ? LAZY_SECONDS : LOOK_SECONDS;
    return wait;
}

/* Everything that waits; returns whether there was anything. */
static int work(coch_worker_side *w)
{
    int worked = 0;
    while (coch_worker_side_has_room(w)) {
        double start = now();
        coch_step step = coch_worker_side_step(w);
        if (step == COCH_STEP_IDLE)
            break;
        worked = 1;
        if (step == COCH_STEP_HOP) {
            float took = (float)(1000.0 * (now() - start));
            if (took > w->stats.worst_step_ms)
                w->stats.worst_step_ms = took;
        }
    }
    return worked;
}

static void *run(void *argument)
{
    coch_thread *thread = argument;
    coch_worker_side *w = thread->worker;
    unsigned in_vain = 0;
    double last = now();
    coch_cpu_denormals_off();
    while (!atomic_load_explicit(&thread->quit, memory_order_acquire)) {
        int rest = atomic_load_explicit(&thread->rest, memory_order_acquire);
        atomic_store_explicit(&thread->resting, rest, memory_order_release);
        if (rest) {
            sleep_for(LOOK_SECONDS);
            continue;
        }
        double start = now();
        in_vain = work(w) ? 0 : in_vain + 1;
        double end = now(), passed = end - last;
        double weight = passed < LOAD_SECONDS ? passed / LOAD_SECONDS : 1.0;
        w->stats.load += (float)(weight * ((end - start) / passed - (double)w->stats.load));
        last = end;
        sleep_for(nap(w, in_vain));
    }
    return NULL;
}

static int start_with(coch_thread *thread, const pthread_attr_t *attributes)
{
    return pthread_create(&thread->id, attributes, run, thread) == 0;
}

static int start_realtime(coch_thread *thread)
{
    pthread_attr_t attributes;
    struct sched_param parameter = {.sched_priority = PRIORITY};
    if (pthread_attr_init(&attributes) != 0)
        return 0;
    int ok = pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED) == 0 &&
             pthread_attr_setschedpolicy(&attributes, SCHED_FIFO) == 0 &&
             pthread_attr_setschedparam(&attributes, &parameter) == 0 && start_with(thread, &attributes);
    pthread_attr_destroy(&attributes);
    return ok;
}

cochlea_status coch_thread_start(coch_thread *thread, coch_worker_side *worker)
{
    thread->worker = worker;
    atomic_init(&thread->quit, 0);
    atomic_init(&thread->rest, 0);
    atomic_init(&thread->resting, 0);
    worker->stats.realtime = 1; /* the thread reads it: set before it starts */
    if (!start_realtime(thread)) {
        worker->stats.realtime = 0;
        if (!start_with(thread, NULL))
            return COCHLEA_ERROR_STATE;
    }
    thread->started = 1;
    return COCHLEA_OK;
}

void coch_thread_stop(coch_thread *thread)
{
    if (!thread->started)
        return;
    atomic_store_explicit(&thread->quit, 1, memory_order_release);
    pthread_join(thread->id, NULL);
    thread->started = 0;
}

void coch_thread_rest(coch_thread *thread)
{
    if (!thread->started)
        return;
    /* It may not yet have noticed the last resume: then `resting` still speaks of the rest before. */
    while (atomic_load_explicit(&thread->resting, memory_order_acquire))
        sleep_for(LOOK_SECONDS);
    atomic_store_explicit(&thread->rest, 1, memory_order_release);
    while (!atomic_load_explicit(&thread->resting, memory_order_acquire))
        sleep_for(LOOK_SECONDS);
}

void coch_thread_resume(coch_thread *thread) COCH_REALTIME
{
    atomic_store_explicit(&thread->rest, 0, memory_order_release);
}
