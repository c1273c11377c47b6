/* cochlea bench: what each stage costs on this machine, and how near its kernels come to what the processor
 * can do. */
#include "base/output.h"
#include "commands.h"
#include "dsp/bench.h"
#include "dsp/cpu.h"
#include "dsp/resampler.h"
#include "engine/cochlea.h"
#include "listen/piano.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RATE 48000
#define KERNELS_MAX 64

static const char help[] =
    "Usage: cochlea bench [--json FILE] [--seconds S]\n\n"
    "Measures every stage on one core over S seconds of sound (20), and the kernels of each\n"
    "instruction set against the multiply-add peak measured in the same run.\n";

typedef struct figures {
    double seconds;  /* of sound */
    double resample; /* microseconds per hop, and so on */
    double front_end;
    double net;
    double tracker;
    double whole;    /* everything, through the engine */
    double worst;    /* longest hop of the stages together */
    double realtime; /* seconds of sound per second */
    const char *kernels;
} figures;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Struck tones over noise, so that the nets and the tracker have something to do. */
static float *make_sound(double rate, size_t count)
{
    float *x = malloc(count * sizeof *x);
    unsigned noise = 1;
    for (size_t i = 0; x && i < count; i++) {
        double t = (double)i / rate, beat = fmod(t, 0.25);
        double f = 110.0 * pow(2.0, (double)((int)(t * 4.0) * 7 % 36) / 12.0);
        noise = noise * 1664525u + 1013904223u;
        x[i] = (float)(0.3 * exp(-6.0 * beat) * (sin(6.2831853 * f * t) + 0.5 * sin(12.566371 * f * t))) +
               ((float)(noise >> 8) / 8388608.0f - 1.0f) * 1e-3f;
    }
    return x;
}

static void activations_quiet(coch_activations *a)
{
    memset(a, 0, sizeof *a);
}

/* The stages one after the other, hop by hop, each with its own clock. */
static int measure_stages(figures *f, const coch_piano_model *model, const float *sound, size_t count)
{
    coch_piano *piano = NULL;
    coch_resampler *resampler = NULL;
    coch_tracker tracker;
    coch_tracker_options options;
    coch_activations quiet;
    coch_track tracks[COCH_TRACK_MAX];
    size_t hop = coch_piano_model_hop(model), block = (size_t)(RATE * 0.01), hops = 0, stride;
    float resampled[2048];
    if (coch_piano_new(&piano, model, coch_kernels_select(COCH_CPU_ALL)) != COCHLEA_OK ||
        coch_resampler_new(&resampler, RATE, coch_piano_model_rate(model)) != COCHLEA_OK) {
        coch_piano_free(piano);
        return -1;
    }
    coch_tracker_default_options(coch_piano_model_tracker(model), &options);
    coch_tracker_init(&tracker, coch_piano_model_tracker(model), &options);
    activations_quiet(&quiet);
    for (size_t at = 0; at + block <= count; at += block, hops++) {
        double t0 = now();
        size_t n = coch_resampler_process(resampler, sound + at, block, resampled, 2048);
        for (; n < hop; n++)
            resampled[n] = 0.0f;
        double t1 = now();
        const float *features = coch_piano_features(piano, resampled);
        double t2 = now();
        coch_piano_logits(piano, features, &stride);
        double t3 = now();
        coch_tracker_process(&tracker, &quiet, tracks);
        double t4 = now();
        f->resample += t1 - t0;
        f->front_end += t2 - t1;
        f->net += t3 - t2;
        f->tracker += t4 - t3;
        f->worst = t4 - t0 > f->worst ? t4 - t0 : f->worst;
    }
    double scale = hops ? 1e6 / (double)hops : 0.0;
    f->resample *= scale;
    f->front_end *= scale;
    f->net *= scale;
    f->tracker *= scale;
    f->worst *= 1e6;
    coch_piano_free(piano);
    coch_resampler_free(resampler);
    return 0;
}

static int measure_whole(figures *f, const float *sound, size_t count)
{
    cochlea *ear = NULL;
    cochlea_model *model = NULL;
    cochlea_settings settings;
    cochlea_event events[256];
    cochlea_settings_default(&settings);
    settings.sample_rate = RATE;
    int failed = cochlea_model_open(&model, NULL, NULL, 0) != COCHLEA_OK ||
                 cochlea_open(&ear, model, &settings) != COCHLEA_OK;
    double start = now();
    for (size_t at = 0; !failed && at < count;) {
        at += cochlea_feed(ear, sound + at, count - at < 4096 ? count - at : 4096);
        while (cochlea_events(ear, events, 256) == 256)
            ;
    }
    double took = now() - start;
    f->whole = took / f->seconds * 1e4;
    f->realtime = f->seconds / took;
    cochlea_close(ear);
    cochlea_model_close(model);
    return failed ? -1 : 0;
}

