/* Cochlea Hybrid in a host, the same for every format.
 *
 *     test_hybrid FILE-OR-BUNDLE
 */
#include "take.h"

#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RATE 48000

static midi_take none; /* it sends no MIDI */
static host *stays;    /* open all the time, so that the targets inside are read once */

static const char *shipped(void)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/hybrid.gguf", getenv("COCHLEA_MODELS"));
    return path;
}

/* Two channels that differ; plays them into `out`. */
typedef struct stereo {
    float *in[2], *out[2];
    size_t count;
} stereo;

static stereo open_stereo(double seconds)
{
    stereo s;
    s.in[0] = piece(RATE, seconds, &s.count);
    for (int c = 0; c < 2; c++)
        s.out[c] = calloc(s.count, sizeof(float));
    s.in[1] = calloc(s.count, sizeof(float));
    for (size_t i = 200; i < s.count; i++)
        s.in[1][i] = 0.6f * s.in[0][i - 200];
    return s;
}

static void close_stereo(stereo *s)
{
    for (int c = 0; c < 2; c++) {
        free(s->in[c]);
        free(s->out[c]);
    }
}

static void run(host *h, const stereo *s, size_t from, size_t to, int offline)
{
    for (size_t at = from; at < to;) {
        size_t size = random_block();
        host_block block = {
            .frames = (uint32_t)(to - at < size ? to - at : size), .offline = offline, .rolling = -1};
        for (int c = 0; c < 2; c++) {
            block.in[c] = s->in[c] + at;
            block.out[c] = s->out[c] + at;
        }
        host_run(h, &block, &none);
        at += block.frames;
    }
    assert_int_equal(none.count, 0);
}

static void assert_close(const float *a, const float *b, size_t count, float distance)
{
    for (size_t i = 0; i < count; i++)
        assert_true(fabsf(a[i] - b[i]) < distance);
}

/* ---- The program's output ---- */

static void write_sound(const char *path, const stereo *s)
{
    SF_INFO info = {.samplerate = RATE, .channels = 2, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    assert_non_null(file);
    for (size_t i = 0; i < s->count; i++) {
        float frame[2] = {s->in[0][i], s->in[1][i]};
        assert_int_equal(sf_writef_float(file, frame, 1), 1);
    }
    sf_close(file);
}

static void read_sound(const char *path, stereo *s)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    assert_non_null(file);
    assert_true(info.channels == 2 && (size_t)info.frames == s->count);
    for (size_t i = 0; i < s->count; i++) {
        float frame[2];
        assert_int_equal(sf_readf_float(file, frame, 1), 1);
        s->out[0][i] = frame[0];
        s->out[1][i] = frame[1];
    }
    sf_close(file);
}

static void hybridize(stereo *s, const char *options)
{
    char folder[] = "/tmp/cochlea_hybrid_XXXXXX", in[64], out[64], command[1024];
    const char *program = getenv("COCHLEA_PROGRAM");
    assert_true(program && mkdtemp(folder));
    snprintf(in, sizeof in, "%s/in.wav", folder);
    snprintf(out, sizeof out, "%s/out.wav", folder);
    write_sound(in, s);
    snprintf(command, sizeof command, "'%s' hybridize %s -o %s %s", program, in, out, options);
    assert_int_equal(system(command), 0);
    read_sound(out, s);
    remove(in);
    remove(out);
    rmdir(folder);
}

/* The plugin's output is the program's, later by the latency that it reports; live and offline alike. */
static void gives_what_hybridize_gives(void **state)
{
    (void)state;
    stereo mine = open_stereo(2.0), theirs = open_stereo(2.0);
    hybridize(&theirs, "--target tenor_sax,female_voice --morph 0.3 --mix 0.9 --attack 0.2 --latency 512");
    for (int offline = 0; offline < 2; offline++) {
        host *h = host_open(RATE);
        host_set(h, "target", 4);
        host_set(h, "second", 6);
        host_set(h, "morph", 0.3);
        host_set(h, "mix", 0.9);
        host_set(h, "attack", 0.2);
        host_set(h, "latency_mode", 1);
        srand(3);
        run(h, &mine, 0, mine.count, offline);
        host_restart(h); /* where a format only lets the latency change at such a place */
        assert_int_equal(host_latency(h), 512);
        run(h, &mine, 0, mine.count, offline);
        for (int c = 0; c < 2; c++)
            assert_close(mine.out[c] + 512, theirs.out[c], mine.count - 512, 3e-6f);
        host_close(h);
    }
    close_stereo(&mine);
    close_stereo(&theirs);
}

