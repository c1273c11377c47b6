/* The LV2 plugin in a host: what every format must do, and what is LV2's own.
 *
 *     test_lv2 BUNDLE
 */
#include "lv2_host.h"
#include "suite.h"
#include "take.h"

#include <lv2/presets/presets.h>

#include <stdlib.h>

#define RATE 48000

static void presets_set_the_ports(void **state)
{
    (void)state;
    float x[256] = {0};
    midi_take take = {0};
    host *h = host_open(RATE);
    playing how = {.block = {.rolling = -1}};
    LilvNode *class = lilv_new_uri(lv2_host_world(), LV2_PRESETS__Preset);
    LilvNodes *presets = lilv_plugin_get_related(lv2_host_plugin(), class);
    assert_int_equal(lilv_nodes_size(presets), 5);
    LILV_FOREACH(nodes, i, presets)
    lv2_host_apply(h, lilv_nodes_get(presets, i));
    LilvNode *tight = lilv_new_uri(lv2_host_world(), "urn:cochlea:scribe#tight");
    lv2_host_apply(h, tight);
    assert_true(host_get(h, "timing") == 1.0 && host_get(h, "steady") == 60.0);
    play(h, x, 256, &how, &take);
    assert_int_equal(host_latency(h), 2880);
    lilv_node_free(tight);
    lilv_nodes_free(presets);
    lilv_node_free(class);
    host_close(h);
}

static void bad_hosts_are_refused(void **state)
{
    (void)state;
    const LV2_Feature *const none[] = {NULL};
    assert_null(lilv_plugin_instantiate(lv2_host_plugin(), RATE, none)); /* no URIDs */
    assert_null(lilv_plugin_instantiate(lv2_host_plugin(), 4000.0, lv2_host_features()));
    assert_null(lilv_plugin_instantiate(lv2_host_plugin(), 384000.0, lv2_host_features()));
}

/* The right channel need not be connected: then the left one is heard in full. */
static void one_channel_is_enough(void **state)
{
    (void)state;
    size_t count;
    float *x = piece(RATE, 2.0, &count), *y = calloc(count, sizeof *y);
    midi_take both = {0}, one = {0};
    playing how = {.block = {.offline = 1, .rolling = -1}, .size = 480};
    host *h = host_open(RATE);
    play(h, x, count, &how, &both);
    host_close(h);
    h = host_open(RATE);
    for (size_t at = 0; at + 480 <= count; at += 480) {
        host_block block = {.in = {x + at}, .out = {y + at}, .frames = 480, .offline = 1, .rolling = -1};
        host_run(h, &block, &one);
    }
    assert_true(take_note_ons(&both) > 4);
    take_assert_same(&both, &one, 1);
    for (size_t i = 0; i < count / 480 * 480; i++)
        assert_true(y[i] == x[i]);
    host_close(h);
    take_free(&both);
    take_free(&one);
    free(x);
    free(y);
}

PLUGIN_MAIN("scribe", SUITE, cmocka_unit_test(presets_set_the_ports), cmocka_unit_test(bad_hosts_are_refused),
            cmocka_unit_test(one_channel_is_enough))
