/* The entry of the VST3 library: the list of its classes. */
#include "instance.h"

#include <stdio.h>
#include <string.h>

#if defined(__GNUC__)
#define EXPORT __attribute__((visibility("default")))
#else
#define EXPORT
#endif

EXPORT const void *GetPluginFactory(void);
EXPORT bool ModuleEntry(void *library);
EXPORT bool ModuleExit(void);

static v3_result V3_API query(void *self, const v3_tuid iid, void **object)
{
    int known = v3_tuid_match(iid, v3_funknown_iid) || v3_tuid_match(iid, v3_plugin_factory_iid) ||
                v3_tuid_match(iid, v3_plugin_factory_2_iid);
    *object = known ? self : NULL;
    return known ? V3_OK : V3_NO_INTERFACE;
}

/* The factory is constant: it is never made nor freed. */
static uint32_t V3_API count_reference(void *self)
{
    (void)self;
    return 1;
}

static v3_result V3_API get_factory_info(void *self, struct v3_factory_info *info)
{
    (void)self;
    memset(info, 0, sizeof *info);
    snprintf(info->vendor, sizeof info->vendor, "Cochlea");
    info->flags = 0x10; /* texts are Unicode */
    return V3_OK;
}

static int32_t V3_API num_classes(void *self)
{
    int32_t count = 0;
    (void)self;
    while (coch_processor_at((size_t)count))
        count++;
    return count;
}

static v3_result V3_API get_class_info_2(void *self, int32_t index, struct v3_class_info_2 *info)
{
    if (index < 0 || index >= num_classes(self))
        return V3_INVALID_ARG;
    const coch_processor *processor = coch_processor_at((size_t)index);
    memset(info, 0, sizeof *info);
    memcpy(info->class_id, processor->vst3_class, sizeof info->class_id);
    info->cardinality = 0x7FFFFFFF;
    snprintf(info->category, sizeof info->category, "Audio Module Class");
    snprintf(info->name, sizeof info->name, "%s", coch_processor_name(processor));
    snprintf(info->sub_categories, sizeof info->sub_categories, "%s", processor->vst3_categories);
    snprintf(info->vendor, sizeof info->vendor, "Cochlea");
    snprintf(info->version, sizeof info->version, "%s", COCHLEA_VERSION);
    snprintf(info->sdk_version, sizeof info->sdk_version, "VST 3.7.4");
    return V3_OK;
}

static v3_result V3_API get_class_info(void *self, int32_t index, struct v3_class_info *info)
{
    struct v3_class_info_2 more;
    v3_result result = get_class_info_2(self, index, &more);
    if (result != V3_OK)
        return result;
    memcpy(info->class_id, more.class_id, sizeof info->class_id);
    info->cardinality = more.cardinality;
    memcpy(info->category, more.category, sizeof info->category);
    memcpy(info->name, more.name, sizeof info->name);
    return V3_OK;
}

static v3_result V3_API create_instance(void *self, const v3_tuid class_id, const v3_tuid iid,
                                        void **instance)
{
    *instance = NULL;
    for (int32_t i = 0; i < num_classes(self); i++) {
        const coch_processor *processor = coch_processor_at((size_t)i);
        if (v3_tuid_match(class_id, processor->vst3_class))
            return coch_vst3_create(processor, iid, instance);
    }
    return V3_NO_INTERFACE;
}

static const struct v3_plugin_factory_2 functions = {
    .query_interface = query,
    .ref = count_reference,
    .unref = count_reference,
    .get_factory_info = get_factory_info,
    .num_classes = num_classes,
    .get_class_info = get_class_info,
    .create_instance = create_instance,
    .get_class_info_2 = get_class_info_2,
};

static const struct v3_plugin_factory_2 *const factory = &functions;

const void *GetPluginFactory(void)
{
    return &factory;
}

bool ModuleEntry(void *library)
{
    (void)library;
    return true;
}

bool ModuleExit(void)
{
    return true;
}
