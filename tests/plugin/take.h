/* Takes of MIDI, and playing sound through a plugin. */
#ifndef COCH_TESTS_PLUGIN_TAKE_H
#define COCH_TESTS_PLUGIN_TAKE_H

#include "host.h"

/* Every note-on has one note-off on the same channel, none comes twice, the pedal is up at the end. */
void take_assert_resolved(const midi_take *take);

/* The same messages in the same order; frames too, when asked. */
void take_assert_same(const midi_take *a, const midi_take *b, int frames);

int take_same(const midi_take *a, const midi_take *b); /* the messages, whatever their frames */
size_t take_note_ons(const midi_take *take);
int take_sounding(const midi_take *take); /* notes on at its end */
void take_free(midi_take *take);

/* How a signal is played. */
typedef struct playing {
    host_block block; /* offline, rolling and room are taken from here */
    uint32_t size;    /* frames of a block; 0: random, 1..BLOCK_MAX */
    double pace;      /* seconds to wait for each second played; 0: none */
    float *out[2];    /* [count] or NULL */
} playing;

/* Plays [count] samples, the same on both channels. */
void play(host *h, const float *x, size_t count, const playing *how, midi_take *take);

/* Nonzero where less must do: under sanitizers (COCHLEA_SHORT). */
int playing_is_slow(void);

/* A random size, each order of magnitude equally likely. */
uint32_t random_block(void);

/* `seconds` of piano notes and one second of silence after them. */
float *piece(double rate, double seconds, size_t *count);

#endif
