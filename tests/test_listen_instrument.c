/* The instrument detector against what its training code computes, and its life as a stream. */
#include "default_models.h"
#include "dsp/cpu.h"
#include "dsp/cqt.h"
#include "golden_sound.h"
#include "listen/instrument.h"
#include "listen/instrument_stream.h"
#include "npy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STEP = 8 /* the goldens hold every eighth column's magnitudes */, BINS = COCH_INSTRUMENT_BINS };
enum { WINDOWS_FROM = 30 /* first block whose windows are in the goldens */, SHORT = 6, LONG = 25 };

static const double TOLERANCE = 1e-4;

typedef struct fixture {
    coch_instrument_model *model;
    float *samples; /* the golden signal */
    size_t count, hop;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    golden_sound sound = golden_sound_open("instrument");
    if (!sound.samples)
        return -1;
    f.samples = sound.samples;
    f.model = default_instrument_model();
    f.count = sound.count;
    f.hop = coch_instrument_model_hop(f.model);
    *state = &f;
    return sound.rate == (int)coch_instrument_model_rate(f.model) ? 0 : -1;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    coch_instrument_model_free(f->model);
    free(f->samples);
    return 0;
}

static coch_instrument *new_instrument(const fixture *f, unsigned mask)
{
    coch_instrument *instrument;
    assert_int_equal(coch_instrument_new(&instrument, f->model, coch_kernels_select(mask)), COCHLEA_OK);
    return instrument;
}

/* Largest difference so far, relative where values are large; NaN counts as infinite. */
static void track(double *worst, float found, float expected)
{
    double difference = fabs((double)found - (double)expected) / (1 + fabs((double)expected));
    *worst = difference <= *worst ? *worst : isnan(difference) ? INFINITY : difference;
}

/* ---- Goldens ---- */

static void magnitudes_equal_goldens(void **state)
{
    const fixture *f = *state;
    npy golden = npy_open("instrument_magnitudes");
    assert_non_null(golden.data);
    coch_cqt *cqt;
    const coch_cqt_shape shape = {.rate = 44100,
                                  .hop = 882,
                                  .lowest = 55,
                                  .per_octave = 12,
                                  .bins = BINS,
                                  .groups = 3,
                                  .group = {{36, 16384, 1}, {60, 2048, 2}, {BINS, 512, 6}}};
    assert_int_equal(coch_cqt_new(&cqt, coch_kernels_select(COCH_CPU_ALL), &shape), COCHLEA_OK);
    double worst = 0;
    for (size_t t = 0; t < f->count / f->hop; t++) {
        const float *magnitudes = coch_cqt_process(cqt, f->samples + t * f->hop);
        for (size_t i = 0; t % STEP == 0 && i < BINS; i++)
            track(&worst, magnitudes[i], golden.data[t / STEP * BINS + i]);
    }
    print_message("worst difference of a magnitude: %.2g\n", worst);
    assert_true(worst < 1e-5);
    free(golden.data);
    coch_cqt_free(cqt);
}

static void columns_equal_goldens(void **state)
{
    const fixture *f = *state;
    npy golden = npy_open("instrument_columns");
    assert_non_null(golden.data);
    coch_instrument *instrument = new_instrument(f, COCH_CPU_ALL);
    double worst = 0;
    for (size_t t = 0; t < golden.shape[0]; t++) {
        const float *column = coch_instrument_column(instrument, f->samples + t * f->hop);
        for (size_t i = 0; i < BINS; i++)
            track(&worst, column[i], golden.data[t * BINS + i]);
    }
    print_message("worst difference of a column: %.2g\n", worst);
    assert_true(golden.shape[0] > 100);
    assert_true(worst < TOLERANCE);
    free(golden.data);
    coch_instrument_free(instrument);
}

/* The same columns through the stream block by block and through PyTorch's nets at once. */
static void scores_equal_goldens(const fixture *f, unsigned mask)
{
    npy columns = npy_open("instrument_columns"), scores = npy_open("instrument_scores");
    npy windows = npy_open("instrument_statistics");
    assert_non_null(columns.data);
    assert_non_null(scores.data);
    assert_non_null(windows.data);
    coch_instrument *instrument = new_instrument(f, mask);
    size_t classes = coch_instrument_model_classes(f->model), blocks = 0, compared = 0;
    double worst = 0, worst_window = 0;
    for (size_t t = 0; t < columns.shape[0]; t++) {
        if (!coch_instrument_listen(instrument, columns.data + t * BINS))
            continue;
        const float *found = coch_instrument_net_scores(instrument);
        for (size_t i = 0; i < classes; i++)
            track(&worst, found[i], scores.data[blocks * classes + i]);
        for (size_t w = 0; blocks >= WINDOWS_FROM && w < 2; w++, compared++) {
            const float *window = coch_instrument_statistics_scores(instrument, w == 0 ? SHORT : LONG);
            for (size_t i = 0; i < classes; i++)
                track(&worst_window, window[i], windows.data[compared * classes + i]);
        }
        blocks++;
    }
    print_message("worst difference of a score: %.2g, of the statistics: %.2g\n", worst, worst_window);
    assert_int_equal(blocks, scores.shape[0]);
    assert_int_equal(compared, windows.shape[0]);
    assert_true(compared > 10);
    assert_true(worst < TOLERANCE);
    assert_true(worst_window < TOLERANCE);
    free(columns.data);
    free(scores.data);
    free(windows.data);
    coch_instrument_free(instrument);
}

