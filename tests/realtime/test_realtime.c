/* The promise of the [audio] tag, enforced: every call of the audio thread runs inside a trap (trap.h) in
 * which an allocation, a lock, a sleep or a system call ends the process. Block sizes from 1 to 8192, both
 * drives, while models are swapped, settings changed, the engine reset and overloaded. That the trap works is
 * shown on planted faults, each in a child that must die of it. */
#include "takes.h"
#include "tones.h"
#include "trap.h"

#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BLOCK_MAX 8192
#define SECONDS 1.5
#define LIVED 77 /* what a child of the planted faults returns when nothing caught it */

static int system_calls_trapped;

typedef struct audio_thread {
    cochlea *ear;
    const float *sound;
    size_t count, at;
    cochlea_event events[256];
    cochlea_hop hops[16];
    size_t taken;
    unsigned random;
} audio_thread;

static unsigned next_random(audio_thread *a)
{
    a->random = a->random * 1664525u + 1013904223u;
    return a->random >> 8;
}

static void pause_ms(long ms)
{
    struct timespec t = {.tv_nsec = ms * 1000000L};
    nanosleep(&t, NULL);
}

/* What a host's callback does with one block. */
static void callback(audio_thread *a, size_t block)
{
    trap_enter();
    for (size_t done = 0, rounds = 0; done < block && rounds < 64; rounds++) {
        done += cochlea_feed(a->ear, a->sound + a->at + done, block - done);
        a->taken += cochlea_events(a->ear, a->events, sizeof a->events / sizeof *a->events);
        cochlea_evidence(a->ear, a->hops, sizeof a->hops / sizeof *a->hops);
    }
    trap_leave();
    a->at += block;
}

static void reset(audio_thread *a)
{
    trap_enter();
    cochlea_reset(a->ear);
    a->taken += cochlea_events(a->ear, a->events, sizeof a->events / sizeof *a->events);
    trap_leave();
}

/* Between the callbacks, what the main thread does at the same time. */
static void disturb(audio_thread *a, cochlea_settings *settings, const cochlea_model *model)
{
    switch (next_random(a) % 8) {
    case 0:
        cochlea_swapped(a->ear);
        cochlea_swap(a->ear, model);
        break;
    case 1:
        settings->timing = settings->timing == COCHLEA_FAST ? COCHLEA_STEADY : COCHLEA_FAST;
        settings->lookahead_ms = 20.0 + next_random(a) % 80;
        settings->transpose = (int)(next_random(a) % 5) - 2;
        cochlea_change(a->ear, settings);
        break;
    case 2:
        reset(a);
        break;
    default:
        break;
    }
}

static void open_audio(audio_thread *a, cochlea_settings *settings, const cochlea_model *model,
                       cochlea_drive drive, double rate)
{
    memset(a, 0, sizeof *a);
    a->random = 1;
    cochlea_settings_default(settings);
    settings->sample_rate = rate;
    settings->drive = drive;
    settings->evidence = 1;
    a->sound = tones_piece(rate, SECONDS, &a->count);
    assert_int_equal(cochlea_open(&a->ear, model, settings), COCHLEA_OK);
}

static void close_audio(audio_thread *a)
{
    cochlea_close(a->ear);
    free((void *)(uintptr_t)a->sound);
}

static void every_block(const cochlea_model *model, cochlea_drive drive, double rate)
{
    static const size_t blocks[] = {1, 2, 7, 64, 441, 1000, 1024, 4096, BLOCK_MAX};
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        audio_thread a;
        cochlea_settings settings;
        open_audio(&a, &settings, model, drive, rate);
        size_t limit = blocks[b] < 64 ? a.count / 8 : a.count;
        while (a.at + blocks[b] <= limit)
            callback(&a, blocks[b]);
        assert_true(blocks[b] < 64 || drive == COCHLEA_WORKER || a.taken > 0);
        close_audio(&a);
    }
}

static void inline_drive_never_waits(void **state)
{
    every_block(*state, COCHLEA_INLINE, 44100.0);
    every_block(*state, COCHLEA_INLINE, 8000.0);
    every_block(*state, COCHLEA_INLINE, 192000.0);
}

/* Without a pause the worker is hopelessly behind: this is the overload too. */
static void worker_drive_never_waits(void **state)
{
    every_block(*state, COCHLEA_WORKER, 48000.0);
    every_block(*state, COCHLEA_WORKER, 192000.0);
}

