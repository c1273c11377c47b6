#include "lv2_file.h"

#include "ports.h"

#include <lv2/core/lv2_util.h>
#include <lv2/patch/patch.h>
#include <lv2/urid/urid.h>

#include <stdlib.h>
#include <string.h>

void coch_lv2_file_open(coch_lv2_file *f, coch_core *core, const LV2_Feature *const *features)
{
    char uri[128];
    LV2_URID_Map *map = lv2_features_data(features, LV2_URID__map);
    const coch_processor *p = coch_core_processor(core);
    snprintf(uri, sizeof uri, COCH_LV2_URI "%s#%s", p->id, p->file->symbol);
    f->core = core;
    f->worker = lv2_features_data(features, LV2_WORKER__schedule);
    lv2_log_logger_init(&f->log, map, lv2_features_data(features, LV2_LOG__log));
    lv2_atom_forge_init(&f->forge, map);
    f->property = map->map(map->handle, uri);
    f->path = map->map(map->handle, LV2_ATOM__Path);
    f->key = map->map(map->handle, LV2_ATOM__URID);
    f->object = map->map(map->handle, LV2_ATOM__Object);
    f->get = map->map(map->handle, LV2_PATCH__Get);
    f->set = map->map(map->handle, LV2_PATCH__Set);
    f->patch_property = map->map(map->handle, LV2_PATCH__property);
    f->patch_value = map->map(map->handle, LV2_PATCH__value);
    f->complains = map->map(map->handle, COCH_LV2_COMPLAINT);
}

/* ---- Messages [audio] ---- */

static int is_ours(const coch_lv2_file *f, const LV2_Atom *property) COCH_REALTIME
{
    return property && property->type == f->key && ((const LV2_Atom_URID *)property)->body == f->property;
}

void coch_lv2_file_take(coch_lv2_file *f, const LV2_Atom_Object *message) COCH_REALTIME
{
    const LV2_Atom *property = NULL, *value = NULL;
    lv2_atom_object_get(message, f->patch_property, &property, f->patch_value, &value, 0);
    if (message->body.otype == f->get && (!property || is_ours(f, property)))
        f->untold = 1;
    if (message->body.otype != f->set || !is_ours(f, property) || !value || value->type != f->path ||
        value->size == 0 || value->size > COCH_PATH_MAX || !f->worker)
        return;
    f->worker->schedule_work(f->worker->handle, value->size, value + 1);
}

void coch_lv2_file_tell(coch_lv2_file *f, LV2_Atom_Sequence *to, uint32_t capacity) COCH_REALTIME
{
    _Alignas(8) uint8_t bytes[sizeof(LV2_Atom_Event) + COCH_PATH_MAX + COCH_COMPLAINT_MAX + 256] = {0};
    const size_t body = offsetof(LV2_Atom_Event, body);
    LV2_Atom_Forge_Frame frame;
    if (!f->untold)
        return;
    lv2_atom_forge_set_buffer(&f->forge, bytes + body, sizeof bytes - body);
    lv2_atom_forge_object(&f->forge, &frame, 0, f->set);
    lv2_atom_forge_key(&f->forge, f->patch_property);
    lv2_atom_forge_urid(&f->forge, f->property);
    lv2_atom_forge_key(&f->forge, f->patch_value);
    lv2_atom_forge_path(&f->forge, f->present, (uint32_t)strlen(f->present));
    if (f->complaint[0]) {
        lv2_atom_forge_key(&f->forge, f->complains);
        lv2_atom_forge_string(&f->forge, f->complaint, (uint32_t)strlen(f->complaint));
    }
    lv2_atom_forge_pop(&f->forge, &frame);
    f->untold = !lv2_atom_sequence_append_event(to, capacity, (const LV2_Atom_Event *)bytes);
}

/* ---- Worker ---- */

static void choose(coch_lv2_file *f, const char *path, char complaint[COCH_COMPLAINT_MAX])
{
    char now[COCH_PATH_MAX];
    coch_core_choose(f->core, path); /* of what fails, its log and its window tell */
    coch_core_file(f->core, now, complaint);
    if (complaint[0])
        lv2_log_error(&f->log, "Cochlea: %s\n", complaint);
}

/* The answer is the path and the complaint, each with its end. */
LV2_Worker_Status coch_lv2_file_work(coch_lv2_file *f, LV2_Worker_Respond_Function respond,
                                     LV2_Worker_Respond_Handle handle, uint32_t size, const void *data)
{
    char answer[COCH_PATH_MAX + COCH_COMPLAINT_MAX];
    if (size == 0 || size > COCH_PATH_MAX || memchr(data, 0, size) != (const char *)data + size - 1)
        return LV2_WORKER_ERR_UNKNOWN;
    memcpy(answer, data, size);
    choose(f, answer, answer + size);
    return respond(handle, size + (uint32_t)strlen(answer + size) + 1, answer);
}

LV2_Worker_Status coch_lv2_file_done(coch_lv2_file *f, uint32_t size, const void *data)
{
    size_t path = strlen(data) + 1;
    memcpy(f->present, data, path);
    memcpy(f->complaint, (const char *)data + path, size - path);
    f->untold = 1;
    return LV2_WORKER_SUCCESS;
}

/* ---- State [main] ---- */

static void free_path(const LV2_Feature *const *features, char *path)
{
    const LV2_State_Free_Path *how = lv2_features_data(features, LV2_STATE__freePath);
    if (how)
        how->free_path(how->handle, path);
    else
        free(path);
}

LV2_State_Status coch_lv2_file_save(coch_lv2_file *f, LV2_State_Store_Function store, LV2_State_Handle handle,
                                    const LV2_Feature *const *features)
{
    char path[COCH_PATH_MAX], complaint[COCH_COMPLAINT_MAX];
    const LV2_State_Map_Path *map = lv2_features_data(features, LV2_STATE__mapPath);
    coch_core_file(f->core, path, complaint);
    if (path[0] == '\0')
        return LV2_STATE_SUCCESS;
    char *abstract = map ? map->abstract_path(map->handle, path) : NULL;
    const char *kept = abstract ? abstract : path;
    LV2_State_Status status = store(handle, f->property, kept, strlen(kept) + 1, f->path,
                                    LV2_STATE_IS_POD | (map ? LV2_STATE_IS_PORTABLE : 0));
    if (abstract)
        free_path(features, abstract);
    return status;
}

LV2_State_Status coch_lv2_file_restore(coch_lv2_file *f, LV2_State_Retrieve_Function retrieve,
                                       LV2_State_Handle handle, const LV2_Feature *const *features)
{
    size_t size = 0;
    uint32_t type = 0, flags = 0;
    char path[COCH_PATH_MAX] = "";
    const LV2_State_Map_Path *map = lv2_features_data(features, LV2_STATE__mapPath);
    const char *kept = retrieve(handle, f->property, &size, &type, &flags);
    if (kept &&
        (type != f->path || size == 0 || size > sizeof path || memchr(kept, 0, size) != kept + size - 1))
        return LV2_STATE_ERR_BAD_TYPE;
    char *absolute = kept && map ? map->absolute_path(map->handle, kept) : NULL;
    const char *found = absolute ? absolute : kept;
    if (found && strlen(found) < sizeof path)
        memcpy(path, found, strlen(found) + 1);
    if (absolute)
        free_path(features, absolute);
    choose(f, path, f->complaint);
    memcpy(f->present, path, sizeof path);
    f->untold = 1;
    return LV2_STATE_SUCCESS;
}
