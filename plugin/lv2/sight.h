/* What the LV2 plugin shows its window, where the host lets the two meet (instance-access, data-access): then
 * the window calls the plugin's own code by these pointers, and shares no data with it but what they give. */
#ifndef COCH_PLUGIN_LV2_SIGHT_H
#define COCH_PLUGIN_LV2_SIGHT_H

#include "core.h"

#include <lv2/core/lv2.h>

#define COCH_LV2_SIGHT "urn:cochlea:sight#2" /* another number for another coch_watch */

typedef struct coch_lv2_sight {
    size_t watch_size; /* sizeof(coch_watch) */
    int (*watch)(LV2_Handle plugin, coch_watch *watch);
    void (*file)(LV2_Handle plugin, char path[COCH_PATH_MAX], char complaint[COCH_COMPLAINT_MAX]);
} coch_lv2_sight;

#endif
