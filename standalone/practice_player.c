#include "practice_player.h"

#include "base/arena.h"
#include "base/ring.h"
#include "practice_sound.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PENDING = 512, BLOCK = 256, PERIOD_UNKNOWN = 1024, PERIOD_MOST = 8192 };

/* Besides a period, what the worker may be late by. */
#define SPARE_SECONDS 0.010
#define AHEAD_SECONDS 1.0 /* of ring: what may be rendered and not yet played */

typedef struct pending {
    int64_t frame;
    uint8_t bytes[3];
} pending;

struct practice_player {
    coch_arena arena;
    coch_ring ring; /* float */
    practice_sound *sound;
    uint32_t delay;

    /* Shared. */
    atomic_int_least64_t missed; /* samples that the audio thread did without */

    /* The worker's. */
    int64_t rendered; /* frames */
    pending queue[PENDING];
    size_t first, count;
};

static void lay_out(practice_player *p, double rate)
{
    coch_ring_layout(&p->ring, &p->arena, sizeof(float), (size_t)(AHEAD_SECONDS * rate) + PERIOD_MOST);
}

int practice_player_new(practice_player **made, const char *font, double rate, uint32_t period, char *why,
                        size_t why_size)
{
    static const float silence[BLOCK];
    size_t bytes = (sizeof **made + COCH_ALIGNMENT - 1) / COCH_ALIGNMENT * COCH_ALIGNMENT;
    practice_player *p = *made = aligned_alloc(COCH_ALIGNMENT, bytes);
    if (!p) {
        snprintf(why, why_size, "out of memory");
        return -1;
    }
    memset(p, 0, bytes);
    lay_out(p, rate);
    int failed = coch_arena_allocate(&p->arena) != COCHLEA_OK;
    if (failed)
        snprintf(why, why_size, "out of memory");
    else
        failed = practice_sound_new(&p->sound, font, rate, why, why_size);
    if (failed) {
        practice_player_free(p);
        *made = NULL;
        return -1;
    }
    lay_out(p, rate);
    coch_ring_reset(&p->ring);
    period = period > 0 ? period : PERIOD_UNKNOWN;
    p->delay = (period < PERIOD_MOST ? period : PERIOD_MOST) + (uint32_t)(SPARE_SECONDS * rate);
    for (uint32_t left = p->delay, n; left > 0; left -= n)
        n = (uint32_t)coch_ring_write(&p->ring, silence, left < BLOCK ? left : BLOCK);
    return 0;
}

void practice_player_free(practice_player *p)
{
    if (!p)
        return;
    practice_sound_free(p->sound);
    coch_arena_free(&p->arena);
    free(p);
}

uint32_t practice_player_delay(const practice_player *p)
{
    return p->delay;
}

/* ---- Worker ---- */

void practice_player_send(practice_player *p, int64_t frame, const uint8_t bytes[3])
{
    if (p->count == PENDING) /* nobody renders: the oldest takes effect now */
        practice_player_render(p, p->queue[p->first].frame + 1);
    if (p->count == PENDING)
        return;
    pending *to = &p->queue[(p->first + p->count++) % PENDING];
    *to = (pending){.frame = frame, .bytes = {bytes[0], bytes[1], bytes[2]}};
}

static void take_messages(practice_player *p)
{
    while (p->count > 0 && p->queue[p->first].frame <= p->rendered) {
        practice_sound_message(p->sound, p->queue[p->first].bytes);
        p->first = (p->first + 1) % PENDING;
        p->count--;
    }
}

/* Drops what the audio thread did without, so that the rest keeps its time. */
static size_t drop_missed(practice_player *p, size_t count)
{
    int64_t missed = atomic_load_explicit(&p->missed, memory_order_acquire);
    size_t dropped = missed < (int64_t)count ? (size_t)missed : count;
    atomic_fetch_sub_explicit(&p->missed, (int64_t)dropped, memory_order_acq_rel);
    return dropped;
}

void practice_player_render(practice_player *p, int64_t frame)
{
    float block[BLOCK];
    while (p->rendered < frame) {
        take_messages(p);
        int64_t until = p->count > 0 && p->queue[p->first].frame < frame ? p->queue[p->first].frame : frame;
        size_t count = until - p->rendered < BLOCK ? (size_t)(until - p->rendered) : BLOCK;
        if (coch_ring_writable(&p->ring) < count)
            return; /* nobody plays */
        practice_sound_render(p->sound, block, count);
        size_t dropped = drop_missed(p, count);
        coch_ring_write(&p->ring, block + dropped, count - dropped);
        p->rendered += (int64_t)count;
    }
}

/* ---- Audio thread ---- */

void practice_player_play(practice_player *p, float *samples, size_t count) COCH_REALTIME
{
    size_t got = coch_ring_read(&p->ring, samples, count);
    if (got == count)
        return;
    memset(samples + got, 0, (count - got) * sizeof *samples);
    atomic_fetch_add_explicit(&p->missed, (int64_t)(count - got), memory_order_acq_rel);
}
