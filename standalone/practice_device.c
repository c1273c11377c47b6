/* The device of the practice source: opening it, losing it, taking it again, another one. */
#include "practice_source_state.h"

#include "practice/band.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define RETRY_SECONDS 0.5   /* between two attempts to get a lost device back */
#define STALLED_SECONDS 3.0 /* without a block: the device is gone without saying so */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int practice_device_open(practice_source *s, char *why, size_t why_size)
{
    const practice_source_options *o = &s->options;
    const backend_request request = {.input = o->input,
                                     .midi_out = o->midi_out,
                                     .sound_out = o->sound,
                                     .process = practice_source_process,
                                     .context = s};
    if (backend_open(&s->audio, o->backend, &request, why, why_size) != 0)
        return -1;
    if (backend_rate_fits(s->audio, s->rate, why, why_size)) {
        if (s->rate == 0.0) /* later it is read by others */
            s->rate = s->audio->info.rate;
        return 0;
    }
    backend_close(s->audio);
    s->audio = NULL;
    return -1;
}

int practice_device_start(practice_source *s, char *why, size_t why_size)
{
    s->seen_at = now();
    s->blocks_seen = atomic_load(&s->blocks);
    if (s->audio->kind->start(s->audio, why, why_size) != 0)
        return -1;
    snprintf(s->kind, sizeof s->kind, "%s", s->audio->device);
    snprintf(s->name, sizeof s->name, "%s",
             s->audio->info.input[0] ? s->audio->info.input : s->audio->device);
    return 0;
}

/* ---- A device that is lost ---- */

/* Gone as the library tells, or without a word. */
static int is_lost(practice_source *s)
{
    unsigned blocks = atomic_load_explicit(&s->blocks, memory_order_relaxed);
    double clock = now();
    if (!s->audio->kind->alive(s->audio))
        return 1;
    if (blocks != s->blocks_seen)
        s->seen_at = clock;
    s->blocks_seen = blocks;
    return clock - s->seen_at > STALLED_SECONDS;
}

static double patience_for(const practice_source *s)
{
    backend_return comes_back = s->audio->comes_back;
    double patience = s->options.patience;
    if (comes_back == BACKEND_NEVER)
        return 0.0;
    return patience >= 0.0 ? patience : comes_back == BACKEND_OFTEN ? INFINITY : 0.0;
}

/* What sounds elsewhere ends. */
static void hush(practice_source *s)
{
    for (uint8_t channel = 0; s->audio->late_send && channel < 16; channel += COCH_CLICK_CHANNEL) {
        const uint8_t bytes[3] = {(uint8_t)(0xB0 | channel), 123, 0};
        s->audio->late_send(s->audio, 0, bytes, sizeof bytes);
    }
}

void practice_device_let_go(practice_source *s)
{
    atomic_store(&s->audio->lost, 1);
    s->audio->kind->stop(s->audio);
    hush(s);
    backend_close(s->audio);
    s->audio = NULL;
}

static practice_source_state try_again(practice_source *s)
{
    char why[BACKEND_WHY_SIZE];
    double clock = now();
    if (clock < s->retry_at)
        return PRACTICE_SOURCE_WAITS;
    s->retry_at = clock + RETRY_SECONDS;
    if (practice_device_open(s, why, sizeof why) == 0) {
        if (practice_device_start(s, why, sizeof why) == 0)
            return PRACTICE_SOURCE_RUNS;
        practice_device_let_go(s);
    }
    return clock < s->patience ? PRACTICE_SOURCE_WAITS : PRACTICE_SOURCE_ENDED;
}

practice_source_state practice_source_look(practice_source *s)
{
    if (s->recording)
        return s->recording->ended ? PRACTICE_SOURCE_ENDED : PRACTICE_SOURCE_RUNS;
    if (s->audio && !is_lost(s))
        return PRACTICE_SOURCE_RUNS;
    if (s->audio) {
        s->patience = now() + patience_for(s);
        s->options.backend = s->audio->kind->name; /* never another one than was listened to */
        practice_device_let_go(s);
    }
    return now() < s->patience ? try_again(s) : PRACTICE_SOURCE_ENDED;
}