static void disturbed(const cochlea_model *model, cochlea_drive drive)
{
    audio_thread a;
    cochlea_settings settings;
    open_audio(&a, &settings, model, drive, 48000.0);
    while (a.at < a.count) {
        size_t block = 1 + next_random(&a) % (next_random(&a) % 4 ? 512 : BLOCK_MAX);
        callback(&a, a.count - a.at < block ? a.count - a.at : block);
        disturb(&a, &settings, model);
        if (drive == COCHLEA_WORKER && next_random(&a) % 8)
            pause_ms(1);
    }
    cochlea_stats stats;
    cochlea_get_stats(a.ear, &stats);
    assert_true(stats.samples >= 0);
    close_audio(&a);
}

static void never_waits_while_disturbed(void **state)
{
    disturbed(*state, COCHLEA_INLINE);
    disturbed(*state, COCHLEA_WORKER);
}

/* What is playing is told, and notes are held back, without waiting either. */
static void instruments_are_heard_without_waiting(void **state)
{
    static const size_t blocks[] = {1, 64, 1000, BLOCK_MAX};
    cochlea_instruments *instruments;
    assert_int_equal(cochlea_instruments_open(&instruments, NULL, NULL, 0), COCHLEA_OK);
    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        audio_thread a;
        cochlea_settings settings;
        cochlea_instrument heard;
        open_audio(&a, &settings, *state, COCHLEA_INLINE, 48000.0);
        cochlea_close(a.ear);
        settings.instruments = instruments;
        settings.only_piano = 1;
        assert_int_equal(cochlea_open(&a.ear, *state, &settings), COCHLEA_OK);
        size_t limit = blocks[b] < 64 ? a.count / 8 : a.count;
        while (a.at + blocks[b] <= limit)
            callback(&a, blocks[b]);
        cochlea_get_instrument(a.ear, &heard);
        assert_true(heard.label >= 0);
        reset(&a);
        close_audio(&a);
    }
    cochlea_instruments_close(instruments);
}

/* ---- That the trap closes ---- */

typedef enum fault { FAULT_NONE, FAULT_MALLOC, FAULT_FREE, FAULT_LOCK, FAULT_WRITE, FAULT_SLEEP } fault;

static void commit_fault(fault which, void *memory, pthread_mutex_t *mutex, int file)
{
    switch (which) {
    case FAULT_MALLOC:
        *(void *volatile *)memory = malloc(16);
        break;
    case FAULT_FREE:
        free(memory);
        break;
    case FAULT_LOCK:
        pthread_mutex_lock(mutex);
        break;
    case FAULT_WRITE:
        if (write(file, "x", 1) != 1)
            abort();
        break;
    case FAULT_SLEEP:
        pause_ms(1);
        break;
    default:
        break;
    }
}

/* A callback with a fault in it, in a child; returns the child's wait status. */
static int run_child(const cochlea_model *model, fault which)
{
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        audio_thread a;
        cochlea_settings settings;
        pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
        void *memory = malloc(64);
        int file = open("/dev/null", O_WRONLY);
        trap_prepare(); /* not inherited */
        dup2(file, STDERR_FILENO);
        open_audio(&a, &settings, model, COCHLEA_INLINE, 48000.0);
        callback(&a, 64);
        trap_enter();
        cochlea_feed(a.ear, a.sound, 64);
        commit_fault(which, memory, &mutex, file);
        trap_leave();
        _exit(LIVED);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void planted_faults_are_caught(void **state)
{
    int status = run_child(*state, FAULT_NONE);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), LIVED);
    for (fault which = FAULT_MALLOC; which <= FAULT_SLEEP; which++) {
        if (which == FAULT_WRITE && !system_calls_trapped) {
            print_message("this kernel cannot trap system calls: planted write skipped\n");
            continue;
        }
        status = run_child(*state, which);
        assert_false(WIFEXITED(status) && (WEXITSTATUS(status) == LIVED || WEXITSTATUS(status) == 0));
    }
}

int main(void)
{
    system_calls_trapped = trap_prepare();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inline_drive_never_waits),
        cmocka_unit_test(worker_drive_never_waits),
        cmocka_unit_test(never_waits_while_disturbed),
        cmocka_unit_test(instruments_are_heard_without_waiting),
        cmocka_unit_test(planted_faults_are_caught),
    };
    return cmocka_run_group_tests(tests, take_open_model, take_close_model);
}
