/* The one interface of the three methods. */
#ifndef COCH_TIMBRE_METHOD_H
#define COCH_TIMBRE_METHOD_H

#include "timbre/model.h"

/* What is asked of a method for one frame. */
typedef struct coch_hybrid_wish {
    const coch_hybrid_target *first, *second;
    float morph;                      /* 0 first .. 1 second */
    float latent[COCH_HYBRID_LATENT]; /* place between the targets, gliding */
    float detail;
} coch_hybrid_wish;

typedef struct coch_hybrid_method {
    const char *name;

    /* Whether it can serve a target. [any] */
    int (*serves)(const cochlea_hybrid_model *model, const coch_hybrid_target *target);

    /* Lays out the state of a stream and returns it (NULL while counting); run once per arena pass. [main] */
    void *(*layout)(coch_arena *arena, const cochlea_hybrid_model *model);

    /* Back to silence. [audio] */
    void (*reset)(void *state);

    /* level[COCH_TIMBRE_BANDS]: what the frame's levels should become, up to a constant. [audio] */
    void (*process)(void *state, const cochlea_hybrid_model *model, const coch_hybrid_wish *wish,
                    const coch_timbre_frame *frame, float *level);
} coch_hybrid_method;

extern const coch_hybrid_method coch_hybrid_autoencoder, coch_hybrid_envelope, coch_hybrid_mosaic;

/* The one of a number; NULL out of range. [any] */
const coch_hybrid_method *coch_hybrid_method_of(cochlea_hybrid_method method);

/* The moment of `moments` whose row in `index` [bands][columns] is most like `query` [bands]; the successor
 * of `last` (any number) is preferred by `bonus`. scores: [columns], for the use of this call. [audio] */
size_t coch_hybrid_nearest(const coch_hybrid_moments *moments, const coch_kernels *kernels,
                           const float *index, size_t bands, const float *query, size_t last, float bonus,
                           float *scores);

/* What is compared with `by_flat`: [COCH_HYBRID_FLAT_BANDS] from flat levels; may be in place. [audio] */
void coch_hybrid_flat_query(const float *flat, float *query);

/* Room for the scores of any target of the model. [main] */
size_t coch_hybrid_columns_max(const cochlea_hybrid_model *model);

#endif
