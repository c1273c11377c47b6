#include "listen/piano_model.h"

#include <math.h>
#include <string.h>

#define PREFIX "cochlea.piano."

enum { VERSION = 3 };

/* A constant that the program is built on. */
static void fixed(coch_reading *r, const char *key, int64_t value)
{
    coch_reading_integer(r, key, value, value);
}

static void read_identity(coch_reading *r)
{
    coch_reading_identity(r, "cochlea.piano", PREFIX "version", VERSION);
    fixed(r, PREFIX "bins", COCH_PIANO_BINS);
    fixed(r, PREFIX "bins_per_semitone", COCH_PIANO_BINS_PER_KEY);
    fixed(r, PREFIX "keys", COCH_PIANO_KEYS);
    fixed(r, PREFIX "first_key", 21);
}

static void read_windows(coch_reading *r, coch_piano_model *model)
{
    enum { LENGTH_MAX = 32768 };
    int64_t lengths[COCH_PIANO_WINDOWS], falls[COCH_PIANO_WINDOWS], ffts[COCH_PIANO_WINDOWS];
    const size_t count = COCH_PIANO_WINDOWS;
    if (coch_reading_integers(r, PREFIX "window_lengths", count, count, 2, LENGTH_MAX, lengths) < count ||
        coch_reading_integers(r, PREFIX "window_falls", count, count, 1, LENGTH_MAX, falls) < count ||
        coch_reading_integers(r, PREFIX "window_ffts", count, count, 2, LENGTH_MAX, ffts) < count) {
        return;
    }
    int64_t longest = 0;
    for (size_t i = 0; i < count; i++) {
        if (falls[i] >= lengths[i]) {
            coch_reading_refuse(r, COCHLEA_ERROR_FORMAT, PREFIX "window_falls");
        }
        if (ffts[i] < lengths[i] || (ffts[i] & (ffts[i] - 1)) != 0) {
            coch_reading_refuse(r, COCHLEA_ERROR_FORMAT, PREFIX "window_ffts");
        }
        model->window[i] = (coch_stft_window){(size_t)lengths[i], (size_t)falls[i], (size_t)ffts[i]};
        longest = lengths[i] > longest ? lengths[i] : longest;
    }
    model->hop = (size_t)coch_reading_integer(r, PREFIX "hop", 1, longest);
}

static void read_front_end(coch_reading *r, coch_piano_model *model)
{
    model->rate = (double)coch_reading_integer(r, PREFIX "sample_rate", 8000, 192000);
    read_windows(r, model);
    model->loudness_start = coch_reading_number(r, PREFIX "loudness_start", -1, 10);
    model->loudness_decay = coch_reading_number(r, PREFIX "loudness_decay", 0, 10);
}

static void read_offsets(coch_reading *r, const char *key, coch_gather_shape *shape)
{
    enum { OFFSET_MAX = 127 };
    int64_t values[COCH_MATRIX_TAPS_MAX];
    shape->offsets = coch_reading_integers(r, key, 1, COCH_MATRIX_TAPS_MAX, -OFFSET_MAX, OFFSET_MAX, values);
    for (size_t i = 0; i < shape->offsets; i++) {
        shape->offset[i] = (int)values[i];
    }
}

static void read_deadlines(coch_reading *r, coch_tracker_config *config)
{
    enum { DEADLINE_MAX = 100 };
    int64_t values[COCH_DEADLINES_MAX];
    size_t count =
        coch_reading_integers(r, PREFIX "deadlines", 1, COCH_DEADLINES_MAX, 0, DEADLINE_MAX, values);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && values[i] <= values[i - 1]) {
            coch_reading_refuse(r, COCHLEA_ERROR_FORMAT, PREFIX "deadlines");
        }
        config->deadline[i] = (unsigned)values[i];
    }
    config->deadlines = (unsigned)count;
}

/* The table [prefix][deadline][register] must be infinite just where a prefix does not reach, or a head is
 * not used. */
