#include "listen/instrument_model.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH_MAX = 512 };

/* Widths that are the file's. */
typedef struct widths {
    size_t two, two_second, one, one_second, spiral, spiral_second, dense;
    size_t perceptron[COCH_STATISTICS_DENSE_MAX];
} widths;

static void wrong_shape(coch_reading *r, const char *name)
{
    coch_reading_fail(r, COCHLEA_ERROR_FORMAT, name, "has a shape that the net cannot have");
}

/* The last dimension of a tensor: the outputs of a layer. Hidden widths are whole lanes, so that rows between
 * layers are packed as the kernels want them. */
static size_t width(coch_reading *r, const char *name)
{
    const coch_gguf_tensor *tensor = coch_gguf_find(r->file, name);
    if (!tensor) {
        coch_reading_fail(r, COCHLEA_ERROR_MISSING, name, "is missing");
        return COCH_LANES;
    }
    size_t size = tensor->shape[tensor->dims - 1];
    if (size < COCH_LANES || size > WIDTH_MAX || size % COCH_LANES != 0) {
        wrong_shape(r, name);
        return COCH_LANES;
    }
    return size;
}

static widths read_widths(coch_reading *r, size_t classes)
{
    return (widths){
        .two = width(r, "net.2d.first.weight"),
        .two_second = width(r, "net.2d.second.weight"),
        .one = width(r, "net.1d.first.weight"),
        .one_second = width(r, "net.1d.second.weight"),
        .spiral = width(r, "net.spiral.first.weight"),
        .spiral_second = width(r, "net.spiral.second.weight"),
        .dense = width(r, "net.dense.weight"),
        .perceptron = {width(r, "statistics.dense1.weight"), width(r, "statistics.dense2.weight"), classes},
    };
}

/* Run once per arena pass. */
static void layout_net(coch_instrument_model *m, const widths *w)
{
    coch_arena *arena = &m->arena;
    const size_t block = COCH_INSTRUMENT_BLOCK, pool = COCH_INSTRUMENT_POOL;
    coch_conv2d_layout(&m->two_first, arena,
                       &(coch_conv2d_shape){0, COCH_INSTRUMENT_2D_ROWS * pool, 1, 1, 0, block, 5, 1, w->two});
    coch_conv2d_layout(
        &m->two_second, arena,
        &(coch_conv2d_shape){0, COCH_INSTRUMENT_2D_OUT * pool, 1, 1, 0, block, 5, w->two, w->two_second});
    coch_conv2d_layout(&m->one_first, arena,
                       &(coch_conv2d_shape){COCH_INSTRUMENT_1D_FIRST, 1, 1, 1, 0, block,
                                            COCH_INSTRUMENT_1D_BINS, 1, w->one});
    coch_conv2d_layout(&m->one_second, arena,
                       &(coch_conv2d_shape){0, 1, 1, 1, 0, block, 1, w->one, w->one_second});
    coch_conv2d_layout(&m->spiral_first, arena,
                       &(coch_conv2d_shape){COCH_INSTRUMENT_SPIRAL_FIRST, COCH_INSTRUMENT_SPIRAL_ROWS * pool,
                                            1, COCH_INSTRUMENT_SPIRAL_BANDS, m->cqt.per_octave, block, 3, 1,
                                            w->spiral});
    coch_conv2d_layout(&m->spiral_second, arena,
                       &(coch_conv2d_shape){0, pool, 1, 1, 0, block, 5, w->spiral, w->spiral_second});
    coch_dense_layout(&m->dense, arena,
                      COCH_INSTRUMENT_2D_OUT * w->two_second + w->one_second + w->spiral_second, w->dense);
    coch_dense_layout(&m->out, arena, w->dense, m->classes);
}

/* Run once per arena pass. */
static void layout_statistics(coch_instrument_model *m, const widths *w)
{
    coch_arena *arena = &m->arena;
    const size_t seen = 2 * COCH_STATISTICS_REACH + 1;
    coch_matrix_layout(&m->time, arena, COCH_STATISTICS_TIME, 1, 1 + 2 * COCH_STATISTICS_RATES);
    coch_matrix_layout(&m->still, arena, 1, seen, 1 + 2 * COCH_STATISTICS_SCALES);
    coch_matrix_layout(&m->moving, arena, 1, 2 * seen, 2 * COCH_STATISTICS_MOVING);
    coch_matrix_layout(&m->cosine, arena, 1, COCH_INSTRUMENT_BINS, COCH_STATISTICS_CEPSTRA);
    coch_matrix_layout(&m->comb, arena, 1, 1, COCH_PITCH_COMB);
    size_t inputs = COCH_STATISTICS_VALUES;
    for (size_t i = 0; i < COCH_STATISTICS_DENSE_MAX; i++) {
        coch_dense_layout(&m->perceptron[i], arena, inputs, w->perceptron[i]);
        inputs = w->perceptron[i];
    }
}

static void load_conv(coch_reading *r, coch_conv2d *conv, const char *prefix)
{
    coch_reading_loaded(r, coch_conv2d_load(conv, r->file, prefix), prefix);
}

static void load_dense(coch_reading *r, coch_dense *dense, const char *prefix)
{
    coch_reading_loaded(r, coch_dense_load(dense, r->file, prefix), prefix);
}

static void load_matrix(coch_reading *r, coch_matrix *matrix, const char *name)
{
    const size_t shape[] = {matrix->taps * matrix->k, matrix->n};
    coch_reading_loaded(r, coch_matrix_load(matrix, r->file, name, shape, 2), name);
}

