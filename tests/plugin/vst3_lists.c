/* What the VST3 host hands its plugin: handler, events, changes of parameters, outputs, streams. */
#include "vst3_lists.h"

#include <string.h>

#define OWNER(self, face) ((host *)((char *)(self)-offsetof(host, face)))

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

const struct v3_param_value_queue vst3_queue_functions = {.query_interface = query_nothing,
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

void vst3_lists_open(host *h)
{
    h->handler = &handler_functions;
    h->events = &event_functions;
    h->changes = &change_functions;
    h->told = &told_functions;
    h->points = &point_functions;
}

/* ---- Streams over memory ---- */

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
