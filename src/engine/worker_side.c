#include "engine/worker_side.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* Quanta per second: short enough to cost no latency worth mentioning, long enough to cost no time. A quantum
 * never holds more than one hop. */
#define QUANTA_PER_SECOND 1500.0

#define RESAMPLER_SLACK 64      /* see coch_resampler_process() */
#define PEAK_WINDOW_HOPS 10     /* the meter shows the last 100 ms */
#define END_GUARD_SECONDS 0.010 /* the cut at the end of a file is no onset */
#define TAIL_FRAMES 4           /* heard beyond the last deadline */

static size_t resampled_room(size_t quantum, double from, double to)
{
    return (size_t)ceil((double)quantum * to / from) + RESAMPLER_SLACK;
}

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
    w->samples_per_second = tuned_rate(settings);
    w->resampled_size = hop + resampled_room(w->quantum, w->samples_per_second, rate);
    w->input = coch_arena_take(arena, w->quantum, sizeof *w->input);
    w->resampled = coch_arena_take(arena, w->resampled_size, sizeof *w->resampled);
}

static void start(coch_worker_side *w)
{
    w->pending = 0;
    w->consumed = 0;
    w->end = INT64_MAX;
    w->tail = 0;
    w->peak_hops = PEAK_WINDOW_HOPS;
    w->peak_now = 0.0f;
    memset(w->last_emit, 0, sizeof w->last_emit);
    memset(w->sounding, 0, sizeof w->sounding);
    memset(&w->stats, 0, sizeof w->stats);
}

cochlea_status coch_worker_side_open(coch_worker_side *w, coch_link *link, const coch_piano_model *model,
                                     const cochlea_settings *settings)
{
    const coch_tracker_config *config = coch_piano_model_tracker(model);
    coch_tracker_options options;
    w->link = link;
    w->settings = *settings;
    w->taken = 0;
    w->generation = 0;
    for (int v = 0; v < 128; v++) {
        long sent = lrint(127.0 * pow(v / 127.0, (double)settings->velocity_curve));
        w->velocity[v] = (uint8_t)(sent < 1 ? 1 : sent);
    }
    cochlea_status status =
        coch_resampler_new(&w->resampler, w->samples_per_second, coch_piano_model_rate(model));
    if (status == COCHLEA_OK)
        status = coch_piano_new(&w->piano, model, coch_kernels_select(settings->cpu_mask));
    if (status != COCHLEA_OK) {
        coch_worker_side_close(w);
        return status;
    }
    coch_tracker_default_options(config, &options);
    options.prefix = coch_tracker_prefix(config, settings->lookahead_ms / 1000.0);
    options.sensitivity = settings->sensitivity;
    options.min_confidence = settings->min_confidence;
    options.sustain = settings->sustain;
    options.low = settings->low_note;
    options.high = settings->high_note;
    coch_tracker_init(&w->tracker, config, &options);
    start(w);
    return COCHLEA_OK;
}

void coch_worker_side_close(coch_worker_side *w)
{
    coch_resampler_free(w->resampler);
    coch_piano_free(w->piano);
    w->resampler = NULL;
    w->piano = NULL;
}

int coch_worker_side_has_room(const coch_worker_side *w) COCH_REALTIME
{
    return coch_ring_writable(&w->link->messages) >= COCH_TRACK_MAX;
}

/* When an event is to leave: now, or in steady timing at its fixed distance from the musical instant. Per
 * note the order of events is kept, so that a note-off is never sent before its note-on. */
static int64_t leave(coch_worker_side *w, const coch_track *track, int64_t time, int64_t now)
{
    if (w->settings.timing != COCHLEA_STEADY)
        return now;
    int64_t due = time + llrint(w->settings.steady_ms * w->settings.sample_rate / 1000.0);
    if (due >= now)
        return due;
    if (track->type == COCH_TRACK_ON)
        w->stats.late_notes++;
    return now;
}

static void post(coch_worker_side *w, const cochlea_event *event)
{
    coch_message message = {.event = *event, .generation = w->generation};
    if (coch_ring_write(&w->link->messages, &message, 1) != 1)
        w->stats.lost_events++;
}

static void send_pedal(coch_worker_side *w, const coch_track *track, int64_t time, int64_t now)
{
    int64_t emit = leave(w, track, time, now);
    w->stats.pedal = track->velocity > 0;
    post(w, &(cochlea_event){.type = COCHLEA_CONTROL,
                             .controller = COCHLEA_SUSTAIN,
                             .value = track->velocity,
                             .time = time,
                             .emit = emit > time ? emit : time});
}

