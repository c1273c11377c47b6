/* The maps from bins to bands by themselves: rows against their definition, where tones land, and what is
 * refused. */
#include "dsp/bands.h"
#include "dsp/cpu.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIZE = 2048, BINS = SIZE / 2 + 1, LOG_BANDS = 271, MEL_BANDS = 80 };
#define RATE 16000.0
#define REFERENCE_HZ 440.0
#define REFERENCE_BAND 120.0
#define PER_OCTAVE 36.0
#define LOW 30.0
#define HIGH 7600.0

static const double bin_hz = RATE / SIZE;

/* A map and the memory that it lies in. */
typedef struct fixture {
    coch_arena arena;
    coch_bands map;
} fixture;

static void new_log(fixture *f)
{
    *f = (fixture){0};
    for (int pass = 0; pass < 2; pass++) {
        assert_int_equal(coch_bands_layout_log(&f->map, &f->arena, LOG_BANDS, REFERENCE_HZ, REFERENCE_BAND,
                                               PER_OCTAVE, RATE, SIZE),
                         COCHLEA_OK);
        assert_int_equal(pass == 0 ? coch_arena_allocate(&f->arena) : COCHLEA_OK, COCHLEA_OK);
    }
}

static void new_mel(fixture *f)
{
    *f = (fixture){0};
    for (int pass = 0; pass < 2; pass++) {
        assert_int_equal(coch_bands_layout_mel(&f->map, &f->arena, MEL_BANDS, LOW, HIGH, RATE, SIZE),
                         COCHLEA_OK);
        assert_int_equal(pass == 0 ? coch_arena_allocate(&f->arena) : COCHLEA_OK, COCHLEA_OK);
    }
}

static double log_hz(double band)
{
    return REFERENCE_HZ * pow(2, (band - REFERENCE_BAND) / PER_OCTAVE);
}

/* O'Shaughnessy's scale, by its inverse: centre of band j, the edges at j = -1 and MEL_BANDS. */
static double mel_hz(double band)
{
    double low = 1127.010480 * log(1 + LOW / 700), high = 1127.010480 * log(1 + HIGH / 700);
    return 700 * (exp((low + (high - low) * (band + 1) / (MEL_BANDS + 1)) / 1127.010480) - 1);
}

/* The weight of a bin in a band; 0 where the map has none. */
static double weight(const coch_bands *map, size_t band, size_t bin)
{
    size_t first = (size_t)map->first[band], length = (size_t)map->length[band];
    return bin < first || bin >= first + length ? 0 : map->weights[(size_t)map->offset[band] + bin - first];
}

/* A triangle that is 1 at `centre`. */
static double triangle(double hz, double low, double centre, double high)
{
    return fmax(0, fmin((hz - low) / (centre - low), (high - hz) / (high - centre)));
}

static void check_rows(const coch_bands *map, double (*centre)(double), double least)
{
    for (size_t j = 0; j < map->bands; j++) {
        double middle = centre((double)j), low = centre((double)j - 1), high = centre((double)j + 1);
        low = fmin(low, middle - least);
        high = fmax(high, middle + least);
        for (size_t k = 0; k < map->bins; k++) {
            double exact = triangle((double)k * bin_hz, low, middle, high);
            assert_true(fabs(weight(map, j, k) - exact) < 2e-5);
        }
        assert_in_range(map->first[j], 0, BINS);
        assert_true((size_t)map->first[j] + (size_t)map->length[j] <= BINS);
    }
}

static void logarithmic_rows_are_the_definition(void **state)
{
    fixture f;
    (void)state;
    new_log(&f);
    assert_int_equal(f.map.bands, LOG_BANDS);
    assert_int_equal(f.map.bins, BINS);
    check_rows(&f.map, log_hz, bin_hz);
    for (size_t j = 0; j < LOG_BANDS; j++) {
        assert_true(f.map.length[j] >= 1); /* low bands are narrower than a bin and still hear */
    }
    assert_true(weight(&f.map, LOG_BANDS - 1, BINS - 1) > 0.3); /* the highest reaches over half the rate */
    coch_arena_free(&f.arena);
}

static void mel_rows_are_the_definition(void **state)
{
    fixture f;
    (void)state;
    new_mel(&f);
    assert_int_equal(f.map.bands, MEL_BANDS);
    check_rows(&f.map, mel_hz, 0);
    coch_arena_free(&f.arena);
}

/* Where no triangle was widened, neighbours share every bin between them and lose nothing. */
static void neighbours_add_up_to_one(void **state)
{
    fixture f;
    size_t shared = 0;
    (void)state;
    new_mel(&f);
    for (size_t k = 0; k < BINS; k++) {
        double sum = 0;
        for (size_t j = 0; j < MEL_BANDS; j++) {
            sum += weight(&f.map, j, k);
        }
        if ((double)k * bin_hz > mel_hz(0) && (double)k * bin_hz < mel_hz(MEL_BANDS - 1)) {
            assert_true(fabs(sum - 1) < 1e-5);
            shared++;
        }
        if ((double)k * bin_hz <= LOW || (double)k * bin_hz >= HIGH) {
            assert_true(sum == 0);
        }
    }
    assert_true(shared > 900);
    coch_arena_free(&f.arena);
}