static void load(coch_reading *r, coch_instrument_model *m)
{
    load_conv(r, &m->two_first, "net.2d.first");
    load_conv(r, &m->two_second, "net.2d.second");
    load_conv(r, &m->one_first, "net.1d.first");
    load_conv(r, &m->one_second, "net.1d.second");
    load_conv(r, &m->spiral_first, "net.spiral.first");
    load_conv(r, &m->spiral_second, "net.spiral.second");
    load_dense(r, &m->dense, "net.dense");
    load_dense(r, &m->out, "net.out");
    load_matrix(r, &m->time, "statistics.time");
    load_matrix(r, &m->still, "statistics.still");
    load_matrix(r, &m->moving, "statistics.moving");
    load_matrix(r, &m->cosine, "statistics.cosine");
    load_matrix(r, &m->comb, "statistics.comb");
    load_dense(r, &m->perceptron[0], "statistics.dense1");
    load_dense(r, &m->perceptron[1], "statistics.dense2");
    load_dense(r, &m->perceptron[2], "statistics.dense3");
}

/* The constant-Q front end checks its own shape: a stream is tried. */
static void check_front_end(coch_reading *r, const coch_instrument_model *m)
{
    coch_cqt *cqt;
    cochlea_status status = coch_cqt_new(&cqt, coch_kernels_select(0), &m->cqt);
    coch_cqt_free(cqt);
    if (status == COCHLEA_ERROR_MEMORY) {
        coch_reading_fail(r, status, "front end", "finds no memory");
    } else if (status != COCHLEA_OK) {
        coch_reading_fail(r, COCHLEA_ERROR_FORMAT, "front end", "has impossible bins or transforms");
    }
}

static void build(coch_reading *r, coch_instrument_model *m)
{
    coch_instrument_read_metadata(r, m);
    if (r->status == COCHLEA_OK) {
        check_front_end(r, m);
    }
    widths w = read_widths(r, m->classes);
    if (r->status != COCHLEA_OK) {
        return;
    }
    layout_net(m, &w);
    layout_statistics(m, &w);
    cochlea_status status = coch_arena_allocate(&m->arena);
    if (status != COCHLEA_OK) {
        coch_reading_fail(r, status, "weights", "find no memory");
        return;
    }
    layout_net(m, &w);
    layout_statistics(m, &w);
    load(r, m);
}

cochlea_status coch_instrument_model_new(coch_instrument_model **model, const coch_gguf *file, char *why,
                                         size_t why_size)
{
    *model = NULL;
    if (why && why_size > 0) {
        why[0] = '\0';
    }
    coch_instrument_model *made = calloc(1, sizeof *made);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    coch_reading reading = {file, COCHLEA_OK, why, why_size};
    build(&reading, made);
    if (reading.status != COCHLEA_OK) {
        coch_instrument_model_free(made);
        return reading.status;
    }
    *model = made;
    return COCHLEA_OK;
}

void coch_instrument_model_free(coch_instrument_model *model)
{
    if (!model) {
        return;
    }
    coch_arena_free(&model->arena);
    free(model);
}

double coch_instrument_model_rate(const coch_instrument_model *model)
{
    return model->cqt.rate;
}

size_t coch_instrument_model_hop(const coch_instrument_model *model)
{
    return model->cqt.hop;
}

size_t coch_instrument_model_classes(const coch_instrument_model *model)
{
    return model->classes;
}

const char *coch_instrument_model_class(const coch_instrument_model *model, size_t index)
{
    return index < model->classes ? model->name[index] : NULL;
}

size_t coch_instrument_model_find(const coch_instrument_model *model, const char *name)
{
    for (size_t i = 0; i < model->classes; i++) {
        if (strcmp(model->name[i], name) == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* A matrix as its place in the net counts it. */
typedef struct usage {
    const coch_matrix *matrix;
    size_t rows; /* it is multiplied with per block; 0 for biases */
} usage;

/* The sizes of all matrices, counted once each or as often as a block multiplies with them. */
static size_t count(const coch_instrument_model *m, int per_block)
{
    const size_t each = COCH_INSTRUMENT_BLOCK, positions = COCH_STATISTICS_POSITIONS;
    const usage all[] = {
        {&m->two_first.weight, each * m->two_first.shape.positions},
        {&m->two_first.bias, 0},
        {&m->two_second.weight, m->two_second.shape.positions},
        {&m->two_second.bias, 0},
        {&m->one_first.weight, each},
        {&m->one_first.bias, 0},
        {&m->one_second.weight, 1},
        {&m->one_second.bias, 0},
        {&m->spiral_first.weight, each * m->spiral_first.shape.positions},
        {&m->spiral_first.bias, 0},
        {&m->spiral_second.weight, m->spiral_second.shape.positions},
        {&m->spiral_second.bias, 0},
        {&m->dense.weight, 1},
        {&m->dense.bias, 0},
        {&m->out.weight, 1},
        {&m->out.bias, 0},
        {&m->time, each * COCH_INSTRUMENT_BINS},
        {&m->still, each * positions},
        {&m->moving, each * positions * COCH_STATISTICS_RATES},
        {&m->cosine, each},
        {&m->comb, each * COCH_PITCH_COUNT},
        {&m->perceptron[0].weight, 3},
        {&m->perceptron[0].bias, 0},
        {&m->perceptron[1].weight, 3},
        {&m->perceptron[1].bias, 0},
        {&m->perceptron[2].weight, 3},
        {&m->perceptron[2].bias, 0},
    };
    size_t sum = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        size_t size = all[i].matrix->taps * all[i].matrix->k * all[i].matrix->n;
        sum += per_block ? all[i].rows * size : size;
    }
    return sum;
}

size_t coch_instrument_model_parameters(const coch_instrument_model *model)
{
    return count(model, 0);
}

size_t coch_instrument_model_operations(const coch_instrument_model *model)
{
    return count(model, 1);
}
