#include "backend_portaudio.h"

#include "backend_quiet.h"
#ifdef HAVE_RTMIDI
#include "midi_out.h"
#endif

#include <portaudio.h>
#include <stdlib.h>
#include <string.h>
#ifdef HAVE_PA_JACK
#include <pa_jack.h>
#endif

#define CLIENT "Cochlea"
#define CHANNELS_MAX 2 /* more are no microphones */
#define BLOCK_MAX 8192
#define DEVICES_MAX 256

typedef struct pa {
    backend head;
    backend_process *process;
    void *context;
    PaStream *stream;
    PaStreamParameters parameters, sound; /* `sound` has no channels where nothing is played */
    int initialized, jack;
    atomic_int stopping; /* the stream's end is ours */
#ifdef HAVE_RTMIDI
    midi_out *midi;
#endif

    /* The audio thread's own. */
    int64_t position;
    float mono[BLOCK_MAX], played[BLOCK_MAX];
} pa;

/* ---- Audio thread ---- */

static void send_midi(void *port, uint32_t frame, const uint8_t *bytes, size_t count) COCH_REALTIME
{
#ifdef HAVE_RTMIDI
    pa *p = port;
    if (p->midi)
        midi_out_put(p->midi, frame, bytes, count);
#else
    (void)port, (void)frame, (void)bytes, (void)count;
#endif
}

/* The mean of the channels, as for files. */
static void mix(float *mono, const float *input, size_t frames, int channels)
{
    if (!input)
        memset(mono, 0, frames * sizeof *mono);
    else if (channels == 1)
        memcpy(mono, input, frames * sizeof *mono);
    else
        for (size_t i = 0; i < frames; i++)
            mono[i] = 0.5f * (input[2 * i] + input[2 * i + 1]);
}

/* The same sound on all channels; returns where the next block goes. */
static float *spread(float *to, const float *mono, size_t frames, int channels)
{
    for (size_t i = 0; to && i < frames; i++)
        for (int c = 0; c < channels; c++)
            *to++ = mono[i];
    return to;
}

static int on_block(const void *input, void *output, unsigned long frames,
                    const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags, void *context)
{
    pa *p = context;
    const float *from = input;
    float *to = p->sound.channelCount > 0 ? output : NULL;
    (void)time;
    if (flags & paInputOverflow)
        atomic_fetch_add_explicit(&p->head.overruns, 1, memory_order_relaxed);
    while (frames > 0) {
        uint32_t n = frames < BLOCK_MAX ? (uint32_t)frames : BLOCK_MAX;
        mix(p->mono, from, n, p->parameters.channelCount);
        memset(p->played, 0, n * sizeof *p->played);
        backend_block block = {.input = p->mono,
                               .output = to ? p->played : NULL,
                               .frames = n,
                               .position = p->position,
                               .send = send_midi,
                               .port = p};
        p->process(p->context, &block);
        to = spread(to, p->played, n, p->sound.channelCount);
        p->position += n;
        from = from ? from + (size_t)n * (size_t)p->parameters.channelCount : NULL;
        frames -= n;
    }
    return paContinue;
}

/* The stream ended; when nobody stopped it, the device is gone. */
static void on_end(void *context)
{
    pa *p = context;
    if (!atomic_load(&p->stopping))
        atomic_store(&p->head.lost, 1);
}

/* ---- Devices ---- */

static int initialize(char *why, size_t why_size)
{
    int saved = quiet_begin();
#ifdef HAVE_PA_JACK
    PaJack_SetClientName(CLIENT);
#endif
    PaError error = Pa_Initialize();
    quiet_end(saved);
    if (error == paNoError)
        return 0;
    snprintf(why, why_size, "PortAudio does not start: %s", Pa_GetErrorText(error));
    return -1;
}

static void terminate(void)
{
    int saved = quiet_begin();
    Pa_Terminate();
    quiet_end(saved);
}

