/* The live program's work on the audio thread and its recorder, without any audio system: block by block, as
 * a backend would call it. */
#include "live_process.h"
#include "live_recorder.h"
#include "takes.h"
#include "tones.h"

#include <sndfile.h>
#include <string.h>
#include <unistd.h>

#define RATE 48000
#define SENT_MAX 4096

typedef struct cable {
    struct {
        int64_t frame; /* since the start */
        uint8_t bytes[3];
    } sent[SENT_MAX];
    size_t count;
    int64_t start; /* of the block */
    uint32_t frames;
} cable;

static void take_midi(void *port, uint32_t frame, const uint8_t *bytes, size_t count)
{
    cable *c = port;
    assert_true(frame < c->frames);
    assert_int_equal(count, 3);
    assert_true(c->count < SENT_MAX);
    c->sent[c->count].frame = c->start + frame;
    memcpy(c->sent[c->count++].bytes, bytes, count);
}

static cochlea *open_ear(const cochlea_model *model, cochlea_drive drive)
{
    cochlea *ear;
    cochlea_settings settings;
    cochlea_settings_default(&settings);
    settings.sample_rate = RATE;
    settings.drive = drive;
    assert_int_equal(cochlea_open(&ear, model, &settings), COCHLEA_OK);
    return ear;
}

static void run_block(live_process *p, cable *c, const float *x, uint32_t frames, int offline)
{
    backend_block block = {.input = x, .frames = frames, .offline = offline, .send = take_midi, .port = c};
    c->frames = frames;
    live_process_block(p, &block);
    c->start += frames;
}

/* Asks for the end as the main thread does, with silent blocks going on. */
static void end(live_process *p, cable *c)
{
    static const float silence[64];
    atomic_store(&p->phase, LIVE_PAUSE);
    run_block(p, c, silence, 64, 0);
    assert_int_equal(atomic_load(&p->phase), LIVE_PAUSED);
    assert_int_equal(cochlea_flush(p->ear), COCHLEA_OK);
    atomic_store(&p->phase, LIVE_END);
    for (int i = 0; i < 10 && atomic_load(&p->phase) != LIVE_DONE; i++)
        run_block(p, c, silence, 64, 0);
    assert_int_equal(atomic_load(&p->phase), LIVE_DONE);
}

static void assert_resolved(const cable *c)
{
    int on[128] = {0};
    for (size_t i = 0; i < c->count; i++) {
        const uint8_t *b = c->sent[i].bytes;
        if ((b[0] & 0xF0) == 0xB0)
            continue;
        assert_int_equal(on[b[1]], (b[0] & 0xF0) == 0x80);
        on[b[1]] = (b[0] & 0xF0) == 0x90;
    }
    for (int n = 0; n < 128; n++)
        assert_int_equal(on[n], 0);
}

static void sends_each_event_on_its_sample(void **state)
{
    static const uint32_t blocks[] = {1, 64, 1000, 8192};
    size_t count;
    float *x = tones_piece(RATE, 1.5, &count);
    cochlea_settings settings;
    cochlea_settings_default(&settings);
    settings.sample_rate = RATE;
    take *expected = take_inline(*state, &settings, x, count, 512);
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        cable *c = calloc(1, sizeof *c);
        live_process p = {.ear = open_ear(*state, COCHLEA_INLINE), .limit = (int64_t)count, .channel = 3};
        live_process_init(&p);
        for (size_t at = 0; at < count; at += blocks[b]) {
            float block[8192] = {0};
            size_t n = count - at < blocks[b] ? count - at : blocks[b];
            memcpy(block, x + at, n * sizeof *x);
            run_block(&p, c, block, blocks[b], 0); /* the last one is longer than the limit */
        }
        assert_int_equal(atomic_load(&p.heard), count);
        end(&p, c);
        assert_resolved(c);
        assert_int_equal(c->count, expected->count);
        for (size_t i = 0; i < c->count; i++) {
            const cochlea_event *e = &expected->events[i];
            assert_int_equal(c->sent[i].bytes[0] & 0x0F, 3);
            assert_int_equal(c->sent[i].bytes[1], e->type == COCHLEA_CONTROL ? e->controller : e->note);
            if (e->emit < (int64_t)(count - blocks[b])) /* at the emit sample, or the block's last */
                assert_in_range(e->emit - c->sent[i].frame, 0, 1);
        }
        assert_int_equal(atomic_load(&p.notes), take_notes(expected));
        cochlea_close(p.ear);
        free(c);
    }
    free(expected);
    free(x);
}

