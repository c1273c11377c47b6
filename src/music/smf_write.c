#include "base/output.h"
#include "music/midi.h"
#include "music/smf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DELTA_MAX 0x0FFFFFFF /* of the format's variable-length quantity */

typedef struct bytes {
    uint8_t *data;
    size_t count, capacity;
} bytes;

struct coch_smf_writer {
    unsigned division;
    double beats_per_minute;
    bytes conductor; /* events of the first track, at tick 0 */
    bytes notes;     /* events of the second */
    bytes whole;     /* the file as last assembled */
    int64_t tick;    /* of the last message */
    int started;     /* a message was written */
    size_t mark;     /* bytes of notes and tick at the mark */
    int64_t mark_tick;
};

static int put(bytes *to, const void *data, size_t count)
{
    if (count > to->capacity - to->count) {
        size_t capacity = 2 * (to->count + count) + 64;
        uint8_t *grown = realloc(to->data, capacity);
        if (!grown)
            return 0;
        to->data = grown;
        to->capacity = capacity;
    }
    memcpy(to->data + to->count, data, count);
    to->count += count;
    return 1;
}

static int put_big_endian(bytes *to, uint32_t value, int count)
{
    uint8_t data[4];
    for (int i = 0; i < count; i++)
        data[i] = (uint8_t)(value >> 8 * (count - 1 - i));
    return put(to, data, (size_t)count);
}

static int put_variable(bytes *to, uint32_t value)
{
    uint8_t data[4];
    size_t at = sizeof data;
    data[--at] = value & 0x7F;
    while (value >>= 7)
        data[--at] = (uint8_t)(0x80 | (value & 0x7F));
    return put(to, data + at, sizeof data - at);
}

static int put_meta(bytes *to, uint32_t delta, uint8_t type, const void *data, size_t count)
{
    const uint8_t head[2] = {0xFF, type};
    size_t before = to->count;
    if (put_variable(to, delta) && put(to, head, 2) && put_variable(to, (uint32_t)count) &&
        put(to, data, count))
        return 1;
    to->count = before; /* the file stays whole */
    return 0;
}

static cochlea_status done(int worked)
{
    return worked ? COCHLEA_OK : COCHLEA_ERROR_MEMORY;
}

cochlea_status coch_smf_writer_new(coch_smf_writer **writer, unsigned division, const char *name)
{
    *writer = NULL;
    if (division < 1 || division > 0x7FFF || !name || strlen(name) > DELTA_MAX)
        return COCHLEA_ERROR_ARGUMENT;
    coch_smf_writer *made = calloc(1, sizeof *made);
    if (!made)
        return COCHLEA_ERROR_MEMORY;
    made->division = division;
    made->beats_per_minute = 120;
    if (!put_meta(&made->notes, 0, 0x03, name, strlen(name))) {
        coch_smf_writer_free(made);
        return COCHLEA_ERROR_MEMORY;
    }
    coch_smf_writer_mark(made);
    *writer = made;
    return COCHLEA_OK;
}

void coch_smf_writer_free(coch_smf_writer *writer)
{
    if (!writer)
        return;
    free(writer->conductor.data);
    free(writer->notes.data);
    free(writer->whole.data);
    free(writer);
}

cochlea_status coch_smf_writer_tempo(coch_smf_writer *writer, double beats_per_minute)
{
    if (writer->started)
        return COCHLEA_ERROR_STATE;
    /* Three bytes of microseconds per quarter: 3.6 beats per minute and up. */
    if (!(beats_per_minute >= 4 && beats_per_minute <= 1000))
        return COCHLEA_ERROR_ARGUMENT;
    uint32_t microseconds = (uint32_t)lrint(60e6 / beats_per_minute);
    const uint8_t data[3] = {(uint8_t)(microseconds >> 16), (uint8_t)(microseconds >> 8),
                             (uint8_t)microseconds};
    writer->beats_per_minute = 60e6 / microseconds; /* as it is written: times must agree with the file */
    return done(put_meta(&writer->conductor, 0, 0x51, data, sizeof data));
}