static const char *host_name(const PaDeviceInfo *device)
{
    const PaHostApiInfo *host = Pa_GetHostApiInfo(device->hostApi);
    return host ? host->name : "?";
}

/* The inputs, in PortAudio's order; returns how many. */
static size_t inputs(PaDeviceIndex index[DEVICES_MAX], const char *names[DEVICES_MAX])
{
    size_t n = 0;
    for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount() && n < DEVICES_MAX; i++) {
        const PaDeviceInfo *device = Pa_GetDeviceInfo(i);
        if (!device || device->maxInputChannels < 1)
            continue;
        index[n] = i;
        names[n++] = device->name;
    }
    return n;
}

/* The default of the default interface, else of the first that has one. */
static PaDeviceIndex default_input(void)
{
    PaDeviceIndex chosen = Pa_GetDefaultInputDevice();
    for (PaHostApiIndex i = 0; chosen == paNoDevice && i < Pa_GetHostApiCount(); i++) {
        const PaHostApiInfo *host = Pa_GetHostApiInfo(i);
        if (host && host->defaultInputDevice != paNoDevice)
            chosen = host->defaultInputDevice;
    }
    return chosen;
}

static PaDeviceIndex choose(const char *wanted, char *why, size_t why_size)
{
    PaDeviceIndex index[DEVICES_MAX];
    const char *names[DEVICES_MAX];
    size_t count = inputs(index, names);
    if (count == 0) {
        snprintf(why, why_size, "no sound card with an input was found");
        return paNoDevice;
    }
    if (!wanted)
        return default_input();
    int chosen = backend_choose(wanted, names, count);
    if (chosen >= 0)
        return index[chosen];
    snprintf(why, why_size, "no input device named '%s'; 'cochlea devices' lists them", wanted);
    return paNoDevice;
}

/* ---- Opening and closing ---- */

/* As `inputs`. */
static size_t outputs(PaDeviceIndex index[DEVICES_MAX], const char *names[DEVICES_MAX])
{
    size_t count = 0;
    for (PaDeviceIndex i = 0; i < Pa_GetDeviceCount() && count < DEVICES_MAX; i++) {
        const PaDeviceInfo *device = Pa_GetDeviceInfo(i);
        if (!device || device->maxOutputChannels < 1)
            continue;
        index[count] = i;
        names[count++] = device->name;
    }
    return count;
}

static PaDeviceIndex wanted_output(const char *wanted)
{
    PaDeviceIndex index[DEVICES_MAX];
    const char *names[DEVICES_MAX];
    int found = backend_choose(wanted, names, outputs(index, names));
    return found >= 0 ? index[found] : paNoDevice;
}

/* The wanted one, else the input's own loudspeakers, else the default ones of its interface. Returns -1 when
 * a wanted one is not there. */
static int choose_output(pa *p, PaDeviceIndex input, const char *wanted, char *why, size_t why_size)
{
    const PaDeviceInfo *device = Pa_GetDeviceInfo(input);
    const PaHostApiInfo *host = Pa_GetHostApiInfo(device->hostApi);
    PaDeviceIndex index = wanted                          ? wanted_output(wanted)
                          : device->maxOutputChannels > 0 ? input
                          : host                          ? host->defaultOutputDevice
                                                          : paNoDevice;
    const PaDeviceInfo *output = index == paNoDevice ? NULL : Pa_GetDeviceInfo(index);
    if (wanted && !output) {
        snprintf(why, why_size, "no output device named '%s'; 'cochlea devices' lists them", wanted);
        return -1;
    }
    if (!output || output->maxOutputChannels < 1)
        return 0;
    p->sound = (PaStreamParameters){
        .device = index,
        .channelCount = output->maxOutputChannels < CHANNELS_MAX ? output->maxOutputChannels : CHANNELS_MAX,
        .sampleFormat = paFloat32,
        .suggestedLatency = output->defaultLowOutputLatency,
    };
    snprintf(p->head.info.sound, sizeof p->head.info.sound, "%s: %s", host_name(output), output->name);
    return 0;
}

