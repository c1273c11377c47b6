/* The VST3 host: through the factory, as hosts do, with lists of its own. */
#include "state_builder.h"
#include "vst3_lists.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static void *library;
static struct v3_plugin_factory_2 **factory;
static struct v3_class_info class_info;
static int32_t class_index;
static int scribe; /* and not hybrid */

void host_start(const char *path, const char *processor)
{
    union {
        void *pointer;
        bool (*enter)(void *);
        const void *(*get)(void);
    } symbol;
    union {
        const void *constant;
        struct v3_plugin_factory_2 **plain;
    } found;
    void *object;
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    symbol.pointer = dlsym(library, "ModuleEntry");
    assert_true(symbol.enter(library));
    symbol.pointer = dlsym(library, "GetPluginFactory");
    found.constant = symbol.get();
    factory = found.plain;
    assert_int_equal((*factory)->query_interface(factory, v3_plugin_factory_2_iid, &object), V3_OK);
    assert_true((*factory)->num_classes(factory) >= 1);
    scribe = strcmp(processor, "scribe") == 0;
    class_index = scribe ? 0 : 1;
    assert_int_equal((*factory)->get_class_info(factory, class_index, &class_info), V3_OK);
    assert_string_equal(class_info.name, scribe ? "Cochlea Scribe" : "Cochlea Hybrid");
    assert_string_equal(class_info.category, "Audio Module Class");
    assert_true((*factory)->get_class_info(factory, 99, &class_info) != V3_OK);
}

void host_stop(void)
{
    union {
        void *pointer;
        bool (*leave)(void);
    } symbol = {dlsym(library, "ModuleExit")};
    assert_true(symbol.leave());
    dlclose(library);
}

/* ---- Parameters ---- */

static v3_param_id find(host *h, const char *symbol)
{
    static const char *const ids[] = {"bypass",  "timing",   "steady",     "lookahead",      "sensitivity",
                                      "low_key", "high_key", "tuning",     "velocity_curve", "transpose",
                                      "channel", "sustain",  "instrument", "only_piano"};
    static const char *const hybrid_ids[] = {"bypass", "target",   "second",       "morph",    "mix",
                                             "method", "gain",     "attack",       "detail",   "hold",
                                             "guard",  "channels", "latency_mode", "coherence"};
    size_t count = scribe ? sizeof ids / sizeof *ids : sizeof hybrid_ids / sizeof *hybrid_ids;
    (void)h;
    for (size_t i = 0; i < count; i++)
        if (strcmp(scribe ? ids[i] : hybrid_ids[i], symbol) == 0)
            return (v3_param_id)i + 1;
    fail_msg("no parameter %s", symbol);
    return 0;
}

/* To the processor with the next block, and to the controller at once, as hosts do. */
void host_set(host *h, const char *symbol, double value)
{
    v3_param_id id = find(h, symbol);
    double normal = (*h->controller)->plain_parameter_to_normalised(h->controller, id, value);
    assert_true(h->change_count < CHANGES_MAX);
    change *c = &h->change[h->change_count];
    *c = (change){&vst3_queue_functions, id, normal};
    h->queue[h->change_count++] = (struct v3_param_value_queue **)(void *)c;
    assert_int_equal((*h->controller)->set_parameter_normalised(h->controller, id, normal), V3_OK);
}

double host_get(host *h, const char *symbol)
{
    v3_param_id id = find(h, symbol);
    double normal = (*h->controller)->get_parameter_normalised(h->controller, id);
    return (*h->controller)->normalised_parameter_to_plain(h->controller, id, normal);
}

/* ---- Life ---- */

static void begin(host *h)
{
    struct v3_process_setup setup = {
        .symbolic_sample_size = V3_SAMPLE_32, .max_block_size = BLOCK_MAX, .sample_rate = h->rate};
    v3_speaker_arrangement stereo = V3_SPEAKER_L | V3_SPEAKER_R;
    assert_int_equal((*h->audio)->set_bus_arrangements(h->audio, &stereo, 1, &stereo, 1), V3_TRUE);
    assert_int_equal((*h->audio)->setup_processing(h->audio, &setup), V3_OK);
    assert_int_equal((*h->component)->activate_bus(h->component, V3_AUDIO, V3_INPUT, 0, 1), V3_OK);
    assert_int_equal((*h->component)->activate_bus(h->component, V3_AUDIO, V3_OUTPUT, 0, 1), V3_OK);
    assert_int_equal((*h->component)->activate_bus(h->component, V3_EVENT, V3_OUTPUT, 0, 1) == V3_OK, scribe);
    assert_int_equal((*h->component)->set_active(h->component, 1), V3_OK);
    assert_int_equal((*h->audio)->set_processing(h->audio, 1), V3_OK);
}

