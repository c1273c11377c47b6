#include "practice_live_state.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BAND_EVENTS = 256, PRIORITY = 40 /* under the audio threads of JACK and PipeWire */ };

/* All that is sent for the time until then is known: the session goes by steps of 10 ms. */
#define KNOWN_AHEAD (COCH_BAND_AHEAD - 0.010)

/* A message for all channels that may sound: all notes off. */
static const uint8_t silence[2][3] = {{0xB0 | COCH_BAND_CHANNEL, 123, 0},
                                      {0xB0 | COCH_CLICK_CHANNEL, 123, 0}};

/* ---- The thread that hears ---- */

/* The program's clicks, as far as they are due soon. */
static void measure(practice_live *l, const float *samples, size_t count)
{
    static const uint8_t click[2][3] = {{0x90 | COCH_CLICK_CHANNEL, COCH_CLICK_ACCENT, 120},
                                        {0x80 | COCH_CLICK_CHANNEL, COCH_CLICK_ACCENT, 0}};
    double times[COCH_SETUP_CLICKS], start = (double)l->setup_frames / l->rate;
    coch_setup_feed(l->setup, samples, count);
    coch_setup_clicks(times);
    for (; l->clicks < COCH_SETUP_CLICKS; l->clicks++) {
        double at = start + times[l->clicks];
        if (at > (double)l->frames / l->rate + COCH_BAND_AHEAD)
            break;
        practice_source_send(l->source, at, click[0]);
        practice_source_send(l->source, at + 0.5 * COCH_BAND_AHEAD, click[1]);
    }
}

static void play_along(practice_live *l, double now)
{
    coch_band_event events[BAND_EVENTS];
    double before = (double)(l->frames - l->played) / l->rate;
    size_t count = coch_session_advance(l->session, now, events, BAND_EVENTS);
    for (size_t i = 0; i < count; i++)
        practice_source_send(l->source, events[i].time + before, events[i].bytes);
}

static void keep_flash(practice_live *l, uint32_t heard_before)
{
    coch_picture p;
    coch_session_picture(l->session, &p);
    if (p.heard == heard_before)
        return; /* a doubtful note, or one that was known already */
    int right = p.step.note >= 0 && !p.step.substituted, sure = !p.last.doubtful && p.last.confidence > 0.7f;
    l->flashes[l->flash_count++ % COCH_PRACTICE_FLASHES] =
        (coch_practice_flash){.time = p.last.time,
                              .pitch = p.last.pitch,
                              .velocity = p.last.velocity,
                              .key = (uint8_t)(right  ? COCH_PRACTICE_KEY_RIGHT
                                               : sure ? COCH_PRACTICE_KEY_WRONG
                                                      : COCH_PRACTICE_KEY_UNSURE)};
}

/* A note of the ears; the lock is held. */
static int take(void *context, const coch_heard *heard, double sent)
{
    practice_live *l = context;
    coch_heard note = *heard;
    coch_picture before;
    note.time += l->shift;
    if (!l->session || !l->playing || note.time < l->since)
        return 0;
    coch_session_picture(l->session, &before);
    play_along(l, fmax(0.0, sent + l->shift));
    coch_session_hear(l->session, &note, fmax(0.0, sent + l->shift));
    keep_flash(l, before.heard);
    return 0;
}

/* The evidence for the notes; the lock is held. */
static int sense(void *context, const cochlea_hop *hop, double time, double sent)
{
    practice_live *l = context;
    coch_picture before;
    if (!l->session || !l->playing || time + l->shift < l->since)
        return 0;
    coch_session_picture(l->session, &before);
    play_along(l, fmax(0.0, sent + l->shift));
    coch_session_sense(l->session, hop, time + l->shift, fmax(0.0, sent + l->shift));
    keep_flash(l, before.heard);
    return 0;
}

static void hear(practice_live *l, const float *samples, size_t count)
{
    const practice_listener listener = {.note = take, .hop = sense, .context = l};
    pthread_mutex_lock(&l->lock);
    int holds = l->frames < l->hold, judges = l->session && l->playing && !holds;
    l->frames += (int64_t)count;
    if (judges)
        l->played += (int64_t)count;
    else if (!holds)
        l->shift -= (double)count / l->rate;
    if (l->setup)
        measure(l, samples, count);
    if (!l->deaf && !holds)
        l->failed |= practice_ears_feed(l->ears, samples, count, &listener) != 0;
    if (judges)
        play_along(l, practice_live_time(l));
    if (judges && l->record)
        sf_write_float(l->record, samples, (sf_count_t)count);
    practice_source_sent(l->source, (double)l->frames / l->rate + KNOWN_AHEAD);
    pthread_mutex_unlock(&l->lock);
}

static void *run(void *context)
{
    practice_live *l = context;
    const struct timespec look = {.tv_nsec = 2000000};
    float samples[PRACTICE_FEED];
    while (!atomic_load(&l->ends)) {
        pthread_mutex_lock(&l->lock);
        size_t count = practice_source_read(l->source, samples, PRACTICE_FEED, !l->playing);
        pthread_mutex_unlock(&l->lock);
        if (count > 0)
            hear(l, samples, count);
        else
            nanosleep(&look, NULL);
    }
    return NULL;
}

/* ---- Life ---- */

