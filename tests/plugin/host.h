/* A small plugin host, the same for every format: lv2_host.c, clap_host.c and vst3_host.c each implement it,
 * and suite.c tests plugins through it. Failures of the host itself fail the test. */
#ifndef COCH_TESTS_PLUGIN_HOST_H
#define COCH_TESTS_PLUGIN_HOST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define BLOCK_MAX 8192

typedef struct midi_message {
    int64_t frame; /* since the instance was opened */
    uint8_t bytes[3];
} midi_message;

typedef struct midi_take {
    midi_message *messages;
    size_t count, capacity;
} midi_take;

typedef struct host host;

/* What is run. Buffers of NULL are not connected. */
typedef struct host_block {
    const float *in[2];
    float *out[2];
    uint32_t frames; /* 1..BLOCK_MAX */
    int offline;
    int rolling; /* transport: 1 rolling, 0 stopped, -1 nothing said */
    size_t room; /* MIDI messages taken in this block; 0: no limit */
} host_block;

/* Finds the plugins' file, and in it the processor of that id; called once. */
void host_start(const char *path, const char *processor);
void host_stop(void);

/* An instance of it, activated and processing. */
host *host_open(double rate);
void host_close(host *h);

/* By symbol, in plain values ("bypass" also where the format has it the other way round). Takes effect with
 * the next block. */
void host_set(host *h, const char *symbol, double value);
double host_get(host *h, const char *symbol);

/* Runs a block; MIDI is added to the take. Checks that messages are in order and within the block. */
void host_run(host *h, const host_block *block, midi_take *take);

/* Deactivates and activates again. */
void host_restart(host *h);

uint32_t host_latency(host *h);

/* Saves what a host keeps with a session into bytes[HOST_STATE_MAX]; returns the size. */
#define HOST_STATE_MAX 16384
size_t host_save(host *h, uint8_t *bytes);

/* Gives that back; returns 0 when the plugin refuses it. */
int host_load(host *h, const uint8_t *bytes, size_t size);

/* Gives a processor with a file another one, while it plays; in force within some blocks. */
void host_choose(host *h, const char *path);

/* What the plugin says of the sound, by symbol, as the host was told with the last block. */
double host_output(host *h, const char *symbol);

/* The outputs' symbols, in the order of their ids from 100 on. */
#define OUTPUTS                                                                                              \
    {                                                                                                        \
        "heard", "clarinet", "distorted_electric_guitar", "female_voice", "flute", "piano", "tenor_sax",     \
            "trumpet", "violin", "other", "none"                                                             \
    }
#define OUTPUT_COUNT 11
int output_index(const char *symbol);

/* For the implementations: around every call that the host's audio thread makes. Where the test is linked
 * with the real-time sanitizer, an allocation, lock or system call in between ends the program. */
void realtime_begin(void);
void realtime_end(void);

/* The same for a block: nobody waits for one that is offline. */
void realtime_begin_block(const host_block *block);
void realtime_end_block(const host_block *block);

/* For the implementations: adds a message of the block that begins at frame `start`. */
void take_add(midi_take *take, int64_t start, uint32_t frame, uint32_t frames, const uint8_t bytes[3]);

#endif
