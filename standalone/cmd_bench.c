/* cochlea bench: what each stage costs on this machine, and how near its kernels come to what the processor
 * can do. */
#include "base/output.h"
#include "bench_live.h"
#include "bench_stages.h"
#include "commands.h"
#include "dsp/bench.h"
#include "dsp/cpu.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE 48000
#define KERNELS_MAX 64

static const char help[] =
    "Usage: cochlea bench [--live] [--json FILE] [--seconds S]\n\n"
    "Measures every stage on one core over S seconds of sound (20), and the kernels of each\n"
    "instruction set against the multiply-add peak measured in the same run. With --live also\n"
    "the share of a core at several sample rates, and S seconds in real time: what a callback\n"
    "costs, how soon a hop is heard, how fast the start is, how much memory is used.\n";

static void print_stages(const bench_stages *f, double seconds)
{
    printf("Stages on one core, %s kernels, %.0f s of sound at %d Hz; microseconds per hop of 10 ms:\n",
           f->kernels, seconds, RATE);
    printf("  resample %8.1f\n  front end%8.1f   three transforms, log-frequency map, decibels\n"
           "  net      %8.1f\n  tracker  %8.1f\n",
           f->resample, f->front_end, f->net, f->tracker);
    printf("  whole    %8.1f   %.2f %% of the core, %.1f x real time\n  worst step %.2f ms\n\n", f->whole,
           f->whole / 100.0, f->realtime, f->worst / 1000.0);
    printf("What is playing, beside it:\n  instrument%7.1f   %.2f %% of the core\n  worst step %.2f ms\n\n",
           f->instrument, f->instrument / 100.0, f->instrument_worst / 1000.0);
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

static void write_stages(const bench_stages *f, double seconds, FILE *json)
{
    fprintf(json,
            "{\"kernel_table\":\"%s\",\"seconds\":%.1f,\"us_per_hop\":{\"resample\":%.2f,\"front_end\":%.2f,"
            "\"net\":%.2f,\"tracker\":%.2f,\"whole\":%.2f,\"instrument\":%.2f},\"worst_step_ms\":%.3f,"
            "\"realtime_factor\":%.2f",
            f->kernels, seconds, f->resample, f->front_end, f->net, f->tracker, f->whole, f->instrument,
            f->worst / 1000.0, f->realtime);
}

/* Everything asked for, to stdout and `json` (may be NULL); returns 0, or -1 without memory. */
static int measure(double seconds, int live, FILE *json)
{
    bench_stages f;
    if (bench_stages_measure(&f, RATE, seconds, COCH_CPU_ALL) != 0)
        return -1;
    print_stages(&f, seconds);
    if (json)
        write_stages(&f, seconds, json);
    if (live && bench_live(seconds, json) != 0)
        return -1;
    if (live)
        putchar('\n');
    measure_kernels(json);
    if (json)
        fputs("}\n", json);
    return 0;
}

static int fail(const char *path, cochlea_status status)
{
    fprintf(stderr, "cochlea: %s: %s\n", path, errno ? strerror(errno) : cochlea_status_text(status));
    return EXIT_FAILED;
}

static int run(double seconds, int live, const char *path)
{
    coch_output output = {0};
    cochlea_status status;
    errno = 0;
    if (path && (status = coch_output_open(&output, path)) != COCHLEA_OK)
        return fail(path, status);
    if (measure(seconds, live, output.file) != 0) {
        fprintf(stderr, "cochlea: bench: out of memory\n");
        coch_output_discard(&output);
        return EXIT_FAILED;
    }
    if (!output.file)
        return EXIT_DONE;
    errno = 0;
    status = coch_output_commit(&output);
    return status == COCHLEA_OK ? EXIT_DONE : fail(path, status);
}

int cmd_bench(int argc, char **argv)
{
    static const struct option options[] = {{"json", required_argument, NULL, 'J'},
                                            {"live", no_argument, NULL, 'L'},
                                            {"seconds", required_argument, NULL, 'S'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    const char *json = NULL;
    char *end = "";
    double seconds = 20.0;
    int option, live = 0;
    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return EXIT_DONE;
        } else if (option == 'J') {
            json = optarg;
        } else if (option == 'L') {
            live = 1;
        } else if (option == 'S') {
            seconds = strtod(optarg, &end);
        } else {
            fprintf(stderr, "cochlea bench: unknown option or missing value '%s'\n", argv[optind - 1]);
            return EXIT_USAGE;
        }
    }
    if (*end != '\0' || !(seconds >= 1.0 && seconds <= 600.0) || optind < argc) {
        fprintf(stderr, "cochlea bench: takes --live, --json FILE and --seconds 1 to 600\n");
        return EXIT_USAGE;
    }
    return run(seconds, live, json);
}
