#include "detection.h"

#include "audio_file.h"
#include "dsp/cpu.h"
#include "listen/instrument_stream.h"

#include <stdlib.h>
#include <string.h>

/* A recording on its way through the detector. */
typedef struct course {
    detection *result;
    double every, next; /* seconds */
    double sum[2][COCH_INSTRUMENT_CLASSES_MAX],
        weight[2]; /* of decisions that found nothing, and of the others */
    size_t none;
    detection_window last;
    int failed;  /* out of memory */
    int damaged; /* the recording broke off */
} course;

static void append(course *c)
{
    detection *d = c->result;
    if (d->count == d->capacity) {
        size_t capacity = d->capacity ? 2 * d->capacity : 64;
        detection_window *more = realloc(d->windows, capacity * sizeof *more);
        if (!more) {
            c->failed = 1;
            return;
        }
        d->windows = more;
        d->capacity = capacity;
    }
    d->windows[d->count++] = c->last;
}

static void hear(void *context, const coch_instrument_decision *decision, double time)
{
    course *c = context;
    size_t classes = coch_instrument_model_classes(c->result->model), found = decision->label != c->none;
    double weight = (double)decision->settled_window;
    for (size_t i = 0; i < classes; i++)
        c->sum[found][i] += weight * (double)decision->settled[i];
    c->weight[found] += weight;
    c->last.time = time;
    c->last.label = decision->label;
    memcpy(c->last.p, decision->p, sizeof c->last.p);
    if (time + 1e-6 >= c->next) {
        append(c);
        c->next += c->every;
    }
}

static void conclude(course *c)
{
    detection *d = c->result;
    size_t found = c->weight[1] > 0;
    if (d->count == 0 || d->windows[d->count - 1].time < c->last.time)
        append(c);
    for (size_t i = 0; i < coch_instrument_model_classes(d->model); i++) {
        d->p[i] = c->sum[found][i] / c->weight[found];
        if (d->p[i] > d->p[d->label])
            d->label = i;
    }
}

static void run(course *c, coch_instrument_stream *stream, audio_file *file, detection_progress *progress,
                void *context)
{
    float mono[AUDIO_FILE_BLOCK];
    size_t n, total = 0;
    while (!c->failed && (n = audio_file_read(file, mono)) > 0) {
        coch_instrument_stream_feed(stream, mono, n, hear, c);
        total += n;
        if (progress)
            progress(context, (double)total / (double)file->info.frames);
    }
    c->result->seconds = (double)total / file->info.samplerate;
    c->damaged = audio_file_damaged(file);
    if (total > 0) {
        coch_instrument_stream_finish(stream, hear, c);
        conclude(c);
    }
}

int detection_run(detection *result, const char *path, const coch_instrument_model *model, double every,
                  detection_progress *progress, void *context, char *why, size_t why_size)
{
    audio_file file;
    coch_instrument_stream *stream = NULL;
    course c = {.result = result, .every = every, .next = every};
    memset(result, 0, sizeof *result);
    result->model = model;
    c.none = coch_instrument_model_find(model, "none");
    if (audio_file_open(&file, path, why, why_size) != 0)
        return -1;
    cochlea_status status =
        coch_instrument_stream_new(&stream, model, coch_kernels_select(COCH_CPU_ALL), file.info.samplerate);
    if (status == COCHLEA_OK) {
        unsigned denormals = coch_cpu_denormals_off();
        run(&c, stream, &file, progress, context);
        coch_cpu_denormals_restore(denormals);
        status = c.failed ? COCHLEA_ERROR_MEMORY : COCHLEA_OK;
    }
    coch_instrument_stream_free(stream);
    audio_file_close(&file);
    if (status != COCHLEA_OK)
        snprintf(why, why_size, "%s", cochlea_status_text(status));
    else if (c.damaged)
        snprintf(why, why_size, "is damaged or cut off");
    else if (result->seconds == 0.0)
        snprintf(why, why_size, "holds no audio");
    else
        return 0;
    return -1;
}

void detection_free(detection *result)
{
    free(result->windows);
    memset(result, 0, sizeof *result);
}

/* ---- JSON ---- */

static void write_text(const char *text, FILE *file)
{
    putc('"', file);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(file, "\\%c", *c);
        else if (*c < 0x20)
            fprintf(file, "\\u%04x", *c);
        else
            putc(*c, file);
    }
    putc('"', file);
}

static void write_probability(const coch_instrument_model *model, size_t i, double p, FILE *file)
{
    fprintf(file, "%s\"%s\":%.4f", i ? "," : "", coch_instrument_model_class(model, i), p);
}

static void write_window(const detection *d, const detection_window *w, FILE *file)
{
    fprintf(file, "{\"t\":%.3f,\"label\":\"%s\",\"p\":{", w->time,
            coch_instrument_model_class(d->model, w->label));
    for (size_t i = 0; i < coch_instrument_model_classes(d->model); i++)
        write_probability(d->model, i, (double)w->p[i], file);
    fputs("}}", file);
}

int detection_write_json(const detection *d, const char *path, FILE *file)
{
    fputs("{\"file\":", file);
    write_text(path, file);
    fprintf(file, ",\"label\":\"%s\",\"p\":{", coch_instrument_model_class(d->model, d->label));
    for (size_t i = 0; i < coch_instrument_model_classes(d->model); i++)
        write_probability(d->model, i, d->p[i], file);
    fputs("},\"windows\":[", file);
    for (size_t i = 0; i < d->count; i++) {
        if (i > 0)
            putc(',', file);
        write_window(d, &d->windows[i], file);
    }
    fputs("]}", file);
    return ferror(file);
}
