#include "live_hybrid.h"

#include "commands.h"
#include "hybrid_targets.h"
#include "timbre/frontend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 256            /* samples at a time */
#define OPEN_SECONDS 0.02    /* from closed to open */
#define LEVEL_SECONDS 0.01   /* to 1/e of another level */
#define LOOKS_A_SECOND 60.0f /* at spectra */

static float gain_of(float db)
{
    return db > LIVE_MONITOR_LOW ? powf(10.0f, db / 20.0f) : 0.0f;
}

size_t live_hybrid_delay(double rate)
{
    return coch_timbre_frame_size(rate) / 2;
}

size_t live_hybrid_delay_low(double rate)
{
    return coch_timbre_frame_size(rate) / 4;
}

/* ---- Main thread ---- */

/* "NAME2[:SHARE]" of --morph. */
static int morph_to(live_hybrid *h, const char *text, char *why, size_t why_size)
{
    char name[64], *end = NULL;
    size_t length = strcspn(text, ":");
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    int found = cochlea_hybrid_model_find(h->model, name);
    double share = text[length] ? strtod(text + length + 1, &end) : 0.5;
    if (found < 0 || !(share >= 0.0 && share <= 1.0) || (end && *end)) {
        snprintf(why, why_size, "--morph is 0 to 1, or another target and that, NAME2:0.5; not '%s'", text);
        return EXIT_USAGE;
    }
    h->word.settings.second = (unsigned)found;
    h->word.settings.morph = (float)share;
    return EXIT_DONE;
}

static int open_targets(live_hybrid *h, const live_hybrid_options *o, char *why, size_t why_size)
{
    cochlea_hybrid_settings *s = &h->word.settings;
    int two = 0;
    int result = hybrid_targets_open(&h->model, o->targets, &s->target, &s->second, &two, why, why_size);
    if (result == EXIT_DONE && o->morph_to)
        return morph_to(h, o->morph_to, why, why_size);
    if (result == EXIT_DONE && !two && s->morph > 0.0f) {
        snprintf(why, why_size, "--morph needs two targets: --hybrid NAME,NAME2");
        result = EXIT_USAGE;
    }
    return result;
}

static cochlea_status open_stream(live_hybrid *h, cochlea_hybrid_latency latency)
{
    for (int pass = 0; pass < 2; pass++) {
        coch_slot_layout(&h->words, &h->arena, sizeof h->word);
        coch_slot_layout(&h->looks, &h->arena, sizeof(live_hybrid_look));
        if (pass == 0 && coch_arena_allocate(&h->arena) != COCHLEA_OK)
            return COCHLEA_ERROR_MEMORY;
    }
    return cochlea_hybrid_new(&h->hybrid, h->model, h->rate, 1, latency);
}

int live_hybrid_open(live_hybrid **made, const live_hybrid_options *o, double rate, char *why,
                     size_t why_size)
{
    live_hybrid *h = *made = calloc(1, sizeof *h);
    if (!h) {
        snprintf(why, why_size, "out of memory");
        return EXIT_FAILED;
    }
    h->rate = rate;
    h->word = (live_hybrid_word){o->settings, o->monitor_db};
    int result = open_targets(h, o, why, why_size);
    if (result != EXIT_DONE)
        return result;
    const cochlea_hybrid_settings *s = &h->word.settings;
    if (!cochlea_hybrid_model_has(h->model, s->target, s->method) ||
        !cochlea_hybrid_model_has(h->model, s->second, s->method)) {
        snprintf(why, why_size, "%s cannot be had by the method %s", o->targets,
                 cochlea_hybrid_method_name(s->method));
        return EXIT_USAGE;
    }
    cochlea_status status = open_stream(h, o->latency);
    if (status != COCHLEA_OK) {
        snprintf(why, why_size, "the hybrid does not open: %s", cochlea_status_text(status));
        return EXIT_FAILED;
    }
    live_hybrid_say(h, &h->word);
    live_hybrid_restart(h);
    return EXIT_DONE;
}

void live_hybrid_close(live_hybrid *h)
{
    if (!h)
        return;
    cochlea_hybrid_free(h->hybrid);
    cochlea_hybrid_model_free(h->model);
    coch_arena_free(&h->arena);
    free(h);
}

void live_hybrid_say(live_hybrid *h, const live_hybrid_word *word)
{
    h->word = *word;
    coch_slot_write(&h->words, word);
}

void live_hybrid_restart(live_hybrid *h)
{
    h->open = 0.0f;
    h->level = h->goal = gain_of(h->word.monitor_db);
    cochlea_hybrid_set(h->hybrid, &h->word.settings);
    cochlea_hybrid_reset(h->hybrid);
}

int live_hybrid_look_at(live_hybrid *h, live_hybrid_look *look)
{
    return coch_slot_read(&h->looks, look);
}

/* ---- Audio thread ---- */

static void listen(live_hybrid *h) COCH_REALTIME
{
    live_hybrid_word word;
    if (!coch_slot_read(&h->words, &word))
        return;
    cochlea_hybrid_set(h->hybrid, &word.settings);
    h->goal = gain_of(word.monitor_db);
}

static void show(live_hybrid *h, uint32_t count) COCH_REALTIME
{
    live_hybrid_look look = {0};
    h->unseen += count;
    if ((float)h->unseen * LOOKS_A_SECOND < (float)h->rate)
        return;
    cochlea_hybrid_spectra(h->hybrid, look.before, look.after);
    coch_slot_write(&h->looks, &look);
    h->unseen = 0;
}

static void play_piece(live_hybrid *h, const float *in, float *out, uint32_t count, int playing) COCH_REALTIME
{
    const float step = (float)(1.0 / (OPEN_SECONDS * h->rate)) * (playing ? 1.0f : -1.0f);
    const float toward = (float)(1.0 / (LEVEL_SECONDS * h->rate));
    cochlea_hybrid_process(h->hybrid, &in, &out, count);
    for (uint32_t i = 0; i < count; i++) {
        h->open = fmaxf(0.0f, fminf(1.0f, h->open + step));
        h->level += toward * (h->goal - h->level);
        out[i] *= h->level * h->open;
    }
}

int live_hybrid_play(live_hybrid *h, const float *in, float *out, uint32_t count, int playing) COCH_REALTIME
{
    int heard = playing || h->open > 0.0f;
    listen(h);
    for (uint32_t at = 0, n; at < count && heard; at += n) {
        n = count - at < PIECE ? count - at : PIECE;
        play_piece(h, in + at, out + at, n, playing);
    }
    show(h, count);
    return h->open > 0.0f;
}
