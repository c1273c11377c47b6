#include "listen/instrument_statistics.h"

#include <math.h>
#include <string.h>

enum {
    BINS = COCH_INSTRUMENT_BINS,
    REACH = COCH_STATISTICS_REACH,
    RATES = COCH_STATISTICS_RATES,
    POSITIONS = COCH_STATISTICS_POSITIONS,
    STRIDE = BINS / POSITIONS,
    CEPSTRA = COCH_STATISTICS_CEPSTRA,
    /* Where the parts of the statistics begin. */
    AT_BANDS = COCH_STATISTICS_RIPPLES,
    AT_CEPSTRA = AT_BANDS + 2 * COCH_STATISTICS_WIDE
};

void coch_instrument_statistics_layout(coch_instrument_statistics *s, coch_arena *arena,
                                       const coch_instrument_model *m, const coch_kernels *kernels)
{
    s->model = m;
    s->kernels = kernels;
    coch_columns_layout(&s->columns, arena, COCH_STATISTICS_TIME, BINS);
    coch_columns_layout(&s->cepstra, arena, COCH_STATISTICS_LAG + 1, COCH_PAD(CEPSTRA));
    coch_columns_layout(&s->changes, arena, COCH_STATISTICS_LAG + 1, COCH_PAD(CEPSTRA));
    coch_columns_layout(&s->blocks, arena, COCH_INSTRUMENT_KEPT, COCH_STATISTICS_VALUES);
    s->ripples = coch_arena_take(arena, BINS * m->time.columns, sizeof(float));
    s->smooth = coch_arena_take(arena, BINS + 2 * REACH, sizeof(float));
    for (size_t r = 0; r < RATES; r++) {
        s->moving[r] = coch_arena_take(arena, 2 * (BINS + 2 * REACH), sizeof(float));
    }
    size_t widest = m->moving.columns > m->still.columns ? m->moving.columns : m->still.columns;
    s->filtered = coch_arena_take(arena, POSITIONS * widest, sizeof(float));
    coch_instrument_pitch_layout(&s->pitch, arena, m);
    s->block = coch_arena_take(arena, COCH_STATISTICS_VALUES, sizeof(float));
    s->window = coch_arena_take(arena, COCH_STATISTICS_VALUES, sizeof(float));
    for (size_t i = 0; i < COCH_STATISTICS_DENSE_MAX; i++) {
        s->hidden[i] = coch_arena_take(arena, m->perceptron[i].weight.columns, sizeof(float));
    }
}

/* Over time: every bin through the smoother and the filters of all rates. */
static void filter_time(coch_instrument_statistics *s)
{
    const float *taps[COCH_STATISTICS_TIME];
    size_t columns = s->model->time.columns;
    for (size_t t = 0; t < COCH_STATISTICS_TIME; t++) {
        taps[t] = coch_columns_at(&s->columns, COCH_STATISTICS_TIME - 1 - t);
    }
    memset(s->ripples, 0, BINS * columns * sizeof *s->ripples);
    coch_matrix_add(&s->model->time, s->kernels, s->ripples, columns, taps, 1, BINS);
    for (size_t bin = 0; bin < BINS; bin++) {
        const float *from = s->ripples + bin * columns;
        s->smooth[REACH + bin] = from[0];
        for (size_t r = 0; r < RATES; r++) {
            memcpy(s->moving[r] + 2 * (REACH + bin), from + 1 + 2 * r, 2 * sizeof *from);
        }
    }
}

/* Adds a filter's modulus, averaged over each band, to the block. values: [POSITIONS] complex, `stride`
 * floats apart; real only when `imaginary` is 0. */
static void add_modulus(float *sum, const float *values, size_t stride, int imaginary)
{
    const size_t each = POSITIONS / COCH_STATISTICS_BANDS;
    for (size_t band = 0; band < COCH_STATISTICS_BANDS; band++) {
        float total = 0;
        for (size_t i = 0; i < each; i++, values += stride) {
            total += imaginary ? sqrtf(values[0] * values[0] + values[1] * values[1]) : fabsf(values[0]);
        }
        sum[band] += total / (float)each;
    }
}

