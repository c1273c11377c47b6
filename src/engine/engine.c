#include "base/arena.h"
#include "dsp/cpu.h"
#include "engine/audio_side.h"
#include "engine/cochlea.h"
#include "engine/model.h"
#include "engine/thread.h"
#include "engine/worker_side.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MAX 8192   /* the largest block of a host */
#define RING_SECONDS 1.0 /* of samples between the two sides, and two blocks more */
#define OVERLOAD_SECONDS                                                                                     \
    0.2                   /* behind by that and a block, the worker drops hops: later notes help nobody      \
                           */
#define FEED_SAMPLES 1024 /* handed over before the nets run, in the inline drive */

struct cochlea {
    coch_arena arena;
    coch_link link;
    coch_audio_side audio;
    coch_worker_side worker;
    coch_thread thread;
    cochlea_settings settings;
    const cochlea_instruments *instruments; /* as opened with */
    atomic_uint latency;                    /* samples, see cochlea_latency() */
    cochlea_drive drive;                    /* the audio thread reads this, never the settings */
    int offline;  /* the worker's thread rests, and the feeding thread does its work */
    int swapping; /* a model is on its way to the worker, or the old one on its way back */
};

void cochlea_settings_default(cochlea_settings *settings)
{
    *settings = (cochlea_settings){
        .sample_rate = 44100.0,
        .drive = COCHLEA_INLINE,
        .timing = COCHLEA_FAST,
        .steady_ms = 60.0,
        .lookahead_ms = 100.0,
        .sensitivity = 1.0f,
        .velocity_curve = 1.0f,
        .tuning_hz = 440.0,
        .sustain = 1,
        .low_note = 0,
        .high_note = 127,
        .cpu_mask = COCH_CPU_ALL,
    };
}

/* Written so that a value that is not a number fails. */
static int within(double value, double low, double high)
{
    return value >= low && value <= high;
}

static int knows_piano(const cochlea_instruments *instruments)
{
    return instruments && coch_instrument_model_find(instruments->model, "piano") != SIZE_MAX &&
           coch_instrument_model_find(instruments->model, "none") != SIZE_MAX;
}

static int valid(const cochlea_settings *s)
{
    return within(s->sample_rate, 8000.0, 192000.0) &&
           (s->drive == COCHLEA_INLINE || s->drive == COCHLEA_WORKER) &&
           (s->timing == COCHLEA_FAST || s->timing == COCHLEA_STEADY) && within(s->steady_ms, 20.0, 200.0) &&
           within(s->lookahead_ms, 10.0, 200.0) && within((double)s->sensitivity, 0.5, 2.0) &&
           within((double)s->min_confidence, 0.0, 1.0) && within((double)s->velocity_curve, 0.25, 4.0) &&
           within(s->tuning_hz, 400.0, 480.0) && within(s->transpose, -48, 48) &&
           s->low_note <= s->high_note && s->high_note <= 127 &&
           (!s->only_piano || knows_piano(s->instruments));
}

static size_t ring_samples(const cochlea_settings *settings)
{
    return (size_t)(settings->sample_rate * RING_SECONDS) + 2 * BLOCK_MAX;
}

static void layout(cochlea *ear, size_t hop, double rate)
{
    coch_link_layout(&ear->link, &ear->arena, ring_samples(&ear->settings), ear->settings.evidence);
    coch_audio_side_layout(&ear->audio, &ear->arena);
    coch_worker_side_layout(&ear->worker, &ear->arena, &ear->settings, hop, rate);
}

static cochlea_status build(cochlea *ear, const coch_piano_model *model)
{
    size_t hop = coch_piano_model_hop(model);
    double rate = coch_piano_model_rate(model);
    layout(ear, hop, rate);
    cochlea_status status = coch_arena_allocate(&ear->arena);
    if (status != COCHLEA_OK)
        return status;
    layout(ear, hop, rate);
    coch_link_reset(&ear->link);
    coch_audio_side_open(&ear->audio, &ear->link);
    status = coch_worker_side_open(&ear->worker, &ear->link, model, &ear->settings);
    if (status != COCHLEA_OK || ear->drive == COCHLEA_INLINE)
        return status;
    ear->worker.limit = (size_t)(ear->settings.sample_rate * OVERLOAD_SECONDS) + BLOCK_MAX;
    return coch_thread_start(&ear->thread, &ear->worker);
}

