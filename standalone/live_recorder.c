#include "live_recorder.h"

#include "base/arena.h"
#include "live_midi.h"
#include "transcription.h"

#include <errno.h>
#include <pthread.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define TURN_SECONDS 0.2  /* between two looks at the rings */
#define SOUND_SECONDS 4.0 /* of ring: how long the disk may stall */
#define EVENT_ROOM 16384
#define PIECE 4096                /* samples written at once */
#define WAV_SAMPLES_MAX (1 << 30) /* of 4 bytes: the format's lengths have 32 bits */
#define REASON_SIZE 512

struct live_recorder {
    coch_arena arena;
    coch_ring sound_ring, event_ring;
    live_files files;
    live_process *process;
    SNDFILE *sound;
    FILE *lines;
    live_midi midi;
    double rate;
    int64_t written; /* samples in the sound file */
    int whole;       /* the MIDI file can be replaced at any time: it is no device and no pipe */
    pthread_t thread;
    int started;
    atomic_int quit;
    atomic_int failed; /* set once `reason` is written */
    char reason[REASON_SIZE];
};

static void fail(live_recorder *r, const char *path, const char *why)
{
    if (atomic_load(&r->failed))
        return;
    snprintf(r->reason, sizeof r->reason, "%s: %s", path, why);
    atomic_store(&r->failed, 1);
}

static const char *reason_of(cochlea_status status)
{
    return errno != 0 ? strerror(errno) : cochlea_status_text(status);
}

/* ---- Sound ---- */

static void write_samples(live_recorder *r, const float *samples, size_t count)
{
    if (!r->sound)
        return;
    errno = 0;
    if (r->written + (int64_t)count > WAV_SAMPLES_MAX)
        fail(r, r->files.sound, "a WAV file holds no more than 4 GB");
    else if (sf_write_float(r->sound, samples, (sf_count_t)count) != (sf_count_t)count)
        fail(r, r->files.sound, errno != 0 ? strerror(errno) : sf_strerror(r->sound));
    else
        r->written += (int64_t)count;
}

/* What found no room is written as silence, so that all else keeps its time. */
static void make_up(live_recorder *r)
{
    static const float silence[PIECE];
    int64_t lost;
    while ((lost = atomic_load_explicit(&r->process->unwritten, memory_order_acquire)) > 0) {
        size_t n = lost < PIECE ? (size_t)lost : PIECE;
        write_samples(r, silence, n);
        atomic_fetch_sub_explicit(&r->process->unwritten, (int64_t)n, memory_order_acq_rel);
    }
}

/* The data first, then the header: the file is a valid one at every moment. */
static void take_sound(live_recorder *r)
{
    float samples[PIECE];
    size_t n;
    int64_t before = r->written;
    if (!r->files.sound)
        return;
    while ((n = coch_ring_read(&r->sound_ring, samples, PIECE)) > 0)
        write_samples(r, samples, n);
    make_up(r);
    if (r->sound && r->written != before)
        sf_command(r->sound, SFC_UPDATE_HEADER_NOW, NULL, 0);
}

