#include "live_status.h"

#include <math.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define SHARE_SECONDS 1.0 /* over which the processor's share is taken */
#define FLOOR_DB (-99.0)

static double cpu_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void live_status_update(live_status *l, live_session *s)
{
    cochlea_stats *stats = &s->stats;
    double at = now(), cpu = cpu_seconds();
    cochlea_get_stats(s->ear, stats);
    if (at - l->at > SHARE_SECONDS) {
        l->share = l->at > 0.0 ? (cpu - l->cpu) / (at - l->at) : 0.0;
        l->at = at;
        l->cpu = cpu;
    }
    if (l->refused || stats->hops == 0 || stats->realtime)
        return;
    l->refused = 1;
    live_status_erase();
    fprintf(stderr, "cochlea live: no real-time priority (RLIMIT_RTPRIO is too low): "
                    "notes may come late when the machine is busy\n");
}

/* From the microphone's socket to the MIDI message, as far as it can be known here. */
static double latency_ms(const live_session *s)
{
    double input = s->audio ? s->audio->info.input_latency_ms : 0.0;
    return input + 1000.0 * atomic_load(&s->process.delay) / s->rate;
}

void live_status_draw(const live_status *l, const live_session *s)
{
    const cochlea_stats *stats = &s->stats;
    if (!isatty(STDERR_FILENO))
        return;
    double level = stats->peak > 1e-5f ? 20.0 * log10((double)stats->peak) : FLOOR_DB;
    unsigned overruns = s->audio ? atomic_load(&s->audio->overruns) : 0;
    char lost[32] = "";
    if (overruns > 0)
        snprintf(lost, sizeof lost, "  xruns %u", overruns);
    fprintf(stderr, "\r\033[K%3.0f dB%s  notes %u%s  latency %.0f ms  cpu %.1f %%  dropped %lld  late %lld%s",
            level, stats->clipped ? " CLIP" : "", stats->sounding, stats->pedal ? " pedal" : "",
            latency_ms(s), 100.0 * l->share, (long long)stats->dropped_hops, (long long)stats->late_notes,
            lost);
    fflush(stderr);
}

void live_status_erase(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}