static void send_note(coch_worker_side *w, const coch_track *track, int64_t time, int64_t now)
{
    int note = track->note + w->settings.transpose;
    int on = track->type == COCH_TRACK_ON;
    if (note < 0 || note > 127 || on == w->sounding[note])
        return;
    if (on && w->end != INT64_MAX &&
        (double)time >= (double)w->end - END_GUARD_SECONDS * w->settings.sample_rate)
        return;
    int64_t emit = leave(w, track, time, now);
    if (emit < w->last_emit[note])
        emit = w->last_emit[note];
    if (emit < time)
        emit = time;
    w->last_emit[note] = emit;
    w->sounding[note] = (uint8_t)on;
    w->stats.sounding += on ? 1u : -1u;
    post(w, &(cochlea_event){.type = on ? COCHLEA_NOTE_ON : COCHLEA_NOTE_OFF,
                             .note = (uint8_t)note,
                             .velocity = on ? w->velocity[track->velocity & 127] : 0,
                             .confidence = track->confidence,
                             .time = time,
                             .emit = emit});
}

static void send_all(coch_worker_side *w, size_t count)
{
    int64_t now = w->consumed < w->end ? w->consumed : w->end;
    for (size_t i = 0; i < count; i++) {
        const coch_track *track = &w->tracks[i];
        int64_t time = llrint(track->time * w->samples_per_second);
        time = time < w->end ? time : w->end;
        if (track->type == COCH_TRACK_PEDAL)
            send_pedal(w, track, time, now);
        else
            send_note(w, track, time, now);
    }
}

static void measure(coch_worker_side *w)
{
    for (size_t i = 0; i < w->quantum; i++) {
        float magnitude = fabsf(w->input[i]);
        if (magnitude > w->peak_now && isfinite(magnitude))
            w->peak_now = magnitude;
    }
}

static void publish(coch_worker_side *w)
{
    w->stats.samples = w->consumed;
    w->stats.hops++;
    if (w->peak_now > w->stats.peak || w->peak_hops == PEAK_WINDOW_HOPS) {
        w->stats.peak = w->peak_now;
        w->stats.clipped = w->peak_now >= 1.0f;
    }
    if (--w->peak_hops == 0) {
        w->peak_hops = PEAK_WINDOW_HOPS;
        w->peak_now = 0.0f;
    }
    coch_slot_write(&w->link->stats, &w->stats);
}

/* The quantum in w->input through everything. */
static void hear(coch_worker_side *w)
{
    w->consumed += (int64_t)w->quantum;
    measure(w);
    w->pending += coch_resampler_process(w->resampler, w->input, w->quantum, w->resampled + w->pending,
                                         w->resampled_size - w->pending);
    if (w->pending < w->hop)
        return;
    const coch_activations *activations = coch_piano_process(w->piano, w->resampled);
    w->pending -= w->hop;
    memmove(w->resampled, w->resampled + w->hop, w->pending * sizeof *w->resampled);
    send_all(w, coch_tracker_process(&w->tracker, activations, w->tracks));
    publish(w);
}

static void restart(coch_worker_side *w, uint32_t generation)
{
    coch_resampler_reset(w->resampler);
    coch_piano_reset(w->piano);
    coch_tracker_reset(&w->tracker);
    w->generation = generation;
    start(w);
}

/* Carries out the next request. A reset makes all samples before it worthless, so it need not wait for them.
 */
static int obey(coch_worker_side *w)
{
    coch_request request;
    if (coch_ring_read(&w->link->requests, &request, 1) != 1)
        return 0;
    if (request.type == COCH_REQUEST_RESET) {
        w->taken += coch_ring_skip(&w->link->samples, (size_t)(request.position - w->taken));
        restart(w, request.generation);
    }
    return 1;
}

int coch_worker_side_step(coch_worker_side *w) COCH_REALTIME
{
    if (obey(w))
        return 1;
    if (coch_ring_readable(&w->link->samples) < w->quantum)
        return 0;
    w->taken += coch_ring_read(&w->link->samples, w->input, w->quantum);
    hear(w);
    return 1;
}

/* The first quantum after the end: what is left in the ring, then silence. */
static void end_input(coch_worker_side *w)
{
    const coch_tracker_config *config = w->tracker.config;
    unsigned frames = config->deadline[w->tracker.options.prefix] + TAIL_FRAMES;
    size_t left = coch_ring_read(&w->link->samples, w->input, w->quantum);
    w->taken += left;
    w->end = w->consumed + (int64_t)left;
    w->tail = (int64_t)(frames * config->frame_seconds * w->samples_per_second);
    memset(w->input + left, 0, (w->quantum - left) * sizeof *w->input);
    hear(w);
}

cochlea_status coch_worker_side_finish(coch_worker_side *w)
{
    while (coch_worker_side_has_room(w) && coch_worker_side_step(w))
        ;
    if (!coch_worker_side_has_room(w))
        return COCHLEA_ERROR_FULL;
    if (w->end == INT64_MAX)
        end_input(w);
    while (coch_worker_side_has_room(w) && w->tail > 0) {
        memset(w->input, 0, w->quantum * sizeof *w->input);
        w->tail -= (int64_t)w->quantum;
        hear(w);
    }
    if (!coch_worker_side_has_room(w))
        return COCHLEA_ERROR_FULL;
    send_all(w, coch_tracker_flush(&w->tracker, (double)w->end / w->samples_per_second, w->tracks));
    w->consumed = w->end;
    w->stats.samples = w->end;
    coch_slot_write(&w->link->stats, &w->stats);
    return COCHLEA_OK;
}
