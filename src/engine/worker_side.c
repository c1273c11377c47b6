#include "engine/worker_side.h"

#include "engine/model.h"

#include <math.h>
#include <string.h>

/* Quanta per second: short enough to cost no latency worth mentioning, long enough to cost no time. A quantum
 * never completes more than one hop. */
#define QUANTA_PER_SECOND 1500.0

#define RESAMPLER_SLACK 64 /* see coch_resampler_process() */
#define METER_HOPS 10      /* the meter shows the last 100 ms */
#define TAIL_FRAMES 4      /* heard beyond the last deadline */

_Static_assert(COCHLEA_KEYS == COCH_PIANO_KEYS, "the public header tells the number");
_Static_assert(COCHLEA_FEATURES == COCH_PIANO_BINS * COCH_PIANO_WINDOWS, "the public header tells the size");
/* Only-piano: notes are held back once all other instruments together are more probable than the first, and
 * let through again below the second. */
#define OTHERS_PLAY 0.9f
#define OTHERS_STOPPED 0.5f

_Static_assert(COCHLEA_INSTRUMENTS_MAX == COCH_INSTRUMENT_CLASSES_MAX, "one is the other in public");

static size_t resampled_room(size_t quantum, double from, double to)
{
    return (size_t)ceil((double)quantum * to / from) + RESAMPLER_SLACK;
}

#define TUNING_MAX 480.0

/* Slower for an instrument tuned high, so that its A4 arrives at the net as 440 Hz. */
static double tuned_rate(const cochlea_settings *settings)
{
    return settings->sample_rate * 440.0 / settings->tuning_hz;
}

void coch_worker_side_layout(coch_worker_side *w, coch_arena *arena, const cochlea_settings *settings,
                             size_t hop, double rate)
{
    w->quantum = (size_t)(settings->sample_rate / QUANTA_PER_SECOND);
    w->hop = hop;
    w->model_rate = rate;
    w->resampled_size = hop + resampled_room(w->quantum, settings->sample_rate * 440.0 / TUNING_MAX, rate);
    w->input = coch_arena_take(arena, w->quantum, sizeof *w->input);
    w->resampled = coch_arena_take(arena, w->resampled_size, sizeof *w->resampled);
}

static void options_of(const cochlea_settings *settings, const coch_tracker_config *config,
                       coch_tracker_options *options)
{
    coch_tracker_default_options(config, options);
    options->prefix = coch_tracker_prefix(config, settings->lookahead_ms / 1000.0);
    options->sensitivity = settings->sensitivity;
    options->min_confidence = settings->min_confidence;
    options->sustain = settings->sustain;
    options->low = settings->low_note;
    options->high = settings->high_note;
}

/* Nothing was heard yet. */
static void forget_instrument(coch_worker_side *w)
{
    memset(&w->heard, 0, sizeof w->heard);
    w->heard.label = w->heard.shown = -1;
    coch_slot_write(&w->link->instrument, &w->heard);
}

static cochlea_status open_instrument(coch_worker_side *w, const cochlea_settings *settings)
{
    forget_instrument(w);
    if (!settings->instruments)
        return COCHLEA_OK;
    const coch_instrument_model *model = settings->instruments->model;
    w->piano_class = coch_instrument_model_find(model, "piano");
    w->none_class = coch_instrument_model_find(model, "none");
    return coch_instrument_stream_new(&w->instrument, model, coch_kernels_select(settings->cpu_mask),
                                      settings->sample_rate);
}

cochlea_status coch_worker_side_open(coch_worker_side *w, coch_link *link, const coch_piano_model *model,
                                     const cochlea_settings *settings)
{
    const coch_tracker_config *config = coch_piano_model_tracker(model);
    coch_tracker_options options;
    w->link = link;
    w->settings = *settings;
    w->limit = SIZE_MAX;
    w->meter_hops = METER_HOPS;
    cochlea_status status = coch_resampler_new(&w->resampler, tuned_rate(settings), w->model_rate);
    if (status == COCHLEA_OK)
        status = coch_piano_new(&w->piano, model, coch_kernels_select(settings->cpu_mask));
    if (status == COCHLEA_OK)
        status = open_instrument(w, settings);
    if (status != COCHLEA_OK) {
        coch_worker_side_close(w);
        return status;
    }
    options_of(settings, config, &options);
    coch_tracker_init(&w->tracker, config, &options);
    coch_sender_open(&w->sender, &link->messages, settings, tuned_rate(settings));
    return COCHLEA_OK;
}

