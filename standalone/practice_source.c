#include "practice_source.h"

#include "backend.h"
#include "base/arena.h"
#include "base/ring.h"
#include "practice/band.h"
#include "practice_player.h"
#include "practice_recording.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RATE_MIN 8000.0
#define RATE_MAX 192000.0
#define RETRY_SECONDS 0.5   /* between two attempts to get a lost device back */
#define STALLED_SECONDS 3.0 /* without a block: the device is gone without saying so */
#define SOUND_SECONDS 8     /* of ring: what may wait for a reader that is held up */

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
    atomic_uint blocks;
    practice_player *player; /* NULL: what is played along is not heard */

    /* The audio thread's own. */
    int64_t frames;
    message next;
    int has_next;

    /* The main thread's. */
    practice_source_options options;
    backend *audio;                /* NULL while the device is lost, and for a recording */
    practice_recording *recording; /* the reader's, too */
    double rate;
    double patience, retry_at; /* seconds of the clock until which, at which the device is tried again */
    unsigned blocks_seen;
    double seen_at; /* clock of the last block that was seen */
    char kind[BACKEND_NAME_SIZE], name[BACKEND_NAME_SIZE];
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
    if (s->player && block->output)
        practice_player_play(s->player, block->output, block->frames);
    atomic_fetch_add_explicit(&s->blocks, 1, memory_order_relaxed);
    s->frames += block->frames;
}

/* ---- Opening ---- */

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Again always with the same backend, and at the same rate. */
static int open_device(practice_source *s, char *why, size_t why_size)
{
    const practice_source_options *o = &s->options;
    const backend_request request = {
        .input = o->input, .midi_out = o->midi_out, .sound_out = o->sound, .process = process, .context = s};
    if (backend_open(&s->audio, o->backend, &request, why, why_size) != 0)
        return -1;
    double rate = s->audio->info.rate;
    if (rate >= RATE_MIN && rate <= RATE_MAX && (s->rate == 0.0 || rate == s->rate)) {
        s->rate = rate;
        return 0;
    }
    if (s->rate == 0.0)
        snprintf(why, why_size, "%s runs at %.0f Hz; %.0f to %.0f Hz are possible", s->audio->device, rate,
                 RATE_MIN, RATE_MAX);
    else
        snprintf(why, why_size, "%s came back at %.0f Hz instead of %.0f Hz", s->audio->device, rate,
                 s->rate);
    backend_close(s->audio);
    s->audio = NULL;
    return -1;
}

static int start(practice_source *s, char *why, size_t why_size)
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

/* Without a sound font practising goes on in silence. */
static void open_player(practice_source *s)
{
    char why[BACKEND_WHY_SIZE];
    if (s->options.sound && s->audio->info.has_output)
        practice_player_new(&s->player, s->options.font, s->rate, s->audio->info.period, why, sizeof why);
}

static void lay_out(practice_source *s)
{
    coch_ring_layout(&s->sound, &s->arena, sizeof(float), (size_t)(SOUND_SECONDS * s->rate));
    coch_ring_layout(&s->messages, &s->arena, sizeof(message), MESSAGES);
}

static int open_rings(practice_source *s, char *why, size_t why_size)
{
    lay_out(s);
    if (coch_arena_allocate(&s->arena) != COCHLEA_OK) {
        snprintf(why, why_size, "out of memory");
        return -1;
    }
    lay_out(s);
    coch_ring_reset(&s->sound);
    coch_ring_reset(&s->messages);
    return 0;
}

static int open_file(practice_source *s, char *why, size_t why_size)
{
    const char *path = s->options.file, *slash = strrchr(path, '/');
    if (!(s->recording = practice_recording_open(path, why, why_size)))
        return -1;
    s->rate = s->recording->file.info.samplerate;
    snprintf(s->name, sizeof s->name, "%s", slash ? slash + 1 : path);
    return 0;
}

static int open_all(practice_source *s, char *why, size_t why_size)
{
    if (s->options.file)
        return open_file(s, why, why_size);
    if (open_device(s, why, why_size) != 0 || open_rings(s, why, why_size) != 0)
        return -1;
    open_player(s);
    return start(s, why, why_size);
}

int practice_source_open(practice_source **made, const practice_source_options *o, char *why, size_t why_size)
{
    size_t bytes = (sizeof **made + COCH_ALIGNMENT - 1) / COCH_ALIGNMENT * COCH_ALIGNMENT;
    practice_source *s = *made = aligned_alloc(COCH_ALIGNMENT, bytes);
    if (!s) {
        snprintf(why, why_size, "out of memory");
        return -1;
    }
    memset(s, 0, bytes);
    s->options = *o;
    if (open_all(s, why, why_size) == 0)
        return 0;
    practice_source_close(s);
    *made = NULL;
    return -1;
}

void practice_source_close(practice_source *s)
{
    if (!s)
        return;
    if (s->audio) {
        s->audio->kind->stop(s->audio);
        backend_close(s->audio);
    }
    practice_player_free(s->player);
    practice_recording_close(s->recording);
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

const char *practice_source_kind(const practice_source *s)
{
    return s->kind;
}

int practice_source_sounds(const practice_source *s)
{
    return s->player != NULL;
}

int practice_source_sends(const practice_source *s)
{
    return s->audio && s->options.midi_out && strcmp(s->options.midi_out, "none") != 0;
}

int practice_source_is_file(const practice_source *s)
{
    return s->recording != NULL;
}

double practice_source_latency(practice_source *s)
{
    if (!s->player || !s->audio || !s->audio->kind->alive(s->audio))
        return 0.0;
    return s->audio->info.input_latency_ms + s->audio->info.output_latency_ms +
           1000.0 * practice_player_delay(s->player) / s->rate;
}

float practice_source_peak(practice_source *s)
{
    return (float)atomic_exchange_explicit(&s->peak, 0, memory_order_relaxed) / 1e6f;
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

static void let_go(practice_source *s)
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
    if (open_device(s, why, sizeof why) == 0) {
        if (start(s, why, sizeof why) == 0)
            return PRACTICE_SOURCE_RUNS;
        let_go(s);
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
        let_go(s);
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

/* ---- Reading and sending ---- */

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
    size_t count;
    if (s->recording) {
        count = practice_recording_read(s->recording, mono, most, hold);
        keep_peak(s, mono, count);
        return count;
    }
    count = coch_ring_read(&s->sound, mono, most);
    return count > 0 ? count : read_silence(s, mono, most);
}

void practice_source_rewind(practice_source *s)
{
    if (s->recording)
        practice_recording_rewind(s->recording);
}

void practice_source_send(practice_source *s, double seconds, const uint8_t bytes[3])
{
    const message m = {.frame = (int64_t)(seconds * s->rate + 0.5), .bytes = {bytes[0], bytes[1], bytes[2]}};
    if (s->recording)
        return;
    coch_ring_write(&s->messages, &m, 1);
    if (s->player)
        practice_player_send(s->player, m.frame, bytes);
}

void practice_source_sent(practice_source *s, double seconds)
{
    if (s->player)
        practice_player_render(s->player, (int64_t)(seconds * s->rate));
}