/* All power in one bin: the band whose centre is nearest by the definition is the loudest. */
static void tones_land_in_their_bands(void **state)
{
    static float power[BINS], out[LOG_BANDS];
    const coch_kernels *kernels = coch_kernels_select(COCH_CPU_ALL);
    fixture f;
    (void)state;
    new_log(&f);
    for (size_t k = 20; k < BINS; k += 13) { /* from where a band is wider than a bin */
        double place = REFERENCE_BAND + PER_OCTAVE * log2((double)k * bin_hz / REFERENCE_HZ);
        size_t loudest = 0;
        if (place > LOG_BANDS - 1) {
            break;
        }
        memset(power, 0, sizeof power);
        power[k] = 2;
        coch_bands_process(&f.map, kernels, power, out);
        for (size_t j = 1; j < LOG_BANDS; j++) {
            loudest = out[j] > out[loudest] ? j : loudest;
        }
        assert_true(fabs((double)loudest - place) < 0.51);
        assert_true(fabs(out[loudest] - 2 * weight(&f.map, loudest, k)) < 1e-5);
    }
    coch_arena_free(&f.arena);
}

static void processing_is_the_sum_of_each_row(void **state)
{
    static const unsigned masks[] = {0, COCH_CPU_AVX2, COCH_CPU_ALL};
    static float power[BINS], out[LOG_BANDS];
    uint32_t random = 5;
    fixture f;
    (void)state;
    new_log(&f);
    for (size_t k = 0; k < BINS; k++) {
        random = random * 1664525u + 1013904223u;
        power[k] = (float)(random >> 8) * 0x1p-24f;
    }
    for (size_t m = 0; m < sizeof masks / sizeof *masks; m++) {
        coch_bands_process(&f.map, coch_kernels_select(masks[m]), power, out);
        for (size_t j = 0; j < LOG_BANDS; j++) {
            double sum = 0;
            for (size_t k = 0; k < BINS; k++) {
                sum += weight(&f.map, j, k) * power[k];
            }
            assert_true(fabs(out[j] - sum) < 1e-5 * (1 + sum));
        }
    }
    coch_arena_free(&f.arena);
}

static void wrong_logarithmic_axes_are_refused(void **state)
{
    static const struct {
        size_t bands;
        double hz, band, per_octave, rate;
        size_t size;
    } bad[] = {
        {0, 440, 69, 12, RATE, SIZE},         {65537, 440, 69, 12, RATE, SIZE},
        {88, 0, 69, 12, RATE, SIZE},          {88, -440, 69, 12, RATE, SIZE},
        {88, NAN, 69, 12, RATE, SIZE},        {88, INFINITY, 69, 12, RATE, SIZE},
        {88, 440, NAN, 12, RATE, SIZE},       {88, 440, INFINITY, 12, RATE, SIZE},
        {88, 440, 69, 0, RATE, SIZE},         {88, 440, 69, -12, RATE, SIZE},
        {88, 440, 69, NAN, RATE, SIZE},       {88, 440, 69, 12, 0, SIZE},
        {88, 440, 69, 12, -RATE, SIZE},       {88, 440, 69, 12, NAN, SIZE},
        {88, 440, 69, 12, INFINITY, SIZE},    {88, 440, 69, 12, RATE, 0},
        {88, 440, 69, 12, RATE, 2047},        {88, 440, 69, 12, RATE, 65538},
        {88, 440, 69, 12, 2 * 440 * 2, SIZE}, {88, 8000, 87, 12, RATE, SIZE}}; /* beyond half the rate */
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fixture f = {0};
        assert_int_equal(coch_bands_layout_log(&f.map, &f.arena, bad[i].bands, bad[i].hz, bad[i].band,
                                               bad[i].per_octave, bad[i].rate, bad[i].size),
                         COCHLEA_ERROR_ARGUMENT);
    }
}

static void wrong_mel_axes_are_refused(void **state)
{
    static const struct {
        size_t bands;
        double low, high, rate;
        size_t size;
    } bad[] = {{0, 30, 7600, RATE, SIZE},       {65537, 30, 7600, RATE, SIZE}, {80, -1, 7600, RATE, SIZE},
               {80, NAN, 7600, RATE, SIZE},     {80, 30, 30, RATE, SIZE},      {80, 30, 20, RATE, SIZE},
               {80, 30, 8001, RATE, SIZE},      {80, 30, NAN, RATE, SIZE},     {80, 30, INFINITY, RATE, SIZE},
               {80, 30, 7600, 0, SIZE},         {80, 30, 7600, NAN, SIZE},     {80, 30, 7600, INFINITY, SIZE},
               {80, 30, 7600, RATE, SIZE + 1u}, {80, 30, 7600, RATE, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fixture f = {0};
        assert_int_equal(coch_bands_layout_mel(&f.map, &f.arena, bad[i].bands, bad[i].low, bad[i].high,
                                               bad[i].rate, bad[i].size),
                         COCHLEA_ERROR_ARGUMENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logarithmic_rows_are_the_definition),
        cmocka_unit_test(mel_rows_are_the_definition),
        cmocka_unit_test(neighbours_add_up_to_one),
        cmocka_unit_test(tones_land_in_their_bands),
        cmocka_unit_test(processing_is_the_sum_of_each_row),
        cmocka_unit_test(wrong_logarithmic_axes_are_refused),
        cmocka_unit_test(wrong_mel_axes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
