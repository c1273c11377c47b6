/* Any bytes as a MIDI file: what the reader accepts keeps its promises, and comes back from the writer. */
#include "music/smf.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DIVISION = 960 };

static void check(int holds)
{
    if (!holds) {
        abort();
    }
}

/* A message or meta event is as the header says. */
static void check_event(const coch_smf *smf, const coch_smf_event *event)
{
    const uint8_t *bytes = event->bytes;
    check(event->track < smf->tracks && event->tick >= 0);
    check(isfinite(event->seconds) && event->seconds >= 0);
    if (bytes[0] != 0xFF) {
        check(bytes[0] >= 0x80 && bytes[0] < 0xF0 && bytes[1] < 0x80 && bytes[2] < 0x80);
        return;
    }
    int text = bytes[1] >= 0x01 && bytes[1] <= 0x07;
    check(text || bytes[1] == 0x51 || bytes[1] == 0x58 || bytes[1] == 0x59);
    check(!text || (event->value < smf->text_size &&
                    memchr(smf->text + event->value, 0, smf->text_size - event->value)));
    check(bytes[1] != 0x51 || (event->value > 0 && event->value <= 0xFFFFFF));
    check(bytes[1] != 0x58 || (event->value >> 8 > 0 && (event->value & 0xFF) > 0));
}

static void check_file(const coch_smf *smf)
{
    check(smf->format <= 1 && smf->tracks >= 1 && smf->division >= 1 && smf->division < 0x8000);
    for (size_t i = 0; i < smf->count; i++) {
        const coch_smf_event *event = &smf->events[i];
        check_event(smf, event);
        check(i == 0 || event[-1].tick <= event->tick);
        check(i == 0 || event[-1].seconds <= event->seconds);
        check(i == 0 || event[-1].tick < event->tick || event[-1].track <= event->track);
    }
}

static size_t message_size(const coch_smf_event *event)
{
    unsigned kind = event->bytes[0] & 0xF0u;
    return kind == 0xF0 ? 0 : kind == 0xC0 || kind == 0xD0 ? 2 : 3;
}

/* The next channel message from *at on, or NULL. */
static const coch_smf_event *next_message(const coch_smf *smf, size_t *at)
{
    while (*at < smf->count) {
        const coch_smf_event *event = &smf->events[(*at)++];
        if (message_size(event) > 0) {
            return event;
        }
    }
    return NULL;
}

/* Both hold the same channel messages at the same times, up to the rounding to ticks. */
static void check_same(const coch_smf *smf, const coch_smf *back)
{
    size_t i = 0, j = 0;
    for (;;) {
        const coch_smf_event *a = next_message(smf, &i), *b = next_message(back, &j);
        check(!a == !b);
        if (!a) {
            return;
        }
        check(memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0);
        /* Half a tick, and what doubles lose on times of centuries. */
        check(fabs(a->seconds - b->seconds) <= 0.2501 / DIVISION + 1e-9 * a->seconds);
    }
}

static void write_and_read(const coch_smf *smf)
{
    coch_smf_writer *writer;
    coch_smf back;
    const void *bytes;
    size_t size, at = 0;
    int fits = 1;
    check(coch_smf_writer_new(&writer, DIVISION, "fuzz") == COCHLEA_OK);
    for (const coch_smf_event *event; fits && (event = next_message(smf, &at));) {
        /* Refused only where the silence before is longer than the format can say. */
        fits =
            coch_smf_writer_message(writer, event->seconds, event->bytes, message_size(event)) == COCHLEA_OK;
    }
    if (fits) {
        check(coch_smf_writer_bytes(writer, 0, &bytes, &size) == COCHLEA_OK);
        check(coch_smf_parse(&back, bytes, size) == COCHLEA_OK);
        check_file(&back);
        check_same(smf, &back);
        coch_smf_free(&back);
    }
    coch_smf_writer_free(writer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    coch_smf smf;
    uint8_t *exact = malloc(size ? size : 1); /* ends with the file, so that a step too far is seen */
    if (!exact) {
        return 0;
    }
    if (size) {
        memcpy(exact, data, size);
    }
    if (coch_smf_parse(&smf, exact, size) == COCHLEA_OK) {
        check_file(&smf);
        write_and_read(&smf);
    }
    coch_smf_free(&smf);
    free(exact);
    return 0;
}
