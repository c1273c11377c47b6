#include "midi_out.h"

#include "backend.h"
#include "backend_quiet.h"
#include "base/arena.h"
#include "base/ring.h"

#include <pthread.h>
#include <rtmidi/rtmidi_c.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CLIENT "Cochlea MIDI"
#define MESSAGES 4096
#define LOOK_SECONDS 0.001 /* how often the thread looks into the ring */
#define PRIORITY 55
#define CALLBACK_SECONDS 0.05 /* longer than any callback takes */
#define PORTS_MAX 256
#define APIS 2

typedef struct message {
    uint32_t frames; /* until it is due, from when it was put */
    uint8_t bytes[4];
    uint8_t count;
} message;

struct midi_out {
    coch_arena arena;
    coch_ring ring; /* message, audio thread to ours */
    RtMidiOutPtr port;
    double rate;
    pthread_t thread;
    int started;
    atomic_int quit;
    atomic_uint dropped; /* found the ring full */
};

/* ---- Audio thread ---- */

void midi_out_put(midi_out *out, uint32_t frames, const uint8_t *bytes, size_t count) COCH_REALTIME
{
    message m = {.frames = frames, .count = (uint8_t)(count < 3 ? count : 3)};
    memcpy(m.bytes, bytes, m.count);
    if (coch_ring_write(&out->ring, &m, 1) != 1)
        atomic_fetch_add_explicit(&out->dropped, 1, memory_order_relaxed);
}

/* ---- Our thread ---- */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void sleep_for(double seconds)
{
    struct timespec t = {.tv_sec = (time_t)seconds};
    t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
    if (seconds > 0)
        nanosleep(&t, NULL);
}

/* A note-off may have been among what was dropped. */
static void release_all(midi_out *out)
{
    for (unsigned channel = 0; channel < 16; channel++) {
        const uint8_t pedal_up[3] = {(uint8_t)(0xB0 | channel), 64, 0};
        const uint8_t notes_off[3] = {(uint8_t)(0xB0 | channel), 123, 0};
        rtmidi_out_send_message(out->port, pedal_up, 3);
        rtmidi_out_send_message(out->port, notes_off, 3);
    }
}

/* Each message waits its share of the block from when the block was seen. */
static void send_waiting(midi_out *out)
{
    message m;
    double seen = now();
    for (size_t n = coch_ring_readable(&out->ring); n > 0; n--) {
        coch_ring_peek(&out->ring, &m, 1);
        sleep_for(seen + m.frames / out->rate - now());
        rtmidi_out_send_message(out->port, m.bytes, m.count);
        coch_ring_skip(&out->ring, 1); /* afterwards: an empty ring means that all is sent */
    }
}

static void *run(void *argument)
{
    midi_out *out = argument;
    unsigned dropped = 0;
    while (!atomic_load_explicit(&out->quit, memory_order_acquire)) {
        send_waiting(out);
        unsigned total = atomic_load_explicit(&out->dropped, memory_order_relaxed);
        if (total != dropped)
            release_all(out);
        dropped = total;
        sleep_for(LOOK_SECONDS);
    }
    send_waiting(out);
    return NULL;
}

static int start_thread(midi_out *out)
{
    pthread_attr_t attributes;
    struct sched_param parameter = {.sched_priority = PRIORITY};
    if (pthread_attr_init(&attributes) == 0) {
        out->started = pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED) == 0 &&
                       pthread_attr_setschedpolicy(&attributes, SCHED_FIFO) == 0 &&
                       pthread_attr_setschedparam(&attributes, &parameter) == 0 &&
                       pthread_create(&out->thread, &attributes, run, out) == 0;
        pthread_attr_destroy(&attributes);
    }
    if (!out->started)
        out->started = pthread_create(&out->thread, NULL, run, out) == 0;
    return out->started ? 0 : -1;
}

/* ---- Ports ---- */

/* The ports of every interface. When `ok` is 0, `msg` of a wrapper points to freed memory: it is never read.
 */
typedef struct port_list {
    enum RtMidiApi apis[APIS];
    RtMidiOutPtr devices[APIS]; /* NULL where the interface is not there */
    char names[PORTS_MAX][BACKEND_NAME_SIZE];
    const char *name[PORTS_MAX];
    unsigned api[PORTS_MAX], number[PORTS_MAX];
    size_t count;
} port_list;

static RtMidiOutPtr create(enum RtMidiApi api)
{
    RtMidiOutPtr device = rtmidi_out_create(api, CLIENT);
    if (device && !device->ok) {
        rtmidi_out_free(device);
        return NULL;
    }
    return device;
}

static void list_of(port_list *list, unsigned api)
{
    RtMidiOutPtr device = list->devices[api];
    unsigned count = device ? rtmidi_get_port_count(device) : 0;
    for (unsigned i = 0; i < count && list->count < PORTS_MAX; i++) {
        char *name = list->names[list->count];
        int size = BACKEND_NAME_SIZE;
        name[0] = '\0';
        rtmidi_get_port_name(device, i, name, &size);
        name[BACKEND_NAME_SIZE - 1] = '\0';
        list->name[list->count] = name;
        list->api[list->count] = api;
        list->number[list->count] = i;
        list->count++;
    }
}

static port_list *list_new(int prefer_jack)
{
    port_list *list = calloc(1, sizeof *list);
    if (!list)
        return NULL;
    list->apis[0] = prefer_jack ? RTMIDI_API_UNIX_JACK : RTMIDI_API_LINUX_ALSA;
    list->apis[1] = prefer_jack ? RTMIDI_API_LINUX_ALSA : RTMIDI_API_UNIX_JACK;
    for (unsigned i = 0; i < APIS; i++) {
        list->devices[i] = create(list->apis[i]);
        list_of(list, i);
    }
    return list;
}

