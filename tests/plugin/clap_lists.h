/* The CLAP host from within: an instance, and the lists and streams that the host hands its plugin. */
#ifndef COCH_TESTS_PLUGIN_CLAP_LISTS_H
#define COCH_TESTS_PLUGIN_CLAP_LISTS_H

#include "clap_host.h"
#include "take.h"

#include <clap/ext/params.h>
#include <clap/stream.h>
#include <stdbool.h>

#define CHANGES_MAX 64

struct host {
    clap_host_t self;
    const clap_plugin_t *plugin;
    const clap_plugin_params_t *params;
    double rate;
    int64_t frame;
    int offline;
    int restart_asked, latency_changes, rescans, timers;
    ui_edits edits;
    double outputs[OUTPUT_COUNT];
    clap_event_param_value_t changes[CHANGES_MAX]; /* for the next block */
    uint32_t change_count;
    const host_block *block; /* that runs */
    size_t taken;
    midi_take *take;
};

/* The changes of a host, which is the context of the list, and where its plugin's events go. */
uint32_t clap_change_count(const clap_input_events_t *list);
const clap_event_header_t *clap_change_at(const clap_input_events_t *list, uint32_t index);
bool clap_try_push(const clap_output_events_t *list, const clap_event_header_t *event);

/* Streams over memory of HOST_STATE_MAX bytes. */
typedef struct clap_memory {
    uint8_t *bytes;
    size_t size, at;
} clap_memory;

int64_t clap_write_memory(const clap_ostream_t *stream, const void *bytes, uint64_t size);
int64_t clap_read_memory(const clap_istream_t *stream, void *bytes, uint64_t size);

#endif
