#include "core.h"

#include "state.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct coch_core {
    const coch_processor *processor;
    void *running; /* the processor's own; NULL until activated */
    double rate;   /* Hz of `running` */
    _Atomic float values[COCH_PARAMETERS_MAX];
    _Atomic float outputs[COCH_OUTPUTS_MAX];

    /* Never touched by the audio thread. */
    pthread_mutex_t lock; /* of what follows, and of calls of choose() */
    char file[COCH_PATH_MAX];
    char complaint[COCH_COMPLAINT_MAX];
};

cochlea_status coch_core_new(coch_core **core, const coch_processor *processor)
{
    *core = calloc(1, sizeof **core);
    if (!*core)
        return COCHLEA_ERROR_MEMORY;
    if (pthread_mutex_init(&(*core)->lock, NULL) != 0) {
        free(*core);
        *core = NULL;
        return COCHLEA_ERROR_MEMORY;
    }
    (*core)->processor = processor;
    for (size_t i = 0; i < processor->parameter_count; i++)
        atomic_init(&(*core)->values[i], processor->parameters[i].initial);
    return COCHLEA_OK;
}

void coch_core_free(coch_core *core)
{
    if (!core)
        return;
    core->processor->close(core->running);
    pthread_mutex_destroy(&core->lock);
    free(core);
}

static void snapshot(const coch_core *core, float *values) COCH_REALTIME
{
    for (size_t i = 0; i < core->processor->parameter_count; i++)
        values[i] = atomic_load_explicit(&core->values[i], memory_order_relaxed);
}

/* ---- The file ---- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Gives the processor the present file; under the lock. */
static cochlea_status apply_file(coch_core *core)
{
    char why[COCH_COMPLAINT_MAX / 2], unsaid[COCH_COMPLAINT_MAX];
    core->complaint[0] = '\0';
    if (!core->running)
        return COCHLEA_OK;
    cochlea_status status = core->processor->choose(core->running, core->file, why, sizeof why);
    if (status == COCHLEA_OK)
        return status;
    core->processor->choose(core->running, "", unsaid, sizeof unsaid);
    snprintf(core->complaint, sizeof core->complaint, "%.100s: %s", base_name(core->file), why);
    return status;
}

cochlea_status coch_core_choose(coch_core *core, const char *path)
{
    size_t size = strlen(path) + 1;
    if (!core->processor->file || size > sizeof core->file)
        return COCHLEA_ERROR_ARGUMENT;
    pthread_mutex_lock(&core->lock);
    memcpy(core->file, path, size);
    cochlea_status status = apply_file(core);
    pthread_mutex_unlock(&core->lock);
    return status;
}

void coch_core_file(coch_core *core, char path[COCH_PATH_MAX], char complaint[COCH_COMPLAINT_MAX])
{
    pthread_mutex_lock(&core->lock);
    memcpy(path, core->file, sizeof core->file);
    memcpy(complaint, core->complaint, sizeof core->complaint);
    pthread_mutex_unlock(&core->lock);
}

/* ---- Running ---- */

static cochlea_status open_at(coch_core *core, double rate)
{
    float values[COCH_PARAMETERS_MAX];
    core->processor->close(core->running);
    core->running = NULL;
    snapshot(core, values);
    core->rate = rate;
    cochlea_status status = core->processor->open(&core->running, rate, values);
    if (status == COCHLEA_OK && core->file[0])
        apply_file(core);
    return status;
}

cochlea_status coch_core_activate(coch_core *core, double rate)
{
    if (core->running && core->rate == rate) {
        core->processor->reset(core->running);
        return COCHLEA_OK;
    }
    pthread_mutex_lock(&core->lock);
    cochlea_status status = open_at(core, rate);
    pthread_mutex_unlock(&core->lock);
    return status;
}

const coch_processor *coch_core_processor(const coch_core *core)
{
    return core->processor;
}

void coch_core_set(coch_core *core, size_t index, double value) COCH_REALTIME
{
    float clean = coch_parameter_clean(&core->processor->parameters[index], value);
    atomic_store_explicit(&core->values[index], clean, memory_order_relaxed);
}

float coch_core_get(const coch_core *core, size_t index) COCH_REALTIME
{
    return atomic_load_explicit(&core->values[index], memory_order_relaxed);
}

size_t coch_core_find(const coch_core *core, uint32_t id) COCH_REALTIME
{
    size_t i = 0;
    while (i < core->processor->parameter_count && core->processor->parameters[i].id != id)
        i++;
    return i;
}

float coch_core_output(const coch_core *core, size_t index) COCH_REALTIME
{
    return atomic_load_explicit(&core->outputs[index], memory_order_relaxed);
}

const coch_parameter *coch_core_known(const coch_core *core, uint32_t id, float *value)
{
    const coch_processor *p = core->processor;
    for (size_t i = 0; i < p->output_count; i++)
        if (p->outputs[i].id == id) {
            *value = coch_core_output(core, i);
            return &p->outputs[i];
        }
    size_t index = coch_core_find(core, id);
    if (index == p->parameter_count)
        return NULL;
    *value = coch_core_get(core, index);
    return &p->parameters[index];
}

uint32_t coch_core_latency(const coch_core *core) COCH_REALTIME
{
    float values[COCH_PARAMETERS_MAX];
    snapshot(core, values);
    return core->processor->latency(core->rate, values);
}

void coch_core_reset(coch_core *core) COCH_REALTIME
{
    core->processor->reset(core->running);
}

void coch_core_process(coch_core *core, const coch_block *block) COCH_REALTIME
{
    float values[COCH_PARAMETERS_MAX], outputs[COCH_OUTPUTS_MAX] = {0.0f};
    coch_block mine = *block;
    snapshot(core, values);
    mine.outputs = outputs;
    core->processor->process(core->running, values, &mine);
    for (size_t i = 0; i < core->processor->output_count; i++)
        atomic_store_explicit(&core->outputs[i], outputs[i], memory_order_relaxed);
}

int coch_core_watch(coch_core *core, coch_watch *watch) COCH_REALTIME
{
    if (!core->running || !core->processor->watch)
        return 0;
    core->processor->watch(core->running, watch);
    return 1;
}

size_t coch_core_save(coch_core *core, uint8_t *bytes)
{
    float values[COCH_PARAMETERS_MAX];
    char file[COCH_PATH_MAX], complaint[COCH_COMPLAINT_MAX];
    snapshot(core, values);
    coch_core_file(core, file, complaint);
    return coch_state_write(core->processor, values, file, bytes);
}

cochlea_status coch_core_load(coch_core *core, const uint8_t *bytes, size_t size)
{
    float values[COCH_PARAMETERS_MAX];
    char file[COCH_PATH_MAX] = "", now[COCH_PATH_MAX], complaint[COCH_COMPLAINT_MAX];
    snapshot(core, values);
    cochlea_status status = coch_state_read(core->processor, values, file, bytes, size);
    if (status != COCHLEA_OK)
        return status;
    for (size_t i = 0; i < core->processor->parameter_count; i++)
        coch_core_set(core, i, (double)values[i]);
    coch_core_file(core, now, complaint);
    if (core->processor->file && (complaint[0] || strcmp(file, now) != 0))
        coch_core_choose(core, file);
    return COCHLEA_OK;
}
