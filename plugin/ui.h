/* The window of a plugin, the same in every format: the picture, and a control for each parameter. It touches
 * nothing but what its host gives it. All of it is [main]. */
#ifndef COCH_PLUGIN_UI_H
#define COCH_PLUGIN_UI_H

#include "core.h"

#include <stddef.h>
#include <stdint.h>

typedef struct coch_ui coch_ui;

/* What a format's part does for the window. Parameters go by their index. */
typedef struct coch_ui_host {
    void *context;

    /* The present value, as the format knows it. */
    double (*get)(void *context, size_t index);

    /* The user takes hold of a control, turns it, lets it go: always in this order. */
    void (*begin)(void *context, size_t index);
    void (*set)(void *context, size_t index, double value);
    void (*end)(void *context, size_t index);

    /* As coch_core_watch(); NULL where the processor cannot be seen. */
    int (*watch)(void *context, coch_watch *watch);

    /* Where the processor wants a file: the present one, as coch_core_file(), or NULL where that cannot be
     * known; and another one, "" for none. */
    void (*file)(void *context, char path[COCH_PATH_MAX], char complaint[COCH_COMPLAINT_MAX]);
    void (*choose)(void *context, const char *path);

    /* What the processor says, by its index; NULL where that is not known. */
    double (*output)(void *context, size_t index);
} coch_ui_host;

/* Opens the window inside the one with the XID `parent`. `width` and `height` in pixels, `scale` in pixels a
 * point; 0 for the usual. Errors: STATE (no display, no such parent), MEMORY. */
cochlea_status coch_ui_open(coch_ui **ui, const coch_processor *processor, const coch_ui_host *host,
                            uintptr_t parent, int width, int height, double scale);

/* Accepts NULL, and a window whose parent is gone. */
void coch_ui_close(coch_ui *ui);

/* To be called some 30 to 60 times a second; never waits. */
void coch_ui_idle(coch_ui *ui);

/* The period at which it wants to be called, in ms. */
#define COCH_UI_PERIOD 16

/* Points of the smallest one, and pixels of the largest. */
#define COCH_UI_MIN_WIDE 320
#define COCH_UI_MIN_HIGH 200
#define COCH_UI_MAX 10000

/* Pixels. A window that is not there yet has the usual size. */
void coch_ui_size(const coch_ui *ui, double scale, int *width, int *height);
void coch_ui_resize(coch_ui *ui, int width, int height);

/* Its XID. */
uintptr_t coch_ui_native(const coch_ui *ui);

#endif
