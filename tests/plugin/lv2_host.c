/* The LV2 host, on lilv. Buffers for MIDI are as small as a test wants them. */
#include "lv2_host.h"

#include <lv2/atom/atom.h>
#include <lv2/atom/forge.h>
#include <lv2/atom/util.h>
#include <lv2/midi/midi.h>
#include <lv2/time/time.h>
#include <lv2/urid/urid.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define URI "urn:cochlea:scribe"
#define URIS_MAX 64
#define PORTS_MAX 64
#define MIDI_BYTES 65536
#define MIDI_EVENT_BYTES 24 /* of one short message in a sequence */
#define NOTICE_BYTES 16384
#define NEWS_BYTES 262144 /* kept for a window */

struct host {
    LilvInstance *instance;
    float values[PORTS_MAX];
    _Alignas(8) uint8_t control[256];
    _Alignas(8) uint8_t events[MIDI_BYTES];
    _Alignas(8) uint8_t notify[NOTICE_BYTES];
    LV2_Atom_Forge forge;
    int64_t frame;

    pthread_mutex_t lock; /* of what follows */
    _Alignas(8) uint8_t wish[64], news[NEWS_BYTES];
    uint32_t wish_size, news_size;
};

static LilvWorld *world;
static const LilvPlugin *plugin;
static char *uris[URIS_MAX];
static uint32_t uri_count;

static pthread_mutex_t uris_lock = PTHREAD_MUTEX_INITIALIZER;

static LV2_URID map(LV2_URID_Map_Handle handle, const char *uri)
{
    uint32_t i = 0;
    (void)handle;
    pthread_mutex_lock(&uris_lock);
    while (i < uri_count && strcmp(uris[i], uri) != 0)
        i++;
    assert_true(i < URIS_MAX);
    if (i == uri_count)
        uris[uri_count++] = strdup(uri);
    pthread_mutex_unlock(&uris_lock);
    return i + 1;
}

static LV2_URID_Map uri_map = {NULL, map};
static const LV2_Feature map_feature = {LV2_URID__map, &uri_map};
static const LV2_Feature *const features[] = {&map_feature, NULL};

void host_start(const char *path)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/", path);
    world = lilv_world_new();
    LilvNode *bundle = lilv_new_file_uri(world, NULL, folder);
    LilvNode *uri = lilv_new_uri(world, URI);
    lilv_world_load_bundle(world, bundle);
    plugin = lilv_plugins_get_by_uri(lilv_world_get_all_plugins(world), uri);
    assert_non_null(plugin);
    assert_true(lilv_plugin_verify(plugin));
    assert_true(lilv_plugin_get_num_ports(plugin) <= PORTS_MAX);
    lilv_node_free(uri);
    lilv_node_free(bundle);
}

void host_stop(void)
{
    lilv_world_free(world);
    for (uint32_t i = 0; i < uri_count; i++)
        free(uris[i]);
    uri_count = 0;
}

static uint32_t port(const char *symbol)
{
    LilvNode *name = lilv_new_string(world, symbol);
    const LilvPort *found = lilv_plugin_get_port_by_symbol(plugin, name);
    lilv_node_free(name);
    assert_non_null(found);
    return lilv_port_get_index(plugin, found);
}

host *host_open(double rate)
{
    host *h = calloc(1, sizeof *h);
    assert_non_null(h);
    h->instance = lilv_plugin_instantiate(plugin, rate, features);
    assert_non_null(h->instance);
    lilv_plugin_get_port_ranges_float(plugin, NULL, NULL, h->values);
    for (uint32_t i = 0; i < lilv_plugin_get_num_ports(plugin); i++)
        lilv_instance_connect_port(h->instance, i, &h->values[i]);
    lilv_instance_connect_port(h->instance, port("control"), h->control);
    lilv_instance_connect_port(h->instance, port("midi"), h->events);
    lilv_instance_connect_port(h->instance, port("notify"), h->notify);
    pthread_mutex_init(&h->lock, NULL);
    lv2_atom_forge_init(&h->forge, &uri_map);
    lilv_instance_activate(h->instance);
    return h;
}

