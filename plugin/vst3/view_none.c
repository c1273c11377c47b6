/* In place of view.c where there is nothing to draw with. */
#include "instance.h"

struct v3_plugin_view **coch_vst3_view(coch_vst3 *plugin)
{
    (void)plugin;
    return NULL;
}
