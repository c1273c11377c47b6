/* The constant-Q front end: tones, levels, gaps, partitions, wrong shapes. */
#include "dsp/cpu.h"
#include "dsp/cqt.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { HOP = 882, BINS = 96 };
#define RATE 44100.0
#define TURN 6.283185307179586

static const coch_cqt_shape shape = {.rate = RATE,
                                     .hop = HOP,
                                     .lowest = 55,
                                     .per_octave = 12,
                                     .bins = BINS,
                                     .groups = 3,
                                     .group = {{36, 16384, 1}, {60, 2048, 2}, {BINS, 512, 6}}};

static coch_cqt *new_cqt(unsigned mask)
{
    coch_cqt *cqt;
    assert_int_equal(coch_cqt_new(&cqt, coch_kernels_select(mask), &shape), COCHLEA_OK);
    return cqt;
}

/* The column after `hops` hops of a sine. */
static const float *hear_sine(coch_cqt *cqt, double frequency, double amplitude, size_t hops)
{
    const float *out = NULL;
    float hop[HOP];
    for (size_t t = 0; t < hops; t++) {
        for (size_t i = 0; i < HOP; i++)
            hop[i] = (float)(amplitude * sin(TURN * frequency * (double)(t * HOP + i) / RATE));
        out = coch_cqt_process(cqt, hop);
    }
    return out;
}

/* Decibels between the neighbours in the table of IEC 61672. */
static void tones_have_their_weight(void **state)
{
    (void)state;
    const struct {
        size_t bin;
        double decibels; /* of the A curve there */
    } tones[] = {{0, -28.6},  {12, -17.9}, {24, -9.9}, {36, -4.1},
                 {48, -0.45}, {60, 1.1},   {72, 1.1},  {84, -0.5}};
    coch_cqt *cqt = new_cqt(COCH_CPU_ALL);
    for (size_t i = 0; i < sizeof tones / sizeof *tones; i++) {
        coch_cqt_reset(cqt);
        const float *m = hear_sine(cqt, 55.0 * exp2((double)tones[i].bin / 12), 0.5, 40);
        size_t loudest = 0;
        for (size_t bin = 1; bin < BINS; bin++)
            loudest = m[bin] > m[loudest] ? bin : loudest;
        assert_int_equal(loudest, tones[i].bin);
        assert_true(fabs(20 * log10((double)m[loudest] / 0.5) - tones[i].decibels) < 0.3);
        for (size_t bin = 0; bin < BINS; bin++) /* an octave away next to nothing is left */
            if (bin + 12 <= loudest || bin >= loudest + 12)
                assert_true(m[bin] < 0.02f * m[loudest] + 1e-4f);
    }
    coch_cqt_free(cqt);
}

/* A click falls into one of the short windows wherever in the hop it lies. */
static void no_click_is_missed(void **state)
{
    (void)state;
    coch_cqt *cqt = new_cqt(COCH_CPU_ALL);
    float hop[HOP];
    for (size_t at = 0; at < HOP; at += 21) {
        coch_cqt_reset(cqt);
        memset(hop, 0, sizeof hop);
        hop[at] = 1;
        float first = coch_cqt_process(cqt, hop)[72];
        memset(hop, 0, sizeof hop);
        float second = coch_cqt_process(cqt, hop)[72];
        assert_true(first + second > 1e-3f);
    }
    coch_cqt_free(cqt);
}

static void tables_agree(void **state)
{
    (void)state;
    coch_cqt *best = new_cqt(COCH_CPU_ALL), *plain = new_cqt(0);
    float hop[HOP];
    uint32_t noise = 5;
    for (size_t t = 0; t < 30; t++) {
        for (size_t i = 0; i < HOP; i++) {
            noise = noise * 1664525u + 1013904223u;
            hop[i] = (float)(int32_t)noise * 0x1p-32f;
        }
        const float *a = coch_cqt_process(best, hop), *b = coch_cqt_process(plain, hop);
        for (size_t bin = 0; bin < BINS; bin++)
            assert_true(fabsf(a[bin] - b[bin]) < 1e-5f);
    }
    coch_cqt_free(best);
    coch_cqt_free(plain);
}

static void a_reset_is_silence(void **state)
{
    (void)state;
    coch_cqt *cqt = new_cqt(COCH_CPU_ALL);
    float first[BINS], silence[HOP] = {0};
    memcpy(first, hear_sine(cqt, 220, 1, 3), sizeof first);
    coch_cqt_reset(cqt);
    const float *m = coch_cqt_process(cqt, silence);
    for (size_t bin = 0; bin < BINS; bin++)
        assert_true(m[bin] == 0.0f);
    coch_cqt_reset(cqt);
    assert_memory_equal(first, hear_sine(cqt, 220, 1, 3), sizeof first);
    coch_cqt_free(cqt);
}

static void broken_samples_are_silent(void **state)
{
    (void)state;
    coch_cqt *cqt = new_cqt(COCH_CPU_ALL);
    float hop[HOP];
    for (size_t i = 0; i < HOP; i++)
        hop[i] = i % 2 ? NAN : INFINITY;
    const float *m = coch_cqt_process(cqt, hop);
    for (size_t bin = 0; bin < BINS; bin++)
        assert_true(m[bin] == 0.0f);
    coch_cqt_free(cqt);
}

static void refuse(coch_cqt_shape wrong)
{
    coch_cqt *cqt = (coch_cqt *)(uintptr_t)1;
    assert_int_equal(coch_cqt_new(&cqt, coch_kernels_select(0), &wrong), COCHLEA_ERROR_ARGUMENT);
    assert_null(cqt);
}

static void wrong_shapes_are_refused(void **state)
{
    (void)state;
    coch_cqt_shape s = shape;
    s.rate = 0;
    refuse(s);
    s = shape;
    s.rate = NAN;
    refuse(s);
    s = shape;
    s.hop = 881; /* six transforms do not divide it */
    refuse(s);
    s = shape;
    s.lowest = 110; /* the top bin would be above half the rate */
    refuse(s);
    s = shape;
    s.bins = 97;
    refuse(s);
    s = shape;
    s.groups = 0;
    refuse(s);
    s = shape;
    s.groups = COCH_CQT_GROUPS_MAX + 1;
    refuse(s);
    s = shape;
    s.group[0].fft_size = 8192; /* shorter than the lowest window */
    refuse(s);
    s = shape;
    s.group[1].fft_size = 2047;
    refuse(s);
    s = shape;
    s.group[1].end = 36;
    refuse(s);
    s = shape;
    s.group[2].count = 0;
    refuse(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tones_have_their_weight),
        cmocka_unit_test(no_click_is_missed),
        cmocka_unit_test(tables_agree),
        cmocka_unit_test(a_reset_is_silence),
        cmocka_unit_test(broken_samples_are_silent),
        cmocka_unit_test(wrong_shapes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
