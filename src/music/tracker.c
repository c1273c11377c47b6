#include "music/tracker.h"

#include <math.h>
#include <string.h>

/* The shortest note that is sent: receivers drop or choke on shorter ones. */
#define SHORTEST_NOTE 0.020

void coch_tracker_default_options(const coch_tracker_config *config, coch_tracker_options *options)
{
    memset(options, 0, sizeof *options);
    options->prefix = config->deadlines - 1;
    options->sensitivity = 1.0f;
    options->low = 0;
    options->high = 127;
}

unsigned coch_tracker_prefix(const coch_tracker_config *config, double seconds)
{
    unsigned prefix = 0;
    for (unsigned d = 1; d < config->deadlines; d++)
        if (config->deadline[d] * config->frame_seconds <= seconds + 1e-9)
            prefix = d;
    return prefix;
}

void coch_tracker_init(coch_tracker *tracker, const coch_tracker_config *config,
                       const coch_tracker_options *options)
{
    tracker->config = config;
    tracker->options = *options;
    coch_tracker_reset(tracker);
}

void coch_tracker_reset(coch_tracker *tracker) COCH_REALTIME
{
    tracker->frame = 0;
    coch_pedal_reset(&tracker->pedal, &tracker->config->pedal);
    memset(tracker->key, 0, sizeof tracker->key);
    for (unsigned k = 0; k < COCH_KEYS_MAX; k++) {
        tracker->key[k].armed = 1;
        tracker->key[k].since = tracker->config->rearm_frames;
    }
}

static unsigned register_of(unsigned key)
{
    static const unsigned start[COCH_REGISTERS] = {0, 15, 39, 63};
    unsigned r = 0;
    while (r + 1 < COCH_REGISTERS && key >= start[r + 1])
        r++;
    return r;
}

float coch_tracker_surest(const coch_tracker *t, const coch_activations *a, unsigned key,
                          unsigned *deadline) COCH_REALTIME
{
    const float *onset = a->onset[key];
    const float(*threshold)[COCH_REGISTERS] = t->config->threshold[t->options.prefix];
    unsigned r = register_of(key);
    float best = 0.0f;
    *deadline = 0;
    for (unsigned d = 0; d <= t->options.prefix; d++) {
        float ratio = onset[d] / threshold[d][r];
        if (ratio > best) {
            best = ratio;
            *deadline = d;
        }
    }
    return best;
}

static uint8_t velocity_of(float heard)
{
    float v = rintf(127.0f * heard);
    return !(v >= 1.0f) ? 1 : v > 127.0f ? 127 : (uint8_t)v; /* also for what is not a number */
}

static coch_track note_off(const coch_tracker *t, unsigned key, double time)
{
    double earliest = t->key[key].onset + SHORTEST_NOTE;
    return (coch_track){.type = COCH_TRACK_OFF,
                        .note = (uint8_t)(t->config->first_key + key),
                        .time = time > earliest ? time : earliest};
}

/* Whether the user wants this note at all. */
static int wanted(const coch_tracker *t, unsigned key, float confidence)
{
    unsigned note = t->config->first_key + key;
    return note >= t->options.low && note <= t->options.high && confidence >= t->options.min_confidence;
}

/* What is not a number counts as no age. */
static double onset_at(const coch_tracker *t, float heard, double now)
{
    double age = (double)heard > 0.0 ? (double)heard : 0.0;
    if (age > t->config->longest_age)
        age = t->config->longest_age;
    return now > age ? now - age : 0.0;
}

/* The onset part of a frame: decides whether the key was struck. */
static size_t strike(coch_tracker *t, const coch_activations *a, unsigned key, double now, coch_track *out)
{
    coch_tracker_key *state = &t->key[key];
    unsigned d;
    float ratio = coch_tracker_surest(t, a, key, &d) * t->options.sensitivity;
    if (!state->armed) {
        state->armed = ratio < t->config->rearm_level && state->since >= t->config->rearm_frames;
        return 0;
    }
    if (!(ratio >= 1.0f))
        return 0;
    state->armed = 0;
    state->since = 0;
    state->below = 0;
    if (!wanted(t, key, a->onset[key][d]))
        return 0;
    size_t n = 0;
    double onset = onset_at(t, a->age[key], now);
    if (state->sounding)
        out[n++] = note_off(t, key, onset);
    out[n++] = (coch_track){.type = COCH_TRACK_ON,
                            .note = (uint8_t)(t->config->first_key + key),
                            .velocity = velocity_of(a->velocity[key][d]),
                            .confidence = a->onset[key][d],
                            .time = onset};
    state->sounding = 1;
    state->onset = onset;
    return n;
}

/* The release part of a frame: two successive frames under the level end the note. */
static size_t release(coch_tracker *t, const coch_activations *a, unsigned key, double now, coch_track *out)
{
    coch_tracker_key *state = &t->key[key];
    if (!state->sounding || state->since < t->config->off_guard_frames)
        return 0;
    /* Strings ring on under half a pedal and with slow dampers, where the player means the note to end. */
    float ringing = a->sounding[key] * (1 - t->config->off_held * (1 - a->held[key]));
    float heard = t->options.sustain ? a->held[key] : ringing;
    int below = !(heard >= t->config->off_level);
    if (!(below && state->below)) {
        state->below = (uint8_t)below;
        return 0;
    }
    state->below = 0;
    state->sounding = 0;
    out[0] = note_off(t, key, now - t->config->off_shift);
    return 1;
}

static int any_sounding(const coch_tracker *t)
{
    for (unsigned k = 0; k < t->config->keys; k++)
        if (t->key[k].sounding)
            return 1;
    return 0;
}

/* Pressed in silence the pedal cannot be heard, so it is not believed there. */
static size_t pedal(coch_tracker *t, const coch_activations *a, double now, coch_track *out)
{
    coch_pedal_change changes[COCH_PEDAL_CHANGES_MAX];
    if (!t->options.sustain)
        return 0;
    size_t n = coch_pedal_process(&t->pedal, a->pedal, now, any_sounding(t), changes);
    for (size_t i = 0; i < n; i++)
        out[i] = (coch_track){
            .type = COCH_TRACK_PEDAL, .velocity = changes[i].down ? 127 : 0, .time = changes[i].time};
    return n;
}

size_t coch_tracker_process(coch_tracker *t, const coch_activations *a, coch_track *out) COCH_REALTIME
{
    t->frame++;
    double now = (double)t->frame * t->config->frame_seconds;
    size_t n = pedal(t, a, now, out);
    for (unsigned k = 0; k < t->config->keys; k++) {
        if (t->key[k].since < 1u << 30)
            t->key[k].since++;
        size_t struck = strike(t, a, k, now, out + n);
        n += struck ? struck : release(t, a, k, now, out + n);
    }
    return n;
}

size_t coch_tracker_flush(coch_tracker *t, double time, coch_track *out) COCH_REALTIME
{
    size_t n = 0;
    for (unsigned k = 0; k < t->config->keys; k++) {
        if (!t->key[k].sounding)
            continue;
        t->key[k].sounding = 0;
        out[n++] = note_off(t, k, time);
    }
    if (t->pedal.down)
        out[n++] = (coch_track){.type = COCH_TRACK_PEDAL, .time = time};
    coch_pedal_reset(&t->pedal, &t->config->pedal);
    return n;
}
