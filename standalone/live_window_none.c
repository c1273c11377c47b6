/* In place of live_window.c where there is nothing to draw with. */
#include "live_window.h"

int live_window_open(live_window **made, live_session *session, char *why, size_t why_size)
{
    (void)session;
    *made = NULL;
    snprintf(why, why_size, "this build has none");
    return -1;
}

void live_window_apply(live_window *window)
{
    (void)window;
}

void live_window_close(live_window *window)
{
    (void)window;
}
