/* cochlea features: what the front end makes of a recording, as an array. */
#include "audio_file.h"
#include "commands.h"
#include "dsp/bands.h"
#include "dsp/cpu.h"
#include "dsp/cqt.h"
#include "dsp/resampler.h"
#include "dsp/stft.h"
#include "listen/piano.h"
#include "npy.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHY_SIZE 256
#define SIZE_MAX_SAMPLES 65536
#define LOG_FLOOR 1e-10f /* -100 dB */

static const char help[] =
    "Usage: cochlea features IN --kind KIND [options] -o OUT.npy|OUT.csv\n\n"
    "  --kind stft      power of each bin, Hann window          [frames][size / 2 + 1]\n"
    "  --kind mel       power in mel bands                      [frames][bands]\n"
    "  --kind logmel    the same in decibels                    [frames][bands]\n"
    "  --kind cqt       constant-Q magnitudes, 12 bins per octave from 55 Hz, A-weighted, 44.1 kHz,\n"
    "                   20 ms                                   [frames][96]\n"
    "  --kind piano     what the piano net sees, 16 kHz, 10 ms  [frames][300 bins][3 windows]\n"
    "  --size N         window in samples, even, 64 to 65536 (2048)\n"
    "  --hop N          samples between frames (512)\n"
    "  --bands N        mel bands (80)\n\n"
    "Frame t ends with sample (t + 1) * hop; before the first sample there is silence.\n";

typedef struct request {
    const char *input, *output, *kind;
    size_t size, hop, bands;
} request;

/* A source of frames: takes one hop of samples, gives one row. */
typedef struct maker {
    size_t hop, columns, depth; /* a row is columns, or columns x depth */
    coch_stft *stft;
    coch_arena arena;
    coch_bands map;
    coch_piano_model *model;
    coch_piano *piano;
    coch_cqt *cqt;
    coch_resampler *resampler;
    float *row;
    int mel, decibel;
} maker;

static void maker_free(maker *m)
{
    coch_stft_free(m->stft);
    coch_arena_free(&m->arena);
    coch_piano_free(m->piano);
    coch_piano_model_free(m->model);
    coch_cqt_free(m->cqt);
    coch_resampler_free(m->resampler);
}

static cochlea_status make_piano(maker *m, double rate)
{
    size_t size;
    coch_gguf *gguf = NULL;
    const void *weights = coch_piano_default_weights(&size);
    cochlea_status status = coch_gguf_open_memory(&gguf, weights, size, NULL, 0);
    if (status == COCHLEA_OK)
        status = coch_piano_model_new(&m->model, gguf, NULL, 0);
    coch_gguf_free(gguf);
    if (status == COCHLEA_OK)
        status = coch_piano_new(&m->piano, m->model, coch_kernels_select(COCH_CPU_ALL));
    if (status == COCHLEA_OK)
        status = coch_resampler_new(&m->resampler, rate, coch_piano_model_rate(m->model));
    if (status != COCHLEA_OK)
        return status;
    m->hop = coch_piano_model_hop(m->model);
    m->columns = COCH_PIANO_BINS;
    m->depth = COCH_PIANO_WINDOWS;
    return COCHLEA_OK;
}

/* As the instrument detector has it. */
static cochlea_status make_cqt(maker *m, double rate)
{
    const coch_cqt_shape shape = {.rate = 44100.0,
                                  .hop = 882,
                                  .lowest = 55.0,
                                  .per_octave = 12,
                                  .bins = 96,
                                  .groups = 3,
                                  .group = {{36, 16384, 1}, {60, 2048, 2}, {96, 512, 6}}};
    cochlea_status status = coch_cqt_new(&m->cqt, coch_kernels_select(COCH_CPU_ALL), &shape);
    m->hop = shape.hop;
    m->columns = shape.bins;
    return status == COCHLEA_OK ? coch_resampler_new(&m->resampler, rate, shape.rate) : status;
}

static cochlea_status make_spectrum(maker *m, const request *r, double rate)
{
    coch_stft_window window = {.length = r->size, .fft_size = r->size};
    cochlea_status status = coch_stft_new(&m->stft, coch_kernels_select(COCH_CPU_ALL), &window, 1);
    m->hop = r->hop;
    m->mel = strcmp(r->kind, "stft") != 0;
    m->decibel = strcmp(r->kind, "logmel") == 0;
    m->columns = m->mel ? r->bands : r->size / 2 + 1;
    for (int pass = 0; pass < 2 && status == COCHLEA_OK; pass++) {
        m->row = coch_arena_take(&m->arena, COCH_PAD(m->columns), sizeof *m->row);
        if (m->mel)
            status = coch_bands_layout_mel(&m->map, &m->arena, r->bands, 0.0, rate / 2.0, rate, r->size);
        if (pass == 0 && status == COCHLEA_OK)
            status = coch_arena_allocate(&m->arena);
    }
    return status;
}

static const float *make_row(maker *m, const float *hop)
{
    const coch_kernels *kernels = coch_kernels_select(COCH_CPU_ALL);
    if (m->piano)
        return coch_piano_features(m->piano, hop);
    if (m->cqt)
        return coch_cqt_process(m->cqt, hop);
    coch_stft_push(m->stft, hop, m->hop);
    const float *power = coch_stft_power(m->stft, 0);
    if (!m->mel)
        return power;
    coch_bands_process(&m->map, kernels, power, m->row);
    if (m->decibel)
        kernels->log_scale(m->row, m->columns, LOG_FLOOR, 10.0f, 0.0f, -100.0f, 200.0f);
    return m->row;
}

