/* Life of a VST3 plugin, and its face as a component: buses and state. */
#include "instance.h"

#include "state.h"

#include <stdlib.h>
#include <string.h>

/* ---- Every interface ---- */

coch_vst3 *coch_vst3_of(void *self)
{
    return ((coch_vst3_face *)self)->owner;
}

v3_result V3_API coch_vst3_query(void *self, const v3_tuid iid, void **object)
{
    coch_vst3 *p = coch_vst3_of(self);
    coch_vst3_face *face = NULL;
    if (v3_tuid_match(iid, v3_funknown_iid) || v3_tuid_match(iid, v3_plugin_base_iid) ||
        v3_tuid_match(iid, v3_component_iid))
        face = &p->component;
    else if (v3_tuid_match(iid, v3_audio_processor_iid))
        face = &p->audio;
    else if (v3_tuid_match(iid, v3_edit_controller_iid))
        face = &p->controller;
    else if (v3_tuid_match(iid, v3_process_context_requirements_iid))
        face = &p->requirements;
    *object = face;
    if (!face)
        return V3_NO_INTERFACE;
    coch_vst3_ref(self);
    return V3_OK;
}

uint32_t V3_API coch_vst3_ref(void *self)
{
    return (uint32_t)atomic_fetch_add(&coch_vst3_of(self)->references, 1) + 1;
}

static void forget_handler(coch_vst3 *p)
{
    if (p->handler)
        (*p->handler)->unref(p->handler);
    p->handler = NULL;
}

uint32_t V3_API coch_vst3_unref(void *self)
{
    coch_vst3 *p = coch_vst3_of(self);
    uint32_t left = (uint32_t)atomic_fetch_sub(&p->references, 1) - 1;
    if (left > 0)
        return left;
    forget_handler(p);
    coch_core_free(p->core);
    free(p);
    return 0;
}

v3_result coch_vst3_create(const coch_processor *processor, const v3_tuid iid, void **instance)
{
    *instance = NULL;
    coch_vst3 *p = calloc(1, sizeof *p);
    if (!p)
        return V3_NOMEM;
    if (coch_core_new(&p->core, processor) != COCHLEA_OK) {
        free(p);
        return V3_NOMEM;
    }
    p->processor = processor;
    p->channels = processor->channels;
    p->rate = 48000.0;
    p->component = (coch_vst3_face){&coch_vst3_component, p};
    p->audio = (coch_vst3_face){&coch_vst3_audio, p};
    p->controller = (coch_vst3_face){&coch_vst3_controller, p};
    p->requirements = (coch_vst3_face){&coch_vst3_requirements, p};
    atomic_init(&p->references, 1);
    v3_result result = coch_vst3_query(&p->component, iid, instance);
    coch_vst3_unref(&p->component);
    return result;
}

void coch_vst3_check_latency(coch_vst3 *p)
{
    uint32_t now = coch_core_latency(p->core);
    if (now == p->latency || !p->active || !p->handler)
        return;
    p->latency = now;
    (*p->handler)->restart_component(p->handler, V3_RESTART_LATENCY_CHANGED);
}

void coch_vst3_text(int16_t *to, const char *text, size_t size)
{
    for (; size > 1 && *text; size--)
        *to++ = (int16_t)*text++;
    *to = 0;
}

void coch_vst3_plain(char *to, const int16_t *text, size_t size)
{
    for (; size > 1 && *text; size--, text++)
        *to++ = *text > 0 && *text < 128 ? (char)*text : '?';
    *to = '\0';
}

/* ---- Component ---- */

static v3_result V3_API initialize(void *self, struct v3_funknown **context)
{
    (void)self;
    (void)context;
    return V3_OK;
}

static v3_result V3_API terminate(void *self)
{
    forget_handler(coch_vst3_of(self));
    return V3_OK;
}

static v3_result V3_API get_controller_class_id(void *self, v3_tuid class_id)
{
    (void)self;
    (void)class_id;
    return V3_NOT_IMPLEMENTED; /* the component is its own controller */
}