static int open_record(practice_live *l, const char *path, char *why, size_t why_size)
{
    SF_INFO info = {.samplerate = (int)l->rate, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    l->record = sf_open(path, SFM_WRITE, &info);
    if (!l->record)
        snprintf(why, why_size, "%s: cannot be written: %s", path, sf_strerror(NULL));
    return l->record ? 0 : -1;
}

/* Whoever waits for the lock lends its priority to the one who has it. */
static void make_lock(practice_live *l)
{
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setprotocol(&kind, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(&l->lock, &kind);
    pthread_mutexattr_destroy(&kind);
}

/* What is played along must not break off when others are busy. Where that is refused it works as well,
 * mostly. */
static void hurry(practice_live *l)
{
    const struct sched_param urgent = {.sched_priority = PRIORITY};
    pthread_setschedparam(l->thread, SCHED_FIFO, &urgent);
}

static int open_all(practice_live *l, const practice_live_options *o, char *why, size_t why_size)
{
    l->options = *o;
    if (practice_source_open(&l->source, &o->source, why, why_size) != 0)
        return -1;
    l->rate = practice_source_rate(l->source);
    if (o->record && open_record(l, o->record, why, why_size) != 0)
        return -1;
    cochlea_status status = practice_live_tune(l, o->settings.tuning_hz);
    if (status == COCHLEA_OK && pthread_create(&l->thread, NULL, run, l) != 0)
        status = COCHLEA_ERROR_STATE;
    l->runs = status == COCHLEA_OK;
    if (l->runs && !practice_source_is_file(l->source))
        hurry(l);
    if (!l->runs)
        snprintf(why, why_size, "the ear does not open: %s", cochlea_status_text(status));
    return l->runs ? 0 : -1;
}

int practice_live_open(practice_live **made, const practice_live_options *options, char *why, size_t why_size)
{
    practice_live *l = *made = calloc(1, sizeof *l);
    if (!l) {
        snprintf(why, why_size, "out of memory");
        return -1;
    }
    make_lock(l);
    if (open_all(l, options, why, why_size) == 0)
        return 0;
    practice_live_close(l);
    *made = NULL;
    return -1;
}

void practice_live_close(practice_live *l)
{
    if (!l)
        return;
    atomic_store(&l->ends, 1);
    if (l->runs)
        pthread_join(l->thread, NULL);
    practice_source_close(l->source);
    practice_ears_close(l->ears);
    if (l->record)
        sf_close(l->record);
    pthread_mutex_destroy(&l->lock);
    free(l->notes);
    free(l->extras);
    free(l->breaks);
    free(l);
}

practice_source *practice_live_source(practice_live *l)
{
    return l->source;
}

/* ---- What the main thread wants ---- */

/* After all that was sent ahead. */
static void stop_band(practice_live *l)
{
    for (int i = 0; i < 2; i++)
        practice_source_send(l->source, (double)l->frames / l->rate + COCH_BAND_AHEAD, silence[i]);
}

cochlea_status practice_live_tune(practice_live *l, double hz)
{
    cochlea_settings settings = l->options.settings;
    practice_ears *ears;
    settings.sample_rate = l->rate;
    settings.drive = COCHLEA_INLINE;
    settings.tuning_hz = hz;
    cochlea_status status = practice_ears_open(&ears, l->options.model, &settings);
    if (status != COCHLEA_OK)
        return status;
    pthread_mutex_lock(&l->lock);
    practice_ears *former = l->ears;
    l->ears = ears;
    pthread_mutex_unlock(&l->lock);
    practice_ears_close(former);
    return COCHLEA_OK;
}

void practice_live_measure(practice_live *l, coch_setup *setup)
{
    pthread_mutex_lock(&l->lock);
    l->setup = setup;
    l->setup_frames = l->frames;
    l->clicks = 0;
    pthread_mutex_unlock(&l->lock);
}

coch_setup_stage practice_live_measured(practice_live *l, double *left, coch_setup_result *result)
{
    pthread_mutex_lock(&l->lock);
    coch_setup_stage stage = coch_setup_now(l->setup, left);
    coch_setup_get(l->setup, result);
    pthread_mutex_unlock(&l->lock);
    return stage;
}

void practice_live_begin(practice_live *l, coch_session *session, int playing, int again)
{
    pthread_mutex_lock(&l->lock);
    stop_band(l);
    if (again)
        practice_source_rewind(l->source);
    l->session = session;
    l->playing = playing;
    l->played = 0;
    l->hold = practice_source_is_file(l->source) ? 0 : l->frames + (int64_t)(2.0 * COCH_BAND_AHEAD * l->rate);
    l->shift = l->since = 0.0;
    l->deaf = 0;
    practice_ears_reset(l->ears);
    l->flash_count = 0;
    pthread_mutex_unlock(&l->lock);
}

void practice_live_play(practice_live *l, int playing)
{
    pthread_mutex_lock(&l->lock);
    if (playing && !l->playing)
        l->since = practice_live_time(l);
    if (!playing && l->playing)
        stop_band(l);
    l->playing = playing;
    pthread_mutex_unlock(&l->lock);
}

void practice_live_finish(practice_live *l)
{
    pthread_mutex_lock(&l->lock);
    if (l->playing)
        stop_band(l);
    if (l->session && !l->deaf) {
        const practice_listener listener = {.note = take, .hop = sense, .context = l};
        l->failed |= practice_ears_flush(l->ears, &listener) != 0;
        coch_session_finish(l->session, practice_live_time(l));
    }
    l->deaf = 1;
    l->playing = 0;
    pthread_mutex_unlock(&l->lock);
}
