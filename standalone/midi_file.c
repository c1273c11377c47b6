#include "midi_file.h"

#include "music/quantize.h"
#include "music/smf.h"

#include <stdlib.h>

midi_file_message midi_file_message_of(const cochlea_event *event, double rate)
{
    midi_file_message m = {.seconds = (double)event->time / rate};
    if (event->type == COCHLEA_CONTROL)
        m.rank = event->value >= 64 ? 2 : 0;
    else
        m.rank = event->type == COCHLEA_NOTE_ON ? 3 : 1;
    m.length = coch_midi_event(m.bytes, 0, event);
    return m;
}

int midi_file_order(const void *a, const void *b)
{
    const midi_file_message *x = a, *y = b;
    if (x->seconds != y->seconds)
        return x->seconds < y->seconds ? -1 : 1;
    return x->rank != y->rank ? x->rank - y->rank : x->bytes[1] - y->bytes[1];
}

static size_t gather(midi_file_message *messages, const transcription *heard, const coch_note *notes,
                     size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        midi_file_message *on = &messages[n++], *off = &messages[n++];
        on->seconds = notes[i].on;
        on->rank = 3;
        on->length = coch_midi_note_on(on->bytes, 0, notes[i].note, notes[i].velocity);
        off->seconds = notes[i].off;
        off->rank = 1;
        off->length = coch_midi_note_off(off->bytes, 0, notes[i].note);
    }
    for (size_t i = 0; i < heard->count; i++)
        if (heard->events[i].type == COCHLEA_CONTROL)
            messages[n++] = midi_file_message_of(&heard->events[i], heard->rate);
    qsort(messages, n, sizeof *messages, midi_file_order);
    return n;
}

/* Moves the notes to the beats; the pedal of a performance means nothing on a grid and stays out. */
static cochlea_status quantize(coch_smf_writer *writer, coch_note *notes, size_t *count, int grid)
{
    coch_beats beats;
    if (*count == 0)
        return COCHLEA_OK;
    cochlea_status status = coch_beats_find(&beats, notes, *count);
    if (status != COCHLEA_OK)
        return status;
    if (grid == 0)
        grid = coch_grid_choose(&beats, notes, *count);
    *count = coch_quantize(&beats, grid, notes, *count);
    status = coch_smf_writer_tempo(writer, beats.tempo);
    coch_beats_free(&beats);
    return status;
}

static cochlea_status apply(coch_smf_writer *writer, coch_note *notes, size_t *count,
                            const midi_file_options *options)
{
    coch_key key = options->key;
    cochlea_status status = COCHLEA_OK;
    if (options->filter_key)
        *count = coch_key_filter(notes, *count, key);
    if (options->filter_key ||
        (options->estimate_key && coch_key_estimate(notes, *count, &key) == COCHLEA_OK))
        status = coch_smf_writer_key(writer, coch_key_sharps(key), key.minor);
    if (status == COCHLEA_OK && options->quantize)
        status = quantize(writer, notes, count, options->grid);
    return status;
}

cochlea_status midi_file_save(const char *path, const transcription *heard, coch_note *notes, size_t *count,
                              const midi_file_options *options)
{
    static const transcription no_pedal = {.rate = 1.0};
    coch_smf_writer *writer;
    cochlea_status status = coch_smf_writer_new(&writer, MIDI_FILE_DIVISION, MIDI_FILE_TRACK);
    if (status != COCHLEA_OK)
        return status;
    status = apply(writer, notes, count, options);
    midi_file_message *messages = malloc((2 * *count + heard->count + 1) * sizeof *messages);
    if (!messages)
        status = COCHLEA_ERROR_MEMORY;
    size_t n = messages ? gather(messages, options->quantize ? &no_pedal : heard, notes, *count) : 0;
    for (size_t i = 0; i < n && status == COCHLEA_OK; i++)
        status = coch_smf_writer_message(writer, messages[i].seconds, messages[i].bytes, messages[i].length);
    if (status == COCHLEA_OK)
        status = coch_smf_writer_save(writer, heard->seconds, path);
    free(messages);
    coch_smf_writer_free(writer);
    return status;
}