void coch_worker_side_close(coch_worker_side *w)
{
    coch_resampler_free(w->resampler);
    coch_piano_free(w->piano);
    coch_instrument_stream_free(w->instrument);
    w->resampler = NULL;
    w->piano = NULL;
    w->instrument = NULL;
}

int coch_worker_side_has_room(const coch_worker_side *w) COCH_REALTIME
{
    size_t steps = w->instrument ? 2 : 1; /* a decision about the instrument may release all notes besides */
    return coch_ring_writable(&w->link->messages) >= steps * COCH_TRACK_MAX;
}

double coch_worker_side_wait(const coch_worker_side *w) COCH_REALTIME
{
    double rate = w->sender.samples_per_second;
    double missing = (double)(w->hop - w->pending) * rate / w->model_rate;
    return (missing - (double)coch_ring_readable(&w->link->samples)) / rate;
}

static void publish(coch_worker_side *w)
{
    w->stats.samples = w->consumed;
    w->stats.dropped_hops =
        (int64_t)((double)w->lost * w->model_rate / w->sender.samples_per_second / (double)w->hop);
    w->stats.late_notes = w->sender.late_notes;
    w->stats.lost_events = w->sender.lost_events;
    w->stats.sounding = w->sender.count;
    w->stats.pedal = w->sender.pedal;
    coch_slot_write(&w->link->stats, &w->stats);
}

static void measure(coch_worker_side *w)
{
    for (size_t i = 0; i < w->quantum; i++) {
        float magnitude = fabsf(w->input[i]);
        if (magnitude > w->meter && isfinite(magnitude))
            w->meter = magnitude;
    }
}

/* The meter rises at once and falls when a whole window was quieter. */
static void meter(coch_worker_side *w)
{
    if (w->meter > w->stats.peak || w->meter_hops == 1) {
        w->stats.peak = w->meter;
        w->stats.clipped = w->meter >= 1.0f;
    }
    if (--w->meter_hops == 0) {
        w->meter_hops = METER_HOPS;
        w->meter = 0.0f;
    }
}

/* Whether notes are held back, now that the decision in w->heard has been made. */
static int muted(const coch_worker_side *w)
{
    float others = 1.0f - w->heard.p[w->piano_class] - w->heard.p[w->none_class];
    return w->settings.only_piano && others > (w->sender.muted ? OTHERS_STOPPED : OTHERS_PLAY);
}

static void decide(void *context, const coch_instrument_decision *decision, double time)
{
    coch_worker_side *w = context;
    (void)time;
    memcpy(w->heard.p, decision->p, sizeof w->heard.p);
    w->heard.label = (int)decision->label;
    w->heard.shown = decision->shown == SIZE_MAX ? -1 : (int)decision->shown;
    w->heard.confidence = decision->confidence;
    w->heard.samples = w->consumed;
    w->heard.muted = muted(w);
    if (w->heard.muted != w->sender.muted)
        coch_sender_mute(&w->sender, w->heard.muted, w->consumed);
    coch_slot_write(&w->link->instrument, &w->heard);
}

/* Tells what was heard of every key; after the tracker has taken the frame. */
static void tell(coch_worker_side *w, const coch_activations *activations)
{
    coch_evidence *e = &w->evidence;
    double now = (double)w->tracker.frame * w->tracker.config->frame_seconds;
    e->generation = w->sender.generation;
    e->hop.time = w->sender.base + llrint(now * w->sender.samples_per_second);
    e->hop.emit = w->consumed < w->sender.end ? w->consumed : w->sender.end;
    for (unsigned key = 0; key < COCHLEA_KEYS; key++) {
        unsigned deadline;
        coch_tracker_surest(&w->tracker, activations, key, &deadline);
        e->hop.onset[key] = activations->onset[key][deadline];
        e->hop.settled[key] = activations->onset[key][w->tracker.options.prefix];
        e->hop.age[key] = activations->age[key];
        e->hop.velocity[key] = activations->velocity[key][deadline];
    }
    coch_ring_write(&w->link->evidence, e, 1);
}

