#include "live_session.h"

#include "commands.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_LOOKS 2000  /* of a millisecond: the audio thread has to answer within */
#define STALLED_LOOKS 20   /* looks without a block: the device is gone without saying so */
#define ASKED_SECONDS 0.02 /* between two looks for a signal */
#define FOR_EVER 1e9
#define RETRY_SECONDS 0.5 /* between two attempts to get a lost device back */

static void pause_for(double seconds)
{
    struct timespec t = {.tv_sec = (time_t)seconds};
    t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
    nanosleep(&t, NULL);
}

static void say(const char *format, const char *what)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    fputs("cochlea live: ", stderr);
    fprintf(stderr, format, what);
    fputc('\n', stderr);
}

/* ---- Opening ---- */

static int open_model(cochlea_model **model, const char *path, char *why, size_t why_size)
{
    char reason[BACKEND_WHY_SIZE] = "";
    cochlea_status status = cochlea_model_open(model, path, reason, sizeof reason);
    if (status == COCHLEA_OK)
        return 0;
    snprintf(why, why_size, "%s: %s", path ? path : "built-in weights",
             reason[0] ? reason : cochlea_status_text(status));
    return -1;
}

/* The window shows what plays; without their weights it does not. */
static void open_instruments(live_session *s)
{
    if (!s->options.headless)
        cochlea_instruments_open(&s->instruments, NULL, NULL, 0);
}

static double delay_of(const live_session *s)
{
    const cochlea_settings *settings = &s->options.settings;
    return settings->timing == COCHLEA_STEADY ? settings->steady_ms : 0.0;
}

static int open_audio(live_session *s, char *why, size_t why_size)
{
    const live_options *o = &s->options;
    const backend_request request = {
        .input = o->input,
        .midi_out = o->midi_out,
        .delay_ms = delay_of(s),
        .sound_out = o->hybrid.targets != NULL,
        .output = o->hybrid.output,
        .sound_delay =
            o->hybrid.latency == COCHLEA_HYBRID_LATENCY_LOW ? live_hybrid_delay_low : live_hybrid_delay,
        .process = live_process_block,
        .context = &s->process,
    };
    if (backend_open(&s->audio, o->backend, &request, why, why_size) != 0)
        return -1;
    int mute = o->hybrid.targets && !s->audio->info.has_output;
    if (mute)
        snprintf(why, why_size, "%s has nothing to play the hybrid to", s->audio->device);
    else if (backend_rate_fits(s->audio, s->rate, why, why_size))
        return 0;
    backend_close(s->audio);
    s->audio = NULL;
    return -1;
}

static int open_ear(live_session *s, char *why, size_t why_size)
{
    cochlea_settings settings = s->options.settings;
    settings.drive = COCHLEA_WORKER;
    settings.sample_rate = s->rate = s->audio->info.rate;
    settings.instruments = s->instruments;
    cochlea_status status = cochlea_open(&s->ear, s->model, &settings);
    if (status == COCHLEA_OK)
        return 0;
    snprintf(why, why_size, "the ear does not open: %s", cochlea_status_text(status));
    return -1;
}

static int open_hybrid(live_session *s, char *why, size_t why_size)
{
    if (!s->options.hybrid.targets)
        return 0;
    int result = live_hybrid_open(&s->hybrid, &s->options.hybrid, s->rate, why, why_size);
    s->usage = result == EXIT_USAGE;
    s->process.hybrid = s->hybrid;
    return result == EXIT_DONE ? 0 : -1;
}

/* Pages that were touched stay; without ONFAULT the stacks of all threads would be filled in. Where it is not
 * permitted things work as well, as long as memory is not short. */
static void lock_memory(void)
{
#ifdef MCL_ONFAULT
    mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
#endif
}

int live_session_open(live_session *s, const live_options *options, char *why, size_t why_size)
{
    const live_files *files = &options->files;
    memset(s, 0, sizeof *s);
    s->options = *options;
    live_process_init(&s->process);
    lock_memory();
    if (live_signals_open(&s->signals) != 0) {
        snprintf(why, why_size, "no thread could be started");
        return -1;
    }
    if (open_model(&s->model, options->weights, why, why_size) != 0 || open_audio(s, why, why_size) != 0)
        return -1;
    open_instruments(s);
    if (open_ear(s, why, why_size) != 0 || open_hybrid(s, why, why_size) != 0)
        return -1;
    s->process.ear = s->ear;
    atomic_store(&s->process.channel, options->channel);
    s->process.limit = options->seconds > 0.0 ? (int64_t)(options->seconds * s->rate + 0.5) : INT64_MAX;
    if (files->midi || files->sound || files->events)
        return live_recorder_open(&s->recorder, files, s->rate, &s->process, why, why_size);
    return 0;
}

