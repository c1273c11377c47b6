/* The set-up over a made-up room: noise, a tuned A, a loud chord, clicks that come back late. */
#include "practice/setup.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define PI 3.14159265358979323846

static float noise(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (float)(*seed >> 8) / (float)(1 << 23) - 1.0f;
}

/* The sample at `t` seconds of a sitting with the given tuning and latency. */
static double room(double t, double a4, double delay, unsigned *seed)
{
    double clicks[COCH_SETUP_CLICKS], value = 0.001 * noise(seed);
    coch_setup_clicks(clicks);
    if (t > 5 && t < 15) {
        double since = fmod(t, 1.0);
        for (int h = 1; h <= 4; h++)
            value += 0.1 / h * exp(-2.0 * since) * sin(2 * PI * a4 * h * t);
    }
    if (t > 16 && t < 24)
        value += 0.5 * sin(2 * PI * 131.0 * t);
    for (int i = 0; i < COCH_SETUP_CLICKS; i++) {
        double since = t - clicks[i] - delay;
        if (since > 0 && since < 0.02)
            value += 0.2 * exp(-200.0 * since) * sin(2 * PI * 1500.0 * since);
    }
    return value;
}

static coch_setup_result measure(double rate, double a4, double delay)
{
    coch_setup *setup;
    coch_setup_result result;
    unsigned seed = 1;
    float block[777];
    size_t n = 0;
    assert_int_equal(coch_setup_new(&setup, rate), COCHLEA_OK);
    for (int64_t i = 0; i < (int64_t)(30.0 * rate); i++) {
        block[n++] = (float)room((double)i / rate, a4, delay, &seed);
        if (n == 777) {
            coch_setup_feed(setup, block, n);
            n = 0;
        }
    }
    coch_setup_feed(setup, block, n);
    double left;
    assert_int_equal(coch_setup_now(setup, &left), COCH_SETUP_DONE);
    coch_setup_get(setup, &result);
    coch_setup_free(setup);
    return result;
}

static void a_room_is_measured(void **state)
{
    static const struct {
        double rate, a4, delay;
    } rooms[] = {{44100, 440.0, 0.030}, {48000, 442.3, 0.081}, {16000, 431.0, 0.150}, {96000, 415.3, 0.012}};
    (void)state;
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        coch_setup_result r = measure(rooms[i].rate, rooms[i].a4, rooms[i].delay);
        assert_true(fabs(r.a4_hz - rooms[i].a4) < 0.3);
        assert_true(fabs(r.latency_ms - 1000 * rooms[i].delay) < 4.0);
        assert_true(fabs(r.noise_db - 20 * log10(0.001 / sqrt(3.0))) < 1.0);
        assert_true(fabs(r.level_db + 6.0) < 0.5);
        assert_null(coch_setup_advice(&r));
        assert_true(fabs(coch_setup_margin(&r) - (r.level_db - r.noise_db)) < 1e-9);
    }
}

static void silence_tells_nothing(void **state)
{
    coch_setup *setup;
    coch_setup_result result;
    float zeroes[1000] = {0};
    (void)state;
    assert_int_equal(coch_setup_new(&setup, 8000), COCHLEA_OK);
    for (int i = 0; i < 300; i++)
        coch_setup_feed(setup, zeroes, 1000);
    coch_setup_get(setup, &result);
    assert_true(isnan(result.a4_hz) && isnan(result.latency_ms) && isnan(result.level_db));
    assert_non_null(coch_setup_advice(&result));
    assert_true(coch_setup_margin(&result) == 0.0);
    coch_setup_free(setup);
    assert_int_equal(coch_setup_new(&setup, 100), COCHLEA_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_room_is_measured),
                                       cmocka_unit_test(silence_tells_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