static int measure(figures *f)
{
    size_t size, count = (size_t)(f->seconds * RATE);
    coch_gguf *gguf = NULL;
    coch_piano_model *model = NULL;
    float *sound = make_sound(RATE, count);
    const void *weights = coch_piano_default_weights(&size);
    unsigned denormals = coch_cpu_denormals_off();
    f->kernels = coch_kernels_select(COCH_CPU_ALL)->name;
    int failed = !sound || coch_gguf_open_memory(&gguf, weights, size, NULL, 0) != COCHLEA_OK ||
                 coch_piano_model_new(&model, gguf, NULL, 0) != COCHLEA_OK ||
                 measure_stages(f, model, sound, count) != 0 || measure_whole(f, sound, count) != 0;
    coch_cpu_denormals_restore(denormals);
    coch_piano_model_free(model);
    coch_gguf_free(gguf);
    free(sound);
    return failed ? -1 : 0;
}

static void print_stages(const figures *f)
{
    printf("Stages on one core, %s kernels, %.0f s of sound at %d Hz; microseconds per hop of 10 ms:\n",
           f->kernels, f->seconds, RATE);
    printf("  resample %8.1f\n  front end%8.1f   three transforms, log-frequency map, decibels\n"
           "  net      %8.1f\n  tracker  %8.1f\n",
           f->resample, f->front_end, f->net, f->tracker);
    printf("  whole    %8.1f   %.2f %% of the core, %.1f x real time\n  worst step %.2f ms\n\n", f->whole,
           f->whole / 100.0, f->realtime, f->worst / 1000.0);
}

/* Prints the kernels of one table; to `json` too when there is one. */
static void kernels_of(const coch_kernels *k, FILE *json, int first)
{
    size_t count;
    const coch_bench_shape *shapes = coch_bench_shapes(&count);
    double peak = coch_bench_peak(k);
    printf("%s: multiply-add peak %.1f GFLOP/s\n", k->name, peak);
    if (json)
        fprintf(json, "%s\"%s\":{\"peak\":%.2f,\"matmul\":{", first ? "" : ",", k->name, peak);
    for (size_t i = 0; i < count; i++) {
        double gflops = 0.0;
        if (coch_bench_matmul(k, &shapes[i], &gflops) != COCHLEA_OK)
            continue;
        printf("  %-18s %8.1f GFLOP/s  %3.0f %% of the peak\n", shapes[i].name, gflops,
               100.0 * gflops / peak);
        if (json)
            fprintf(json, "%s\"%s\":%.2f", i ? "," : "", shapes[i].name, gflops);
    }
    if (json)
        fputs("}}", json);
}

static void measure_kernels(FILE *json)
{
    static const unsigned masks[] = {0, COCH_CPU_AVX2, COCH_CPU_AVX2 | COCH_CPU_AVX512, COCH_CPU_NEON};
    const coch_kernels *last = NULL;
    int first = 1;
    if (json)
        fputs(",\"kernels\":{", json);
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        const coch_kernels *k = coch_kernels_select(masks[i]);
        if (k == last || (i > 0 && strcmp(k->name, "c") == 0))
            continue;
        kernels_of(k, json, first);
        first = 0;
        last = k;
    }
    if (json)
        fputs("}", json);
}

static void write_stages(const figures *f, FILE *json)
{
    fprintf(json,
            "{\"kernel_table\":\"%s\",\"seconds\":%.1f,\"us_per_hop\":{\"resample\":%.2f,\"front_end\":%.2f,"
            "\"net\":%.2f,\"tracker\":%.2f,\"whole\":%.2f},\"worst_step_ms\":%.3f,\"realtime_factor\":%.2f",
            f->kernels, f->seconds, f->resample, f->front_end, f->net, f->tracker, f->whole,
            f->worst / 1000.0, f->realtime);
}

static int fail(const char *path, cochlea_status status)
{
    fprintf(stderr, "cochlea: %s: %s\n", path, errno ? strerror(errno) : cochlea_status_text(status));
    return EXIT_FAILED;
}

static int run(double seconds, const char *path)
{
    figures f = {.seconds = seconds};
    coch_output output = {0};
    cochlea_status status;
    errno = 0;
    if (path && (status = coch_output_open(&output, path)) != COCHLEA_OK)
        return fail(path, status);
    if (measure(&f) != 0) {
        fprintf(stderr, "cochlea: bench: out of memory\n");
        coch_output_discard(&output);
        return EXIT_FAILED;
    }
    print_stages(&f);
    if (output.file)
        write_stages(&f, output.file);
    measure_kernels(output.file);
    if (!output.file)
        return EXIT_DONE;
    fputs("}\n", output.file);
    errno = 0;
    status = coch_output_commit(&output);
    return status == COCHLEA_OK ? EXIT_DONE : fail(path, status);
}

int cmd_bench(int argc, char **argv)
{
    static const struct option options[] = {{"json", required_argument, NULL, 'J'},
                                            {"seconds", required_argument, NULL, 'S'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    const char *json = NULL;
    char *end = "";
    double seconds = 20.0;
    int option;
    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return EXIT_DONE;
        } else if (option == 'J') {
            json = optarg;
        } else if (option == 'S') {
            seconds = strtod(optarg, &end);
        } else {
            fprintf(stderr, "cochlea bench: unknown option or missing value '%s'\n", argv[optind - 1]);
            return EXIT_USAGE;
        }
    }
    if (*end != '\0' || !(seconds >= 1.0 && seconds <= 600.0) || optind < argc) {
        fprintf(stderr, "cochlea bench: takes --json FILE and --seconds 1 to 600\n");
        return EXIT_USAGE;
    }
    return run(seconds, json);
}
