/* The LV2 host's window: finds the UI of the plugin in its bundle, as hosts do, and lets it meet the plugin;
 * or with COCHLEA_DENY set does not, and carries atoms between the two. */
#include "lv2_host.h"
#include "ui_host.h"

#include <lv2/atom/atom.h>
#include <lv2/atom/util.h>
#include <lv2/data-access/data-access.h>
#include <lv2/instance-access/instance-access.h>
#include <lv2/ui/ui.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static void *library;
static const LV2UI_Descriptor *descriptor;
static LV2UI_Handle ui;
static ui_edits edits; /* of all: one window at a time */

static int denies(void)
{
    return getenv("COCHLEA_DENY") != NULL;
}

static void write_port(LV2UI_Controller controller, uint32_t port, uint32_t size, uint32_t format,
                       const void *buffer)
{
    if (format != 0) {
        assert_int_equal(format, lv2_host_map(LV2_ATOM__eventTransfer));
        lv2_host_send(controller, buffer, size);
        return;
    }
    assert_int_equal(size, sizeof(float));
    lv2_host_turn(controller, port, *(const float *)buffer);
    atomic_store(&edits.value, (double)*(const float *)buffer);
    atomic_fetch_add(&edits.turned, 1);
}

static void touch(LV2UI_Feature_Handle handle, uint32_t port, bool held)
{
    (void)handle;
    (void)port;
    atomic_fetch_add(held ? &edits.begun : &edits.ended, 1);
}

static int asked_width;

static int ask_size(LV2UI_Feature_Handle handle, int width, int height)
{
    (void)handle;
    (void)height;
    asked_width = width;
    return 0;
}

static void load(void)
{
    LilvUIs *uis = lilv_plugin_get_uis(lv2_host_plugin());
    assert_int_equal(lilv_uis_size(uis), 1);
    const LilvUI *found = lilv_uis_get(uis, lilv_uis_begin(uis));
    char *path = lilv_file_uri_parse(lilv_node_as_uri(lilv_ui_get_binary_uri(found)), NULL);
    union {
        void *pointer;
        const LV2UI_Descriptor *(*get)(uint32_t);
    } symbol;
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    symbol.pointer = dlsym(library, "lv2ui_descriptor");
    assert_non_null(symbol.pointer);
    const char *uri = lilv_node_as_uri(lilv_ui_get_uri(found));
    uint32_t index = 0;
    do
        descriptor = symbol.get(index++);
    while (descriptor && strcmp(descriptor->URI, uri) != 0);
    assert_non_null(descriptor);
    lilv_free(path);
    lilv_uis_free(uis);
}

static void tell_ports(host *h)
{
    for (uint32_t i = 0; i < lilv_plugin_get_num_ports(lv2_host_plugin()); i++) {
        float value = lv2_host_shown(h, i);
        descriptor->port_event(ui, i, sizeof value, 0, &value);
    }
}

int ui_open(host *h, uintptr_t parent)
{
    LilvInstance *instance = lv2_host_instance(h);
    static LV2UI_Touch touching = {NULL, touch}; /* they live as long as the window */
    static LV2UI_Resize resizing = {NULL, ask_size};
    static LV2_Extension_Data_Feature data;
    const LV2_Feature features[] = {{LV2_UI__parent, (void *)parent},
                                    {LV2_UI__idleInterface, NULL},
                                    {LV2_UI__touch, &touching},
                                    {LV2_UI__resize, &resizing},
                                    {LV2_INSTANCE_ACCESS_URI, lilv_instance_get_handle(instance)},
                                    {LV2_DATA_ACCESS_URI, &data}};
    const LV2_Feature *const list[] = {&features[0],           &features[1],
                                       &features[2],           &features[3],
                                       lv2_host_map_feature(), denies() ? NULL : &features[4],
                                       &features[5],           NULL};
    LV2UI_Widget widget = NULL;
    data.data_access = lilv_instance_get_descriptor(instance)->extension_data;
    load();
    asked_width = 0;
    memset(&edits, 0, sizeof edits);
    ui = descriptor->instantiate(descriptor, lilv_node_as_uri(lilv_plugin_get_uri(lv2_host_plugin())), "",
                                 write_port, h, &widget, list);
    if (!ui) {
        dlclose(library);
        return 0;
    }
    assert_non_null(widget);
    assert_int_equal(asked_width, 900);
    tell_ports(h);
    return 1;
}

void ui_close(host *h)
{
    (void)h;
    descriptor->cleanup(ui);
    dlclose(library);
}

static void notify(void *context, const LV2_Atom *atom)
{
    (void)context;
    LilvNode *symbol = lilv_new_string(lv2_host_world(), "notify");
    uint32_t port =
        lilv_port_get_index(lv2_host_plugin(), lilv_plugin_get_port_by_symbol(lv2_host_plugin(), symbol));
    lilv_node_free(symbol);
    assert_true(denies() || atom->type == lv2_host_map(LV2_ATOM__Object)); /* unasked for: word of a file */
    descriptor->port_event(ui, port, lv2_atom_total_size(atom), lv2_host_map(LV2_ATOM__eventTransfer), atom);
}

void ui_idle(host *h)
{
    const LV2UI_Idle_Interface *idle = descriptor->extension_data(LV2_UI__idleInterface);
    tell_ports(h);
    lv2_host_notices(h, notify, NULL);
    assert_int_equal(idle->idle(ui), 0);
}

void ui_resize(host *h, int width, int height)
{
    const LV2UI_Resize *resize = descriptor->extension_data(LV2_UI__resize);
    (void)h;
    assert_int_equal(resize->ui_resize(ui, width, height), 0);
    assert_int_not_equal(resize->ui_resize(ui, 0, height), 0);
}

void ui_flush(host *h)
{
    (void)h;
}

ui_edits *ui_edits_of(host *h)
{
    (void)h;
    return &edits;
}
