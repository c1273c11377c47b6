/* The entry of the CLAP library: the list of its plugins. */
#include "instance.h"

#include <clap/entry.h>
#include <clap/plugin-factory.h>

#include <string.h>

#define ID_PREFIX "cochlea."

/* CLAP's type has pointers to plain pointers, which nobody writes through. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
#define DESCRIPTOR(processor, title, summary)                                                                \
    {.clap_version = CLAP_VERSION_INIT,                                                                      \
     .id = ID_PREFIX #processor,                                                                             \
     .name = (title),                                                                                        \
     .vendor = "Cochlea",                                                                                    \
     .url = "",                                                                                              \
     .manual_url = "",                                                                                       \
     .support_url = "",                                                                                      \
     .version = COCHLEA_VERSION,                                                                             \
     .description = (summary),                                                                               \
     .features = (const char **)coch_##processor##_features},
static const clap_plugin_descriptor_t descriptors[] = {COCH_PROCESSORS(DESCRIPTOR)};
#pragma GCC diagnostic pop

static uint32_t plugin_count(const clap_plugin_factory_t *factory)
{
    (void)factory;
    return sizeof descriptors / sizeof *descriptors;
}

static const clap_plugin_descriptor_t *plugin_descriptor(const clap_plugin_factory_t *factory, uint32_t index)
{
    return index < plugin_count(factory) ? &descriptors[index] : NULL;
}

static const clap_plugin_t *create_plugin(const clap_plugin_factory_t *factory, const clap_host_t *host,
                                          const char *id)
{
    if (!clap_version_is_compatible(host->clap_version))
        return NULL;
    for (uint32_t i = 0; i < plugin_count(factory); i++)
        if (strcmp(descriptors[i].id, id) == 0)
            return coch_clap_create(host, &descriptors[i], coch_processor_find(id + strlen(ID_PREFIX)));
    return NULL;
}

static const clap_plugin_factory_t factory = {plugin_count, plugin_descriptor, create_plugin};

static bool init(const char *path)
{
    (void)path;
    return true;
}

static void deinit(void)
{
}

static const void *get_factory(const char *id)
{
    return strcmp(id, CLAP_PLUGIN_FACTORY_ID) == 0 ? &factory : NULL;
}

CLAP_EXPORT const clap_plugin_entry_t clap_entry = {CLAP_VERSION_INIT, init, deinit, get_factory};