static uint32_t latency_of(const cochlea_settings *settings)
{
    if (settings->timing != COCHLEA_STEADY)
        return 0;
    return (uint32_t)llrint(settings->steady_ms * settings->sample_rate / 1000.0);
}

cochlea_status cochlea_open(cochlea **ear, const cochlea_model *model, const cochlea_settings *settings)
{
    *ear = NULL;
    if (!model || !settings || !valid(settings))
        return COCHLEA_ERROR_ARGUMENT;
    /* The rings keep each index on a cache line of its own, so the object needs that alignment. */
    size_t size = (sizeof **ear + COCH_ALIGNMENT - 1) / COCH_ALIGNMENT * COCH_ALIGNMENT;
    cochlea *made = aligned_alloc(COCH_ALIGNMENT, size);
    if (!made)
        return COCHLEA_ERROR_MEMORY;
    memset(made, 0, size);
    made->settings = *settings;
    made->drive = settings->drive;
    made->instruments = settings->instruments;
    atomic_init(&made->latency, latency_of(settings));
    cochlea_status status = build(made, model->piano);
    if (status != COCHLEA_OK) {
        cochlea_close(made);
        return status;
    }
    *ear = made;
    return COCHLEA_OK;
}

/* Frees the streams that are in the rings: sent to the worker and never taken, or given back. */
static void free_streams(cochlea *ear)
{
    coch_control control;
    coch_piano *stream;
    if (!ear->arena.base)
        return;
    while (coch_ring_read(&ear->link.controls, &control, 1) == 1)
        if (control.type == COCH_CONTROL_STREAM)
            coch_piano_free(control.stream);
    while (coch_ring_read(&ear->link.returns, &stream, 1) == 1)
        coch_piano_free(stream);
}

void cochlea_close(cochlea *ear)
{
    if (!ear)
        return;
    coch_thread_stop(&ear->thread);
    free_streams(ear);
    coch_worker_side_close(&ear->worker);
    coch_arena_free(&ear->arena);
    free(ear);
}

/* Runs the nets over what waits; returns 0 when the event queue had no room for more. */
static int run_inline(cochlea *ear)
{
    while (coch_worker_side_has_room(&ear->worker))
        if (coch_worker_side_step(&ear->worker) == COCH_STEP_IDLE)
            return 1;
    return 0;
}

static size_t feed_inline(cochlea *ear, const float *samples, size_t count)
{
    size_t done = 0;
    int room = 1;
    unsigned denormals = coch_cpu_denormals_off();
    while (done < count && room) {
        size_t piece = count - done < FEED_SAMPLES ? count - done : FEED_SAMPLES;
        done += coch_audio_side_feed(&ear->audio, samples + done, piece);
        room = run_inline(ear);
    }
    coch_cpu_denormals_restore(denormals);
    return done;
}

/* Takes everything, as with a worker, but loses nothing. */
static void feed_offline(cochlea *ear, const float *samples, size_t count)
{
    unsigned denormals = coch_cpu_denormals_off();
    for (size_t done = 0; done < count;) {
        size_t piece = count - done < FEED_SAMPLES ? count - done : FEED_SAMPLES;
        coch_audio_side_feed_all(&ear->audio, samples + done, piece);
        run_inline(ear);
        done += piece;
    }
    coch_cpu_denormals_restore(denormals);
}

size_t cochlea_feed(cochlea *ear, const float *samples, size_t count) COCH_REALTIME
{
    if (ear->audio.ended)
        return 0;
    if (ear->drive == COCHLEA_INLINE)
        return feed_inline(ear, samples, count);
    if (ear->offline)
        feed_offline(ear, samples, count);
    else
        coch_audio_side_feed_all(&ear->audio, samples, count);
    return count;
}