/* The quantum in w->input through everything. */
static coch_step hear(coch_worker_side *w)
{
    w->consumed += (int64_t)w->quantum;
    measure(w);
    if (w->settings.instruments)
        coch_instrument_stream_feed(w->instrument, w->input, w->quantum, decide, w);
    w->pending += coch_resampler_process(w->resampler, w->input, w->quantum, w->resampled + w->pending,
                                         w->resampled_size - w->pending);
    if (w->pending < w->hop)
        return COCH_STEP_TOOK;
    const coch_activations *activations = coch_piano_process(w->piano, w->resampled);
    coch_slot_write(&w->link->features, coch_piano_last_features(w->piano));
    w->pending -= w->hop;
    memmove(w->resampled, w->resampled + w->hop, w->pending * sizeof *w->resampled);
    size_t count = coch_tracker_process(&w->tracker, activations, w->tracks);
    coch_sender_send(&w->sender, w->tracks, count, w->consumed);
    if (w->settings.evidence)
        tell(w, activations);
    w->stats.hops++;
    meter(w);
    publish(w);
    return COCH_STEP_HOP;
}

/* Ends everything that sounds, at the present instant. */
static void resolve(coch_worker_side *w)
{
    double now = (double)(w->consumed - w->sender.base) / w->sender.samples_per_second;
    size_t count = coch_tracker_flush(&w->tracker, now, w->tracks);
    coch_sender_send(&w->sender, w->tracks, count, w->consumed);
}

/* The nets start from silence at the present instant. */
static void restart_nets(coch_worker_side *w)
{
    coch_resampler_reset(w->resampler);
    coch_piano_reset(w->piano);
    coch_tracker_reset(&w->tracker);
    w->pending = 0;
    w->sender.base = w->consumed;
}

static void restart(coch_worker_side *w, uint32_t generation)
{
    w->consumed = 0;
    w->tail = 0;
    w->lost = 0;
    w->meter_hops = METER_HOPS;
    w->meter = 0.0f;
    memset(&w->stats, 0, offsetof(cochlea_stats, load)); /* what is known of the thread stays */
    coch_sender_reset(&w->sender, generation);
    if (w->instrument)
        coch_instrument_stream_reset(w->instrument);
    forget_instrument(w);
    restart_nets(w);
    publish(w);
}

/* `count` samples are missing here: no note may hang over the gap. */
static void skip(coch_worker_side *w, uint64_t count)
{
    resolve(w);
    w->consumed += (int64_t)count;
    w->lost += (int64_t)count;
    restart_nets(w);
    publish(w);
}

/* Carries out the audio side's next request when its place has come. */
static int obey(coch_worker_side *w)
{
    coch_request request;
    if (coch_ring_peek(&w->link->requests, &request, 1) != 1)
        return 0;
    size_t before = (size_t)(request.position - w->taken);
    /* A reset makes all samples before it worthless; a gap waits until they are heard, but for a last partial
     * quantum. */
    if (request.type == COCH_REQUEST_GAP && before >= w->quantum)
        return 0;
    w->taken += coch_ring_skip(&w->link->samples, before);
    coch_ring_skip(&w->link->requests, 1);
    if (request.type == COCH_REQUEST_RESET)
        restart(w, request.generation);
    else
        skip(w, before + request.count);
    return 1;
}

/* Whoever listens for instruments begins with nothing known, and leaves nothing held back. */
static void switch_instrument(coch_worker_side *w)
{
    coch_instrument_stream_reset(w->instrument);
    forget_instrument(w);
    if (w->sender.muted)
        coch_sender_mute(&w->sender, 0, w->consumed);
}

