#include "music/midi.h"
#include "music/smf.h"

#include <stdlib.h>
#include <string.h>

enum {
    EVENTS_MAX = 1 << 22,  /* kept of one file: bounds the memory that hostile bytes can ask for to 128 MiB */
    TEXT_MAX = 255,        /* bytes kept of one text */
    VARIABLE_BYTES = 4,    /* of a variable-length quantity */
    TEMPO_DEFAULT = 500000 /* microseconds per quarter: 120 beats per minute */
};

enum {
    META = 0xFF,
    META_TEXT_FIRST = 0x01,
    META_TEXT_LAST = 0x07,
    META_END = 0x2F,
    META_TEMPO = 0x51,
    META_METRE = 0x58,
    META_KEY = 0x59
};

/* What is left of the file, or of one chunk. */
typedef struct reader {
    const uint8_t *at, *end;
} reader;

typedef struct track_reader {
    reader in;
    uint16_t index;
    int64_t tick;
    uint8_t running; /* status for messages without one; 0 for none */
    int ended;
    const uint8_t *text; /* of the event just read, NULL when it is no text */
    uint32_t text_size;
} track_reader;

static size_t left(const reader *in)
{
    return (size_t)(in->end - in->at);
}

static uint32_t big_endian(const uint8_t *bytes, size_t count)
{
    uint32_t value = 0;
    for (size_t i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* Returns 0 at the end of the bytes, or when the quantity is longer than the format allows. */
static int take_variable(reader *in, uint32_t *value)
{
    *value = 0;
    for (int i = 0; i < VARIABLE_BYTES && left(in) > 0; i++) {
        uint8_t byte = *in->at++;
        *value = *value << 7 | (byte & 0x7F);
        if (byte < 0x80)
            return 1;
    }
    return 0;
}

static int take_block(reader *in, const uint8_t **data, uint32_t *size)
{
    if (!take_variable(in, size) || *size > left(in))
        return 0;
    *data = in->at;
    in->at += *size;
    return 1;
}

static cochlea_status append(coch_smf *smf, size_t *capacity, const coch_smf_event *event)
{
    if (smf->count == EVENTS_MAX)
        return COCHLEA_ERROR_UNSUPPORTED;
    if (smf->count == *capacity) {
        size_t more = *capacity ? 2 * *capacity : 256;
        coch_smf_event *grown = realloc(smf->events, more * sizeof *grown);
        if (!grown)
            return COCHLEA_ERROR_MEMORY;
        smf->events = grown;
        *capacity = more;
    }
    smf->events[smf->count++] = *event;
    return COCHLEA_OK;
}

/* Keeps the text of `event`, cut to TEXT_MAX bytes and at its first zero. */
static cochlea_status append_text(coch_smf *smf, size_t *capacity, const track_reader *track,
                                  coch_smf_event *event)
{
    size_t size = track->text_size < TEXT_MAX ? track->text_size : TEXT_MAX;
    const uint8_t *zero = memchr(track->text, 0, size);
    if (zero)
        size = (size_t)(zero - track->text);
    if (smf->text_size + size + 1 > *capacity) {
        size_t more = 2 * (*capacity + TEXT_MAX + 1);
        char *grown = realloc(smf->text, more);
        if (!grown)
            return COCHLEA_ERROR_MEMORY;
        smf->text = grown;
        *capacity = more;
    }
    event->value = (uint32_t)smf->text_size;
    memcpy(smf->text + smf->text_size, track->text, size);
    smf->text[smf->text_size + size] = '\0';
    smf->text_size += size + 1;
    return COCHLEA_OK;
}

/* Reads a meta event behind its 0xFF; *kept says whether `event` was filled. */
static cochlea_status take_meta(track_reader *track, coch_smf_event *event, int *kept)
{
    const uint8_t *data;
    uint32_t size;
    if (left(&track->in) == 0)
        return COCHLEA_ERROR_FORMAT;
    uint8_t type = *track->in.at++;
    if (!take_block(&track->in, &data, &size))
        return COCHLEA_ERROR_FORMAT;
    event->bytes[0] = META;
    event->bytes[1] = type;
    track->running = 0;
    if (type == META_END) {
        track->ended = 1;
    } else if (type == META_TEMPO && size >= 3) {
        event->value = big_endian(data, 3);
        *kept = event->value > 0; /* no time would pass */
    } else if (type == META_METRE && size >= 2) {
        event->value = (uint32_t)data[0] << 8 | (data[1] < 8 ? 1u << data[1] : 0);
        *kept = data[0] > 0 && data[1] < 8;
    } else if (type == META_KEY && size >= 2) {
        event->value = big_endian(data, 2);
        *kept = 1;
    } else if (type >= META_TEXT_FIRST && type <= META_TEXT_LAST && size > 0) {
        track->text = data;
        track->text_size = size;
        *kept = 1;
    }
    return COCHLEA_OK;
}

static cochlea_status take_message(track_reader *track, uint8_t status, coch_smf_event *event)
{
    size_t length = coch_midi_data_length(status);
    if (length == 0 || length > left(&track->in))
        return COCHLEA_ERROR_FORMAT;
    track->running = status;
    event->bytes[0] = status;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = *track->in.at++;
        if (byte >= 0x80)
            return COCHLEA_ERROR_FORMAT;
        event->bytes[1 + i] = byte;
    }
    return COCHLEA_OK;
}

static cochlea_status take_event(track_reader *track, coch_smf_event *event, int *kept)
{
    const uint8_t *data;
    uint32_t size, delta;
    *kept = 0;
    track->text = NULL;
    if (!take_variable(&track->in, &delta) || left(&track->in) == 0)
        return COCHLEA_ERROR_FORMAT;
    track->tick += delta;
    *event = (coch_smf_event){.tick = track->tick, .track = track->index};
    uint8_t status = *track->in.at;
    if (status < 0x80) /* running status: take_message refuses 0 */
        status = track->running;
    else
        track->in.at++;
    if (status == META)
        return take_meta(track, event, kept);
    if (status == 0xF0 || status == 0xF7) { /* system exclusive, whole or in pieces */
        track->running = 0;
        return take_block(&track->in, &data, &size) ? COCHLEA_OK : COCHLEA_ERROR_FORMAT;
    }
    *kept = 1;
    return take_message(track, status, event);
}

static cochlea_status parse_track(coch_smf *smf, size_t capacity[2], reader chunk, uint16_t index)
{
    track_reader track = {.in = chunk, .index = index};
    while (!track.ended && left(&track.in) > 0) {
        coch_smf_event event;
        int kept;
        cochlea_status status = take_event(&track, &event, &kept);
        if (status == COCHLEA_OK && kept && track.text)
            status = append_text(smf, &capacity[1], &track, &event);
        if (status == COCHLEA_OK && kept)
            status = append(smf, &capacity[0], &event);
        if (status != COCHLEA_OK)
            return status;
    }
    return COCHLEA_OK;
}

/* Merges the neighbouring runs [first, middle) and [middle, last), the first one before among equals. */
static void merge(const coch_smf_event *from, coch_smf_event *to, size_t first, size_t middle, size_t last)
{
    size_t a = first, b = middle;
    for (size_t i = first; i < last; i++)
        to[i] = a < middle && (b >= last || from[a].tick <= from[b].tick) ? from[a++] : from[b++];
}

/* Merge sort from the bottom up: stable, and no worse for any file. */
static cochlea_status sort_events(coch_smf *smf)
{
    size_t count = smf->count;
    coch_smf_event *other = count ? malloc(count * sizeof *other) : NULL;
    if (count == 0)
        return COCHLEA_OK;
    if (!other)
        return COCHLEA_ERROR_MEMORY;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t first = 0; first < count; first += 2 * width) {
            size_t middle = first + width < count ? first + width : count;
            size_t last = first + 2 * width < count ? first + 2 * width : count;
            merge(smf->events, other, first, middle, last);
        }
        coch_smf_event *swapped = smf->events;
        smf->events = other;
        other = swapped;
    }
    free(other);
    return COCHLEA_OK;
}