size_t cochlea_events(cochlea *ear, cochlea_event *events, size_t capacity) COCH_REALTIME
{
    return coch_audio_side_events(&ear->audio, events, capacity);
}

size_t cochlea_evidence(cochlea *ear, cochlea_hop *hops, size_t capacity) COCH_REALTIME
{
    return coch_audio_side_evidence(&ear->audio, hops, capacity);
}

cochlea_status cochlea_flush(cochlea *ear)
{
    if (!ear->offline)
        coch_thread_rest(&ear->thread);
    unsigned denormals = coch_cpu_denormals_off();
    cochlea_status status = coch_worker_side_finish(&ear->worker);
    ear->audio.ended = 1;
    coch_cpu_denormals_restore(denormals);
    if (!ear->offline)
        coch_thread_resume(&ear->thread);
    return status;
}

void cochlea_reset(cochlea *ear) COCH_REALTIME
{
    coch_audio_side_reset(&ear->audio);
    if (ear->drive == COCHLEA_INLINE || ear->offline)
        run_inline(ear);
}

void cochlea_offline(cochlea *ear, int offline)
{
    if (ear->drive == COCHLEA_INLINE || ear->offline == offline)
        return;
    if (offline)
        coch_thread_rest(&ear->thread);
    else
        coch_thread_resume(&ear->thread);
    ear->offline = offline;
}

cochlea_status cochlea_change(cochlea *ear, const cochlea_settings *settings) COCH_REALTIME
{
    const cochlea_settings *old = &ear->settings;
    if (!valid(settings) || settings->sample_rate != old->sample_rate || settings->drive != old->drive ||
        settings->cpu_mask != old->cpu_mask || settings->evidence != old->evidence ||
        (settings->instruments && settings->instruments != ear->instruments))
        return COCHLEA_ERROR_ARGUMENT;
    coch_control control = {.type = COCH_CONTROL_SETTINGS, .settings = *settings};
    if (coch_ring_write(&ear->link.controls, &control, 1) != 1)
        return COCHLEA_ERROR_FULL;
    ear->settings = *settings;
    atomic_store_explicit(&ear->latency, latency_of(settings), memory_order_relaxed);
    return COCHLEA_OK;
}

cochlea_status cochlea_swap(cochlea *ear, const cochlea_model *model)
{
    if (!cochlea_swapped(ear))
        return COCHLEA_ERROR_STATE;
    if (coch_piano_model_hop(model->piano) != ear->worker.hop ||
        coch_piano_model_rate(model->piano) != ear->worker.model_rate)
        return COCHLEA_ERROR_ARGUMENT;
    coch_control control = {.type = COCH_CONTROL_STREAM, .config = coch_piano_model_tracker(model->piano)};
    cochlea_status status =
        coch_piano_new(&control.stream, model->piano, coch_kernels_select(ear->settings.cpu_mask));
    if (status != COCHLEA_OK)
        return status;
    if (coch_ring_write(&ear->link.controls, &control, 1) != 1) {
        coch_piano_free(control.stream);
        return COCHLEA_ERROR_FULL;
    }
    ear->swapping = 1;
    return COCHLEA_OK;
}

int cochlea_swapped(cochlea *ear)
{
    coch_piano *old;
    if (coch_ring_read(&ear->link.returns, &old, 1) == 1) {
        coch_piano_free(old);
        ear->swapping = 0;
    }
    return !ear->swapping;
}

uint32_t cochlea_latency(const cochlea *ear)
{
    return atomic_load_explicit(&ear->latency, memory_order_relaxed);
}

int cochlea_get_features(cochlea *ear, float *features)
{
    return coch_slot_read(&ear->link.features, features);
}

void cochlea_get_stats(cochlea *ear, cochlea_stats *stats)
{
    coch_slot_read(&ear->link.stats, stats);
}

void cochlea_get_instrument(cochlea *ear, cochlea_instrument *instrument)
{
    coch_slot_read(&ear->link.instrument, instrument);
}
