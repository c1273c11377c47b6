/* The VST3 plugin's face as an audio processor. */
#include "instance.h"

#include <string.h>

/* ---- Setting up [main] ---- */

static v3_speaker_arrangement arrangement_of(unsigned channels)
{
    return channels == 1 ? V3_SPEAKER_M : V3_SPEAKER_L | V3_SPEAKER_R;
}

/* As many channels out as in: all that the processor has, or one. */
static v3_result V3_API set_bus_arrangements(void *self, v3_speaker_arrangement *inputs, int32_t input_count,
                                             v3_speaker_arrangement *outputs, int32_t output_count)
{
    coch_vst3 *p = coch_vst3_of(self);
    if (input_count != 1 || output_count != 1 || inputs[0] != outputs[0])
        return V3_FALSE;
    for (unsigned channels = 1; channels <= p->processor->channels; channels++) {
        if (inputs[0] != arrangement_of(channels))
            continue;
        p->channels = channels;
        return V3_TRUE;
    }
    return V3_FALSE;
}

static v3_result V3_API get_bus_arrangement(void *self, int32_t direction, int32_t index,
                                            v3_speaker_arrangement *arrangement)
{
    (void)direction;
    if (index != 0)
        return V3_INVALID_ARG;
    *arrangement = arrangement_of(coch_vst3_of(self)->channels);
    return V3_OK;
}

static v3_result V3_API can_process_sample_size(void *self, int32_t size)
{
    (void)self;
    return size == V3_SAMPLE_32 ? V3_TRUE : V3_FALSE;
}

static uint32_t V3_API get_latency_samples(void *self)
{
    return coch_core_latency(coch_vst3_of(self)->core);
}

static v3_result V3_API setup_processing(void *self, struct v3_process_setup *setup)
{
    coch_vst3 *p = coch_vst3_of(self);
    if (setup->symbolic_sample_size != V3_SAMPLE_32)
        return V3_FALSE;
    p->rate = setup->sample_rate;
    return V3_OK;
}

static uint32_t V3_API get_tail_samples(void *self)
{
    coch_vst3 *p = coch_vst3_of(self);
    return coch_core_latency(p->core) + (uint32_t)(0.5 * p->rate); /* until the end of a sound is sure */
}

/* ---- Running [audio] ---- */

/* Never called during process(), whichever thread it is on. */
static v3_result V3_API set_processing(void *self, v3_bool state)
{
    coch_vst3 *p = coch_vst3_of(self);
    if (!state && p->active)
        coch_core_reset(p->core);
    return V3_OK;
}

static int send(void *sink, uint32_t frame, const uint8_t bytes[3])
{
    coch_vst3 *p = sink;
    struct v3_event event = {.sample_offset = (int32_t)frame};
    int16_t channel = bytes[0] & 0x0F;
    switch (bytes[0] & 0xF0) {
    case 0x90:
        event.type = V3_EVENT_NOTE_ON;
        event.note_on = (struct v3_event_note_on){
            .channel = channel, .pitch = bytes[1], .velocity = bytes[2] / 127.0f, .note_id = -1};
        break;
    case 0x80:
        event.type = V3_EVENT_NOTE_OFF;
        event.note_off = (struct v3_event_note_off){.channel = channel, .pitch = bytes[1], .note_id = -1};
        break;
    default:
        event.type = V3_EVENT_LEGACY_MIDI_CC_OUT;
        event.midi_cc_out = (struct v3_event_legacy_midi_cc_out){
            .cc_number = bytes[1], .channel = (int8_t)channel, .value = (int8_t)bytes[2]};
        break;
    }
    v3_result result = p->events ? (*p->events)->add_event(p->events, &event) : V3_FALSE;
    return result == V3_OK || result == V3_NOT_IMPLEMENTED; /* what a host can never take must not wait */
}

