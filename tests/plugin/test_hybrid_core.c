/* Cochlea Hybrid without any plugin format: what it does to sound, and what happens with its file. */
#include "state_builder.h"

#include "../tones.h"
#include "core.h"
#include "hybrid.h"
#include "processors.h"
#include "state.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define RATE 48000.0
#define SECONDS 1.5

typedef struct take {
    float *in[2], *out[2];
    size_t count;
} take;

/* Tones left, and the same with a delay and softer right. */
static take open_take(void)
{
    take t;
    t.in[0] = tones_piece(RATE, SECONDS, &t.count);
    for (int i = 0; i < 2; i++)
        t.out[i] = calloc(t.count, sizeof(float));
    t.in[1] = calloc(t.count, sizeof(float));
    for (size_t i = 100; i < t.count; i++)
        t.in[1][i] = 0.7f * t.in[0][i - 100];
    return t;
}

static void close_take(take *t)
{
    for (int i = 0; i < 2; i++) {
        free(t->in[i]);
        free(t->out[i]);
    }
}

static coch_core *open_core(void)
{
    coch_core *core;
    assert_int_equal(coch_core_new(&core, coch_processor_find("hybrid")), COCHLEA_OK);
    assert_int_equal(coch_core_activate(core, RATE), COCHLEA_OK);
    return core;
}

/* Samples [from, to) in blocks of `size`; 0: of any size. */
static void play(coch_core *core, take *t, size_t from, size_t to, size_t size)
{
    for (size_t at = from; at < to;) {
        size_t n = size ? size : 1 + (size_t)rand() % 3000;
        n = n < to - at ? n : to - at;
        coch_block block = {.in = {t->in[0] + at, t->in[1] + at},
                            .out = {t->out[0] + at, t->out[1] + at},
                            .frames = (uint32_t)n};
        coch_core_process(core, &block);
        at += n;
    }
}

static void directly(const cochlea_hybrid_settings *settings, cochlea_hybrid_latency latency, const take *t,
                     float *const out[2])
{
    cochlea_hybrid_model *model;
    cochlea_hybrid *h;
    assert_int_equal(cochlea_hybrid_model_open(&model, NULL, NULL, 0), COCHLEA_OK);
    assert_int_equal(cochlea_hybrid_new(&h, model, RATE, 2, latency), COCHLEA_OK);
    cochlea_hybrid_set(h, settings);
    cochlea_hybrid_reset(h);
    cochlea_hybrid_process(h, (const float *const[]){t->in[0], t->in[1]}, out, t->count);
    cochlea_hybrid_free(h);
    cochlea_hybrid_model_free(model);
}

/* Two streams need not round alike: their transforms may have been planned differently. */
static void assert_close(const float *a, const float *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_true(fabsf(a[i] - b[i]) < 2e-6f);
}

/* ---- Tests ---- */

static void labels_are_the_targets(void **state)
{
    cochlea_hybrid_model *model;
    (void)state;
    assert_int_equal(cochlea_hybrid_model_open(&model, NULL, NULL, 0), COCHLEA_OK);
    assert_int_equal(cochlea_hybrid_model_targets(model), COCH_HYBRID_INSIDE);
    for (int i = 0; i < COCH_HYBRID_INSIDE; i++)
        assert_true(cochlea_hybrid_model_find(model, coch_hybrid_targets[i]) >= 0);
    cochlea_hybrid_model_free(model);
}

/* Every parameter, at both latencies, whatever the blocks. */
static void does_what_the_library_does(void **state)
{
    static const float chosen[COCH_HYBRID_PARAMETERS] = {0,    4,    6,    0.3f, 0.8f, 0, 3,
                                                         0.4f, 0.7f, 0.2f, 0.6f, 0,    0, 0};
    (void)state;
    for (int variant = 0; variant < 6; variant++) {
        take t = open_take(), same = open_take();
        coch_core *core = open_core();
        cochlea_hybrid_settings settings;
        for (size_t i = 0; i < COCH_HYBRID_PARAMETERS; i++)
            coch_core_set(core, i, (double)chosen[i]);
        coch_core_set(core, COCH_HYBRID_METHOD, variant % 3);
        coch_core_set(core, COCH_HYBRID_LATENCY, variant / 3);
        coch_core_set(core, COCH_HYBRID_CHANNELS, variant == 5);
        coch_core_set(core, COCH_HYBRID_COHERENCE, variant % 2);
        cochlea_hybrid_settings_default(&settings);
        settings = (cochlea_hybrid_settings){.method = (cochlea_hybrid_method)(variant % 3),
                                             .target = 4,
                                             .second = 6,
                                             .morph = 0.3f,
                                             .mix = 0.8f,
                                             .gain_db = 3,
                                             .attack = 0.4f,
                                             .detail = 0.7f,
                                             .sustain = 0.2f,
                                             .guard = 0.6f,
                                             .coherence = variant % 2,
                                             .mid = variant == 5};
        directly(&settings, (cochlea_hybrid_latency)(variant / 3), &t, same.out);
        assert_int_equal(coch_core_latency(core), variant / 3 ? 512 : 1024);
        play(core, &t, 0, t.count, variant % 2 ? 0 : 64);
        for (int c = 0; c < 2; c++)
            assert_close(t.out[c], same.out[c], t.count);
        coch_core_free(core);
        close_take(&t);
        close_take(&same);
    }
}

