/* Ctrl-C and its like, without a handler: a thread waits for them. Libraries may hang for minutes (a JACK
 * server that waits for a client that was killed), and even then the program has to end when it is told
 * twice.
 */
#ifndef COCHLEA_STANDALONE_LIVE_SIGNALS_H
#define COCHLEA_STANDALONE_LIVE_SIGNALS_H

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

typedef struct live_signals {
    sigset_t set;
    pthread_t thread;
    int started;
    atomic_int asked; /* signals so far */
    atomic_int quit;
    atomic_int enough; /* signals that end the program at once */
} live_signals;

/* From now on SIGINT, SIGTERM and SIGHUP are counted in `asked`; the first ends the program at once as long
 * as live_signals_settle was not called, after that the second. Before any other thread is started. Returns
 * -1 when no thread can be started. [main] */
int live_signals_open(live_signals *s);
void live_signals_settle(live_signals *s);
void live_signals_close(live_signals *s);

#endif