/* The last value of each parameter in this block. */
static void read_parameters(coch_vst3 *p, struct v3_param_changes **changes)
{
    int32_t count = changes ? (*changes)->get_param_count(changes) : 0;
    for (int32_t i = 0; i < count; i++) {
        struct v3_param_value_queue **queue = (*changes)->get_param_data(changes, i);
        int32_t points = queue ? (*queue)->get_point_count(queue) : 0, offset;
        double normal;
        if (points < 1 || (*queue)->get_point(queue, points - 1, &offset, &normal) != V3_OK)
            continue;
        size_t index = coch_core_find(p->core, (*queue)->get_param_id(queue));
        if (index < p->processor->parameter_count)
            coch_core_set(p->core, index,
                          (double)coch_parameter_from_normal(&p->processor->parameters[index], normal));
    }
}

/* The outputs that are others than the host knows. */
static void tell_outputs(coch_vst3 *p, struct v3_process_data *data)
{
    struct v3_param_changes **changes = data->output_params;
    int32_t index;
    for (size_t i = 0; i < p->processor->output_count && changes; i++) {
        const coch_parameter *output = &p->processor->outputs[i];
        float now = coch_core_output(p->core, i);
        v3_param_id id = output->id;
        struct v3_param_value_queue **queue =
            now == p->told[i] ? NULL : (*changes)->add_param_data(changes, &id, &index);
        if (queue && (*queue)->add_point(queue, data->nframes - 1, coch_parameter_normal(output, (double)now),
                                         &index) == V3_OK)
            p->told[i] = now;
    }
}

static coch_transport transport_of(const struct v3_process_context *context)
{
    if (!context)
        return COCH_TRANSPORT_UNKNOWN;
    return context->state & V3_PROCESS_CTX_PLAYING ? COCH_TRANSPORT_ROLLING : COCH_TRANSPORT_STOPPED;
}

static v3_result V3_API process(void *self, struct v3_process_data *data)
{
    coch_vst3 *p = coch_vst3_of(self);
    read_parameters(p, data->input_params);
    if (!p->active || data->nframes < 1)
        return V3_OK; /* hosts bring parameters this way while nothing plays */
    coch_block block = {.frames = (uint32_t)data->nframes,
                        .offline = data->process_mode == V3_OFFLINE,
                        .transport = transport_of(data->ctx),
                        .send = send,
                        .sink = p};
    if (data->num_input_buses > 0 && data->inputs && data->inputs[0].channel_buffers_32)
        for (int32_t c = 0; c < data->inputs[0].num_channels && c < (int32_t)p->channels; c++)
            block.in[c] = data->inputs[0].channel_buffers_32[c];
    if (data->num_output_buses > 0 && data->outputs && data->outputs[0].channel_buffers_32) {
        for (int32_t c = 0; c < data->outputs[0].num_channels && c < (int32_t)p->channels; c++)
            block.out[c] = data->outputs[0].channel_buffers_32[c];
        data->outputs[0].channel_silence_bitset = 0;
    }
    p->events = data->output_events;
    coch_core_process(p->core, &block);
    tell_outputs(p, data);
    return V3_OK;
}

const struct v3_audio_processor coch_vst3_audio = {
    .query_interface = coch_vst3_query,
    .ref = coch_vst3_ref,
    .unref = coch_vst3_unref,
    .set_bus_arrangements = set_bus_arrangements,
    .get_bus_arrangement = get_bus_arrangement,
    .can_process_sample_size = can_process_sample_size,
    .get_latency_samples = get_latency_samples,
    .setup_processing = setup_processing,
    .set_processing = set_processing,
    .process = process,
    .get_tail_samples = get_tail_samples,
};

static uint32_t V3_API get_requirements(void *self)
{
    (void)self;
    return V3_PROCESS_CTX_NEED_TRANSPORT_STATE;
}

const struct v3_process_context_requirements coch_vst3_requirements = {
    .query_interface = coch_vst3_query,
    .ref = coch_vst3_ref,
    .unref = coch_vst3_unref,
    .get_process_context_requirements = get_requirements,
};
