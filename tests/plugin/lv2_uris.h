/* The URIs of the LV2 host, each with its number; for any thread. */
#ifndef COCH_TESTS_PLUGIN_LV2_URIS_H
#define COCH_TESTS_PLUGIN_LV2_URIS_H

#include <lv2/urid/urid.h>

extern LV2_URID_Map lv2_uri_map;
extern LV2_URID_Unmap lv2_uri_unmap;

void lv2_uris_free(void);

#endif
