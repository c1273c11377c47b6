#include "listen/instrument_net.h"

#include <string.h>

static size_t rows_of(const coch_conv2d *conv)
{
    return conv->shape.positions * conv->weight.columns;
}

void coch_instrument_net_layout(coch_instrument_net *net, coch_arena *arena, const coch_instrument_model *m,
                                const coch_kernels *kernels)
{
    const size_t block = COCH_INSTRUMENT_BLOCK, pool = COCH_INSTRUMENT_POOL;
    net->model = m;
    net->kernels = kernels;
    coch_columns_layout(&net->columns, arena, block, COCH_INSTRUMENT_BINS);
    coch_columns_layout(&net->two_ring, arena, block, rows_of(&m->two_first) / pool);
    coch_columns_layout(&net->one_ring, arena, block, rows_of(&m->one_first));
    coch_columns_layout(&net->spiral_ring, arena, block, rows_of(&m->spiral_first) / pool);
    net->two = coch_arena_take(arena, rows_of(&m->two_first), sizeof(float));
    net->one = coch_arena_take(arena, rows_of(&m->one_first), sizeof(float));
    net->spiral = coch_arena_take(arena, rows_of(&m->spiral_first), sizeof(float));
    net->two_pooled = coch_arena_take(arena, net->two_ring.size, sizeof(float));
    net->one_pooled = coch_arena_take(arena, net->one_ring.size, sizeof(float));
    net->spiral_pooled = coch_arena_take(arena, net->spiral_ring.size, sizeof(float));
    size_t second = rows_of(&m->two_second);
    second = rows_of(&m->spiral_second) > second ? rows_of(&m->spiral_second) : second;
    second = rows_of(&m->one_second) > second ? rows_of(&m->one_second) : second;
    net->second = coch_arena_take(arena, second, sizeof(float));
    net->joined = coch_arena_take(arena, m->dense.weight.k, sizeof(float));
    net->hidden = coch_arena_take(arena, m->dense.weight.columns, sizeof(float));
    net->scores = coch_arena_take(arena, m->out.weight.columns, sizeof(float));
}

/* One column through a branch's first convolution, into the running maximum of the block. */
static void pool_first(coch_instrument_net *net, const coch_conv2d *conv, float *out, float *pooled,
                       size_t pool, size_t place)
{
    coch_conv2d_process(conv, &net->columns, net->kernels, out);
    coch_pool_max(pooled, out, conv->shape.positions / pool, pool, conv->weight.columns, place == 0);
}

static void push_block(coch_columns *ring, const float *pooled, float slope)
{
    float *into = coch_columns_next(ring);
    memcpy(into, pooled, ring->size * sizeof *into);
    coch_leaky_relu(into, ring->size, slope);
}

/* A branch's second convolution over blocks, pooled over rows, into `joined`; returns what comes after it. */
static float *join_second(coch_instrument_net *net, const coch_conv2d *conv, const coch_columns *ring,
                          size_t pool, float *joined)
{
    size_t rows = conv->shape.positions / pool, width = conv->weight.columns;
    coch_conv2d_process(conv, ring, net->kernels, net->second);
    coch_pool_max(joined, net->second, rows, pool, width, 1);
    coch_leaky_relu(joined, rows * width, net->model->slope);
    return joined + rows * width;
}

static void score(coch_instrument_net *net)
{
    const coch_instrument_model *m = net->model;
    float *joined = join_second(net, &m->two_second, &net->two_ring, COCH_INSTRUMENT_POOL, net->joined);
    joined = join_second(net, &m->one_second, &net->one_ring, 1, joined);
    join_second(net, &m->spiral_second, &net->spiral_ring, COCH_INSTRUMENT_POOL, joined);
    coch_dense_process(&m->dense, net->kernels, net->joined, m->dense.weight.k, net->hidden, 1);
    coch_leaky_relu(net->hidden, m->dense.weight.columns, m->slope);
    coch_dense_process(&m->out, net->kernels, net->hidden, m->dense.weight.columns, net->scores, 1);
}

void coch_instrument_net_process(coch_instrument_net *net, const float *column, size_t place)
{
    const coch_instrument_model *m = net->model;
    memcpy(coch_columns_next(&net->columns), column, COCH_INSTRUMENT_BINS * sizeof *column);
    pool_first(net, &m->two_first, net->two, net->two_pooled, COCH_INSTRUMENT_POOL, place);
    pool_first(net, &m->one_first, net->one, net->one_pooled, 1, place);
    pool_first(net, &m->spiral_first, net->spiral, net->spiral_pooled, COCH_INSTRUMENT_POOL, place);
    if (place + 1 < COCH_INSTRUMENT_BLOCK) {
        return;
    }
    push_block(&net->two_ring, net->two_pooled, m->slope);
    push_block(&net->one_ring, net->one_pooled, m->slope);
    push_block(&net->spiral_ring, net->spiral_pooled, m->slope);
    score(net);
}

/* Silence has a history too: every ring is filled with what silence makes. */
void coch_instrument_net_reset(coch_instrument_net *net)
{
    const coch_instrument_model *m = net->model;
    coch_columns_reset(&net->columns, COCH_INSTRUMENT_SILENCE);
    coch_conv2d_process(&m->one_first, &net->columns, net->kernels, net->one);
    coch_conv2d_process(&m->spiral_first, &net->columns, net->kernels, net->spiral);
    coch_conv2d_process(&m->two_first, &net->columns, net->kernels, net->two);
    coch_pool_max(net->two_pooled, net->two, m->two_first.shape.positions / COCH_INSTRUMENT_POOL,
                  COCH_INSTRUMENT_POOL, m->two_first.weight.columns, 1);
    coch_pool_max(net->one_pooled, net->one, 1, 1, m->one_first.weight.columns, 1);
    coch_pool_max(net->spiral_pooled, net->spiral, COCH_INSTRUMENT_SPIRAL_ROWS, COCH_INSTRUMENT_POOL,
                  m->spiral_first.weight.columns, 1);
    for (size_t i = 0; i < COCH_INSTRUMENT_BLOCK; i++) {
        push_block(&net->two_ring, net->two_pooled, m->slope);
        push_block(&net->one_ring, net->one_pooled, m->slope);
        push_block(&net->spiral_ring, net->spiral_pooled, m->slope);
    }
    score(net);
}