void practice_source_notice(const practice_source *s, practice_source_state state, char *line, size_t size)
{
    line[0] = '\0';
    if (state != PRACTICE_SOURCE_RUNS && !s->recording)
        snprintf(line, size, state == PRACTICE_SOURCE_WAITS ? "%s is gone: waiting for it" : "%s is gone",
                 s->kind);
}

/* ---- Another input or port ---- */

size_t practice_source_inputs(practice_source *s, char names[][PRACTICE_SOURCE_NAME], size_t most,
                              size_t *present)
{
    size_t count = s->audio && s->audio->kind->names ? s->audio->kind->names(s->audio, 0, names, most) : 0;
    *present = 0;
    for (size_t i = 0; i < count; i++) /* PortAudio puts the interface before the name */
        if (strstr(s->name, names[i]))
            *present = i;
    return count;
}

size_t practice_source_ports(practice_source *s, char names[][PRACTICE_SOURCE_NAME], size_t most,
                             size_t *present)
{
    *present = 0;
    if (!s->audio || !s->audio->kind->names || most < 2)
        return 0;
    names[0][0] = '\0';
    snprintf(names[1], PRACTICE_SOURCE_NAME, "none");
    size_t count = 2 + s->audio->kind->names(s->audio, 1, names + 2, most - 2);
    if (s->options.midi_out && strcmp(s->options.midi_out, names[1]) == 0)
        *present = 1;
    for (size_t i = 2; i < count && s->audio->info.output[0]; i++)
        if (strstr(s->audio->info.output, names[i]))
            *present = i;
    return count;
}

/* The former one again (of the options, `wanted`) where that fails. */
static int reopen(practice_source *s, const char **wanted, const char *former, char *why, size_t why_size)
{
    char unsaid[BACKEND_WHY_SIZE];
    s->options.backend = s->audio->kind->name;
    practice_device_let_go(s);
    if (practice_device_open(s, why, why_size) == 0 && practice_device_start(s, why, why_size) == 0)
        return 0;
    if (s->audio)
        practice_device_let_go(s);
    *wanted = former;
    if (practice_device_open(s, unsaid, sizeof unsaid) == 0 &&
        practice_device_start(s, unsaid, sizeof unsaid) != 0)
        practice_device_let_go(s);
    s->patience = INFINITY; /* if that one is gone as well it is waited for */
    return -1;
}

/* Another input, or another MIDI port: what is wanted of the options becomes `name`. */
static int change(practice_source *s, int midi, const char *name, char *why, size_t why_size)
{
    const char **wanted = midi ? &s->options.midi_out : &s->options.input, *former = *wanted;
    char *kept = s->chosen[midi][former == s->chosen[midi][0]];
    if (!s->audio) {
        snprintf(why, why_size, "%s is gone", s->kind);
        return -1;
    }
    snprintf(kept, PRACTICE_SOURCE_NAME, "%s", name ? name : "");
    *wanted = name ? kept : NULL;
    int failed =
        s->audio->kind->connect ? s->audio->kind->connect(s->audio, midi, *wanted, why, why_size) : 1;
    if (failed > 0)
        failed = reopen(s, wanted, former, why, why_size);
    if (failed)
        *wanted = former;
    return failed ? -1 : 0;
}

int practice_source_choose(practice_source *s, const char *name, char *why, size_t why_size)
{
    if (change(s, 0, name, why, why_size) != 0)
        return -1;
    snprintf(s->name, sizeof s->name, "%s",
             s->audio->info.input[0] ? s->audio->info.input : s->audio->device);
    return 0;
}

int practice_source_choose_port(practice_source *s, const char *name, char *why, size_t why_size)
{
    return change(s, 1, name && name[0] ? name : NULL, why, why_size);
}
