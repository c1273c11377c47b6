/* The CLAP plugin: one instance, and what its files share. The thread tags of CLAP's headers are those of
 * base/attributes.h: [main-thread] is [main], [audio-thread] is [audio]. */
#ifndef COCH_PLUGIN_CLAP_INSTANCE_H
#define COCH_PLUGIN_CLAP_INSTANCE_H

#include "core.h"
#include "missing.h"
#include "processors.h"

#include <clap/ext/audio-ports.h>
#include <clap/ext/latency.h>
#include <clap/ext/note-ports.h>
#include <clap/ext/params.h>
#include <clap/ext/state.h>
#include <clap/plugin.h>

#include <stdatomic.h>

/* What the window has to tell the host of a parameter. */
enum { COCH_CLAP_BEGIN = 1, COCH_CLAP_VALUE = 2, COCH_CLAP_END = 4 };

typedef struct coch_clap {
    clap_plugin_t clap;
    const clap_host_t *host;
    coch_core *core;
    const coch_processor *processor;
    double rate;
    uint32_t latency;      /* as activated: CLAP wants it constant until the next activation */
    int active;            /* [main] */
    atomic_int offline;    /* set by the host's main thread */
    atomic_int restarting; /* the host was asked to activate anew, for another latency */
    coch_transport transport;
    const clap_output_events_t *events;     /* of the present block */
    uint32_t base;                          /* frame at which the present segment of the block begins */
    atomic_uint words[COCH_PARAMETERS_MAX]; /* the above, of each */
    float told[COCH_OUTPUTS_MAX];           /* outputs, as the host knows them */

    /* The window [main]. */
    struct coch_ui *ui; /* NULL while it is closed */
    double ui_scale;    /* pixels a point; 0 until the host says it */
    int ui_width, ui_height;
    clap_id ui_timer;
} coch_clap;

/* A new instance of the processor of this descriptor; NULL when there is no memory. [any] */
const clap_plugin_t *coch_clap_create(const clap_host_t *host, const clap_plugin_descriptor_t *descriptor,
                                      const coch_processor *processor);

/* Takes over one event of the host, if it is of a kind that matters. [audio], or [main] while not active */
void coch_clap_obey(coch_clap *plugin, const clap_event_header_t *event);

/* Asks the host to activate anew when the latency is no longer what it was told. [any] */
void coch_clap_check_latency(coch_clap *plugin);

/* Tells the host what the user did in the window. [audio], or [main] while not active */
void coch_clap_pass_words(coch_clap *plugin, const clap_output_events_t *out) COCH_REALTIME;

/* [main] */
void coch_clap_close_ui(coch_clap *plugin);

/* The extensions that a window needs; NULL for others, and where there is none. [any] */
const void *coch_clap_gui_extension(const char *id);

/* What clap_plugin.get_extension returns. [any] */
const void *coch_clap_extension(const clap_plugin_t *clap, const char *id);

#endif
