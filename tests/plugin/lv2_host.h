/* What only the window of the LV2 host looks at. */
#ifndef COCH_TESTS_PLUGIN_LV2_HOST_H
#define COCH_TESTS_PLUGIN_LV2_HOST_H

#include "host.h"

#include <lilv/lilv.h>

const LilvPlugin *lv2_host_plugin(void);
LilvInstance *lv2_host_instance(host *h);

/* The value of a control port. */
float *lv2_host_value(host *h, uint32_t port);

#endif
