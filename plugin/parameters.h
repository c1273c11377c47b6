/* What a parameter is: the one description that every plugin format reads. Pure functions over it. [any] */
#ifndef COCH_PLUGIN_PARAMETERS_H
#define COCH_PLUGIN_PARAMETERS_H

#include "base/attributes.h"

#include <stddef.h>
#include <stdint.h>

#define COCH_PARAMETERS_MAX 32
#define COCH_OUTPUTS_MAX 20

typedef enum coch_parameter_kind {
    COCH_PARAMETER_REAL = 0,
    COCH_PARAMETER_INTEGER,
    COCH_PARAMETER_NOTE,   /* a MIDI note, an integer */
    COCH_PARAMETER_CHOICE, /* one of labels, counted from 0 */
    COCH_PARAMETER_TOGGLE, /* 0 or 1 */
    COCH_PARAMETER_BYPASS  /* a toggle that hosts join with their own button */
} coch_parameter_kind;

typedef enum coch_parameter_unit {
    COCH_UNIT_NONE = 0,
    COCH_UNIT_MILLISECONDS,
    COCH_UNIT_HERTZ,
    COCH_UNIT_SEMITONES,
    COCH_UNIT_DECIBELS,
    COCH_UNIT_PERCENT
} coch_parameter_unit;

typedef struct coch_parameter {
    uint32_t id;        /* never changes: automation refers to it */
    const char *symbol; /* never changes: the key in saved states */
    const char *name;
    const char *group; /* a word, for the eye */
    const char *comment;
    coch_parameter_kind kind;
    coch_parameter_unit unit;
    float minimum, maximum, initial;
    const char *const *labels; /* [maximum + 1], for a choice */
} coch_parameter;

/* The nearest value that the parameter can have; what is not a number gives the initial one. */
float coch_parameter_clean(const coch_parameter *parameter, double value) COCH_REALTIME;

/* Between a value and 0..1, as hosts automate. */
double coch_parameter_normal(const coch_parameter *parameter, double value) COCH_REALTIME;
float coch_parameter_from_normal(const coch_parameter *parameter, double normal) COCH_REALTIME;

/* Distances between the lowest and the highest value; 0 when it is continuous. */
int coch_parameter_steps(const coch_parameter *parameter);

/* "ms", "Hz", "st", "dB", "%" or "". */
const char *coch_parameter_unit_text(const coch_parameter *parameter);

/* A value as the eye wants it ("60 ms", "Steady", "C4"), cut off at `size` bytes with the final zero. */
void coch_parameter_text(const coch_parameter *parameter, double value, char *text, size_t size);

/* The reverse; also takes a bare number. Returns 0 when the text is none of it. */
int coch_parameter_parse(const coch_parameter *parameter, const char *text, float *value);

#endif
