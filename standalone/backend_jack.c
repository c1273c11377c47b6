#include "backend_jack.h"

#include "backend_jack_server.h"
#include "backend_quiet.h"

#include <jack/jack.h>
#include <jack/metadata.h>
#include <jack/midiport.h>
#include <stdlib.h>
#include <string.h>

#define CLIENT "Cochlea"

typedef struct jack {
    backend head;
    backend_process *process;
    void *context;
    jack_client_t *client;
    jack_port_t *in, *out;
    jack_port_t *sound;                  /* NULL: nothing is played */
    char source[BACKEND_NAME_SIZE];      /* port to be connected to `in`; "" for none */
    char destination[BACKEND_NAME_SIZE]; /* port that `out` is to be connected to; "" for none */
    char speaker[2][BACKEND_NAME_SIZE];  /* ports that `sound` is to be connected to; "" for none */
    unsigned sound_delay;                /* frames between sound and what of it goes out, where told */
    int passes;                          /* what goes out is what came in */
    atomic_uint delay;                   /* frames between sound and its MIDI, as reported */
    int active;
    atomic_int offline; /* the server freewheels */

    /* The audio thread's own. */
    int64_t position;
    void *midi; /* this block's MIDI buffer */
    uint32_t last_frame;
} jack;

/* ---- Called by JACK ---- */

static void send_midi(void *port, uint32_t frame, const uint8_t *bytes, size_t count) COCH_REALTIME
{
    jack *j = port;
    j->last_frame = frame > j->last_frame ? frame : j->last_frame;
    if (j->midi)
        jack_midi_event_write(j->midi, j->last_frame, bytes, count);
}

static int process(jack_nframes_t frames, void *context)
{
    jack *j = context;
    j->midi = j->out ? jack_port_get_buffer(j->out, frames) : NULL;
    if (j->midi)
        jack_midi_clear_buffer(j->midi);
    j->last_frame = 0;
    float *output = j->sound ? jack_port_get_buffer(j->sound, frames) : NULL;
    if (output)
        memset(output, 0, frames * sizeof *output);
    backend_block block = {
        .input = jack_port_get_buffer(j->in, frames),
        .output = output,
        .frames = frames,
        .position = j->position,
        .offline = atomic_load_explicit(&j->offline, memory_order_relaxed),
        .send = send_midi,
        .port = j,
    };
    if (frames > 0)
        j->process(j->context, &block);
    j->position += frames;
    return 0;
}

static void on_freewheel(int starting, void *context)
{
    jack *j = context;
    atomic_store_explicit(&j->offline, starting, memory_order_relaxed);
}

static void on_shutdown(jack_status_t code, const char *reason, void *context)
{
    jack *j = context;
    (void)code;
    (void)reason;
    atomic_store(&j->head.lost, 1);
}

static int on_xrun(void *context)
{
    jack *j = context;
    atomic_fetch_add(&j->head.overruns, 1);
    return 0;
}

/* The ways through us: ports where what went in comes out, and how much later; returns how many. */
static int ways_out(jack *j, jack_port_t *ports[2], jack_nframes_t delays[2])
{
    int count = 0;
    if (j->out) {
        delays[count] = atomic_load(&j->delay);
        ports[count++] = j->out;
    }
    if (j->sound && j->passes) {
        delays[count] = j->sound_delay;
        ports[count++] = j->sound;
    }
    return count;
}

/* What goes in comes out some time later: the graph's latencies pass through us. */
static void on_latency(jack_latency_callback_mode_t mode, void *context)
{
    jack *j = context;
    jack_latency_range_t in, all = {UINT32_MAX, 0}, range;
    jack_port_t *ports[2];
    jack_nframes_t delays[2];
    int count = ways_out(j, ports, delays);
    jack_port_get_latency_range(j->in, JackCaptureLatency, &in);
    for (int i = 0; i < count; i++) {
        jack_port_get_latency_range(ports[i], JackPlaybackLatency, &range);
        all.min = range.min + delays[i] < all.min ? range.min + delays[i] : all.min;
        all.max = range.max + delays[i] > all.max ? range.max + delays[i] : all.max;
        range = (jack_latency_range_t){in.min + delays[i], in.max + delays[i]};
        if (mode == JackCaptureLatency)
            jack_port_set_latency_range(ports[i], mode, &range);
    }
    if (mode == JackPlaybackLatency && count > 0)
        jack_port_set_latency_range(j->in, mode, &all);
}

/* ---- Finding ports ---- */

