/* The CLAP host: checks what the format asks of a plugin while it runs one. */
#include "host.h"

#include <clap/entry.h>
#include <clap/ext/audio-ports.h>
#include <clap/ext/latency.h>
#include <clap/ext/note-ports.h>
#include <clap/ext/params.h>
#include <clap/ext/state.h>
#include <clap/ext/timer-support.h>
#include <clap/plugin-factory.h>

#include "clap/missing.h"
#include "clap_lists.h"
#include "state_builder.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *library;
static const clap_plugin_entry_t *entry;
static const clap_plugin_factory_t *factory;
static char plugin_id[64];

void host_start(const char *path, const char *processor)
{
    snprintf(plugin_id, sizeof plugin_id, "cochlea.%s", processor);
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    entry = dlsym(library, "clap_entry");
    assert_non_null(entry);
    assert_true(clap_version_is_compatible(entry->clap_version));
    assert_true(entry->init(path));
    assert_null(entry->get_factory("something else"));
    factory = entry->get_factory(CLAP_PLUGIN_FACTORY_ID);
    assert_non_null(factory);
    assert_true(factory->get_plugin_count(factory) >= 1);
    assert_string_equal(factory->get_plugin_descriptor(factory, 0)->id, "cochlea.scribe");
    assert_null(factory->get_plugin_descriptor(factory, factory->get_plugin_count(factory)));
}

void host_stop(void)
{
    entry->deinit();
    dlclose(library);
}

/* ---- What the plugin may ask of a host ---- */

static void latency_changed(const clap_host_t *self)
{
    ((host *)self->host_data)->latency_changes++;
}

static void rescan(const clap_host_t *self, clap_param_rescan_flags flags)
{
    assert_int_equal(flags, CLAP_PARAM_RESCAN_VALUES);
    ((host *)self->host_data)->rescans++;
}

static void request_nothing(const clap_host_t *self)
{
    (void)self;
}

static void clear_nothing(const clap_host_t *self, clap_id id, clap_param_clear_flags flags)
{
    (void)self;
    (void)id;
    (void)flags;
}

static bool register_timer(const clap_host_t *self, uint32_t period, clap_id *id)
{
    assert_in_range(period, 5, 50);
    *id = CLAP_HOST_TIMER;
    ((host *)self->host_data)->timers++;
    return true;
}

static bool unregister_timer(const clap_host_t *self, clap_id id)
{
    assert_int_equal(id, CLAP_HOST_TIMER);
    ((host *)self->host_data)->timers--;
    return true;
}

static const void *get_extension(const clap_host_t *self, const char *id)
{
    static const clap_host_timer_support_t timers = {register_timer, unregister_timer};
    static const clap_host_latency_t latency = {latency_changed};
    static const clap_host_params_t params = {rescan, clear_nothing, request_nothing};
    (void)self;
    if (strcmp(id, CLAP_EXT_LATENCY) == 0)
        return &latency;
    if (strcmp(id, CLAP_EXT_TIMER_SUPPORT) == 0)
        return &timers;
    return strcmp(id, CLAP_EXT_PARAMS) == 0 ? &params : NULL;
}

static void request_restart(const clap_host_t *self)
{
    ((host *)self->host_data)->restart_asked++;
}

/* ---- Life ---- */

static void begin(host *h)
{
    assert_true(h->plugin->activate(h->plugin, h->rate, 1, BLOCK_MAX));
    realtime_begin();
    assert_true(h->plugin->start_processing(h->plugin));
    realtime_end();
}

static void end(host *h)
{
    realtime_begin();
    h->plugin->stop_processing(h->plugin);
    realtime_end();
    h->plugin->deactivate(h->plugin);
}

static void check_ports(host *h)
{
    const clap_plugin_audio_ports_t *audio = h->plugin->get_extension(h->plugin, CLAP_EXT_AUDIO_PORTS);
    const clap_plugin_note_ports_t *notes = h->plugin->get_extension(h->plugin, CLAP_EXT_NOTE_PORTS);
    clap_audio_port_info_t info;
    clap_note_port_info_t note_info;
    assert_int_equal(audio->count(h->plugin, true), 1);
    assert_int_equal(audio->count(h->plugin, false), 1);
    assert_true(audio->get(h->plugin, 0, true, &info));
    assert_int_equal(info.channel_count, 2);
    assert_false(audio->get(h->plugin, 1, true, &info));
    assert_int_equal(notes->count(h->plugin, true), 0);
    int midi = strcmp(plugin_id, "cochlea.scribe") == 0;
    assert_int_equal(notes->count(h->plugin, false), midi);
    assert_int_equal(notes->get(h->plugin, 0, false, &note_info), midi);
    assert_false(notes->get(h->plugin, 0, true, &note_info));
}

