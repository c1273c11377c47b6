/* The VST3 host: through the factory, as hosts do, with lists of its own. */
#include "vst3_host.h"
#include "state_builder.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define CHANGES_MAX 64

typedef struct change {
    const struct v3_param_value_queue *functions;
    v3_param_id id;
    double normal;
} change;

struct host {
    const struct v3_component_handler *handler; /* the host's own faces */
    const struct v3_event_list *events;
    const struct v3_param_changes *changes;
    const struct v3_param_changes *told;
    const struct v3_param_value_queue *points;
    double outputs[OUTPUT_COUNT];
    uint32_t telling;
    struct v3_component **component;
    struct v3_audio_processor **audio;
    struct v3_edit_controller **controller;
    double rate;
    int64_t frame;
    int latency_changes;
    ui_edits edits;
    change change[CHANGES_MAX]; /* for the next block */
    struct v3_param_value_queue **queue[CHANGES_MAX];
    int32_t change_count;
    const host_block *block; /* that runs */
    size_t taken;
    midi_take *take;
};

#define OWNER(self, face) ((host *)((char *)(self)-offsetof(host, face)))

static void *library;
static struct v3_plugin_factory_2 **factory;
static struct v3_class_info class_info;
static int32_t class_index;
static int scribe; /* and not hybrid */

/* What hosts must offer and plugins rarely need. */
static v3_result V3_API query_nothing(void *self, const v3_tuid iid, void **object)
{
    (void)self;
    (void)iid;
    *object = NULL;
    return V3_NO_INTERFACE;
}

static uint32_t V3_API count_nothing(void *self)
{
    (void)self;
    return 1;
}

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

/* ---- What the plugin may ask of a host ---- */

static v3_result V3_API begin_edit(void *self, v3_param_id id)
{
    (void)id;
    atomic_fetch_add(&OWNER(self, handler)->edits.begun, 1);
    return V3_OK;
}

static v3_result V3_API end_edit(void *self, v3_param_id id)
{
    (void)id;
    atomic_fetch_add(&OWNER(self, handler)->edits.ended, 1);
    return V3_OK;
}

static v3_result V3_API perform_edit(void *self, v3_param_id id, double normal)
{
    host *h = OWNER(self, handler);
    struct v3_edit_controller **controller = h->controller;
    atomic_store(&h->edits.value, (*controller)->normalised_parameter_to_plain(controller, id, normal));
    atomic_fetch_add(&h->edits.turned, 1);
    return V3_OK;
}

static v3_result V3_API restart_component(void *self, int32_t flags)
{
    assert_int_equal(flags, V3_RESTART_LATENCY_CHANGED);
    OWNER(self, handler)->latency_changes++;
    return V3_OK;
}

static const struct v3_component_handler handler_functions = {.query_interface = query_nothing,
                                                              .ref = count_nothing,
                                                              .unref = count_nothing,
                                                              .begin_edit = begin_edit,
                                                              .perform_edit = perform_edit,
                                                              .end_edit = end_edit,
                                                              .restart_component = restart_component};

static uint32_t V3_API event_count(void *self)
{
    (void)self;
    return 0;
}

static v3_result V3_API event_at(void *self, int32_t index, struct v3_event *event)
{
    (void)self;
    (void)index;
    (void)event;
    return V3_INVALID_ARG;
}

static v3_result V3_API add_event(void *self, struct v3_event *event)
{
    host *h = OWNER(self, events);
    uint8_t bytes[3];
    if (h->block->room && h->taken == h->block->room)
        return V3_FALSE;
    realtime_end_block(h->block); /* the host's own matters */
    switch (event->type) {
    case V3_EVENT_NOTE_ON:
        bytes[0] = (uint8_t)(0x90 | event->note_on.channel);
        bytes[1] = (uint8_t)event->note_on.pitch;
        bytes[2] = (uint8_t)(event->note_on.velocity * 127.0f + 0.5f);
        break;
    case V3_EVENT_NOTE_OFF:
        bytes[0] = (uint8_t)(0x80 | event->note_off.channel);
        bytes[1] = (uint8_t)event->note_off.pitch;
        bytes[2] = 64;
        break;
    default:
        assert_int_equal(event->type, V3_EVENT_LEGACY_MIDI_CC_OUT);
        bytes[0] = (uint8_t)(0xB0 | event->midi_cc_out.channel);
        bytes[1] = event->midi_cc_out.cc_number;
        bytes[2] = (uint8_t)event->midi_cc_out.value;
        break;
    }
    assert_true(event->sample_offset >= 0);
    take_add(h->take, h->frame, (uint32_t)event->sample_offset, h->block->frames, bytes);
    h->taken++;
    realtime_begin_block(h->block);
    return V3_OK;
}