static void set_seconds(coch_smf *smf)
{
    double tick_seconds = TEMPO_DEFAULT / 1e6 / smf->division;
    double seconds = 0;
    int64_t tick = 0;
    for (size_t i = 0; i < smf->count; i++) {
        coch_smf_event *event = &smf->events[i];
        seconds += (double)(event->tick - tick) * tick_seconds;
        tick = event->tick;
        event->seconds = seconds;
        if (event->bytes[0] == META && event->bytes[1] == META_TEMPO)
            tick_seconds = event->value / 1e6 / smf->division;
    }
}

/* The next chunk of any type; its length must lie within the file. */
static cochlea_status take_chunk(reader *in, char type[4], reader *chunk)
{
    if (left(in) < 8)
        return COCHLEA_ERROR_FORMAT;
    uint32_t size = big_endian(in->at + 4, 4);
    memcpy(type, in->at, 4);
    in->at += 8;
    if (size > left(in))
        return COCHLEA_ERROR_FORMAT;
    *chunk = (reader){in->at, in->at + size};
    in->at += size;
    return COCHLEA_OK;
}

static cochlea_status parse_header(coch_smf *smf, reader *in)
{
    char type[4];
    reader chunk;
    cochlea_status status = take_chunk(in, type, &chunk);
    if (status != COCHLEA_OK || memcmp(type, "MThd", 4) != 0 || left(&chunk) < 6)
        return COCHLEA_ERROR_FORMAT;
    smf->format = big_endian(chunk.at, 2);
    smf->tracks = big_endian(chunk.at + 2, 2);
    smf->division = big_endian(chunk.at + 4, 2);
    if (smf->format > 1 || smf->division >= 0x8000)
        return COCHLEA_ERROR_UNSUPPORTED;
    if (smf->division == 0 || smf->tracks == 0 || (smf->format == 0 && smf->tracks != 1))
        return COCHLEA_ERROR_FORMAT;
    return COCHLEA_OK;
}

cochlea_status coch_smf_parse(coch_smf *smf, const void *bytes, size_t size)
{
    *smf = (coch_smf){0};
    if (size == 0)
        return COCHLEA_ERROR_FORMAT;
    reader in = {bytes, (const uint8_t *)bytes + size};
    size_t capacity[2] = {0}; /* of events, of text */
    cochlea_status status = parse_header(smf, &in);
    for (unsigned found = 0; status == COCHLEA_OK && found < smf->tracks;) {
        char type[4];
        reader chunk;
        status = take_chunk(&in, type, &chunk);
        if (status == COCHLEA_OK && memcmp(type, "MTrk", 4) == 0)
            status = parse_track(smf, capacity, chunk, (uint16_t)found++);
    }
    if (status == COCHLEA_OK)
        status = sort_events(smf);
    if (status == COCHLEA_OK)
        set_seconds(smf);
    return status;
}

void coch_smf_free(coch_smf *smf)
{
    free(smf->events);
    free(smf->text);
    *smf = (coch_smf){0};
}
