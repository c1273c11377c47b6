#include "listen/instrument_decider.h"

#include <math.h>
#include <string.h>

void coch_instrument_course_reset(coch_instrument_course *course, const coch_instrument_model *model)
{
    memset(course, 0, sizeof *course);
    course->candidate = SIZE_MAX;
    course->decision.shown = SIZE_MAX;
    for (size_t i = 0; i < model->classes; i++) {
        course->decision.p[i] = 1.0f / (float)model->classes;
    }
    course->decision.confidence = course->decision.p[0];
}

size_t coch_instrument_course_window(const coch_instrument_course *course,
                                     const coch_instrument_decider *decider)
{
    size_t blocks = course->age + 1;
    blocks = blocks < decider->shortest ? decider->shortest : blocks;
    return blocks > decider->longest ? decider->longest : blocks;
}

void coch_instrument_softmax(float *x, size_t count)
{
    float most = x[0], sum = 0;
    for (size_t i = 1; i < count; i++) {
        most = x[i] > most ? x[i] : most;
    }
    for (size_t i = 0; i < count; i++) {
        x[i] = expf(x[i] - most);
        sum += x[i];
    }
    for (size_t i = 0; i < count; i++) {
        x[i] /= sum;
    }
}

static size_t largest(const float *x, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++) {
        best = x[i] > x[best] ? i : best;
    }
    return best;
}

/* Nonzero when the short window has insisted long enough that something else plays now. */
static int began(coch_instrument_course *course, const coch_instrument_model *model, const float *window,
                 const float *shortest)
{
    const coch_instrument_decider *d = &model->decider;
    size_t now = largest(shortest, model->classes), before = largest(window, model->classes);
    if (now == before || (double)shortest[now] < d->change_level ||
        (double)shortest[before] > d->change_rest) {
        course->insisting = 0;
        course->candidate = SIZE_MAX;
        return 0;
    }
    course->insisting = now == course->candidate ? course->insisting + 1 : 1;
    course->candidate = now;
    return course->insisting >= d->change_blocks;
}

static void show(coch_instrument_decision *decision, const coch_instrument_decider *d)
{
    if ((double)decision->confidence >= d->shown_on) {
        decision->shown = decision->label;
    } else if (decision->shown != SIZE_MAX && (double)decision->p[decision->shown] < d->shown_off) {
        decision->shown = SIZE_MAX;
    }
}

void coch_instrument_course_decide(coch_instrument_course *course, const coch_instrument_model *model,
                                   float *window, float *shortest)
{
    const coch_instrument_decider *d = &model->decider;
    coch_instrument_decision *decision = &course->decision;
    float keep = course->age == 0 ? 0.0f : (float)d->smoothing;
    const float *now = window;
    decision->window = coch_instrument_course_window(course, d);
    coch_instrument_softmax(window, model->classes);
    coch_instrument_softmax(shortest, model->classes);
    course->age = course->age < d->longest ? course->age + 1 : d->longest;
    if (began(course, model, window, shortest)) {
        course->age = d->shortest;
        course->insisting = 0;
        keep = 0;
        now = shortest;
        decision->window = d->shortest;
    }
    for (size_t i = 0; i < model->classes; i++) {
        decision->p[i] = keep * decision->p[i] + (1 - keep) * now[i];
    }
    decision->label = largest(decision->p, model->classes);
    decision->confidence = decision->p[decision->label];
    show(decision, d);
}
