#include "scribe.h"

#include "base/ring.h"
#include "delay.h"
#include "engine/cochlea.h"
#include "notes.h"
#include "processors.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 256 /* frames at a time; what is on the stack */
#define BATCH 64  /* events taken from the engine at a time */
#define SEEN 4096 /* events between two looks of a window */

typedef struct scribe {
    cochlea_model *model;
    cochlea_instruments *instruments;
    int class_of[COCH_SCRIBE_CLASSES]; /* of the weights, for each output; -1 where they know none such */
    cochlea *ear;
    cochlea_settings settings; /* that it was last told */
    int offline;               /* it runs inside the host's call */
    double rate;               /* Hz */
    coch_arena arena;

    /* For a window. */
    coch_ring seen;             /* cochlea_event with times since the opening */
    atomic_uint unseen;         /* events that found it full */
    unsigned known_unseen;      /* as of the last look [main] */
    atomic_int_least64_t heard; /* samples since the opening */

    coch_delay delays[COCH_CHANNELS_MAX];
    coch_notes notes;
    int64_t fed;  /* samples given to the engine since its start */
    int64_t base; /* and before that */
    int bypass;
    coch_transport transport;
    int releasing;               /* what sounds outside must end before anything else is sent */
    cochlea_event events[BATCH]; /* taken from the engine */
    size_t first, count;         /* those not yet sent */
    unsigned channel;
} scribe;

/* ---- Parameters ---- */

/* Sets everything but rate and drive; `instruments` are what it may listen for. */
static void translate(cochlea_settings *s, const cochlea_instruments *instruments,
                      const float *values) COCH_REALTIME
{
    float low = values[COCH_SCRIBE_LOW], high = values[COCH_SCRIBE_HIGH];
    s->timing = values[COCH_SCRIBE_TIMING] > 0.5f ? COCHLEA_STEADY : COCHLEA_FAST;
    s->steady_ms = (double)values[COCH_SCRIBE_STEADY];
    s->lookahead_ms = (double)values[COCH_SCRIBE_LOOKAHEAD];
    s->sensitivity = values[COCH_SCRIBE_SENSITIVITY];
    s->velocity_curve = values[COCH_SCRIBE_CURVE];
    s->tuning_hz = (double)values[COCH_SCRIBE_TUNING];
    s->sustain = values[COCH_SCRIBE_SUSTAIN] > 0.5f;
    s->transpose = (int)values[COCH_SCRIBE_TRANSPOSE];
    s->only_piano = values[COCH_SCRIBE_ONLY_PIANO] > 0.5f;
    s->instruments = s->only_piano || values[COCH_SCRIBE_INSTRUMENT] > 0.5f ? instruments : NULL;
    s->low_note = (uint8_t)(low < high ? low : high);
    s->high_note = (uint8_t)(low < high ? high : low);
}

static int differ(const cochlea_settings *a, const cochlea_settings *b) COCH_REALTIME
{
    return a->timing != b->timing || a->steady_ms != b->steady_ms || a->lookahead_ms != b->lookahead_ms ||
           a->sensitivity != b->sensitivity || a->velocity_curve != b->velocity_curve ||
           a->tuning_hz != b->tuning_hz || a->sustain != b->sustain || a->transpose != b->transpose ||
           a->low_note != b->low_note || a->high_note != b->high_note || a->only_piano != b->only_piano ||
           a->instruments != b->instruments;
}

/* Tells the engine what has changed; when it has no room for that, the next block does. */
static void settle(scribe *s, const float *values) COCH_REALTIME
{
    cochlea_settings wanted = s->settings;
    s->channel = (unsigned)values[COCH_SCRIBE_CHANNEL] - 1;
    translate(&wanted, s->instruments, values);
    if (differ(&wanted, &s->settings) && cochlea_change(s->ear, &wanted) == COCHLEA_OK)
        s->settings = wanted;
}

static uint32_t latency(double rate, const float *values) COCH_REALTIME
{
    if (values[COCH_SCRIBE_TIMING] < 0.5f)
        return 0;
    return (uint32_t)lrint((double)values[COCH_SCRIBE_STEADY] * rate / 1000.0);
}

/* ---- Notes ---- */

static void show(scribe *s, const cochlea_event *event, int64_t sent) COCH_REALTIME
{
    cochlea_event e = *event;
    e.time += s->base;
    e.emit = s->base + sent;
    if (coch_ring_write(&s->seen, &e, 1) != 1)
        atomic_fetch_add_explicit(&s->unseen, 1, memory_order_relaxed);
}

/* Starts the engine anew, and ends what sounds. */
static void restart(scribe *s) COCH_REALTIME
{
    const cochlea_event end = {.type = COCH_WATCH_BREAK, .time = s->fed};
    cochlea_reset(s->ear);
    show(s, &end, s->fed);
    s->base += s->fed;
    s->fed = 0;
    s->first = s->count = 0;
    s->releasing = 1;
}

static void reset(void *self) COCH_REALTIME
{
    scribe *s = self;
    restart(s);
    s->transport = COCH_TRANSPORT_UNKNOWN;
    for (int c = 0; c < COCH_CHANNELS_MAX; c++)
        coch_delay_reset(&s->delays[c]);
}

