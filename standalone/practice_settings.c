#include "practice_settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const modes[] = {"free", "tempo", "wait"}, *const hands[] = {"both", "left", "right"};

/* ---- Reading ---- */

static int recall(practice_store *store, const char *name, char *value, size_t size)
{
    return practice_store_get(store, name, value, size) == 0 && value[0];
}

static void recall_text(practice_options *o, practice_store *store, int which, const char *name,
                        const char **to)
{
    char *value = o->remembered[which];
    if (!(o->given & 1u << which) && recall(store, name, value, PRACTICE_REMEMBERED))
        *to = value;
}

/* The index of the word that is remembered, `otherwise` for none. */
static int recall_word(const practice_options *o, practice_store *store, int which, const char *name,
                       const char *const *words, int count, int otherwise)
{
    char value[PRACTICE_REMEMBERED];
    if (o->given & 1u << which || !recall(store, name, value, sizeof value))
        return otherwise;
    for (int i = 0; i < count; i++)
        if (strcmp(value, words[i]) == 0)
            return i;
    return otherwise;
}

static double recall_number(const practice_options *o, practice_store *store, int which, const char *name,
                            double low, double high, double otherwise)
{
    char value[PRACTICE_REMEMBERED], *end;
    if (o->given & 1u << which || !recall(store, name, value, sizeof value))
        return otherwise;
    double number = strtod(value, &end);
    return *end == '\0' && number >= low && number <= high ? number : otherwise;
}

static int recall_switch(const practice_options *o, practice_store *store, int which, const char *name,
                         int otherwise)
{
    return recall_number(o, store, which, name, 0.0, 1.0, otherwise != 0) != 0.0;
}

void practice_settings_recall(practice_options *o, practice_store *store)
{
    coch_session_options *s = &o->session;
    if (!store)
        return;
    recall_text(o, store, PRACTICE_GIVEN_BACKEND, "backend", &o->backend);
    recall_text(o, store, PRACTICE_GIVEN_INPUT, "input", &o->input);
    recall_text(o, store, PRACTICE_GIVEN_PORT, "midi-out", &o->midi_out);
    recall_text(o, store, PRACTICE_GIVEN_FONT, "soundfont", &o->font);
    s->mode = (coch_practice_mode)recall_word(o, store, PRACTICE_GIVEN_MODE, "mode", modes, 3, (int)s->mode);
    s->hand = (coch_hand)recall_word(o, store, PRACTICE_GIVEN_HAND, "hand", hands, 3, (int)s->hand);
    s->tempo = recall_number(o, store, PRACTICE_GIVEN_TEMPO, "tempo", 25.0, 150.0, 100.0 * s->tempo) / 100.0;
    s->tolerance_ms =
        recall_number(o, store, PRACTICE_GIVEN_TOLERANCE, "tolerance", 30.0, 500.0, s->tolerance_ms);
    s->metronome = recall_switch(o, store, PRACTICE_GIVEN_CLICK, "metronome", s->metronome);
    s->accompaniment = recall_switch(o, store, PRACTICE_GIVEN_OTHER, "accompany", s->accompaniment);
    s->headphones = recall_switch(o, store, PRACTICE_GIVEN_HEADPHONES, "headphones", s->headphones);
    if (s->hand == COCH_HAND_BOTH)
        s->accompaniment = 0;
}

void practice_settings_forget_device(practice_options *o)
{
    static const int which[] = {PRACTICE_GIVEN_BACKEND, PRACTICE_GIVEN_INPUT, PRACTICE_GIVEN_PORT};
    const char **const names[] = {&o->backend, &o->input, &o->midi_out};
    for (int i = 0; i < 3; i++)
        if (!(o->given & 1u << which[i]))
            *names[i] = NULL;
}

/* ---- Writing ---- */

static int keep_number(practice_store *store, const char *name, double value)
{
    char text[32];
    snprintf(text, sizeof text, "%.10g", value);
    return practice_store_set(store, name, text);
}

int practice_settings_keep_session(practice_store *store, const coch_session_options *s)
{
    if (!store)
        return 0;
    return practice_store_set(store, "mode", modes[s->mode % 3]) ||
                   practice_store_set(store, "hand", hands[s->hand % 3]) ||
                   keep_number(store, "tempo", 100.0 * s->tempo) ||
                   keep_number(store, "tolerance", s->tolerance_ms) ||
                   keep_number(store, "metronome", s->metronome != 0) ||
                   keep_number(store, "accompany", s->accompaniment != 0) ||
                   keep_number(store, "headphones", s->headphones != 0)
               ? -1
               : 0;
}

static int keep_text(practice_store *store, const char *name, const char *value)
{
    return practice_store_set(store, name, value ? value : "");
}

int practice_settings_keep_device(practice_store *store, const practice_options *o)
{
    if (!store)
        return 0;
    return keep_text(store, "backend", o->backend) || keep_text(store, "input", o->input) ||
                   keep_text(store, "midi-out", o->midi_out) || keep_text(store, "soundfont", o->font)
               ? -1
               : 0;
}

int practice_settings_keep_folder(practice_store *store, const char *folder)
{
    return store ? practice_store_set(store, "folder", folder) : 0;
}
