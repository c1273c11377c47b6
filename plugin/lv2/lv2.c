/* LV2: every processor as a plugin of one bundle.
 *
 * The state of parameters is in control ports, which hosts save and restore themselves: a second copy could
 * only contradict the first. The state interface has the file alone, where there is one. */
#include "core.h"
#include "lv2_file.h"
#include "notice.h"
#include "ports.h"
#include "processors.h"
#include "sight.h"

#include <lv2/atom/atom.h>
#include <lv2/atom/util.h>
#include <lv2/core/lv2.h>
#include <lv2/core/lv2_util.h>
#include <lv2/midi/midi.h>
#include <lv2/time/time.h>
#include <lv2/urid/urid.h>

#include <stdlib.h>
#include <string.h>

typedef struct plugin {
    coch_core *core;
    const coch_processor *processor;
    coch_lv2_ports at;
    const float *in[COCH_CHANNELS_MAX];
    float *out[COCH_CHANNELS_MAX];
    const LV2_Atom_Sequence *control;
    LV2_Atom_Sequence *events, *notify;
    uint32_t events_capacity, notify_capacity; /* bytes, in this run */
    float *latency;
    const float *freewheel;
    const float *parameters[COCH_PARAMETERS_MAX];
    float *outputs[COCH_OUTPUTS_MAX];
    coch_transport transport;
    LV2_URID sequence, object, midi, position, speed, real, listen, notice;
    coch_lv2_file file; /* where the processor wants one */

    /* For a window that asks for it. */
    double heard;   /* seconds for which it will still be told; 0 when there is none */
    double silence; /* seconds until the next notice */
    double second;  /* samples of one */
    coch_watch watch;
    struct {
        LV2_Atom_Event event;
        coch_lv2_notice notice;
    } told;
} plugin;

/* ---- Life [main] ---- */

static int map_urids(plugin *p, const LV2_Feature *const *features)
{
    const LV2_URID_Map *map = lv2_features_data(features, LV2_URID__map);
    if (!map)
        return 0;
    p->sequence = map->map(map->handle, LV2_ATOM__Sequence);
    p->object = map->map(map->handle, LV2_ATOM__Object);
    p->real = map->map(map->handle, LV2_ATOM__Float);
    p->midi = map->map(map->handle, LV2_MIDI__MidiEvent);
    p->position = map->map(map->handle, LV2_TIME__Position);
    p->speed = map->map(map->handle, LV2_TIME__speed);
    p->listen = map->map(map->handle, COCH_LV2_LISTEN);
    p->notice = map->map(map->handle, COCH_LV2_NOTICE);
    return 1;
}

static void cleanup(LV2_Handle handle)
{
    plugin *p = handle;
    coch_core_free(p->core);
    free(p);
}

static LV2_Handle instantiate(const LV2_Descriptor *descriptor, double rate, const char *path,
                              const LV2_Feature *const *features)
{
    (void)path;
    plugin *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->processor = coch_processor_find(descriptor->URI + strlen(COCH_LV2_URI));
    p->at = coch_lv2_ports_of(p->processor);
    p->second = rate;
    if (!map_urids(p, features) || coch_core_new(&p->core, p->processor) != COCHLEA_OK ||
        coch_core_activate(p->core, rate) != COCHLEA_OK) {
        cleanup(p);
        return NULL;
    }
    if (p->processor->file)
        coch_lv2_file_open(&p->file, p->core, features);
    return p;
}

/* ---- Running [audio] ---- */

static void connect_port(LV2_Handle handle, uint32_t port, void *data)
{
    plugin *p = handle;
    const coch_lv2_ports *at = &p->at;
    if (port < at->out)
        p->in[port - at->in] = data;
    else if (port < at->control)
        p->out[port - at->out] = data;
    else if (port == at->control)
        p->control = data;
    else if (port == at->events)
        p->events = data;
    else if (port == at->notify)
        p->notify = data;
    else if (port == at->latency)
        p->latency = data;
    else if (port == at->freewheel)
        p->freewheel = data;
    else if (port < at->outputs)
        p->parameters[port - at->parameters] = data;
    else if (port < at->count)
        p->outputs[port - at->outputs] = data;
}

static void activate(LV2_Handle handle)
{
    plugin *p = handle;
    p->transport = COCH_TRANSPORT_UNKNOWN;
    coch_core_reset(p->core);
}

static int send(void *sink, uint32_t frame, const uint8_t bytes[3])
{
    plugin *p = sink;
    struct {
        LV2_Atom_Event event;
        uint8_t bytes[8]; /* padded */
    } message = {.event = {.time.frames = frame, .body = {.size = 3, .type = p->midi}}};
    if (!p->events || p->events->atom.size + sizeof message > p->events_capacity)
        return 0;
    memcpy(message.bytes, bytes, 3);
    return lv2_atom_sequence_append_event(p->events, p->events_capacity, &message.event) != NULL;
}

static void read_control(plugin *p)
{
    if (!p->control)
        return;
    LV2_ATOM_SEQUENCE_FOREACH(p->control, event)
    {
        const LV2_Atom_Object *object = (const LV2_Atom_Object *)&event->body;
        const LV2_Atom *speed = NULL;
        if (event->body.type == p->object && object->body.otype == p->listen)
            p->heard = COCH_LV2_DEAF_SECONDS;
        if (event->body.type == p->object && p->processor->file)
            coch_lv2_file_take(&p->file, object);
        if (event->body.type != p->object || object->body.otype != p->position)
            continue;
        lv2_atom_object_get(object, p->speed, &speed, 0);
        if (speed && speed->type == p->real)
            p->transport = ((const LV2_Atom_Float *)speed)->body == 0.0f ? COCH_TRANSPORT_STOPPED
                                                                         : COCH_TRANSPORT_ROLLING;
    }
}

