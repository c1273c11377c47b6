#include "listen/piano_model.h"

#include <stdlib.h>

enum {
    WIDTH_MAX = 512, /* values of a row between layers */
    TIME_MAX = 16,   /* frames that a convolution sees */
    KERNEL_MAX = 31  /* bins that a convolution sees */
};

/* Shapes of all layers, read from the file before anything is laid out. */
typedef struct shapes {
    coch_conv_shape conv1, conv2, conv3;
    coch_gather_shape gather, exchange;
    size_t units, units2, outputs, pedal_features, pedal_units;
} shapes;

static void wrong_shape(coch_reading *r, const char *name)
{
    coch_reading_fail(r, COCHLEA_ERROR_FORMAT, name, "has a shape that the net cannot have");
}

/* Widths are whole lanes, so that every row between layers is aligned and the kernels meet no rests. */
static int valid_width(size_t width)
{
    return width >= COCH_LANES && width <= WIDTH_MAX && width % COCH_LANES == 0;
}

static const coch_gguf_tensor *find(coch_reading *r, const char *name, unsigned dims)
{
    const coch_gguf_tensor *tensor = coch_gguf_find(r->file, name);
    if (!tensor) {
        coch_reading_fail(r, COCHLEA_ERROR_MISSING, name, "is missing");
    } else if (tensor->dims != dims) {
        wrong_shape(r, name);
        tensor = NULL;
    }
    return tensor;
}

/* Time, kernel and filters of a convolution over rows of `channels`. */
static void read_conv(coch_reading *r, const char *name, size_t channels, size_t bins, size_t stride,
                      coch_conv_shape *shape)
{
    const coch_gguf_tensor *tensor = find(r, name, 4);
    if (!tensor) {
        return;
    }
    const size_t *s = tensor->shape;
    if (s[0] > TIME_MAX || s[1] < stride || s[1] > KERNEL_MAX || s[1] % 2 == 0 || s[2] != channels ||
        !valid_width(s[3])) {
        wrong_shape(r, name);
        return;
    }
    *shape = (coch_conv_shape){s[0], s[1], s[2], s[3], bins, stride};
}

static void read_gather(coch_reading *r, const char *name, coch_gather_shape *shape)
{
    const coch_gguf_tensor *tensor = find(r, name, 3);
    if (!tensor) {
        return;
    }
    const size_t *s = tensor->shape;
    if (s[0] != shape->offsets || !valid_width(s[1]) || !valid_width(s[2])) {
        wrong_shape(r, name);
        return;
    }
    shape->channels = s[1];
    shape->filters = s[2];
    shape->rows_out = COCH_PIANO_KEYS;
}

/* A width that the matrix `name` has along `axis`. */
static size_t read_width(coch_reading *r, const char *name, unsigned axis)
{
    const coch_gguf_tensor *matrix = find(r, name, 2);
    if (matrix && !valid_width(matrix->shape[axis])) {
        wrong_shape(r, name);
        return 0;
    }
    return matrix ? matrix->shape[axis] : 0;
}

static void read_shapes(coch_reading *r, const coch_piano_model *model, shapes *s)
{
    read_conv(r, "conv1.weight", COCH_PIANO_WINDOWS, COCH_PIANO_BINS, COCH_PIANO_BINS_PER_KEY, &s->conv1);
    read_conv(r, "conv2.weight", s->conv1.filters, COCH_PIANO_POSITIONS, 1, &s->conv2);
    read_conv(r, "conv3.weight", s->conv2.filters, COCH_PIANO_POSITIONS, 1, &s->conv3);
    s->gather.rows_in = COCH_PIANO_POSITIONS;
    s->gather.first = COCH_PIANO_FIRST_POSITION;
    read_gather(r, "gather.weight", &s->gather);
    s->exchange.rows_in = COCH_PIANO_KEYS;
    read_gather(r, "exchange.gather.weight", &s->exchange);
    if (r->status == COCHLEA_OK && s->gather.channels != s->conv3.filters) {
        wrong_shape(r, "gather.weight");
    }
    s->units = read_width(r, "gru.state.weight", 0);
    s->units2 = read_width(r, "gru2.state.weight", 0);
    s->pedal_features = read_width(r, "pedal.input.weight", 1);
    s->pedal_units = read_width(r, "pedal.gru.state.weight", 0);
    s->outputs = 2 * (size_t)model->tracker.deadlines + 4;
}