host *host_open(double rate)
{
    host *h = calloc(1, sizeof *h);
    assert_non_null(h);
    h->rate = rate;
    h->self = (clap_host_t){.clap_version = CLAP_VERSION_INIT,
                            .host_data = h,
                            .name = "Cochlea's tests",
                            .vendor = "",
                            .url = "",
                            .version = "1",
                            .get_extension = get_extension,
                            .request_restart = request_restart,
                            .request_process = request_nothing,
                            .request_callback = request_nothing};
    assert_null(factory->create_plugin(factory, &h->self, "cochlea.nothing"));
    h->plugin = factory->create_plugin(factory, &h->self, plugin_id);
    assert_non_null(h->plugin);
    assert_true(h->plugin->init(h->plugin));
    h->params = h->plugin->get_extension(h->plugin, CLAP_EXT_PARAMS);
    assert_non_null(h->params);
    assert_null(h->plugin->get_extension(h->plugin, "no.such.thing"));
    check_ports(h);
    begin(h);
    return h;
}

void host_close(host *h)
{
    end(h);
    h->plugin->destroy(h->plugin);
    free(h);
}

void host_restart(host *h)
{
    end(h);
    begin(h);
    h->restart_asked = 0;
}

/* ---- Parameters ---- */

static void find(host *h, const char *symbol, clap_param_info_t *info)
{
    static const char *const names[][2] = {
        {"bypass", "Bypass"},
        {"timing", "Timing"},
        {"steady", "Steady delay"},
        {"lookahead", "Look-ahead"},
        {"sensitivity", "Sensitivity"},
        {"low_key", "Lowest key"},
        {"high_key", "Highest key"},
        {"tuning", "A4"},
        {"channel", "Channel"},
        {"velocity_curve", "Velocity curve"},
        {"transpose", "Transpose"},
        {"sustain", "Sustain pedal"},
        {"instrument", "Instrument"},
        {"only_piano", "Only piano"},
        {"target", "Target"},
        {"second", "Second target"},
        {"morph", "Morph"},
        {"mix", "Mix"},
        {"method", "Method"},
        {"gain", "Input gain"},
        {"attack", "Attack"},
        {"detail", "Detail"},
        {"hold", "Sustain"},
        {"guard", "Noise guard"},
        {"channels", "Channels"},
        {"latency_mode", "Delay"},
        {"coherence", "Coherence"},
    };
    const char *name = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        name = strcmp(names[i][0], symbol) == 0 ? names[i][1] : name;
    assert_non_null(name);
    for (uint32_t i = 0; i < h->params->count(h->plugin); i++)
        if (h->params->get_info(h->plugin, i, info) && strcmp(info->name, name) == 0)
            return;
    fail_msg("no parameter %s", symbol);
}

void host_set(host *h, const char *symbol, double value)
{
    clap_param_info_t info;
    find(h, symbol, &info);
    assert_true(h->change_count < CHANGES_MAX);
    h->changes[h->change_count++] =
        (clap_event_param_value_t){.header = {.size = sizeof(clap_event_param_value_t),
                                              .space_id = CLAP_CORE_EVENT_SPACE_ID,
                                              .type = CLAP_EVENT_PARAM_VALUE},
                                   .param_id = info.id,
                                   .note_id = -1,
                                   .port_index = -1,
                                   .channel = -1,
                                   .key = -1,
                                   .value = value};
}

double host_get(host *h, const char *symbol)
{
    clap_param_info_t info;
    double value;
    find(h, symbol, &info);
    assert_true(h->params->get_value(h->plugin, info.id, &value));
    return value;
}

/* ---- Running ---- */

