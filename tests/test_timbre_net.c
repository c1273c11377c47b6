/* The hybridizer's front end and net against the training code, and its weight file against damage. */
#include "dsp/cpu.h"
#include "npy.h"
#include "timbre/autoencoder.h"
#include "timbre/overlap.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

enum { RATE = 44100, HOP = 512, SIZE = 2048, BINS = SIZE / 2 + 1 };

static const float tolerance = 1e-4f;

static const char *model_file(void)
{
    static char path[4096];
    const char *folder = getenv("COCHLEA_MODELS");
    snprintf(path, sizeof path, "%s/hybrid.gguf", folder ? folder : "models");
    return path;
}

static cochlea_hybrid_model *open_model(void)
{
    char why[200];
    cochlea_hybrid_model *model;
    if (cochlea_hybrid_model_open(&model, model_file(), why, sizeof why) != COCHLEA_OK) {
        fail_msg("%s: %s", model_file(), why);
    }
    return model;
}

static void compare(const float *mine, const npy *golden, size_t row, const char *what)
{
    const float *theirs = golden->data + row * golden->shape[1];
    for (size_t i = 0; i < golden->shape[1]; i++) {
        if (!(fabsf(mine[i] - theirs[i]) <= tolerance * fmaxf(1, fabsf(theirs[i])))) {
            fail_msg("%s, frame %zu, value %zu: %g, not %g", what, row, i, (double)mine[i],
                     (double)theirs[i]);
        }
    }
}

/* Frames of the golden sound, one after the other. */
typedef struct listener {
    coch_arena arena;
    coch_timbre_frontend front;
    coch_overlap frames;
    float *power;
    coch_autoencoder *net;
} listener;

static void lay_out(listener *l, const cochlea_hybrid_model *model)
{
    coch_timbre_frontend_layout(&l->front, &l->arena, RATE);
    coch_overlap_layout(&l->frames, &l->arena);
    l->power = coch_arena_take(&l->arena, BINS, sizeof *l->power);
    l->net = coch_hybrid_autoencoder.layout(&l->arena, model);
}

static void listen(listener *l, const cochlea_hybrid_model *model)
{
    *l = (listener){.frames = {.size = SIZE, .hop = HOP, .channels = 1}};
    lay_out(l, model);
    assert_int_equal(coch_arena_allocate(&l->arena), COCHLEA_OK);
    lay_out(l, model);
    coch_timbre_frontend_fill(&l->front, model->kernels, RATE);
    assert_int_equal(coch_overlap_fill(&l->frames, model->kernels), COCHLEA_OK);
}

static void step(listener *l, const float *samples, coch_timbre_frame *frame)
{
    coch_overlap_push(&l->frames, &samples, HOP);
    coch_overlap_analyse(&l->frames);
    l->frames.filled = 0;
    l->front.kernels->power(l->power, l->frames.channel[0].spectrum, BINS);
    coch_timbre_frontend_process(&l->front, l->power, frame);
}

static void close(listener *l)
{
    coch_overlap_free(&l->frames);
    coch_arena_free(&l->arena);
}

static void front_end_and_net_equal_those_of_training(void **state)
{
    (void)state;
    npy audio = npy_open("hybrid_audio"), level = npy_open("hybrid_level"), flat = npy_open("hybrid_flat");
    npy encode = npy_open("hybrid_encode"), lstm = npy_open("hybrid_lstm"), gain = npy_open("hybrid_gain");
    assert_true(audio.data && level.data && flat.data && encode.data && lstm.data && gain.data);
    cochlea_hybrid_model *model = open_model();
    listener l;
    coch_timbre_frame frame;
    listen(&l, model);
    assert_int_equal(level.shape[0], audio.shape[0] / HOP);
    for (size_t i = 0; i < level.shape[0]; i++) {
        step(&l, audio.data + i * HOP, &frame);
        compare(frame.level, &level, i, "level");
        compare(frame.flat, &flat, i, "flat");
        coch_autoencoder_step(l.net, model, model->target[0].latent, frame.flat);
        compare(l.net->encoded, &encode, i, "encode");
        compare(l.net->lstm.h, &lstm, i, "lstm");
        compare(l.net->gain, &gain, i, "gain");
    }
    close(&l);
    cochlea_hybrid_model_free(model);
    free(audio.data);
    free(level.data);
    free(flat.data);
    free(encode.data);
    free(lstm.data);
    free(gain.data);
}

