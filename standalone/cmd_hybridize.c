/* cochlea hybridize: the sound of a recording in another's timbre. */
#include "audio_file.h"
#include "base/output.h"
#include "commands.h"
#include "hybrid_targets.h"
#include "options.h"
#include "timbre/hybrid.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WHY_SIZE 4608
#define CHANNELS 2

#define usage(...) options_usage("hybridize", __VA_ARGS__)

static const char help[] =
    "Usage: cochlea hybridize IN -o OUT.wav --target NAME[,NAME2] [options]\n\n"
    "Gives the sound of IN (any file that libsndfile reads; - is the standard input) the timbre of a\n"
    "target; pitch, loudness and playing stay. --target list names the targets there are.\n\n"
    "  -o FILE               the result, a WAV file of 24 bits, as long as IN\n"
    "  --target NAME[,NAME2] violin, trumpet, ...; or a weight file (FILE.gguf or FILE.gguf:NAME)\n"
    "  --morph X             0 to 1 (0): from NAME to NAME2\n"
    "  --mix X               0 to 1 (1): from the sound of IN to the hybrid\n"
    "  --method METHOD       autoencoder, envelope or mosaic (autoencoder)\n"
    "  --with FILE           a recording of the target instead of what is stored of NAME, for the methods\n"
    "                        envelope and mosaic (envelope)\n"
    "  --attack X            0 to 1 (0): how much attacks stay those of IN\n"
    "  --detail X            0 to 1 (0.5): stored detail added to what the autoencoder says\n"
    "  --sustain X           0 to 1 (0): holds notes that decay, after their attack\n"
    "  --guard X             0 to 1 (0.4): where the target has partials and IN only noise, overtones of IN\n"
    "                        instead of the noise\n"
    "  --coherence on|off    (on) all of a partial changes alike; off: every bin of the spectrum by itself\n"
    "  --gain DB             -24 to 24 (0)\n"
    "  --channels linked|mid two channels under the same gains, or the middle of them (linked)\n"
    "  --latency 1024|512    samples at 44.1 and 48 kHz (1024); in a file only the sound differs\n";

typedef struct job {
    const char *input, *output, *targets, *recording;
    int method; /* -1: not chosen */
    cochlea_hybrid_latency latency;
    cochlea_hybrid_settings settings;
    cochlea_hybrid_model *model;
    cochlea_hybrid *hybrid;
    audio_file in;
    coch_output draft;
    SNDFILE *out;
    char why[WHY_SIZE];
} job;

static int fail(const char *path, const char *why)
{
    fprintf(stderr, "cochlea: %s: %s\n", strcmp(path, "-") == 0 ? "standard input" : path, why);
    return EXIT_FAILED;
}

/* ---- Targets ---- */

static int list_targets(const cochlea_hybrid_model *model)
{
    for (unsigned t = 0; t < cochlea_hybrid_model_targets(model); t++)
        puts(cochlea_hybrid_model_target(model, t));
    return EXIT_DONE;
}

static int open_weights(job *j)
{
    cochlea_hybrid_settings *s = &j->settings;
    int two = 0;
    int result =
        hybrid_targets_open(&j->model, j->targets, &s->target, &s->second, &two, j->why, sizeof j->why);
    if (result == EXIT_USAGE)
        return usage("%s", j->why);
    if (result != EXIT_DONE) {
        fprintf(stderr, "cochlea: %s\n", j->why);
        return result;
    }
    return two || s->morph <= 0 ? EXIT_DONE : usage("--morph needs two targets, NAME,NAME2");
}

/* All of a recording as one channel, to be freed; NULL with j->why on failure. */
static float *read_recording(job *j, const char *path, size_t *count, double *rate)
{
    audio_file file;
    float *mono = NULL, *larger;
    size_t room = 0, n = 0;
    if (audio_file_open(&file, path, j->why, sizeof j->why) != 0)
        return NULL;
    *count = 0;
    *rate = file.info.samplerate;
    do {
        *count += n;
        if (*count + AUDIO_FILE_BLOCK > room) {
            room = 2 * room + AUDIO_FILE_BLOCK;
            larger = realloc(mono, room * sizeof *mono);
            if (!larger) {
                snprintf(j->why, sizeof j->why, "%s", cochlea_status_text(COCHLEA_ERROR_MEMORY));
                free(mono);
                audio_file_close(&file);
                return NULL;
            }
            mono = larger;
        }
    } while ((n = audio_file_read(&file, mono + *count)) > 0);
    audio_file_close(&file);
    return mono;
}

static int open_recording(job *j)
{
    size_t count;
    double rate;
    float *mono = read_recording(j, j->recording, &count, &rate);
    if (!mono)
        return fail(j->recording, j->why);
    cochlea_status status = cochlea_hybrid_model_record(&j->model, "recording", mono, count, rate);
    free(mono);
    if (status == COCHLEA_ERROR_ARGUMENT)
        return fail(j->recording, "is too short or silent for a target");
    return status == COCHLEA_OK ? EXIT_DONE : fail(j->recording, cochlea_status_text(status));
}

