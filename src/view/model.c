#include "view/model.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define SPAN 6.0         /* seconds of roll */
#define PEAK_HOLD 1.5    /* seconds */
#define CLIP_HOLD 3.0    /* seconds */
#define PEAK_FALL 40.0   /* dB a second */
#define JUMP 0.25        /* seconds: a larger difference between the clocks is jumped over */
#define PULL 3.0         /* per second: how fast smaller ones are evened out */
#define ENERGY_FALL 0.09 /* seconds to 1/e */

#define ENERGY_RANGE 44.0f     /* dB below the brightest that are still seen */
#define ENERGY_CONTRAST 1.5f   /* exponent */
#define BRIGHTEST_MIN (-42.0f) /* dB: softer than this stays dark */
#define BRIGHTEST_FALL 4.0f    /* dB a second */

/* Decibels of a feature: see cochlea_get_features(). */
#define FEATURE_DB(f) (((f) + 1.0f) * 64.0f / 255.0f * 95.0f - 95.0f)

void coch_view_model_init(coch_view_model *model)
{
    memset(model, 0, sizeof *model);
    model->span = SPAN;
    model->clip_time = -CLIP_HOLD;
    model->brightest = BRIGHTEST_MIN;
    coch_view_hybrid_init(&model->hybrid);
    model->focus =
        (coch_view_focus){.hover = -1, .focus = -1, .drag = -1, .open = -1, .choice = -1, .clicked = -1};
}

size_t coch_view_first_note(const coch_view_model *model)
{
    return model->note_count > COCH_VIEW_NOTES ? model->note_count - COCH_VIEW_NOTES : 0;
}

size_t coch_view_first_pedal(const coch_view_model *model)
{
    return model->pedal_count > COCH_VIEW_PEDALS ? model->pedal_count - COCH_VIEW_PEDALS : 0;
}

static void note_off(coch_view_model *model, int note, double time)
{
    for (size_t i = model->note_count; i > coch_view_first_note(model); i--) {
        coch_view_note *n = &model->notes[(i - 1) % COCH_VIEW_NOTES];
        if (n->note == note && n->sounding) {
            n->off = time > n->on ? time : n->on;
            n->sounding = 0;
        }
    }
}

static void note_on(coch_view_model *model, const cochlea_event *event, double rate)
{
    double time = (double)event->time / rate;
    note_off(model, event->note, time);
    model->notes[model->note_count++ % COCH_VIEW_NOTES] = (coch_view_note){
        .on = time,
        .note = event->note & 127,
        .velocity = event->velocity & 127,
        .sounding = 1,
        .confidence = event->confidence > 0.0f ? fminf(event->confidence, 1.0f) : 0.0f,
    };
    model->latencies[model->latency_count++ % COCH_VIEW_LATENCIES] =
        (float)(1000.0 * (double)(event->emit - event->time) / rate);
}

static void pedal(coch_view_model *model, int down, double time)
{
    coch_view_pedal *last =
        model->pedal_count ? &model->pedals[(model->pedal_count - 1) % COCH_VIEW_PEDALS] : NULL;
    if (last && last->held) {
        last->held = down;
        last->up = time;
    } else if (down) {
        model->pedals[model->pedal_count++ % COCH_VIEW_PEDALS] = (coch_view_pedal){.down = time, .held = 1};
    }
}

void coch_view_model_events(coch_view_model *model, const cochlea_event *events, size_t count, double rate)
{
    for (size_t i = 0; i < count; i++) {
        const cochlea_event *e = &events[i];
        if (e->type == COCHLEA_NOTE_ON)
            note_on(model, e, rate);
        else if (e->type == COCHLEA_NOTE_OFF)
            note_off(model, e->note, (double)e->time / rate);
        else if (e->type == COCHLEA_CONTROL && e->controller == COCHLEA_SUSTAIN)
            pedal(model, e->value >= 64, (double)e->time / rate);
    }
}

/* The drawn instant follows the input's clock at the even pace of the wall's. */
static void follow(coch_view_model *model, double heard, double elapsed)
{
    double ahead = model->now + elapsed - heard;
    if (fabs(ahead) > JUMP)
        model->now = heard;
    else
        model->now += elapsed - ahead * fmin(1.0, PULL * elapsed);
}