static void read_thresholds(coch_reading *r, coch_tracker_config *config)
{
    float values[COCH_DEADLINES_MAX * COCH_DEADLINES_MAX * COCH_REGISTERS];
    const size_t deadlines = config->deadlines;
    coch_reading_numbers(r, PREFIX "thresholds", deadlines * deadlines * COCH_REGISTERS, 1e-6f, INFINITY,
                         values);
    for (size_t p = 0, i = 0; p < deadlines; p++) {
        for (size_t d = 0; d < deadlines; d++) {
            for (size_t k = 0; k < COCH_REGISTERS; k++, i++) {
                if (d > p && !isinf(values[i])) {
                    coch_reading_refuse(r, COCHLEA_ERROR_FORMAT, PREFIX "thresholds");
                }
                config->threshold[p][d][k] = values[i];
            }
        }
    }
}

enum { FRAMES_MAX = 1000, SHIFT_MAX = 1000 };

static void read_pedal(coch_reading *r, coch_pedal_config *config)
{
    const struct {
        const char *key;
        unsigned *frames;
        int64_t most;
    } counts[] = {
        {PREFIX "pedal_gap_frames", &config->gap_frames, FRAMES_MAX},
        {PREFIX "pedal_on_frames", &config->on_frames, FRAMES_MAX},
        {PREFIX "pedal_off_frames", &config->off_frames, FRAMES_MAX},
        {PREFIX "pedal_hold_frames", &config->hold_frames, FRAMES_MAX},
        {PREFIX "pedal_search_frames", &config->search_frames, COCH_PEDAL_SEARCH_MAX},
    };
    config->least[COCH_PEDAL_PRESSED] = (float)coch_reading_number(r, PREFIX "pedal_pressed", 0, 1);
    config->least[COCH_PEDAL_RELEASED] = (float)coch_reading_number(r, PREFIX "pedal_released", 0, 1);
    config->on = (float)coch_reading_number(r, PREFIX "pedal_on", 0, 1);
    config->off = (float)coch_reading_number(r, PREFIX "pedal_off", 0, 1);
    if (config->off > config->on) {
        coch_reading_refuse(r, COCHLEA_ERROR_FORMAT, PREFIX "pedal_off");
    }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        *counts[i].frames = (unsigned)coch_reading_integer(r, counts[i].key, 0, counts[i].most);
    }
    config->delay[COCH_PEDAL_PRESSED] =
        coch_reading_number(r, PREFIX "pedal_pressed_delay_ms", 0, SHIFT_MAX) / 1000;
    config->delay[COCH_PEDAL_RELEASED] =
        coch_reading_number(r, PREFIX "pedal_released_delay_ms", 0, SHIFT_MAX) / 1000;
}

static void read_tracker(coch_reading *r, coch_piano_model *model)
{
    coch_tracker_config *config = &model->tracker;
    config->keys = COCH_PIANO_KEYS;
    config->first_key = 21;
    read_deadlines(r, config);
    read_thresholds(r, config);
    config->longest_age = coch_reading_number(r, PREFIX "longest_age_ms", 0, SHIFT_MAX) / 1000;
    config->rearm_level = (float)coch_reading_number(r, PREFIX "rearm_level", 0, 1);
    config->rearm_frames = (unsigned)coch_reading_integer(r, PREFIX "rearm_frames", 0, FRAMES_MAX);
    config->off_level = (float)coch_reading_number(r, PREFIX "off_level", 0, 1);
    config->off_held = (float)coch_reading_number_or(r, PREFIX "off_held", 0, 1, 0);
    config->off_shift = coch_reading_number(r, PREFIX "off_shift_ms", -SHIFT_MAX, SHIFT_MAX) / 1000;
    config->off_guard_frames = (unsigned)coch_reading_integer(r, PREFIX "off_guard_frames", 0, FRAMES_MAX);
    read_pedal(r, &config->pedal);
    config->frame_seconds = config->pedal.frame_seconds = (double)model->hop / model->rate;
}

void coch_piano_read_metadata(coch_reading *reading, coch_piano_model *model, coch_gather_shape *harmonics,
                              coch_gather_shape *intervals)
{
    read_identity(reading);
    read_front_end(reading, model);
    read_offsets(reading, PREFIX "harmonics", harmonics);
    read_offsets(reading, PREFIX "intervals", intervals);
    if (reading->status == COCHLEA_OK) {
        read_tracker(reading, model);
    }
}
