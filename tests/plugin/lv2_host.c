/* The LV2 host, on lilv. Buffers for MIDI are as small as a test wants them. */
#include "lv2_host.h"
#include "lv2_uris.h"

#include <lv2/atom/atom.h>
#include <lv2/atom/forge.h>
#include <lv2/atom/util.h>
#include <lv2/midi/midi.h>
#include <lv2/patch/patch.h>
#include <lv2/state/state.h>
#include <lv2/time/time.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define URI "urn:cochlea:"
#define PORTS_MAX 64
#define MIDI_BYTES 65536
#define MIDI_EVENT_BYTES 24 /* of one short message in a sequence */
#define NOTICE_BYTES 16384
#define WISH_BYTES 16384
#define NEWS_BYTES 262144 /* kept for a window */

struct host {
    LilvInstance *instance;
    float values[PORTS_MAX];                           /* of the thread that runs the plugin */
    _Atomic float shown[PORTS_MAX], turned[PORTS_MAX]; /* to the window and from it */
    atomic_int is_turned[PORTS_MAX];
    _Alignas(8) uint8_t control[8192 + WISH_BYTES];
    _Alignas(8) uint8_t events[MIDI_BYTES];
    _Alignas(8) uint8_t notify[NOTICE_BYTES];
    LV2_Atom_Forge forge;
    int64_t frame;
    char chosen[4096]; /* path to be sent with the next block, "" for none */
    char told[4096];   /* path that the plugin said last */
    uint8_t work[8192], answer[8192];
    uint32_t work_size, answer_size;
    const LV2_Worker_Interface *worker; /* NULL where it has none */
    LV2_Worker_Schedule schedule;
    LV2_Feature schedule_feature;

    pthread_mutex_t lock; /* of what follows */
    _Alignas(8) uint8_t wish[WISH_BYTES], news[NEWS_BYTES];
    uint32_t wish_size, news_size;
};

static LilvWorld *world;
static const LilvPlugin *plugin;
static char plugin_uri[64];
static const LV2_Feature map_feature = {LV2_URID__map, &lv2_uri_map};
static const LV2_Feature *const features[] = {&map_feature, NULL};

void host_start(const char *path, const char *processor)
{
    char folder[4096];
    snprintf(plugin_uri, sizeof plugin_uri, URI "%s", processor);
    snprintf(folder, sizeof folder, "%s/", path);
    world = lilv_world_new();
    LilvNode *bundle = lilv_new_file_uri(world, NULL, folder);
    LilvNode *uri = lilv_new_uri(world, plugin_uri);
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
    lv2_uris_free();
}

uint32_t lv2_host_port(const char *symbol)
{
    LilvNode *name = lilv_new_string(world, symbol);
    const LilvPort *found = lilv_plugin_get_port_by_symbol(plugin, name);
    lilv_node_free(name);
    assert_non_null(found);
    return lilv_port_get_index(plugin, found);
}

/* Called by the plugin's audio thread: nothing but a copy. */
static LV2_Worker_Status schedule(LV2_Worker_Schedule_Handle handle, uint32_t size, const void *data)
{
    host *h = handle;
    assert_true(size <= sizeof h->work);
    memcpy(h->work, data, size);
    h->work_size = size;
    return LV2_WORKER_SUCCESS;
}

static LV2_Worker_Status respond(LV2_Worker_Respond_Handle handle, uint32_t size, const void *data)
{
    host *h = handle;
    assert_true(size <= sizeof h->answer);
    memcpy(h->answer, data, size);
    h->answer_size = size;
    return LV2_WORKER_SUCCESS;
}

static int has_midi(void)
{
    return strcmp(plugin_uri, URI "scribe") == 0;
}

static void show_values(host *h)
{
    for (int i = 0; i < PORTS_MAX; i++)
        atomic_store(&h->shown[i], h->values[i]);
}

static void take_turned(host *h)
{
    for (int i = 0; i < PORTS_MAX; i++)
        if (atomic_exchange(&h->is_turned[i], 0))
            h->values[i] = atomic_load(&h->turned[i]);
}