static int open_targets(job *j)
{
    int result = j->recording ? open_recording(j) : open_weights(j);
    if (result != EXIT_DONE || (j->targets && strcmp(j->targets, "list") == 0))
        return result;
    if (j->method < 0)
        j->method = j->recording ? COCHLEA_HYBRID_ENVELOPE : COCHLEA_HYBRID_AUTOENCODER;
    j->settings.method = (cochlea_hybrid_method)j->method;
    if (cochlea_hybrid_model_has(j->model, j->settings.target, j->settings.method) &&
        cochlea_hybrid_model_has(j->model, j->settings.second, j->settings.method))
        return EXIT_DONE;
    return usage("%s cannot be had by the method %s", j->recording ? j->recording : j->targets,
                 cochlea_hybrid_method_name(j->settings.method));
}

/* ---- Sound ---- */

typedef struct buffers {
    float frames[AUDIO_FILE_BLOCK * CHANNELS]; /* interleaved */
    float channel[CHANNELS][AUDIO_FILE_BLOCK];
} buffers;

/* One or two channels stay; more become one. */
static size_t read_block(job *j, buffers *b, int channels)
{
    if (channels == 1)
        return audio_file_read(&j->in, b->channel[0]);
    sf_count_t n = sf_readf_float(j->in.handle, b->frames, AUDIO_FILE_BLOCK);
    for (sf_count_t i = 0; i < n; i++)
        for (int c = 0; c < CHANNELS; c++)
            b->channel[c][i] = b->frames[i * CHANNELS + c];
    return n > 0 ? (size_t)n : 0;
}

/* Processes a block and writes what is left after `skip` samples. */
static int pass(job *j, buffers *b, int channels, size_t count, size_t *skip)
{
    float *const out[CHANNELS] = {b->channel[0], b->channel[1]};
    cochlea_hybrid_process(j->hybrid, (const float *const *)out, out, count);
    size_t from = *skip < count ? *skip : count;
    *skip -= from;
    for (size_t i = from; i < count; i++)
        for (int c = 0; c < channels; c++)
            b->frames[(i - from) * (size_t)channels + (size_t)c] = b->channel[c][i];
    sf_count_t left = (sf_count_t)(count - from);
    return sf_writef_float(j->out, b->frames, left) == left ? 0 : -1;
}

static void show_progress(const job *j, double done)
{
    double total = j->in.info.frames > 0 ? (double)j->in.info.frames : 1;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%.40s %3.0f %%", j->input, 100 * done / total);
}

static int process_all(job *j, buffers *b, int channels)
{
    size_t n, latency = cochlea_hybrid_latency_samples(j->hybrid), skip = latency;
    double done = 0;
    while ((n = read_block(j, b, channels)) > 0) {
        if (pass(j, b, channels, n, &skip) != 0)
            return -1;
        show_progress(j, done += (double)n);
    }
    for (size_t rest = latency; rest > 0; rest -= n) {
        n = rest < AUDIO_FILE_BLOCK ? rest : AUDIO_FILE_BLOCK;
        memset(b->channel, 0, sizeof b->channel);
        if (pass(j, b, channels, n, &skip) != 0)
            return -1;
    }
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    return 0;
}

static int write_sound(job *j, int channels)
{
    SF_INFO info = {.samplerate = j->in.info.samplerate, .channels = channels};
    info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_24;
    errno = 0;
    cochlea_status status = coch_output_open(&j->draft, j->output);
    if (status != COCHLEA_OK)
        return fail(j->output, errno ? strerror(errno) : cochlea_status_text(status));
    buffers *b = calloc(1, sizeof *b);
    j->out = b ? sf_open_fd(fileno(j->draft.file), SFM_WRITE, &info, 0) : NULL;
    int written = -1;
    if (j->out) {
        sf_command(j->out, SFC_SET_CLIPPING, NULL, SF_TRUE);
        written = process_all(j, b, channels);
        written |= sf_close(j->out);
    }
    free(b);
    if (written != 0) {
        coch_output_discard(&j->draft);
        return fail(j->output, "could not be written");
    }
    status = coch_output_commit(&j->draft);
    return status == COCHLEA_OK ? EXIT_DONE : fail(j->output, cochlea_status_text(status));
}

static int hybridize(job *j)
{
    int result = open_targets(j);
    if (result != EXIT_DONE)
        return result;
    if (j->targets && strcmp(j->targets, "list") == 0)
        return list_targets(j->model);
    if (audio_file_open(&j->in, j->input, j->why, sizeof j->why) != 0)
        return fail(j->input, j->why);
    int channels = j->in.info.channels == 2 ? 2 : 1;
    cochlea_status status =
        cochlea_hybrid_new(&j->hybrid, j->model, j->in.info.samplerate, (unsigned)channels, j->latency);
    if (status != COCHLEA_OK)
        return fail(j->input, cochlea_status_text(status));
    cochlea_hybrid_set(j->hybrid, &j->settings);
    cochlea_hybrid_reset(j->hybrid);
    return write_sound(j, channels);
}

