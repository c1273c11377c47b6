/* Nothing hangs: whatever happens, what was switched on is switched off. */
#include "suite.h"
#include "take.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATE 48000

/* Plays until notes sound; returns the samples played. */
static size_t play_into_a_note(host *h, const float *x, size_t count, const playing *how, midi_take *take)
{
    size_t at = 0;
    while (at + 480 <= count && take_sounding(take) < 2) {
        play(h, x + at, 480, how, take);
        at += 480;
    }
    assert_true(take_sounding(take) >= 2);
    return at;
}

/* Opens one in whose hands notes sound, lets `change` happen, and expects all of them released with the next
 * block and silence for `silent` samples. */
static void released_by(void (*change)(host *, playing *), size_t silent)
{
    size_t count;
    float *x = piece(RATE, 4.0, &count);
    midi_take take = {0};
    host *h = host_open(RATE);
    playing how = {.block = {.offline = 1, .rolling = 1}, .size = 240};
    size_t at = play_into_a_note(h, x, count, &how, &take);
    change(h, &how);
    play(h, x + at, 240, &how, &take);
    take_assert_resolved(&take);
    size_t before = take.count;
    play(h, x + at, silent, &how, &take);
    assert_int_equal(take.count, before);
    host_close(h);
    take_free(&take);
    free(x);
}

static void set_bypass(host *h, playing *how)
{
    (void)how;
    host_set(h, "bypass", 1.0);
}

static void stop_rolling(host *h, playing *how)
{
    (void)h;
    how->block.rolling = 0;
}

static void restart(host *h, playing *how)
{
    (void)how;
    host_restart(h);
}

static void go_live(host *h, playing *how)
{
    (void)h;
    how->block.offline = 0;
}

void bypass_releases(void **state)
{
    (void)state;
    released_by(set_bypass, 96000);
}

void stop_releases(void **state)
{
    (void)state;
    released_by(stop_rolling, 0);
}

void restart_releases(void **state)
{
    (void)state;
    released_by(restart, 0);
    released_by(go_live, 0);
}

void channels_are_kept(void **state)
{
    (void)state;
    size_t count;
    float *x = piece(RATE, 4.0, &count);
    midi_take take = {0};
    host *h = host_open(RATE);
    playing how = {.block = {.offline = 1, .rolling = -1}};
    host_set(h, "channel", 3);
    size_t at = play_into_a_note(h, x, count, &how, &take);
    for (size_t i = 0; i < take.count; i++)
        assert_int_equal(take.messages[i].bytes[0] & 15, 2);
    host_set(h, "channel", 16);
    play(h, x + at, count - at, &how, &take);
    take_assert_resolved(&take);
    assert_int_equal(take.messages[take.count - 1].bytes[0] & 15, 15);
    host_close(h);
    take_free(&take);
    free(x);
}

/* With room for a single message a block everything still arrives, later. */
void waits_for_room(void **state)
{
    (void)state;
    size_t count;
    float *x = piece(RATE, 3.0, &count);
    midi_take free_take = {0}, take = {0};
    playing how = {.block = {.offline = 1, .rolling = -1}, .size = 512};
    host *h = host_open(RATE);
    play(h, x, count, &how, &free_take);
    host_close(h);
    how.block.room = 1;
    h = host_open(RATE);
    play(h, x, count, &how, &take);
    take_assert_same(&free_take, &take, 0);
    take_assert_resolved(&take);
    host_close(h);
    take_free(&free_take);
    take_free(&take);
    free(x);
}

void opens_and_closes(void **state)
{
    (void)state;
    float x[64] = {0};
    midi_take take = {0};
    for (int i = 0; i < 100; i++) {
        host *h = host_open(i % 2 ? 44100 : 96000);
        playing how = {.block = {.offline = i % 3 == 0, .rolling = -1}};
        play(h, x, i % 5 ? 64 : 1, &how, &take);
        host_close(h);
    }
    assert_int_equal(take.count, 0);
}

void twenty_at_once(void **state)
{
    (void)state;
    size_t count;
    float *x = piece(RATE, 1.0, &count);
    host *hosts[20];
    midi_take takes[20] = {{0}};
    for (int i = 0; i < 20; i++)
        hosts[i] = host_open(RATE);
    for (size_t at = 0; at + 2048 <= count; at += 2048) {
        for (int i = 0; i < 20; i++) {
            playing how = {.block = {.offline = 1, .rolling = -1}, .size = 64u << i % 6};
            play(hosts[i], x + at, 2048, &how, &takes[i]);
        }
    }
    assert_true(take_note_ons(&takes[0]) > 2);
    for (int i = 0; i < 20; i++) {
        take_assert_same(&takes[0], &takes[i], 1);
        host_close(hosts[i]);
    }
    for (int i = 0; i < 20; i++)
        take_free(&takes[i]);
    free(x);
}

/* ---- Soak ---- */

static void change_something(host *h, playing *how)
{
    static const struct {
        const char *symbol;
        double low, high;
    } parameters[] = {{"bypass", 0, 1},         {"timing", 0, 1},        {"steady", 20, 200},
                      {"lookahead", 20, 200},   {"sensitivity", 0.5, 2}, {"low_key", 0, 127},
                      {"high_key", 0, 127},     {"tuning", 400, 480},    {"velocity_curve", 0.25, 4},
                      {"transpose", -48, 48},   {"channel", 1, 16},      {"sustain", 0, 1},
                      {"sensitivity", -9, 900}, {"bypass", 0, 0.4},      {"low_key", 0, 40},
                      {"high_key", 80, 127}};
    int which = rand() % 19;
    double share = (double)rand() / RAND_MAX;
    if (which < 16)
        host_set(h, parameters[which].symbol,
                 parameters[which].low + share * (parameters[which].high - parameters[which].low));
    else if (which == 16)
        how->block.rolling = rand() % 3 - 1;
    else if (which == 17)
        how->block.offline = rand() % 4 != 0;
    else if (rand() % 4 == 0)
        host_restart(h);
}

void nothing_hangs_in_a_soak(void **state)
{
    (void)state;
    const char *asked = getenv("COCHLEA_SOAK_SECONDS");
    double seconds = asked ? atof(asked) : playing_is_slow() ? 15.0 : 90.0;
    size_t count, notes = 0;
    float *x = piece(RATE, 20.0, &count);
    midi_take take = {0};
    host *h = host_open(RATE);
    playing how = {.block = {.offline = 1, .rolling = 1}};
    srand(13);
    for (double played = 0.0; played < seconds;) {
        size_t at = (size_t)rand() % (count - 24000), n = 1 + (size_t)rand() % 24000;
        play(h, x + at, n, &how, &take);
        played += (double)n / RATE;
        change_something(h, &how);
    }
    host_set(h, "bypass", 0.0);
    play(h, x, 4800, &how, &take);
    host_set(h, "bypass", 1.0);
    play(h, x, 4800, &how, &take);
    take_assert_resolved(&take);
    notes = take_note_ons(&take);
    assert_true((double)notes > seconds / 2.0);
    host_close(h);
    take_free(&take);
    free(x);
}
