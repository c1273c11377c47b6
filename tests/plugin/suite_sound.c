/* What comes out of the audio outputs. */
#include "suite.h"
#include "take.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATE 48000
#define COUNT 60000

static float *noise(size_t count)
{
    float *x = malloc(count * sizeof *x);
    assert_non_null(x);
    srand(7);
    for (size_t i = 0; i < count; i++)
        x[i] = (float)rand() / (float)RAND_MAX - 0.5f;
    return x;
}

void passes_the_sound_on(void **state)
{
    (void)state;
    float *x = noise(COUNT), *left = calloc(COUNT, sizeof *left), *right = calloc(COUNT, sizeof *right);
    midi_take take = {0};
    for (int offline = 0; offline < 2; offline++) {
        host *h = host_open(RATE);
        playing how = {.block = {.offline = offline, .rolling = -1}, .out = {left, right}};
        play(h, x, COUNT, &how, &take);
        assert_int_equal(host_latency(h), 0);
        assert_memory_equal(left, x, COUNT * sizeof *x);
        assert_memory_equal(right, x, COUNT * sizeof *x);
        host_close(h);
    }
    take_free(&take);
    free(x);
    free(left);
    free(right);
}

/* From `from` on, the output is the input `delay` samples earlier. */
static void assert_delayed(const float *x, const float *y, size_t from, size_t delay)
{
    for (size_t i = from; i < COUNT; i++)
        assert_true(y[i] == (i < delay ? 0.0f : x[i - delay]));
}

void delays_the_sound_in_steady_timing(void **state)
{
    (void)state;
    float *x = noise(COUNT), *y = calloc(COUNT, sizeof *y);
    midi_take take = {0};
    host *h = host_open(RATE);
    playing how = {.block = {.offline = 1, .rolling = -1}, .out = {y, NULL}};
    host_set(h, "timing", 1.0);
    host_set(h, "steady", 60.0);
    play(h, x, COUNT, &how, &take);
    host_restart(h); /* where a format only lets the latency change at such a place */
    assert_int_equal(host_latency(h), 2880);
    play(h, x, COUNT, &how, &take);
    assert_delayed(x, y, 0, 2880);
    host_set(h, "steady", 200.0);
    play(h, x, COUNT, &how, &take);
    assert_delayed(x, y, 9600 + 512, 9600); /* after the fade, and what was heard before */
    for (size_t i = 0; i < COUNT; i++)
        assert_true(fabsf(y[i]) <= 0.5f); /* a fade between two signals of this level never exceeds it */
    host_set(h, "bypass", 1.0);
    play(h, x, COUNT, &how, &take);
    assert_delayed(x, y, 9600, 9600);
    host_close(h);
    take_free(&take);
    free(x);
    free(y);
}

void works_in_place(void **state)
{
    (void)state;
    size_t count;
    float *x = piece(RATE, 2.0, &count), *same = malloc(count * sizeof *same);
    midi_take apart = {0}, place = {0};
    playing how = {.block = {.offline = 1, .rolling = -1}, .size = 1000};
    host *h = host_open(RATE);
    play(h, x, count, &how, &apart);
    host_close(h);
    memcpy(same, x, count * sizeof *same);
    how.out[0] = how.out[1] = same;
    h = host_open(RATE);
    play(h, same, count, &how, &place);
    host_close(h);
    assert_true(take_note_ons(&apart) > 4);
    take_assert_same(&apart, &place, 1);
    assert_memory_equal(same, x, count * sizeof *same);
    take_free(&apart);
    take_free(&place);
    free(x);
    free(same);
}

void survives_any_input(void **state)
{
    (void)state;
    static const float bad[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 1e-40f, 0.0f, 1.0f};
    size_t count;
    float *x = piece(RATE, 2.0, &count), *y = calloc(count, sizeof *y);
    midi_take take = {0};
    srand(9);
    for (size_t i = 0; i < count; i++)
        if (rand() % 8 == 0)
            x[i] = bad[rand() % 8];
    for (int timing = 0; timing < 2; timing++) {
        for (int offline = 0; offline < 2; offline++) {
            host *h = host_open(RATE);
            playing how = {.block = {.offline = offline, .rolling = -1}, .out = {y, NULL}};
            host_set(h, "timing", timing);
            play(h, x, count, &how, &take);
            for (size_t i = 0; i < count; i++)
                assert_true(isfinite(y[i]));
            host_set(h, "bypass", 1.0);
            play(h, x, 64, &how, &take);
            take_assert_resolved(&take);
            host_close(h);
            take_free(&take);
        }
    }
    free(x);
    free(y);
}