static void loses_nothing_offline(void **state)
{
    size_t count;
    float *x = tones_piece(RATE, 3.0, &count);
    cochlea_settings settings;
    cochlea_settings_default(&settings);
    settings.sample_rate = RATE;
    take *expected = take_inline(*state, &settings, x, count, 512);
    cable *c = calloc(1, sizeof *c);
    live_process p = {.ear = open_ear(*state, COCHLEA_WORKER), .limit = INT64_MAX};
    live_process_init(&p);
    for (size_t at = 0; at + 2048 <= count; at += 2048)
        run_block(&p, c, x + at, 2048, 1);
    run_block(&p, c, x + count / 2048 * 2048, (uint32_t)(count % 2048), 1);
    end(&p, c);
    assert_int_equal(c->count, expected->count);
    assert_resolved(c);
    cochlea_close(p.ear);
    free(c);
    free(expected);
    free(x);
}

/* Reads a sound file back; returns its samples. */
static float *read_sound(const char *path, size_t *count)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    assert_non_null(file);
    float *x = calloc((size_t)info.frames + 1, sizeof *x);
    *count = (size_t)sf_read_float(file, x, info.frames);
    assert_int_equal(*count, info.frames);
    sf_close(file);
    return x;
}

/* What the recorder cannot take in time is silence in the file, and everything after it keeps its place. */
static void makes_up_for_lost_sound(void **state)
{
    char path[] = "/tmp/coch_live_XXXXXX", why[512];
    size_t count = 12 * RATE, read;
    float *x = calloc(count, sizeof *x);
    cable *c = calloc(1, sizeof *c);
    live_recorder *recorder;
    live_process p = {.ear = open_ear(*state, COCHLEA_WORKER), .limit = INT64_MAX};
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    for (size_t i = 0; i < count; i++)
        x[i] = (float)(i % 1000 + 1) * 1e-4f;
    live_process_init(&p);
    const live_files files = {.sound = path};
    assert_int_equal(live_recorder_open(&recorder, &files, RATE, &p, why, sizeof why), 0);
    for (size_t at = 0; at < count; at += 1024) { /* twelve seconds at once: the ring holds less than six */
        uint32_t n = count - at < 1024 ? (uint32_t)(count - at) : 1024;
        run_block(&p, c, x + at, n, 0);
    }
    assert_int_equal(live_recorder_close(recorder, why, sizeof why), 0);
    float *y = read_sound(path, &read);
    assert_int_equal(read, count);
    size_t lost = 0;
    for (size_t i = 0; i < count; i++) {
        lost += y[i] == 0.0f;
        assert_true(y[i] == 0.0f || y[i] == x[i]);
    }
    assert_true(lost > 0);
    assert_true(lost < count);
    cochlea_close(p.ear);
    unlink(path);
    free(c);
    free(x);
    free(y);
}

static void says_why_a_file_cannot_be(void **state)
{
    char why[512];
    live_recorder *recorder;
    live_process p = {0};
    const live_files wrong[] = {{.midi = "/nowhere/x.mid"},
                                {.sound = "/nowhere/x.wav"},
                                {.events = "/nowhere/x.jsonl"},
                                {.midi = "/tmp"}};
    (void)state;
    live_process_init(&p);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(live_recorder_open(&recorder, &wrong[i], RATE, &p, why, sizeof why), -1);
        assert_null(recorder);
        assert_non_null(strstr(why, i == 3 ? "/tmp: " : "/nowhere/x."));
    }
    assert_int_equal(live_recorder_close(NULL, why, sizeof why), 0);
}

static void chooses_by_number_and_name(void **state)
{
    static const char *const names[] = {"system:capture_1", "system:capture_2", "Piano Mic", "mic"};
    (void)state;
    assert_int_equal(backend_choose("0", names, 4), 0);
    assert_int_equal(backend_choose("3", names, 4), 3);
    assert_int_equal(backend_choose("4", names, 4), -1);
    assert_int_equal(backend_choose("-1", names, 4), -1);
    assert_int_equal(backend_choose("capture_2", names, 4), 1);
    assert_int_equal(backend_choose("piano", names, 4), 2);
    assert_int_equal(backend_choose("mic", names, 4), 3); /* whole names first */
    assert_int_equal(backend_choose("MIC", names, 4), 2);
    assert_int_equal(backend_choose("guitar", names, 4), -1);
    assert_int_equal(backend_choose("x", NULL, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_each_event_on_its_sample), cmocka_unit_test(loses_nothing_offline),
        cmocka_unit_test(makes_up_for_lost_sound),        cmocka_unit_test(says_why_a_file_cannot_be),
        cmocka_unit_test(chooses_by_number_and_name),
    };
    return cmocka_run_group_tests(tests, take_open_model, take_close_model);
}