/* The first two physical ports, or the wanted one. */
static int find_speakers(jack *j, const backend_request *request, char *why, size_t why_size)
{
    const char *wanted = request->output;
    if (!j->sound || (wanted && strcmp(wanted, "none") == 0))
        return 0;
    const char **names = jack_get_ports(j->client, NULL, JACK_DEFAULT_AUDIO_TYPE,
                                        JackPortIsInput | (wanted ? 0 : JackPortIsPhysical));
    size_t count = jack_server_count(names);
    int first = wanted ? backend_choose(wanted, names, count) : 0;
    for (int c = 0; c < (wanted ? 1 : 2) && first >= 0 && (size_t)first + (size_t)c < count; c++)
        snprintf(j->speaker[c], BACKEND_NAME_SIZE, "%s", names[first + c]);
    jack_free(names);
    if (first >= 0)
        return 0;
    snprintf(why, why_size, "JACK has no audio input port named '%s'; 'cochlea devices' lists them", wanted);
    return -1;
}

static int find_ports(jack *j, const backend_request *request, char *why, size_t why_size)
{
    if (jack_server_find(j->client, JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, request->input, j->source) <
        0) {
        snprintf(why, why_size, "JACK has no audio output port named '%s'; 'cochlea devices' lists them",
                 request->input);
        return -1;
    }
    if (request->midi_out && j->out &&
        jack_server_find(j->client, JACK_DEFAULT_MIDI_TYPE, JackPortIsInput, request->midi_out,
                         j->destination) < 0) {
        snprintf(why, why_size, "JACK has no MIDI input port named '%s'; 'cochlea devices' lists them",
                 request->midi_out);
        return -1;
    }
    return 0;
}

/* ---- Opening and closing ---- */

static void name_port(jack *j, jack_port_t *port, const char *name)
{
    jack_set_property(j->client, jack_port_uuid(port), JACK_METADATA_PRETTY_NAME, name, "text/plain");
}

