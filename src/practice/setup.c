#include "practice/setup.h"

#include "base/arena.h"
#include "dsp/fft.h"
#include "dsp/window.h"

#include <math.h>
#include <stdlib.h>

static const double stage_seconds[COCH_SETUP_DONE] = {5.0, 10.0, 10.0, 5.0};

/* The clicks come every half second from half a second into their stage on. */
static const double click_first = 0.5, click_every = 0.5;

enum { BLOCK_MS = 100, BLOCKS = 64, PITCHES = 128, ENVELOPE_MS = 2 };

/* A4 is looked for within the range that the ear can be tuned to. */
static const double lowest = 400.0, highest = 480.0;

struct coch_setup {
    coch_arena arena;
    coch_fft *fft;
    double rate;
    size_t size;   /* of the transform */
    float *window; /* [size] */
    float *recent; /* [size] ring of samples */
    int64_t samples;

    double power;       /* of the present block */
    size_t block_count; /* samples in it */
    float blocks[BLOCKS];
    size_t quiet_blocks;

    float pitches[PITCHES]; /* Hz, measured in the tuning stage */
    size_t pitch_count;
    double peak;

    float *click; /* [COCH_SETUP_CLICKS][click_room] peaks of ENVELOPE_MS after each click */
    size_t click_room;
};

double coch_setup_seconds(coch_setup_stage stage)
{
    return stage < COCH_SETUP_DONE ? stage_seconds[stage] : 0.0;
}

void coch_setup_clicks(double times[COCH_SETUP_CLICKS])
{
    double start = stage_seconds[0] + stage_seconds[1] + stage_seconds[2];
    for (int i = 0; i < COCH_SETUP_CLICKS; i++)
        times[i] = start + click_first + click_every * i;
}

static void layout(coch_setup *s)
{
    s->window = coch_arena_take(&s->arena, s->size, sizeof *s->window);
    s->recent = coch_arena_take(&s->arena, s->size, sizeof *s->recent);
    s->click = coch_arena_take(&s->arena, COCH_SETUP_CLICKS * s->click_room, sizeof *s->click);
}

cochlea_status coch_setup_new(coch_setup **setup, double rate)
{
    *setup = NULL;
    if (!(rate >= 8000 && rate <= 192000))
        return COCHLEA_ERROR_ARGUMENT;
    coch_setup *s = calloc(1, sizeof *s);
    if (!s)
        return COCHLEA_ERROR_MEMORY;
    s->rate = rate;
    for (s->size = 1024; (double)s->size < 0.25 * rate;)
        s->size *= 2;
    s->click_room = (size_t)(click_every * 1000.0 / ENVELOPE_MS);
    layout(s);
    cochlea_status status = coch_arena_allocate(&s->arena);
    if (status == COCHLEA_OK) {
        layout(s);
        coch_window_hann(s->window, s->size);
        status = coch_fft_new(&s->fft, s->size);
    }
    if (status != COCHLEA_OK) {
        coch_setup_free(s);
        return status;
    }
    *setup = s;
    return COCHLEA_OK;
}

void coch_setup_free(coch_setup *s)
{
    if (!s)
        return;
    coch_fft_free(s->fft);
    coch_arena_free(&s->arena);
    free(s);
}

static coch_setup_stage stage_at(double seconds, double *left)
{
    int stage = 0;
    for (; stage < COCH_SETUP_DONE && seconds >= stage_seconds[stage]; stage++)
        seconds -= stage_seconds[stage];
    *left = stage < COCH_SETUP_DONE ? stage_seconds[stage] - seconds : 0.0;
    return (coch_setup_stage)stage;
}

coch_setup_stage coch_setup_now(const coch_setup *s, double *left) COCH_REALTIME
{
    return stage_at((double)s->samples / s->rate, left);
}

/* ---- Tuning ---- */

static double power_at(const float *spectrum, size_t bin)
{
    return (double)spectrum[2 * bin] * spectrum[2 * bin] +
           (double)spectrum[2 * bin + 1] * spectrum[2 * bin + 1];
}

/* The strongest partial between two frequencies by a parabola through the logarithms, which for a Hann window
 * is off by less than a hundredth of a bin; 0 unless it stands 20 dB above the middle of its surroundings. */
static double strongest(const coch_setup *s, const float *spectrum, double from, double to)
{
    double step = s->rate / (double)s->size, sum = 0;
    size_t first = (size_t)(from / step), last = (size_t)(to / step) + 1, best = first + 1;
    for (size_t bin = first + 1; bin < last; bin++) {
        sum += power_at(spectrum, bin);
        if (power_at(spectrum, bin) > power_at(spectrum, best))
            best = bin;
    }
    double peak = power_at(spectrum, best);
    double others =
        (sum - peak - power_at(spectrum, best - 1) - power_at(spectrum, best + 1)) / (double)(last - first);
    if (best == first + 1 || best + 1 == last || peak < 100.0 * fmax(others, 1e-12))
        return 0.0;
    double a = log(power_at(spectrum, best - 1)), b = log(peak), c = log(power_at(spectrum, best + 1));
    return ((double)best + 0.5 * (a - c) / (a - 2 * b + c)) * step;
}

