/* What only tests of CLAP itself look at. */
#ifndef COCH_TESTS_PLUGIN_CLAP_HOST_H
#define COCH_TESTS_PLUGIN_CLAP_HOST_H

#include "host.h"
#include "ui_host.h"

#include <clap/plugin.h>

const clap_plugin_t *clap_host_plugin(host *h);

/* How often it was asked to activate anew, since it did; and to read the parameters' values again. */
int clap_host_restarts(host *h);
int clap_host_rescans(host *h);

/* The change of a parameter that waits for the next block; its time may be set. */
clap_event_param_value_t *clap_host_change(host *h, uint32_t index);

/* What its window told, and how many timers it has: at most one, of this id. */
ui_edits *clap_host_edits(host *h);
int clap_host_timers(host *h);
#define CLAP_HOST_TIMER 7

/* Flushes parameters when it was asked to and no block does it. */
void clap_host_flush(host *h);

#endif