static void reports_its_latency(void **state)
{
    (void)state;
    static const double rates[] = {8000, 44100, 48000, 96000, 192000};
    static const uint32_t latencies[] = {256, 1024, 1024, 2048, 4096};
    for (int i = 0; i < 5; i++) {
        static float x[16384], y[16384];
        host *h = host_open(rates[i]);
        host_set(h, "mix", 0);
        playing how = {.block = {.rolling = -1}, .out = {y, NULL}};
        memset(x, 0, sizeof x);
        x[10] = 0.25f;
        play(h, x, 16384, &how, &none);
        assert_int_equal(host_latency(h), latencies[i]);
        for (uint32_t k = 0; k < 16384; k++)
            assert_true(y[k] == (k == 10 + latencies[i] ? 0.25f : 0.0f));
        host_close(h);
    }
}

static void works_in_place(void **state)
{
    (void)state;
    stereo apart = open_stereo(1.0), place = open_stereo(1.0);
    host *h = host_open(RATE);
    run(h, &apart, 0, apart.count, 1);
    host_close(h);
    h = host_open(RATE);
    for (size_t at = 0; at + 500 <= place.count; at += 500) {
        host_block block = {.in = {place.in[0] + at, place.in[1] + at},
                            .out = {place.in[0] + at, place.in[1] + at},
                            .frames = 500,
                            .rolling = -1};
        host_run(h, &block, &none);
    }
    for (int c = 0; c < 2; c++)
        assert_close(place.in[c], apart.out[c], place.count / 500 * 500, 2e-6f);
    host_close(h);
    close_stereo(&apart);
    close_stereo(&place);
}

static void silence_stays_silence(void **state)
{
    (void)state;
    static float x[48000], y[48000];
    host *h = host_open(RATE);
    playing how = {.block = {.rolling = -1}, .out = {y, NULL}};
    memset(x, 0, sizeof x);
    play(h, x, 48000, &how, &none);
    for (int i = 0; i < 48000; i++)
        assert_true(y[i] == 0.0f);
    host_close(h);
}

/* Anything that comes in, while every parameter is turned. */
static void survives_any_input(void **state)
{
    (void)state;
    static const struct {
        const char *symbol;
        double low, high;
    } parameters[] = {{"bypass", 0, 1}, {"target", 0, 8},   {"second", 0, 7},       {"morph", 0, 1},
                      {"mix", 0, 1},    {"method", 0, 2},   {"gain", -24, 24},      {"attack", 0, 1},
                      {"detail", 0, 1}, {"hold", 0, 1},     {"guard", 0, 1},        {"gain", -99, 99},
                      {"morph", -3, 9}, {"channels", 0, 1}, {"latency_mode", 0, 1}, {"coherence", 0, 1}};
    static const float bad[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 1e-40f, 0.0f, 1.0f};
    stereo s = open_stereo(playing_is_slow() ? 2.0 : 6.0);
    srand(9);
    for (size_t i = 0; i < s.count; i++)
        if (rand() % 50 == 0)
            s.in[rand() % 2][i] = bad[rand() % 8];
    for (int offline = 0; offline < 2; offline++) {
        host *h = host_open(RATE);
        for (size_t at = 0; at + 2000 <= s.count; at += 2000) {
            int which = rand() % (int)(sizeof parameters / sizeof *parameters);
            double share = (double)rand() / RAND_MAX;
            host_set(h, parameters[which].symbol,
                     parameters[which].low + share * (parameters[which].high - parameters[which].low));
            run(h, &s, at, at + 2000, offline);
            if (rand() % 10 == 0)
                host_restart(h);
        }
        for (size_t i = 0; i < s.count; i++)
            assert_true(isfinite(s.out[0][i]) && isfinite(s.out[1][i]));
        host_close(h);
    }
    close_stereo(&s);
}

static void one_channel_is_enough(void **state)
{
    (void)state;
    stereo s = open_stereo(1.0), same = open_stereo(1.0);
    host *h = host_open(RATE);
    memcpy(same.in[1], same.in[0], same.count * sizeof(float));
    run(h, &same, 0, same.count, 0);
    host_close(h);
    h = host_open(RATE);
    playing how = {.block = {.rolling = -1}, .out = {s.out[0], NULL}};
    play(h, s.in[0], s.count, &how, &none);
    assert_close(s.out[0], same.out[0], s.count, 2e-6f);
    host_close(h);
    close_stereo(&s);
    close_stereo(&same);
}

static void twenty_at_once(void **state)
{
    (void)state;
    host *hosts[20];
    stereo s[20];
    for (int i = 0; i < 20; i++) {
        hosts[i] = host_open(RATE);
        s[i] = open_stereo(0.3);
    }
    for (size_t at = 0; at + 4096 <= s[0].count; at += 4096)
        for (int i = 0; i < 20; i++)
            run(hosts[i], &s[i], at, at + 4096, 0);
    for (int i = 0; i < 20; i++) {
        assert_close(s[i].out[0], s[0].out[0], s[0].count, 2e-6f);
        host_close(hosts[i]);
    }
    for (int i = 0; i < 20; i++)
        close_stereo(&s[i]);
}

