/* cochlea detect: which instrument plays. */
#include "base/output.h"
#include "commands.h"
#include "detection.h"
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WHY_SIZE 256

#define usage(...) options_usage("detect", __VA_ARGS__)

static const char help[] =
    "Usage: cochlea detect IN... [options]\n\n"
    "Hears recordings and says which instrument plays: clarinet, distorted electric guitar, female\n"
    "voice, flute, piano, tenor saxophone, trumpet or violin; other is something else, none is silence\n"
    "or noise. IN is any file that libsndfile reads; - is the standard input.\n\n"
    "  --json FILE     also as JSON, with the probabilities of all classes; - is the standard output\n"
    "                  (several recordings: a list)\n"
    "  --every MS      a window of the JSON every so often, 100 to 60000 (1000)\n"
    "  --model FILE    other weights than those inside the program\n";

typedef struct job {
    char **inputs;
    int count;
    const char *json, *weights;
    double every; /* seconds */
    coch_instrument_model *model;
    coch_output output; /* of the JSON, when it goes to a file */
    FILE *list;         /* where the JSON goes, or NULL */
    int written, failed;
} job;

static void fail(job *j, const char *path, const char *why)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    fprintf(stderr, "cochlea: %s: %s\n", strcmp(path, "-") == 0 ? "standard input" : path, why);
    j->failed = 1;
}

static void show_progress(void *context, double share)
{
    static const char bar[] = "##############################";
    const char *name = context;
    int done = (int)(share * 30.0 + 0.5);
    done = done > 30 ? 30 : done < 0 ? 0 : done;
    fprintf(stderr, "\r%.40s [%.*s%*s] %3.0f %%", name, done, bar, 30 - done, "",
            100.0 * (double)done / 30.0);
}

static void detect(job *j, char *input)
{
    char why[WHY_SIZE] = "";
    detection found;
    int bar = isatty(STDERR_FILENO);
    if (detection_run(&found, input, j->model, j->every, bar ? show_progress : NULL, input, why,
                      sizeof why) != 0) {
        fail(j, input, why);
    } else {
        if (bar)
            fputs("\r\033[K", stderr);
        if (j->list != stdout)
            printf("%s: %s, %.0f %% in %.1f s\n", input, coch_instrument_model_class(j->model, found.label),
                   100.0 * found.p[found.label], found.seconds);
        if (j->list) {
            fputs(j->written++ ? ",\n" : j->count > 1 ? "[" : "", j->list);
            detection_write_json(&found, input, j->list);
        }
    }
    detection_free(&found);
}

/* ---- Where the JSON goes ---- */

static int open_list(job *j)
{
    if (!j->json)
        return 0;
    if (strcmp(j->json, "-") == 0) {
        j->list = stdout;
        return 0;
    }
    errno = 0;
    cochlea_status status = coch_output_open(&j->output, j->json);
    if (status != COCHLEA_OK) {
        fail(j, j->json, errno ? strerror(errno) : cochlea_status_text(status));
        return -1;
    }
    j->list = j->output.file;
    return 0;
}

/* A file appears only when something was heard. */
static void close_list(job *j)
{
    if (!j->list || j->written == 0) {
        coch_output_discard(&j->output);
        return;
    }
    fputs(j->count > 1 ? "]\n" : "\n", j->list);
    errno = 0;
    if (j->list == stdout ? fflush(stdout) != 0 : coch_output_commit(&j->output) != COCHLEA_OK)
        fail(j, j->json, errno ? strerror(errno) : cochlea_status_text(COCHLEA_ERROR_WRITE));
}

static void run_all(job *j)
{
    if (open_list(j) != 0)
        return;
    for (int i = 0; i < j->count; i++)
        detect(j, j->inputs[i]);
    close_list(j);
}

/* ---- The command line ---- */

static int set_every(job *j, const char *text)
{
    double ms;
    if (!options_number(text, 100.0, 60000.0, &ms))
        return usage("--every is 100 to 60000 ms, not '%s'", text);
    j->every = ms / 1000.0;
    return 0;
}

static int set_option(void *context, int option, const char *text)
{
    job *j = context;
    if (option == 'E')
        return set_every(j, text);
    if (option == 'J')
        j->json = text;
    else
        j->weights = text;
    return 0;
}

/* Returns -1 to go on, else the exit status. */
static int parse(job *j, int argc, char **argv)
{
    static const struct option options[] = {
        {"json", required_argument, NULL, 'J'},
        {"every", required_argument, NULL, 'E'},
        {"model", required_argument, NULL, 'M'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    const options_command command = {"detect", help, ":h", options};
    int status = options_parse(&command, argc, argv, set_option, j);
    if (status >= 0)
        return status;
    j->inputs = argv + optind;
    j->count = argc - optind;
    return j->count == 0 ? usage("no recording given; 'cochlea detect --help' tells more") : -1;
}

static int open_model(job *j)
{
    char why[WHY_SIZE] = "";
    coch_gguf *file = NULL;
    cochlea_status status =
        coch_gguf_open_either(&file, j->weights, coch_instrument_default_weights, why, sizeof why);
    if (status == COCHLEA_OK)
        status = coch_instrument_model_new(&j->model, file, why, sizeof why);
    coch_gguf_free(file);
    if (status == COCHLEA_OK)
        return 0;
    fprintf(stderr, "cochlea: %s: %s\n", j->weights ? j->weights : "built-in weights",
            why[0] ? why : cochlea_status_text(status));
    return -1;
}

int cmd_detect(int argc, char **argv)
{
    job j = {.every = 1.0};
    int status = parse(&j, argc, argv);
    if (status >= 0)
        return status;
    if (open_model(&j) != 0)
        return EXIT_FAILED;
    run_all(&j);
    coch_instrument_model_free(j.model);
    return j.failed ? EXIT_FAILED : EXIT_DONE;
}
