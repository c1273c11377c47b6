/* Partials told from noise, and gains that treat each partial as one. */
#include "dsp/cpu.h"
#include "timbre/overlap.h"
#include "timbre/partials.h"
#include "timbre_sounds.h"

enum { SIZE = 2048, HOP = 512, BINS = SIZE / 2 + 1, SPACING = 16 };

typedef struct listener {
    coch_arena arena;
    coch_overlap frames;
    coch_partials partials;
    float *power, *gain;
} listener;

static void lay_out(listener *l)
{
    coch_overlap_layout(&l->frames, &l->arena);
    coch_partials_layout(&l->partials, &l->arena, BINS);
    l->power = coch_arena_take(&l->arena, BINS, sizeof *l->power);
    l->gain = coch_arena_take(&l->arena, BINS, sizeof *l->gain);
}

/* Hears `count` frames of a sound. */
static listener *hear(const float *samples, size_t count)
{
    listener *l = calloc(1, sizeof *l);
    const coch_kernels *kernels = coch_kernels_select(COCH_CPU_ALL);
    assert_non_null(l);
    l->frames = (coch_overlap){.size = SIZE, .hop = HOP, .channels = 1};
    lay_out(l);
    assert_int_equal(coch_arena_allocate(&l->arena), COCHLEA_OK);
    lay_out(l);
    assert_int_equal(coch_overlap_fill(&l->frames, kernels), COCHLEA_OK);
    coch_partials_reset(&l->partials, HOP / 44100.0f);
    for (size_t i = 0; i < count; i++, samples += HOP) {
        coch_overlap_push(&l->frames, &samples, HOP);
        coch_overlap_analyse(&l->frames);
        l->frames.filled = 0;
        kernels->power(l->power, l->frames.channel[0].spectrum, BINS);
        coch_partials_find(&l->partials, kernels, l->power, i == 0);
    }
    return l;
}

static void finish(listener *l)
{
    coch_overlap_free(&l->frames);
    coch_arena_free(&l->arena);
    free(l);
}

/* Partials at every 16th bin up to the 320th, noise everywhere. */
static void tone_and_noise(float *out, float noise)
{
    unsigned seed = 11;
    for (size_t i = 0; i < COUNT; i++) {
        double x = 0;
        for (int h = 1; h <= 20; h++) {
            x += 0.02 * sin(2 * 3.14159265358979 * SPACING * h / SIZE * (double)i + h * h);
        }
        out[i] = (float)x + noise * random_float(&seed);
    }
}

static void partials_are_sure_and_noise_is_not(void **state)
{
    fixture *f = *state;
    double between = 0, above = 0;
    tone_and_noise(f->other.channel[0], 1e-3f);
    listener *l = hear(f->other.channel[0], 40);
    for (size_t h = 1; h <= 20; h++) {
        assert_true(l->partials.tonal[SPACING * h] > 0.9f);
        between += (double)l->partials.tonal[SPACING * h + SPACING / 2] / 20;
    }
    for (size_t i = 400; i < BINS; i++) {
        above += (double)l->partials.tonal[i] / (BINS - 400);
    }
    assert_true(between < 0.1);
    assert_true(above < 0.35);
    finish(l);
}

static void silence_has_no_partials(void **state)
{
    fixture *f = *state;
    memset(&f->other, 0, sizeof f->other);
    listener *l = hear(f->other.channel[0], 4);
    assert_int_equal(l->partials.count, 0);
    finish(l);
}

/* Gains that slope over the bins: each lobe gets that of its top, and no valley more than a little over it.
 */
static void a_partial_moves_as_one(void **state)
{
    fixture *f = *state;
    tone_and_noise(f->other.channel[0], 1e-5f);
    listener *l = hear(f->other.channel[0], 40);
    for (size_t i = 0; i < BINS; i++) {
        l->gain[i] = i % SPACING < SPACING / 2 ? (float)i * 0.02f : 4;
    }
    coch_partials_lock(&l->partials, 1, l->gain);
    for (size_t h = 2; h < 20; h++) {
        const float *top = l->gain + SPACING * h;
        assert_true(fabsf(top[0] - (float)(SPACING * h) * 0.02f) < 1e-6f);
        for (int i = -2; i <= 2; i++) {
            assert_true(fabsf(top[i] - top[0]) < 1e-6f);
        }
        assert_true(top[SPACING / 2] <= fmaxf(top[0], top[SPACING]) + 0.71f);
    }
    finish(l);
}

static void without_coherence_lobes_keep_their_gains(void **state)
{
    fixture *f = *state;
    tone_and_noise(f->other.channel[0], 1e-5f);
    listener *l = hear(f->other.channel[0], 40);
    for (size_t i = 0; i < BINS; i++) {
        l->gain[i] = (float)i * 1e-3f;
    }
    coch_partials_lock(&l->partials, 0, l->gain);
    for (size_t i = 0; i <= 20 * SPACING; i++) {
        assert_true(fabsf(l->gain[i] - (float)i * 1e-3f) < 1e-6f);
    }
    finish(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(partials_are_sure_and_noise_is_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(silence_has_no_partials, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_partial_moves_as_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_coherence_lobes_keep_their_gains, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
