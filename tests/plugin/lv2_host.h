/* What only tests of LV2 itself, and of its window, look at. */
#ifndef COCH_TESTS_PLUGIN_LV2_HOST_H
#define COCH_TESTS_PLUGIN_LV2_HOST_H

#include "host.h"

#include <lilv/lilv.h>
#include <lv2/atom/atom.h>

LilvWorld *lv2_host_world(void);
const LilvPlugin *lv2_host_plugin(void);

const LV2_Feature *const *lv2_host_features(void);

/* Sets the ports that a preset names. */
void lv2_host_apply(host *h, const LilvNode *preset);

LilvInstance *lv2_host_instance(host *h);

/* A port by its symbol, and the value of one as the plugin has it next. */
uint32_t lv2_host_port(const char *symbol);
const float *lv2_host_value(host *h, const char *symbol);

/* For a window that may not see the plugin: an atom for the next block, and what has come back since. [main],
 * while another thread runs the plugin. */
void lv2_host_send(host *h, const void *atom, uint32_t size);
void lv2_host_notices(host *h, void (*take)(void *context, const LV2_Atom *atom), void *context);
uint32_t lv2_host_map(const char *uri);
const LV2_Feature *lv2_host_map_feature(void);

/* The value of a control port after the last block, and another one for the next. [main], while another
 * thread runs the plugin. */
float lv2_host_shown(host *h, uint32_t port);
void lv2_host_turn(host *h, uint32_t port, float value);

#endif
