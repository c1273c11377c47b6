/* The window of the VST3 plugin, inside the host's X11 window and in its run loop. All of it is [main]. */
#include "instance.h"

#include "ui.h"

#include <travesty/view.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct view view;

typedef struct face {
    const void *functions; /* one of VST3's tables; must come first */
    view *owner;
} face;

struct view {
    face plug, scaling, timer;
    atomic_int references;
    coch_vst3 *plugin;
    struct v3_plugin_frame **frame;
    struct v3_run_loop **loop; /* while attached */
    coch_ui *ui;               /* likewise */
    double scale;              /* pixels a point; 0 until the host says it */
    int width, height;         /* pixels; 0 until the host says them */
};

static view *view_of(void *self)
{
    return ((face *)self)->owner;
}

/* ---- For the window ---- */

static double get(void *context, size_t index)
{
    return (double)coch_core_get(((view *)context)->plugin->core, index);
}

static v3_param_id id_of(const view *v, size_t index)
{
    return v->plugin->processor->parameters[index].id;
}

static void begin(void *context, size_t index)
{
    view *v = context;
    struct v3_component_handler **handler = v->plugin->handler;
    if (handler)
        (*handler)->begin_edit(handler, id_of(v, index));
}

static void set(void *context, size_t index, double value)
{
    view *v = context;
    struct v3_component_handler **handler = v->plugin->handler;
    coch_core_set(v->plugin->core, index, value);
    if (handler)
        (*handler)->perform_edit(
            handler, id_of(v, index),
            coch_parameter_normal(&v->plugin->processor->parameters[index], get(v, index)));
    coch_vst3_check_latency(v->plugin);
}

static void end(void *context, size_t index)
{
    view *v = context;
    struct v3_component_handler **handler = v->plugin->handler;
    if (handler)
        (*handler)->end_edit(handler, id_of(v, index));
}

static int watch(void *context, coch_watch *w)
{
    return coch_core_watch(((view *)context)->plugin->core, w);
}

static void file(void *context, char path[COCH_PATH_MAX], char complaint[COCH_COMPLAINT_MAX])
{
    coch_core_file(((view *)context)->plugin->core, path, complaint);
}

static void choose(void *context, const char *path)
{
    coch_core_choose(((view *)context)->plugin->core, path); /* the window asks for what is wrong with it */
}

static double output(void *context, size_t index)
{
    return (double)coch_core_output(((view *)context)->plugin->core, index);
}

/* ---- Every interface ---- */

static v3_result V3_API query(void *self, const v3_tuid iid, void **object)
{
    view *v = view_of(self);
    face *found = NULL;
    if (v3_tuid_match(iid, v3_funknown_iid) || v3_tuid_match(iid, v3_plugin_view_iid))
        found = &v->plug;
    else if (v3_tuid_match(iid, v3_plugin_view_content_scale_iid))
        found = &v->scaling;
    else if (v3_tuid_match(iid, v3_timer_handler_iid))
        found = &v->timer;
    *object = found;
    if (!found)
        return V3_NO_INTERFACE;
    atomic_fetch_add(&v->references, 1);
    return V3_OK;
}

static uint32_t V3_API ref(void *self)
{
    return (uint32_t)atomic_fetch_add(&view_of(self)->references, 1) + 1;
}

static void detach(view *v)
{
    if (!v->ui)
        return;
    coch_ui_close(v->ui);
    v->ui = NULL;
    (*v->loop)->unregister_timer(v->loop, (v3_timer_handler **)(void *)&v->timer);
    (*v->loop)->unref(v->loop);
    v->loop = NULL;
}

static uint32_t V3_API unref(void *self)
{
    view *v = view_of(self);
    uint32_t left = (uint32_t)atomic_fetch_sub(&v->references, 1) - 1;
    if (left > 0)
        return left;
    detach(v);
    coch_vst3_unref(&v->plugin->component);
    free(v);
    return 0;
}

/* ---- The view ---- */

static v3_result V3_API is_platform_type_supported(void *self, const char *type)
{
    (void)self;
    return strcmp(type, V3_VIEW_PLATFORM_TYPE_X11) == 0 ? V3_TRUE : V3_FALSE;
}

static int join_loop(view *v)
{
    void *found = NULL;
    if (!v->frame || (*v->frame)->query_interface(v->frame, v3_run_loop_iid, &found) != V3_OK || !found)
        return -1;
    v->loop = found;
    if ((*v->loop)->register_timer(v->loop, (v3_timer_handler **)(void *)&v->timer, COCH_UI_PERIOD) == V3_OK)
        return 0;
    (*v->loop)->unref(v->loop);
    v->loop = NULL;
    return -1;
}

