/* The file of a processor that wants one, as LV2 has it: a property that hosts and windows set and ask for by
 * messages (patch), that the host's worker loads, and that is kept in the host's state. */
#ifndef COCH_PLUGIN_LV2_FILE_H
#define COCH_PLUGIN_LV2_FILE_H

#include "core.h"

#include <lv2/atom/forge.h>
#include <lv2/atom/util.h>
#include <lv2/core/lv2.h>
#include <lv2/log/logger.h>
#include <lv2/state/state.h>
#include <lv2/worker/worker.h>

/* In the messages that tell of the file beside its path: what is wrong with it, as a string. */
#define COCH_LV2_COMPLAINT "urn:cochlea:complaint"

typedef struct coch_lv2_file {
    coch_core *core;
    const LV2_Worker_Schedule
        *worker; /* NULL where the host has none: then the file comes with states alone */
    LV2_Log_Logger log;
    LV2_Atom_Forge forge;
    LV2_URID property, path, key, object, get, set, patch_property, patch_value, complains;

    /* The audio thread's own. */
    char present[COCH_PATH_MAX], complaint[COCH_COMPLAINT_MAX];
    int untold; /* the host is to be told of them */
} coch_lv2_file;

/* [main] */
void coch_lv2_file_open(coch_lv2_file *file, coch_core *core, const LV2_Feature *const *features);

/* A message that came in, if it is one of these. [audio] */
void coch_lv2_file_take(coch_lv2_file *file, const LV2_Atom_Object *message) COCH_REALTIME;

/* Says in this sequence of `capacity` bytes what there is to say. [audio] */
void coch_lv2_file_tell(coch_lv2_file *file, LV2_Atom_Sequence *to, uint32_t capacity) COCH_REALTIME;

/* For the interfaces of worker and state. */
LV2_Worker_Status coch_lv2_file_work(coch_lv2_file *file, LV2_Worker_Respond_Function respond,
                                     LV2_Worker_Respond_Handle handle, uint32_t size,
                                     const void *data);                                     /* [worker] */
LV2_Worker_Status coch_lv2_file_done(coch_lv2_file *file, uint32_t size, const void *data); /* [audio] */
LV2_State_Status coch_lv2_file_save(coch_lv2_file *file, LV2_State_Store_Function store,
                                    LV2_State_Handle handle, const LV2_Feature *const *features); /* [main] */
LV2_State_Status coch_lv2_file_restore(coch_lv2_file *file, LV2_State_Retrieve_Function retrieve,
                                       LV2_State_Handle handle,
                                       const LV2_Feature *const *features); /* [main], never during run() */

#endif
