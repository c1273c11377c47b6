/* cochlea transcribe: recordings of a piano to MIDI files. */
#include "base/output.h"
#include "commands.h"
#include "midi_file.h"
#include "music/quantize.h"
#include "options.h"
#include "picture.h"
#include "roll.h"
#include "transcription.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096
#define WHY_SIZE 256
#define JOBS_MAX 256

#define usage(...) options_usage("transcribe", __VA_ARGS__)

static const char help[] =
    "Usage: cochlea transcribe IN... [options]\n\n"
    "Hears recordings of a piano and writes a MIDI file for each. IN is any file that libsndfile\n"
    "reads; - is the standard input. Without -o or -d the MIDI file lies in the current folder.\n\n"
    "  -o FILE               the MIDI file, for one recording\n"
    "  -d FOLDER             the folder of the MIDI files, for any number of recordings\n"
    "  --events FILE         also every event with its time of sending, one JSON object a line\n"
    "  --picture FILE        also a picture of the notes, FILE.png or FILE.svg\n"
    "  --lookahead MS        how long a note may be considered, 20 to 200 (100): longer is more accurate\n"
    "  --sensitivity X       0.5 to 2 (1): higher hears more, also what was not played\n"
    "  --min-confidence P    0 to 1 (0): leaves out notes less sure than that\n"
    "  --sustain on|off      on: notes end with their keys, the pedal is written; off: they end with the "
    "sound (off)\n"
    "  --quantize GRID       1/4, 1/8, 1/16, 1/32, 1/8t, 1/16t or auto: to the beats of a score\n"
    "  --key auto|KEY|off    auto: writes the key found; a key (F#m, Bb): drops doubtful notes outside of it "
    "(off)\n"
    "  --only-piano          no notes while something else than a piano clearly plays\n"
    "  --model FILE          other weights than those inside the program\n"
    "  --show                draws the notes in the terminal\n"
    "  -j N                  recordings heard at once (1)\n";

