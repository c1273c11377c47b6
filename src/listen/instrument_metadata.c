#include "listen/instrument_model.h"

#include <string.h>

#define PREFIX "cochlea.instrument."

enum { VERSION = 2 };

static void read_groups(coch_reading *r, coch_cqt_shape *cqt)
{
    static const char *const keys[] = {PREFIX "group_ends", PREFIX "group_ffts", PREFIX "group_counts"};
    int64_t values[3][COCH_CQT_GROUPS_MAX];
    size_t counts[3];
    for (size_t i = 0; i < 3; i++) {
        counts[i] = coch_reading_integers(r, keys[i], 1, COCH_CQT_GROUPS_MAX, 1, 65536, values[i]);
    }
    if (r->status != COCHLEA_OK) {
        return;
    }
    if (counts[1] != counts[0] || counts[2] != counts[0]) {
        coch_reading_refuse(r, COCHLEA_ERROR_FORMAT, keys[0]);
        return;
    }
    cqt->groups = counts[0];
    for (size_t g = 0; g < cqt->groups; g++) {
        cqt->group[g] = (coch_cqt_group){(size_t)values[0][g], (size_t)values[1][g], (size_t)values[2][g]};
    }
}

/* "clarinet,piano,...": letters, digits and _ between commas. */
static void read_classes(coch_reading *r, coch_instrument_model *m)
{
    const char *list = coch_gguf_string(r->file, PREFIX "classes");
    if (!list) {
        coch_reading_refuse(r, COCHLEA_ERROR_MISSING, PREFIX "classes");
        return;
    }
    for (;;) {
        size_t length = strspn(list, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        if (length == 0 || length >= COCH_INSTRUMENT_NAME_MAX || m->classes == COCH_INSTRUMENT_CLASSES_MAX ||
            (list[length] != ',' && list[length] != '\0')) {
            coch_reading_refuse(r, COCHLEA_ERROR_FORMAT, PREFIX "classes");
            return;
        }
        memcpy(m->name[m->classes++], list, length);
        if (list[length] == '\0') {
            return;
        }
        list += length + 1;
    }
}

static void read_decider(coch_reading *r, coch_instrument_decider *d)
{
    d->net_weight = coch_reading_number(r, PREFIX "net_weight", 0, 10);
    d->statistics_weight = coch_reading_number(r, PREFIX "statistics_weight", 0, 10);
    d->shortest = (size_t)coch_reading_integer(r, PREFIX "shortest", 1, COCH_INSTRUMENT_KEPT);
    d->longest = (size_t)coch_reading_integer(r, PREFIX "longest", 1, COCH_INSTRUMENT_KEPT);
    d->smoothing = coch_reading_number(r, PREFIX "smoothing", 0, 0.999);
    d->change_level = coch_reading_number(r, PREFIX "change_level", 0, 1);
    d->change_rest = coch_reading_number(r, PREFIX "change_rest", 0, 1);
    d->change_blocks = (size_t)coch_reading_integer(r, PREFIX "change_blocks", 1, 1000);
    d->shown_on = coch_reading_number(r, PREFIX "shown_on", 0, 1);
    d->shown_off = coch_reading_number(r, PREFIX "shown_off", 0, 1);
    if (r->status == COCHLEA_OK && (d->shortest > d->longest || d->shown_off > d->shown_on)) {
        coch_reading_refuse(r, COCHLEA_ERROR_FORMAT, PREFIX "shortest");
    }
}

void coch_instrument_read_metadata(coch_reading *r, coch_instrument_model *m)
{
    coch_reading_identity(r, "cochlea.instrument", PREFIX "version", VERSION);
    m->cqt.rate = (double)coch_reading_integer(r, PREFIX "sample_rate", 8000, 192000);
    m->cqt.hop = (size_t)coch_reading_integer(r, PREFIX "hop", 16, 8192);
    m->cqt.lowest = coch_reading_number(r, PREFIX "lowest_hz", 20, 1000);
    m->cqt.per_octave = (size_t)coch_reading_integer(r, PREFIX "bins_per_octave", 12, 12);
    m->cqt.bins = (size_t)coch_reading_integer(r, PREFIX "bins", COCH_INSTRUMENT_BINS, COCH_INSTRUMENT_BINS);
    read_groups(r, &m->cqt);
    m->floor = coch_reading_number(r, PREFIX "level_floor", 1e-6, 1);
    m->decay = coch_reading_number(r, PREFIX "level_decay", 0, 1);
    m->gain = coch_reading_number(r, PREFIX "gain", 1, 1e6);
    m->slope = (float)coch_reading_number(r, PREFIX "slope", 0, 1);
    m->perceptron_slope = (float)coch_reading_number(r, PREFIX "perceptron_slope", 0, 1);
    read_classes(r, m);
    read_decider(r, &m->decider);
}
