/* The VST3 host from within: an instance, and the faces that the host shows its plugin. */
#ifndef COCH_TESTS_PLUGIN_VST3_LISTS_H
#define COCH_TESTS_PLUGIN_VST3_LISTS_H

#include "take.h"
#include "vst3_host.h"

#define CHANGES_MAX 64

typedef struct change {
    const struct v3_param_value_queue *functions;
    v3_param_id id;
    double normal;
} change;

struct host {
    const struct v3_component_handler *handler; /* the host's own faces */
    const struct v3_event_list *events;
    const struct v3_param_changes *changes;
    const struct v3_param_changes *told;
    const struct v3_param_value_queue *points;
    double outputs[OUTPUT_COUNT];
    uint32_t telling;
    struct v3_component **component;
    struct v3_audio_processor **audio;
    struct v3_edit_controller **controller;
    double rate;
    int64_t frame;
    int latency_changes;
    ui_edits edits;
    change change[CHANGES_MAX]; /* for the next block */
    struct v3_param_value_queue **queue[CHANGES_MAX];
    int32_t change_count;
    const host_block *block; /* that runs */
    size_t taken;
    midi_take *take;
};

/* Of each of host.change[]. */
extern const struct v3_param_value_queue vst3_queue_functions;

/* Gives a new host its faces. */
void vst3_lists_open(host *h);

#endif