/* Along the frequency axis: what the time filters left through the filters of all scales. */
static void filter_bins(coch_instrument_statistics *s)
{
    const coch_matrix *still = &s->model->still, *moving = &s->model->moving;
    float *sum = s->block;
    memset(s->filtered, 0, POSITIONS * still->columns * sizeof *s->filtered);
    coch_matrix_add_one(still, s->kernels, s->filtered, still->columns, s->smooth, STRIDE, POSITIONS);
    add_modulus(sum, s->filtered, still->columns, 0);
    sum += COCH_STATISTICS_BANDS;
    for (size_t f = 0; f < COCH_STATISTICS_SCALES; f++, sum += COCH_STATISTICS_BANDS) {
        add_modulus(sum, s->filtered + 1 + 2 * f, still->columns, 1);
    }
    for (size_t r = 0; r < RATES; r++) {
        memset(s->filtered, 0, POSITIONS * moving->columns * sizeof *s->filtered);
        coch_matrix_add_one(moving, s->kernels, s->filtered, moving->columns, s->moving[r], 2 * STRIDE,
                            POSITIONS);
        for (size_t f = 0; f < COCH_STATISTICS_MOVING; f++, sum += COCH_STATISTICS_BANDS) {
            add_modulus(sum, s->filtered + 2 * f, moving->columns, 1);
        }
    }
}

static void add_bands(float *sum, const float *column)
{
    const size_t each = BINS / COCH_STATISTICS_WIDE;
    for (size_t band = 0; band < COCH_STATISTICS_WIDE; band++) {
        float mean = 0;
        for (size_t i = 0; i < each; i++) {
            mean += column[band * each + i];
        }
        mean /= (float)each;
        sum[band] += mean;
        sum[COCH_STATISTICS_WIDE + band] += mean * mean;
    }
}

static void add_squares(float *sum, const float *values)
{
    for (size_t i = 0; i < CEPSTRA; i++) {
        sum[i] += values[i] * values[i];
    }
}

/* The newest of `to` = newest of `from` less the one LAG columns before. */
static void differ(coch_columns *to, const coch_columns *from)
{
    const float *now = coch_columns_at(from, 0), *before = coch_columns_at(from, COCH_STATISTICS_LAG);
    float *out = coch_columns_next(to);
    for (size_t i = 0; i < CEPSTRA; i++) {
        out[i] = now[i] - before[i];
    }
}

static void push_cepstra(coch_instrument_statistics *s, const float *column)
{
    float *cepstra = coch_columns_next(&s->cepstra);
    memset(cepstra, 0, s->cepstra.size * sizeof *cepstra);
    coch_matrix_add_one(&s->model->cosine, s->kernels, cepstra, s->cepstra.size, column, BINS, 1);
}

static void add_cepstra(coch_instrument_statistics *s, const float *column, float *sum)
{
    push_cepstra(s, column);
    const float *cepstra = coch_columns_at(&s->cepstra, 0);
    differ(&s->changes, &s->cepstra);
    const float *change = coch_columns_at(&s->changes, 0);
    const float *before = coch_columns_at(&s->changes, COCH_STATISTICS_LAG);
    float second[CEPSTRA];
    for (size_t i = 0; i < CEPSTRA; i++) {
        sum[i] += cepstra[i];
        second[i] = change[i] - before[i];
    }
    add_squares(sum + CEPSTRA, cepstra);
    add_squares(sum + 2 * CEPSTRA, change);
    add_squares(sum + 3 * CEPSTRA, second);
}

