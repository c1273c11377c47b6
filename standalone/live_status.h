/* The line on the terminal that says how a live session goes. */
#ifndef COCHLEA_STANDALONE_LIVE_STATUS_H
#define COCHLEA_STANDALONE_LIVE_STATUS_H

#include "live_session.h"

typedef struct live_status {
    double at;  /* when the share was last taken, in seconds of the clock */
    double cpu; /* processor seconds of the program until then */
    double share;
    int refused; /* said already: no real-time priority */
} live_status;

/* Takes what the ear says of itself into the session; tells once when the nets run without real-time
 * priority. */
void live_status_update(live_status *status, live_session *session);

/* Draws the line over the last one, on a terminal. */
void live_status_draw(const live_status *status, const live_session *session);
void live_status_erase(void);

#endif