/* Run once per arena pass. */
static cochlea_status layout(coch_piano_model *m, const shapes *s)
{
    cochlea_status status = COCHLEA_OK;
    for (size_t i = 0; i < COCH_PIANO_WINDOWS && status == COCHLEA_OK; i++) {
        status = coch_bands_layout_log(&m->bands[i], &m->arena, COCH_PIANO_BINS, 27.5, 7,
                                       12 * COCH_PIANO_BINS_PER_KEY, m->rate, m->window[i].fft_size);
    }
    size_t features = s->gather.filters, mixed = s->exchange.filters;
    coch_conv_layout(&m->conv1, &m->arena, &s->conv1);
    coch_conv_layout(&m->conv2, &m->arena, &s->conv2);
    coch_conv_layout(&m->conv3, &m->arena, &s->conv3);
    coch_gather_layout(&m->gather, &m->arena, &s->gather);
    coch_matrix_layout(&m->gather_global, &m->arena, 1, s->conv3.filters + COCH_PIANO_LEVELS, features);
    coch_matrix_layout(&m->gather_key_bias, &m->arena, 1, COCH_PIANO_KEYS, features);
    coch_gru_layout(&m->gru, &m->arena, features, s->units);
    coch_dense_layout(&m->reduce, &m->arena, s->units, s->exchange.channels);
    coch_gather_layout(&m->exchange, &m->arena, &s->exchange);
    coch_matrix_layout(&m->exchange_state, &m->arena, 1, s->units, mixed);
    coch_matrix_layout(&m->exchange_input, &m->arena, 1, features, mixed);
    coch_matrix_layout(&m->exchange_key_bias, &m->arena, 1, COCH_PIANO_KEYS, mixed);
    coch_gru_layout(&m->gru2, &m->arena, mixed, s->units2);
    coch_dense_layout(&m->heads, &m->arena, mixed, s->outputs);
    coch_matrix_layout(&m->heads_state, &m->arena, 1, s->units2, s->outputs);
    coch_dense_layout(&m->pedal_input, &m->arena, 2 * s->units2, s->pedal_features);
    coch_gru_layout(&m->pedal_gru, &m->arena, s->pedal_features, s->pedal_units);
    coch_dense_layout(&m->pedal_out, &m->arena, s->pedal_units, COCH_PEDAL_CLASSES);
    m->outputs = s->outputs;
    return status;
}

static void load_matrix(coch_reading *r, coch_matrix *matrix, const char *name)
{
    const size_t shape[] = {matrix->k, matrix->n};
    coch_reading_loaded(r, coch_matrix_load(matrix, r->file, name, shape, 2), name);
}

static void load(coch_reading *r, coch_piano_model *m)
{
    const coch_gguf *file = r->file;
    coch_reading_loaded(r, coch_conv_load(&m->conv1, file, "conv1"), "conv1");
    coch_reading_loaded(r, coch_conv_load(&m->conv2, file, "conv2"), "conv2");
    coch_reading_loaded(r, coch_conv_load(&m->conv3, file, "conv3"), "conv3");
    coch_reading_loaded(r, coch_gather_load(&m->gather, file, "gather.weight"), "gather.weight");
    load_matrix(r, &m->gather_global, "gather.global.weight");
    load_matrix(r, &m->gather_key_bias, "gather.key_bias");
    coch_reading_loaded(r, coch_gru_load(&m->gru, file, "gru"), "gru");
    coch_reading_loaded(r, coch_dense_load(&m->reduce, file, "exchange.reduce"), "exchange.reduce");
    coch_reading_loaded(r, coch_gather_load(&m->exchange, file, "exchange.gather.weight"),
                        "exchange.gather.weight");
    load_matrix(r, &m->exchange_state, "exchange.state.weight");
    load_matrix(r, &m->exchange_input, "exchange.input.weight");
    load_matrix(r, &m->exchange_key_bias, "exchange.key_bias");
    coch_reading_loaded(r, coch_gru_load(&m->gru2, file, "gru2"), "gru2");
    coch_reading_loaded(r, coch_dense_load(&m->heads, file, "heads"), "heads");
    load_matrix(r, &m->heads_state, "heads.state.weight");
    coch_reading_loaded(r, coch_dense_load(&m->pedal_input, file, "pedal.input"), "pedal.input");
    coch_reading_loaded(r, coch_gru_load(&m->pedal_gru, file, "pedal.gru"), "pedal.gru");
    coch_reading_loaded(r, coch_dense_load(&m->pedal_out, file, "pedal.out"), "pedal.out");
}

