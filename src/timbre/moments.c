/* Moments of target recordings and the search among them. */
#include "timbre/method.h"

#include <math.h>
#include <string.h>

void coch_hybrid_moments_layout(coch_hybrid_moments *moments, coch_arena *arena, size_t count)
{
    moments->count = count;
    moments->columns = COCH_PAD(count);
    moments->level = coch_arena_take(arena, count * COCH_TIMBRE_BANDS, sizeof(float));
    moments->by_flat = coch_arena_take(arena, COCH_HYBRID_FLAT_BANDS * moments->columns, sizeof(float));
    moments->by_shape = coch_arena_take(arena, COCH_HYBRID_SHAPE_BANDS * moments->columns, sizeof(float));
}

float coch_hybrid_compress(float level)
{
    return logf(1 + 3000 * expf(level < 5 ? level : 5));
}

/* Stores a unit vector as column `at`. */
static void put_column(float *index, size_t columns, size_t at, const float *values, size_t count)
{
    float sum = 1e-20f;
    for (size_t b = 0; b < count; b++) {
        sum += values[b] * values[b];
    }
    float scale = 1 / sqrtf(sum);
    for (size_t b = 0; b < count; b++) {
        index[b * columns + at] = values[b] * scale;
    }
}

void coch_hybrid_moments_index(coch_hybrid_moments *moments, const coch_timbre_frontend *front)
{
    for (size_t i = 0; i < moments->count; i++) {
        const float *level = moments->level + i * COCH_TIMBRE_BANDS;
        float flat[COCH_TIMBRE_BANDS], shape[COCH_TIMBRE_BANDS];
        coch_timbre_flatten(front, level, NULL, flat);
        coch_hybrid_flat_query(flat, flat);
        for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
            shape[b] = coch_hybrid_compress(level[b]);
        }
        put_column(moments->by_flat, moments->columns, i, flat, COCH_HYBRID_FLAT_BANDS);
        put_column(moments->by_shape, moments->columns, i, shape, COCH_HYBRID_SHAPE_BANDS);
    }
}

void coch_hybrid_flat_query(const float *flat, float *query)
{
    for (size_t b = 0; b < COCH_HYBRID_FLAT_BANDS; b++) {
        float x = flat[b] < 0 ? flat[b] : 0;
        query[b] = (x > -10 ? x : -10) + 3.5f;
    }
}

size_t coch_hybrid_nearest(const coch_hybrid_moments *moments, const coch_kernels *kernels,
                           const float *index, size_t bands, const float *query, size_t last, float bonus,
                           float *scores)
{
    float norm = 1e-20f;
    size_t best = 0;
    memset(scores, 0, moments->columns * sizeof *scores);
    kernels->matmul(scores, moments->columns, &query, 0, 1, index, 1, moments->columns, bands);
    for (size_t b = 0; b < bands; b++) {
        norm += query[b] * query[b];
    }
    if (last + 1 < moments->count) {
        scores[last + 1] += bonus * sqrtf(norm);
    }
    for (size_t i = 1; i < moments->count; i++) {
        best = scores[i] > scores[best] ? i : best;
    }
    return best;
}

size_t coch_hybrid_columns_max(const cochlea_hybrid_model *model)
{
    size_t most = COCH_LANES;
    for (unsigned t = 0; t < model->targets; t++) {
        size_t columns = model->target[t].moments.columns;
        most = columns > most ? columns : most;
    }
    return most;
}