static void set_offline(host *h, int offline)
{
    const coch_clap_plugin_render *render = h->plugin->get_extension(h->plugin, COCH_CLAP_EXT_RENDER);
    if (offline == h->offline)
        return;
    h->offline = offline;
    assert_true(render->set(h->plugin, offline ? COCH_CLAP_RENDER_OFFLINE : COCH_CLAP_RENDER_REALTIME));
}

void host_run(host *h, const host_block *block, midi_take *take)
{
    static float spare[2][BLOCK_MAX];
    float *in[2], *out[2];
    for (int c = 0; c < 2; c++) {
        union {
            const float *constant;
            float *plain;
        } pointer = {block->in[c]};
        in[c] = pointer.plain;
        out[c] = block->out[c] ? block->out[c] : spare[c];
    }
    clap_audio_buffer_t input = {.data32 = in, .channel_count = 2},
                        output = {.data32 = out, .channel_count = 2};
    clap_event_transport_t transport = {.flags = block->rolling > 0 ? CLAP_TRANSPORT_IS_PLAYING : 0};
    const clap_input_events_t changes = {h, clap_change_count, clap_change_at};
    const clap_output_events_t events = {h, clap_try_push};
    const clap_process_t process = {.steady_time = h->frame,
                                    .frames_count = block->frames,
                                    .transport = block->rolling < 0 ? NULL : &transport,
                                    .audio_inputs = &input,
                                    .audio_outputs = &output,
                                    .audio_inputs_count = 1,
                                    .audio_outputs_count = 1,
                                    .in_events = &changes,
                                    .out_events = &events};
    set_offline(h, block->offline);
    h->block = block;
    h->take = take;
    h->taken = 0;
    realtime_begin_block(block);
    clap_process_status status = h->plugin->process(h->plugin, &process);
    realtime_end_block(block);
    assert_true(status == CLAP_PROCESS_CONTINUE);
    h->frame += block->frames;
    h->change_count = 0;
}

uint32_t host_latency(host *h)
{
    const clap_plugin_latency_t *latency = h->plugin->get_extension(h->plugin, CLAP_EXT_LATENCY);
    return latency->get(h->plugin);
}

double host_output(host *h, const char *symbol)
{
    double value;
    int index = output_index(symbol);
    assert_true(h->params->get_value(h->plugin, (clap_id)(100 + index), &value));
    assert_true(value == h->outputs[index]);
    return value;
}

/* ---- State ---- */

size_t host_save(host *h, uint8_t *bytes)
{
    const clap_plugin_state_t *state = h->plugin->get_extension(h->plugin, CLAP_EXT_STATE);
    clap_memory m = {.bytes = bytes};
    const clap_ostream_t stream = {&m, clap_write_memory};
    assert_true(state->save(h->plugin, &stream));
    return m.size;
}

int host_load(host *h, const uint8_t *bytes, size_t size)
{
    const clap_plugin_state_t *state = h->plugin->get_extension(h->plugin, CLAP_EXT_STATE);
    uint8_t copy[HOST_STATE_MAX];
    clap_memory m = {.bytes = copy, .size = size};
    const clap_istream_t stream = {&m, clap_read_memory};
    memcpy(copy, bytes, size);
    return state->load(h->plugin, &stream);
}

/* The only way of a host without the window. */
void host_choose(host *h, const char *path)
{
    uint8_t bytes[HOST_STATE_MAX];
    assert_true(host_load(h, bytes, state_with_file(bytes, host_save(h, bytes), path)));
}

/* ---- For the tests of what is CLAP's own ---- */

const clap_plugin_t *clap_host_plugin(host *h)
{
    return h->plugin;
}

int clap_host_restarts(host *h)
{
    return h->restart_asked;
}

int clap_host_rescans(host *h)
{
    return h->rescans;
}

clap_event_param_value_t *clap_host_change(host *h, uint32_t index)
{
    return &h->changes[index];
}

ui_edits *clap_host_edits(host *h)
{
    return &h->edits;
}

int clap_host_timers(host *h)
{
    return h->timers;
}

void clap_host_flush(host *h)
{
    const clap_input_events_t changes = {h, clap_change_count, clap_change_at};
    const clap_output_events_t events = {h, clap_try_push};
    h->params->flush(h->plugin, &changes, &events);
}
