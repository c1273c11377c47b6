/* Life and processing of a CLAP plugin. */
#include "instance.h"

#include "music/midi.h"

#include <stdlib.h>
#include <string.h>

/* ---- Life [main] ---- */

static bool init(const clap_plugin_t *clap)
{
    (void)clap;
    return true;
}

static void destroy(const clap_plugin_t *clap)
{
    coch_clap *p = clap->plugin_data;
    coch_clap_close_ui(p);
    coch_core_free(p->core);
    free(p);
}

static bool activate(const clap_plugin_t *clap, double rate, uint32_t min_frames, uint32_t max_frames)
{
    coch_clap *p = clap->plugin_data;
    (void)min_frames;
    (void)max_frames;
    if (coch_core_activate(p->core, rate) != COCHLEA_OK)
        return false;
    uint32_t before = p->latency;
    p->rate = rate;
    p->latency = coch_core_latency(p->core);
    p->transport = COCH_TRANSPORT_UNKNOWN;
    p->active = 1;
    atomic_store(&p->restarting, 0);
    const clap_host_latency_t *host = p->host->get_extension(p->host, CLAP_EXT_LATENCY);
    if (host && p->latency != before)
        host->changed(p->host);
    return true;
}

static void deactivate(const clap_plugin_t *clap)
{
    coch_clap *p = clap->plugin_data;
    p->active = 0;
}

static void on_main_thread(const clap_plugin_t *clap)
{
    (void)clap;
}

/* ---- Running [audio] ---- */

static bool start_processing(const clap_plugin_t *clap)
{
    (void)clap;
    return true;
}

static void stop_processing(const clap_plugin_t *clap)
{
    coch_clap *p = clap->plugin_data;
    coch_core_reset(p->core); /* what sounds is released with the next block */
}

static void reset(const clap_plugin_t *clap)
{
    coch_clap *p = clap->plugin_data;
    coch_core_reset(p->core);
}

/* Notes in CLAP's own words, the pedal as MIDI. */
static int send(void *sink, uint32_t frame, const uint8_t bytes[3])
{
    coch_clap *p = sink;
    uint8_t kind = bytes[0] & 0xF0;
    clap_event_header_t header = {.time = p->base + frame, .space_id = CLAP_CORE_EVENT_SPACE_ID};
    if (kind == 0x80 || kind == 0x90) {
        clap_event_note_t note = {.header = header,
                                  .note_id = -1,
                                  .channel = bytes[0] & 0x0F,
                                  .key = bytes[1],
                                  .velocity = kind == 0x90 ? bytes[2] / 127.0 : 0.0};
        note.header.size = sizeof note;
        note.header.type = kind == 0x90 ? CLAP_EVENT_NOTE_ON : CLAP_EVENT_NOTE_OFF;
        return p->events->try_push(p->events, &note.header);
    }
    clap_event_midi_t midi = {.header = header, .data = {bytes[0], bytes[1], bytes[2]}};
    midi.header.size = sizeof midi;
    midi.header.type = CLAP_EVENT_MIDI;
    return p->events->try_push(p->events, &midi.header);
}

static void obey_transport(coch_clap *p, const clap_event_transport_t *transport)
{
    p->transport =
        transport->flags & CLAP_TRANSPORT_IS_PLAYING ? COCH_TRANSPORT_ROLLING : COCH_TRANSPORT_STOPPED;
}

void coch_clap_obey(coch_clap *p, const clap_event_header_t *event)
{
    if (event->space_id != CLAP_CORE_EVENT_SPACE_ID)
        return;
    if (event->type == CLAP_EVENT_TRANSPORT)
        obey_transport(p, (const clap_event_transport_t *)event);
    if (event->type != CLAP_EVENT_PARAM_VALUE)
        return;
    const clap_event_param_value_t *change = (const clap_event_param_value_t *)event;
    size_t index = coch_core_find(p->core, change->param_id);
    if (index < p->processor->parameter_count)
        coch_core_set(p->core, index, change->value);
}