host *host_open(double rate)
{
    host *h = calloc(1, sizeof *h);
    assert_non_null(h);
    h->schedule = (LV2_Worker_Schedule){h, schedule};
    h->schedule_feature = (LV2_Feature){LV2_WORKER__schedule, &h->schedule};
    const LV2_Feature *const offered[] = {&map_feature, &h->schedule_feature, NULL};
    h->instance = lilv_plugin_instantiate(plugin, rate, offered);
    assert_non_null(h->instance);
    h->worker = lilv_instance_get_extension_data(h->instance, LV2_WORKER__interface);
    assert_int_equal(h->worker == NULL, has_midi());
    lilv_plugin_get_port_ranges_float(plugin, NULL, NULL, h->values);
    for (uint32_t i = 0; i < lilv_plugin_get_num_ports(plugin); i++)
        lilv_instance_connect_port(h->instance, i, &h->values[i]);
    show_values(h);
    lilv_instance_connect_port(h->instance, lv2_host_port("control"), h->control);
    if (has_midi())
        lilv_instance_connect_port(h->instance, lv2_host_port("midi"), h->events);
    lilv_instance_connect_port(h->instance, lv2_host_port("notify"), h->notify);
    pthread_mutex_init(&h->lock, NULL);
    lv2_atom_forge_init(&h->forge, &lv2_uri_map);
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
        lv2_host_turn(h, lv2_host_port("enabled"), value > 0.5 ? 0.0f : 1.0f);
    else
        lv2_host_turn(h, lv2_host_port(symbol), (float)value);
}

double host_get(host *h, const char *symbol)
{
    uint32_t at = lv2_host_port(symbol);
    return (double)(atomic_load(&h->is_turned[at]) ? atomic_load(&h->turned[at]) : lv2_host_shown(h, at));
}

static void write_control(host *h, int rolling)
{
    LV2_Atom_Forge_Frame sequence, object;
    lv2_atom_forge_set_buffer(&h->forge, h->control, sizeof h->control);
    lv2_atom_forge_sequence_head(&h->forge, &sequence, 0);
    if (rolling >= 0) {
        lv2_atom_forge_frame_time(&h->forge, 0);
        lv2_atom_forge_object(&h->forge, &object, 0, lv2_host_map(LV2_TIME__Position));
        lv2_atom_forge_key(&h->forge, lv2_host_map(LV2_TIME__frame));
        lv2_atom_forge_long(&h->forge, h->frame);
        lv2_atom_forge_key(&h->forge, lv2_host_map(LV2_TIME__speed));
        lv2_atom_forge_float(&h->forge, rolling ? 1.0f : 0.0f);
        lv2_atom_forge_pop(&h->forge, &object);
    }
    if (h->chosen[0]) {
        lv2_atom_forge_frame_time(&h->forge, 0);
        lv2_atom_forge_object(&h->forge, &object, 0, lv2_host_map(LV2_PATCH__Set));
        lv2_atom_forge_key(&h->forge, lv2_host_map(LV2_PATCH__property));
        lv2_atom_forge_urid(&h->forge, lv2_host_map("urn:cochlea:hybrid#file"));
        lv2_atom_forge_key(&h->forge, lv2_host_map(LV2_PATCH__value));
        lv2_atom_forge_path(&h->forge, h->chosen, (uint32_t)strlen(h->chosen));
        lv2_atom_forge_pop(&h->forge, &object);
        h->chosen[0] = '\0';
    }
    pthread_mutex_lock(&h->lock);
    for (uint32_t at = 0; at < h->wish_size;) {
        const LV2_Atom *atom = (const LV2_Atom *)(h->wish + at);
        uint32_t size = lv2_atom_total_size(atom);
        lv2_atom_forge_frame_time(&h->forge, 0);
        lv2_atom_forge_write(&h->forge, atom, size);
        at += lv2_atom_pad_size(size);
    }
    h->wish_size = 0;
    pthread_mutex_unlock(&h->lock);
    lv2_atom_forge_pop(&h->forge, &sequence);
}

