#include "take.h"

#include "../tones.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int playing_is_slow(void)
{
    return getenv("COCHLEA_SHORT") != NULL;
}

uint32_t random_block(void)
{
    return 1 + (uint32_t)rand() % (1u << rand() % 14);
}

void play(host *h, const float *x, size_t count, const playing *how, midi_take *take)
{
    for (size_t at = 0; at < count;) {
        host_block block = how->block;
        size_t size = how->size ? how->size : random_block();
        block.frames = (uint32_t)(count - at < size ? count - at : size);
        for (int c = 0; c < 2; c++) {
            block.in[c] = x + at;
            block.out[c] = how->out[c] ? how->out[c] + at : NULL;
        }
        host_run(h, &block, take);
        at += block.frames;
        if (how->pace > 0.0) {
            struct timespec wait = {.tv_nsec = (long)(1e9 * how->pace * block.frames)};
            nanosleep(&wait, NULL);
        }
    }
}

float *piece(double rate, double seconds, size_t *count)
{
    size_t sounding;
    float *tones = tones_piece(rate, seconds, &sounding);
    *count = sounding + (size_t)rate;
    float *x = calloc(*count, sizeof *x);
    assert_true(tones && x);
    memcpy(x, tones, sounding * sizeof *x);
    free(tones);
    return x;
}