/* Two devices do not always run together: then nothing is played. */
static PaError open_both(pa *p, double rate)
{
    PaError error = paNoDevice;
    if (p->sound.channelCount > 0)
        error = Pa_OpenStream(&p->stream, &p->parameters, &p->sound, rate, paFramesPerBufferUnspecified,
                              paClipOff | paDitherOff, on_block, p);
    if (error == paNoError)
        return error;
    p->sound = (PaStreamParameters){0};
    return Pa_OpenStream(&p->stream, &p->parameters, NULL, rate, paFramesPerBufferUnspecified,
                         paClipOff | paDitherOff, on_block, p);
}

static int open_stream(pa *p, PaDeviceIndex index, const backend_request *request, char *why, size_t why_size)
{
    const PaDeviceInfo *device = Pa_GetDeviceInfo(index);
    p->jack = Pa_GetHostApiInfo(device->hostApi)->type == paJACK;
    p->head.device = p->jack ? "the JACK server" : "the sound card";
    p->head.comes_back = p->jack ? BACKEND_NEVER : BACKEND_OFTEN;
    p->parameters = (PaStreamParameters){
        .device = index,
        .channelCount = device->maxInputChannels < CHANNELS_MAX ? device->maxInputChannels : CHANNELS_MAX,
        .sampleFormat = paFloat32,
        .suggestedLatency = device->defaultLowInputLatency,
    };
    if (request->sound_out && choose_output(p, index, request->output, why, why_size) != 0)
        return -1;
    int saved = quiet_begin();
    PaError error = open_both(p, device->defaultSampleRate);
    quiet_end(saved);
    if (error != paNoError) {
        snprintf(why, why_size, "%s: %s", device->name, Pa_GetErrorText(error));
        return -1;
    }
    Pa_SetStreamFinishedCallback(p->stream, on_end);
    const PaStreamInfo *info = Pa_GetStreamInfo(p->stream);
    p->head.info.rate = info->sampleRate;
    p->head.info.input_latency_ms = 1000.0 * info->inputLatency;
    p->head.info.has_output = p->sound.channelCount > 0;
    p->head.info.output_latency_ms = p->sound.channelCount > 0 ? 1000.0 * info->outputLatency : 0.0;
    snprintf(p->head.info.input, sizeof p->head.info.input, "%s: %s", host_name(device), device->name);
    return 0;
}

static int open_midi(pa *p, const char *wanted, char *why, size_t why_size)
{
    backend_info *info = &p->head.info;
    if (wanted && strcmp(wanted, "none") == 0)
        return 0;
#ifdef HAVE_RTMIDI
    return midi_out_open(&p->midi, wanted, p->jack, info->rate, info->output, sizeof info->output, why,
                         why_size);
#else
    (void)info;
    snprintf(why, why_size, "this build has no RtMidi; '--midi-out none' does without MIDI");
    return -1;
#endif
}

/* PortAudio waits ten minutes for a JACK server that is gone: then its stream is left as it is. */
static int is_stuck(pa *p)
{
    return p->jack && atomic_load(&p->head.lost);
}

static void pa_close(backend *b)
{
    pa *p = (pa *)b;
    if (is_stuck(p))
        return;
    int saved = quiet_begin();
    if (p->stream)
        Pa_CloseStream(p->stream);
    quiet_end(saved);
#ifdef HAVE_RTMIDI
    midi_out_close(p->midi);
#endif
    if (p->initialized)
        terminate();
    free(p);
}

