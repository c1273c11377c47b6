/* The VST3 host's window: frame and run loop. */
#include "ui_host.h"
#include "vst3_host.h"

#include <travesty/view.h>

#include <string.h>

/* Both faces of one static object: one window at a time. */
static struct {
    const struct v3_plugin_frame *frame;
    const struct v3_run_loop *loop;
} faces;

static struct v3_plugin_view **view;
static v3_timer_handler **timer;

static v3_result V3_API query(void *self, const v3_tuid iid, void **object)
{
    (void)self;
    *object = v3_tuid_match(iid, v3_run_loop_iid) ? (void *)&faces.loop : NULL;
    return *object ? V3_OK : V3_NO_INTERFACE;
}

static uint32_t V3_API count(void *self)
{
    (void)self;
    return 1;
}

static v3_result V3_API resize_view(void *self, struct v3_plugin_view **v, struct v3_view_rect *rect)
{
    (void)self;
    return (*v)->on_size(v, rect);
}

static v3_result V3_API register_event_handler(void *self, v3_event_handler **handler, int fd)
{
    (void)self;
    (void)handler;
    (void)fd;
    return V3_NOT_IMPLEMENTED;
}

static v3_result V3_API unregister_event_handler(void *self, v3_event_handler **handler)
{
    (void)self;
    (void)handler;
    return V3_NOT_IMPLEMENTED;
}

static v3_result V3_API register_timer(void *self, v3_timer_handler **handler, uint64_t ms)
{
    (void)self;
    assert_null(timer);
    assert_in_range(ms, 5, 50);
    timer = handler;
    return V3_OK;
}

static v3_result V3_API unregister_timer(void *self, v3_timer_handler **handler)
{
    (void)self;
    assert_ptr_equal(timer, handler);
    timer = NULL;
    return V3_OK;
}

static const struct v3_plugin_frame frame_functions = {
    .query_interface = query, .ref = count, .unref = count, .resize_view = resize_view};
static const struct v3_run_loop loop_functions = {.query_interface = query,
                                                  .ref = count,
                                                  .unref = count,
                                                  .register_event_handler = register_event_handler,
                                                  .unregister_event_handler = unregister_event_handler,
                                                  .register_timer = register_timer,
                                                  .unregister_timer = unregister_timer};

int ui_open(host *h, uintptr_t parent)
{
    struct v3_edit_controller **controller = vst3_host_controller(h);
    struct v3_view_rect rect;
    char x11[] = V3_VIEW_PLATFORM_TYPE_X11, other[] = V3_VIEW_PLATFORM_TYPE_HWND;
    faces.frame = &frame_functions;
    faces.loop = &loop_functions;
    assert_null((*controller)->create_view(controller, "something else"));
    view = (*controller)->create_view(controller, "editor");
    assert_non_null(view);
    assert_int_equal((*view)->is_platform_type_supported(view, x11), V3_TRUE);
    assert_true((*view)->is_platform_type_supported(view, other) != V3_TRUE);
    assert_true((*view)->attached(view, (void *)parent, x11) != V3_OK); /* there is no loop yet */
    assert_int_equal((*view)->set_frame(view, (struct v3_plugin_frame **)(void *)&faces.frame), V3_OK);
    assert_int_equal((*view)->get_size(view, &rect), V3_OK);
    assert_int_equal(rect.right - rect.left, 900);
    if ((*view)->attached(view, (void *)parent, x11) == V3_OK)
        return 1;
    assert_int_equal((*view)->unref(view), 0);
    assert_null(timer);
    return 0;
}

void ui_close(host *h)
{
    (void)h;
    assert_int_equal((*view)->removed(view), V3_OK);
    assert_int_equal((*view)->set_frame(view, NULL), V3_OK);
    assert_int_equal((*view)->unref(view), 0);
    assert_null(timer);
}

void ui_idle(host *h)
{
    (void)h;
    assert_non_null(timer);
    (*timer)->on_timer(timer);
}

void ui_resize(host *h, int width, int height)
{
    struct v3_view_rect rect = {.right = width, .bottom = height}, none = {0};
    (void)h;
    assert_int_equal((*view)->can_resize(view), V3_TRUE);
    assert_int_equal((*view)->check_size_constraint(view, &rect), V3_OK);
    assert_int_equal(rect.right, width);
    assert_int_equal((*view)->on_size(view, &rect), V3_OK);
    assert_true((*view)->on_size(view, &none) != V3_OK);
}

void ui_flush(host *h)
{
    (void)h;
}

ui_edits *ui_edits_of(host *h)
{
    return vst3_host_edits(h);
}
