#include "listen/instrument_model.h"

#include <stdio.h>
#include <string.h>

#define PREFIX "cochlea.instrument."

enum { VERSION = 1 };

void coch_instrument_reading_fail(coch_instrument_reading *reading, cochlea_status status,
                                  const char *subject, const char *mistake)
{
    if (reading->status != COCHLEA_OK) {
        return;
    }
    reading->status = status;
    if (reading->why && reading->why_size > 0) {
        snprintf(reading->why, reading->why_size, "%s %s", subject, mistake);
    }
}

static void fail(coch_instrument_reading *r, cochlea_status status, const char *key)
{
    coch_instrument_reading_fail(r, status, key,
                                 status == COCHLEA_ERROR_MISSING ? "is missing" : "has an impossible value");
}

/* 0 and a failure when missing or out of range. */
static size_t integer(coch_instrument_reading *r, const char *key, int64_t low, int64_t high)
{
    int64_t value = 0;
    cochlea_status status = coch_gguf_integer(r->file, key, &value);
    if (status == COCHLEA_OK && (value < low || value > high)) {
        status = COCHLEA_ERROR_FORMAT;
    }
    if (status != COCHLEA_OK) {
        fail(r, status, key);
        return 0;
    }
    return (size_t)value;
}

/* Likewise; also refuses NaN. */
static double number(coch_instrument_reading *r, const char *key, double low, double high)
{
    double value = 0;
    cochlea_status status = coch_gguf_float(r->file, key, &value);
    if (status == COCHLEA_OK && !(value >= low && value <= high)) {
        status = COCHLEA_ERROR_FORMAT;
    }
    if (status != COCHLEA_OK) {
        fail(r, status, key);
        return low;
    }
    return value;
}

static void read_architecture(coch_instrument_reading *r)
{
    const char *architecture = coch_gguf_string(r->file, "general.architecture");
    if (!architecture) {
        fail(r, COCHLEA_ERROR_MISSING, "general.architecture");
    } else if (strcmp(architecture, "cochlea.instrument") != 0) {
        coch_instrument_reading_fail(r, COCHLEA_ERROR_UNSUPPORTED, "general.architecture",
                                     "is not cochlea.instrument");
    } else if (integer(r, PREFIX "version", 0, INT32_MAX) != VERSION && r->status == COCHLEA_OK) {
        coch_instrument_reading_fail(r, COCHLEA_ERROR_UNSUPPORTED, PREFIX "version", "is not known");
    }
}

static void read_groups(coch_instrument_reading *r, coch_cqt_shape *cqt)
{
    static const char *const keys[] = {PREFIX "group_ends", PREFIX "group_ffts", PREFIX "group_counts"};
    int64_t values[3][COCH_CQT_GROUPS_MAX];
    size_t counts[3];
    for (size_t i = 0; i < 3; i++) {
        cochlea_status status =
            coch_gguf_integers(r->file, keys[i], values[i], COCH_CQT_GROUPS_MAX, &counts[i]);
        if (status != COCHLEA_OK) {
            fail(r, status, keys[i]);
            return;
        }
    }
    if (counts[0] < 1 || counts[1] != counts[0] || counts[2] != counts[0]) {
        fail(r, COCHLEA_ERROR_FORMAT, keys[0]);
        return;
    }
    cqt->groups = counts[0];
    for (size_t g = 0; g < cqt->groups; g++) {
        for (size_t i = 0; i < 3; i++) {
            if (values[i][g] < 1 || values[i][g] > 65536) {
                fail(r, COCHLEA_ERROR_FORMAT, keys[i]);
                return;
            }
        }
        cqt->group[g] = (coch_cqt_group){(size_t)values[0][g], (size_t)values[1][g], (size_t)values[2][g]};
    }
}

/* "clarinet,piano,...": letters, digits and _ between commas. */
static void read_classes(coch_instrument_reading *r, coch_instrument_model *m)
{
    const char *list = coch_gguf_string(r->file, PREFIX "classes");
    if (!list) {
        fail(r, COCHLEA_ERROR_MISSING, PREFIX "classes");
        return;
    }
    for (;;) {
        size_t length = strspn(list, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        if (length == 0 || length >= COCH_INSTRUMENT_NAME_MAX || m->classes == COCH_INSTRUMENT_CLASSES_MAX ||
            (list[length] != ',' && list[length] != '\0')) {
            fail(r, COCHLEA_ERROR_FORMAT, PREFIX "classes");
            return;
        }
        memcpy(m->name[m->classes++], list, length);
        if (list[length] == '\0') {
            return;
        }
        list += length + 1;
    }
}

static void read_decider(coch_instrument_reading *r, coch_instrument_decider *d)
{
    d->net_weight = number(r, PREFIX "net_weight", 0, 10);
    d->statistics_weight = number(r, PREFIX "statistics_weight", 0, 10);
    d->shortest = integer(r, PREFIX "shortest", 1, COCH_INSTRUMENT_KEPT);
    d->longest = integer(r, PREFIX "longest", 1, COCH_INSTRUMENT_KEPT);
    d->smoothing = number(r, PREFIX "smoothing", 0, 0.999);
    d->change_level = number(r, PREFIX "change_level", 0, 1);
    d->change_blocks = integer(r, PREFIX "change_blocks", 1, 1000);
    d->shown_on = number(r, PREFIX "shown_on", 0, 1);
    d->shown_off = number(r, PREFIX "shown_off", 0, 1);
    if (r->status == COCHLEA_OK && (d->shortest > d->longest || d->shown_off > d->shown_on)) {
        fail(r, COCHLEA_ERROR_FORMAT, PREFIX "shortest");
    }
}

void coch_instrument_read_metadata(coch_instrument_reading *r, coch_instrument_model *m)
{
    read_architecture(r);
    m->cqt.rate = (double)integer(r, PREFIX "sample_rate", 8000, 192000);
    m->cqt.hop = integer(r, PREFIX "hop", 16, 8192);
    m->cqt.lowest = number(r, PREFIX "lowest_hz", 20, 1000);
    m->cqt.per_octave = integer(r, PREFIX "bins_per_octave", 12, 12);
    m->cqt.bins = integer(r, PREFIX "bins", COCH_INSTRUMENT_BINS, COCH_INSTRUMENT_BINS);
    read_groups(r, &m->cqt);
    m->floor = number(r, PREFIX "level_floor", 1e-6, 1);
    m->decay = number(r, PREFIX "level_decay", 0, 1);
    m->gain = number(r, PREFIX "gain", 1, 1e6);
    m->slope = (float)number(r, PREFIX "slope", 0, 1);
    m->perceptron_slope = (float)number(r, PREFIX "perceptron_slope", 0, 1);
    read_classes(r, m);
    read_decider(r, &m->decider);
}