static int pa_open(backend **made, const backend_request *request, char *why, size_t why_size)
{
    pa *p = calloc(1, sizeof *p);
    if (!p) {
        snprintf(why, why_size, "out of memory");
        return -1;
    }
    p->head.kind = &backend_portaudio;
    p->process = request->process;
    p->context = request->context;
    p->initialized = initialize(why, why_size) == 0;
    PaDeviceIndex index = p->initialized ? choose(request->input, why, why_size) : paNoDevice;
    if (index == paNoDevice || open_stream(p, index, request, why, why_size) != 0 ||
        open_midi(p, request->midi_out, why, why_size) != 0) {
        pa_close(&p->head);
        return -1;
    }
    if (!p->jack)
        p->head.late_send = send_midi;
    *made = &p->head;
    return 0;
}

static int pa_start(backend *b, char *why, size_t why_size)
{
    pa *p = (pa *)b;
    int saved = quiet_begin();
    PaError error = Pa_StartStream(p->stream);
    quiet_end(saved);
    if (error == paNoError)
        return 0;
    snprintf(why, why_size, "%s: %s", b->info.input, Pa_GetErrorText(error));
    return -1;
}

static int pa_alive(backend *b)
{
    pa *p = (pa *)b;
    return !atomic_load(&b->lost) && Pa_IsStreamActive(p->stream) == 1;
}

static void pa_stop(backend *b)
{
    pa *p = (pa *)b;
    if (is_stuck(p))
        return;
    atomic_store(&p->stopping, 1);
    int saved = quiet_begin();
    if (p->stream && Pa_IsStreamStopped(p->stream) == 0)
        Pa_AbortStream(p->stream);
    quiet_end(saved);
}

/* ---- Listing ---- */

static size_t pa_names(backend *b, int midi, char names[][BACKEND_NAME_SIZE], size_t most)
{
    PaDeviceIndex index[DEVICES_MAX];
    const char *found[DEVICES_MAX];
    if (midi)
#ifdef HAVE_RTMIDI
        return midi_out_names(((pa *)b)->jack, names, most);
#else
        return 0;
#endif
    (void)b;
    size_t count = inputs(index, found);
    count = count < most ? count : most;
    for (size_t i = 0; i < count; i++)
        snprintf(names[i], BACKEND_NAME_SIZE, "%s", found[i]);
    return count;
}

static void list_outputs(FILE *to)
{
    PaDeviceIndex index[DEVICES_MAX];
    const char *names[DEVICES_MAX];
    size_t count = outputs(index, names);
    if (count > 0)
        fprintf(to, "PortAudio: output devices, for --output\n");
    for (size_t i = 0; i < count; i++) {
        const PaDeviceInfo *device = Pa_GetDeviceInfo(index[i]);
        fprintf(to, "  %3zu  %-32s %-8s %d channels, %.0f Hz, latency %.1f ms\n", i, names[i],
                host_name(device), device->maxOutputChannels, device->defaultSampleRate,
                1000.0 * device->defaultLowOutputLatency);
    }
}

static int pa_list(FILE *to, char *why, size_t why_size)
{
    PaDeviceIndex index[DEVICES_MAX];
    const char *names[DEVICES_MAX];
    if (initialize(why, why_size) != 0)
        return -1;
    size_t count = inputs(index, names);
    if (count > 0)
        fprintf(to, "PortAudio: input devices, for --input\n");
    else
        snprintf(why, why_size, "no sound card with an input was found");
    for (size_t i = 0; i < count; i++) {
        const PaDeviceInfo *device = Pa_GetDeviceInfo(index[i]);
        fprintf(to, "  %3zu  %-32s %-8s %d channels, %.0f Hz, latency %.1f to %.1f ms%s\n", i, names[i],
                host_name(device), device->maxInputChannels, device->defaultSampleRate,
                1000.0 * device->defaultLowInputLatency, 1000.0 * device->defaultHighInputLatency,
                index[i] == default_input() ? ", default" : "");
    }
    list_outputs(to);
    terminate();
    return count > 0 ? (int)count : -1;
}

const backend_kind backend_portaudio = {
    .name = "portaudio",
    .open = pa_open,
    .start = pa_start,
    .alive = pa_alive,
    .names = pa_names,
    .stop = pa_stop,
    .close = pa_close,
    .list = pa_list,
};
