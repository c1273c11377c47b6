/* The CLAP host's window. */
#include "clap_host.h"
#include "ui_host.h"

#include <clap/ext/gui.h>
#include <clap/ext/params.h>
#include <clap/ext/timer-support.h>

static const clap_plugin_gui_t *gui_of(host *h)
{
    const clap_plugin_t *plugin = clap_host_plugin(h);
    return plugin->get_extension(plugin, CLAP_EXT_GUI);
}

int ui_open(host *h, uintptr_t parent)
{
    const clap_plugin_t *plugin = clap_host_plugin(h);
    const clap_plugin_gui_t *gui = gui_of(h);
    const clap_window_t window = {.api = CLAP_WINDOW_API_X11, .x11 = parent};
    const char *api;
    bool floating;
    uint32_t width = 0, height = 0;
    assert_non_null(gui);
    assert_true(gui->get_preferred_api(plugin, &api, &floating));
    assert_string_equal(api, CLAP_WINDOW_API_X11);
    assert_false(floating);
    assert_false(gui->is_api_supported(plugin, CLAP_WINDOW_API_WAYLAND, false));
    assert_false(gui->create(plugin, CLAP_WINDOW_API_X11, true));
    assert_true(gui->create(plugin, CLAP_WINDOW_API_X11, false));
    assert_true(gui->set_scale(plugin, 1.0));
    assert_true(gui->get_size(plugin, &width, &height));
    assert_int_equal(width, 900);
    assert_int_equal(height, 500);
    if (!gui->set_parent(plugin, &window)) {
        gui->destroy(plugin);
        assert_int_equal(clap_host_timers(h), 0);
        return 0;
    }
    assert_true(gui->show(plugin));
    assert_int_equal(clap_host_timers(h), 1);
    return 1;
}

void ui_close(host *h)
{
    const clap_plugin_t *plugin = clap_host_plugin(h);
    assert_true(gui_of(h)->hide(plugin));
    gui_of(h)->destroy(plugin);
    assert_int_equal(clap_host_timers(h), 0);
}

void ui_idle(host *h)
{
    const clap_plugin_t *plugin = clap_host_plugin(h);
    const clap_plugin_timer_support_t *timer = plugin->get_extension(plugin, CLAP_EXT_TIMER_SUPPORT);
    timer->on_timer(plugin, CLAP_HOST_TIMER);
}

void ui_resize(host *h, int width, int height)
{
    const clap_plugin_t *plugin = clap_host_plugin(h);
    uint32_t w = (uint32_t)width, w_before = w, hi = (uint32_t)height;
    assert_true(gui_of(h)->can_resize(plugin));
    assert_true(gui_of(h)->adjust_size(plugin, &w, &hi));
    assert_int_equal(w, w_before);
    assert_true(gui_of(h)->set_size(plugin, w, hi));
    assert_false(gui_of(h)->set_size(plugin, 0, hi));
}

void ui_flush(host *h)
{
    clap_host_flush(h);
}

ui_edits *ui_edits_of(host *h)
{
    return clap_host_edits(h);
}
