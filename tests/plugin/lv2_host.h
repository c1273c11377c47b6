/* What only tests of LV2 itself, and of its window, look at. */
#ifndef COCH_TESTS_PLUGIN_LV2_HOST_H
#define COCH_TESTS_PLUGIN_LV2_HOST_H

#include "host.h"

#include <lilv/lilv.h>
#include <lv2/urid/urid.h>

LilvWorld *lv2_host_world(void);
const LilvPlugin *lv2_host_plugin(void);

const LV2_Feature *const *lv2_host_features(void);

LV2_URID_Map *lv2_host_map(void);

/* Sets the ports that a preset names. */
void lv2_host_apply(host *h, const LilvNode *preset);

LilvInstance *lv2_host_instance(host *h);

/* The value of a control port. */
float *lv2_host_value(host *h, uint32_t port);

#endif