/* All whole hops of the recording. */
static cochlea_status run(maker *m, audio_file *in, array_file *out)
{
    float mono[AUDIO_FILE_BLOCK];
    size_t n, pending = 0, room = m->hop + 30 * AUDIO_FILE_BLOCK;
    float *queue = malloc(room * sizeof *queue);
    if (!queue)
        return COCHLEA_ERROR_MEMORY;
    while ((n = audio_file_read(in, mono)) > 0) {
        if (m->resampler) {
            n = coch_resampler_process(m->resampler, mono, n, queue + pending, room - pending);
        } else {
            memcpy(queue + pending, mono, n * sizeof *mono);
        }
        pending += n;
        size_t at = 0;
        for (; pending - at >= m->hop; at += m->hop)
            array_file_row(out, make_row(m, queue + at));
        pending -= at;
        memmove(queue, queue + at, pending * sizeof *queue);
    }
    free(queue);
    return audio_file_damaged(in) ? COCHLEA_ERROR_READ : COCHLEA_OK;
}

static int fail(const char *path, const char *why)
{
    fprintf(stderr, "cochlea: %s: %s\n", strcmp(path, "-") == 0 ? "standard input" : path, why);
    return EXIT_FAILED;
}

static int write_all(const request *r, maker *m, audio_file *in)
{
    array_file out;
    errno = 0;
    cochlea_status status = array_file_open(&out, r->output, m->columns, m->depth);
    if (status != COCHLEA_OK)
        return fail(r->output, status == COCHLEA_ERROR_ARGUMENT ? "the name must end in .npy or .csv"
                               : errno                          ? strerror(errno)
                                                                : cochlea_status_text(status));
    status = run(m, in, &out);
    if (status != COCHLEA_OK) {
        array_file_discard(&out);
        return fail(r->input,
                    status == COCHLEA_ERROR_READ ? "is damaged or cut off" : cochlea_status_text(status));
    }
    errno = 0;
    status = array_file_close(&out);
    if (status != COCHLEA_OK)
        return fail(r->output, errno ? strerror(errno) : cochlea_status_text(status));
    printf("%s: %zu frames of %zu\n", r->output, out.rows, out.columns);
    return EXIT_DONE;
}

static int extract(const request *r)
{
    audio_file in;
    maker m = {0};
    char why[WHY_SIZE] = "";
    if (audio_file_open(&in, r->input, why, sizeof why) != 0)
        return fail(r->input, why);
    double rate = in.info.samplerate;
    cochlea_status status = strcmp(r->kind, "piano") == 0 ? make_piano(&m, rate)
                            : strcmp(r->kind, "cqt") == 0 ? make_cqt(&m, rate)
                                                          : make_spectrum(&m, r, rate);
    int result = status == COCHLEA_OK ? write_all(r, &m, &in) : fail(r->input, cochlea_status_text(status));
    maker_free(&m);
    audio_file_close(&in);
    return result;
}

static int usage(const char *what, const char *value)
{
    fprintf(stderr, "cochlea features: %s%s\n", what, value);
    return EXIT_USAGE;
}

static int count_of(const char *text, size_t low, size_t high, size_t *value)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    *value = n;
    return end != text && *end == '\0' && text[0] != '-' && n >= low && n <= high;
}

static int check(const request *r, int rest)
{
    static const char *const known[] = {"stft", "mel", "logmel", "cqt", "piano"};
    static const char *const later[] = {"chroma", "mfcc", "relugram", "descriptors"};
    if (!*r->kind || !*r->output || rest != 1)
        return usage("needs one recording, --kind and -o", "; 'cochlea features --help' tells more");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(r->kind, known[i]) == 0)
            return r->size % 2 ? usage("--size is even", "") : EXIT_DONE;
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (strcmp(r->kind, later[i]) == 0)
            return usage("this version does not have the kind yet: ", r->kind);
    return usage("unknown kind: ", r->kind);
}

int cmd_features(int argc, char **argv)
{
    static const struct option options[] = {
        {"kind", required_argument, NULL, 'K'}, {"size", required_argument, NULL, 'S'},
        {"hop", required_argument, NULL, 'H'},  {"bands", required_argument, NULL, 'B'},
        {"help", no_argument, NULL, 'h'},       {NULL, 0, NULL, 0},
    };
    request r = {.input = "", .output = "", .kind = "", .size = 2048, .hop = 512, .bands = 80};
    int option;
    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, ":o:h", options, NULL)) != -1) {
        int good = 1;
        if (option == 'h') {
            fputs(help, stdout);
            return EXIT_DONE;
        } else if (option == 'o') {
            r.output = optarg;
        } else if (option == 'K') {
            r.kind = optarg;
        } else if (option == 'S') {
            good = count_of(optarg, 64, SIZE_MAX_SAMPLES, &r.size);
        } else if (option == 'H') {
            good = count_of(optarg, 1, 2048, &r.hop);
        } else if (option == 'B') {
            good = count_of(optarg, 1, 512, &r.bands);
        } else {
            return usage("unknown option or missing value: ", argv[optind - 1]);
        }
        if (!good)
            return usage("out of range: ", optarg);
    }
    int status = check(&r, argc - optind);
    if (status != EXIT_DONE)
        return status;
    r.input = argv[optind];
    return extract(&r);
}