static void scores_equal_goldens_best(void **state)
{
    scores_equal_goldens(*state, COCH_CPU_ALL);
}

static void scores_equal_goldens_c(void **state)
{
    scores_equal_goldens(*state, 0);
}

/* ---- Streams ---- */

enum { DECISIONS_MAX = 200 };

typedef struct record {
    coch_instrument_decision decision[DECISIONS_MAX];
    double time[DECISIONS_MAX];
    size_t count;
} record;

static void keep(void *context, const coch_instrument_decision *decision, double time)
{
    record *r = context;
    assert_true(r->count < DECISIONS_MAX);
    r->decision[r->count] = *decision;
    r->time[r->count++] = time;
}

static void hear(record *r, coch_instrument_stream *stream, const float *samples, size_t count, size_t piece)
{
    memset(r, 0, sizeof *r);
    for (size_t at = 0; at < count; at += piece)
        coch_instrument_stream_feed(stream, samples + at, count - at < piece ? count - at : piece, keep, r);
    coch_instrument_stream_finish(stream, keep, r);
}

static coch_instrument_stream *new_stream(const fixture *f, double rate)
{
    coch_instrument_stream *stream;
    assert_int_equal(coch_instrument_stream_new(&stream, f->model, coch_kernels_select(COCH_CPU_ALL), rate),
                     COCHLEA_OK);
    return stream;
}

static void pieces_change_nothing(void **state)
{
    static record whole, again;
    const fixture *f = *state;
    const size_t pieces[] = {1, 7, 64, 1000, 4096};
    coch_instrument_stream *stream = new_stream(f, 48000);
    hear(&whole, stream, f->samples, f->count, f->count);
    assert_true(whole.count >= 30);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        coch_instrument_stream_reset(stream);
        hear(&again, stream, f->samples, f->count, pieces[i]);
        assert_memory_equal(&whole, &again, sizeof whole);
    }
    coch_instrument_stream_free(stream);
}

static void decisions_come_every_tenth(void **state)
{
    static record r;
    const fixture *f = *state;
    coch_instrument_stream *stream = new_stream(f, 44100);
    hear(&r, stream, f->samples, f->count, 512);
    assert_int_equal(r.count, f->count / (f->hop * COCH_INSTRUMENT_BLOCK));
    for (size_t i = 0; i < r.count; i++) {
        float sum = 0;
        for (size_t c = 0; c < coch_instrument_model_classes(f->model); c++)
            sum += r.decision[i].p[c];
        assert_true(fabs(r.time[i] - 0.1 * (double)(i + 1)) < 1e-9);
        assert_true(fabsf(sum - 1) < 1e-5f);
        assert_true(r.decision[i].confidence == r.decision[i].p[r.decision[i].label]);
    }
    coch_instrument_stream_free(stream);
}

static void short_input_gives_one_decision(void **state)
{
    static record r;
    const fixture *f = *state;
    coch_instrument_stream *stream = new_stream(f, 44100);
    hear(&r, stream, f->samples, 10, 10);
    assert_int_equal(r.count, 1);
    coch_instrument_stream_free(stream);
}

static void silence_and_noise_are_none(void **state)
{
    static record r;
    const fixture *f = *state;
    const size_t count = 3 * 44100, none = coch_instrument_model_find(f->model, "none");
    const float levels[] = {0.0f, 1e-5f, 1e-3f, 0.1f};
    float *sound = calloc(count, sizeof *sound);
    unsigned noise = 1;
    assert_non_null(sound);
    assert_true(none < coch_instrument_model_classes(f->model));
    for (size_t l = 0; l < sizeof levels / sizeof *levels; l++) {
        for (size_t i = 0; i < count; i++) {
            noise = noise * 1664525u + 1013904223u;
            sound[i] = levels[l] * ((float)(noise >> 8) / 8388608.0f - 1.0f);
        }
        coch_instrument_stream *stream = new_stream(f, 44100);
        hear(&r, stream, sound, count, 4096);
        for (size_t i = 0; i < r.count; i++)
            assert_int_equal(r.decision[i].label, none);
        coch_instrument_stream_free(stream);
    }
    free(sound);
}

static void broken_samples_do_no_harm(void **state)
{
    const fixture *f = *state;
    coch_instrument *instrument = new_instrument(f, COCH_CPU_ALL);
    float *hop = malloc(f->hop * sizeof *hop);
    assert_non_null(hop);
    for (size_t i = 0; i < f->hop; i++)
        hop[i] = i % 3 == 0 ? NAN : i % 3 == 1 ? INFINITY : -3e38f;
    for (size_t t = 0; t < 200; t++) {
        const coch_instrument_decision *d =
            coch_instrument_process(instrument, t < 100 ? hop : f->samples + t % 50 * f->hop);
        for (size_t c = 0; d && c < coch_instrument_model_classes(f->model); c++)
            assert_true(d->p[c] >= 0 && d->p[c] <= 1);
    }
    free(hop);
    coch_instrument_free(instrument);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(magnitudes_equal_goldens),       cmocka_unit_test(columns_equal_goldens),
        cmocka_unit_test(scores_equal_goldens_best),      cmocka_unit_test(scores_equal_goldens_c),
        cmocka_unit_test(pieces_change_nothing),          cmocka_unit_test(decisions_come_every_tenth),
        cmocka_unit_test(short_input_gives_one_decision), cmocka_unit_test(silence_and_noise_are_none),
        cmocka_unit_test(broken_samples_do_no_harm),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
