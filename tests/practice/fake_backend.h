/* A device in memory, in the place of all backends: a test calls its blocks, and takes it away. */
#ifndef TESTS_PRACTICE_FAKE_BACKEND_H
#define TESTS_PRACTICE_FAKE_BACKEND_H

#include "backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAKE_BLOCK_MAX = 8192, FAKE_MESSAGES = 64 };

typedef struct fake_message {
    int64_t frame;
    uint8_t bytes[3];
} fake_message;

/* What the test sees and decides; one at a time. */
typedef struct fake_device {
    int there; /* can be opened, and is alive */
    double rate;
    uint32_t period;
    backend_return comes_back;
    int has_output, opened, started;
    const char *refused; /* an input, or a MIDI port, that does not open */
    backend_request request;
    backend head;
    int64_t position;
    float output[FAKE_BLOCK_MAX];
    fake_message messages[FAKE_MESSAGES];
    size_t message_count;
    size_t late; /* messages after the stop */
} fake_device;

static fake_device fake;

static int fake_start(backend *b, char *why, size_t why_size)
{
    (void)b, (void)why, (void)why_size;
    fake.started = 1;
    return 0;
}

static int fake_alive(backend *b)
{
    return !atomic_load(&b->lost) && fake.there;
}

static void fake_stop(backend *b)
{
    (void)b;
    fake.started = 0;
}

static void fake_late_send(void *port, uint32_t frame, const uint8_t *bytes, size_t count)
{
    (void)port, (void)frame, (void)bytes, (void)count;
    fake.late++;
}

static size_t fake_names(backend *b, int midi, char names[][BACKEND_NAME_SIZE], size_t most)
{
    static const char *const all[2][2] = {{"near", "far"}, {"organ", "piano"}};
    (void)b;
    for (size_t i = 0; i < 2 && i < most; i++)
        snprintf(names[i], BACKEND_NAME_SIZE, "%s", all[midi != 0][i]);
    return most < 2 ? most : 2;
}

static const backend_kind fake_kind = {
    .name = "fake", .names = fake_names, .start = fake_start, .alive = fake_alive, .stop = fake_stop};

/* In the place of backend.c. */
int backend_open(backend **made, const char *name, const backend_request *request, char *why, size_t why_size)
{
    (void)name;
    if (!fake.there ||
        (fake.refused && ((request->input && strcmp(request->input, fake.refused) == 0) ||
                          (request->midi_out && strcmp(request->midi_out, fake.refused) == 0)))) {
        snprintf(why, why_size, "it is not there");
        return -1;
    }
    fake.request = *request;
    fake.opened++;
    memset(&fake.head, 0, sizeof fake.head);
    fake.head.kind = &fake_kind;
    fake.head.device = "the fake";
    fake.head.comes_back = fake.comes_back;
    fake.head.late_send = fake_late_send;
    fake.head.info.rate = fake.rate;
    fake.head.info.period = fake.period;
    fake.head.info.has_output = fake.has_output && request->sound_out;
    fake.head.info.input_latency_ms = 3.0;
    fake.head.info.output_latency_ms = 5.0;
    snprintf(fake.head.info.input, sizeof fake.head.info.input, "fake: %s",
             request->input ? request->input : "near");
    snprintf(fake.head.info.output, sizeof fake.head.info.output, "%s",
             request->midi_out && strcmp(request->midi_out, "none") != 0 ? request->midi_out : "");
    *made = &fake.head;
    return 0;
}

void backend_close(backend *b)
{
    (void)b;
}

static void fake_send(void *port, uint32_t frame, const uint8_t *bytes, size_t count)
{
    (void)port;
    if (fake.message_count < FAKE_MESSAGES && count == 3) {
        fake_message *m = &fake.messages[fake.message_count++];
        m->frame = fake.position + frame;
        memcpy(m->bytes, bytes, 3);
    }
}

/* One block of silence in; what comes out is in fake.output. */
static void fake_block(uint32_t frames)
{
    static const float silence[FAKE_BLOCK_MAX];
    memset(fake.output, 0, sizeof fake.output);
    const backend_block block = {.input = silence,
                                 .output = fake.head.info.has_output ? fake.output : NULL,
                                 .frames = frames,
                                 .position = fake.position,
                                 .send = fake_send};
    fake.request.process(fake.request.context, &block);
    fake.position += frames;
}

#endif
