#include "live_hybrid_model.h"

#include "timbre/frontend.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>

enum { TARGET = LIVE_CONTROL_HYBRID, SECOND, MORPH, MIX, MONITOR };

/* "tenor_sax" as "Tenor sax". */
static void name_of(const cochlea_hybrid_model *targets, unsigned target, char name[COCH_VIEW_HYBRID_NAME])
{
    const char *found = cochlea_hybrid_model_target(targets, target);
    snprintf(name, COCH_VIEW_HYBRID_NAME, "%s", found ? found : "");
    for (char *at = name; *at; at++)
        if (*at == '_')
            *at = ' ';
    name[0] = (char)toupper((unsigned char)name[0]);
}

static void add_targets(coch_view_model *model, int id, const char *title,
                        const cochlea_hybrid_model *targets, unsigned now)
{
    char name[COCH_VIEW_HYBRID_NAME];
    int menu = coch_view_add_menu(model, id, title);
    for (unsigned t = 0; t < cochlea_hybrid_model_targets(targets); t++) {
        name_of(targets, t, name);
        coch_view_add_choice(model, menu, name);
    }
    if (menu >= 0)
        model->controls[menu].value = now;
}

static void add_knob(coch_view_model *model, int id, const char *name, const char *unit, double low,
                     double high, double step, double value, double initial)
{
    int knob = coch_view_add_knob(model, id, name, unit, low, high, step, value);
    if (knob >= 0)
        model->controls[knob].initial = initial;
}

void live_hybrid_model_controls(coch_view_model *model, const cochlea_hybrid_model *targets,
                                const live_hybrid_word *word)
{
    const cochlea_hybrid_settings *s = &word->settings;
    add_targets(model, TARGET, "Target", targets, s->target);
    add_targets(model, SECOND, "Second target", targets, s->second);
    add_knob(model, MORPH, "Morph", "", 0, 1, 0.05, (double)s->morph, 0);
    add_knob(model, MIX, "Mix", "", 0, 1, 0.05, (double)s->mix, 1);
    add_knob(model, MONITOR, "Monitor", "dB", (double)LIVE_MONITOR_LOW, (double)LIVE_MONITOR_HIGH, 1,
             (double)word->monitor_db, 0);
}

static double value_of(coch_view_model *model, int id)
{
    const coch_view_control *c = coch_view_find(model, id);
    return c ? c->value : 0.0;
}

void live_hybrid_model_word(coch_view_model *model, live_hybrid_word *word)
{
    cochlea_hybrid_settings *s = &word->settings;
    if (!coch_view_find(model, MONITOR))
        return;
    s->target = (unsigned)lround(value_of(model, TARGET));
    s->second = (unsigned)lround(value_of(model, SECOND));
    s->morph = (float)value_of(model, MORPH);
    s->mix = (float)value_of(model, MIX);
    word->monitor_db = (float)value_of(model, MONITOR);
}

void live_hybrid_model_open(coch_view_model *model)
{
    double centre[COCH_TIMBRE_BANDS];
    coch_timbre_centres(centre);
    model->picture = COCH_VIEW_PIANO_HYBRID;
    for (int b = 0; b < COCHLEA_HYBRID_BANDS; b++)
        model->hybrid.centre[b] = (float)centre[b];
}

void live_hybrid_model_place(coch_view_model *model, const cochlea_hybrid_model *targets,
                             const live_hybrid_word *word)
{
    coch_view_hybrid *h = &model->hybrid;
    name_of(targets, word->settings.target, h->target);
    name_of(targets, word->settings.second, h->second);
    h->morph = word->settings.morph;
    h->mix = word->settings.mix;
}