static void latency_is_the_delay(void **state)
{
    static const double rates[] = {8000, 11025, 22050, 44100, 48000, 88200, 96000, 192000};
    (void)state;
    for (size_t r = 0; r < 8; r++)
        for (int low = 0; low < 2; low++) {
            static float x[16384], y[16384];
            coch_core *core;
            assert_int_equal(coch_core_new(&core, coch_processor_find("hybrid")), COCHLEA_OK);
            assert_int_equal(coch_core_activate(core, rates[r]), COCHLEA_OK);
            coch_core_set(core, COCH_HYBRID_LATENCY, low);
            coch_core_set(core, COCH_HYBRID_BYPASS, 1.0);
            memset(x, 0, sizeof x);
            x[3] = 0.5f;
            coch_block block = {.in = {x}, .out = {y}, .frames = 16384};
            coch_core_process(core, &block);
            for (size_t i = 0; i < 16384; i++)
                assert_true(y[i] == (i == 3 + coch_core_latency(core) ? 0.5f : 0.0f));
            coch_core_free(core);
        }
}

/* The largest second difference of a sine's output: where it clicks, that leaps. */
static float roughness(const float *y, size_t from, size_t to)
{
    float most = 0;
    for (size_t i = from; i < to; i++)
        most = fmaxf(most, fabsf(y[i] - 2 * y[i - 1] + y[i - 2]));
    return most;
}

static void changes_do_not_click(void **state)
{
    static const struct {
        int index;
        double value;
    } changes[] = {{COCH_HYBRID_BYPASS, 1},   {COCH_HYBRID_BYPASS, 0},
                   {COCH_HYBRID_LATENCY, 1},  {COCH_HYBRID_MIX, 0.2},
                   {COCH_HYBRID_MIX, 1},      {COCH_HYBRID_LATENCY, 0},
                   {COCH_HYBRID_CHANNELS, 1}, {COCH_HYBRID_TARGET, 2},
                   {COCH_HYBRID_MORPH, 0.9},  {COCH_HYBRID_METHOD, 1},
                   {COCH_HYBRID_TARGET, 7},   {COCH_HYBRID_ATTACK, 1},
                   {COCH_HYBRID_LATENCY, 1},  {COCH_HYBRID_LATENCY, 0} /* in the middle of the fade */,
                   {COCH_HYBRID_DETAIL, 1.0}, {COCH_HYBRID_METHOD, 0},
                   {COCH_HYBRID_COHERENCE, 0}};
    (void)state;
    take t = open_take();
    coch_core *core = open_core();
    size_t step = 4000;
    coch_core_set(core, COCH_HYBRID_GUARD, 0); /* no overtones, which would be as rough as a click */
    for (size_t i = 0; i < t.count; i++)
        t.in[0][i] = t.in[1][i] = 0.2f * sinf((float)(2.0 * 3.14159265358979 * 330.0 / RATE) * (float)i);
    for (size_t i = 0; i < sizeof changes / sizeof *changes && (i + 1) * step <= t.count; i++) {
        coch_core_set(core, (size_t)changes[i].index, changes[i].value);
        play(core, &t, i * step, (i + 1) * step, 0);
    }
    size_t end = (t.count / step < sizeof changes / sizeof *changes ? t.count / step
                                                                    : sizeof changes / sizeof *changes) *
                 step;
    assert_true(roughness(t.out[0], 8000, end) < 0.02f); /* a leap of a tenth of the level is one of 0.02 */
    coch_core_free(core);
    close_take(&t);
}

/* ---- The file ---- */