static int make_ports(jack *j, int midi, int sound, char *why, size_t why_size)
{
    j->in = jack_port_register(j->client, "input", JACK_DEFAULT_AUDIO_TYPE,
                               JackPortIsInput | JackPortIsTerminal, 0);
    if (midi)
        j->out = jack_port_register(j->client, "midi_out", JACK_DEFAULT_MIDI_TYPE,
                                    JackPortIsOutput | JackPortIsTerminal, 0);
    if (sound)
        j->sound = jack_port_register(j->client, "output", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
    j->head.info.has_output = j->sound != NULL;
    if (j->in && (j->out || !midi))
        return 0;
    snprintf(why, why_size, "the JACK server has no room for another port");
    return -1;
}

static void set_callbacks(jack *j)
{
    jack_set_process_callback(j->client, process, j);
    jack_set_freewheel_callback(j->client, on_freewheel, j);
    jack_set_xrun_callback(j->client, on_xrun, j);
    jack_set_latency_callback(j->client, on_latency, j);
    jack_on_info_shutdown(j->client, on_shutdown, j);
}

static void describe(jack *j)
{
    backend_info *info = &j->head.info;
    info->rate = jack_get_sample_rate(j->client);
    info->period = jack_get_buffer_size(j->client);
    snprintf(info->input, sizeof info->input, "%s", j->source);
    if (j->out)
        snprintf(info->output, sizeof info->output, "%s",
                 j->destination[0] ? j->destination : jack_port_name(j->out));
    if (j->sound)
        snprintf(info->sound, sizeof info->sound, "%s",
                 j->speaker[0][0] ? j->speaker[0] : jack_port_name(j->sound));
}

static void set_delay(jack *j, double ms)
{
    atomic_store(&j->delay, (unsigned)(ms * j->head.info.rate / 1000.0 + 0.5));
}

static void jack_backend_close(backend *b)
{
    jack *j = (jack *)b;
    int saved = quiet_begin();
    if (j->client)
        jack_client_close(j->client);
    quiet_end(saved);
    free(j);
}

static int jack_backend_open(backend **made, const backend_request *request, char *why, size_t why_size)
{
    int midi = !request->midi_out || strcmp(request->midi_out, "none") != 0;
    jack *j = calloc(1, sizeof *j);
    if (!j) {
        snprintf(why, why_size, "out of memory");
        return -1;
    }
    j->head.kind = &backend_jack;
    j->head.device = "the JACK server";
    j->head.comes_back = BACKEND_PERHAPS;
    j->process = request->process;
    j->context = request->context;
    j->client = jack_server_connect(CLIENT, why, why_size);
    if (!j->client || make_ports(j, midi, request->sound_out, why, why_size) != 0 ||
        find_ports(j, request, why, why_size) != 0 || find_speakers(j, request, why, why_size) != 0) {
        jack_backend_close(&j->head);
        return -1;
    }
    describe(j);
    set_delay(j, request->delay_ms);
    j->passes = request->sound_delay != NULL;
    j->sound_delay = j->passes ? (unsigned)request->sound_delay(j->head.info.rate) : 0;
    set_callbacks(j);
    *made = &j->head;
    return 0;
}

static void connect_sound(jack *j)
{
    for (int c = 0; c < 2; c++)
        if (j->speaker[c][0])
            jack_connect(j->client, jack_port_name(j->sound), j->speaker[c]);
    if (j->sound)
        name_port(j, j->sound, j->passes ? "Hybrid" : "Played along");
}

static int jack_backend_start(backend *b, char *why, size_t why_size)
{
    jack *j = (jack *)b;
    if (jack_activate(j->client) != 0) {
        snprintf(why, why_size, "the JACK server does not answer");
        return -1;
    }
    j->active = 1;
    if (j->source[0] && jack_connect(j->client, j->source, jack_port_name(j->in)) != 0) {
        snprintf(why, why_size, "JACK did not connect '%s'", j->source);
        return -1;
    }
    if (j->destination[0] && jack_connect(j->client, jack_port_name(j->out), j->destination) != 0) {
        snprintf(why, why_size, "JACK did not connect '%s'", j->destination);
        return -1;
    }
    connect_sound(j);
    name_port(j, j->in, "Piano microphone");
    if (j->out)
        name_port(j, j->out, "Notes heard");
    return 0;
}

/* The latency is known only once the server has gone over the graph, and changes with it. */
static int jack_backend_alive(backend *b)
{
    jack *j = (jack *)b;
    jack_latency_range_t range = {0, 0};
    if (atomic_load(&b->lost))
        return 0;
    jack_port_get_latency_range(j->in, JackCaptureLatency, &range);
    b->info.input_latency_ms = 1000.0 * range.max / b->info.rate;
    if (j->sound) {
        jack_port_get_latency_range(j->sound, JackPlaybackLatency, &range);
        b->info.output_latency_ms = 1000.0 * range.max / b->info.rate;
    }
    return 1;
}

static void jack_backend_stop(backend *b)
{
    jack *j = (jack *)b;
    int saved = quiet_begin();
    if (j->active) {
        jack_remove_properties(j->client, jack_port_uuid(j->in));
        if (j->out)
            jack_remove_properties(j->client, jack_port_uuid(j->out));
        if (j->sound)
            jack_remove_properties(j->client, jack_port_uuid(j->sound));
        jack_deactivate(j->client);
    }
    quiet_end(saved);
    j->active = 0;
}

/* ---- Changes while it runs ---- */

static void jack_backend_delay(backend *b, double ms)
{
    jack *j = (jack *)b;
    set_delay(j, ms);
    jack_recompute_total_latencies(j->client);
}

static int jack_backend_connect(backend *b, int midi, const char *name, char *why, size_t why_size)
{
    jack *j = (jack *)b;
    jack_port_t *port = midi ? j->out : j->in;
    const char *type = midi ? JACK_DEFAULT_MIDI_TYPE : JACK_DEFAULT_AUDIO_TYPE;
    char *connected = midi ? j->destination : j->source, found[BACKEND_NAME_SIZE] = "";
    if (!port || (midi && name && strcmp(name, "none") == 0))
        return 1;
    if (name || !midi)
        if (jack_server_find(j->client, type, midi ? JackPortIsInput : JackPortIsOutput, name, found) < 0) {
            snprintf(why, why_size, "JACK has no port named '%s'", name);
            return -1;
        }
    jack_port_disconnect(j->client, port);
    connected[0] = '\0';
    const char *own = jack_port_name(port);
    int failed = found[0] && jack_connect(j->client, midi ? own : found, midi ? found : own) != 0;
    if (failed)
        snprintf(why, why_size, "JACK did not connect '%s'", found);
    else
        memcpy(connected, found, sizeof found);
    describe(j);
    return failed ? -1 : 0;
}

static size_t jack_backend_names(backend *b, int midi, char names[][BACKEND_NAME_SIZE], size_t most)
{
    jack *j = (jack *)b;
    const char **ports =
        jack_get_ports(j->client, NULL, midi ? JACK_DEFAULT_MIDI_TYPE : JACK_DEFAULT_AUDIO_TYPE,
                       midi ? JackPortIsInput : JackPortIsOutput);
    size_t count = 0;
    for (size_t i = 0; ports && ports[i] && count < most; i++)
        if (!jack_port_is_mine(j->client, jack_port_by_name(j->client, ports[i])))
            snprintf(names[count++], BACKEND_NAME_SIZE, "%s", ports[i]);
    jack_free(ports);
    return count;
}

const backend_kind backend_jack = {
    .name = "jack",
    .open = jack_backend_open,
    .start = jack_backend_start,
    .alive = jack_backend_alive,
    .names = jack_backend_names,
    .connect = jack_backend_connect,
    .delay = jack_backend_delay,
    .stop = jack_backend_stop,
    .close = jack_backend_close,
    .list = jack_server_list,
};