/* A piece of a block: frames [at, at + count), of which the engine's sample `start` is the first. */
typedef struct piece {
    const coch_block *block;
    uint32_t at, count;
    int64_t start;
} piece;

static uint32_t frame_of(const piece *p, int64_t emit) COCH_REALTIME
{
    int64_t frame = emit - p->start;
    if (frame < 0) /* the engine's own thread was not done when its time came */
        frame = 0;
    return p->at + (frame < p->count ? (uint32_t)frame : p->count - 1);
}

/* Sends all that is due and for which there is room; returns how many events that were. */
static size_t deliver(scribe *s, const piece *p) COCH_REALTIME
{
    const coch_block *b = p->block;
    size_t sent = 0;
    if (s->releasing)
        s->releasing = !coch_notes_release(&s->notes, p->at, b->send, b->sink);
    while (!s->releasing) {
        if (s->first == s->count) {
            s->first = 0;
            s->count = cochlea_events(s->ear, s->events, BATCH);
        }
        if (s->count == 0)
            break;
        const cochlea_event *event = &s->events[s->first];
        uint32_t frame = frame_of(p, event->emit);
        if (!coch_notes_pass(&s->notes, event, s->channel, frame, b->send, b->sink))
            break;
        show(s, event, p->start + frame - p->at);
        s->first++;
        sent++;
    }
    return sent;
}

/* ---- Sound ---- */

static void feed(scribe *s, const piece *p, const float *x, size_t count) COCH_REALTIME
{
    for (size_t done = 0; done < count;) {
        size_t n = cochlea_feed(s->ear, x + done, count - done);
        s->fed += (int64_t)n;
        done += n;
        if (done < count && deliver(s, p) == 0 && n == 0)
            return; /* queues are full and the host takes nothing: what remains is not heard */
    }
}

/* Copies the inputs, for outputs may lie over them, and mixes them to one channel. */
static void gather(const piece *p, float dry[COCH_CHANNELS_MAX][CHUNK], float *mono) COCH_REALTIME
{
    const float *left = p->block->in[0], *right = p->block->in[1];
    size_t size = p->count * sizeof(float);
    memset(dry[0], 0, size);
    if (left)
        memcpy(dry[0], left + p->at, size);
    memcpy(dry[1], right ? right + p->at : dry[0], size);
    for (uint32_t i = 0; i < p->count; i++)
        mono[i] = (dry[0][i] + dry[1][i]) / 2.0f;
}

static void process_piece(scribe *s, piece *p, uint32_t delay) COCH_REALTIME
{
    float dry[COCH_CHANNELS_MAX][CHUNK], mono[CHUNK], spare[CHUNK];
    gather(p, dry, mono);
    p->start = s->fed;
    if (s->bypass) {
        deliver(s, p);
    } else {
        /* An event leaves before the sample that follows its time: with the last sample withheld, one that is
         * due at the end waits for the next piece, where its frame is 0. */
        feed(s, p, mono, p->count - 1);
        deliver(s, p);
        feed(s, p, mono + p->count - 1, 1);
    }
    for (int c = 0; c < COCH_CHANNELS_MAX; c++) {
        float *out = p->block->out[c];
        coch_delay_process(&s->delays[c], delay, dry[c], out ? out + p->at : spare, p->count);
    }
}

/* What starts the engine anew: live or offline, bypass, the end of playing. */
static void attend(scribe *s, const float *values, const coch_block *block) COCH_REALTIME
{
    int bypass = values[COCH_SCRIBE_BYPASS] > 0.5f;
    int stopped = s->transport == COCH_TRANSPORT_ROLLING && block->transport == COCH_TRANSPORT_STOPPED;
    int offline = block->offline != 0;
    cochlea_offline(s->ear, offline); /* it may wait for a hop, but then nobody waits for us */
    if (offline != s->offline || bypass != s->bypass || stopped)
        restart(s);
    s->offline = offline;
    s->bypass = bypass;
    s->transport = block->transport;
}

/* The numbers for the host. */
static void tell(scribe *s, float *outputs) COCH_REALTIME
{
    cochlea_instrument heard;
    cochlea_get_instrument(s->ear, &heard);
    for (int i = 0; i < COCH_SCRIBE_CLASSES && s->settings.instruments; i++) {
        int class = s->class_of[i];
        outputs[1 + i] = class < 0 ? 0.0f : 100.0f * heard.p[class];
        if (class >= 0 && class == heard.shown)
            outputs[0] = (float)(1 + i);
    }
}

static void process(void *self, const float *values, const coch_block *block) COCH_REALTIME
{
    scribe *s = self;
    uint32_t delay = latency(s->rate, values);
    attend(s, values, block);
    settle(s, values);
    for (uint32_t at = 0; at < block->frames; at += CHUNK) {
        uint32_t left = block->frames - at;
        piece p = {.block = block, .at = at, .count = left < CHUNK ? left : CHUNK};
        process_piece(s, &p, delay);
    }
    tell(s, block->outputs);
    atomic_store_explicit(&s->heard, s->base + s->fed, memory_order_relaxed);
}