static int open_sound(live_recorder *r)
{
    SF_INFO info = {.samplerate = (int)r->rate, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    if (!r->files.sound)
        return 0;
    errno = 0;
    r->sound = sf_open(r->files.sound, SFM_WRITE, &info);
    if (!r->sound) {
        fail(r, r->files.sound, errno != 0 ? strerror(errno) : sf_strerror(NULL));
        return -1;
    }
    sf_command(r->sound, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    sf_command(r->sound, SFC_UPDATE_HEADER_NOW, NULL, 0);
    return 0;
}

/* ---- Events ---- */

static void take_events(live_recorder *r)
{
    cochlea_event event;
    transcription one = {.events = &event, .count = 1, .rate = r->rate};
    while (coch_ring_read(&r->event_ring, &event, 1) == 1) {
        if (r->files.midi && live_midi_add(&r->midi, &event) != COCHLEA_OK)
            fail(r, r->files.midi, "out of memory");
        if (r->lines)
            transcription_write_events(&one, r->lines);
    }
    if (r->lines && fflush(r->lines) != 0)
        fail(r, r->files.events, strerror(errno));
}

static void save_midi(live_recorder *r)
{
    errno = 0;
    cochlea_status status = live_midi_save(&r->midi, atomic_load(&r->process->heard), r->files.midi);
    if (status != COCHLEA_OK)
        fail(r, r->files.midi, reason_of(status));
}

static int open_events(live_recorder *r)
{
    struct stat info;
    if (r->files.midi) {
        r->whole = stat(r->files.midi, &info) != 0 || S_ISREG(info.st_mode) || S_ISDIR(info.st_mode);
        if (live_midi_open(&r->midi, r->rate) != COCHLEA_OK)
            fail(r, r->files.midi, "out of memory");
        else if (r->whole)
            save_midi(r);
    }
    if (r->files.events && !(r->lines = fopen(r->files.events, "w")))
        fail(r, r->files.events, strerror(errno));
    return atomic_load(&r->failed) ? -1 : 0;
}

/* ---- The thread ---- */

static void turn(live_recorder *r, int last)
{
    take_sound(r);
    take_events(r);
    if (r->files.midi && (last || (r->whole && r->midi.changed)))
        save_midi(r);
}

static void *run(void *argument)
{
    live_recorder *r = argument;
    const struct timespec pause = {.tv_nsec = (long)(TURN_SECONDS * 1e9)};
    while (!atomic_load(&r->quit)) {
        turn(r, 0);
        nanosleep(&pause, NULL);
    }
    return NULL;
}

static void layout(live_recorder *r)
{
    coch_ring_layout(&r->sound_ring, &r->arena, sizeof(float),
                     r->files.sound ? (size_t)(SOUND_SECONDS * r->rate) : 1);
    coch_ring_layout(&r->event_ring, &r->arena, sizeof(cochlea_event), EVENT_ROOM);
}

static int prepare(live_recorder *r)
{
    layout(r);
    if (coch_arena_allocate(&r->arena) != COCHLEA_OK) {
        fail(r, "recording", "out of memory");
        return -1;
    }
    layout(r);
    coch_ring_reset(&r->sound_ring);
    coch_ring_reset(&r->event_ring);
    return 0;
}

static void release(live_recorder *r)
{
    if (r->sound)
        sf_close(r->sound);
    if (r->lines && fclose(r->lines) != 0)
        fail(r, r->files.events, strerror(errno));
    live_midi_close(&r->midi);
    coch_arena_free(&r->arena);
}

int live_recorder_open(live_recorder **made, const live_files *files, double rate, live_process *process,
                       char *why, size_t why_size)
{
    size_t bytes = (sizeof **made + COCH_ALIGNMENT - 1) / COCH_ALIGNMENT * COCH_ALIGNMENT;
    live_recorder *r = *made = aligned_alloc(COCH_ALIGNMENT, bytes);
    if (!r) {
        snprintf(why, why_size, "out of memory");
        return -1;
    }
    memset(r, 0, bytes);
    r->files = *files;
    r->process = process;
    r->rate = rate;
    if (prepare(r) == 0 && open_sound(r) == 0 && open_events(r) == 0) {
        process->sound = files->sound ? &r->sound_ring : NULL;
        process->events = &r->event_ring;
        r->started = pthread_create(&r->thread, NULL, run, r) == 0;
        if (r->started)
            return 0;
        fail(r, "recording", "no thread could be started");
    }
    snprintf(why, why_size, "%s", r->reason);
    release(r);
    free(r);
    *made = NULL;
    return -1;
}

int live_recorder_failed(live_recorder *r, char *why, size_t why_size)
{
    if (!atomic_load(&r->failed))
        return 0;
    snprintf(why, why_size, "%s", r->reason);
    return 1;
}

int live_recorder_close(live_recorder *r, char *why, size_t why_size)
{
    if (!r)
        return 0;
    atomic_store(&r->quit, 1);
    pthread_join(r->thread, NULL);
    turn(r, 1);
    release(r);
    int failed = live_recorder_failed(r, why, why_size);
    free(r);
    return failed ? -1 : 0;
}