void host_close(host *h)
{
    lilv_instance_deactivate(h->instance);
    lilv_instance_free(h->instance);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

void host_set(host *h, const char *symbol, double value)
{
    if (strcmp(symbol, "bypass") == 0)
        h->values[port("enabled")] = value > 0.5 ? 0.0f : 1.0f;
    else
        h->values[port(symbol)] = (float)value;
}

double host_get(host *h, const char *symbol)
{
    return (double)h->values[port(symbol)];
}

static void write_control(host *h, int rolling)
{
    LV2_Atom_Forge_Frame sequence, object;
    lv2_atom_forge_set_buffer(&h->forge, h->control, sizeof h->control);
    lv2_atom_forge_sequence_head(&h->forge, &sequence, 0);
    if (rolling >= 0) {
        lv2_atom_forge_frame_time(&h->forge, 0);
        lv2_atom_forge_object(&h->forge, &object, 0, map(NULL, LV2_TIME__Position));
        lv2_atom_forge_key(&h->forge, map(NULL, LV2_TIME__frame));
        lv2_atom_forge_long(&h->forge, h->frame);
        lv2_atom_forge_key(&h->forge, map(NULL, LV2_TIME__speed));
        lv2_atom_forge_float(&h->forge, rolling ? 1.0f : 0.0f);
        lv2_atom_forge_pop(&h->forge, &object);
    }
    pthread_mutex_lock(&h->lock);
    if (h->wish_size > 0) {
        lv2_atom_forge_frame_time(&h->forge, 0);
        lv2_atom_forge_write(&h->forge, h->wish, h->wish_size);
    }
    h->wish_size = 0;
    pthread_mutex_unlock(&h->lock);
    lv2_atom_forge_pop(&h->forge, &sequence);
}

/* What finds no room is lost. */
static void keep_notices(host *h)
{
    const LV2_Atom_Sequence *sequence = (const LV2_Atom_Sequence *)h->notify;
    assert_int_equal(sequence->atom.type, map(NULL, LV2_ATOM__Sequence));
    pthread_mutex_lock(&h->lock);
    LV2_ATOM_SEQUENCE_FOREACH(sequence, event)
    {
        uint32_t size = lv2_atom_pad_size(lv2_atom_total_size(&event->body));
        if (h->news_size + size > NEWS_BYTES)
            continue;
        memcpy(h->news + h->news_size, &event->body, lv2_atom_total_size(&event->body));
        h->news_size += size;
    }
    pthread_mutex_unlock(&h->lock);
}

static void read_events(host *h, const host_block *block, midi_take *take)
{
    const LV2_Atom_Sequence *sequence = (const LV2_Atom_Sequence *)h->events;
    assert_int_equal(sequence->atom.type, map(NULL, LV2_ATOM__Sequence));
    LV2_ATOM_SEQUENCE_FOREACH(sequence, event)
    {
        assert_int_equal(event->body.type, map(NULL, LV2_MIDI__MidiEvent));
        assert_int_equal(event->body.size, 3);
        assert_true(event->time.frames >= 0);
        take_add(take, h->frame, (uint32_t)event->time.frames, block->frames, (const uint8_t *)(event + 1));
    }
}

void host_run(host *h, const host_block *block, midi_take *take)
{
    static const char *const ins[] = {"in_left", "in_right"}, *const outs[] = {"out_left", "out_right"};
    LV2_Atom_Sequence *sequence = (LV2_Atom_Sequence *)h->events;
    size_t room = block->room ? block->room * MIDI_EVENT_BYTES : MIDI_BYTES - sizeof(LV2_Atom_Sequence);
    sequence->atom.type = map(NULL, LV2_ATOM__Chunk);
    sequence->atom.size = (uint32_t)(sizeof(LV2_Atom_Sequence_Body) + room);
    *(LV2_Atom *)h->notify = (LV2_Atom){NOTICE_BYTES - sizeof(LV2_Atom), map(NULL, LV2_ATOM__Chunk)};
    for (int c = 0; c < 2; c++) {
        union { /* ports take no pointers to constants */
            const float *constant;
            float *plain;
        } in = {block->in[c]};
        lilv_instance_connect_port(h->instance, port(ins[c]), in.plain);
        lilv_instance_connect_port(h->instance, port(outs[c]), block->out[c]);
    }
    write_control(h, block->rolling);
    h->values[port("freewheel")] = block->offline ? 1.0f : 0.0f;
    realtime_begin_block(block);
    lilv_instance_run(h->instance, block->frames);
    realtime_end_block(block);
    read_events(h, block, take);
    keep_notices(h);
    h->frame += block->frames;
}

void host_restart(host *h)
{
    lilv_instance_deactivate(h->instance);
    lilv_instance_activate(h->instance);
}

uint32_t host_latency(host *h)
{
    return (uint32_t)h->values[port("latency")];
}

double host_output(host *h, const char *symbol)
{
    return (double)h->values[port(symbol)];
}

/* ---- For the tests of what is LV2's own ---- */

LilvWorld *lv2_host_world(void)
{
    return world;
}

const LilvPlugin *lv2_host_plugin(void)
{
    return plugin;
}

const LV2_Feature *const *lv2_host_features(void)
{
    return features;
}

static void set_port(const char *symbol, void *context, const void *value, uint32_t size, uint32_t type)
{
    host *h = context;
    assert_int_equal(size, sizeof(float));
    assert_int_equal(type, map(NULL, LV2_ATOM__Float));
    memcpy(&h->values[port(symbol)], value, sizeof(float));
}

void lv2_host_apply(host *h, const LilvNode *preset)
{
    lilv_world_load_resource(world, preset);
    LilvState *state = lilv_state_new_from_world(world, &uri_map, preset);
    assert_non_null(state);
    lilv_state_restore(state, h->instance, set_port, h, 0, NULL);
    lilv_state_free(state);
    lilv_world_unload_resource(world, preset);
}

/* ---- For the window ---- */

void lv2_host_send(host *h, const void *atom, uint32_t size)
{
    assert_true(size <= sizeof h->wish);
    pthread_mutex_lock(&h->lock);
    memcpy(h->wish, atom, size);
    h->wish_size = size;
    pthread_mutex_unlock(&h->lock);
}

void lv2_host_notices(host *h, void (*take)(void *context, const LV2_Atom *atom), void *context)
{
    static _Alignas(8) uint8_t news[NEWS_BYTES];
    pthread_mutex_lock(&h->lock);
    uint32_t size = h->news_size;
    memcpy(news, h->news, size);
    h->news_size = 0;
    pthread_mutex_unlock(&h->lock);
    for (uint32_t at = 0; at < size;) {
        const LV2_Atom *atom = (const LV2_Atom *)(news + at);
        take(context, atom);
        at += lv2_atom_pad_size(lv2_atom_total_size(atom));
    }
}

uint32_t lv2_host_map(const char *uri)
{
    return map(NULL, uri);
}

const LV2_Feature *lv2_host_map_feature(void)
{
    return &map_feature;
}

LilvInstance *lv2_host_instance(host *h)
{
    return h->instance;
}

float *lv2_host_value(host *h, uint32_t port)
{
    return &h->values[port];
}