/* ---- To be seen ---- */

static void watch(void *self, coch_watch *w) COCH_REALTIME
{
    scribe *s = self;
    unsigned unseen = atomic_load_explicit(&s->unseen, memory_order_relaxed);
    w->rate = s->rate;
    w->count = coch_ring_read(&s->seen, w->events, COCH_WATCH_EVENTS);
    w->lost = unseen != s->known_unseen;
    s->known_unseen = unseen;
    cochlea_get_stats(s->ear, &w->stats);
    w->stats.samples = atomic_load_explicit(&s->heard, memory_order_relaxed);
    w->fresh = cochlea_get_features(s->ear, w->features);
}

/* ---- Life ---- */

static void close_scribe(void *self)
{
    scribe *s = self;
    if (!s)
        return;
    cochlea_close(s->ear);
    for (int c = 0; c < COCH_CHANNELS_MAX; c++)
        coch_delay_close(&s->delays[c]);
    cochlea_model_close(s->model);
    cochlea_instruments_close(s->instruments);
    coch_arena_free(&s->arena);
    free(s);
}

static cochlea_status open_ring(scribe *s)
{
    coch_ring_layout(&s->seen, &s->arena, sizeof(cochlea_event), SEEN);
    cochlea_status status = coch_arena_allocate(&s->arena);
    if (status != COCHLEA_OK)
        return status;
    coch_ring_layout(&s->seen, &s->arena, sizeof(cochlea_event), SEEN);
    coch_ring_reset(&s->seen);
    return COCHLEA_OK;
}

static int find_class(const cochlea_instruments *instruments, const char *name)
{
    int i = 0;
    while (cochlea_instruments_name(instruments, i) &&
           strcmp(cochlea_instruments_name(instruments, i), name) != 0)
        i++;
    return cochlea_instruments_name(instruments, i) ? i : -1;
}

static cochlea_status build(scribe *s, double rate, const float *values)
{
    uint32_t longest = (uint32_t)(coch_scribe_parameters[COCH_SCRIBE_STEADY].maximum * rate / 1000.0) + 1;
    cochlea_status status = cochlea_model_open(&s->model, NULL, NULL, 0);
    if (status == COCHLEA_OK)
        status = cochlea_instruments_open(&s->instruments, NULL, NULL, 0);
    if (status == COCHLEA_OK)
        status = open_ring(s);
    for (int i = 0; i < COCH_SCRIBE_CLASSES && status == COCHLEA_OK; i++)
        s->class_of[i] = find_class(s->instruments, coch_scribe_outputs[1 + i].symbol);
    for (int c = 0; c < COCH_CHANNELS_MAX && status == COCHLEA_OK; c++)
        status = coch_delay_open(&s->delays[c], longest);
    if (status != COCHLEA_OK)
        return status;
    cochlea_settings_default(&s->settings);
    translate(&s->settings, s->instruments, values);
    cochlea_settings all = s->settings; /* opened with all that it may need */
    all.sample_rate = s->settings.sample_rate = rate;
    all.drive = s->settings.drive = COCHLEA_WORKER;
    all.instruments = s->instruments;
    status = cochlea_open(&s->ear, s->model, &all);
    return status == COCHLEA_OK ? cochlea_change(s->ear, &s->settings) : status;
}

static cochlea_status open_scribe(void **self, double rate, const float *values)
{
    *self = NULL;
    if (!(rate >= 8000.0 && rate <= 192000.0))
        return COCHLEA_ERROR_ARGUMENT;
    size_t bytes = (sizeof(scribe) + COCH_ALIGNMENT - 1) / COCH_ALIGNMENT * COCH_ALIGNMENT;
    scribe *s = aligned_alloc(COCH_ALIGNMENT, bytes);
    if (!s)
        return COCHLEA_ERROR_MEMORY;
    memset(s, 0, bytes);
    s->rate = rate;
    cochlea_status status = build(s, rate, values);
    if (status != COCHLEA_OK) {
        close_scribe(s);
        return status;
    }
    *self = s;
    return COCHLEA_OK;
}

const char *const coch_scribe_features[] = {"analyzer", "note-detector", "audio-effect", "stereo", NULL};

const coch_processor coch_scribe = {
    .id = "scribe",
    .vst3_class = {0x43, 0x6F, 0x63, 0x68, 0x6C, 0x65, 0x61, 0x53, 0x9D, 0x1B, 0x4E, 0x0A, 0x7F, 0x26, 0xC3,
                   0x58},
    .lv2_class = "AnalyserPlugin",
    .vst3_categories = "Fx|Analyzer",
    .channels = 2,
    .midi_out = 1,
    .parameters = coch_scribe_parameters,
    .parameter_count = COCH_SCRIBE_PARAMETERS,
    .presets = coch_scribe_presets,
    .preset_count = COCH_SCRIBE_PRESETS,
    .outputs = coch_scribe_outputs,
    .output_count = COCH_SCRIBE_OUTPUTS,
    .open = open_scribe,
    .close = close_scribe,
    .reset = reset,
    .process = process,
    .watch = watch,
    .latency = latency,
};
