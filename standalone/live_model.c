#include "live_model.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum {
    TIMING = LIVE_CONTROL_OTHERS,
    CHANNEL,
    LOW,
    HIGH,
    ONLY_PIANO,
    SETTINGS /* + index into `fields` */
};

typedef enum type { IN_DOUBLE, IN_FLOAT, IN_INT } type;

/* Settings that a control shows as they are. */
typedef struct field {
    const char *name, *unit; /* unit NULL: a switch */
    double low, high, step;
    int logarithmic;
    type type;
    size_t offset;
} field;

#define AT(member) offsetof(cochlea_settings, member)

enum { STEADY, LOOKAHEAD, SENSITIVITY, CURVE, TRANSPOSE, TUNING, SUSTAIN, FIELDS };

static const field fields[FIELDS] = {
    [STEADY] = {"Steady at", "ms", 20, 200, 1, 0, IN_DOUBLE, AT(steady_ms)},
    [LOOKAHEAD] = {"Look-ahead", "ms", 20, 200, 1, 0, IN_DOUBLE, AT(lookahead_ms)},
    [SENSITIVITY] = {"Sensitivity", "", 0.5, 2, 0.05, 1, IN_FLOAT, AT(sensitivity)},
    [CURVE] = {"Velocity", "", 0.25, 4, 0.05, 1, IN_FLOAT, AT(velocity_curve)},
    [TRANSPOSE] = {"Transpose", "st", -48, 48, 1, 0, IN_INT, AT(transpose)},
    [TUNING] = {"A4", "Hz", 400, 480, 0.5, 0, IN_DOUBLE, AT(tuning_hz)},
    [SUSTAIN] = {"Pedal", NULL, 0, 1, 1, 0, IN_INT, AT(sustain)},
};

static double read_field(const cochlea_settings *settings, const field *f)
{
    const char *at = (const char *)settings + f->offset;
    if (f->type == IN_DOUBLE)
        return *(const double *)(const void *)at;
    return f->type == IN_FLOAT ? (double)*(const float *)(const void *)at : *(const int *)(const void *)at;
}

static void write_field(cochlea_settings *settings, const field *f, double value)
{
    char *at = (char *)settings + f->offset;
    if (f->type == IN_DOUBLE)
        *(double *)(void *)at = value;
    else if (f->type == IN_FLOAT)
        *(float *)(void *)at = (float)value;
    else
        *(int *)(void *)at = (int)lround(value);
}

/* ---- Making them ---- */

static void add_menu(coch_view_model *model, live_menu_kind kind, const live_menu *menu)
{
    static const char *const names[LIVE_MENUS] = {"Input", "MIDI out", "Weights"};
    int index = coch_view_add_menu(model, LIVE_CONTROL_MENU + (int)kind, names[kind]);
    for (int i = 0; i < menu->count; i++)
        coch_view_add_choice(model, index, menu->text[i]);
    if (index >= 0)
        model->controls[index].value = menu->current;
}

static void add_field(coch_view_model *model, const cochlea_settings *settings, int which)
{
    const field *f = &fields[which];
    double value = read_field(settings, f);
    if (!f->unit) {
        coch_view_add_switch(model, SETTINGS + which, f->name, value != 0.0);
        return;
    }
    int index =
        coch_view_add_knob(model, SETTINGS + which, f->name, f->unit, f->low, f->high, f->step, value);
    if (index >= 0)
        model->controls[index].logarithmic = f->logarithmic;
}

/* A piano's keys are all that a knob needs to reach. */
static double on_piano(int note)
{
    return fmax(COCH_VIEW_LOW, fmin(COCH_VIEW_HIGH, note));
}

static void add_all(coch_view_model *model, const cochlea_settings *s, unsigned channel,
                    const live_menu *menus)
{
    add_menu(model, LIVE_MENU_INPUT, &menus[LIVE_MENU_INPUT]);
    add_menu(model, LIVE_MENU_MIDI, &menus[LIVE_MENU_MIDI]);
    add_menu(model, LIVE_MENU_WEIGHTS, &menus[LIVE_MENU_WEIGHTS]);
    int timing = coch_view_add_menu(model, TIMING, "Timing");
    coch_view_add_choice(model, timing, "As soon as sure");
    coch_view_add_choice(model, timing, "Steady");
    if (timing >= 0)
        model->controls[timing].value = s->timing == COCHLEA_STEADY;
    add_field(model, s, STEADY);
    add_field(model, s, LOOKAHEAD);
    add_field(model, s, SENSITIVITY);
    coch_view_add_knob(model, LOW, "Lowest key", "note", COCH_VIEW_LOW, COCH_VIEW_HIGH, 1,
                       on_piano(s->low_note));
    coch_view_add_knob(model, HIGH, "Highest key", "note", COCH_VIEW_LOW, COCH_VIEW_HIGH, 1,
                       on_piano(s->high_note));
    add_field(model, s, TUNING);
    add_field(model, s, CURVE);
    add_field(model, s, TRANSPOSE);
    coch_view_add_knob(model, CHANNEL, "Channel", "", 1, 16, 1, channel + 1.0);
    add_field(model, s, SUSTAIN);
    if (s->instruments)
        coch_view_add_switch(model, ONLY_PIANO, "Only piano", s->only_piano);
}

static int is_field(const coch_view_control *c)
{
    return c->id >= SETTINGS && c->id < SETTINGS + FIELDS;
}

/* What a double click on a knob gives back. */
static void set_initial(coch_view_model *model)
{
    cochlea_settings usual;
    cochlea_settings_default(&usual);
    for (int i = 0; i < model->control_count; i++) {
        coch_view_control *c = &model->controls[i];
        if (is_field(c))
            c->initial = read_field(&usual, &fields[c->id - SETTINGS]);
        else if (c->id == CHANNEL || c->id == LOW)
            c->initial = c->low;
        else if (c->id == HIGH)
            c->initial = c->high;
    }
}

void live_model_controls(coch_view_model *model, const cochlea_settings *settings, unsigned channel,
                         const live_menu *menus)
{
    model->control_count = model->choice_count = 0;
    add_all(model, settings, channel, menus);
    set_initial(model);
    live_model_enable(model);
}

/* ---- Reading them ---- */

void live_model_settings(const coch_view_model *model, cochlea_settings *s, unsigned *channel)
{
    int low = COCH_VIEW_LOW, high = COCH_VIEW_HIGH;
    for (int i = 0; i < model->control_count; i++) {
        const coch_view_control *c = &model->controls[i];
        int whole = (int)lround(c->value);
        if (is_field(c))
            write_field(s, &fields[c->id - SETTINGS], c->value);
        else if (c->id == TIMING)
            s->timing = whole ? COCHLEA_STEADY : COCHLEA_FAST;
        else if (c->id == CHANNEL)
            *channel = (unsigned)whole - 1;
        else if (c->id == ONLY_PIANO)
            s->only_piano = whole;
        else if (c->id == LOW)
            low = whole;
        else if (c->id == HIGH)
            high = whole;
    }
    s->low_note = (uint8_t)(low < high ? low : high);
    s->high_note = (uint8_t)(low < high ? high : low);
}

void live_model_enable(coch_view_model *model)
{
    const coch_view_control *timing = coch_view_find(model, TIMING);
    coch_view_control *steady = coch_view_find(model, SETTINGS + STEADY);
    if (timing && steady)
        steady->disabled = timing->value < 0.5;
}
