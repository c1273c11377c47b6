/* What only tests of VST3 itself look at. */
#ifndef COCH_TESTS_PLUGIN_VST3_HOST_H
#define COCH_TESTS_PLUGIN_VST3_HOST_H

#include "host.h"
#include "ui_host.h"

#include "vst3/travesty.h"

struct v3_component **vst3_host_component(host *h);
struct v3_audio_processor **vst3_host_audio(host *h);
struct v3_edit_controller **vst3_host_controller(host *h);

/* How often it was told that the latency changed. */
int vst3_host_latency_changes(host *h);

/* What its window told. */
ui_edits *vst3_host_edits(host *h);

/* A stream over memory; gives and takes at most `most` bytes at a time. */
typedef struct vst3_memory {
    const struct v3_bstream *functions; /* set by vst3_memory_open() */
    uint8_t bytes[8192];
    int32_t size, at, most;
} vst3_memory;

struct v3_bstream **vst3_memory_open(vst3_memory *memory);

#endif
