/* The CLAP plugin in a host: what every format must do, and what is CLAP's own.
 *
 *     test_clap FILE
 */
#include "clap_host.h"
#include "suite.h"
#include "take.h"

#include <clap/ext/params.h>
#include <clap/ext/state.h>

#include <stdlib.h>
#include <string.h>

#define RATE 48000

typedef struct memory {
    uint8_t bytes[8192];
    size_t size, at;
    uint64_t most; /* bytes at a time */
} memory;

static int64_t write_memory(const clap_ostream_t *stream, const void *bytes, uint64_t size)
{
    memory *m = stream->ctx;
    size = size < m->most ? size : m->most;
    assert_true(m->size + size <= sizeof m->bytes);
    memcpy(m->bytes + m->size, bytes, size);
    m->size += size;
    return (int64_t)size;
}

static int64_t read_memory(const clap_istream_t *stream, void *bytes, uint64_t size)
{
    memory *m = stream->ctx;
    size = size < m->most ? size : m->most;
    size = size < m->size - m->at ? size : m->size - m->at;
    memcpy(bytes, m->bytes + m->at, size);
    m->at += size;
    return (int64_t)size;
}

static int load(host *h, memory *m)
{
    const clap_plugin_t *plugin = clap_host_plugin(h);
    const clap_plugin_state_t *state = plugin->get_extension(plugin, CLAP_EXT_STATE);
    const clap_istream_t stream = {m, read_memory};
    m->at = 0;
    return state->load(plugin, &stream);
}

static void state_is_kept(void **state)
{
    (void)state;
    memory m = {.most = 7}; /* streams may take and give little at a time */
    float x[256] = {0};
    midi_take take = {0};
    playing how = {.block = {.rolling = -1}};
    host *h = host_open(RATE), *other = host_open(RATE);
    host_set(h, "steady", 123.5);
    host_set(h, "transpose", -7);
    host_set(h, "timing", 1);
    play(h, x, 256, &how, &take);
    const clap_plugin_t *plugin = clap_host_plugin(h);
    const clap_plugin_state_t *extension = plugin->get_extension(plugin, CLAP_EXT_STATE);
    const clap_ostream_t stream = {&m, write_memory};
    assert_true(extension->save(plugin, &stream));
    assert_true(load(other, &m));
    assert_int_equal(clap_host_rescans(other), 1);
    assert_int_equal(clap_host_restarts(other), 1); /* steady timing came with it */
    assert_true(host_get(other, "steady") == 123.5);
    assert_true(host_get(other, "transpose") == -7.0);
    assert_true(host_get(other, "timing") == 1.0);
    m.bytes[m.size / 2] ^= 1;
    host_set(other, "transpose", 5);
    play(other, x, 256, &how, &take);
    assert_false(load(other, &m));
    assert_true(host_get(other, "transpose") == 5.0);
    host_close(h);
    host_close(other);
    take_free(&take);
}

static void asks_for_a_restart_when_the_latency_changes(void **state)
{
    (void)state;
    float x[256] = {0};
    midi_take take = {0};
    playing how = {.block = {.rolling = -1}};
    host *h = host_open(RATE);
    play(h, x, 256, &how, &take);
    assert_int_equal(clap_host_restarts(h), 0);
    host_set(h, "timing", 1);
    play(h, x, 256, &how, &take);
    play(h, x, 256, &how, &take);
    assert_int_equal(clap_host_restarts(h), 1); /* once is enough */
    assert_int_equal(host_latency(h), 0);       /* constant while active */
    host_restart(h);
    assert_int_equal(host_latency(h), 2880);
    host_close(h);
    take_free(&take);
}

/* A block may hold changes: notes stop at the frame of the bypass. */
static void changes_have_their_frame(void **state)
{
    (void)state;
    size_t count, at = 0;
    float *x = piece(RATE, 3.0, &count);
    midi_take take = {0};
    playing how = {.block = {.offline = 1, .rolling = -1}, .size = 1000};
    host *h = host_open(RATE);
    while (take_sounding(&take) < 2 && at + 1000 <= count) {
        play(h, x + at, 1000, &how, &take);
        at += 1000;
    }
    size_t before = take.count;
    host_set(h, "bypass", 1.0);
    clap_host_change(h, 0)->header.time = 777;
    play(h, x + at, 1000, &how, &take);
    take_assert_resolved(&take);
    assert_true(take.count > before);
    assert_int_equal(take.messages[take.count - 1].frame, at + 777);
    host_close(h);
    take_free(&take);
    free(x);
}

static void texts_go_both_ways(void **state)
{
    (void)state;
    char text[64];
    clap_param_info_t info;
    double value;
    host *h = host_open(RATE);
    const clap_plugin_t *plugin = clap_host_plugin(h);
    const clap_plugin_params_t *params = plugin->get_extension(plugin, CLAP_EXT_PARAMS);
    for (uint32_t i = 0; i < params->count(plugin); i++) {
        assert_true(params->get_info(plugin, i, &info));
        const double values[] = {info.min_value, info.default_value, info.max_value};
        for (int k = 0; k < 3; k++) {
            assert_true(params->value_to_text(plugin, info.id, values[k], text, sizeof text));
            assert_true(params->text_to_value(plugin, info.id, text, &value));
            assert_true(value == values[k]);
        }
        assert_false(params->text_to_value(plugin, info.id, "hullabaloo", &value));
    }
    assert_false(params->get_info(plugin, params->count(plugin), &info));
    assert_false(params->get_value(plugin, 999, &value));
    assert_false(params->value_to_text(plugin, 999, 0.0, text, sizeof text));
    host_close(h);
}

PLUGIN_MAIN("scribe", SUITE, cmocka_unit_test(state_is_kept),
            cmocka_unit_test(asks_for_a_restart_when_the_latency_changes),
            cmocka_unit_test(changes_have_their_frame), cmocka_unit_test(texts_go_both_ways))
