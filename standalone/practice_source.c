#include "practice_source.h"

#include "audio_file.h"
#include "backend.h"
#include "base/arena.h"
#include "base/ring.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RATE_MIN 8000.0
#define RATE_MAX 192000.0
#define SOUND_SECONDS 8 /* of ring: what may wait for a reader that is held up */

enum { MESSAGES = 512 };

typedef struct message {
    int64_t frame; /* of the input since the start */
    uint8_t bytes[4];
} message;

struct practice_source {
    coch_arena arena;
    coch_ring sound;    /* float */
    coch_ring messages; /* message */

    /* Shared. */
    atomic_int_least64_t
        unwritten;    /* samples that found no room; none goes in until the reader has made up */
    atomic_uint peak; /* in millionths */
    atomic_int ended; /* the recording is */

    /* The audio thread's own. */
    int64_t frames;
    message next;
    int has_next;

    /* The reader's, and the main thread's. */
    backend *audio;
    audio_file file;
    int from_file;
    float block[AUDIO_FILE_BLOCK];
    size_t block_at, block_size;
    double pace, rate; /* clock at which the next sample of a recording is due, 0: now */
    char name[BACKEND_NAME_SIZE];
};

/* ---- Audio thread ---- */

static void keep_peak(practice_source *s, const float *samples, size_t count) COCH_REALTIME
{
    float peak = 0.0f;
    for (size_t i = 0; i < count; i++)
        peak = fmaxf(peak, fabsf(samples[i]));
    unsigned now = (unsigned)(fminf(peak, 16.0f) * 1e6f);
    unsigned was = atomic_load_explicit(&s->peak, memory_order_relaxed);
    while (now > was && !atomic_compare_exchange_weak_explicit(&s->peak, &was, now, memory_order_relaxed,
                                                               memory_order_relaxed))
        ;
}

static void send_due(practice_source *s, const backend_block *block) COCH_REALTIME
{
    while (s->has_next || coch_ring_read(&s->messages, &s->next, 1) == 1) {
        int64_t frame = s->next.frame - s->frames;
        s->has_next = frame >= (int64_t)block->frames;
        if (s->has_next)
            return;
        size_t bytes = (s->next.bytes[0] & 0xF0) == 0xC0 ? 2 : 3;
        block->send(block->port, frame > 0 ? (uint32_t)frame : 0, s->next.bytes, bytes);
    }
}

static void process(void *context, const backend_block *block) COCH_REALTIME
{
    practice_source *s = context;
    keep_peak(s, block->input, block->frames);
    if (atomic_load_explicit(&s->unwritten, memory_order_acquire) == 0 &&
        coch_ring_writable(&s->sound) >= block->frames)
        coch_ring_write(&s->sound, block->input, block->frames);
    else
        atomic_fetch_add_explicit(&s->unwritten, (int64_t)block->frames, memory_order_acq_rel);
    send_due(s, block);
    s->frames += block->frames;
}

/* ---- Opening ---- */

static int open_device(practice_source *s, const practice_source_options *o, char *why, size_t why_size)
{
    const backend_request request = {
        .input = o->input, .midi_out = o->midi_out, .process = process, .context = s};
    if (backend_open(&s->audio, o->backend, &request, why, why_size) != 0)
        return -1;
    s->rate = s->audio->info.rate;
    if (s->rate < RATE_MIN || s->rate > RATE_MAX) {
        snprintf(why, why_size, "%s runs at %.0f Hz; %.0f to %.0f Hz are possible", s->audio->device, s->rate,
                 RATE_MIN, RATE_MAX);
        return -1;
    }
    return 0;
}

static void lay_out(practice_source *s)
{
    coch_ring_layout(&s->sound, &s->arena, sizeof(float), (size_t)(SOUND_SECONDS * s->rate));
    coch_ring_layout(&s->messages, &s->arena, sizeof(message), MESSAGES);
}

static int open_file(practice_source *s, const char *path, char *why, size_t why_size)
{
    const char *slash = strrchr(path, '/');
    if (audio_file_open(&s->file, path, why, why_size) != 0)
        return -1;
    s->from_file = 1;
    s->rate = s->file.info.samplerate;
    snprintf(s->name, sizeof s->name, "%s", slash ? slash + 1 : path);
    return 0;
}

