/* Another's timbre: a stream of sound takes on the timbre of a target while it plays. Part of libcochlea.
 *
 *     cochlea_hybrid_model *model;
 *     cochlea_hybrid_model_open(&model, NULL, why, sizeof why);
 *     cochlea_hybrid *hybrid;
 *     cochlea_hybrid_new(&hybrid, model, 48000, 2, COCHLEA_HYBRID_LATENCY_NORMAL);
 *     cochlea_hybrid_settings settings;
 *     cochlea_hybrid_settings_default(&settings);
 *     settings.target = (unsigned)cochlea_hybrid_model_find(model, "violin");
 *     cochlea_hybrid_set(hybrid, &settings);
 *     ... per block:  cochlea_hybrid_process(hybrid, in, out, count);
 *
 * Every method sets gains on the input's own spectrum: pitch, phase and loudness stay the player's, the
 * spectrum becomes the target's. Where the input has only noise, overtones of its own are made for it. Input
 * that is not finite is taken as silence; silence stays silence.
 *
 * Threads: see the legend in base/attributes.h. Models are constant and may serve many hybrids. */
#ifndef COCHLEA_TIMBRE_HYBRID_H
#define COCHLEA_TIMBRE_HYBRID_H

#include "base/attributes.h"
#include "base/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define COCHLEA_HYBRID_BANDS 160 /* of the pictures of spectra */

typedef enum cochlea_hybrid_method {
    COCHLEA_HYBRID_AUTOENCODER = 0, /* a net that learned the target */
    COCHLEA_HYBRID_ENVELOPE = 1,    /* the target's mean spectral envelope for the input's own */
    COCHLEA_HYBRID_MOSAIC = 2,      /* the spectra of the most similar moments of target recordings */
    COCHLEA_HYBRID_METHODS
} cochlea_hybrid_method;

typedef enum cochlea_hybrid_latency {
    COCHLEA_HYBRID_LATENCY_NORMAL = 0, /* 1024 samples at 44.1 and 48 kHz */
    COCHLEA_HYBRID_LATENCY_LOW = 1     /* 512 samples; twice the transforms */
} cochlea_hybrid_latency;

/* ---- Models ---- */

typedef struct cochlea_hybrid_model cochlea_hybrid_model;

/* Reads targets from a weight file; without one (NULL) those inside the library. On failure `why` (may be
 * NULL), of `why_size` bytes, receives what is wrong. Errors: OPEN, READ, MEMORY, FORMAT, UNSUPPORTED,
 * MISSING. [main] */
COCHLEA_API cochlea_status cochlea_hybrid_model_open(cochlea_hybrid_model **model, const char *path,
                                                     char *why, size_t why_size);

/* A model with one target, `name`, made from a recording of it: for the envelope and mosaic methods. The
 * loudest moments of mono[count] at sample_rate (8000..192000 Hz) are kept.
 * Errors: ARGUMENT (rate; nothing but silence; shorter than a frame), MEMORY. [main] */
COCHLEA_API cochlea_status cochlea_hybrid_model_record(cochlea_hybrid_model **model, const char *name,
                                                       const float *mono, size_t count, double sample_rate);
COCHLEA_API void cochlea_hybrid_model_free(cochlea_hybrid_model *model);

/* Targets are numbered from 0. Name and number of one; NULL and -1 when there is none. [any] */
COCHLEA_API unsigned cochlea_hybrid_model_targets(const cochlea_hybrid_model *model);
COCHLEA_API const char *cochlea_hybrid_model_target(const cochlea_hybrid_model *model, unsigned target);
COCHLEA_API int cochlea_hybrid_model_find(const cochlea_hybrid_model *model, const char *name);

/* Whether a method can be used with a target: the autoencoder needs a net, the mosaic recordings. [any] */
COCHLEA_API int cochlea_hybrid_model_has(const cochlea_hybrid_model *model, unsigned target,
                                         cochlea_hybrid_method method);

/* The names of the methods: "autoencoder", "envelope", "mosaic"; NULL out of range. [any] */
COCHLEA_API const char *cochlea_hybrid_method_name(cochlea_hybrid_method method);

/* ---- Streams ---- */

typedef struct cochlea_hybrid cochlea_hybrid;

/* What can change while it plays. Out of range values are clamped, targets that do not exist become 0. */
typedef struct cochlea_hybrid_settings {
    cochlea_hybrid_method method; /* one that the target lacks leaves the sound as it is */
    unsigned target, second;
    float morph;   /* 0 target .. 1 second */
    float mix;     /* 0 dry .. 1 hybrid; the dry sound is delayed alike */
    float gain_db; /* of the input, -24..24 */
    float attack;  /* 0..1: how much the attacks stay the input's own */
    float detail;  /* 0..1: stored detail of the target added to what the net says */
    float sustain; /* 0..1: after the attack holds a note that decays, as a bow or breath would, for as long
                    * as it sounds above its noise */
    float guard;   /* 0..1: how much noise is kept from being lifted where the target has partials, and
                    * overtones made of the input stand in for it */
    int coherence; /* nonzero: all bins of a partial change alike (vertical phase coherence); 0: each alone */
    int mid;       /* nonzero: the middle of two channels on both; 0: both channels under the same gains */
    int bypass;    /* nonzero: the dry sound, delayed alike */
} cochlea_hybrid_settings;

/* Autoencoder, target 0, mix 1, detail 0.5, guard 0.4, coherence 1; the others 0. [any] */
COCHLEA_API void cochlea_hybrid_settings_default(cochlea_hybrid_settings *settings);

/* A stream of `channels` (1 or 2) at 8000..192000 Hz. Keeps the model, which must outlive it.
 * Errors: ARGUMENT, MEMORY. [main] */
COCHLEA_API cochlea_status cochlea_hybrid_new(cochlea_hybrid **hybrid, const cochlea_hybrid_model *model,
                                              double sample_rate, unsigned channels,
                                              cochlea_hybrid_latency latency);
COCHLEA_API void cochlea_hybrid_free(cochlea_hybrid *hybrid);

/* Delay of the output in samples; fixed. [any] */
COCHLEA_API size_t cochlea_hybrid_latency_samples(const cochlea_hybrid *hybrid);

/* Takes over settings; every change is gradual, so that none clicks. [audio] */
COCHLEA_API void cochlea_hybrid_set(cochlea_hybrid *hybrid,
                                    const cochlea_hybrid_settings *settings) COCH_REALTIME;

/* Back to silence, with settings in force at once. [audio] */
COCHLEA_API void cochlea_hybrid_reset(cochlea_hybrid *hybrid) COCH_REALTIME;

/* `count` samples (any number) of every channel from in[channel] to out[channel], which may be the same
 * buffers. The same audio gives the same output whatever the sizes of the blocks. [audio] */
COCHLEA_API void cochlea_hybrid_process(cochlea_hybrid *hybrid, const float *const *in, float *const *out,
                                        size_t count) COCH_REALTIME;

/* Levels in dB (full-scale sine = 0, not below -120) of the bands of the newest frame, before and after.
 * [audio] */
COCHLEA_API void cochlea_hybrid_spectra(const cochlea_hybrid *hybrid, float before[COCHLEA_HYBRID_BANDS],
                                        float after[COCHLEA_HYBRID_BANDS]) COCH_REALTIME;

#ifdef __cplusplus
}
#endif

#endif
