/* The model from a weight file. */
#include "dsp/cpu.h"
#include "net/reading.h"
#include "timbre/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "cochlea.hybrid."

enum { VERSION = 1, SIZE_MAX_LAYER = 4096, TENSOR_NAME_SIZE = COCH_HYBRID_NAME_SIZE + 16 };

/* A file being read, and the sizes found on the way. */
typedef struct reading {
    coch_reading common;
    size_t hidden, units, wide;
} reading;

/* A constant that the program is built on. */
static void fixed(reading *r, const char *key, int64_t wanted)
{
    int64_t value = 0;
    cochlea_status status = coch_gguf_integer(r->common.file, key, &value);
    if (status != COCHLEA_OK || value != wanted) {
        coch_reading_fail(
            &r->common, status == COCHLEA_ERROR_MISSING ? status : COCHLEA_ERROR_UNSUPPORTED, key,
            status == COCHLEA_ERROR_MISSING ? "is missing" : "has a value that this version cannot use");
    }
}

static void read_identity(reading *r)
{
    const char *architecture = coch_gguf_string(r->common.file, "general.architecture");
    if (!architecture || strcmp(architecture, "cochlea.hybrid") != 0) {
        coch_reading_fail(&r->common, COCHLEA_ERROR_UNSUPPORTED, "general.architecture",
                          "is not cochlea.hybrid");
        return;
    }
    fixed(r, PREFIX "version", VERSION);
    fixed(r, PREFIX "bands", COCH_TIMBRE_BANDS);
    fixed(r, PREFIX "cosines", COCH_TIMBRE_COSINES);
    fixed(r, PREFIX "context", COCH_HYBRID_CONTEXT);
    fixed(r, PREFIX "latent", COCH_HYBRID_LATENT);
}

/* The `which`-th name of a list with commas; returns 0 past the end. Names that are empty or too long give
 * an empty string. */
static int name_at(const char *list, unsigned which, char *name)
{
    for (; which > 0; which--) {
        list = strchr(list, ',');
        if (!list) {
            return 0;
        }
        list++;
    }
    size_t length = strcspn(list, ",");
    if (length >= COCH_HYBRID_NAME_SIZE) {
        length = 0;
    }
    memcpy(name, list, length);
    name[length] = '\0';
    return 1;
}

static const char *read_names(reading *r, cochlea_hybrid_model *model)
{
    char name[COCH_HYBRID_NAME_SIZE] = "";
    const char *list = coch_gguf_string(r->common.file, PREFIX "targets");
    if (!list) {
        coch_reading_fail(&r->common, COCHLEA_ERROR_MISSING, PREFIX "targets", "is missing");
        return NULL;
    }
    while (name_at(list, model->targets, name)) {
        if (name[0] == '\0' || model->targets == COCH_HYBRID_TARGETS_MAX) {
            coch_reading_fail(&r->common, COCHLEA_ERROR_FORMAT, PREFIX "targets", "has an impossible value");
            return NULL;
        }
        model->targets++;
    }
    return list;
}

static const coch_gguf_tensor *moments_tensor(const coch_gguf *file, const char *target, char *name)
{
    snprintf(name, TENSOR_NAME_SIZE, "moments.%s", target);
    return coch_gguf_find(file, name);
}

/* How many moments a target has; 0 when the tensor is not as it should be, which loading finds again. */
static size_t count_moments(const coch_gguf *file, const char *target)
{
    char name[TENSOR_NAME_SIZE];
    const coch_gguf_tensor *tensor = moments_tensor(file, target, name);
    return tensor && tensor->dims == 2 && tensor->shape[0] <= COCH_HYBRID_FRAMES_MAX ? tensor->shape[0] : 0;
}

/* The second size of a tensor of two dimensions that is to be a layer's width. */
static size_t width_of(reading *r, const char *name, size_t multiple)
{
    const coch_gguf_tensor *tensor = coch_gguf_find(r->common.file, name);
    if (!tensor || tensor->dims != 2 || tensor->shape[1] == 0 || tensor->shape[1] > SIZE_MAX_LAYER ||
        tensor->shape[1] % multiple != 0) {
        coch_reading_fail(&r->common, tensor ? COCHLEA_ERROR_FORMAT : COCHLEA_ERROR_MISSING, name,
                          tensor ? "has another shape" : "is missing");
        return multiple;
    }
    return tensor->shape[1];
}

static void read_sizes(reading *r)
{
    r->hidden = width_of(r, "encode.weight", COCH_LANES);
    r->units = width_of(r, "lstm.input.weight", 4 * COCH_LANES) / 4;
    r->wide = width_of(r, "decode1.weight", COCH_LANES);
}

