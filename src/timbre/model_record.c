/* A model of one target from a recording of it. */
#include "dsp/cpu.h"
#include "timbre/model.h"
#include "timbre/overlap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOMENTS_MAX = 4096, RUN = 16 /* neighbours that are kept together when there are more */ };

static const float quiet = 1e-5f; /* of the loudest frame's energy */

/* All frames of a recording. */
typedef struct recording {
    coch_arena arena;
    coch_timbre_frontend front;
    coch_overlap frames;
    float *power;            /* [bins] */
    coch_timbre_frame *seen; /* [count] */
    size_t count;
} recording;

static void layout(recording *r, double sample_rate)
{
    coch_timbre_frontend_layout(&r->front, &r->arena, sample_rate);
    coch_overlap_layout(&r->frames, &r->arena);
    r->power = coch_arena_take(&r->arena, r->frames.bins, sizeof *r->power);
    r->seen = coch_arena_take(&r->arena, r->count, sizeof *r->seen);
}

static cochlea_status prepare(recording *r, size_t count, double sample_rate)
{
    r->frames.size = coch_timbre_frame_size(sample_rate);
    r->frames.hop = r->frames.size / 4;
    r->frames.channels = 1;
    r->count = count / r->frames.hop;
    layout(r, sample_rate);
    cochlea_status status = coch_arena_allocate(&r->arena);
    if (status != COCHLEA_OK) {
        return status;
    }
    layout(r, sample_rate);
    const coch_kernels *kernels = coch_kernels_select(COCH_CPU_ALL);
    coch_timbre_frontend_fill(&r->front, kernels, sample_rate);
    return coch_overlap_fill(&r->frames, kernels);
}

/* Looks at every frame; returns the highest energy. */
static float look(recording *r, const float *mono)
{
    float highest = 0;
    for (size_t i = 0; i < r->count; i++) {
        const float *piece = mono + i * r->frames.hop;
        coch_overlap_push(&r->frames, &piece, r->frames.hop);
        coch_overlap_analyse(&r->frames);
        r->frames.filled = 0; /* nothing is to come back */
        r->front.kernels->power(r->power, r->frames.channel[0].spectrum, r->frames.bins);
        coch_timbre_frontend_process(&r->front, r->power, &r->seen[i]);
        highest = r->seen[i].energy > highest ? r->seen[i].energy : highest;
    }
    return highest;
}

/* Moves the frames to keep to the front: the loud ones, and of too many every n-th run. */
static size_t choose(recording *r, float highest)
{
    size_t loud = 0, kept = 0;
    for (size_t i = 0; i < r->count; i++) {
        if (r->seen[i].energy > highest * quiet) {
            r->seen[loud++] = r->seen[i];
        }
    }
    size_t every = (loud + MOMENTS_MAX - 1) / MOMENTS_MAX;
    for (size_t i = 0; i < loud && kept < MOMENTS_MAX; i++) {
        if (i / RUN % every == 0) {
            r->seen[kept++] = r->seen[i];
        }
    }
    return kept;
}

static void lay_out_model(cochlea_hybrid_model *m, size_t moments)
{
    coch_hybrid_target spare = {0};
    m->target = coch_arena_take(&m->arena, 1, sizeof *m->target);
    coch_hybrid_moments_layout(m->target ? &m->target->moments : &spare.moments, &m->arena, moments);
}

static cochlea_status fill(cochlea_hybrid_model *m, const recording *r, size_t moments, const char *name)
{
    m->targets = 1;
    lay_out_model(m, moments);
    cochlea_status status = coch_arena_allocate(&m->arena);
    if (status != COCHLEA_OK) {
        return status;
    }
    lay_out_model(m, moments);
    snprintf(m->target->name, sizeof m->target->name, "%s", name);
    for (size_t i = 0; i < moments; i++) {
        float *level = m->target->moments.level + i * COCH_TIMBRE_BANDS;
        memcpy(level, r->seen[i].level, COCH_TIMBRE_BANDS * sizeof *level);
        coch_timbre_unit_energy(level);
        for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
            m->target->envelope[b] += r->seen[i].envelope[b] / (float)moments;
        }
    }
    coch_hybrid_moments_index(&m->target->moments, &r->front);
    return COCHLEA_OK;
}

static cochlea_status record(cochlea_hybrid_model *m, recording *r, const char *name, const float *mono,
                             size_t count, double sample_rate)
{
    cochlea_status status = prepare(r, count, sample_rate);
    if (status != COCHLEA_OK) {
        return status;
    }
    float highest = look(r, mono);
    if (!(highest > 1e-12f && highest < 1e20f)) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    return fill(m, r, choose(r, highest), name);
}

cochlea_status cochlea_hybrid_model_record(cochlea_hybrid_model **model, const char *name, const float *mono,
                                           size_t count, double sample_rate)
{
    *model = NULL;
    if (!(sample_rate >= 8000 && sample_rate <= 192000) || count < coch_timbre_frame_size(sample_rate)) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    recording r = {0};
    cochlea_hybrid_model *made = calloc(1, sizeof *made);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    made->kernels = coch_kernels_select(COCH_CPU_ALL);
    cochlea_status status = record(made, &r, name, mono, count, sample_rate);
    coch_overlap_free(&r.frames);
    coch_arena_free(&r.arena);
    if (status != COCHLEA_OK) {
        cochlea_hybrid_model_free(made);
        return status;
    }
    *model = made;
    return COCHLEA_OK;
}