/* What the plugin says of its file. */
static void read_word(host *h, const LV2_Atom *atom)
{
    const LV2_Atom *value = NULL;
    const LV2_Atom_Object *object = (const LV2_Atom_Object *)atom;
    assert_int_equal(object->body.otype, lv2_host_map(LV2_PATCH__Set));
    lv2_atom_object_get(object, lv2_host_map(LV2_PATCH__value), &value, 0);
    assert_non_null(value);
    assert_int_equal(value->type, lv2_host_map(LV2_ATOM__Path));
    snprintf(h->told, sizeof h->told, "%s", (const char *)(value + 1));
}

/* For the window; what finds no room is lost. */
static void keep_news(host *h)
{
    const LV2_Atom_Sequence *sequence = (const LV2_Atom_Sequence *)h->notify;
    assert_int_equal(sequence->atom.type, lv2_host_map(LV2_ATOM__Sequence));
    pthread_mutex_lock(&h->lock);
    LV2_ATOM_SEQUENCE_FOREACH(sequence, event)
    {
        uint32_t size = lv2_atom_pad_size(lv2_atom_total_size(&event->body));
        if (event->body.type == lv2_host_map(LV2_ATOM__Object))
            read_word(h, &event->body);
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
    assert_int_equal(sequence->atom.type, lv2_host_map(LV2_ATOM__Sequence));
    LV2_ATOM_SEQUENCE_FOREACH(sequence, event)
    {
        assert_int_equal(event->body.type, lv2_host_map(LV2_MIDI__MidiEvent));
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
    sequence->atom.type = lv2_host_map(LV2_ATOM__Chunk);
    sequence->atom.size = (uint32_t)(sizeof(LV2_Atom_Sequence_Body) + room);
    *(LV2_Atom *)h->notify = (LV2_Atom){NOTICE_BYTES - sizeof(LV2_Atom), lv2_host_map(LV2_ATOM__Chunk)};
    for (int c = 0; c < 2; c++) {
        union { /* ports take no pointers to constants */
            const float *constant;
            float *plain;
        } in = {block->in[c]};
        lilv_instance_connect_port(h->instance, lv2_host_port(ins[c]), in.plain);
        lilv_instance_connect_port(h->instance, lv2_host_port(outs[c]), block->out[c]);
    }
    write_control(h, block->rolling);
    take_turned(h);
    h->values[lv2_host_port("freewheel")] = block->offline ? 1.0f : 0.0f;
    realtime_begin_block(block);
    if (h->answer_size > 0)
        h->worker->work_response(lilv_instance_get_handle(h->instance), h->answer_size, h->answer);
    h->answer_size = 0;
    lilv_instance_run(h->instance, block->frames);
    realtime_end_block(block);
    if (h->work_size > 0)
        h->worker->work(lilv_instance_get_handle(h->instance), respond, h, h->work_size, h->work);
    h->work_size = 0;
    if (has_midi())
        read_events(h, block, take);
    keep_news(h);
    show_values(h);
    h->frame += block->frames;
}

void host_restart(host *h)
{
    lilv_instance_deactivate(h->instance);
    lilv_instance_activate(h->instance);
}

uint32_t host_latency(host *h)
{
    return (uint32_t)lv2_host_shown(h, lv2_host_port("latency"));
}

double host_output(host *h, const char *symbol)
{
    return (double)lv2_host_shown(h, lv2_host_port(symbol));
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

void host_choose(host *h, const char *path)
{
    snprintf(h->chosen, sizeof h->chosen, "%s", path);
}

/* ---- For the window ---- */

void lv2_host_send(host *h, const void *atom, uint32_t size)
{
    pthread_mutex_lock(&h->lock);
    assert_true(h->wish_size + size <= sizeof h->wish);
    memcpy(h->wish + h->wish_size, atom, size);
    h->wish_size += lv2_atom_pad_size(size);
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

const LV2_Feature *lv2_host_map_feature(void)
{
    return &map_feature;
}

LilvInstance *lv2_host_instance(host *h)
{
    return h->instance;
}

const float *lv2_host_value(host *h, const char *symbol)
{
    take_turned(h);
    return &h->values[lv2_host_port(symbol)];
}

float lv2_host_shown(host *h, uint32_t port)
{
    return atomic_load(&h->shown[port]);
}

void lv2_host_turn(host *h, uint32_t port, float value)
{
    atomic_store(&h->turned[port], value);
    atomic_store(&h->is_turned[port], 1);
}