static const struct v3_event_list event_functions = {.query_interface = query_nothing,
                                                     .ref = count_nothing,
                                                     .unref = count_nothing,
                                                     .get_event_count = event_count,
                                                     .get_event = event_at,
                                                     .add_event = add_event};

/* ---- Changes of parameters ---- */

static v3_param_id V3_API queue_id(void *self)
{
    return ((change *)self)->id;
}

static int32_t V3_API queue_points(void *self)
{
    (void)self;
    return 2;
}

/* An early point that does not last, and the one that counts. */
static v3_result V3_API queue_point(void *self, int32_t index, int32_t *offset, double *value)
{
    *offset = index;
    *value = index == 0 ? 0.5 : ((change *)self)->normal;
    return V3_OK;
}

static const struct v3_param_value_queue queue_functions = {.query_interface = query_nothing,
                                                            .ref = count_nothing,
                                                            .unref = count_nothing,
                                                            .get_param_id = queue_id,
                                                            .get_point_count = queue_points,
                                                            .get_point = queue_point};

static int32_t V3_API change_count(void *self)
{
    return OWNER(self, changes)->change_count;
}

static struct v3_param_value_queue **V3_API change_at(void *self, int32_t index)
{
    return OWNER(self, changes)->queue[index];
}

static const struct v3_param_changes change_functions = {.query_interface = query_nothing,
                                                         .ref = count_nothing,
                                                         .unref = count_nothing,
                                                         .get_param_count = change_count,
                                                         .get_param_data = change_at};

/* ---- Outputs ---- */

/* One queue: that of the parameter asked for last. */
static struct v3_param_value_queue **V3_API output_queue(void *self, v3_param_id *id, int32_t *index)
{
    host *h = OWNER(self, told);
    assert_true(*id >= 100 && *id < 100 + OUTPUT_COUNT);
    h->telling = *id - 100;
    *index = 0;
    return (struct v3_param_value_queue **)(void *)&h->points;
}

static v3_result V3_API add_point(void *self, int32_t offset, double value, int32_t *index)
{
    host *h = OWNER(self, points);
    assert_true(offset >= 0 && offset < (int32_t)h->block->frames);
    h->outputs[h->telling] = value;
    *index = 0;
    return V3_OK;
}

static const struct v3_param_changes told_functions = {.query_interface = query_nothing,
                                                       .ref = count_nothing,
                                                       .unref = count_nothing,
                                                       .add_param_data = output_queue};
static const struct v3_param_value_queue point_functions = {
    .query_interface = query_nothing, .ref = count_nothing, .unref = count_nothing, .add_point = add_point};

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
    *c = (change){&queue_functions, id, normal};
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
    h->handler = &handler_functions;
    h->events = &event_functions;
    h->changes = &change_functions;
    h->told = &told_functions;
    h->points = &point_functions;
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

static v3_result V3_API memory_read(void *self, void *bytes, int32_t count, int32_t *done)
{
    vst3_memory *m = self;
    count = count < m->most ? count : m->most;
    count = count < m->size - m->at ? count : m->size - m->at;
    memcpy(bytes, m->bytes + m->at, (size_t)count);
    m->at += count;
    *done = count;
    return V3_OK;
}

static v3_result V3_API memory_write(void *self, void *bytes, int32_t count, int32_t *done)
{
    vst3_memory *m = self;
    count = count < m->most ? count : m->most;
    assert_true(m->at + count <= (int32_t)sizeof m->bytes);
    memcpy(m->bytes + m->at, bytes, (size_t)count);
    m->size = m->at += count;
    *done = count;
    return V3_OK;
}

static const struct v3_bstream memory_functions = {.query_interface = query_nothing,
                                                   .ref = count_nothing,
                                                   .unref = count_nothing,
                                                   .read = memory_read,
                                                   .write = memory_write};

struct v3_bstream **vst3_memory_open(vst3_memory *memory)
{
    memory->functions = &memory_functions;
    memory->at = 0;
    return (struct v3_bstream **)(void *)memory;
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
