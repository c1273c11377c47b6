/* Mosaic: every frame is given the spectrum of the most similar moment of the target's recordings. Similar is
 * judged without the envelopes, by the fine structure that pitch leaves, so that the pitch fits; the spectrum
 * is imposed as a gain on the source's own bins, so that it stays. (Replacing the frames themselves, found by
 * MFCC as in the lecture, keeps the pitch of one note in four: models/hybrid.md has the figures.) */
#include "timbre/method.h"

#include <string.h>

static const float successor_bonus = 0.06f; /* of the highest likeness */

/* One of the two targets. */
typedef struct choice {
    const coch_hybrid_target *target; /* that `last` belongs to */
    size_t last;
} choice;

typedef struct mosaic {
    choice choices[2];
    float *scores; /* [most columns] */
} mosaic;

static int serves(const cochlea_hybrid_model *model, const coch_hybrid_target *target)
{
    (void)model;
    return target->moments.count > 0;
}

static void *layout(coch_arena *arena, const cochlea_hybrid_model *model)
{
    mosaic spare = {0}, *m = coch_arena_take(arena, 1, sizeof *m);
    mosaic *filled = m ? m : &spare;
    filled->scores = coch_arena_take(arena, coch_hybrid_columns_max(model), sizeof(float));
    return m;
}

static void reset(void *state)
{
    mosaic *m = state;
    memset(m->choices, 0, sizeof m->choices);
}

static const float *nearest(mosaic *m, choice *c, const cochlea_hybrid_model *model,
                            const coch_hybrid_target *target, const coch_timbre_frame *frame)
{
    const coch_hybrid_moments *moments = &target->moments;
    float query[COCH_TIMBRE_BANDS];
    if (c->target != target) {
        *c = (choice){target, moments->count};
    }
    coch_hybrid_flat_query(frame->flat, query);
    c->last = coch_hybrid_nearest(moments, model->kernels, moments->by_flat, COCH_HYBRID_FLAT_BANDS, query,
                                  c->last, successor_bonus, m->scores);
    return moments->level + c->last * COCH_TIMBRE_BANDS;
}

static void process(void *state, const cochlea_hybrid_model *model, const coch_hybrid_wish *wish,
                    const coch_timbre_frame *frame, float *level)
{
    mosaic *m = state;
    memset(level, 0, COCH_TIMBRE_BANDS * sizeof *level);
    for (size_t i = 0; i < 2; i++) {
        float share = i == 0 ? 1 - wish->morph : wish->morph;
        if (share <= 0) {
            continue;
        }
        const float *found = nearest(m, &m->choices[i], model, i == 0 ? wish->first : wish->second, frame);
        for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
            level[b] += share * found[b];
        }
    }
}

const coch_hybrid_method coch_hybrid_mosaic = {"mosaic", serves, layout, reset, process};
