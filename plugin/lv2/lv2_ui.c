/* The window of the LV2 plugins, for X11 hosts. Parameters go by the ports. What is heard comes straight from
 * the plugin where the host offers instance-access and data-access, elsewhere by notices (notice.h), and what
 * file it has by messages (lv2_file.h). */
#include "lv2_file.h"
#include "notice.h"
#include "ports.h"
#include "processors.h"
#include "sight.h"
#include "ui.h"

#include <lv2/atom/forge.h>
#include <lv2/atom/util.h>
#include <lv2/core/lv2_util.h>
#include <lv2/data-access/data-access.h>
#include <lv2/instance-access/instance-access.h>
#include <lv2/options/options.h>
#include <lv2/patch/patch.h>
#include <lv2/ui/ui.h>
#include <lv2/urid/urid.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct lv2_ui {
    coch_ui *ui;
    const coch_processor *processor;
    coch_lv2_ports at;
    LV2UI_Write_Function write;
    LV2UI_Controller controller;
    const LV2UI_Touch *touch;   /* NULL where the host has none */
    const LV2UI_Resize *resize; /* likewise */
    LV2_Handle plugin;          /* NULL where it cannot be seen */
    const coch_lv2_sight *sight;
    LV2_URID_Map *map;                 /* NULL where the host has none */
    float values[COCH_PARAMETERS_MAX]; /* as the ports say them */
    float outputs[COCH_OUTPUTS_MAX];   /* likewise */

    /* Notices, where they are needed. */
    LV2_URID transfer, object, listen, notice; /* 0 where there are none */
    double asked;                              /* seconds of the clock */
    int told;                                  /* one has come */
    coch_watch news;

    /* The file by messages (lv2_file.h), where it is not seen. */
    int named; /* word of it has come */
    char path[COCH_PATH_MAX], complaint[COCH_COMPLAINT_MAX];
} lv2_ui;

/* The port of a bypass says "enabled". */
static float turned(const lv2_ui *u, size_t index, double value)
{
    int bypass = u->processor->parameters[index].kind == COCH_PARAMETER_BYPASS;
    return (float)(bypass ? 1.0 - value : value);
}

static double get(void *context, size_t index)
{
    const lv2_ui *u = context;
    return (double)turned(u, index, (double)u->values[index]);
}

static void touch(lv2_ui *u, size_t index, bool held)
{
    if (u->touch)
        u->touch->touch(u->touch->handle, u->at.parameters + (uint32_t)index, held);
}

static void begin(void *context, size_t index)
{
    touch(context, index, true);
}

static void set(void *context, size_t index, double value)
{
    lv2_ui *u = context;
    u->values[index] = turned(u, index, value);
    u->write(u->controller, u->at.parameters + (uint32_t)index, sizeof(float), 0, &u->values[index]);
}

static void end(void *context, size_t index)
{
    touch(context, index, false);
}

static int watch(void *context, coch_watch *w)
{
    const lv2_ui *u = context;
    return u->sight->watch(u->plugin, w);
}

static void file(void *context, char path[COCH_PATH_MAX], char complaint[COCH_COMPLAINT_MAX])
{
    const lv2_ui *u = context;
    u->sight->file(u->plugin, path, complaint);
}

/* ---- The file by messages ---- */

static LV2_URID urid(const lv2_ui *u, const char *uri)
{
    return u->map->map(u->map->handle, uri);
}

static LV2_URID property_of(const lv2_ui *u)
{
    char uri[128];
    snprintf(uri, sizeof uri, COCH_LV2_URI "%s#%s", u->processor->id, u->processor->file->symbol);
    return urid(u, uri);
}

/* Sets the file to `path`, whose worker loads it; asks for it where that is NULL. */
static void send_patch(lv2_ui *u, const char *path)
{
    uint8_t buffer[COCH_PATH_MAX + 256];
    LV2_Atom_Forge forge;
    LV2_Atom_Forge_Frame frame;
    if (!u->map || !u->processor->file)
        return;
    lv2_atom_forge_init(&forge, u->map);
    lv2_atom_forge_set_buffer(&forge, buffer, sizeof buffer);
    lv2_atom_forge_object(&forge, &frame, 0, urid(u, path ? LV2_PATCH__Set : LV2_PATCH__Get));
    lv2_atom_forge_key(&forge, urid(u, LV2_PATCH__property));
    lv2_atom_forge_urid(&forge, property_of(u));
    if (path) {
        lv2_atom_forge_key(&forge, urid(u, LV2_PATCH__value));
        lv2_atom_forge_path(&forge, path, (uint32_t)strlen(path));
    }
    lv2_atom_forge_pop(&forge, &frame);
    const LV2_Atom *atom = (const LV2_Atom *)buffer;
    u->write(u->controller, u->at.control, lv2_atom_total_size(atom), urid(u, LV2_ATOM__eventTransfer),
             buffer);
}

