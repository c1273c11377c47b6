#include "live_signals.h"

#include <time.h>
#include <unistd.h>

#define LOOK_NANOSECONDS 50000000L

static void *run(void *argument)
{
    live_signals *s = argument;
    const struct timespec look = {.tv_nsec = LOOK_NANOSECONDS};
    while (!atomic_load(&s->quit))
        if (sigtimedwait(&s->set, NULL, &look) > 0 &&
            atomic_fetch_add(&s->asked, 1) + 1 >= atomic_load(&s->enough))
            _exit(1);
    return NULL;
}

int live_signals_open(live_signals *s)
{
    atomic_init(&s->asked, 0);
    atomic_init(&s->quit, 0);
    atomic_init(&s->enough, 1);
    sigemptyset(&s->set);
    sigaddset(&s->set, SIGINT);
    sigaddset(&s->set, SIGTERM);
    sigaddset(&s->set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &s->set, NULL); /* in every thread that is started from now on, too */
    s->started = pthread_create(&s->thread, NULL, run, s) == 0;
    return s->started ? 0 : -1;
}

void live_signals_settle(live_signals *s)
{
    atomic_store(&s->enough, 2);
}

void live_signals_close(live_signals *s)
{
    if (!s->started)
        return;
    atomic_store(&s->quit, 1);
    pthread_join(s->thread, NULL);
    pthread_sigmask(SIG_UNBLOCK, &s->set, NULL);
    s->started = 0;
}
