#include "hybrid.h"

#include "base/slot.h"
#include "hybrid_voice.h"
#include "processors.h"
#include "timbre/frontend.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 256         /* frames at a time; what is on the stack */
#define FADE_SECONDS 0.02 /* from one stream to another */
#define LOOKS_A_SECOND 100

/* A stream that is played. */
typedef struct playing {
    coch_voice *voice; /* NULL: none */
    int latency;       /* cochlea_hybrid_latency */
} playing;

/* What a window is shown. */
typedef struct look {
    int64_t samples;
    float peak_in, peak_out;
    float before[COCHLEA_HYBRID_BANDS], after[COCHLEA_HYBRID_BANDS];
} look;

/* The streams of the targets inside the plugin always stand ready; those of a file come from another thread
 * and go back to it, by pointers alone. */
typedef struct hybrid {
    double rate; /* Hz */
    coch_voice *inside;
    _Atomic(coch_voice *) arriving; /* of a file that was chosen, NULL for none */
    _Atomic(coch_voice *) leaving;  /* pile of those that are no longer played; the next choice frees them */

    /* The audio thread's own. */
    coch_voice *file; /* the last that arrived, NULL before */
    playing now, next;
    uint32_t warming; /* samples for which `next` only fills its memory */
    uint32_t fading;  /* and then of the fade that remain */
    int fresh;        /* nothing was heard yet: settings are in force at once */
    uint32_t unseen;  /* samples since the last look */
    look shown;
    coch_slot looks;
    coch_arena arena;
} hybrid;

static uint32_t latency(double rate, const float *values) COCH_REALTIME
{
    size_t frame = rate > 0.0 ? coch_timbre_frame_size(rate) : 0;
    return (uint32_t)(values[COCH_HYBRID_LATENCY] > 0.5f ? frame / 4 : frame / 2);
}

/* ---- Voices come and go [audio] ---- */

static void leave(hybrid *h, coch_voice *voice) COCH_REALTIME
{
    voice->next = atomic_load_explicit(&h->leaving, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&h->leaving, &voice->next, voice, memory_order_release,
                                                  memory_order_relaxed))
        ;
}

/* Not while two are played: the one that would be replaced may be among them. */
static void receive(hybrid *h) COCH_REALTIME
{
    if (h->next.voice || !atomic_load_explicit(&h->arriving, memory_order_relaxed))
        return;
    coch_voice *old = h->file;
    h->file = atomic_exchange_explicit(&h->arriving, NULL, memory_order_acquire);
    if (old && old != h->now.voice)
        leave(h, old);
}

static playing wanted(const hybrid *h, const float *values) COCH_REALTIME
{
    int own = values[COCH_HYBRID_TARGET] > COCH_HYBRID_INSIDE - 0.5f && h->file && h->file->model;
    return (playing){own ? h->file : h->inside, values[COCH_HYBRID_LATENCY] > 0.5f};
}

static cochlea_hybrid *stream_of(const playing *p) COCH_REALTIME
{
    return p->voice->streams[p->latency];
}

static void tell(const playing *p, const float *values) COCH_REALTIME
{
    cochlea_hybrid_settings settings;
    coch_voice_translate(p->voice, values, &settings);
    cochlea_hybrid_set(stream_of(p), &settings);
}

/* `next` takes over. */
static void advance(hybrid *h) COCH_REALTIME
{
    coch_voice *old = h->now.voice;
    h->now = h->next;
    h->next.voice = NULL;
    if (old != h->inside && old != h->file && old != h->now.voice)
        leave(h, old);
}

/* Decides what is to be played, and tells it the parameters. */
static void settle(hybrid *h, const float *values) COCH_REALTIME
{
    if (h->fresh && h->next.voice)
        advance(h);
    receive(h);
    playing want = wanted(h, values);
    if (!h->next.voice && (want.voice != h->now.voice || want.latency != h->now.latency)) {
        h->next = want;
        h->warming = 2 * (uint32_t)coch_timbre_frame_size(h->rate);
        h->fading = (uint32_t)(FADE_SECONDS * h->rate);
        tell(&h->next, values);
        cochlea_hybrid_reset(stream_of(&h->next));
        if (h->fresh)
            advance(h);
    }
    if (h->now.voice->model == want.voice->model) /* else what it plays until it is gone stays */
        tell(&h->now, values);
    if (h->next.voice)
        tell(&h->next, values);
    if (h->fresh)
        cochlea_hybrid_reset(stream_of(&h->now));
    h->fresh = 0;
}

