/* Two extensions of CLAP 1.1 whose headers dpf-source leaves out (see free-audio/clap, ext/render.h and
 * ext/tail.h). */
#ifndef COCH_PLUGIN_CLAP_MISSING_H
#define COCH_PLUGIN_CLAP_MISSING_H

#include <clap/plugin.h>
#include <stdbool.h>

#define COCH_CLAP_EXT_RENDER "clap.render"
#define COCH_CLAP_EXT_TAIL "clap.tail"

enum { COCH_CLAP_RENDER_REALTIME = 0, COCH_CLAP_RENDER_OFFLINE = 1 };

typedef struct coch_clap_plugin_render {
    bool(CLAP_ABI *has_hard_realtime_requirement)(const clap_plugin_t *plugin); /* [main] */
    bool(CLAP_ABI *set)(const clap_plugin_t *plugin, int32_t mode);             /* [main] */
} coch_clap_plugin_render;

typedef struct coch_clap_plugin_tail {
    uint32_t(CLAP_ABI *get)(const clap_plugin_t *plugin); /* samples [any] */
} coch_clap_plugin_tail;

#endif
