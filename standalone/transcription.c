#include "transcription.h"

#include "audio_file.h"

#include <stdlib.h>
#include <string.h>

static int append(transcription *t, const cochlea_event *events, size_t count)
{
    if (t->count + count > t->capacity) {
        size_t capacity = t->capacity ? 2 * t->capacity : 1024;
        while (capacity < t->count + count)
            capacity *= 2;
        cochlea_event *more = realloc(t->events, capacity * sizeof *more);
        if (!more)
            return -1;
        t->events = more;
        t->capacity = capacity;
    }
    memcpy(t->events + t->count, events, count * sizeof *events);
    t->count += count;
    return 0;
}

static int collect(transcription *t, cochlea *ear)
{
    cochlea_event events[256];
    size_t n;
    while ((n = cochlea_events(ear, events, 256)) > 0)
        if (append(t, events, n) != 0)
            return -1;
    return 0;
}

static int hear(transcription *t, cochlea *ear, audio_file *file, transcription_progress *progress,
                void *context)
{
    float mono[AUDIO_FILE_BLOCK];
    size_t n, total = 0;
    while ((n = audio_file_read(file, mono)) > 0) {
        for (size_t at = 0; at < n;) {
            at += cochlea_feed(ear, mono + at, n - at);
            if (collect(t, ear) != 0)
                return -1;
        }
        total += n;
        if (progress)
            progress(context, (double)total / (double)file->info.frames);
    }
    t->seconds = (double)total / t->rate;
    while (cochlea_flush(ear) == COCHLEA_ERROR_FULL)
        if (collect(t, ear) != 0)
            return -1;
    return collect(t, ear);
}

int transcription_run(transcription *result, const char *path, const cochlea_model *model,
                      const cochlea_settings *settings, transcription_progress *progress, void *context,
                      char *why, size_t why_size)
{
    audio_file file;
    cochlea *ear = NULL;
    cochlea_settings with_rate = *settings;
    memset(result, 0, sizeof *result);
    if (audio_file_open(&file, path, why, why_size) != 0)
        return -1;
    result->rate = with_rate.sample_rate = file.info.samplerate;
    cochlea_status status = cochlea_open(&ear, model, &with_rate);
    if (status == COCHLEA_OK && hear(result, ear, &file, progress, context) != 0)
        status = COCHLEA_ERROR_MEMORY;
    int good = 0;
    if (status != COCHLEA_OK)
        snprintf(why, why_size, "%s", cochlea_status_text(status));
    else if (audio_file_damaged(&file))
        snprintf(why, why_size, "is damaged or cut off after %.1f s", result->seconds);
    else if (result->seconds == 0.0)
        snprintf(why, why_size, "holds no audio");
    else
        good = 1;
    cochlea_close(ear);
    audio_file_close(&file);
    return good ? 0 : -1;
}

void transcription_free(transcription *result)
{
    free(result->events);
    memset(result, 0, sizeof *result);
}

static int by_onset(const void *a, const void *b)
{
    const coch_note *x = a, *y = b;
    return x->on != y->on ? (x->on < y->on ? -1 : 1) : x->note - y->note;
}

coch_note *transcription_notes(const transcription *t, size_t *count)
{
    coch_note *notes = malloc((t->count + 1) * sizeof *notes);
    size_t open[128] = {0}; /* index + 1 of the sounding note */
    *count = 0;
    for (size_t i = 0; notes && i < t->count; i++) {
        const cochlea_event *e = &t->events[i];
        double time = (double)e->time / t->rate;
        if (e->type == COCHLEA_NOTE_ON) {
            notes[*count] = (coch_note){.on = time,
                                        .off = t->seconds,
                                        .note = e->note,
                                        .velocity = e->velocity,
                                        .confidence = e->confidence};
            open[e->note & 127] = ++*count;
        } else if (e->type == COCHLEA_NOTE_OFF && open[e->note & 127]) {
            notes[open[e->note & 127] - 1].off = time;
            open[e->note & 127] = 0;
        }
    }
    if (notes)
        qsort(notes, *count, sizeof *notes, by_onset);
    return notes;
}

int transcription_write_events(const transcription *t, FILE *file)
{
    for (size_t i = 0; i < t->count; i++) {
        const cochlea_event *e = &t->events[i];
        double time = (double)e->time / t->rate, emit = (double)e->emit / t->rate;
        if (e->type == COCHLEA_NOTE_ON)
            fprintf(file, "{\"type\":\"on\",\"note\":%d,\"velocity\":%d,\"t\":%.4f,\"emit\":%.4f}\n", e->note,
                    e->velocity, time, emit);
        else if (e->type == COCHLEA_NOTE_OFF)
            fprintf(file, "{\"type\":\"off\",\"note\":%d,\"t\":%.4f,\"emit\":%.4f}\n", e->note, time, emit);
        else
            fprintf(file, "{\"type\":\"cc\",\"controller\":%d,\"value\":%d,\"t\":%.4f,\"emit\":%.4f}\n",
                    e->controller, e->value, time, emit);
    }
    return ferror(file);
}