/* ---- Sound [audio] ---- */

typedef float chunk[COCH_CHANNELS_MAX][CHUNK];

/* Copies the inputs, for outputs may lie over them. */
static void gather(const coch_block *b, uint32_t at, uint32_t count, chunk in) COCH_REALTIME
{
    size_t size = count * sizeof(float);
    memset(in[0], 0, size);
    if (b->in[0])
        memcpy(in[0], b->in[0] + at, size);
    memcpy(in[1], b->in[1] ? b->in[1] + at : in[0], size);
}

static void play_one(const playing *p, chunk in, chunk out, uint32_t count) COCH_REALTIME
{
    const float *const from[] = {in[0], in[1]};
    float *const to[] = {out[0], out[1]};
    cochlea_hybrid_process(stream_of(p), from, to, count);
}

/* Frames that can be played without anything happening in between. */
static uint32_t until_change(const hybrid *h, uint32_t left) COCH_REALTIME
{
    uint32_t count = left < CHUNK ? left : CHUNK;
    uint32_t change = !h->next.voice ? count : h->warming > 0 ? h->warming : h->fading;
    return change < count ? change : count;
}

static void fade(hybrid *h, chunk out, chunk other, uint32_t count) COCH_REALTIME
{
    float step = 1.0f / (float)(FADE_SECONDS * h->rate);
    for (uint32_t i = 0; i < count; i++) {
        float share = 1.0f - (float)(h->fading - i - 1) * step;
        for (int c = 0; c < COCH_CHANNELS_MAX; c++)
            out[c][i] += share * (other[c][i] - out[c][i]);
    }
    h->fading -= count;
}

static void play(hybrid *h, chunk in, chunk out, uint32_t count) COCH_REALTIME
{
    chunk other;
    play_one(&h->now, in, out, count);
    if (!h->next.voice)
        return;
    play_one(&h->next, in, other, count);
    if (h->warming > 0)
        h->warming -= count;
    else
        fade(h, out, other, count);
    if (h->fading == 0)
        advance(h);
}

static float peak_of(chunk x, uint32_t count, float peak) COCH_REALTIME
{
    for (int c = 0; c < COCH_CHANNELS_MAX; c++)
        for (uint32_t i = 0; i < count; i++)
            if (fabsf(x[c][i]) > peak) /* false for what is no number */
                peak = fabsf(x[c][i]);
    return peak;
}

static void show(hybrid *h, uint32_t frames) COCH_REALTIME
{
    h->shown.samples += frames;
    h->unseen += frames;
    if (h->unseen * LOOKS_A_SECOND < h->rate)
        return;
    cochlea_hybrid_spectra(stream_of(&h->now), h->shown.before, h->shown.after);
    coch_slot_write(&h->looks, &h->shown);
    h->unseen = 0;
    h->shown.peak_in = h->shown.peak_out = 0.0f;
}

static void process(void *self, const float *values, const coch_block *block) COCH_REALTIME
{
    hybrid *h = self;
    chunk in, out;
    settle(h, values);
    for (uint32_t at = 0, count; at < block->frames; at += count) {
        count = until_change(h, block->frames - at);
        gather(block, at, count, in);
        play(h, in, out, count);
        for (int c = 0; c < COCH_CHANNELS_MAX; c++)
            if (block->out[c])
                memcpy(block->out[c] + at, out[c], count * sizeof(float));
        h->shown.peak_in = peak_of(in, count, h->shown.peak_in);
        h->shown.peak_out = peak_of(out, count, h->shown.peak_out);
    }
    show(h, block->frames);
}

static void reset(void *self) COCH_REALTIME
{
    ((hybrid *)self)->fresh = 1;
}

