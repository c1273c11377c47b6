/* The notes: those of the engine, to the frame. */
#include "suite.h"
#include "take.h"

#include "engine/cochlea.h"
#include "music/midi.h"

#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the engine by itself sends before `count` samples were consumed. */
static void hear(const cochlea_settings *settings, const float *x, size_t count, midi_take *take)
{
    cochlea *ear;
    cochlea_model *model;
    cochlea_event event;
    uint8_t bytes[COCH_MIDI_MESSAGE];
    assert_int_equal(cochlea_model_open(&model, NULL, NULL, 0), COCHLEA_OK);
    assert_int_equal(cochlea_open(&ear, model, settings), COCHLEA_OK);
    for (size_t at = 0; at < count;) {
        size_t n = count - at < 512 ? count - at : 512;
        at += cochlea_feed(ear, x + at, n);
        while (cochlea_events(ear, &event, 1) == 1) {
            coch_midi_event(bytes, 0, &event);
            if (event.emit < (int64_t)count)
                take_add(take, 0, (uint32_t)event.emit, (uint32_t)count, bytes);
        }
    }
    cochlea_close(ear);
    cochlea_model_close(model);
}

void hears_what_the_engine_hears(void **state)
{
    static const double rates[] = {8000, 22050, 44100, 48000, 96000, 192000};
    (void)state;
    for (int r = 0; r < 6; r++) {
        for (int timing = 0; timing < 2; timing++) {
            if (playing_is_slow() && timing != r % 2)
                continue;
            size_t count;
            float *x = piece(rates[r], 2.0, &count);
            midi_take expected = {0}, heard = {0};
            cochlea_settings settings;
            cochlea_settings_default(&settings);
            settings.sample_rate = rates[r];
            settings.timing = timing ? COCHLEA_STEADY : COCHLEA_FAST;
            hear(&settings, x, count, &expected);
            assert_true(take_note_ons(&expected) > (rates[r] < 20000 ? 0 : 4));
            host *h = host_open(rates[r]);
            playing how = {.block = {.offline = 1, .rolling = -1}, .size = r == 1 ? 1 : r == 2 ? 8192 : 0};
            host_set(h, "timing", timing);
            play(h, x, count, &how, &heard);
            take_assert_same(&expected, &heard, 1);
            take_assert_resolved(&heard);
            host_close(h);
            take_free(&expected);
            take_free(&heard);
            free(x);
        }
    }
}

/* ---- The demo recording ---- */

/* A line of the program's events; frames are its times of sending, to the tenth of a millisecond that the
 * file keeps. */
static void take_line(const char *line, double rate, midi_take *take)
{
    char type[8];
    int note = 0, velocity = 64, value = 0;
    const char *key = strstr(line, "\"note\""), *emit = strstr(line, "\"emit\":");
    assert_int_equal(sscanf(line, "{\"type\":\"%7[a-z]\"", type), 1);
    assert_non_null(emit);
    if (key)
        sscanf(key, "\"note\":%d,\"velocity\":%d", &note, &velocity);
    else
        assert_int_equal(sscanf(line, "{\"type\":\"cc\",\"controller\":%d,\"value\":%d", &note, &value), 2);
    uint8_t status = strcmp(type, "on") == 0 ? 0x90 : strcmp(type, "off") == 0 ? 0x80 : 0xB0;
    uint8_t bytes[] = {status, (uint8_t)note, (uint8_t)(key ? velocity : value)};
    take_add(take, 0, (uint32_t)lrint(rate * atof(emit + 7)), UINT32_MAX, bytes);
}

static void transcribe(const char *recording, double rate, midi_take *take)
{
    char folder[] = "/tmp/cochlea-plugin-XXXXXX", path[64], command[8192], line[512];
    const char *program = getenv("COCHLEA_PROGRAM");
    assert_non_null(program);
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command, "'%s' transcribe '%s' -o %s/a.mid --events %s/events --sustain on",
             program, recording, folder, folder);
    assert_int_equal(system(command), 0);
    snprintf(path, sizeof path, "%s/events", folder);
    FILE *events = fopen(path, "r");
    assert_non_null(events);
    while (fgets(line, sizeof line, events))
        take_line(line, rate, take);
    fclose(events);
    remove(path);
    snprintf(path, sizeof path, "%s/a.mid", folder);
    remove(path);
    remove(folder);
}

static void assert_like_transcribe(const midi_take *expected, const midi_take *heard, int64_t until,
                                   double rate)
{
    size_t same = 0;
    for (size_t i = 0; i < expected->count && expected->messages[i].frame < until; i++, same++) {
        const midi_message *a = &expected->messages[i], *b = &heard->messages[i];
        assert_true(i < heard->count);
        assert_memory_equal(a->bytes, b->bytes, 3);
        assert_true(llabs(a->frame - b->frame) <= (int64_t)ceil(1e-4 * rate));
    }
    assert_true(same > 500);
}

/* Offline, the whole recording: the events of the program, each at its frame. The program is told where the
 * recording ends and resolves what then sounds; the plugin cannot know, so the last half second is its own.
 */
