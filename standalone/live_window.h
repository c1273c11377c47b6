/* The window of a live session: shows what the ear hears, and lets the user turn at it. All of it belongs to
 * the main thread. */
#ifndef COCHLEA_STANDALONE_LIVE_WINDOW_H
#define COCHLEA_STANDALONE_LIVE_WINDOW_H

#include "live_session.h"

typedef struct live_window live_window;

/* Opens a window for a session that is open and not yet started; from then on it draws and answers whenever
 * the session waits, and ends the session when the user closes it. Returns -1 with the reason when there is
 * no display, or no window in this build. */
int live_window_open(live_window **made, live_session *session, char *why, size_t why_size);

/* Does what the user asked for that has to happen between the session's waits. Accepts NULL. */
void live_window_apply(live_window *window);

/* After the session was closed. Accepts NULL. */
void live_window_close(live_window *window);

#endif
