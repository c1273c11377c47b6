/* The callbacks of the shells under the same trap as the engine's: what `cochlea live` does in a block of
 * sound, and what the plugins do, with parameters automated, bypass, resets and a stopping transport. */
#include "../practice/fake_backend.h"
#include "base/arena.h"
#include "live_process.h"
#include "plugin/core.h"
#include "plugin/processors.h"
#include "practice_sound.h"
#include "practice_source.h"
#include "takes.h"
#include "tones.h"
#include "trap.h"

#include <string.h>

#define RATE 48000.0
#define SECONDS 2.0
#define BLOCK_MAX 8192

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static size_t random_block(unsigned *seed, size_t left)
{
    size_t block = 1 + next_random(seed) % (next_random(seed) % 4 ? 512 : BLOCK_MAX);
    return block < left ? block : left;
}

typedef struct sent {
    size_t messages;
} sent;

static void send_live(void *port, uint32_t frame, const uint8_t *bytes, size_t count)
{
    sent *s = port;
    (void)frame, (void)bytes;
    s->messages += count > 0;
}

/* The recorder's rings are never emptied: that they overflow is part of it. */
static void live_callback_never_waits(void **state)
{
    coch_arena arena = {0};
    coch_ring sound, events;
    live_process p;
    static float out[BLOCK_MAX];
    char why[256];
    sent s = {0};
    cochlea_settings settings;
    size_t count;
    float *x = tones_piece(RATE, SECONDS, &count);
    unsigned seed = 1;
    memset(&p, 0, sizeof p);
    for (int pass = 0; pass < 2; pass++) {
        coch_ring_layout(&sound, &arena, sizeof(float), 16384);
        coch_ring_layout(&events, &arena, sizeof(cochlea_event), 8);
        if (pass == 0)
            assert_int_equal(coch_arena_allocate(&arena), COCHLEA_OK);
    }
    coch_ring_reset(&sound);
    coch_ring_reset(&events);
    cochlea_settings_default(&settings);
    settings.sample_rate = RATE;
    settings.drive = COCHLEA_WORKER;
    assert_int_equal(cochlea_open(&p.ear, *state, &settings), COCHLEA_OK);
    const live_hybrid_options hybrid = {.targets = "violin,organ", .settings = {.mix = 1.0f, .detail = 0.5f}};
    assert_int_equal(live_hybrid_open(&p.hybrid, &hybrid, RATE, why, sizeof why), 0);
    p.sound = &sound;
    p.events = &events;
    p.limit = INT64_MAX;
    live_process_init(&p);
    for (size_t at = 0; at < count;) {
        size_t n = random_block(&seed, count - at);
        backend_block block = {.input = x + at,
                               .output = out,
                               .frames = (uint32_t)n,
                               .position = (int64_t)at,
                               .send = send_live,
                               .port = &s};
        live_hybrid_word word = p.hybrid->word; /* turned all the time */
        word.settings.morph = (float)(next_random(&seed) % 100) / 100.0f;
        word.settings.target = next_random(&seed) % 8;
        live_hybrid_say(p.hybrid, &word);
        trap_enter();
        live_process_block(&p, &block);
        trap_leave();
        at += n;
    }
    assert_true(atomic_load(&p.unwritten) > 0);
    cochlea_close(p.ear);
    live_hybrid_close(p.hybrid);
    coch_arena_free(&arena);
    free(x);
}

/* What `cochlea practice` does, with all rings full or empty at times, and sound out. */
static void practice_callback_never_waits(void **state)
{
    char why[256];
    practice_source *source;
    const practice_source_options options = {.backend = "auto", .sound = 1};
    static const uint8_t note[3] = {0x90, 60, 100};
    static float heard[BLOCK_MAX];
    unsigned seed = 3;
    (void)state;
    fake =
        (fake_device){.there = 1, .rate = RATE, .period = 256, .has_output = practice_sound_possible(NULL)};
    assert_int_equal(practice_source_open(&source, &options, why, sizeof why), 0);
    for (int i = 0; i < 1000; i++) {
        uint32_t frames = (uint32_t)random_block(&seed, BLOCK_MAX);
        trap_enter();
        fake_block(frames);
        trap_leave();
        if (next_random(&seed) % 8 == 0)
            continue; /* the worker is late */
        practice_source_send(source, (double)fake.position / RATE + 0.02, note);
        practice_source_sent(source, (double)fake.position / RATE + 0.04);
        if (i % 100 > 50)
            practice_source_read(source, heard, BLOCK_MAX, 0);
    }
    practice_source_close(source);
}

static int send_plugin(void *sink, uint32_t frame, const uint8_t bytes[3])
{
    sent *s = sink;
    (void)frame, (void)bytes;
    s->messages++;
    return s->messages % 5 != 0; /* at times the host has no room */
}

static void play_plugin(coch_core *core, const float *x, size_t count, sent *s)
{
    const coch_processor *processor = coch_core_processor(core);
    static float out[COCH_CHANNELS_MAX][BLOCK_MAX];
    unsigned seed = 7;
    for (size_t at = 0; at < count;) {
        size_t n = random_block(&seed, count - at), index = next_random(&seed) % processor->parameter_count;
        const coch_parameter *parameter = &processor->parameters[index];
        double value = parameter->minimum +
                       (parameter->maximum - parameter->minimum) * (next_random(&seed) % 101) / 100.0;
        coch_block block = {.frames = (uint32_t)n,
                            .transport =
                                next_random(&seed) % 16 ? COCH_TRANSPORT_ROLLING : COCH_TRANSPORT_STOPPED,
                            .send = send_plugin,
                            .sink = s};
        for (unsigned c = 0; c < processor->channels; c++) {
            block.in[c] = x + at;
            block.out[c] = out[c];
        }
        trap_enter();
        if (next_random(&seed) % 4 == 0)
            coch_core_set(core, index, value);
        if (next_random(&seed) % 32 == 0)
            coch_core_reset(core);
        coch_core_process(core, &block);
        trap_leave();
        at += n;
    }
}

static void plugin_callback_never_waits(void **state)
{
    size_t count;
    float *x = tones_piece(RATE, SECONDS, &count);
    (void)state;
    for (size_t i = 0; coch_processor_at(i); i++) {
        coch_core *core;
        sent s = {0};
        assert_int_equal(coch_core_new(&core, coch_processor_at(i)), COCHLEA_OK);
        assert_int_equal(coch_core_activate(core, RATE), COCHLEA_OK);
        play_plugin(core, x, count, &s);
        coch_core_free(core);
    }
    free(x);
}

int main(void)
{
    trap_prepare();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(live_callback_never_waits),
        cmocka_unit_test(practice_callback_never_waits),
        cmocka_unit_test(plugin_callback_never_waits),
    };
    return cmocka_run_group_tests(tests, take_open_model, take_close_model);
}