typedef struct job {
    char **inputs;
    int count;
    const char *output, *folder, *events, *picture, *weights;
    int show, threads;
    cochlea_settings settings;
    midi_file_options midi;
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

/* The last part of a path. */
static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* NAME of .../NAME.wav, and its length. */
static const char *stem(const char *input, int *length)
{
    const char *name = name_of(input);
    if (strcmp(input, "-") == 0)
        name = "stdin";
    const char *dot = strrchr(name, '.');
    *length = dot && dot != name ? (int)(dot - name) : (int)strlen(name);
    return name;
}

/* FOLDER/NAME.mid for .../NAME.wav. */
static int midi_path(char *path, const job *j, const char *input)
{
    int length;
    const char *name = stem(input, &length);
    int n = j->output ? snprintf(path, PATH_SIZE, "%s", j->output)
                      : snprintf(path, PATH_SIZE, "%s%s%.*s.mid", j->folder ? j->folder : "",
                                 j->folder ? "/" : "", length, name);
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
    if (!j->events)
        return COCHLEA_OK;
    cochlea_status status = coch_output_open(output, j->events);
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
    return picture_save(j->picture, strcmp(input, "-") == 0 ? "Cochlea" : name_of(input), heard, notes,
                        count);
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
    if (j->show)
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
        fail(j, j->events, reason(status));
        return 0;
    }
    errno = 0;
    status = midi_file_save(path, heard, notes, count, &j->midi);
    if (status != COCHLEA_OK) {
        fail(j, path, reason(status));
        coch_output_discard(&events);
        return 0;
    }
    errno = 0;
    if (j->picture && (status = write_picture(j, input, heard, notes, *count)) != COCHLEA_OK) {
        const char *why = reason(status);
        remove(path);
        coch_output_discard(&events);
        fail(j, j->picture, why);
        return 0;
    }
    if (j->events && coch_output_commit(&events) != COCHLEA_OK) {
        fail(j, j->events, reason(COCHLEA_ERROR_WRITE));
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
    int bar = isatty(STDERR_FILENO) && j->threads == 1;
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
    while ((i = atomic_fetch_add(&j->next, 1)) < j->count)
        transcribe(j, j->inputs[i]);
    return NULL;
}

static void run_all(job *j)
{
    pthread_t threads[JOBS_MAX];
    int started = 0;
    while (started < j->threads - 1 && pthread_create(&threads[started], NULL, work, j) == 0)
        started++;
    work(j);
    while (started > 0)
        pthread_join(threads[--started], NULL);
}

/* ---- The command line ---- */

static int set_number(job *j, int option, const char *text)
{
    double value;
    switch (option) {
    case 'L':
        if (!options_number(text, 20, 200, &value))
            return usage("--lookahead is 20 to 200 ms, not '%s'", text);
        j->settings.lookahead_ms = value;
        return 0;
    case 'S':
        if (!options_number(text, 0.5, 2, &value))
            return usage("--sensitivity is 0.5 to 2, not '%s'", text);
        j->settings.sensitivity = (float)value;
        return 0;
    case 'C':
        if (!options_number(text, 0, 1, &value))
            return usage("--min-confidence is 0 to 1, not '%s'", text);
        j->settings.min_confidence = (float)value;
        return 0;
    default:
        if (!options_number(text, 1, JOBS_MAX, &value) || value != (int)value)
            return usage("-j is 1 to %d, not '%s'", JOBS_MAX, text);
        j->threads = (int)value;
        return 0;
    }
}

static int set_choice(job *j, int option, const char *text)
{
    switch (option) {
    case 'P':
        if (strcmp(text, "on") != 0 && strcmp(text, "off") != 0)
            return usage("--sustain is on or off, not '%s'", text);
        j->settings.sustain = strcmp(text, "on") == 0;
        return 0;
    case 'Q':
        j->midi.quantize = 1;
        j->midi.grid = coch_grid_parse(text);
        return j->midi.grid < 0
                   ? usage("--quantize is 1/4, 1/8, 1/16, 1/32, 1/8t, 1/16t or auto, not '%s'", text)
                   : 0;
    default:
        j->midi.estimate_key = strcmp(text, "auto") == 0;
        j->midi.filter_key = !j->midi.estimate_key && strcmp(text, "off") != 0;
        if (j->midi.filter_key && coch_key_parse(text, &j->midi.key) != COCHLEA_OK)
            return usage("--key is auto, off or a key such as C, F#m or Bb, not '%s'", text);
        return 0;
    }
}

static int set_picture(job *j, const char *path)
{
#ifdef COCHLEA_PICTURES
    if (picture_format_of(path) == PICTURE_NONE)
        return usage("--picture is FILE.png or FILE.svg, not '%s'", path);
    j->picture = path;
    return 0;
#else
    (void)j;
    return usage("--picture %s: this program was built without Cairo", path);
#endif
}

static int set_option(void *context, int option, const char *text)
{
    job *j = context;
    switch (option) {
    case 'o':
        j->output = text;
        return 0;
    case 'd':
        j->folder = text;
        return 0;
    case 'E':
        j->events = text;
        return 0;
    case 'I':
        return set_picture(j, text);
    case 'M':
        j->weights = text;
        return 0;
    case 'V':
        j->show = 1;
        return 0;
    case 'P':
    case 'Q':
    case 'K':
        return set_choice(j, option, text);
    case 'O':
        j->settings.only_piano = 1;
        return 0;
    default:
        return set_number(j, option, text);
    }
}

/* The same regular file, there already or to be made. */
static int same_file(const char *a, const char *b)
{
    struct stat x, y;
    if (stat(a, &x) == 0 && stat(b, &y) == 0)
        return S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
    return strcmp(a, b) == 0;
}

/* No output may replace a recording or another output. */
static int check_names(const job *j)
{
    const char *const outputs[] = {j->output, j->events};
    for (int i = 0; i < 2; i++)
        if (outputs[i] && same_file(outputs[i], j->inputs[0]))
            return usage("'%s' is the recording itself", outputs[i]);
    if (j->output && j->events && same_file(j->output, j->events))
        return usage("'%s' cannot be both the MIDI file and the events", j->events);
    for (int i = 0; i < j->count; i++) {
        int length, other_length;
        const char *name = stem(j->inputs[i], &length);
        for (int k = 0; k < i; k++) {
            const char *other = stem(j->inputs[k], &other_length);
            if (length == other_length && memcmp(name, other, (size_t)length) == 0)
                return usage("'%s' and '%s' would both become %.*s.mid", j->inputs[k], j->inputs[i], length,
                             name);
        }
    }
    return EXIT_DONE;
}

static int check(const job *j)
{
    struct stat status;
    if (j->count == 0)
        return usage("no recording given; 'cochlea transcribe --help' tells more");
    if (j->count > 1 && !j->folder)
        return usage("several recordings need -d FOLDER");
    if (j->output && j->folder)
        return usage("give -o or -d, not both");
    if (j->count > 1 && j->events)
        return usage("--events is for one recording");
    if (j->count > 1 && j->picture)
        return usage("--picture is for one recording");
    if (j->folder && (stat(j->folder, &status) != 0 || !S_ISDIR(status.st_mode))) {
        fprintf(stderr, "cochlea: %s: is not a folder\n", j->folder);
        return EXIT_FAILED;
    }
    return check_names(j);
}

/* Returns -1 to go on, else the exit status. */
static int parse(job *j, int argc, char **argv)
{
    static const struct option options[] = {
        {"events", required_argument, NULL, 'E'},
        {"picture", required_argument, NULL, 'I'},
        {"lookahead", required_argument, NULL, 'L'},
        {"sensitivity", required_argument, NULL, 'S'},
        {"min-confidence", required_argument, NULL, 'C'},
        {"sustain", required_argument, NULL, 'P'},
        {"quantize", required_argument, NULL, 'Q'},
        {"key", required_argument, NULL, 'K'},
        {"only-piano", no_argument, NULL, 'O'},
        {"model", required_argument, NULL, 'M'},
        {"show", no_argument, NULL, 'V'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    const options_command command = {"transcribe", help, ":o:d:j:h", options};
    int status = options_parse(&command, argc, argv, set_option, j);
    if (status >= 0)
        return status;
    j->inputs = argv + optind;
    j->count = argc - optind;
    status = check(j);
    return status == EXIT_DONE ? -1 : status;
}

/* The weights that were asked for. Returns 0, or -1 after saying why not. */
static int open_models(job *j)
{
    char why[WHY_SIZE] = "";
    cochlea_status status = cochlea_model_open(&j->model, j->weights, why, sizeof why);
    if (status == COCHLEA_OK && j->settings.only_piano) {
        status = cochlea_instruments_open(&j->instruments, NULL, why, sizeof why);
        j->settings.instruments = j->instruments;
    }
    if (status == COCHLEA_OK)
        return 0;
    fprintf(stderr, "cochlea: %s: %s\n", j->weights && !j->model ? j->weights : "built-in weights",
            why[0] ? why : cochlea_status_text(status));
    return -1;
}

int cmd_transcribe(int argc, char **argv)
{
    job j = {.threads = 1};
    cochlea_settings_default(&j.settings);
    j.settings.sustain = 0;
    int status = parse(&j, argc, argv);
    if (status >= 0)
        return status;
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
