#include "base/arena.h"
#include "dsp/cpu.h"
#include "engine/audio_side.h"
#include "engine/cochlea.h"
#include "engine/model.h"
#include "engine/worker_side.h"

#include <math.h>
#include <stdlib.h>

#define RING_SECONDS 1.0  /* of samples between the two sides */
#define FEED_SAMPLES 1024 /* handed over before the nets run, in the inline drive */

struct cochlea {
    coch_arena arena;
    coch_link link;
    coch_audio_side audio;
    coch_worker_side worker;
    cochlea_settings settings;
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

static int valid(const cochlea_settings *s)
{
    return within(s->sample_rate, 8000.0, 192000.0) && s->drive == COCHLEA_INLINE &&
           (s->timing == COCHLEA_FAST || s->timing == COCHLEA_STEADY) && within(s->steady_ms, 20.0, 200.0) &&
           within(s->lookahead_ms, 20.0, 200.0) && within((double)s->sensitivity, 0.5, 2.0) &&
           within((double)s->min_confidence, 0.0, 1.0) && within((double)s->velocity_curve, 0.25, 4.0) &&
           within(s->tuning_hz, 400.0, 480.0) && within(s->transpose, -48, 48) &&
           s->low_note <= s->high_note && s->high_note <= 127;
}

static void layout(cochlea *ear, size_t hop, double rate)
{
    coch_link *link = &ear->link;
    size_t samples = (size_t)(ear->settings.sample_rate * RING_SECONDS);
    coch_ring_layout(&link->samples, &ear->arena, sizeof(float), samples);
    coch_ring_layout(&link->requests, &ear->arena, sizeof(coch_request), COCH_LINK_REQUESTS);
    coch_ring_layout(&link->messages, &ear->arena, sizeof(coch_message), COCH_LINK_MESSAGES);
    coch_slot_layout(&link->stats, &ear->arena, sizeof(cochlea_stats));
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
    coch_ring_reset(&ear->link.samples);
    coch_ring_reset(&ear->link.requests);
    coch_ring_reset(&ear->link.messages);
    coch_audio_side_open(&ear->audio, &ear->link);
    return coch_worker_side_open(&ear->worker, &ear->link, model, &ear->settings);
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
    *made = (cochlea){.settings = *settings};
    cochlea_status status = build(made, model->piano);
    if (status != COCHLEA_OK) {
        cochlea_close(made);
        return status;
    }
    *ear = made;
    return COCHLEA_OK;
}

void cochlea_close(cochlea *ear)
{
    if (!ear)
        return;
    coch_worker_side_close(&ear->worker);
    coch_arena_free(&ear->arena);
    free(ear);
}

/* Runs the nets over what waits; returns 0 when the event queue had no room for more. */
static int run_inline(cochlea *ear)
{
    while (coch_worker_side_has_room(&ear->worker))
        if (!coch_worker_side_step(&ear->worker))
            return 1;
    return 0;
}

size_t cochlea_feed(cochlea *ear, const float *samples, size_t count) COCH_REALTIME
{
    size_t done = 0;
    int room = 1;
    if (ear->audio.ended)
        return 0;
    unsigned denormals = coch_cpu_denormals_off();
    while (done < count && room) {
        size_t piece = count - done < FEED_SAMPLES ? count - done : FEED_SAMPLES;
        done += coch_audio_side_feed(&ear->audio, samples + done, piece);
        room = run_inline(ear);
    }
    coch_cpu_denormals_restore(denormals);
    return done;
}

size_t cochlea_events(cochlea *ear, cochlea_event *events, size_t capacity) COCH_REALTIME
{
    return coch_audio_side_events(&ear->audio, events, capacity);
}

cochlea_status cochlea_flush(cochlea *ear)
{
    unsigned denormals = coch_cpu_denormals_off();
    cochlea_status status = coch_worker_side_finish(&ear->worker);
    ear->audio.ended = 1;
    coch_cpu_denormals_restore(denormals);
    return status;
}

void cochlea_reset(cochlea *ear) COCH_REALTIME
{
    coch_audio_side_reset(&ear->audio);
    run_inline(ear);
}

uint32_t cochlea_latency(const cochlea *ear)
{
    if (ear->settings.timing != COCHLEA_STEADY)
        return 0;
    return (uint32_t)llrint(ear->settings.steady_ms * ear->settings.sample_rate / 1000.0);
}

void cochlea_get_stats(cochlea *ear, cochlea_stats *stats)
{
    coch_slot_read(&ear->link.stats, stats);
}
