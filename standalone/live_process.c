#include "live_process.h"

#include "music/midi.h"

#include <string.h>
#include <time.h>

#define EVENTS 64          /* taken from the ear at once */
#define OFFLINE_LOOKS 5000 /* of a millisecond, for room at the recorder */
#define DELAY_WEIGHT 0.2f  /* of the newest note in the displayed delay */

void live_process_init(live_process *p)
{
    atomic_init(&p->phase, LIVE_LISTEN);
    atomic_init(&p->heard, 0);
    atomic_init(&p->unwritten, 0);
    atomic_init(&p->lost_events, 0);
    atomic_init(&p->unseen, 0);
    atomic_init(&p->notes, 0);
    atomic_init(&p->delay, 0);
    p->smooth = 0.0f;
    memset(p->began_on, 0, sizeof p->began_on);
}

/* Only while time does not run: the recorder must not miss anything either. */
static void wait_for_room(live_process *p, size_t count)
{
    const struct timespec look = {.tv_nsec = 1000000};
    for (int i = 0; i < OFFLINE_LOOKS && coch_ring_writable(p->sound) < count; i++)
        nanosleep(&look, NULL);
}

/* Keeps every sample in its place: after a loss nothing is written until the recorder has made up for it. */
static void record_sound(live_process *p, const float *samples, size_t count, int offline) COCH_REALTIME
{
    if (!p->sound)
        return;
    if (offline)
        wait_for_room(p, count);
    if (atomic_load_explicit(&p->unwritten, memory_order_acquire) == 0 &&
        coch_ring_writable(p->sound) >= count)
        coch_ring_write(p->sound, samples, count);
    else
        atomic_fetch_add_explicit(&p->unwritten, (int64_t)count, memory_order_acq_rel);
}

static void record_event(live_process *p, const cochlea_event *event) COCH_REALTIME
{
    cochlea_event e = *event;
    e.time += p->base;
    e.emit += p->base;
    if (e.type == COCHLEA_NOTE_ON)
        atomic_fetch_add_explicit(&p->notes, 1, memory_order_relaxed);
    if (p->events && coch_ring_write(p->events, &e, 1) != 1)
        atomic_fetch_add_explicit(&p->lost_events, 1, memory_order_relaxed);
}

/* How long after its onset a note leaves, as far as this side of the cable knows. */
static void measure(live_process *p, const cochlea_event *event, int64_t start, uint32_t frame) COCH_REALTIME
{
    float delay = (float)(start + frame - event->time);
    if (event->type != COCHLEA_NOTE_ON)
        return;
    p->smooth = p->smooth > 0.0f ? p->smooth + DELAY_WEIGHT * (delay - p->smooth) : delay;
    atomic_store_explicit(&p->delay, p->smooth > 0.0f ? (unsigned)p->smooth : 0, memory_order_relaxed);
}

static void show_event(live_process *p, const cochlea_event *event, int64_t sent) COCH_REALTIME
{
    cochlea_event e = *event;
    e.time += p->base;
    e.emit = sent + p->base;
    if (p->seen && coch_ring_write(p->seen, &e, 1) != 1)
        atomic_fetch_add_explicit(&p->unseen, 1, memory_order_relaxed);
}

/* What began on a channel ends there, also when another one was chosen meanwhile. */
static unsigned channel_of(live_process *p, const cochlea_event *event) COCH_REALTIME
{
    int pedal = event->type == COCHLEA_CONTROL;
    uint8_t *began = &p->began_on[pedal ? 128 : event->note & 127];
    if (*began == 0 || event->type == COCHLEA_NOTE_ON || (pedal && event->value >= 64))
        *began = (uint8_t)(1 + atomic_load_explicit(&p->channel, memory_order_relaxed));
    return *began - 1u;
}

/* Sends one event at its place in the block that began at the ear's sample `start`: the moment at which it
 * left the ear, or at once when that is past. */
static void send_event(live_process *p, const backend_block *block, const cochlea_event *event,
                       int64_t start) COCH_REALTIME
{
    uint8_t bytes[COCH_MIDI_MESSAGE];
    int64_t frame = event->emit - start;
    frame = frame < 0 ? 0 : frame;
    frame = frame < block->frames ? frame : block->frames - 1;
    size_t count = coch_midi_event(bytes, channel_of(p, event), event);
    if (count > 0)
        block->send(block->port, (uint32_t)frame, bytes, count);
    measure(p, event, start, (uint32_t)frame);
    record_event(p, event);
    show_event(p, event, start + frame);
}

/* Returns how many events there were. */
static size_t send_events(live_process *p, const backend_block *block, int64_t start) COCH_REALTIME
{
    cochlea_event events[EVENTS];
    size_t n, sum = 0;
    while ((n = cochlea_events(p->ear, events, EVENTS)) > 0) {
        for (size_t i = 0; i < n; i++)
            send_event(p, block, &events[i], start);
        sum += n;
    }
    return sum;
}

static void listen(live_process *p, const backend_block *block) COCH_REALTIME
{
    int64_t heard = atomic_load_explicit(&p->heard, memory_order_relaxed), left = p->limit - heard;
    size_t count = left < (int64_t)block->frames ? (size_t)left : block->frames;
    cochlea_offline(p->ear, block->offline);
    cochlea_feed(p->ear, block->input, count);
    record_sound(p, block->input, count, block->offline);
    send_events(p, block, heard - p->base);
    atomic_store_explicit(&p->heard, heard + (int64_t)count, memory_order_release);
}

/* What goes out; returns nonzero as long as anything is to be heard. */
static int sound(live_process *p, const backend_block *block, int playing) COCH_REALTIME
{
    if (!p->hybrid || !block->output)
        return 0;
    return live_hybrid_play(p->hybrid, block->input, block->output, block->frames, playing);
}

void live_process_block(void *context, const backend_block *block) COCH_REALTIME
{
    live_process *p = context;
    int64_t heard = atomic_load_explicit(&p->heard, memory_order_relaxed);
    int phase = atomic_load_explicit(&p->phase, memory_order_acquire);
    int sounding = sound(p, block, phase == LIVE_LISTEN);
    if (phase == LIVE_LISTEN)
        listen(p, block);
    else if (phase == LIVE_PAUSE && !sounding)
        atomic_store_explicit(&p->phase, LIVE_PAUSED, memory_order_release);
    else if (phase == LIVE_END && send_events(p, block, heard - p->base) == 0)
        atomic_store_explicit(&p->phase, LIVE_DONE, memory_order_release);
}

static void send_nowhere(void *port, uint32_t frame, const uint8_t *bytes, size_t count)
{
    (void)port, (void)frame, (void)bytes, (void)count;
}

void live_process_finish(live_process *p, backend_send *send, void *port)
{
    const backend_block block = {.frames = 1, .send = send ? send : send_nowhere, .port = port};
    send_events(p, &block, atomic_load(&p->heard) - p->base);
}
