/* The sound that `cochlea live --hybrid` plays: what is heard, with another's timbre, for headphones. */
#ifndef COCHLEA_STANDALONE_LIVE_HYBRID_H
#define COCHLEA_STANDALONE_LIVE_HYBRID_H

#include "base/arena.h"
#include "base/slot.h"
#include "timbre/hybrid.h"

#include <stdint.h>

#define LIVE_MONITOR_LOW (-60.0f) /* dB, and all softer is silence */
#define LIVE_MONITOR_HIGH 12.0f

typedef struct live_hybrid_options {
    const char *targets;  /* see hybrid_targets.h; NULL: no hybrid */
    const char *output;   /* number or part of a name of where it is played; NULL for the default */
    const char *morph_to; /* "NAME2[:SHARE]", NULL for none */
    cochlea_hybrid_latency latency;
    cochlea_hybrid_settings settings; /* but for the targets */
    float monitor_db;
} live_hybrid_options;

/* What the main thread says. */
typedef struct live_hybrid_word {
    cochlea_hybrid_settings settings;
    float monitor_db;
} live_hybrid_word;

/* What is shown of it: see cochlea_hybrid_spectra(). */
typedef struct live_hybrid_look {
    float before[COCHLEA_HYBRID_BANDS], after[COCHLEA_HYBRID_BANDS];
} live_hybrid_look;

typedef struct live_hybrid {
    cochlea_hybrid_model *model;
    cochlea_hybrid *hybrid;
    coch_arena arena;
    coch_slot words, looks;
    live_hybrid_word word; /* the last one, as the main thread knows it */
    double rate;           /* Hz */

    /* The audio thread's own. */
    float level; /* gain of the output, on its way to what was said last */
    float goal;
    float open; /* 0 closed .. 1 open: it neither starts nor stops with a click */
    uint32_t unseen;
} live_hybrid;

/* Returns EXIT_DONE, or EXIT_FAILED or EXIT_USAGE with a line in `why`. [main] */
int live_hybrid_open(live_hybrid **made, const live_hybrid_options *options, double rate, char *why,
                     size_t why_size);
void live_hybrid_close(live_hybrid *h); /* accepts NULL [main] */

/* Samples between what is heard and what of it is played, at COCHLEA_HYBRID_LATENCY_NORMAL and _LOW. [any] */
size_t live_hybrid_delay(double rate);
size_t live_hybrid_delay_low(double rate);

/* Other settings. [main] */
void live_hybrid_say(live_hybrid *h, const live_hybrid_word *word);

/* Begins anew, from silence; while no block is processed. [main] */
void live_hybrid_restart(live_hybrid *h);

/* The newest spectra; returns nonzero when they are new. [main] */
int live_hybrid_look_at(live_hybrid *h, live_hybrid_look *look);

/* The next `count` samples of `in` to `out`, which is silent. With `playing` zero it ends; returns nonzero as
 * long as anything is to be heard. [audio] */
int live_hybrid_play(live_hybrid *h, const float *in, float *out, uint32_t count, int playing) COCH_REALTIME;

#endif