void coch_instrument_statistics_process(coch_instrument_statistics *s, const float *column, size_t place)
{
    if (place == 0) {
        memset(s->block, 0, COCH_STATISTICS_VALUES * sizeof *s->block);
    }
    memcpy(coch_columns_next(&s->columns), column, BINS * sizeof *column);
    filter_time(s);
    filter_bins(s);
    add_bands(s->block + AT_BANDS, column);
    add_cepstra(s, column, s->block + AT_CEPSTRA);
    coch_instrument_pitch_add(&s->pitch, column, coch_columns_at(&s->columns, COCH_STATISTICS_LAG),
                              s->ripples + 1, s->model->time.columns, s->block + COCH_STATISTICS_OF_BANDS);
    if (place + 1 < COCH_INSTRUMENT_BLOCK) {
        return;
    }
    float *mean = coch_columns_next(&s->blocks);
    for (size_t i = 0; i < COCH_STATISTICS_VALUES; i++) {
        mean[i] = s->block[i] / (float)COCH_INSTRUMENT_BLOCK;
    }
}

static float root(float square)
{
    return sqrtf((square > 0 ? square : 0) + 1e-4f);
}

/* Means of squares become deviations, ripples become logarithms. */
static void finish(float *v)
{
    float *bands = v + AT_BANDS, *squares = bands + COCH_STATISTICS_WIDE;
    float *cepstra = v + AT_CEPSTRA, *deviations = cepstra + CEPSTRA;
    for (size_t i = 0; i < COCH_STATISTICS_RIPPLES; i++) {
        v[i] = logf(v[i] + 0.01f);
    }
    for (size_t i = 0; i < COCH_STATISTICS_WIDE; i++) {
        squares[i] = root(squares[i] - bands[i] * bands[i]);
    }
    for (size_t i = 0; i < CEPSTRA; i++) {
        deviations[i] = root(deviations[i] - cepstra[i] * cepstra[i]);
        deviations[CEPSTRA + i] = root(deviations[CEPSTRA + i]);
        deviations[2 * CEPSTRA + i] = root(deviations[2 * CEPSTRA + i]);
    }
    coch_instrument_pitch_finish(v + COCH_STATISTICS_OF_BANDS);
}

const float *coch_instrument_statistics_window(coch_instrument_statistics *s, size_t blocks)
{
    const coch_instrument_model *m = s->model;
    memset(s->window, 0, COCH_STATISTICS_VALUES * sizeof *s->window);
    for (size_t age = 0; age < blocks; age++) {
        const float *block = coch_columns_at(&s->blocks, age);
        for (size_t i = 0; i < COCH_STATISTICS_VALUES; i++) {
            s->window[i] += block[i];
        }
    }
    for (size_t i = 0; i < COCH_STATISTICS_VALUES; i++) {
        s->window[i] /= (float)blocks;
    }
    finish(s->window);
    const float *in = s->window;
    for (size_t i = 0; i < COCH_STATISTICS_DENSE_MAX; i++) {
        coch_dense_process(&m->perceptron[i], s->kernels, in, m->perceptron[i].weight.k, s->hidden[i], 1);
        if (i + 1 < COCH_STATISTICS_DENSE_MAX) {
            coch_leaky_relu(s->hidden[i], m->perceptron[i].weight.columns, m->perceptron_slope);
        }
        in = s->hidden[i];
    }
    return in;
}

/* Silence has a history too: it is played until every ring is full of it. */
void coch_instrument_statistics_reset(coch_instrument_statistics *s)
{
    float silence[BINS];
    for (size_t i = 0; i < BINS; i++) {
        silence[i] = COCH_INSTRUMENT_SILENCE;
    }
    coch_columns_reset(&s->columns, COCH_INSTRUMENT_SILENCE);
    coch_columns_reset(&s->changes, 0);
    coch_columns_reset(&s->cepstra, 0);
    coch_instrument_pitch_reset(&s->pitch);
    for (size_t i = 0; i < s->cepstra.time; i++) {
        push_cepstra(s, silence);
    }
    for (size_t i = 0; i < COCH_INSTRUMENT_BLOCK; i++) {
        coch_instrument_statistics_process(s, silence, i);
    }
    const float *block = coch_columns_at(&s->blocks, 0);
    for (size_t i = 1; i < COCH_INSTRUMENT_KEPT; i++) {
        memcpy(coch_columns_next(&s->blocks), block, s->blocks.size * sizeof *block);
        block = coch_columns_at(&s->blocks, 0);
    }
}
