/* Inside of the hybridizer: its constant model. */
#ifndef COCH_TIMBRE_MODEL_H
#define COCH_TIMBRE_MODEL_H

#include "base/arena.h"
#include "net/layers.h"
#include "net/lstm.h"
#include "timbre/frontend.h"
#include "timbre/hybrid.h"

#define COCH_HYBRID_LATENT 16
#define COCH_HYBRID_CONTEXT 4 /* frames that the net sees: the newest and those before it */
#define COCH_HYBRID_TARGETS_MAX 32
#define COCH_HYBRID_NAME_SIZE 48
#define COCH_HYBRID_FRAMES_MAX 16384 /* of a target's recordings */

/* Moments of target recordings. Neighbours in time are neighbours here. */
typedef struct coch_hybrid_moments {
    size_t count, columns; /* columns: count padded to whole lanes; 0 when there are none */
    float *level;          /* [count][COCH_TIMBRE_BANDS] of unit energy */
    float *by_flat;        /* [COCH_HYBRID_FLAT_BANDS][columns] unit vectors of the lowest flat levels */
    float *by_shape; /* [COCH_HYBRID_SHAPE_BANDS][columns] unit vectors of the lowest compressed levels */
} coch_hybrid_moments;

#define COCH_HYBRID_FLAT_BANDS 110
#define COCH_HYBRID_SHAPE_BANDS 130

typedef struct coch_hybrid_target {
    char name[COCH_HYBRID_NAME_SIZE];
    float latent[COCH_HYBRID_LATENT];
    float envelope[COCH_TIMBRE_BANDS]; /* mean envelope of its loud moments */
    coch_hybrid_moments moments;
} coch_hybrid_target;

struct cochlea_hybrid_model {
    coch_arena arena;
    const coch_kernels *kernels;
    int has_net;
    unsigned targets;
    coch_hybrid_target *target; /* [targets] */
    coch_dense encode;          /* [COCH_HYBRID_CONTEXT * bands][hidden], newest frame first */
    coch_lstm lstm;             /* [hidden] -> [units] */
    coch_dense decode1;         /* [units + latent][wide] */
    coch_dense decode2;         /* [wide][bands] */
};

/* The weights that are linked into the library, as bytes of a GGUF file, 64-byte aligned. [any] */
const void *coch_hybrid_default_weights(size_t *size);

/* Reads everything from an open file, which may be closed afterwards. Errors: MEMORY, FORMAT, UNSUPPORTED,
 * MISSING. [main] */
cochlea_status coch_hybrid_model_read(cochlea_hybrid_model **model, const coch_gguf *file, char *why,
                                      size_t why_size);

/* Lays out the moments of a target, run once per arena pass; after the second pass `level` is filled by the
 * caller, then coch_hybrid_moments_index() makes what is searched. [main] */
void coch_hybrid_moments_layout(coch_hybrid_moments *moments, coch_arena *arena, size_t count);
void coch_hybrid_moments_index(coch_hybrid_moments *moments, const coch_timbre_frontend *front);

/* ln(1 + 3000 e^level): close to loudness, and blind below -70 dB. [any] */
float coch_hybrid_compress(float level);

#endif
