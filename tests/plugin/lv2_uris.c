#include "lv2_uris.h"

#include "lv2_host.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define URIS_MAX 64

static char *uris[URIS_MAX];
static uint32_t uri_count;
static pthread_mutex_t uris_lock = PTHREAD_MUTEX_INITIALIZER;

static LV2_URID map(LV2_URID_Map_Handle handle, const char *uri)
{
    uint32_t i = 0;
    (void)handle;
    pthread_mutex_lock(&uris_lock);
    while (i < uri_count && strcmp(uris[i], uri) != 0)
        i++;
    assert_true(i < URIS_MAX);
    if (i == uri_count)
        uris[uri_count++] = strdup(uri);
    pthread_mutex_unlock(&uris_lock);
    return i + 1;
}

static const char *unmap(LV2_URID_Unmap_Handle handle, LV2_URID urid)
{
    (void)handle;
    return urid > 0 && urid <= uri_count ? uris[urid - 1] : NULL;
}

LV2_URID_Map lv2_uri_map = {NULL, map};
LV2_URID_Unmap lv2_uri_unmap = {NULL, unmap};

uint32_t lv2_host_map(const char *uri)
{
    return map(NULL, uri);
}

void lv2_uris_free(void)
{
    for (uint32_t i = 0; i < uri_count; i++)
        free(uris[i]);
    uri_count = 0;
}
