/* The window of the CLAP plugin, inside the host's X11 window. What the user turns is in force at once; the
 * host learns of it with the next block, or when it flushes. */
#include "instance.h"

#include "ui.h"

#include <clap/ext/gui.h>
#include <clap/ext/timer-support.h>

#include <math.h>
#include <string.h>

static coch_clap *plugin_of(const clap_plugin_t *clap)
{
    return clap->plugin_data;
}

static const clap_host_timer_support_t *timers_of(const coch_clap *p)
{
    return p->host->get_extension(p->host, CLAP_EXT_TIMER_SUPPORT);
}

/* ---- For the window [main] ---- */

static double get(void *context, size_t index)
{
    return (double)coch_core_get(((coch_clap *)context)->core, index);
}

/* The host fetches it with the next block; while none runs it has to be asked to. */
static void tell(coch_clap *p, size_t index, unsigned word)
{
    atomic_fetch_or(&p->words[index], word);
    const clap_host_params_t *host = p->host->get_extension(p->host, CLAP_EXT_PARAMS);
    if (host)
        host->request_flush(p->host);
}

/* An end that the host has not fetched yet is none. */
static void begin(void *context, size_t index)
{
    coch_clap *p = context;
    if (!(atomic_fetch_and(&p->words[index], ~(unsigned)COCH_CLAP_END) & COCH_CLAP_END))
        tell(p, index, COCH_CLAP_BEGIN);
}

static void set(void *context, size_t index, double value)
{
    coch_clap *p = context;
    coch_core_set(p->core, index, value);
    tell(p, index, COCH_CLAP_VALUE);
    if (p->active)
        coch_clap_check_latency(p);
}

static void end(void *context, size_t index)
{
    tell(context, index, COCH_CLAP_END);
}

static int watch(void *context, coch_watch *w)
{
    return coch_core_watch(((coch_clap *)context)->core, w);
}

static void file(void *context, char path[COCH_PATH_MAX], char complaint[COCH_COMPLAINT_MAX])
{
    coch_core_file(((coch_clap *)context)->core, path, complaint);
}

static void choose(void *context, const char *path)
{
    coch_core_choose(((coch_clap *)context)->core, path); /* the window asks for what is wrong with it */
}

static double output(void *context, size_t index)
{
    return (double)coch_core_output(((coch_clap *)context)->core, index);
}

/* ---- To the host [audio], or [main] while not active ---- */

/* Returns nonzero when the host took it. */
static int pass(coch_clap *p, const clap_output_events_t *out, size_t index, unsigned word) COCH_REALTIME
{
    clap_id id = p->processor->parameters[index].id;
    clap_event_header_t header = {.space_id = CLAP_CORE_EVENT_SPACE_ID};
    if (word == COCH_CLAP_VALUE) {
        double now = (double)coch_core_get(p->core, index);
        clap_event_param_value_t change = {.header = header,
                                           .param_id = id,
                                           .note_id = -1,
                                           .port_index = -1,
                                           .channel = -1,
                                           .key = -1,
                                           .value = now};
        change.header.size = sizeof change;
        change.header.type = CLAP_EVENT_PARAM_VALUE;
        return out->try_push(out, &change.header);
    }
    clap_event_param_gesture_t gesture = {.header = header, .param_id = id};
    gesture.header.size = sizeof gesture;
    gesture.header.type =
        word == COCH_CLAP_BEGIN ? CLAP_EVENT_PARAM_GESTURE_BEGIN : CLAP_EVENT_PARAM_GESTURE_END;
    return out->try_push(out, &gesture.header);
}

void coch_clap_pass_words(coch_clap *p, const clap_output_events_t *out) COCH_REALTIME
{
    static const unsigned order[] = {COCH_CLAP_BEGIN, COCH_CLAP_VALUE, COCH_CLAP_END};
    for (size_t i = 0; i < p->processor->parameter_count; i++) {
        if (atomic_load_explicit(&p->words[i], memory_order_relaxed) == 0)
            continue;
        unsigned words = atomic_exchange(&p->words[i], 0);
        for (int k = 0; k < 3; k++)
            if (words & order[k] && pass(p, out, i, order[k]))
                words &= ~order[k];
        atomic_fetch_or(&p->words[i], words); /* for the next block */
    }
}

/* ---- The extension [main] ---- */

static bool is_api_supported(const clap_plugin_t *clap, const char *api, bool floating)
{
    return !floating && strcmp(api, CLAP_WINDOW_API_X11) == 0 && timers_of(plugin_of(clap));
}

static bool get_preferred_api(const clap_plugin_t *clap, const char **api, bool *floating)
{
    (void)clap;
    *api = CLAP_WINDOW_API_X11;
    *floating = false;
    return true;
}