static v3_result V3_API set_io_mode(void *self, int32_t mode)
{
    (void)self;
    (void)mode;
    return V3_OK;
}

static int32_t V3_API get_bus_count(void *self, int32_t media, int32_t direction)
{
    if (media == V3_AUDIO)
        return direction == V3_INPUT || direction == V3_OUTPUT;
    return media == V3_EVENT && direction == V3_OUTPUT && coch_vst3_of(self)->processor->midi_out;
}

static v3_result V3_API get_bus_info(void *self, int32_t media, int32_t direction, int32_t index,
                                     struct v3_bus_info *info)
{
    if (index < 0 || index >= get_bus_count(self, media, direction))
        return V3_INVALID_ARG;
    memset(info, 0, sizeof *info);
    info->media_type = media;
    info->direction = direction;
    info->channel_count = media == V3_AUDIO ? (int32_t)coch_vst3_of(self)->channels : 16;
    coch_vst3_text(info->bus_name,
                   media == V3_EVENT       ? "MIDI out"
                   : direction == V3_INPUT ? "In"
                                           : "Out",
                   128);
    info->bus_type = V3_MAIN;
    info->flags = V3_DEFAULT_ACTIVE;
    return V3_OK;
}

static v3_result V3_API get_routing_info(void *self, struct v3_routing_info *input,
                                         struct v3_routing_info *output)
{
    (void)self;
    (void)input;
    (void)output;
    return V3_NOT_IMPLEMENTED;
}

static v3_result V3_API activate_bus(void *self, int32_t media, int32_t direction, int32_t index,
                                     v3_bool state)
{
    (void)state;
    return index >= 0 && index < get_bus_count(self, media, direction) ? V3_OK : V3_INVALID_ARG;
}

static v3_result V3_API set_active(void *self, v3_bool state)
{
    coch_vst3 *p = coch_vst3_of(self);
    p->active = 0;
    if (!state)
        return V3_OK;
    if (coch_core_activate(p->core, p->rate) != COCHLEA_OK)
        return V3_INTERNAL_ERR;
    p->latency = coch_core_latency(p->core);
    p->active = 1;
    return V3_OK;
}

static v3_result V3_API set_state(void *self, struct v3_bstream **stream)
{
    coch_vst3 *p = coch_vst3_of(self);
    uint8_t bytes[COCH_STATE_LIMIT];
    size_t size = 0;
    int32_t n = 1;
    while (n > 0 && size < sizeof bytes) {
        n = 0;
        v3_result result = (*stream)->read(stream, bytes + size, (int32_t)(sizeof bytes - size), &n);
        if (result != V3_OK || n < 0) /* some hosts fail at the end of the stream */
            break;
        size += (size_t)n;
    }
    if (coch_core_load(p->core, bytes, size) != COCHLEA_OK)
        return V3_FALSE;
    coch_vst3_check_latency(p);
    return V3_OK;
}

static v3_result V3_API get_state(void *self, struct v3_bstream **stream)
{
    uint8_t bytes[COCH_STATE_MAX];
    size_t size = coch_core_save(coch_vst3_of(self)->core, bytes);
    for (size_t done = 0; done < size;) {
        int32_t n = 0;
        v3_result result = (*stream)->write(stream, bytes + done, (int32_t)(size - done), &n);
        if (result != V3_OK || n <= 0)
            return V3_FALSE;
        done += (size_t)n;
    }
    return V3_OK;
}

const struct v3_component coch_vst3_component = {
    .query_interface = coch_vst3_query,
    .ref = coch_vst3_ref,
    .unref = coch_vst3_unref,
    .initialize = initialize,
    .terminate = terminate,
    .get_controller_class_id = get_controller_class_id,
    .set_io_mode = set_io_mode,
    .get_bus_count = get_bus_count,
    .get_bus_info = get_bus_info,
    .get_routing_info = get_routing_info,
    .activate_bus = activate_bus,
    .set_active = set_active,
    .set_state = set_state,
    .get_state = get_state,
};
