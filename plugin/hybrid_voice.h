/* A model with a stream for every latency, and what a parameter's number means in it. Made and freed by the
 * main thread, played by the audio thread. */
#ifndef COCH_PLUGIN_HYBRID_VOICE_H
#define COCH_PLUGIN_HYBRID_VOICE_H

#include "hybrid.h"

typedef struct coch_voice {
    cochlea_hybrid_model *own;         /* to be freed; NULL: the targets inside the plugin */
    const cochlea_hybrid_model *model; /* NULL: no file, only a word that there is none */
    cochlea_hybrid *streams[2];        /* by cochlea_hybrid_latency */
    struct coch_voice *next;           /* on the pile of those to be freed */
} coch_voice;

/* Of the file at `path`, the targets inside the plugin without one (NULL), nothing for "". On failure `why`
 * receives what is wrong. Errors: MEMORY, those of cochlea_hybrid_model_open(). [main] */
cochlea_status coch_voice_new(coch_voice **voice, const char *path, double rate, char *why, size_t why_size);

/* Accepts NULL. [main] */
void coch_voice_free(coch_voice *voice);

/* The settings that parameter values mean for it. [any] */
void coch_voice_translate(const coch_voice *voice, const float *values,
                          cochlea_hybrid_settings *settings) COCH_REALTIME;

#endif