static v3_result V3_API attached(void *self, void *parent, const char *type)
{
    view *v = view_of(self);
    const coch_ui_host host = {v, get, begin, set, end, watch, file, choose, output};
    detach(v);
    if (is_platform_type_supported(self, type) != V3_TRUE)
        return V3_INVALID_ARG;
    if (join_loop(v) != 0)
        return V3_FALSE;
    if (coch_ui_open(&v->ui, v->plugin->processor, &host, (uintptr_t)parent, v->width, v->height, v->scale) ==
        COCHLEA_OK)
        return V3_OK;
    (*v->loop)->unregister_timer(v->loop, (v3_timer_handler **)(void *)&v->timer);
    (*v->loop)->unref(v->loop);
    v->loop = NULL;
    return V3_FALSE;
}

static v3_result V3_API removed(void *self)
{
    detach(view_of(self));
    return V3_OK;
}

/* Pointer and keys come from the X server. */
static v3_result V3_API on_wheel(void *self, float distance)
{
    (void)self;
    (void)distance;
    return V3_FALSE;
}

static v3_result V3_API on_key(void *self, int16_t character, int16_t code, int16_t modifiers)
{
    (void)self;
    (void)character;
    (void)code;
    (void)modifiers;
    return V3_FALSE;
}

static v3_result V3_API get_size(void *self, struct v3_view_rect *rect)
{
    view *v = view_of(self);
    int width = v->width, height = v->height;
    if (v->ui || width == 0)
        coch_ui_size(v->ui, v->scale, &width, &height);
    *rect = (struct v3_view_rect){.right = width, .bottom = height};
    return V3_OK;
}

static v3_result V3_API on_size(void *self, struct v3_view_rect *rect)
{
    view *v = view_of(self);
    int32_t width = rect->right - rect->left, height = rect->bottom - rect->top;
    if (width < 1 || height < 1 || width > COCH_UI_MAX || height > COCH_UI_MAX)
        return V3_INVALID_ARG;
    v->width = width;
    v->height = height;
    if (v->ui)
        coch_ui_resize(v->ui, width, height);
    return V3_OK;
}

static v3_result V3_API on_focus(void *self, v3_bool state)
{
    (void)self;
    (void)state;
    return V3_OK;
}

static v3_result V3_API set_frame(void *self, struct v3_plugin_frame **frame)
{
    view_of(self)->frame = frame;
    return V3_OK;
}

static v3_result V3_API can_resize(void *self)
{
    (void)self;
    return V3_TRUE;
}

static v3_result V3_API check_size_constraint(void *self, struct v3_view_rect *rect)
{
    double scale = view_of(self)->scale > 0.0 ? view_of(self)->scale : 1.0;
    int32_t width = (int32_t)ceil(COCH_UI_MIN_WIDE * scale), height = (int32_t)ceil(COCH_UI_MIN_HIGH * scale);
    if (rect->right - rect->left < width)
        rect->right = rect->left + width;
    if (rect->bottom - rect->top < height)
        rect->bottom = rect->top + height;
    return V3_OK;
}

static const struct v3_plugin_view plug_functions = {
    .query_interface = query,
    .ref = ref,
    .unref = unref,
    .is_platform_type_supported = is_platform_type_supported,
    .attached = attached,
    .removed = removed,
    .on_wheel = on_wheel,
    .on_key_down = on_key,
    .on_key_up = on_key,
    .get_size = get_size,
    .on_size = on_size,
    .on_focus = on_focus,
    .set_frame = set_frame,
    .can_resize = can_resize,
    .check_size_constraint = check_size_constraint,
};

static v3_result V3_API set_content_scale_factor(void *self, float factor)
{
    view *v = view_of(self);
    if (!(factor > 0.0f))
        return V3_INVALID_ARG;
    v->scale = (double)factor; /* counts from the next time that it is attached */
    return V3_OK;
}

static const struct v3_plugin_view_content_scale scaling_functions = {
    .query_interface = query,
    .ref = ref,
    .unref = unref,
    .set_content_scale_factor = set_content_scale_factor,
};

static void V3_API on_timer(void *self)
{
    view *v = view_of(self);
    if (v->ui)
        coch_ui_idle(v->ui);
}

static const struct v3_timer_handler timer_functions = {
    .query_interface = query,
    .ref = ref,
    .unref = unref,
    .on_timer = on_timer,
};

struct v3_plugin_view **coch_vst3_view(coch_vst3 *plugin)
{
    view *v = calloc(1, sizeof *v);
    if (!v)
        return NULL;
    v->plug = (face){&plug_functions, v};
    v->scaling = (face){&scaling_functions, v};
    v->timer = (face){&timer_functions, v};
    atomic_init(&v->references, 1);
    v->plugin = plugin;
    coch_vst3_ref(&plugin->component);
    return (struct v3_plugin_view **)(void *)&v->plug;
}