/* A block of the tuning stage is over: takes its pitch, if it is a clear A. */
static void measure_pitch(coch_setup *s, double loudness) COCH_REALTIME
{
    float *input = coch_fft_input(s->fft);
    if (s->pitch_count == PITCHES || s->samples < (int64_t)s->size || loudness < 1e-6)
        return;
    for (size_t i = 0; i < s->size; i++)
        input[i] = s->recent[((size_t)s->samples + i) % s->size] * s->window[i];
    const float *spectrum = coch_fft_process(s->fft);
    double first = strongest(s, spectrum, lowest, highest);
    double second = first > 0 ? strongest(s, spectrum, 1.9 * first, 2.1 * first) : 0.0;
    /* A partial of a lower note has no second one at twice its frequency that agrees. */
    if (first > 0 && second > 0 && fabs(1200.0 * log2(second / (2.0 * first))) < 15.0)
        s->pitches[s->pitch_count++] = (float)first;
}

/* ---- Clicks ---- */

static void follow_click(coch_setup *s, double seconds, float sample) COCH_REALTIME
{
    double times[COCH_SETUP_CLICKS];
    coch_setup_clicks(times);
    int which = (int)floor((seconds - times[0]) / click_every);
    if (which < 0 || which >= COCH_SETUP_CLICKS)
        return;
    size_t at = (size_t)((seconds - times[which]) * 1000.0 / ENVELOPE_MS);
    if (at < s->click_room) {
        float *slot = &s->click[(size_t)which * s->click_room + at];
        *slot = fmaxf(*slot, fabsf(sample));
    }
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double median(float *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return count % 2 ? values[count / 2] : 0.5 * (values[count / 2 - 1] + values[count / 2]);
}

/* Milliseconds from each click to the point where its sound reaches half of its peak; their median if most of
 * them were heard, and agree. */
static double latency(const coch_setup *s, double noise)
{
    float ms[COCH_SETUP_CLICKS];
    size_t heard = 0, agree = 0;
    for (size_t c = 0; c < COCH_SETUP_CLICKS; c++) {
        const float *click = s->click + c * s->click_room;
        float peak = 0;
        for (size_t i = 0; i < s->click_room; i++)
            peak = fmaxf(peak, click[i]);
        if (peak < 8.0 * noise || peak <= 1e-5f)
            continue;
        size_t at = 0;
        while (click[at] < 0.5f * peak)
            at++;
        ms[heard++] = (float)((double)at * ENVELOPE_MS);
    }
    if (heard < COCH_SETUP_CLICKS / 2)
        return NAN;
    double middle = median(ms, heard);
    for (size_t i = 0; i < heard; i++)
        agree += fabs(ms[i] - middle) <= 10.0;
    return 2 * agree > heard ? middle : NAN;
}

/* ---- The stream ---- */

static void end_block(coch_setup *s, coch_setup_stage stage) COCH_REALTIME
{
    double mean = s->power / (double)s->block_count;
    if (stage == COCH_SETUP_QUIET && s->quiet_blocks < BLOCKS)
        s->blocks[s->quiet_blocks++] = (float)mean;
    else if (stage == COCH_SETUP_TUNE)
        measure_pitch(s, mean);
    s->power = 0;
    s->block_count = 0;
}

void coch_setup_feed(coch_setup *s, const float *samples, size_t count) COCH_REALTIME
{
    size_t block = (size_t)(s->rate * BLOCK_MS / 1000.0);
    for (size_t i = 0; i < count; i++) {
        double left, seconds = (double)s->samples / s->rate;
        coch_setup_stage stage = stage_at(seconds, &left);
        float sample = isfinite(samples[i]) ? samples[i] : 0.0f;
        s->recent[(size_t)s->samples % s->size] = sample;
        s->samples++;
        s->power += (double)sample * sample;
        if (stage == COCH_SETUP_TUNE || stage == COCH_SETUP_LEVEL)
            s->peak = fmax(s->peak, fabs((double)sample));
        else if (stage == COCH_SETUP_LATENCY)
            follow_click(s, seconds, sample);
        if (++s->block_count == block)
            end_block(s, stage);
    }
}

void coch_setup_get(const coch_setup *s, coch_setup_result *result) COCH_REALTIME
{
    float values[PITCHES];
    *result = (coch_setup_result){NAN, NAN, NAN, NAN};
    double noise = 0;
    if (s->quiet_blocks > 4) {
        for (size_t i = 0; i < s->quiet_blocks; i++)
            values[i] = s->blocks[i];
        noise = median(values, s->quiet_blocks);
        result->noise_db = 10.0 * log10(fmax(noise, 1e-12));
    }
    if (s->peak > 0)
        result->level_db = 20.0 * log10(s->peak);
    if (s->pitch_count >= 3) {
        for (size_t i = 0; i < s->pitch_count; i++)
            values[i] = s->pitches[i];
        result->a4_hz = median(values, s->pitch_count);
    }
    result->latency_ms = latency(s, sqrt(noise));
}

double coch_setup_margin(const coch_setup_result *r)
{
    double margin = r->level_db - r->noise_db;
    return isnan(margin) ? 0.0 : fmin(fmax(margin, 1.0), 200.0);
}

const char *coch_setup_advice(const coch_setup_result *r)
{
    if (isnan(r->level_db) || r->level_db < -50)
        return "nothing was heard of the piano: is it the right input, and is it turned up?";
    if (r->level_db >= -0.1)
        return "the loudest notes are cut off: turn the input down";
    if (r->level_db < -30)
        return "the piano comes in very softly: turn the input up";
    if (!isnan(r->noise_db) && r->level_db - r->noise_db < 40)
        return "the room is loud: move the microphone closer to the piano";
    if (isnan(r->a4_hz))
        return "the A above middle C was not heard clearly: the tuning is taken to be 440 Hz";
    return NULL;
}