void coch_clap_check_latency(coch_clap *p)
{
    if (coch_core_latency(p->core) != p->latency && !atomic_exchange(&p->restarting, 1))
        p->host->request_restart(p->host);
}

/* Frames [from, to) of the block. */
static void run(coch_clap *p, const clap_process_t *process, uint32_t from, uint32_t to)
{
    coch_block block = {.frames = to - from,
                        .offline = atomic_load_explicit(&p->offline, memory_order_relaxed),
                        .transport = p->transport,
                        .send = send,
                        .sink = p};
    const clap_audio_buffer_t *in = process->audio_inputs_count ? &process->audio_inputs[0] : NULL;
    const clap_audio_buffer_t *out = process->audio_outputs_count ? &process->audio_outputs[0] : NULL;
    for (uint32_t c = 0; in && in->data32 && c < in->channel_count && c < p->processor->channels; c++)
        block.in[c] = in->data32[c] + from;
    for (uint32_t c = 0; out && out->data32 && c < out->channel_count && c < p->processor->channels; c++)
        block.out[c] = out->data32[c] + from;
    p->base = from;
    coch_core_process(p->core, &block);
}

/* The outputs that are others than the host knows. */
static void tell_outputs(coch_clap *p, const clap_process_t *process)
{
    for (size_t i = 0; i < p->processor->output_count; i++) {
        float now = coch_core_output(p->core, i);
        clap_event_param_value_t change = {.header = {.size = sizeof change,
                                                      .time = process->frames_count - 1,
                                                      .space_id = CLAP_CORE_EVENT_SPACE_ID,
                                                      .type = CLAP_EVENT_PARAM_VALUE},
                                           .param_id = p->processor->outputs[i].id,
                                           .note_id = -1,
                                           .port_index = -1,
                                           .channel = -1,
                                           .key = -1,
                                           .value = (double)now};
        if (now != p->told[i] && p->events->try_push(p->events, &change.header))
            p->told[i] = now;
    }
}

/* The block is cut where the host's events take effect. */
static clap_process_status process(const clap_plugin_t *clap, const clap_process_t *process)
{
    coch_clap *p = clap->plugin_data;
    uint32_t at = 0, count = process->in_events->size(process->in_events);
    p->events = process->out_events;
    coch_clap_pass_words(p, p->events);
    if (process->transport)
        obey_transport(p, process->transport);
    for (uint32_t i = 0; i < count; i++) {
        const clap_event_header_t *event = process->in_events->get(process->in_events, i);
        if (event->time > at && event->time < process->frames_count) {
            run(p, process, at, event->time);
            at = event->time;
        }
        coch_clap_obey(p, event);
    }
    run(p, process, at, process->frames_count);
    if (process->frames_count > 0)
        tell_outputs(p, process);
    for (uint32_t i = 0; i < process->audio_outputs_count; i++)
        process->audio_outputs[i].constant_mask = 0;
    coch_clap_check_latency(p);
    return CLAP_PROCESS_CONTINUE;
}

const clap_plugin_t *coch_clap_create(const clap_host_t *host, const clap_plugin_descriptor_t *descriptor,
                                      const coch_processor *processor)
{
    coch_clap *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    if (coch_core_new(&p->core, processor) != COCHLEA_OK) {
        free(p);
        return NULL;
    }
    p->host = host;
    p->processor = processor;
    atomic_init(&p->offline, 0);
    atomic_init(&p->restarting, 0);
    p->clap = (clap_plugin_t){.desc = descriptor,
                              .plugin_data = p,
                              .init = init,
                              .destroy = destroy,
                              .activate = activate,
                              .deactivate = deactivate,
                              .start_processing = start_processing,
                              .stop_processing = stop_processing,
                              .reset = reset,
                              .process = process,
                              .get_extension = coch_clap_extension,
                              .on_main_thread = on_main_thread};
    return &p->clap;
}