static void layout(reading *r, cochlea_hybrid_model *m, coch_timbre_frontend *front, const char *names)
{
    coch_hybrid_target spare = {0};
    char name[COCH_HYBRID_NAME_SIZE];
    coch_timbre_frontend_layout(front, &m->arena, 44100);
    coch_dense_layout(&m->encode, &m->arena, COCH_HYBRID_CONTEXT * COCH_TIMBRE_BANDS, r->hidden);
    coch_lstm_layout(&m->lstm, &m->arena, r->hidden, r->units);
    coch_dense_layout(&m->decode1, &m->arena, r->units + COCH_HYBRID_LATENT, r->wide);
    coch_dense_layout(&m->decode2, &m->arena, r->wide, COCH_TIMBRE_BANDS);
    m->target = coch_arena_take(&m->arena, m->targets, sizeof *m->target);
    for (unsigned t = 0; t < m->targets; t++) {
        coch_hybrid_target *target = m->target ? &m->target[t] : &spare;
        name_at(names, t, name);
        memcpy(target->name, name, sizeof name);
        coch_hybrid_moments_layout(&target->moments, &m->arena, count_moments(r->common.file, name));
    }
}

static int all_finite(const float *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!(fabsf(values[i]) < 1e6f)) {
            return 0;
        }
    }
    return 1;
}

static void load_rows(reading *r, cochlea_hybrid_model *m, const char *name, size_t columns, size_t offset)
{
    float *table = calloc(m->targets, columns * sizeof *table);
    const size_t shape[] = {m->targets, columns};
    cochlea_status status =
        table ? coch_gguf_floats(r->common.file, name, shape, 2, table) : COCHLEA_ERROR_MEMORY;
    if (status == COCHLEA_OK && !all_finite(table, m->targets * columns)) {
        status = COCHLEA_ERROR_FORMAT;
    }
    coch_reading_loaded(&r->common, status, name);
    for (unsigned t = 0; t < m->targets && status == COCHLEA_OK; t++) {
        memcpy((char *)&m->target[t] + offset, table + t * columns, columns * sizeof *table);
    }
    free(table);
}

static void load_moments(reading *r, coch_hybrid_target *target, const coch_timbre_frontend *front)
{
    char name[TENSOR_NAME_SIZE];
    coch_hybrid_moments *moments = &target->moments;
    if (!moments_tensor(r->common.file, target->name, name)) {
        return; /* none: the target has no mosaic */
    }
    const size_t shape[] = {moments->count, COCH_TIMBRE_BANDS};
    cochlea_status status = coch_gguf_floats(r->common.file, name, shape, 2, moments->level);
    if (status == COCHLEA_OK && !all_finite(moments->level, moments->count * COCH_TIMBRE_BANDS)) {
        status = COCHLEA_ERROR_FORMAT;
    }
    coch_reading_loaded(&r->common, status, name);
    if (status == COCHLEA_OK) {
        coch_hybrid_moments_index(moments, front);
    }
}

static void load(reading *r, cochlea_hybrid_model *m, const coch_timbre_frontend *front)
{
    coch_reading_loaded(&r->common, coch_dense_load(&m->encode, r->common.file, "encode"), "encode");
    coch_reading_loaded(&r->common, coch_lstm_load(&m->lstm, r->common.file, "lstm"), "lstm");
    coch_reading_loaded(&r->common, coch_dense_load(&m->decode1, r->common.file, "decode1"), "decode1");
    coch_reading_loaded(&r->common, coch_dense_load(&m->decode2, r->common.file, "decode2"), "decode2");
    load_rows(r, m, "targets", COCH_HYBRID_LATENT, offsetof(coch_hybrid_target, latent));
    load_rows(r, m, "envelopes", COCH_TIMBRE_BANDS, offsetof(coch_hybrid_target, envelope));
    for (unsigned t = 0; t < m->targets && r->common.status == COCHLEA_OK; t++) {
        load_moments(r, &m->target[t], front);
    }
}

static void build(reading *r, cochlea_hybrid_model *m)
{
    coch_timbre_frontend front;
    read_identity(r);
    const char *names = read_names(r, m);
    read_sizes(r);
    if (r->common.status != COCHLEA_OK) {
        return;
    }
    layout(r, m, &front, names);
    cochlea_status status = coch_arena_allocate(&m->arena);
    if (status != COCHLEA_OK) {
        coch_reading_fail(&r->common, status, "weights:", cochlea_status_text(status));
        return;
    }
    layout(r, m, &front, names);
    coch_timbre_frontend_fill(&front, m->kernels, 44100);
    load(r, m, &front);
    m->has_net = 1;
}

cochlea_status cochlea_hybrid_model_open(cochlea_hybrid_model **model, const char *path, char *why,
                                         size_t why_size)
{
    coch_gguf *file = NULL;
    *model = NULL;
    if (why && why_size > 0) {
        why[0] = '\0';
    }
    cochlea_status status = coch_gguf_open_either(&file, path, coch_hybrid_default_weights, why, why_size);
    if (status == COCHLEA_OK) {
        status = coch_hybrid_model_read(model, file, why, why_size);
    }
    coch_gguf_free(file);
    return status;
}

cochlea_status coch_hybrid_model_read(cochlea_hybrid_model **model, const coch_gguf *file, char *why,
                                      size_t why_size)
{
    *model = NULL;
    cochlea_hybrid_model *made = calloc(1, sizeof *made);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    made->kernels = coch_kernels_select(COCH_CPU_ALL);
    reading r = {.common = {.file = file, .why = why, .why_size = why_size}};
    build(&r, made);
    if (r.common.status != COCHLEA_OK) {
        cochlea_hybrid_model_free(made);
        return r.common.status;
    }
    *model = made;
    return COCHLEA_OK;
}
