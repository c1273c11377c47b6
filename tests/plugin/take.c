#include "take.h"

#include <stdlib.h>
#include <string.h>

void __rtsan_realtime_enter(void) __attribute__((weak));
void __rtsan_realtime_exit(void) __attribute__((weak));

void realtime_begin(void)
{
    if (__rtsan_realtime_enter)
        __rtsan_realtime_enter();
}

void realtime_end(void)
{
    if (__rtsan_realtime_exit)
        __rtsan_realtime_exit();
}

void realtime_begin_block(const host_block *block)
{
    if (!block->offline)
        realtime_begin();
}

void realtime_end_block(const host_block *block)
{
    if (!block->offline)
        realtime_end();
}

int output_index(const char *symbol)
{
    static const char *const symbols[OUTPUT_COUNT] = OUTPUTS;
    for (int i = 0; i < OUTPUT_COUNT; i++)
        if (strcmp(symbols[i], symbol) == 0)
            return i;
    fail_msg("no output %s", symbol);
    return -1;
}

void take_add(midi_take *take, int64_t start, uint32_t frame, uint32_t frames, const uint8_t bytes[3])
{
    assert_true(frame < frames);
    if (take->count == take->capacity) {
        take->capacity = take->capacity ? 2 * take->capacity : 1024;
        take->messages = realloc(take->messages, take->capacity * sizeof *take->messages);
        assert_non_null(take->messages);
    }
    midi_message *message = &take->messages[take->count++];
    message->frame = start + frame;
    memcpy(message->bytes, bytes, 3);
    assert_true(take->count == 1 || message[-1].frame <= message->frame);
}

void take_free(midi_take *take)
{
    free(take->messages);
    *take = (midi_take){0};
}

void take_assert_resolved(const midi_take *take)
{
    uint8_t on[16][128] = {0}, pedal[16] = {0};
    for (size_t i = 0; i < take->count; i++) {
        const uint8_t *b = take->messages[i].bytes;
        unsigned channel = b[0] & 15, kind = b[0] >> 4;
        assert_true(kind == 8 || kind == 9 || kind == 11);
        assert_true(b[1] < 128 && b[2] < 128);
        if (kind == 11) {
            assert_int_equal(b[1], 64);
            pedal[channel] = b[2] >= 64;
            continue;
        }
        assert_int_equal(on[channel][b[1]], kind == 8);
        assert_true(kind == 8 || b[2] > 0);
        on[channel][b[1]] = kind == 9;
    }
    for (int c = 0; c < 16; c++) {
        assert_int_equal(pedal[c], 0);
        for (int n = 0; n < 128; n++)
            assert_int_equal(on[c][n], 0);
    }
}

void take_assert_same(const midi_take *a, const midi_take *b, int frames)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_memory_equal(a->messages[i].bytes, b->messages[i].bytes, 3);
        if (frames)
            assert_int_equal(a->messages[i].frame, b->messages[i].frame);
    }
}

int take_same(const midi_take *a, const midi_take *b)
{
    size_t i = 0;
    while (i < a->count && i < b->count && memcmp(a->messages[i].bytes, b->messages[i].bytes, 3) == 0)
        i++;
    return i == a->count && i == b->count;
}

size_t take_note_ons(const midi_take *take)
{
    size_t n = 0;
    for (size_t i = 0; i < take->count; i++)
        n += take->messages[i].bytes[0] >> 4 == 9;
    return n;
}

int take_sounding(const midi_take *take)
{
    int n = 0;
    for (size_t i = 0; i < take->count; i++)
        n += take->messages[i].bytes[0] >> 4 == 9 ? 1 : take->messages[i].bytes[0] >> 4 == 8 ? -1 : 0;
    return n;
}
