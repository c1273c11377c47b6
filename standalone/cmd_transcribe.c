/* cochlea transcribe: recordings of a piano to MIDI files. */
#include "base/output.h"
#include "commands.h"
#include "midi_file.h"
#include "picture.h"
#include "roll.h"
#include "transcribe_options.h"
#include "transcription.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PATH_SIZE 4096
#define WHY_SIZE 256

typedef struct job {
    transcribe_options options;
    cochlea_settings settings; /* the options', and what they ask to be opened */
    cochlea_model *model;
    cochlea_instruments *instruments; /* for --only-piano */
    atomic_int next, failed;
    pthread_mutex_t print; /* whole lines on the terminal */
} job;

/* ---- One recording ---- */

static void fail(job *j, const char *path, const char *why)
{
    pthread_mutex_lock(&j->print);
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    fprintf(stderr, "cochlea: %s: %s\n", strcmp(path, "-") == 0 ? "standard input" : path, why);
    pthread_mutex_unlock(&j->print);
    atomic_store(&j->failed, 1);
}

/* The reason of a status; the system's own words where it was the system. */
static const char *reason(cochlea_status status)
{
    if ((status == COCHLEA_ERROR_OPEN || status == COCHLEA_ERROR_WRITE) && errno != 0)
        return strerror(errno);
    return cochlea_status_text(status);
}

/* FOLDER/NAME.mid for .../NAME.wav. */
static int midi_path(char *path, const job *j, const char *input)
{
    int length;
    const char *name = transcribe_stem(input, &length);
    int n = j->options.output
                ? snprintf(path, PATH_SIZE, "%s", j->options.output)
                : snprintf(path, PATH_SIZE, "%s%s%.*s.mid", j->options.folder ? j->options.folder : "",
                           j->options.folder ? "/" : "", length, name);
    return n >= PATH_SIZE ? -1 : 0;
}

static void show_progress(void *context, double share)
{
    const char *name = context;
    int done = (int)(share * 30.0 + 0.5);
    done = done > 30 ? 30 : done < 0 ? 0 : done;
    fprintf(stderr, "\r%.40s [%.*s%*s] %3.0f %%", name, done, "##############################", 30 - done, "",
            100.0 * (double)done / 30.0);
}

/* Writes the events as far as to put them in place. */
static cochlea_status draft_events(const job *j, const transcription *heard, coch_output *output)
{
    if (!j->options.events)
        return COCHLEA_OK;
    cochlea_status status = coch_output_open(output, j->options.events);
    if (status == COCHLEA_OK &&
        (transcription_write_events(heard, output->file) != 0 || fflush(output->file) != 0)) {
        int why = errno;
        coch_output_discard(output);
        errno = why;
        status = COCHLEA_ERROR_WRITE;
    }
    return status;
}

static cochlea_status write_picture(const job *j, const char *input, const transcription *heard,
                                    const coch_note *notes, size_t count)
{
#ifdef COCHLEA_PICTURES
    return picture_save(j->options.picture, strcmp(input, "-") == 0 ? "Cochlea" : transcribe_name(input),
                        heard, notes, count);
#else
    (void)j, (void)input, (void)heard, (void)notes, (void)count;
    return COCHLEA_ERROR_UNSUPPORTED;
#endif
}

static int columns(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 100;
}

static void report(job *j, const char *path, const transcription *heard, const coch_note *notes, size_t count)
{
    pthread_mutex_lock(&j->print);
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    if (j->options.show)
        roll_draw(stdout, notes, count, heard->seconds, columns(), isatty(STDOUT_FILENO));
    printf("%s: %zu notes in %.1f s\n", path, count, heard->seconds);
    fflush(stdout);
    pthread_mutex_unlock(&j->print);
}

/* The MIDI file, the picture and the events: what fails leaves none of the others. */
static int write_files(job *j, const char *input, const char *path, const transcription *heard,
                       coch_note *notes, size_t *count)
{
    coch_output events = {0};
    errno = 0;
    cochlea_status status = draft_events(j, heard, &events);
    if (status != COCHLEA_OK) {
        fail(j, j->options.events, reason(status));
        return 0;
    }
    errno = 0;
    status = midi_file_save(path, heard, notes, count, &j->options.midi);
    if (status != COCHLEA_OK) {
        fail(j, path, reason(status));
        coch_output_discard(&events);
        return 0;
    }
    errno = 0;
    if (j->options.picture && (status = write_picture(j, input, heard, notes, *count)) != COCHLEA_OK) {
        const char *why = reason(status);
        remove(path);
        coch_output_discard(&events);
        fail(j, j->options.picture, why);
        return 0;
    }
    if (j->options.events && coch_output_commit(&events) != COCHLEA_OK) {
        fail(j, j->options.events, reason(COCHLEA_ERROR_WRITE));
        return 0;
    }
    return 1;
}

/* Writes what was asked for; on failure nothing of it is left. */
static void write_out(job *j, const char *input, const transcription *heard)
{
    char path[PATH_SIZE];
    size_t count;
    coch_note *notes = transcription_notes(heard, &count);
    if (!notes || midi_path(path, j, input) != 0) {
        fail(j, input, notes ? "the name is too long" : "out of memory");
        free(notes);
        return;
    }
    if (write_files(j, input, path, heard, notes, &count))
        report(j, path, heard, notes, count);
    free(notes);
}

static void transcribe(job *j, char *input)
{
    char why[WHY_SIZE] = "";
    transcription heard;
    int bar = isatty(STDERR_FILENO) && j->options.threads == 1;
    if (transcription_run(&heard, input, j->model, &j->settings, bar ? show_progress : NULL, input, why,
                          sizeof why) != 0)
        fail(j, input, why);
    else
        write_out(j, input, &heard);
    transcription_free(&heard);
}

static void *work(void *context)
{
    job *j = context;
    int i;
    while ((i = atomic_fetch_add(&j->next, 1)) < j->options.count)
        transcribe(j, j->options.inputs[i]);
    return NULL;
}

static void run_all(job *j)
{
    pthread_t threads[TRANSCRIBE_JOBS_MAX];
    int started = 0;
    while (started < j->options.threads - 1 && pthread_create(&threads[started], NULL, work, j) == 0)
        started++;
    work(j);
    while (started > 0)
        pthread_join(threads[--started], NULL);
}

/* The weights that were asked for. Returns 0, or -1 after saying why not. */
static int open_models(job *j)
{
    char why[WHY_SIZE] = "";
    cochlea_status status = cochlea_model_open(&j->model, j->options.weights, why, sizeof why);
    if (status == COCHLEA_OK && j->settings.only_piano) {
        status = cochlea_instruments_open(&j->instruments, NULL, why, sizeof why);
        j->settings.instruments = j->instruments;
    }
    if (status == COCHLEA_OK)
        return 0;
    fprintf(stderr, "cochlea: %s: %s\n",
            j->options.weights && !j->model ? j->options.weights : "built-in weights",
            why[0] ? why : cochlea_status_text(status));
    return -1;
}

int cmd_transcribe(int argc, char **argv)
{
    job j = {0};
    int status = transcribe_parse(&j.options, argc, argv);
    if (status >= 0)
        return status;
    j.settings = j.options.settings;
    status = open_models(&j);
    if (status == 0) {
        pthread_mutex_init(&j.print, NULL);
        run_all(&j);
        pthread_mutex_destroy(&j.print);
    }
    cochlea_instruments_close(j.instruments);
    cochlea_model_close(j.model);
    return status != 0 || atomic_load(&j.failed) ? EXIT_FAILED : EXIT_DONE;
}