void hears_what_transcribe_hears(void **state)
{
    (void)state;
    char path[4096];
    SF_INFO info = {0};
    if (playing_is_slow())
        skip();
    snprintf(path, sizeof path, "%s/demo.flac", getenv("COCHLEA_ASSETS"));
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    assert_non_null(file);
    assert_int_equal(info.channels, 2);
    size_t count = (size_t)info.frames;
    float *both = malloc(2 * count * sizeof *both), *left = malloc(count * sizeof *left);
    float *right = malloc(count * sizeof *right);
    assert_int_equal(sf_readf_float(file, both, info.frames), info.frames);
    sf_close(file);
    for (size_t i = 0; i < count; i++) {
        left[i] = both[2 * i];
        right[i] = both[2 * i + 1];
    }
    midi_take expected = {0}, heard = {0};
    transcribe(path, info.samplerate, &expected);
    host *h = host_open(info.samplerate);
    srand(11);
    for (size_t at = 0; at < count;) {
        uint32_t n = random_block();
        n = n < count - at ? n : (uint32_t)(count - at);
        host_block block = {.in = {left + at, right + at}, .frames = n, .offline = 1, .rolling = -1};
        host_run(h, &block, &heard);
        at += n;
    }
    assert_like_transcribe(&expected, &heard, (int64_t)count - info.samplerate / 2, info.samplerate);
    host_close(h);
    take_free(&expected);
    take_free(&heard);
    free(both);
    free(left);
    free(right);
}

static void play_timed(const float *x, size_t count, int timing, double pace, midi_take *take)
{
    host *h = host_open(48000);
    playing how = {.block = {.offline = pace == 0.0, .rolling = -1}, .size = 480, .pace = pace / 48000};
    host_set(h, "timing", timing);
    host_set(h, "steady", 200.0);
    play(h, x, count, &how, take);
    host_close(h);
}

/* The same messages from the engine's own thread, played no faster than it can follow: when a busy machine
 * makes it drop hops, slower. */
void hears_live_what_it_hears_offline(void **state)
{
    (void)state;
    size_t count;
    float *x = piece(48000, 1.5, &count);
    for (int timing = 0; timing < 2; timing++) {
        midi_take offline = {0}, live = {0};
        play_timed(x, count, timing, 0.0, &offline);
        assert_true(take_note_ons(&offline) > 4);
        for (double pace = 1.5; pace < 30.0; pace *= 3.0) {
            take_free(&live);
            play_timed(x, count, timing, pace, &live);
            if (take_same(&offline, &live))
                break;
        }
        take_assert_same(&offline, &live, 0);
        take_free(&offline);
        take_free(&live);
    }
    free(x);
}

/* ---- What plays ---- */

static double sum_of_outputs(host *h)
{
    static const char *const symbols[OUTPUT_COUNT] = OUTPUTS;
    double sum = 0.0;
    for (int i = 1; i < OUTPUT_COUNT; i++)
        sum += host_output(h, symbols[i]);
    return sum;
}

/* Plays on for two seconds. */
static void go_on(host *h, const float *x, size_t *at, double rate, midi_take *take)
{
    const playing how = {.block = {.offline = 1, .rolling = -1}, .size = 480};
    play(h, x + *at, (size_t)(2.0 * rate), &how, take);
    *at += (size_t)(2.0 * rate);
}

void tells_what_plays(void **state)
{
    char path[4096];
    SF_INFO info = {0};
    midi_take take = {0};
    size_t at = 0;
    (void)state;
    snprintf(path, sizeof path, "%s/demo.flac", getenv("COCHLEA_ASSETS"));
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    assert_non_null(file);
    size_t count = (size_t)(26 * info.samplerate);
    float *both = calloc(2 * count, sizeof *both), *left = calloc(count, sizeof *left);
    assert_true(sf_readf_float(file, both, (sf_count_t)count) > 0);
    sf_close(file);
    for (size_t i = 0; i < count; i++)
        left[i] = both[2 * i];
    host *h = host_open(info.samplerate);
    for (int i = 0; i < 10 && host_output(h, "heard") == 0.0; i++) /* said only when it is sure */
        go_on(h, left, &at, info.samplerate, &take);
    assert_true(host_output(h, "piano") > 50.0);
    assert_true(host_output(h, "heard") == output_index("piano"));
    assert_true(fabs(sum_of_outputs(h) - 100.0) < 0.1);
    host_set(h, "instrument", 0.0);
    go_on(h, left, &at, info.samplerate, &take);
    assert_true(sum_of_outputs(h) == 0.0 && host_output(h, "heard") == 0.0);
    size_t notes = take_note_ons(&take);
    host_set(h, "only_piano", 1.0); /* which listens by itself */
    go_on(h, left, &at, info.samplerate, &take);
    assert_true(fabs(sum_of_outputs(h) - 100.0) < 0.1);
    assert_true(take_note_ons(&take) > notes + 3); /* for a piano plays */
    host_close(h);
    take_free(&take);
    free(both);
    free(left);
}
