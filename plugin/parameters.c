#include "parameters.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const note_names[12] = {"C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"};

float coch_parameter_clean(const coch_parameter *p, double value) COCH_REALTIME
{
    if (isnan(value))
        return p->initial;
    if (p->kind != COCH_PARAMETER_REAL)
        value = floor(value + 0.5);
    if (value < (double)p->minimum)
        return p->minimum;
    return value > (double)p->maximum ? p->maximum : (float)value;
}

double coch_parameter_normal(const coch_parameter *p, double value) COCH_REALTIME
{
    return ((double)coch_parameter_clean(p, value) - (double)p->minimum) /
           ((double)p->maximum - (double)p->minimum);
}

float coch_parameter_from_normal(const coch_parameter *p, double normal) COCH_REALTIME
{
    return coch_parameter_clean(p, (double)p->minimum + normal * ((double)p->maximum - (double)p->minimum));
}

int coch_parameter_steps(const coch_parameter *p)
{
    return p->kind == COCH_PARAMETER_REAL ? 0 : (int)(p->maximum - p->minimum);
}

const char *coch_parameter_unit_text(const coch_parameter *p)
{
    static const char *const texts[] = {"", "ms", "Hz", "st", "dB", "%"};
    return texts[p->unit];
}

void coch_parameter_text(const coch_parameter *p, double value, char *text, size_t size)
{
    double clean = (double)coch_parameter_clean(p, value);
    int whole = (int)clean;
    const char *unit = coch_parameter_unit_text(p);
    const char *space = unit[0] ? " " : "";
    switch (p->kind) {
    case COCH_PARAMETER_REAL:
        snprintf(text, size, "%.*f%s%s",
                 p->unit == COCH_UNIT_MILLISECONDS || p->unit == COCH_UNIT_PERCENT ? 0 : 2, clean, space,
                 unit);
        break;
    case COCH_PARAMETER_INTEGER:
        snprintf(text, size, "%d%s%s", whole, space, unit);
        break;
    case COCH_PARAMETER_NOTE: /* middle C, 60, is C4 */
        snprintf(text, size, "%s%d", note_names[whole % 12], whole / 12 - 1);
        break;
    case COCH_PARAMETER_CHOICE:
        snprintf(text, size, "%s", p->labels[whole]);
        break;
    case COCH_PARAMETER_TOGGLE:
    case COCH_PARAMETER_BYPASS:
        snprintf(text, size, "%s", whole ? "On" : "Off");
        break;
    }
}

/* Values that have a word; returns the one whose word this is, -1 for none. */
static int find_word(const coch_parameter *p, const char *text)
{
    char word[64];
    for (int i = (int)p->minimum; i <= (int)p->maximum; i++) {
        coch_parameter_text(p, i, word, sizeof word);
        if (strcasecmp(word, text) == 0)
            return i;
    }
    return -1;
}

int coch_parameter_parse(const coch_parameter *p, const char *text, float *value)
{
    char *end;
    int worded = p->kind != COCH_PARAMETER_REAL && p->kind != COCH_PARAMETER_INTEGER;
    int word = worded ? find_word(p, text) : -1;
    double number = strtod(text, &end);
    const char *unit = coch_parameter_unit_text(p);
    end += strspn(end, " ");
    if (word >= 0)
        number = word;
    else if (end == text || isnan(number) || (*end != '\0' && strcasecmp(end, unit) != 0))
        return 0;
    *value = coch_parameter_clean(p, number);
    return 1;
}