static void choose(void *context, const char *path)
{
    send_patch(context, path);
}

/* A text within an atom, "" where there is none. */
static void read_text(const LV2_Atom *atom, char *text, size_t size)
{
    text[0] = '\0';
    if (atom && atom->size > 0 && atom->size <= size) {
        memcpy(text, atom + 1, atom->size);
        text[atom->size - 1] = '\0';
    }
}

/* What the plugin says of its file: when it has another one, and when it is asked. */
static void take_file(lv2_ui *u, uint32_t size, const LV2_Atom *atom)
{
    const LV2_Atom_Object *object = (const LV2_Atom_Object *)atom;
    const LV2_Atom *property = NULL, *value = NULL, *complaint = NULL;
    if (u->sight || !u->processor->file || size < sizeof *object || atom->type != u->object ||
        lv2_atom_total_size(atom) > size || object->body.otype != urid(u, LV2_PATCH__Set))
        return;
    lv2_atom_object_get(object, urid(u, LV2_PATCH__property), &property, urid(u, LV2_PATCH__value), &value,
                        urid(u, COCH_LV2_COMPLAINT), &complaint, 0);
    if (!property || !value || property->type != urid(u, LV2_ATOM__URID) ||
        ((const LV2_Atom_URID *)property)->body != property_of(u) || value->type != urid(u, LV2_ATOM__Path))
        return;
    read_text(value, u->path, sizeof u->path);
    read_text(complaint, u->complaint, sizeof u->complaint);
    u->named = 1;
}

static void told_file(void *context, char path[COCH_PATH_MAX], char complaint[COCH_COMPLAINT_MAX])
{
    const lv2_ui *u = context;
    memcpy(path, u->path, sizeof u->path);
    memcpy(complaint, u->complaint, sizeof u->complaint);
}

/* ---- Notices ---- */

static int watch_notices(void *context, coch_watch *w)
{
    lv2_ui *u = context;
    if (!u->told)
        return 0;
    *w = u->news;
    u->news.count = 0;
    u->news.lost = u->news.fresh = 0;
    return 1;
}

/* For notices as long as the window is open, for the file until there is an answer: the plugin may not run
 * yet.
 */
static void ask(lv2_ui *u)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    double now = (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
    const LV2_Atom_Object wish = {{sizeof wish.body, u->object}, {0, u->listen}};
    if (!u->transfer || now - u->asked < COCH_LV2_LISTEN_SECONDS)
        return;
    u->asked = now;
    if (u->notice)
        u->write(u->controller, u->at.control, sizeof wish, u->transfer, &wish);
    if (!u->named)
        send_patch(u, NULL);
}

static void take_notice(lv2_ui *u, uint32_t size, const LV2_Atom *atom)
{
    coch_lv2_notice notice;
    size_t bytes = size - sizeof *atom;
    if (!u->notice || size < sizeof *atom + coch_lv2_notice_size(0) || atom->type != u->notice ||
        bytes > sizeof notice)
        return;
    memcpy(&notice, atom + 1, bytes);
    if (notice.count > COCH_WATCH_EVENTS || bytes < coch_lv2_notice_size(notice.count))
        return;
    coch_lv2_notice_read(&u->news, &notice);
    u->told = 1;
}

static void map_messages(lv2_ui *u)
{
    if (u->sight || !u->map)
        return;
    u->transfer = urid(u, LV2_ATOM__eventTransfer);
    u->object = urid(u, LV2_ATOM__Object);
    u->listen = urid(u, COCH_LV2_LISTEN);
    u->notice = u->processor->watch ? urid(u, COCH_LV2_NOTICE) : 0;
}

/* ---- Life ---- */

static double output(void *context, size_t index)
{
    const lv2_ui *u = context;
    return (double)u->outputs[index];
}

static void find_plugin(lv2_ui *u, const LV2_Feature *const *features)
{
    LV2_Handle plugin = lv2_features_data(features, LV2_INSTANCE_ACCESS_URI);
    const LV2_Extension_Data_Feature *data = lv2_features_data(features, LV2_DATA_ACCESS_URI);
    const coch_lv2_sight *sight = plugin && data ? data->data_access(COCH_LV2_SIGHT) : NULL;
    if (!sight || sight->watch_size != sizeof(coch_watch))
        return;
    u->plugin = plugin;
    u->sight = sight;
}