int practice_source_open(practice_source **made, const practice_source_options *o, char *why, size_t why_size)
{
    size_t bytes = (sizeof **made + COCH_ALIGNMENT - 1) / COCH_ALIGNMENT * COCH_ALIGNMENT;
    practice_source *s = *made = aligned_alloc(COCH_ALIGNMENT, bytes);
    int failed = s ? 0 : -1;
    if (s) {
        memset(s, 0, bytes);
        failed = o->file ? open_file(s, o->file, why, why_size) : open_device(s, o, why, why_size);
    } else {
        snprintf(why, why_size, "out of memory");
    }
    if (!failed) {
        lay_out(s);
        if (coch_arena_allocate(&s->arena) != COCHLEA_OK) {
            snprintf(why, why_size, "out of memory");
            failed = -1;
        }
    }
    if (!failed) {
        lay_out(s);
        coch_ring_reset(&s->sound);
        coch_ring_reset(&s->messages);
        failed = s->audio ? s->audio->kind->start(s->audio, why, why_size) : 0;
    }
    if (s && s->audio && !failed)
        snprintf(s->name, sizeof s->name, "%s",
                 s->audio->info.input[0] ? s->audio->info.input : s->audio->device);
    if (failed) {
        practice_source_close(s);
        *made = NULL;
    }
    return failed ? -1 : 0;
}

void practice_source_close(practice_source *s)
{
    if (!s)
        return;
    if (s->audio) {
        s->audio->kind->stop(s->audio);
        backend_close(s->audio);
    }
    if (s->from_file)
        audio_file_close(&s->file);
    coch_arena_free(&s->arena);
    free(s);
}

/* ---- Questions ---- */

double practice_source_rate(const practice_source *s)
{
    return s->rate;
}

const char *practice_source_name(const practice_source *s)
{
    return s->name;
}

double practice_source_latency(const practice_source *s)
{
    return s->audio ? s->audio->info.input_latency_ms : 0.0;
}

int practice_source_alive(practice_source *s)
{
    return s->audio ? s->audio->kind->alive(s->audio) : !s->ended;
}

float practice_source_peak(practice_source *s)
{
    return (float)atomic_exchange_explicit(&s->peak, 0, memory_order_relaxed) / 1e6f;
}

/* ---- Reading ---- */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* As much of the recording as would have been played by now. */
static size_t read_file(practice_source *s, float *mono, size_t most, int hold)
{
    double clock = now();
    if (hold || s->ended || s->pace == 0.0 || clock - s->pace > 1.0)
        s->pace = clock; /* it stood still, or nobody read */
    if (hold || s->ended)
        return 0;
    size_t due = (size_t)((clock - s->pace) * s->rate), count = 0;
    most = due < most ? due : most;
    while (count < most) {
        if (s->block_at == s->block_size) {
            s->block_at = 0;
            s->block_size = audio_file_read(&s->file, s->block);
            s->ended = s->block_size == 0;
            if (s->ended)
                break;
        }
        mono[count++] = s->block[s->block_at++];
    }
    s->pace += (double)count / s->rate;
    keep_peak(s, mono, count);
    return count;
}

/* What is missing lies behind all that is in the ring. */
static size_t read_silence(practice_source *s, float *mono, size_t most)
{
    int64_t missing = atomic_load_explicit(&s->unwritten, memory_order_acquire);
    size_t count = missing < (int64_t)most ? (size_t)missing : most;
    memset(mono, 0, count * sizeof *mono);
    atomic_fetch_sub_explicit(&s->unwritten, (int64_t)count, memory_order_acq_rel);
    return count;
}

size_t practice_source_read(practice_source *s, float *mono, size_t most, int hold)
{
    if (!s->audio)
        return read_file(s, mono, most, hold);
    size_t count = coch_ring_read(&s->sound, mono, most);
    return count > 0 ? count : read_silence(s, mono, most);
}

void practice_source_rewind(practice_source *s)
{
    if (!s->from_file || sf_seek(s->file.handle, 0, SEEK_SET) != 0)
        return;
    s->ended = 0;
    s->pace = 0.0;
    s->block_at = s->block_size = 0;
    s->file.read = 0;
}

void practice_source_send(practice_source *s, double seconds, const uint8_t bytes[3])
{
    const message m = {.frame = (int64_t)(seconds * s->rate + 0.5), .bytes = {bytes[0], bytes[1], bytes[2]}};
    if (s->audio)
        coch_ring_write(&s->messages, &m, 1);
}