static const char *shipped(void)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/hybrid.gguf", getenv("COCHLEA_MODELS"));
    return path;
}

static double distance(const take *a, const take *b, size_t from)
{
    double sum = 0;
    for (size_t i = from; i < a->count; i++)
        sum += fabs((double)(a->out[0][i] - b->out[0][i]));
    return sum / (double)(a->count - from);
}

/* A file with the shipped targets: as the own one it is a violin, as the first inside. */
static void a_file_is_played(void **state)
{
    char path[COCH_PATH_MAX], complaint[COCH_COMPLAINT_MAX];
    (void)state;
    take t = open_take(), same = open_take();
    coch_core *core = open_core(), *violin = open_core();
    coch_core_set(core, COCH_HYBRID_TARGET, COCH_HYBRID_INSIDE);
    assert_int_equal(coch_core_choose(core, shipped()), COCHLEA_OK);
    coch_core_file(core, path, complaint);
    assert_string_equal(path, shipped());
    assert_string_equal(complaint, "");
    play(core, &t, 0, t.count, 480);
    play(violin, &same, 0, t.count, 480);
    assert_close(t.out[0], same.out[0], t.count);
    assert_int_equal(coch_core_choose(core, shipped()), COCHLEA_OK); /* two while nothing runs, then one */
    assert_int_equal(coch_core_choose(core, shipped()), COCHLEA_OK);
    play(core, &t, 0, 24000, 480);
    assert_int_equal(coch_core_choose(core, ""), COCHLEA_OK);
    play(core, &t, 0, 1000, 480); /* ends in the middle of the fade */
    coch_core_free(core);
    coch_core_free(violin);
    close_take(&t);
    close_take(&same);
}

static void a_missing_file_is_said(void **state)
{
    char path[COCH_PATH_MAX], complaint[COCH_COMPLAINT_MAX];
    static coch_watch w;
    (void)state;
    take t = open_take(), same = open_take();
    coch_core *core = open_core(), *violin = open_core();
    coch_core_set(core, COCH_HYBRID_TARGET, COCH_HYBRID_INSIDE);
    assert_int_equal(coch_core_choose(core, "/nowhere/oud.gguf"), COCHLEA_ERROR_OPEN);
    coch_core_file(core, path, complaint);
    assert_string_equal(path, "/nowhere/oud.gguf");
    assert_memory_equal(complaint, "oud.gguf: ", 10);
    assert_true(strlen(complaint) > 12);
    play(core, &t, 0, t.count, 480);
    play(violin, &same, 0, t.count, 480);
    assert_close(t.out[0], same.out[0], t.count);
    assert_int_equal(coch_core_choose(core, shipped()), COCHLEA_OK); /* it came back */
    coch_core_file(core, path, complaint);
    assert_string_equal(complaint, "");
    play(core, &t, 0, t.count, 480);
    assert_int_equal(coch_core_watch(core, &w), 1);
    assert_true(w.fresh && w.stats.samples == 2 * (int64_t)t.count && w.peak_out > 0.01f);
    char *longest = malloc(COCH_PATH_MAX + 1);
    memset(longest, 'x', COCH_PATH_MAX);
    longest[COCH_PATH_MAX] = '\0';
    assert_int_equal(coch_core_choose(core, longest), COCHLEA_ERROR_ARGUMENT);
    free(longest);
    coch_core_free(core);
    coch_core_free(violin);
    close_take(&t);
    close_take(&same);
}

/* Between a file of one's own and the targets inside while it sounds: in the end it is the new target's. */
static void a_change_of_files_fades(void **state)
{
    (void)state;
    take t = open_take(), violin = open_take(), organ = open_take();
    coch_core *cores[] = {open_core(), open_core(), open_core()};
    coch_core_set(cores[0], COCH_HYBRID_TARGET, COCH_HYBRID_INSIDE);
    coch_core_set(cores[2], COCH_HYBRID_TARGET, 7);
    assert_int_equal(coch_core_choose(cores[0], shipped()), COCHLEA_OK);
    play(cores[0], &t, 0, 20000, 0);
    coch_core_set(cores[0], COCH_HYBRID_TARGET, 7);
    play(cores[0], &t, 20000, t.count, 0);
    play(cores[1], &violin, 0, violin.count, 480);
    play(cores[2], &organ, 0, organ.count, 480);
    assert_close(t.out[0], violin.out[0], 20000 + 4096); /* until the other one knows the past */
    assert_true(distance(&t, &organ, 48000) < 0.1 * distance(&violin, &organ, 48000));
    for (int i = 0; i < 3; i++)
        coch_core_free(cores[i]);
    close_take(&t);
    close_take(&violin);
    close_take(&organ);
}