static void lay_out(coch_reading *r, coch_piano_model *m, const shapes *s)
{
    cochlea_status status = layout(m, s);
    if (status != COCHLEA_OK) {
        coch_reading_fail(r, COCHLEA_ERROR_FORMAT, "cochlea.piano.sample_rate", "is too low for the bins");
        return;
    }
    status = coch_arena_allocate(&m->arena);
    if (status != COCHLEA_OK) {
        coch_reading_fail(r, status, "weights:", cochlea_status_text(status));
        return;
    }
    layout(m, s);
}

static void build(coch_reading *r, coch_piano_model *m)
{
    shapes s = {0};
    coch_piano_read_metadata(r, m, &s.gather, &s.exchange);
    if (r->status == COCHLEA_OK) {
        read_shapes(r, m, &s);
    }
    if (r->status == COCHLEA_OK) {
        lay_out(r, m, &s);
    }
    if (r->status == COCHLEA_OK) {
        load(r, m);
    }
}

cochlea_status coch_piano_model_new(coch_piano_model **model, const coch_gguf *file, char *why,
                                    size_t why_size)
{
    *model = NULL;
    if (why && why_size > 0) {
        why[0] = '\0';
    }
    coch_piano_model *made = calloc(1, sizeof *made);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    coch_reading reading = {file, COCHLEA_OK, why, why_size};
    build(&reading, made);
    if (reading.status != COCHLEA_OK) {
        coch_piano_model_free(made);
        return reading.status;
    }
    *model = made;
    return COCHLEA_OK;
}

void coch_piano_model_free(coch_piano_model *model)
{
    if (!model) {
        return;
    }
    coch_arena_free(&model->arena);
    free(model);
}

double coch_piano_model_rate(const coch_piano_model *model)
{
    return model->rate;
}

size_t coch_piano_model_hop(const coch_piano_model *model)
{
    return model->hop;
}

const coch_tracker_config *coch_piano_model_tracker(const coch_piano_model *model)
{
    return &model->tracker;
}

/* A matrix as its place in the net counts it. */
typedef struct usage {
    const coch_matrix *matrix;
    size_t rows; /* it is multiplied with per hop; 0 for biases */
} usage;

/* The sizes of all matrices, counted once each or as often as a hop multiplies with them. */
static size_t count(const coch_piano_model *m, int per_hop)
{
    const size_t keys = COCH_PIANO_KEYS;
    const usage all[] = {
        {&m->conv1.weight, m->conv1.positions},
        {&m->conv1.bias, 0},
        {&m->conv2.weight, m->conv2.positions},
        {&m->conv2.bias, 0},
        {&m->conv3.weight, m->conv3.positions},
        {&m->conv3.bias, 0},
        {&m->gather.weight, keys},
        {&m->gather_global, 1},
        {&m->gather_key_bias, 0},
        {&m->gru.input.weight, keys},
        {&m->gru.input.bias, 0},
        {&m->gru.state.weight, keys},
        {&m->gru.state.bias, 0},
        {&m->reduce.weight, keys},
        {&m->reduce.bias, 0},
        {&m->exchange.weight, keys},
        {&m->exchange_state, keys},
        {&m->exchange_input, keys},
        {&m->exchange_key_bias, 0},
        {&m->gru2.input.weight, keys},
        {&m->gru2.input.bias, 0},
        {&m->gru2.state.weight, keys},
        {&m->gru2.state.bias, 0},
        {&m->heads_state, keys},
        {&m->heads.weight, keys},
        {&m->heads.bias, 0},
        {&m->pedal_input.weight, 1},
        {&m->pedal_input.bias, 0},
        {&m->pedal_gru.input.weight, 1},
        {&m->pedal_gru.input.bias, 0},
        {&m->pedal_gru.state.weight, 1},
        {&m->pedal_gru.state.bias, 0},
        {&m->pedal_out.weight, 1},
        {&m->pedal_out.bias, 0},
    };
    size_t sum = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        size_t size = all[i].matrix->taps * all[i].matrix->k * all[i].matrix->n;
        sum += per_hop ? all[i].rows * size : size;
    }
    return sum;
}

size_t coch_piano_model_parameters(const coch_piano_model *model)
{
    return count(model, 0);
}

size_t coch_piano_model_operations(const coch_piano_model *model)
{
    return count(model, 1);
}