/* The window itself is made when its parent is known. */
static bool create(const clap_plugin_t *clap, const char *api, bool floating)
{
    coch_clap *p = plugin_of(clap);
    p->ui_scale = 0.0;
    p->ui_width = p->ui_height = 0;
    return is_api_supported(clap, api, floating);
}

void coch_clap_close_ui(coch_clap *p)
{
    if (!p->ui)
        return;
    timers_of(p)->unregister_timer(p->host, p->ui_timer);
    coch_ui_close(p->ui);
    p->ui = NULL;
}

static void destroy(const clap_plugin_t *clap)
{
    coch_clap_close_ui(plugin_of(clap));
}

static bool set_scale(const clap_plugin_t *clap, double scale)
{
    plugin_of(clap)->ui_scale = scale;
    return scale > 0.0;
}

static bool get_size(const clap_plugin_t *clap, uint32_t *width, uint32_t *height)
{
    coch_clap *p = plugin_of(clap);
    int w = p->ui_width, h = p->ui_height;
    if (p->ui || w == 0)
        coch_ui_size(p->ui, p->ui_scale, &w, &h);
    *width = (uint32_t)w;
    *height = (uint32_t)h;
    return true;
}

static bool can_resize(const clap_plugin_t *clap)
{
    (void)clap;
    return true;
}

static bool get_resize_hints(const clap_plugin_t *clap, clap_gui_resize_hints_t *hints)
{
    (void)clap;
    *hints = (clap_gui_resize_hints_t){.can_resize_horizontally = true, .can_resize_vertically = true};
    return true;
}

static bool adjust_size(const clap_plugin_t *clap, uint32_t *width, uint32_t *height)
{
    double scale = plugin_of(clap)->ui_scale > 0.0 ? plugin_of(clap)->ui_scale : 1.0;
    *width = (uint32_t)fmax(*width, ceil(COCH_UI_MIN_WIDE * scale));
    *height = (uint32_t)fmax(*height, ceil(COCH_UI_MIN_HIGH * scale));
    return true;
}

static bool set_size(const clap_plugin_t *clap, uint32_t width, uint32_t height)
{
    coch_clap *p = plugin_of(clap);
    if (width == 0 || height == 0 || width > COCH_UI_MAX || height > COCH_UI_MAX)
        return false;
    p->ui_width = (int)width;
    p->ui_height = (int)height;
    if (p->ui)
        coch_ui_resize(p->ui, p->ui_width, p->ui_height);
    return true;
}

static bool set_parent(const clap_plugin_t *clap, const clap_window_t *parent)
{
    coch_clap *p = plugin_of(clap);
    const coch_ui_host host = {p, get, begin, set, end, watch, file, choose, output};
    const clap_host_timer_support_t *timers = timers_of(p);
    coch_clap_close_ui(p);
    if (strcmp(parent->api, CLAP_WINDOW_API_X11) != 0 ||
        !timers->register_timer(p->host, COCH_UI_PERIOD, &p->ui_timer))
        return false;
    if (coch_ui_open(&p->ui, p->processor, &host, parent->x11, p->ui_width, p->ui_height, p->ui_scale) ==
        COCHLEA_OK)
        return true;
    timers->unregister_timer(p->host, p->ui_timer);
    return false;
}

static bool set_transient(const clap_plugin_t *clap, const clap_window_t *window)
{
    (void)clap;
    (void)window;
    return false;
}

static void suggest_title(const clap_plugin_t *clap, const char *title)
{
    (void)clap;
    (void)title;
}

/* The host shows and hides the window around it. */
static bool do_nothing(const clap_plugin_t *clap)
{
    return plugin_of(clap)->ui != NULL;
}

static const clap_plugin_gui_t gui = {
    .is_api_supported = is_api_supported,
    .get_preferred_api = get_preferred_api,
    .create = create,
    .destroy = destroy,
    .set_scale = set_scale,
    .get_size = get_size,
    .can_resize = can_resize,
    .get_resize_hints = get_resize_hints,
    .adjust_size = adjust_size,
    .set_size = set_size,
    .set_parent = set_parent,
    .set_transient = set_transient,
    .suggest_title = suggest_title,
    .show = do_nothing,
    .hide = do_nothing,
};

static void on_timer(const clap_plugin_t *clap, clap_id timer)
{
    coch_clap *p = plugin_of(clap);
    if (p->ui && timer == p->ui_timer)
        coch_ui_idle(p->ui);
}

static const clap_plugin_timer_support_t timer_support = {on_timer};

const void *coch_clap_gui_extension(const char *id)
{
    if (strcmp(id, CLAP_EXT_GUI) == 0)
        return &gui;
    return strcmp(id, CLAP_EXT_TIMER_SUPPORT) == 0 ? &timer_support : NULL;
}