int live_session_start(live_session *s, char *why, size_t why_size)
{
    s->listening = 1;
    int result = s->audio->kind->start(s->audio, why, why_size);
    live_signals_settle(&s->signals);
    return result;
}

/* ---- A device that is lost ---- */

static int64_t heard(live_session *s)
{
    return atomic_load(&s->process.heard);
}

static void finish(live_session *s)
{
    live_process_finish(&s->process, s->audio->late_send, s->audio);
}

/* Ends the ear's time without the audio thread. */
static void flush_alone(live_session *s)
{
    while (cochlea_flush(s->ear) == COCHLEA_ERROR_FULL)
        finish(s);
    finish(s);
}

static int is_lost(live_session *s)
{
    if (!s->audio->kind->alive(s->audio))
        return 1;
    s->stalled = heard(s) == s->stalled_at ? s->stalled + 1 : 0;
    s->stalled_at = heard(s);
    return s->stalled > STALLED_LOOKS;
}

static void let_go(live_session *s)
{
    atomic_store(&s->audio->lost, 1);
    s->audio->kind->stop(s->audio);
    flush_alone(s);
    backend_close(s->audio);
    s->audio = NULL;
}

/* Goes on for up to `seconds`; returns nonzero when the session was told to end. */
static int asked(live_session *s, double seconds)
{
    if (s->idle && s->idle(s->idle_context, seconds))
        return 1;
    int looks = s->idle ? 0 : (int)ceil(seconds / ASKED_SECONDS);
    while (looks-- > 0 && !atomic_load(&s->signals.asked))
        pause_for(ASKED_SECONDS);
    return atomic_load(&s->signals.asked) > 0;
}

/* The ear begins anew where the sound begins anew; time goes on from where it stood. */
static int resume(live_session *s)
{
    char why[BACKEND_WHY_SIZE];
    cochlea_reset(s->ear);
    if (s->hybrid)
        live_hybrid_restart(s->hybrid);
    s->process.base = heard(s);
    s->stalled = 0;
    atomic_store(&s->process.phase, LIVE_LISTEN);
    return s->audio->kind->start(s->audio, why, sizeof why);
}

/* How long to wait for a device that goes away, in seconds. */
static double patience_for(const live_session *s)
{
    if (s->audio->comes_back == BACKEND_NEVER)
        return 0.0;
    if (s->options.wait >= 0.0)
        return s->options.wait;
    return s->audio->comes_back == BACKEND_OFTEN ? FOR_EVER : 0.0;
}

/* What will be needed once it is gone. */
static void remember_device(live_session *s)
{
    s->device = s->audio->device;
    s->patience = patience_for(s);
    s->options.backend = s->audio->kind->name; /* never another one than was listened to */
}

static void lose(live_session *s)
{
    remember_device(s);
    let_go(s);
    say(s->patience > 0.0 ? "%s is gone; all notes are ended; waiting for it"
                          : "%s is gone; all notes are ended",
        s->device);
}

/* Returns nonzero when the session is over. */
static int get_back(live_session *s, live_end *end)
{
    char why[BACKEND_WHY_SIZE] = "";
    for (long left = (long)ceil(s->patience / RETRY_SECONDS); left > 0; left--) {
        s->patience -= RETRY_SECONDS;
        if (asked(s, RETRY_SECONDS)) {
            *end = LIVE_END_ASKED;
            return 1;
        }
        if (open_audio(s, why, sizeof why) == 0 && resume(s) == 0) {
            say("%s is back", s->device);
            return 0;
        }
        if (s->audio)
            let_go(s);
    }
    if (why[0])
        say("gave up: %s", why);
    *end = LIVE_END_LOST;
    return 1;
}

/* ---- Running ---- */

static void look_after(live_session *s)
{
    char why[LIVE_WHY_SIZE];
    if (s->recorder && !s->write_failed && live_recorder_failed(s->recorder, why, sizeof why)) {
        s->write_failed = 1;
        say("%s; recording has stopped", why);
    }
}

int live_session_wait(live_session *s, double seconds, live_end *end)
{
    if (asked(s, seconds)) {
        *end = LIVE_END_ASKED;
        return 1;
    }
    if (heard(s) >= s->process.limit) {
        *end = LIVE_END_DONE;
        return 1;
    }
    look_after(s);
    if (s->audio && is_lost(s))
        lose(s);
    return s->audio ? 0 : get_back(s, end);
}

/* ---- Closing ---- */