/* ---- Two threads, as in a host ---- */

typedef struct audio {
    coch_core *core;
    atomic_int stop;
} audio;

static void *run_audio(void *argument)
{
    audio *a = argument;
    take t = open_take();
    while (!atomic_load(&a->stop))
        play(a->core, &t, 0, 4800, 480);
    close_take(&t);
    return NULL;
}

static void files_change_while_it_plays(void **state)
{
    static coch_watch w;
    static uint8_t bytes[COCH_STATE_MAX];
    pthread_t thread;
    audio a = {.core = open_core()};
    (void)state;
    coch_core_set(a.core, COCH_HYBRID_TARGET, COCH_HYBRID_INSIDE);
    assert_int_equal(pthread_create(&thread, NULL, run_audio, &a), 0);
    for (int i = 0; i < 12; i++) {
        coch_core_choose(a.core, i % 3 == 2 ? "/nowhere/oud.gguf" : i % 3 ? "" : shipped());
        coch_core_set(a.core, COCH_HYBRID_LATENCY, i % 2);
        coch_core_watch(a.core, &w);
        assert_int_equal(coch_core_load(a.core, bytes, coch_core_save(a.core, bytes)), COCHLEA_OK);
    }
    atomic_store(&a.stop, 1);
    pthread_join(thread, NULL);
    coch_core_free(a.core);
}

static void states_carry_the_file(void **state)
{
    uint8_t bytes[COCH_STATE_MAX];
    char path[COCH_PATH_MAX], complaint[COCH_COMPLAINT_MAX];
    (void)state;
    coch_core *core = open_core(), *other = open_core();
    coch_core_set(core, COCH_HYBRID_TARGET, COCH_HYBRID_INSIDE);
    coch_core_set(core, COCH_HYBRID_MORPH, 0.25);
    coch_core_choose(core, shipped());
    size_t size = coch_core_save(core, bytes);
    assert_int_equal(coch_core_load(other, bytes, size), COCHLEA_OK);
    coch_core_file(other, path, complaint);
    assert_string_equal(path, shipped());
    assert_string_equal(complaint, "");
    assert_true(coch_core_get(other, COCH_HYBRID_MORPH) == 0.25f);
    for (size_t cut = 0; cut < size; cut++)
        assert_int_not_equal(coch_core_load(other, bytes, cut), COCHLEA_OK);
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 4;
        assert_int_not_equal(coch_core_load(other, bytes, size), COCHLEA_OK);
        bytes[i] ^= 4;
    }
    coch_core_file(other, path, complaint);
    assert_string_equal(path, shipped());
    coch_core_free(core);
    coch_core_free(other);
}

/* A length that reaches over the end, a path with a hole. */
static void broken_paths_are_refused(void **state)
{
    const coch_processor *p = coch_processor_find("hybrid");
    float values[COCH_PARAMETERS_MAX];
    char file[COCH_PATH_MAX] = "untouched";
    (void)state;
    for (int broken = 0; broken < 4; broken++) {
        state_builder b;
        state_begin(&b, "hybrid");
        state_number(b.bytes + b.size, broken == 1 ? 5000 : broken == 2 ? 0xFFFFFFFF : 3, 4);
        memcpy(b.bytes + b.size + 4, broken == 3 ? "a\0b" : "abc", 3);
        b.size += 7;
        state_seal(b.bytes, b.size);
        assert_int_equal(coch_state_read(p, values, file, b.bytes, b.size),
                         broken ? COCHLEA_ERROR_FORMAT : COCHLEA_OK);
        assert_string_equal(file, "abc");
    }
}

int main(void)
{
    coch_core *stays = open_core(); /* so that the targets inside are read once */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_are_the_targets),  cmocka_unit_test(does_what_the_library_does),
        cmocka_unit_test(latency_is_the_delay),    cmocka_unit_test(changes_do_not_click),
        cmocka_unit_test(a_file_is_played),        cmocka_unit_test(a_missing_file_is_said),
        cmocka_unit_test(a_change_of_files_fades), cmocka_unit_test(files_change_while_it_plays),
        cmocka_unit_test(states_carry_the_file),   cmocka_unit_test(broken_paths_are_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    coch_core_free(stays);
    return failed;
}
