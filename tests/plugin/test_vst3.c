/* The VST3 plugin in a host: what every format must do, and what is VST3's own.
 *
 *     test_vst3 FILE
 */
#include "suite.h"
#include "take.h"
#include "vst3_host.h"

#include <stdlib.h>
#include <string.h>

#define RATE 48000

static void state_is_kept(void **state)
{
    (void)state;
    vst3_memory m = {.most = 7}; /* streams may take and give little at a time */
    host *h = host_open(RATE), *other = host_open(RATE);
    struct v3_component **component = vst3_host_component(h), **to = vst3_host_component(other);
    host_set(h, "lookahead", 65.0);
    host_set(h, "channel", 9);
    host_set(h, "timing", 1);
    assert_int_equal((*component)->get_state(component, vst3_memory_open(&m)), V3_OK);
    assert_int_equal((*to)->set_state(to, vst3_memory_open(&m)), V3_OK);
    assert_true(host_get(other, "lookahead") == 65.0);
    assert_true(host_get(other, "channel") == 9.0);
    assert_true(host_get(other, "timing") == 1.0);
    assert_int_equal(vst3_host_latency_changes(other), 1);
    m.bytes[m.size - 1] ^= 128;
    host_set(other, "channel", 2);
    assert_true((*to)->set_state(to, vst3_memory_open(&m)) != V3_OK);
    assert_true(host_get(other, "channel") == 2.0);
    host_close(h);
    host_close(other);
}

static void tells_of_a_changed_latency(void **state)
{
    (void)state;
    host *h = host_open(RATE);
    host_set(h, "sensitivity", 1.5);
    assert_int_equal(vst3_host_latency_changes(h), 0);
    host_set(h, "timing", 1);
    assert_int_equal(vst3_host_latency_changes(h), 1);
    assert_int_equal(host_latency(h), 2880);
    host_set(h, "steady", 100);
    assert_int_equal(vst3_host_latency_changes(h), 2);
    assert_int_equal(host_latency(h), 4800);
    host_close(h);
}

static void has_the_buses_it_says(void **state)
{
    (void)state;
    struct v3_bus_info info;
    v3_speaker_arrangement mono = V3_SPEAKER_M, stereo = V3_SPEAKER_L | V3_SPEAKER_R, got;
    host *h = host_open(RATE);
    struct v3_component **component = vst3_host_component(h);
    struct v3_audio_processor **audio = vst3_host_audio(h);
    assert_int_equal((*component)->get_bus_count(component, V3_AUDIO, V3_INPUT), 1);
    assert_int_equal((*component)->get_bus_count(component, V3_AUDIO, V3_OUTPUT), 1);
    assert_int_equal((*component)->get_bus_count(component, V3_EVENT, V3_INPUT), 0);
    assert_int_equal((*component)->get_bus_count(component, V3_EVENT, V3_OUTPUT), 1);
    assert_int_equal((*component)->get_bus_info(component, V3_EVENT, V3_OUTPUT, 0, &info), V3_OK);
    assert_int_equal(info.channel_count, 16);
    assert_true((*component)->get_bus_info(component, V3_AUDIO, V3_INPUT, 1, &info) != V3_OK);
    assert_true((*audio)->set_bus_arrangements(audio, &mono, 1, &stereo, 1) != V3_TRUE);
    assert_int_equal((*audio)->set_bus_arrangements(audio, &mono, 1, &mono, 1), V3_TRUE);
    assert_int_equal((*audio)->get_bus_arrangement(audio, V3_OUTPUT, 0, &got), V3_OK);
    assert_true(got == V3_SPEAKER_M);
    assert_true((*audio)->can_process_sample_size(audio, V3_SAMPLE_64) != V3_TRUE);
    host_close(h);
}

static void texts_go_both_ways(void **state)
{
    (void)state;
    struct v3_param_info info;
    v3_str_128 text;
    host *h = host_open(RATE);
    struct v3_edit_controller **c = vst3_host_controller(h);
    for (int32_t i = 0; i < (*c)->get_parameter_count(c); i++) {
        assert_int_equal((*c)->get_parameter_info(c, i, &info), V3_OK);
        assert_true((*c)->get_parameter_normalised(c, info.param_id) == info.default_normalised_value);
        for (int k = 0; k < 2; k++) {
            double normal = -1.0;
            assert_int_equal((*c)->get_parameter_string_for_value(c, info.param_id, k, text), V3_OK);
            assert_int_equal((*c)->get_parameter_value_for_string(c, info.param_id, text, &normal), V3_OK);
            assert_true(normal == k);
        }
    }
    assert_true((*c)->get_parameter_info(c, 99, &info) != V3_OK);
    assert_true((*c)->set_parameter_normalised(c, 99, 0.5) != V3_OK);
    host_close(h);
}

PLUGIN_MAIN("scribe", SUITE, cmocka_unit_test(state_is_kept), cmocka_unit_test(tells_of_a_changed_latency),
            cmocka_unit_test(has_the_buses_it_says), cmocka_unit_test(texts_go_both_ways))