static double scale_of(const LV2_Feature *const *features)
{
    const LV2_Options_Option *option = lv2_features_data(features, LV2_OPTIONS__options);
    const LV2_URID_Map *map = lv2_features_data(features, LV2_URID__map);
    LV2_URID wanted = map ? map->map(map->handle, LV2_UI__scaleFactor) : 0;
    for (; map && option && option->key; option++)
        if (option->key == wanted && option->size == sizeof(float))
            return (double)*(const float *)option->value;
    return 0.0;
}

static void cleanup(LV2UI_Handle handle)
{
    lv2_ui *u = handle;
    coch_ui_close(u->ui);
    free(u);
}

static LV2UI_Handle instantiate(const LV2UI_Descriptor *descriptor, const char *plugin_uri, const char *path,
                                LV2UI_Write_Function write, LV2UI_Controller controller, LV2UI_Widget *widget,
                                const LV2_Feature *const *features)
{
    const coch_processor *processor = NULL;
    uintptr_t parent = (uintptr_t)lv2_features_data(features, LV2_UI__parent);
    int width, height;
    (void)descriptor;
    (void)path;
    if (strncmp(plugin_uri, COCH_LV2_URI, strlen(COCH_LV2_URI)) == 0)
        processor = coch_processor_find(plugin_uri + strlen(COCH_LV2_URI));
    lv2_ui *u = processor && parent ? calloc(1, sizeof *u) : NULL;
    if (!u)
        return NULL;
    u->processor = processor;
    u->at = coch_lv2_ports_of(processor);
    u->write = write;
    u->controller = controller;
    u->touch = lv2_features_data(features, LV2_UI__touch);
    u->resize = lv2_features_data(features, LV2_UI__resize);
    u->map = lv2_features_data(features, LV2_URID__map);
    find_plugin(u, features);
    map_messages(u);
    for (size_t i = 0; i < processor->parameter_count; i++)
        u->values[i] = turned(u, i, (double)processor->parameters[i].initial);
    const coch_ui_host host = {.context = u,
                               .get = get,
                               .begin = begin,
                               .set = set,
                               .end = end,
                               .watch = u->sight    ? watch
                                        : u->notice ? watch_notices
                                                    : NULL,
                               .file = u->sight      ? file
                                       : u->transfer ? told_file
                                                     : NULL,
                               .choose = choose,
                               .output = output};
    if (coch_ui_open(&u->ui, processor, &host, parent, 0, 0, scale_of(features)) != COCHLEA_OK) {
        free(u);
        return NULL;
    }
    coch_ui_size(u->ui, 0.0, &width, &height);
    if (u->resize)
        u->resize->ui_resize(u->resize->handle, width, height);
    *widget = (LV2UI_Widget)coch_ui_native(u->ui);
    return u;
}

/* ---- Running ---- */

static void port_event(LV2UI_Handle handle, uint32_t port, uint32_t size, uint32_t format, const void *buffer)
{
    lv2_ui *u = handle;
    if (u->transfer && format == u->transfer && port == u->at.notify && size >= sizeof(LV2_Atom)) {
        take_notice(u, size, buffer);
        take_file(u, size, buffer);
    }
    if (format != 0 || size != sizeof(float) || port < u->at.parameters || port >= u->at.count)
        return;
    float *to =
        port < u->at.outputs ? &u->values[port - u->at.parameters] : &u->outputs[port - u->at.outputs];
    memcpy(to, buffer, sizeof(float));
}

static int idle(LV2UI_Handle handle)
{
    ask(handle);
    coch_ui_idle(((lv2_ui *)handle)->ui);
    return 0;
}

static int resize(LV2UI_Feature_Handle handle, int width, int height)
{
    if (width < 1 || height < 1 || width > COCH_UI_MAX || height > COCH_UI_MAX)
        return 1;
    coch_ui_resize(((lv2_ui *)handle)->ui, width, height);
    return 0;
}

static const void *extension_data(const char *uri)
{
    static const LV2UI_Idle_Interface idle_interface = {idle};
    static const LV2UI_Resize resize_interface = {NULL, resize};
    if (strcmp(uri, LV2_UI__idleInterface) == 0)
        return &idle_interface;
    return strcmp(uri, LV2_UI__resize) == 0 ? &resize_interface : NULL;
}

#define DESCRIPTOR(id, name, summary)                                                                        \
    {COCH_LV2_URI #id COCH_LV2_UI, instantiate, cleanup, port_event, extension_data},
static const LV2UI_Descriptor descriptors[] = {COCH_PROCESSORS(DESCRIPTOR)};

LV2_SYMBOL_EXPORT const LV2UI_Descriptor *lv2ui_descriptor(uint32_t index)
{
    return index < sizeof descriptors / sizeof *descriptors ? &descriptors[index] : NULL;
}
