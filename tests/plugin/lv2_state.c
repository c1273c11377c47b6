/* States and presets of the LV2 host, by lilv. */
#include "lv2_host.h"
#include "lv2_uris.h"

#include <lv2/atom/atom.h>
#include <lv2/state/state.h>

#include <stdlib.h>
#include <string.h>

static void set_port(const char *symbol, void *context, const void *value, uint32_t size, uint32_t type)
{
    host *h = context;
    assert_int_equal(size, sizeof(float));
    assert_int_equal(type, lv2_host_map(LV2_ATOM__Float));
    lv2_host_turn(h, lv2_host_port(symbol), *(const float *)value);
}

void lv2_host_apply(host *h, const LilvNode *preset)
{
    lilv_world_load_resource(lv2_host_world(), preset);
    LilvState *state = lilv_state_new_from_world(lv2_host_world(), &lv2_uri_map, preset);
    assert_non_null(state);
    lilv_state_restore(state, lv2_host_instance(h), set_port, h, 0, NULL);
    lilv_state_free(state);
    lilv_world_unload_resource(lv2_host_world(), preset);
}

static const void *port_value(const char *symbol, void *context, uint32_t *size, uint32_t *type)
{
    host *h = context;
    *size = sizeof(float);
    *type = lv2_host_map(LV2_ATOM__Float);
    return lv2_host_value(h, symbol);
}

size_t host_save(host *h, uint8_t *bytes)
{
    LilvState *state =
        lilv_state_new_from_instance(lv2_host_plugin(), lv2_host_instance(h), &lv2_uri_map, NULL, NULL, NULL,
                                     NULL, port_value, h, LV2_STATE_IS_POD, NULL);
    assert_non_null(state);
    char *text = lilv_state_to_string(lv2_host_world(), &lv2_uri_map, &lv2_uri_unmap, state,
                                      "urn:cochlea:test-state", NULL);
    assert_true(text && strlen(text) < HOST_STATE_MAX);
    size_t size = strlen(text) + 1;
    memcpy(bytes, text, size);
    lilv_free(text);
    lilv_state_free(state);
    return size;
}

int host_load(host *h, const uint8_t *bytes, size_t size)
{
    char *text = malloc(size + 1);
    memcpy(text, bytes, size);
    text[size] = '\0';
    LilvState *state = lilv_state_new_from_string(lv2_host_world(), &lv2_uri_map, text);
    if (state)
        lilv_state_restore(state, lv2_host_instance(h), set_port, h, 0, NULL);
    lilv_state_free(state);
    free(text);
    return state != NULL;
}