static void list_free(port_list *list)
{
    for (unsigned i = 0; i < APIS; i++)
        if (list->devices[i])
            rtmidi_out_free(list->devices[i]);
    free(list);
}

/* Takes the device that has the port out of the list. */
static RtMidiOutPtr open_wanted(port_list *list, const char *wanted, char *name, size_t name_size)
{
    int chosen = backend_choose(wanted, list->name, list->count);
    if (chosen < 0)
        return NULL;
    RtMidiOutPtr device = list->devices[list->api[chosen]];
    rtmidi_open_port(device, list->number[chosen], "midi_out");
    if (!device->ok)
        return NULL;
    list->devices[list->api[chosen]] = NULL;
    snprintf(name, name_size, "%s", list->name[chosen]);
    return device;
}

static RtMidiOutPtr open_own(port_list *list, char *name, size_t name_size)
{
    for (unsigned i = 0; i < APIS; i++) {
        RtMidiOutPtr device = list->devices[i];
        if (!device)
            continue;
        rtmidi_open_virtual_port(device, "midi_out");
        if (!device->ok)
            continue;
        list->devices[i] = NULL;
        snprintf(name, name_size, CLIENT ":midi_out (%s)", rtmidi_api_display_name(list->apis[i]));
        return device;
    }
    return NULL;
}

static RtMidiOutPtr open_port(const char *wanted, int prefer_jack, char *name, size_t name_size)
{
    int saved = quiet_begin();
    RtMidiOutPtr device = NULL;
    port_list *list = list_new(prefer_jack);
    if (list) {
        device = wanted ? open_wanted(list, wanted, name, name_size) : open_own(list, name, name_size);
        list_free(list);
    }
    quiet_end(saved);
    return device;
}

/* RtMidi's JACK part frees its buffer while its callback may still run; after the port was closed only one
 * that had already begun can touch it. */
static void close_port(RtMidiOutPtr port)
{
    int saved = quiet_begin();
    rtmidi_close_port(port);
    sleep_for(CALLBACK_SECONDS);
    rtmidi_out_free(port);
    quiet_end(saved);
}

/* ---- Opening and closing ---- */

int midi_out_open(midi_out **made, const char *wanted, int prefer_jack, double rate, char *name,
                  size_t name_size, char *why, size_t why_size)
{
    char unused[BACKEND_NAME_SIZE];
    size_t bytes = (sizeof **made + COCH_ALIGNMENT - 1) / COCH_ALIGNMENT * COCH_ALIGNMENT;
    midi_out *out = *made = aligned_alloc(COCH_ALIGNMENT, bytes);
    if (out) {
        memset(out, 0, bytes);
        coch_ring_layout(&out->ring, &out->arena, sizeof(message), MESSAGES);
    }
    if (!out || coch_arena_allocate(&out->arena) != COCHLEA_OK) {
        snprintf(why, why_size, "out of memory");
        goto failed;
    }
    coch_ring_layout(&out->ring, &out->arena, sizeof(message), MESSAGES);
    coch_ring_reset(&out->ring);
    out->rate = rate;
    out->port = open_port(wanted, prefer_jack, name ? name : unused, name ? name_size : sizeof unused);
    if (!out->port && wanted)
        snprintf(why, why_size, "no MIDI port named '%s'; 'cochlea devices' lists them", wanted);
    else if (!out->port)
        snprintf(why, why_size, "no MIDI port: neither the ALSA sequencer nor a JACK server is there");
    else if (start_thread(out) != 0)
        snprintf(why, why_size, "no thread could be started");
    else
        return 0;
failed:
    midi_out_close(out);
    *made = NULL;
    return -1;
}

void midi_out_close(midi_out *out)
{
    if (!out)
        return;
    atomic_store_explicit(&out->quit, 1, memory_order_release);
    if (out->started)
        pthread_join(out->thread, NULL);
    if (out->port)
        close_port(out->port);
    coch_arena_free(&out->arena);
    free(out);
}

int midi_out_list(FILE *to, char *why, size_t why_size)
{
    int saved = quiet_begin();
    port_list *list = list_new(0);
    quiet_end(saved);
    if (!list) {
        snprintf(why, why_size, "out of memory");
        return -1;
    }
    int count = (int)list->count;
    int any = count > 0 || list->devices[0]; /* the JACK one says nothing of whether a server runs */
    if (any)
        fprintf(to, "RtMidi: MIDI ports, for --midi-out with --backend portaudio\n");
    else
        snprintf(why, why_size, "no MIDI ports: the ALSA sequencer is not there, and JACK has none");
    for (size_t i = 0; i < list->count; i++)
        fprintf(to, "  %3zu  %-48s %s\n", i, list->name[i],
                rtmidi_api_display_name(list->apis[list->api[i]]));
    if (any && count == 0)
        fprintf(to, "       none\n");
    saved = quiet_begin();
    list_free(list);
    quiet_end(saved);
    return any ? count : -1;
}

size_t midi_out_names(int prefer_jack, char names[][BACKEND_NAME_SIZE], size_t most)
{
    int saved = quiet_begin();
    port_list *list = list_new(prefer_jack);
    size_t count = list ? list->count : 0;
    count = count < most ? count : most;
    for (size_t i = 0; i < count; i++)
        memcpy(names[i], list->names[i], BACKEND_NAME_SIZE);
    if (list)
        list_free(list);
    quiet_end(saved);
    return count;
}