/* Whether the audio thread went to the phase in time. */
static int reached(live_session *s, int phase)
{
    for (int looks = 0; looks < ANSWER_LOOKS; looks++) {
        if (atomic_load(&s->process.phase) == phase)
            return 1;
        if (atomic_load(&s->audio->lost))
            return 0;
        pause_for(0.001);
    }
    return 0;
}

/* The last notes take the same way as all before them, as long as there is one. */
static void part(live_session *s)
{
    atomic_store(&s->process.phase, LIVE_PAUSE);
    int flushed = reached(s, LIVE_PAUSED) && cochlea_flush(s->ear) == COCHLEA_OK;
    if (flushed) {
        atomic_store(&s->process.phase, LIVE_END);
        reached(s, LIVE_DONE);
    }
    s->audio->kind->stop(s->audio);
    if (flushed)
        finish(s);
    else
        flush_alone(s);
}

/* ---- Changes ---- */

static void restart(live_session *s, char *why, size_t why_size)
{
    if (open_audio(s, why, why_size) == 0 && resume(s) != 0) {
        snprintf(why, why_size, "%s does not start", s->audio->device);
        let_go(s);
    }
}

/* Closes the backend and opens it with the present options; with `former` in place of option `*changed` where
 * that fails. */
static int reopen(live_session *s, const char **changed, const char *former, char *why, size_t why_size)
{
    char unsaid[BACKEND_WHY_SIZE];
    remember_device(s);
    part(s);
    backend_close(s->audio);
    s->audio = NULL;
    restart(s, why, why_size);
    if (s->audio)
        return 0;
    *changed = former;
    restart(s, unsaid, sizeof unsaid);
    return -1;
}

int live_session_choose(live_session *s, int midi, const char *name, char *why, size_t why_size)
{
    const char **option = midi ? &s->options.midi_out : &s->options.input, *former = *option;
    int failed = 0; /* without a device now, it is tried as soon as that is due */
    *option = name;
    if (s->audio) {
        const backend_kind *kind = s->audio->kind;
        failed = kind->connect ? kind->connect(s->audio, midi, name, why, why_size) : 1;
        if (failed > 0)
            failed = reopen(s, option, former, why, why_size);
    }
    *option = former;
    if (failed != 0)
        return -1;
    if (name)
        snprintf(s->chosen[midi], BACKEND_NAME_SIZE, "%s", name);
    *option = name ? s->chosen[midi] : NULL;
    return 0;
}

cochlea_status live_session_change(live_session *s, const cochlea_settings *settings, unsigned channel)
{
    cochlea_settings all = *settings;
    all.sample_rate = s->rate;
    all.drive = COCHLEA_WORKER;
    all.instruments = s->instruments;
    cochlea_status status = cochlea_change(s->ear, &all);
    if (status != COCHLEA_OK)
        return status;
    s->options.settings = *settings;
    atomic_store(&s->process.channel, channel);
    if (s->audio && s->audio->kind->delay)
        s->audio->kind->delay(s->audio, delay_of(s));
    return COCHLEA_OK;
}

/* Frees what the last swap replaced, once the ear is done with it. */
static int settle(live_session *s)
{
    if (s->former && cochlea_swapped(s->ear)) {
        cochlea_model_close(s->former);
        s->former = NULL;
    }
    return s->former == NULL;
}

int live_session_swap(live_session *s, const char *weights, char *why, size_t why_size)
{
    cochlea_model *model;
    if (!settle(s)) {
        snprintf(why, why_size, "the last change of weights is not finished yet");
        return -1;
    }
    if (open_model(&model, weights, why, why_size) != 0)
        return -1;
    cochlea_status status = cochlea_swap(s->ear, model);
    if (status != COCHLEA_OK) {
        snprintf(why, why_size, "these weights cannot be used now: %s", cochlea_status_text(status));
        cochlea_model_close(model);
        return -1;
    }
    s->former = s->model;
    s->model = model;
    if (weights)
        snprintf(s->weights, sizeof s->weights, "%s", weights);
    s->options.weights = weights ? s->weights : NULL;
    return 0;
}

int live_session_close(live_session *s, char *why, size_t why_size)
{
    if (s->audio && s->listening)
        part(s);
    int failed = live_recorder_close(s->recorder, why, why_size); /* first: a server may keep us waiting */
    backend_close(s->audio);
    if (s->ear)
        cochlea_get_stats(s->ear, &s->stats);
    cochlea_close(s->ear);
    live_hybrid_close(s->hybrid);
    cochlea_instruments_close(s->instruments);
    cochlea_model_close(s->former);
    cochlea_model_close(s->model);
    live_signals_close(&s->signals);
    return failed;
}
