/* The host's side of a plugin's window, the same for every format: ui_lv2.c, ui_clap.c and ui_vst3.c each
 * implement it beside their host.h. Failures of the host itself fail the test. */
#ifndef COCH_TESTS_PLUGIN_UI_HOST_H
#define COCH_TESTS_PLUGIN_UI_HOST_H

#include "host.h"

#include <stdatomic.h>

/* What the window told the host. */
typedef struct ui_edits {
    atomic_int begun, turned, ended;
    _Atomic double value; /* the last one, plain */
} ui_edits;

/* Opens the window inside an X window; returns 0 when the plugin refuses. */
int ui_open(host *h, uintptr_t parent);
void ui_close(host *h);

/* What a host's loop does some 60 times a second. */
void ui_idle(host *h);

/* As a host does when the user drags its frame. */
void ui_resize(host *h, int width, int height);

/* Brings waiting edits to the host where that takes a block or a flush. */
void ui_flush(host *h);

ui_edits *ui_edits_of(host *h);

#endif