static void end(host *h)
{
    assert_int_equal((*h->audio)->set_processing(h->audio, 0), V3_OK);
    assert_int_equal((*h->component)->set_active(h->component, 0), V3_OK);
}

host *host_open(double rate)
{
    void *object;
    host *h = calloc(1, sizeof *h);
    assert_non_null(h);
    h->rate = rate;
    vst3_lists_open(h);
    assert_int_equal((*factory)->get_class_info(factory, class_index, &class_info), V3_OK);
    assert_int_equal((*factory)->create_instance(factory, class_info.class_id, v3_component_iid, &object),
                     V3_OK);
    h->component = object;
    assert_int_equal((*h->component)->initialize(h->component, NULL), V3_OK);
    assert_int_equal((*h->component)->query_interface(h->component, v3_audio_processor_iid, &object), V3_OK);
    h->audio = object;
    assert_int_equal((*h->component)->query_interface(h->component, v3_edit_controller_iid, &object), V3_OK);
    h->controller = object;
    struct v3_component_handler **handler = (struct v3_component_handler **)(void *)&h->handler;
    assert_int_equal((*h->controller)->set_component_handler(h->controller, handler), V3_OK);
    begin(h);
    return h;
}

void host_close(host *h)
{
    end(h);
    assert_int_equal((*h->component)->terminate(h->component), V3_OK);
    assert_int_equal((*h->controller)->unref(h->controller), 2);
    assert_int_equal((*h->audio)->unref(h->audio), 1);
    assert_int_equal((*h->component)->unref(h->component), 0);
    free(h);
}

void host_restart(host *h)
{
    end(h);
    begin(h);
}

/* ---- Running ---- */

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
    struct v3_audio_bus_buffers input = {.num_channels = 2, .channel_buffers_32 = in};
    struct v3_audio_bus_buffers output = {.num_channels = 2, .channel_buffers_32 = out};
    struct v3_process_context context = {.state = block->rolling > 0 ? V3_PROCESS_CTX_PLAYING : 0};
    struct v3_process_data data = {.process_mode = block->offline ? V3_OFFLINE : V3_REALTIME,
                                   .symbolic_sample_size = V3_SAMPLE_32,
                                   .nframes = (int32_t)block->frames,
                                   .num_input_buses = 1,
                                   .num_output_buses = 1,
                                   .inputs = &input,
                                   .outputs = &output,
                                   .input_params = (struct v3_param_changes **)(void *)&h->changes,
                                   .output_params = (struct v3_param_changes **)(void *)&h->told,
                                   .output_events = (struct v3_event_list **)(void *)&h->events,
                                   .ctx = block->rolling < 0 ? NULL : &context};
    h->block = block;
    h->take = take;
    h->taken = 0;
    realtime_begin_block(block);
    v3_result result = (*h->audio)->process(h->audio, &data);
    realtime_end_block(block);
    assert_int_equal(result, V3_OK);
    h->frame += block->frames;
    h->change_count = 0;
}

uint32_t host_latency(host *h)
{
    return (*h->audio)->get_latency_samples(h->audio);
}

double host_output(host *h, const char *symbol)
{
    int index = output_index(symbol);
    v3_param_id id = (v3_param_id)(100 + index);
    double normal = (*h->controller)->get_parameter_normalised(h->controller, id);
    assert_true(normal == h->outputs[index]);
    return (*h->controller)->normalised_parameter_to_plain(h->controller, id, normal);
}

/* ---- For the tests of what is VST3's own ---- */

struct v3_component **vst3_host_component(host *h)
{
    return h->component;
}

struct v3_audio_processor **vst3_host_audio(host *h)
{
    return h->audio;
}

struct v3_edit_controller **vst3_host_controller(host *h)
{
    return h->controller;
}

int vst3_host_latency_changes(host *h)
{
    return h->latency_changes;
}

ui_edits *vst3_host_edits(host *h)
{
    return &h->edits;
}

/* ---- State ---- */

size_t host_save(host *h, uint8_t *bytes)
{
    vst3_memory m = {.most = sizeof m.bytes};
    assert_int_equal((*h->component)->get_state(h->component, vst3_memory_open(&m)), V3_OK);
    memcpy(bytes, m.bytes, (size_t)m.size);
    return (size_t)m.size;
}

int host_load(host *h, const uint8_t *bytes, size_t size)
{
    vst3_memory m = {.most = sizeof m.bytes};
    assert_true(size <= sizeof m.bytes);
    memcpy(m.bytes, bytes, size);
    m.size = (int32_t)size;
    return (*h->component)->set_state(h->component, vst3_memory_open(&m)) == V3_OK;
}

/* The only way of a host without the window. */
void host_choose(host *h, const char *path)
{
    uint8_t bytes[HOST_STATE_MAX];
    assert_true(host_load(h, bytes, state_with_file(bytes, host_save(h, bytes), path)));
}