/* ---- The command line ---- */

static int number(const char *option, const char *text, double low, double high, float *value)
{
    double read;
    if (!options_number(text, low, high, &read))
        return usage("--%s is %g to %g, not '%s'", option, low, high, text);
    *value = (float)read;
    return 0;
}

static int set_method(job *j, const char *text)
{
    j->method = hybrid_targets_method(text);
    return j->method >= 0 ? 0 : usage("--method is autoencoder, envelope or mosaic, not '%s'", text);
}

static int set_choice(job *j, int option, const char *text)
{
    if (option == 'C' && (strcmp(text, "linked") == 0 || strcmp(text, "mid") == 0)) {
        j->settings.mid = strcmp(text, "mid") == 0;
        return 0;
    }
    if (option == 'L' && (strcmp(text, "1024") == 0 || strcmp(text, "512") == 0)) {
        j->latency = strcmp(text, "512") == 0 ? COCHLEA_HYBRID_LATENCY_LOW : COCHLEA_HYBRID_LATENCY_NORMAL;
        return 0;
    }
    if (option == 'V' && (strcmp(text, "on") == 0 || strcmp(text, "off") == 0)) {
        j->settings.coherence = strcmp(text, "on") == 0;
        return 0;
    }
    const char *is = option == 'C'   ? "--channels is linked or mid"
                     : option == 'L' ? "--latency is 1024 or 512"
                                     : "--coherence is on or off";
    return usage("%s, not '%s'", is, text);
}

static int set_option(job *j, int option, const char *text)
{
    cochlea_hybrid_settings *s = &j->settings;
    switch (option) {
    case 'o':
        j->output = text;
        return 0;
    case 't':
        j->targets = text;
        return 0;
    case 'w':
        j->recording = text;
        return 0;
    case 'm':
        return set_method(j, text);
    case 'x':
        return number("mix", text, 0, 1, &s->mix);
    case 'p':
        return number("morph", text, 0, 1, &s->morph);
    case 'a':
        return number("attack", text, 0, 1, &s->attack);
    case 'd':
        return number("detail", text, 0, 1, &s->detail);
    case 's':
        return number("sustain", text, 0, 1, &s->sustain);
    case 'u':
        return number("guard", text, 0, 1, &s->guard);
    case 'g':
        return number("gain", text, -24, 24, &s->gain_db);
    default:
        return set_choice(j, option, text);
    }
}

static int check(const job *j)
{
    int listing = j->targets && strcmp(j->targets, "list") == 0;
    if (!j->targets && !j->recording)
        return usage("no --target given; 'cochlea hybridize --help' tells more");
    if (!j->input && !listing)
        return usage("no recording given; 'cochlea hybridize --help' tells more");
    if (!j->output && !listing)
        return usage("-o FILE is missing");
    if (j->recording && j->method == COCHLEA_HYBRID_AUTOENCODER)
        return usage("the autoencoder must learn a target first: see models/train/timbre/README.md");
    return EXIT_DONE;
}

/* Returns -1 to go on, else the exit status. */
static int parse(job *j, int argc, char **argv)
{
    static const struct option options[] = {{"target", required_argument, NULL, 't'},
                                            {"method", required_argument, NULL, 'm'},
                                            {"mix", required_argument, NULL, 'x'},
                                            {"morph", required_argument, NULL, 'p'},
                                            {"with", required_argument, NULL, 'w'},
                                            {"attack", required_argument, NULL, 'a'},
                                            {"detail", required_argument, NULL, 'd'},
                                            {"sustain", required_argument, NULL, 's'},
                                            {"guard", required_argument, NULL, 'u'},
                                            {"gain", required_argument, NULL, 'g'},
                                            {"channels", required_argument, NULL, 'C'},
                                            {"latency", required_argument, NULL, 'L'},
                                            {"coherence", required_argument, NULL, 'V'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":o:h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return EXIT_DONE;
        }
        if (option == '?' || option == ':')
            return usage(option == ':' ? "%s needs a value" : "unknown option '%s'", argv[optind - 1]);
        if (set_option(j, option, optarg) != 0)
            return EXIT_USAGE;
    }
    if (argc - optind > 1)
        return usage("one recording at a time, not also '%s'", argv[optind + 1]);
    j->input = argv[optind];
    int result = check(j);
    return result == EXIT_DONE ? -1 : result;
}

int cmd_hybridize(int argc, char **argv)
{
    job j = {.method = -1};
    j.in.fd = -1;
    cochlea_hybrid_settings_default(&j.settings);
    int result = parse(&j, argc, argv);
    if (result >= 0)
        return result;
    result = hybridize(&j);
    audio_file_close(&j.in);
    cochlea_hybrid_free(j.hybrid);
    cochlea_hybrid_model_free(j.model);
    return result;
}