static void meter(coch_view_model *model, const cochlea_stats *stats, double elapsed, double wall)
{
    float fallen = model->peak * (float)pow(10.0, -PEAK_FALL / 20.0 * elapsed);
    model->peak = stats->peak > fallen ? stats->peak : fallen;
    if (model->peak >= model->peak_hold || wall - model->peak_time > PEAK_HOLD) {
        model->peak_hold = model->peak;
        model->peak_time = wall;
    }
    if (stats->clipped)
        model->clip_time = wall;
    model->clipped = wall - model->clip_time < CLIP_HOLD;
}

void coch_view_model_stats(coch_view_model *model, const cochlea_stats *stats, double rate, double wall)
{
    double elapsed = fmax(0.0, fmin(wall - model->wall, 1.0));
    model->wall = wall;
    follow(model, (double)stats->samples / rate, elapsed);
    meter(model, stats, elapsed, wall);
    model->load = stats->load;
    model->dropped_hops = stats->dropped_hops;
    model->late_notes = stats->late_notes;
}

/* The long window tells low notes apart, the middle one follows high ones faster. */
static float bin_level(const float *feature, int bin)
{
    float low = 1.0f - (float)(bin - 80) / 80.0f;
    low = low < 0.0f ? 0.0f : low > 1.0f ? 1.0f : low;
    return FEATURE_DB(low * feature[2] + (1.0f - low) * feature[1]);
}

/* The level that is drawn brightest: the highest of late, so that soft music is seen as well as loud. */
static void follow_brightest(coch_view_model *model, const float *features, double elapsed)
{
    float highest = BRIGHTEST_MIN;
    for (int b = 0; b < COCH_VIEW_BINS; b++)
        highest = fmaxf(highest, bin_level(features + 3 * b, b));
    model->brightest = fmaxf(highest, model->brightest - BRIGHTEST_FALL * (float)elapsed);
}

void coch_view_model_features(coch_view_model *model, const float *features, double elapsed)
{
    float keep = (float)exp(-elapsed / ENERGY_FALL);
    if (features)
        follow_brightest(model, features, elapsed);
    for (int b = 0; b < COCH_VIEW_BINS; b++) {
        float level =
            features ? 1.0f + (bin_level(features + 3 * b, b) - model->brightest) / ENERGY_RANGE : 0.0f;
        level = level > 0.0f ? powf(fminf(level, 1.0f), ENERGY_CONTRAST) : 0.0f;
        model->energy[b] = fmaxf(level, model->energy[b] * keep);
    }
}

/* "tenor_sax" as the eye wants it. */
static void pretty(char *text, const char *name)
{
    snprintf(text, COCH_VIEW_NAME, "%s", name);
    for (char *at = text; *at; at++)
        if (*at == '_')
            *at = ' ';
    text[0] = (char)toupper((unsigned char)text[0]);
}

void coch_view_model_instrument(coch_view_model *model, const char *const *names, const float *p, int count,
                                int shown)
{
    model->class_count = count < COCHLEA_INSTRUMENTS_MAX ? count : COCHLEA_INSTRUMENTS_MAX;
    for (int i = 0; i < model->class_count; i++) {
        pretty(model->classes[i].name, names[i]);
        model->classes[i].p = p[i];
    }
    int heard = shown >= 0 && shown < model->class_count && strcmp(names[shown], "none") != 0;
    model->instrument_confidence = heard ? p[shown] : 0.0f;
    snprintf(model->instrument, COCH_VIEW_NAME, "%s", heard ? model->classes[shown].name : "");
}

void coch_view_model_restart(coch_view_model *model)
{
    model->note_count = model->pedal_count = model->latency_count = 0;
    memset(model->energy, 0, sizeof model->energy);
    model->now = model->peak = model->peak_hold = 0.0f;
}

double coch_view_model_latency(const coch_view_model *model)
{
    float sorted[COCH_VIEW_LATENCIES];
    size_t n = model->latency_count < COCH_VIEW_LATENCIES ? model->latency_count : COCH_VIEW_LATENCIES;
    if (n == 0)
        return -1.0;
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        for (; at > 0 && sorted[at - 1] > model->latencies[i]; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = model->latencies[i];
    }
    return sorted[n / 2] + model->output_latency_ms;
}