/* Alone, and beside the one that stays: then the targets are there already. */
static void opens_and_closes(void **state)
{
    (void)state;
    float x[64] = {0};
    host_close(stays);
    for (int i = 0; i < (playing_is_slow() ? 1 : 5); i++)
        host_close(host_open(RATE));
    stays = host_open(RATE);
    for (int i = 0; i < (playing_is_slow() ? 20 : 100); i++) {
        host *h = host_open(i % 2 ? 44100 : 96000);
        playing how = {.block = {.offline = i % 3 == 0, .rolling = -1}};
        play(h, x, i % 5 ? 64 : 1, &how, &none);
        host_close(h);
    }
}

/* ---- The file, and states ---- */

/* The shipped weights as a file of one's own are a violin, as the first target inside. */
static void a_file_comes_while_it_plays(void **state)
{
    (void)state;
    stereo mine = open_stereo(2.0), violin = open_stereo(2.0);
    host *h = host_open(RATE);
    run(h, &violin, 0, violin.count, 0);
    host_close(h);
    h = host_open(RATE);
    host_set(h, "target", 8);
    run(h, &mine, 0, 20000, 0);
    host_choose(h, shipped());
    run(h, &mine, 20000, 50000, 0);
    host_choose(h, "/nowhere/oud.gguf"); /* said, and the violin goes on */
    run(h, &mine, 50000, mine.count, 0);
    assert_close(mine.out[0], violin.out[0], 20000, 2e-6f);
    double wrong = 0, level = 0;
    for (size_t i = 0; i < mine.count; i++) {
        wrong += pow((double)(mine.out[0][i] - violin.out[0][i]), 2);
        level += pow((double)violin.out[0][i], 2);
    }
    assert_true(level > 1.0 &&
                wrong < 0.05 * level); /* the net's memory differs a little after each change */
    host_close(h);
    close_stereo(&mine);
    close_stereo(&violin);
}

static void states_are_kept(void **state)
{
    (void)state;
    uint8_t bytes[HOST_STATE_MAX], again[HOST_STATE_MAX];
    float x[4096] = {0};
    playing how = {.block = {.rolling = -1}};
    host *h = host_open(RATE), *other = host_open(RATE);
    host_set(h, "target", 8);
    host_set(h, "morph", 0.375);
    host_set(h, "latency_mode", 1);
    host_choose(h, shipped());
    play(h, x, 4096, &how, &none);
    play(h, x, 4096, &how, &none);
    host_set(h, "target", 8); /* a state with another path may have brought the old ones back */
    host_set(h, "morph", 0.375);
    host_set(h, "latency_mode", 1);
    play(h, x, 4096, &how, &none);
    size_t size = host_save(h, bytes);
    assert_true(host_load(other, bytes, size));
    assert_true(host_get(other, "target") == 8.0);
    assert_true(host_get(other, "morph") == 0.375);
    assert_true(host_get(other, "latency_mode") == 1.0);
    assert_int_equal(host_save(other, again), size);
    assert_memory_equal(again, bytes, size);
    const char *path = shipped();
    size_t at = 0;
    while (at + strlen(path) < size && memcmp(bytes + at, path, strlen(path)) != 0)
        at++;
    assert_true(at + strlen(path) < size); /* it is in there */
    host_close(h);
    host_close(other);
}

static void damaged_states_are_refused(void **state)
{
    (void)state;
    uint8_t bytes[HOST_STATE_MAX];
    host *h = host_open(RATE);
    size_t size = host_save(h, bytes);
    host_set(h, "morph", 0.5);
    float x[64] = {0};
    playing how = {.block = {.rolling = -1}};
    play(h, x, 64, &how, &none);
    memset(bytes + size / 2, '<', 8);
    host_load(h, bytes, size / 2 + 8); /* whatever comes of it */
    memset(bytes, 0xFF, size);
    assert_false(host_load(h, bytes, size));
    assert_false(host_load(h, bytes, 0));
    assert_true(host_get(h, "morph") == 0.5);
    play(h, x, 64, &how, &none);
    host_close(h);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_what_hybridize_gives),
        cmocka_unit_test(reports_its_latency),
        cmocka_unit_test(works_in_place),
        cmocka_unit_test(silence_stays_silence),
        cmocka_unit_test(survives_any_input),
        cmocka_unit_test(one_channel_is_enough),
        cmocka_unit_test(twenty_at_once),
        cmocka_unit_test(opens_and_closes),
        cmocka_unit_test(a_file_comes_while_it_plays),
        cmocka_unit_test(states_are_kept),
        cmocka_unit_test(damaged_states_are_refused),
    };
    if (argc != 2)
        return 2;
    host_start(argv[1], "hybrid");
    stays = host_open(RATE);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    host_close(stays);
    host_stop();
    return failed;
}
