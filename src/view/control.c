/* The controls of the model: ranges, steps, words. */
#include "view/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void copy_text(char *to, size_t size, const char *from)
{
    size_t n = strlen(from);
    if (n >= size)
        for (n = size - 1; n > 0 && ((unsigned char)from[n] & 0xC0) == 0x80;)
            n--; /* never half a character */
    memcpy(to, from, n);
    to[n] = '\0';
}

static int add(coch_view_model *model, coch_view_kind kind, int id, const char *name)
{
    if (model->control_count == COCH_VIEW_CONTROLS)
        return -1;
    coch_view_control *control = &model->controls[model->control_count];
    *control = (coch_view_control){.kind = kind, .id = id, .high = 1.0, .step = 1.0};
    copy_text(control->name, sizeof control->name, name);
    return model->control_count++;
}

int coch_view_add_knob(coch_view_model *model, int id, const char *name, const char *unit, double low,
                       double high, double step, double value)
{
    int index = add(model, COCH_VIEW_KNOB, id, name);
    if (index < 0)
        return -1;
    coch_view_control *control = &model->controls[index];
    copy_text(control->unit, sizeof control->unit, unit);
    control->low = low;
    control->high = high;
    control->step = step;
    control->value = control->initial = value;
    return index;
}

int coch_view_add_switch(coch_view_model *model, int id, const char *name, int on)
{
    int index = add(model, COCH_VIEW_SWITCH, id, name);
    if (index >= 0)
        model->controls[index].value = model->controls[index].initial = on ? 1.0 : 0.0;
    return index;
}

int coch_view_add_menu(coch_view_model *model, int id, const char *name)
{
    int index = add(model, COCH_VIEW_MENU, id, name);
    if (index >= 0) {
        model->controls[index].high = 0.0;
        model->controls[index].first_choice = model->choice_count;
    }
    return index;
}

int coch_view_add_choice(coch_view_model *model, int menu, const char *text)
{
    if (menu < 0 || menu != model->control_count - 1 || model->choice_count == COCH_VIEW_CHOICES)
        return -1;
    coch_view_control *control = &model->controls[menu];
    copy_text(model->choices[model->choice_count++], COCH_VIEW_TEXT, text);
    control->high = control->choices;
    return control->choices++;
}

coch_view_control *coch_view_find(coch_view_model *model, int id)
{
    for (int i = 0; i < model->control_count; i++)
        if (model->controls[i].id == id)
            return &model->controls[i];
    return NULL;
}

double coch_view_control_near(const coch_view_control *control, double value)
{
    if (!(value > control->low))
        return control->low;
    if (value >= control->high)
        return control->high;
    value = control->low + round((value - control->low) / control->step) * control->step;
    return value > control->high ? control->high : value;
}

double coch_view_control_position(const coch_view_control *control)
{
    double position;
    if (!(control->high > control->low))
        return 0.0;
    if (control->logarithmic)
        position = log(control->value / control->low) / log(control->high / control->low);
    else
        position = (control->value - control->low) / (control->high - control->low);
    return fmax(0.0, fmin(1.0, position));
}

double coch_view_control_at(const coch_view_control *control, double position)
{
    double range = control->high - control->low;
    double value = control->logarithmic ? control->low * pow(control->high / control->low, position)
                                        : control->low + range * position;
    return coch_view_control_near(control, value);
}

static int decimals(double step)
{
    return step >= 1.0 ? 0 : step >= 0.1 ? 1 : 2;
}

void coch_view_control_text(const coch_view_model *model, const coch_view_control *control, char *text,
                            size_t size)
{
    static const char *const names[] = {"C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"};
    int whole = (int)lround(control->value);
    if (control->kind == COCH_VIEW_SWITCH)
        snprintf(text, size, "%s", whole ? "on" : "off");
    else if (control->kind == COCH_VIEW_MENU)
        snprintf(text, size, "%s",
                 whole >= 0 && whole < control->choices ? model->choices[control->first_choice + whole] : "");
    else if (strcmp(control->unit, "note") == 0)
        snprintf(text, size, "%s%d", names[(whole % 12 + 12) % 12], whole / 12 - 1);
    else
        snprintf(text, size, "%s%.*f%s%s", control->low < 0.0 && control->value > 0.0 ? "+" : "",
                 decimals(control->step), control->value, control->unit[0] ? " " : "", control->unit);
}
