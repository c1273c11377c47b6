/* Spectral-envelope hybridization: the source is flattened by its own envelope, obtained by liftering, and
 * multiplied with the target's mean envelope. The lecture's liftering E = DFT(w . DFT^-1(log |DFT(s)|)) is
 * done over the bands, whose axis is nearly logarithmic, instead of over the bins. */
#include "timbre/method.h"

static int serves(const cochlea_hybrid_model *model, const coch_hybrid_target *target)
{
    (void)model;
    (void)target;
    return 1;
}

static void *layout(coch_arena *arena, const cochlea_hybrid_model *model)
{
    (void)model;
    return coch_arena_take(arena, 0, 1);
}

static void reset(void *state)
{
    (void)state;
}

static void process(void *state, const cochlea_hybrid_model *model, const coch_hybrid_wish *wish,
                    const coch_timbre_frame *frame, float *level)
{
    (void)state;
    (void)model;
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        float first = wish->first->envelope[b], second = wish->second->envelope[b];
        level[b] = frame->level[b] - frame->envelope[b] + first + wish->morph * (second - first);
    }
}

const coch_hybrid_method coch_hybrid_envelope = {"envelope", serves, layout, reset, process};