static void read_parameters(plugin *p)
{
    for (size_t i = 0; i < p->processor->parameter_count; i++) {
        if (!p->parameters[i])
            continue;
        int bypass = p->processor->parameters[i].kind == COCH_PARAMETER_BYPASS;
        float value = *p->parameters[i];
        coch_core_set(p->core, i, (double)(bypass ? 1.0f - value : value)); /* the port says "enabled" */
    }
}

/* Returns the bytes that the port has room for. */
static uint32_t open_sequence(const plugin *p, LV2_Atom_Sequence *sequence)
{
    if (!sequence)
        return 0;
    uint32_t capacity = sequence->atom.size; /* where the host wrote how large its buffer is */
    sequence->atom.type = p->sequence;
    sequence->body.unit = 0;
    sequence->body.pad = 0;
    lv2_atom_sequence_clear(sequence);
    return capacity;
}

/* Tells the window what happened since the last notice. */
static void tell(plugin *p, uint32_t frames)
{
    size_t room = p->notify->atom.size + sizeof p->told;
    p->heard -= frames / p->second;
    p->silence -= frames / p->second;
    if (p->silence > 0.0 || p->notify_capacity < room || !coch_core_watch(p->core, &p->watch))
        return;
    p->silence = 1.0 / COCH_LV2_NOTICES;
    coch_lv2_notice_write(&p->told.notice, &p->watch);
    p->told.event.body.size = (uint32_t)coch_lv2_notice_size(p->told.notice.count);
    p->told.event.body.type = p->notice;
    lv2_atom_sequence_append_event(p->notify, p->notify_capacity, &p->told.event);
}

static void run(LV2_Handle handle, uint32_t frames)
{
    plugin *p = handle;
    read_control(p);
    read_parameters(p);
    p->events_capacity = open_sequence(p, p->events);
    p->notify_capacity = open_sequence(p, p->notify);
    if (p->processor->file && p->notify)
        coch_lv2_file_tell(&p->file, p->notify, p->notify_capacity);
    coch_block block = {.frames = frames,
                        .offline = p->freewheel && *p->freewheel > 0.5f,
                        .transport = p->transport,
                        .send = send,
                        .sink = p};
    memcpy(block.in, p->in, sizeof block.in);
    memcpy(block.out, p->out, sizeof block.out);
    coch_core_process(p->core, &block);
    if (p->heard > 0.0 && p->notify)
        tell(p, frames);
    if (p->latency)
        *p->latency = (float)coch_core_latency(p->core);
    for (size_t i = 0; i < p->processor->output_count; i++)
        if (p->outputs[i])
            *p->outputs[i] = coch_core_output(p->core, i);
}

/* ---- For the window [main] ---- */

static int watch(LV2_Handle handle, coch_watch *w)
{
    return coch_core_watch(((plugin *)handle)->core, w);
}

static void file(LV2_Handle handle, char path[COCH_PATH_MAX], char complaint[COCH_COMPLAINT_MAX])
{
    coch_core_file(((plugin *)handle)->core, path, complaint);
}

/* ---- The file ---- */

static LV2_Worker_Status work(LV2_Handle handle, LV2_Worker_Respond_Function respond,
                              LV2_Worker_Respond_Handle to, uint32_t size, const void *data)
{
    return coch_lv2_file_work(&((plugin *)handle)->file, respond, to, size, data);
}

static LV2_Worker_Status work_done(LV2_Handle handle, uint32_t size, const void *data)
{
    return coch_lv2_file_done(&((plugin *)handle)->file, size, data);
}

static LV2_State_Status save(LV2_Handle handle, LV2_State_Store_Function store, LV2_State_Handle to,
                             uint32_t flags, const LV2_Feature *const *features)
{
    (void)flags;
    return coch_lv2_file_save(&((plugin *)handle)->file, store, to, features);
}

static LV2_State_Status restore(LV2_Handle handle, LV2_State_Retrieve_Function retrieve,
                                LV2_State_Handle from, uint32_t flags, const LV2_Feature *const *features)
{
    (void)flags;
    return coch_lv2_file_restore(&((plugin *)handle)->file, retrieve, from, features);
}

static const void *extension_data(const char *uri)
{
    static const coch_lv2_sight sight = {sizeof(coch_watch), watch, file};
    return strcmp(uri, COCH_LV2_SIGHT) == 0 ? &sight : NULL;
}

/* Of a processor with a file. */
static const void *file_extension_data(const char *uri)
{
    static const LV2_Worker_Interface worker = {work, work_done, NULL};
    static const LV2_State_Interface state = {save, restore};
    if (strcmp(uri, LV2_WORKER__interface) == 0)
        return &worker;
    return strcmp(uri, LV2_STATE__interface) == 0 ? &state : extension_data(uri);
}

#define EXTENSION_DATA(id, name, summary)                                                                    \
    static const void *id##_extension_data(const char *uri)                                                  \
    {                                                                                                        \
        return coch_##id.file ? file_extension_data(uri) : extension_data(uri);                              \
    }
COCH_PROCESSORS(EXTENSION_DATA)

#define DESCRIPTOR(id, name, summary)                                                                        \
    {COCH_LV2_URI #id, instantiate, connect_port, activate, run, NULL, cleanup, id##_extension_data},
static const LV2_Descriptor descriptors[] = {COCH_PROCESSORS(DESCRIPTOR)};

LV2_SYMBOL_EXPORT const LV2_Descriptor *lv2_descriptor(uint32_t index)
{
    return index < sizeof descriptors / sizeof *descriptors ? &descriptors[index] : NULL;
}