cochlea_status coch_smf_writer_key(coch_smf_writer *writer, int sharps, int minor)
{
    if (writer->started)
        return COCHLEA_ERROR_STATE;
    if (sharps < -7 || sharps > 7 || minor < 0 || minor > 1)
        return COCHLEA_ERROR_ARGUMENT;
    const uint8_t data[2] = {(uint8_t)sharps, (uint8_t)minor};
    return done(put_meta(&writer->conductor, 0, 0x59, data, sizeof data));
}

/* The tick of an instant, not before the last message; -1 when it is too far ahead, or no number. */
static int64_t tick_of(const coch_smf_writer *writer, double seconds)
{
    double tick = seconds * writer->beats_per_minute / 60 * writer->division;
    if (!(tick - (double)writer->tick <= DELTA_MAX))
        return -1;
    return tick > (double)writer->tick ? llrint(tick) : writer->tick;
}

cochlea_status coch_smf_writer_message(coch_smf_writer *writer, double seconds, const uint8_t *message,
                                       size_t count)
{
    int64_t tick = tick_of(writer, seconds);
    if (tick < 0 || count < 2 || count != 1 + coch_midi_data_length(message[0]))
        return COCHLEA_ERROR_ARGUMENT;
    for (size_t i = 1; i < count; i++)
        if (message[i] >= 0x80)
            return COCHLEA_ERROR_ARGUMENT;
    size_t before = writer->notes.count;
    if (!put_variable(&writer->notes, (uint32_t)(tick - writer->tick)) ||
        !put(&writer->notes, message, count)) {
        writer->notes.count = before;
        return COCHLEA_ERROR_MEMORY;
    }
    writer->tick = tick;
    writer->started = 1;
    return COCHLEA_OK;
}

void coch_smf_writer_mark(coch_smf_writer *writer)
{
    writer->mark = writer->notes.count;
    writer->mark_tick = writer->tick;
}

void coch_smf_writer_rewind(coch_smf_writer *writer)
{
    writer->notes.count = writer->mark;
    writer->tick = writer->mark_tick;
}

static int put_track(bytes *to, const bytes *events, uint32_t end_delta)
{
    if (!put(to, "MTrk", 4))
        return 0;
    size_t length_at = to->count;
    if (!put_big_endian(to, 0, 4) || (events->count && !put(to, events->data, events->count)) ||
        !put_meta(to, end_delta, 0x2F, "", 0))
        return 0;
    uint32_t length = (uint32_t)(to->count - length_at - 4);
    for (int i = 0; i < 4; i++)
        to->data[length_at + (size_t)i] = (uint8_t)(length >> 8 * (3 - i));
    return 1;
}

cochlea_status coch_smf_writer_bytes(coch_smf_writer *writer, double end_seconds, const void **data,
                                     size_t *size)
{
    bytes *whole = &writer->whole;
    int64_t end = tick_of(writer, end_seconds);
    if (end < 0)
        return COCHLEA_ERROR_ARGUMENT;
    whole->count = 0;
    int worked = put(whole, "MThd", 4) && put_big_endian(whole, 6, 4) && put_big_endian(whole, 1, 2) &&
                 put_big_endian(whole, 2, 2) && put_big_endian(whole, writer->division, 2) &&
                 put_track(whole, &writer->conductor, 0) &&
                 put_track(whole, &writer->notes, (uint32_t)(end - writer->tick));
    *data = whole->data;
    *size = whole->count;
    return done(worked);
}

cochlea_status coch_smf_writer_save(coch_smf_writer *writer, double end_seconds, const char *path)
{
    const void *data;
    size_t size;
    coch_output output;
    cochlea_status status = coch_smf_writer_bytes(writer, end_seconds, &data, &size);
    if (status == COCHLEA_OK)
        status = coch_output_open(&output, path);
    if (status != COCHLEA_OK)
        return status;
    fwrite(data, 1, size, output.file);
    return coch_output_commit(&output);
}
