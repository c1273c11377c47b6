#include "listen/instrument.h"

#include "listen/instrument_decider.h"
#include "listen/instrument_net.h"
#include "listen/instrument_statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct coch_instrument {
    coch_arena arena;
    const coch_instrument_model *model;
    const coch_kernels *kernels;
    coch_cqt *cqt;
    double level;        /* what columns are divided by */
    float *column;       /* [bins] */
    size_t place;        /* of the next column in its block */
    coch_columns scores; /* [COCH_INSTRUMENT_KEPT][classes] of the net, a column a block */
    coch_instrument_net net;
    coch_instrument_statistics statistics;
    coch_instrument_course course;
};

/* Run once per arena pass. */
static void layout(coch_instrument *in)
{
    in->column = coch_arena_take(&in->arena, COCH_INSTRUMENT_BINS, sizeof(float));
    coch_columns_layout(&in->scores, &in->arena, COCH_INSTRUMENT_KEPT, in->model->classes);
    coch_instrument_net_layout(&in->net, &in->arena, in->model, in->kernels);
    coch_instrument_statistics_layout(&in->statistics, &in->arena, in->model, in->kernels);
}

static cochlea_status build(coch_instrument *in)
{
    layout(in);
    cochlea_status status = coch_arena_allocate(&in->arena);
    if (status != COCHLEA_OK) {
        return status;
    }
    layout(in);
    status = coch_cqt_new(&in->cqt, in->kernels, &in->model->cqt);
    if (status == COCHLEA_OK) {
        coch_instrument_reset(in);
    }
    return status;
}

cochlea_status coch_instrument_new(coch_instrument **instrument, const coch_instrument_model *model,
                                   const coch_kernels *kernels)
{
    *instrument = NULL;
    coch_instrument *made = calloc(1, sizeof *made);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    made->model = model;
    made->kernels = kernels;
    cochlea_status status = build(made);
    if (status != COCHLEA_OK) {
        coch_instrument_free(made);
        return status;
    }
    *instrument = made;
    return COCHLEA_OK;
}

void coch_instrument_free(coch_instrument *in)
{
    if (!in) {
        return;
    }
    coch_cqt_free(in->cqt);
    coch_arena_free(&in->arena);
    free(in);
}

static void keep_scores(coch_instrument *in)
{
    memcpy(coch_columns_next(&in->scores), in->net.scores, in->model->classes * sizeof(float));
}

void coch_instrument_reset(coch_instrument *in)
{
    coch_cqt_reset(in->cqt);
    in->level = in->model->floor;
    in->place = 0;
    coch_instrument_net_reset(&in->net);
    coch_instrument_statistics_reset(&in->statistics);
    for (size_t i = 0; i < COCH_INSTRUMENT_KEPT; i++) {
        keep_scores(in);
    }
    coch_instrument_course_reset(&in->course, in->model);
}

const float *coch_instrument_column(coch_instrument *in, const float *hop)
{
    const coch_instrument_model *m = in->model;
    const float *magnitudes = coch_cqt_process(in->cqt, hop);
    double energy = 0;
    for (size_t bin = 0; bin < COCH_INSTRUMENT_BINS; bin++) {
        energy += (double)magnitudes[bin] * (double)magnitudes[bin];
    }
    /* The level follows upwards at once and falls slowly, so that a column never changes later. */
    double now = isfinite(energy) ? sqrt(energy) : 0;
    in->level = fmax(fmax(now, in->level * m->decay), m->floor);
    for (size_t bin = 0; bin < COCH_INSTRUMENT_BINS; bin++) {
        float value = (float)(m->gain / in->level) * magnitudes[bin];
        in->column[bin] = isfinite(value) ? value : 0;
    }
    /* (log(1 + x) - 1.5) / 1.5; x is at most the gain, since the level is at least any magnitude. */
    in->kernels->log_scale(in->column, COCH_INSTRUMENT_BINS, 1.0f, 2.302585092994f / 1.5f, -1.0f, -1.0f,
                           (float)(log1p(m->gain) / 1.5));
    return in->column;
}

/* What both listeners say of the newest `blocks` blocks. */
static void score(coch_instrument *in, size_t blocks, float *scores)
{
    const coch_instrument_decider *d = &in->model->decider;
    const float *statistics = coch_instrument_statistics_window(&in->statistics, blocks);
    for (size_t i = 0; i < in->model->classes; i++) {
        float sum = 0;
        for (size_t age = 0; age < blocks; age++) {
            sum += coch_columns_at(&in->scores, age)[i];
        }
        scores[i] = (float)d->net_weight * sum / (float)blocks + (float)d->statistics_weight * statistics[i];
    }
}

static void settle(coch_instrument *in)
{
    const coch_instrument_decider *d = &in->model->decider;
    coch_instrument_decision *decision = &in->course.decision;
    if (decision->settled_window < d->longest) {
        decision->settled_window++;
    }
    size_t blocks = decision->settled_window > d->shortest ? decision->settled_window : d->shortest;
    score(in, blocks, decision->settled);
    coch_instrument_softmax(decision->settled, in->model->classes);
}

const coch_instrument_decision *coch_instrument_listen(coch_instrument *in, const float *column)
{
    float window[COCH_INSTRUMENT_CLASSES_MAX], shortest[COCH_INSTRUMENT_CLASSES_MAX];
    coch_instrument_net_process(&in->net, column, in->place);
    coch_instrument_statistics_process(&in->statistics, column, in->place);
    in->place = (in->place + 1) % COCH_INSTRUMENT_BLOCK;
    if (in->place != 0) {
        return NULL;
    }
    keep_scores(in);
    settle(in);
    score(in, coch_instrument_course_window(&in->course, &in->model->decider), window);
    score(in, in->model->decider.shortest, shortest);
    coch_instrument_course_decide(&in->course, in->model, window, shortest);
    return &in->course.decision;
}

const coch_instrument_decision *coch_instrument_process(coch_instrument *in, const float *hop)
{
    return coch_instrument_listen(in, coch_instrument_column(in, hop));
}

const float *coch_instrument_net_scores(const coch_instrument *in)
{
    return in->net.scores;
}

const float *coch_instrument_statistics_scores(coch_instrument *in, size_t blocks)
{
    return coch_instrument_statistics_window(&in->statistics, blocks);
}
