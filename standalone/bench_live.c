#include "bench_live.h"

#include "bench_sound.h"
#include "bench_stages.h"
#include "dsp/cpu.h"
#include "dsp/kernels.h"
#include "engine/cochlea.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define RATE 48000
#define BLOCK 64
#define HOP_SECONDS 0.01
#define HOP_SAMPLES (RATE / 100)
#define PEEK_SECONDS 20e-6
#define AUDIO_PRIORITY 60 /* above the worker, as a host's thread is */
#define WATCH_PRIORITY 40 /* below it */
#define STAGE_SECONDS 5.0

/* A real-time take: the thread that stands for the host's, and the watcher on the main thread. */
typedef struct take {
    cochlea *ear;
    const float *sound;
    size_t blocks;
    double *cost;       /* of each callback, seconds */
    double *fed;        /* when the last sample of each hop was handed over */
    atomic_size_t hops; /* of them */
    atomic_int ended;
    int realtime;
} take;

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Quantile q of sorted values. */
static double quantile(const double *sorted, size_t count, double q)
{
    return count ? sorted[(size_t)(q * (double)(count - 1))] : 0.0;
}

static void sleep_until(double when)
{
    struct timespec t = {.tv_sec = (time_t)when, .tv_nsec = (long)(fmod(when, 1.0) * 1e9)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/* For the calling thread; returns whether it was allowed. */
static int real_time(int priority)
{
    struct sched_param parameter = {.sched_priority = priority};
    return pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameter) == 0;
}

static void *play(void *argument)
{
    take *t = argument;
    cochlea_event events[64];
    t->realtime = real_time(AUDIO_PRIORITY);
    double start = bench_now();
    for (size_t b = 0; b < t->blocks; b++) {
        sleep_until(start + (double)(b * BLOCK) / RATE);
        double before = bench_now();
        cochlea_feed(t->ear, t->sound + b * BLOCK, BLOCK);
        cochlea_events(t->ear, events, 64);
        double after = bench_now();
        t->cost[b] = after - before;
        for (size_t h = atomic_load(&t->hops); (h + 1) * HOP_SAMPLES <= (b + 1) * BLOCK; h++) {
            t->fed[h] = after;
            atomic_store(&t->hops, h + 1);
        }
    }
    atomic_store(&t->ended, 1);
    return NULL;
}

/* Watches results appear; late[] receives for each hop the time since it was fed. Returns how many. */
static size_t watch(take *t, double *late, size_t capacity)
{
    cochlea_stats stats;
    size_t seen = 0;
    int64_t known = 0;
    real_time(WATCH_PRIORITY);
    while (!atomic_load(&t->ended)) {
        cochlea_get_stats(t->ear, &stats);
        double now = bench_now();
        size_t fed = atomic_load(&t->hops);
        if (stats.hops > known && stats.hops <= (int64_t)fed && seen < capacity)
            late[seen++] = now - t->fed[stats.hops - 1];
        known = stats.hops;
        sleep_until(now + PEEK_SECONDS);
    }
    return seen;
}

static void report(take *t, double *late, size_t seen, FILE *json)
{
    cochlea_stats stats;
    struct rusage usage;
    cochlea_get_stats(t->ear, &stats);
    getrusage(RUSAGE_SELF, &usage);
    qsort(t->cost, t->blocks, sizeof *t->cost, by_value);
    qsort(late, seen, sizeof *late, by_value);
    double us[3] = {1e6 * quantile(t->cost, t->blocks, 0.5), 1e6 * quantile(t->cost, t->blocks, 0.999),
                    1e6 * quantile(t->cost, t->blocks, 1.0)};
    double ms[3] = {1e3 * quantile(late, seen, 0.5), 1e3 * quantile(late, seen, 0.95),
                    1e3 * quantile(late, seen, 1.0)};
    printf("Live at %d Hz, %d samples a callback, audio thread %s, worker %s:\n", RATE, BLOCK,
           t->realtime ? "in real time" : "WITHOUT real-time priority",
           stats.realtime ? "in real time" : "WITHOUT real-time priority");
    printf("  callback          p50 %.2f us, p99.9 %.2f us, longest %.2f us\n", us[0], us[1], us[2]);
    printf("  hop to result     p50 %.2f ms, p95 %.2f ms, longest %.2f ms (from a hop's last sample, the "
           "resampler's delay included)\n",
           ms[0], ms[1], ms[2]);
    printf("  worker            %.2f %% of a core, longest hop %.2f ms, %lld hops dropped\n",
           100.0 * (double)stats.load, (double)stats.worst_step_ms, (long long)stats.dropped_hops);
    printf("  memory            %.1f MB at most\n", (double)usage.ru_maxrss / 1024.0);
    if (json)
        fprintf(json,
                ",\"live\":{\"callback_us\":{\"p50\":%.3f,\"p999\":%.3f,\"max\":%.3f},\"hop_to_result_ms\":"
                "{\"p50\":%.3f,\"p95\":%.3f,\"max\":%.3f},\"load\":%.5f,\"worst_step_ms\":%.3f,"
                "\"dropped_hops\":%lld,\"memory_mb\":%.1f}",
                us[0], us[1], us[2], ms[0], ms[1], ms[2], (double)stats.load, (double)stats.worst_step_ms,
                (long long)stats.dropped_hops, (double)usage.ru_maxrss / 1024.0);
}

/* Weights opened, engine made, thread started, first hop heard: the way a program starts. */
static int measure_start(FILE *json)
{
    static const float silence[HOP_SAMPLES * 4];
    cochlea_model *model = NULL;
    cochlea *ear = NULL;
    cochlea_settings settings;
    cochlea_stats stats = {0};
    cochlea_settings_default(&settings);
    settings.sample_rate = RATE;
    settings.drive = COCHLEA_WORKER;
    double start = bench_now();
    int failed = cochlea_model_open(&model, NULL, NULL, 0) != COCHLEA_OK ||
                 cochlea_open(&ear, model, &settings) != COCHLEA_OK;
    if (!failed)
        cochlea_feed(ear, silence, HOP_SAMPLES * 4);
    while (!failed && stats.hops == 0) {
        sleep_until(bench_now() + PEEK_SECONDS);
        cochlea_get_stats(ear, &stats);
    }
    double took = 1e3 * (bench_now() - start);
    cochlea_close(ear);
    cochlea_model_close(model);
    printf("\nStart: %.1f ms from opening the weights to the first hop heard\n", took);
    if (json)
        fprintf(json, ",\"start_ms\":%.2f", took);
    return failed ? -1 : 0;
}

static int measure_take(double seconds, FILE *json)
{
    size_t count = (size_t)(seconds * RATE), hops = count / HOP_SAMPLES + 1;
    float *sound = bench_sound(RATE, count);
    take t = {.sound = sound, .blocks = count / BLOCK};
    double *late = malloc(hops * sizeof *late);
    cochlea_model *model = NULL;
    cochlea_settings settings;
    pthread_t thread;
    t.cost = malloc((t.blocks + 1) * sizeof *t.cost);
    t.fed = malloc(hops * sizeof *t.fed);
    cochlea_settings_default(&settings);
    settings.sample_rate = RATE;
    settings.drive = COCHLEA_WORKER;
    int failed =
        !sound || !late || !t.cost || !t.fed || cochlea_model_open(&model, NULL, NULL, 0) != COCHLEA_OK ||
        cochlea_open(&t.ear, model, &settings) != COCHLEA_OK || pthread_create(&thread, NULL, play, &t) != 0;
    if (!failed) {
        size_t seen = watch(&t, late, hops);
        pthread_join(thread, NULL);
        report(&t, late, seen, json);
    }
    cochlea_close(t.ear);
    cochlea_model_close(model);
    free(t.fed);
    free(t.cost);
    free(late);
    free(sound);
    return failed ? -1 : 0;
}

static int print_shares(FILE *json)
{
    static const unsigned masks[] = {0, COCH_CPU_AVX2, COCH_CPU_AVX2 | COCH_CPU_AVX512, COCH_CPU_NEON};
    static const double rates[] = {44100.0, 48000.0, 96000.0};
    const char *last = "", *comma = "";
    printf("Share of one core, per cent:\n  kernels      rate  resample  front end     net  tracker   whole"
           "   worst step\n");
    if (json)
        fputs(",\"shares\":[", json);
    for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
        const char *name = coch_kernels_select(masks[i])->name;
        if (strcmp(name, last) == 0 || (i > 0 && strcmp(name, "c") == 0))
            continue;
        last = name;
        for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
            bench_stages s;
            if (bench_stages_measure(&s, rates[r], STAGE_SECONDS, masks[i]) != 0)
                return -1;
            printf("  %-9s %7.0f  %8.2f  %9.2f  %6.2f  %7.2f  %6.2f  %8.2f ms\n", name, rates[r],
                   s.resample / 100.0, s.front_end / 100.0, s.net / 100.0, s.tracker / 100.0, s.whole / 100.0,
                   s.worst / 1000.0);
            if (json)
                fprintf(json, "%s{\"kernels\":\"%s\",\"rate\":%.0f,\"percent\":%.3f,\"worst_step_ms\":%.3f}",
                        comma, name, rates[r], s.whole / 100.0, s.worst / 1000.0);
            comma = ",";
        }
    }
    if (json)
        fputs("]", json);
    return 0;
}

int bench_live(double seconds, FILE *json)
{
    return print_shares(json) == 0 && measure_start(json) == 0 && measure_take(seconds, json) == 0 ? 0 : -1;
}