/* ---- Main thread ---- */

static void free_pile(hybrid *h)
{
    coch_voice *v = atomic_exchange(&h->leaving, NULL);
    while (v) {
        coch_voice *next = v->next;
        coch_voice_free(v);
        v = next;
    }
}

static cochlea_status choose(void *self, const char *path, char *why, size_t why_size)
{
    hybrid *h = self;
    coch_voice *voice;
    free_pile(h);
    cochlea_status status = coch_voice_new(&voice, path, h->rate, why, why_size);
    if (status == COCHLEA_OK)
        coch_voice_free(atomic_exchange(&h->arriving, voice)); /* one that was never taken */
    return status;
}

static void watch(void *self, coch_watch *w) COCH_REALTIME
{
    hybrid *h = self;
    look seen;
    w->fresh = coch_slot_read(&h->looks, &seen);
    w->rate = h->rate;
    w->count = 0;
    w->lost = 0;
    w->stats = (cochlea_stats){.samples = seen.samples, .peak = seen.peak_in};
    w->peak_out = seen.peak_out;
    memcpy(w->before, seen.before, sizeof w->before);
    memcpy(w->after, seen.after, sizeof w->after);
}

static void close_hybrid(void *self)
{
    hybrid *h = self;
    if (!h)
        return;
    if (h->now.voice != h->inside && h->now.voice != h->file)
        coch_voice_free(h->now.voice);
    coch_voice_free(h->file);
    coch_voice_free(atomic_load(&h->arriving));
    free_pile(h);
    coch_voice_free(h->inside);
    coch_arena_free(&h->arena);
    free(h);
}

static cochlea_status build(hybrid *h, const float *values)
{
    char why[64];
    coch_slot_layout(&h->looks, &h->arena, sizeof(look));
    cochlea_status status = coch_arena_allocate(&h->arena);
    if (status != COCHLEA_OK)
        return status;
    coch_slot_layout(&h->looks, &h->arena, sizeof(look));
    status = coch_voice_new(&h->inside, NULL, h->rate, why, sizeof why);
    if (status == COCHLEA_OK)
        h->now = wanted(h, values);
    return status;
}

static cochlea_status open_hybrid(void **self, double rate, const float *values)
{
    *self = NULL;
    if (!(rate >= 8000.0 && rate <= 192000.0))
        return COCHLEA_ERROR_ARGUMENT;
    hybrid *h = calloc(1, sizeof *h);
    if (!h)
        return COCHLEA_ERROR_MEMORY;
    h->rate = rate;
    h->fresh = 1;
    atomic_init(&h->arriving, NULL);
    atomic_init(&h->leaving, NULL);
    cochlea_status status = build(h, values);
    if (status != COCHLEA_OK) {
        close_hybrid(h);
        return status;
    }
    *self = h;
    return COCHLEA_OK;
}

const char *const coch_hybrid_features[] = {"audio-effect", "filter", "stereo", NULL};

static const coch_file_kind file = {.symbol = "file",
                                    .name = "Own target",
                                    .comment = "A target of your own, a file that models/train/timbre/own.py "
                                               "made; played with Target at Own file.",
                                    .folder = "cochlea/targets",
                                    .suffix = ".gguf"};

const coch_processor coch_hybrid = {
    .id = "hybrid",
    .vst3_class = {0x43, 0x6F, 0x63, 0x68, 0x6C, 0x65, 0x61, 0x48, 0xA1, 0x5E, 0x32, 0x0D, 0x6B, 0x94, 0xE7,
                   0x2C},
    .lv2_class = "SpectralPlugin",
    .vst3_categories = "Fx|Filter",
    .channels = 2,
    .picture = COCH_PICTURE_SPECTRA,
    .parameters = coch_hybrid_parameters,
    .parameter_count = COCH_HYBRID_PARAMETERS,
    .presets = coch_hybrid_presets,
    .preset_count = COCH_HYBRID_PRESETS,
    .file = &file,
    .open = open_hybrid,
    .close = close_hybrid,
    .reset = reset,
    .process = process,
    .watch = watch,
    .choose = choose,
    .latency = latency,
};