static void every_target_has_every_method(void **state)
{
    (void)state;
    const char *const wanted[] = {"violin",    "clarinet",         "flute",        "trumpet",
                                  "tenor_sax", "distorted_guitar", "female_voice", "organ"};
    cochlea_hybrid_model *model = open_model();
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        int target = cochlea_hybrid_model_find(model, wanted[i]);
        assert_true(target >= 0);
        assert_string_equal(cochlea_hybrid_model_target(model, (unsigned)target), wanted[i]);
        for (int m = 0; m < COCHLEA_HYBRID_METHODS; m++) {
            assert_true(cochlea_hybrid_model_has(model, (unsigned)target, (cochlea_hybrid_method)m));
        }
    }
    assert_int_equal(cochlea_hybrid_model_find(model, "nothing"), -1);
    assert_null(cochlea_hybrid_model_target(model, cochlea_hybrid_model_targets(model)));
    assert_false(cochlea_hybrid_model_has(model, 1000, COCHLEA_HYBRID_ENVELOPE));
    cochlea_hybrid_model_free(model);
}

/* A stored moment of the target, heard again, is found by the mosaic. */
static void the_mosaic_finds_its_own_moments(void **state)
{
    (void)state;
    cochlea_hybrid_model *model = open_model();
    const coch_hybrid_moments *moments = &model->target[0].moments;
    coch_timbre_frontend front;
    coch_arena arena = {0};
    coch_timbre_frontend_layout(&front, &arena, RATE);
    assert_int_equal(coch_arena_allocate(&arena), COCHLEA_OK);
    coch_timbre_frontend_layout(&front, &arena, RATE);
    coch_timbre_frontend_fill(&front, model->kernels, RATE);
    float *scores = aligned_alloc(COCH_ALIGNMENT, moments->columns * sizeof *scores);
    size_t found = 0, tried = 0;
    for (size_t i = 3; i < moments->count; i += 17, tried++) {
        float flat[COCH_TIMBRE_BANDS];
        coch_timbre_flatten(&front, moments->level + i * COCH_TIMBRE_BANDS, NULL, flat);
        coch_hybrid_flat_query(flat, flat);
        found += coch_hybrid_nearest(moments, model->kernels, moments->by_flat, COCH_HYBRID_FLAT_BANDS, flat,
                                     moments->count, 0, scores) == i;
    }
    assert_true(tried > 10 && found == tried);
    free(scores);
    coch_arena_free(&arena);
    cochlea_hybrid_model_free(model);
}

static unsigned char *read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    unsigned char *bytes = aligned_alloc(64, (*size + 63) / 64 * 64);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

static cochlea_status read_bytes(const unsigned char *bytes, size_t size, char *why, size_t why_size)
{
    coch_gguf *file;
    cochlea_hybrid_model *model = NULL;
    cochlea_status status = coch_gguf_open_memory(&file, bytes, size, why, why_size);
    if (status == COCHLEA_OK) {
        status = coch_hybrid_model_read(&model, file, why, why_size);
        coch_gguf_free(file);
    }
    assert_true((status == COCHLEA_OK) == (model != NULL));
    cochlea_hybrid_model_free(model);
    return status;
}

/* Replaces the first occurrence of a text by another of the same length. */
static void replace(unsigned char *bytes, size_t size, const char *text, const char *by)
{
    size_t length = strlen(text);
    for (size_t i = 0; i + length <= size; i++) {
        if (memcmp(bytes + i, text, length) == 0) {
            memcpy(bytes + i, by, length);
            return;
        }
    }
    fail_msg("'%s' is not in the file", text);
}

static void damaged_files_are_refused_with_a_reason(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {"cochlea.hybrid", "cochlea.hybxxx"},   {"cochlea.hybrid.bands", "cochlea.hybrid.bandx"},
        {"encode.weight", "encode.weighx"},     {"lstm.state.bias", "lstm.state.biax"},
        {"decode2.weight", "decode3.weight"},   {"envelopes", "envelopex"},
        {"violin,clarinet", "violin,,larinet"},
    };
    size_t size;
    char why[200];
    unsigned char *bytes = read_all(model_file(), &size), *copy = aligned_alloc(64, (size + 63) / 64 * 64);
    assert_int_equal(read_bytes(bytes, size, why, sizeof why), COCHLEA_OK);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        memcpy(copy, bytes, size);
        replace(copy, size, changes[i][0], changes[i][1]);
        why[0] = '\0';
        assert_int_not_equal(read_bytes(copy, size, why, sizeof why), COCHLEA_OK);
        assert_true(strlen(why) > 8);
    }
    memcpy(copy, bytes, size);
    for (size_t i = size - 4000; i < size; i++) {
        copy[i] = 0xff; /* numbers that are none */
    }
    assert_int_equal(read_bytes(copy, size, why, sizeof why), COCHLEA_ERROR_FORMAT);
    free(copy);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(front_end_and_net_equal_those_of_training),
        cmocka_unit_test(every_target_has_every_method),
        cmocka_unit_test(the_mosaic_finds_its_own_moments),
        cmocka_unit_test(damaged_files_are_refused_with_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
