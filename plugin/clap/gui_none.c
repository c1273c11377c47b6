/* In place of gui.c where there is nothing to draw with. */
#include "instance.h"

void coch_clap_pass_words(coch_clap *p, const clap_output_events_t *out) COCH_REALTIME
{
    (void)p;
    (void)out;
}

void coch_clap_close_ui(coch_clap *p)
{
    (void)p;
}

const void *coch_clap_gui_extension(const char *id)
{
    (void)id;
    return NULL;
}
