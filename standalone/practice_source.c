#include "practice_source_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SOUND_SECONDS 8 /* of ring: what may wait for a reader that is held up */

enum { MESSAGES = 512 };

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

void practice_source_process(void *context, const backend_block *block) COCH_REALTIME
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
    coch_ring_layout(&s->messages, &s->arena, sizeof(practice_message), MESSAGES);
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
    if (practice_device_open(s, why, why_size) != 0 || open_rings(s, why, why_size) != 0)
        return -1;
    open_player(s);
    return practice_device_start(s, why, why_size);
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
    const practice_message m = {.frame = (int64_t)(seconds * s->rate + 0.5),
                                .bytes = {bytes[0], bytes[1], bytes[2]}};
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