static void change(coch_worker_side *w, const cochlea_settings *settings)
{
    const cochlea_settings *old = &w->settings;
    int tune = settings->tuning_hz != old->tuning_hz;
    if (tune || settings->transpose != old->transpose || settings->low_note != old->low_note ||
        settings->high_note != old->high_note || settings->sustain != old->sustain)
        resolve(w);
    if (w->instrument && !settings->instruments != !old->instruments)
        switch_instrument(w);
    w->settings = *settings;
    options_of(settings, w->tracker.config, &w->tracker.options);
    coch_sender_change(&w->sender, settings);
    if (!tune)
        return;
    w->sender.samples_per_second = tuned_rate(settings);
    coch_resampler_tune(w->resampler, tuned_rate(settings));
    restart_nets(w);
}

static void swap(coch_worker_side *w, const coch_control *control)
{
    coch_tracker_options options;
    resolve(w);
    coch_ring_write(&w->link->returns, &w->piano, 1);
    w->piano = control->stream;
    options_of(&w->settings, control->config, &options);
    coch_tracker_init(&w->tracker, control->config, &options);
    restart_nets(w);
}

/* Carries out the main thread's next control. */
static int adjust(coch_worker_side *w)
{
    coch_control control;
    if (coch_ring_read(&w->link->controls, &control, 1) != 1)
        return 0;
    if (control.type == COCH_CONTROL_SETTINGS)
        change(w, &control.settings);
    else
        swap(w, &control);
    return 1;
}

/* Drops whole hops when more waits than can be caught up with, the oldest first. */
static int shed(coch_worker_side *w)
{
    size_t waiting = coch_ring_readable(&w->link->samples);
    if (waiting <= w->limit)
        return 0;
    size_t hop = (size_t)ceil((double)w->hop * w->sender.samples_per_second / w->model_rate);
    size_t drop = (waiting - w->limit / 2) / hop * hop;
    coch_request request;
    if (coch_ring_peek(&w->link->requests, &request, 1) == 1 && request.position - w->taken < drop)
        drop = (size_t)(request.position - w->taken);
    if (drop == 0)
        return 0;
    drop = coch_ring_skip(&w->link->samples, drop);
    w->taken += drop;
    skip(w, drop);
    return 1;
}

coch_step coch_worker_side_step(coch_worker_side *w) COCH_REALTIME
{
    if (obey(w) || adjust(w) || shed(w))
        return COCH_STEP_TOOK;
    if (coch_ring_readable(&w->link->samples) < w->quantum)
        return COCH_STEP_IDLE;
    w->taken += coch_ring_read(&w->link->samples, w->input, w->quantum);
    return hear(w);
}

/* The first quantum after the end: what is left in the ring, then silence. */
static void end_input(coch_worker_side *w)
{
    const coch_tracker_config *config = w->tracker.config;
    unsigned frames = config->deadline[w->tracker.options.prefix] + TAIL_FRAMES;
    size_t left = coch_ring_read(&w->link->samples, w->input, w->quantum);
    w->taken += left;
    w->sender.end = w->consumed + (int64_t)left;
    w->tail = (int64_t)(frames * config->frame_seconds * w->sender.samples_per_second);
    memset(w->input + left, 0, (w->quantum - left) * sizeof *w->input);
    hear(w);
}

cochlea_status coch_worker_side_finish(coch_worker_side *w)
{
    while (coch_worker_side_has_room(w) && coch_worker_side_step(w) != COCH_STEP_IDLE)
        ;
    if (!coch_worker_side_has_room(w))
        return COCHLEA_ERROR_FULL;
    if (w->sender.end == INT64_MAX)
        end_input(w);
    while (coch_worker_side_has_room(w) && w->tail > 0) {
        memset(w->input, 0, w->quantum * sizeof *w->input);
        w->tail -= (int64_t)w->quantum;
        hear(w);
    }
    if (!coch_worker_side_has_room(w))
        return COCHLEA_ERROR_FULL;
    w->consumed = w->sender.end;
    resolve(w);
    publish(w);
    return COCHLEA_OK;
}
