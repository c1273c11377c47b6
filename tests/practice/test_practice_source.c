/* Where the sound comes from, and where what is played along goes to: its place in time, a device that is
 * lost and taken again. */
#include "fake_backend.h"

#include "practice/band.h"
#include "practice_sound.h"
#include "practice_source.h"

#include <math.h>
#include <time.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define RATE 48000.0
#define AHEAD 1920 /* frames that are rendered before they are due */

enum { BLOCK = 256 };

static practice_source *open_source(int sound, double patience)
{
    char why[256] = "";
    practice_source *source;
    const practice_source_options options = {.backend = "auto", .sound = sound, .patience = patience};
    if (practice_source_open(&source, &options, why, sizeof why) != 0)
        fail_msg("%s", why);
    return source;
}

static int set_up(void **state)
{
    (void)state;
    fake = (fake_device){
        .there = 1, .rate = RATE, .period = BLOCK, .comes_back = BACKEND_OFTEN, .has_output = 1};
    return 0;
}

/* Blocks until `end`; the worker renders unless it is held up. Returns the first frame at which something was
 * heard, -1 for none. */
static int64_t run_until(practice_source *source, int64_t end, int held_up)
{
    float heard[BLOCK];
    int64_t first = -1;
    while (fake.position < end) {
        int64_t start = fake.position;
        fake_block(BLOCK);
        for (int i = 0; i < BLOCK && first < 0; i++)
            if (fabsf(fake.output[i]) > 1e-4f)
                first = start + i;
        if (held_up)
            continue;
        while (practice_source_read(source, heard, BLOCK, 0) > 0)
            ;
        practice_source_sent(source, (double)(fake.position + AHEAD) / RATE);
    }
    return first;
}

static void strike(practice_source *source, double seconds)
{
    static const uint8_t on[3] = {0x90 | COCH_CLICK_CHANNEL, COCH_CLICK_ACCENT, 127};
    practice_source_send(source, seconds, on);
}

/* A click is heard where it was sent to, plus the delay that the source tells; also after the worker was held
 * up. */
static void clicks_keep_their_place(void **state)
{
    (void)state;
    if (!practice_sound_possible(NULL))
        skip();
    practice_source *source = open_source(1, 0.0);
    assert_true(practice_source_sounds(source));
    double delay = (practice_source_latency(source) - 8.0) / 1000.0; /* without the device's own */
    assert_true(delay > 0.0 && delay < 0.1);
    run_until(source, 4800, 0);
    strike(source, 0.5);
    int64_t heard = run_until(source, 72000, 0);
    assert_true(fabs((double)heard / RATE - 0.5 - delay) < 0.005);
    run_until(source, 96000, 1);
    strike(source, 2.5);
    heard = run_until(source, 144000, 0);
    assert_true(fabs((double)heard / RATE - 2.5 - delay) < 0.005);
    practice_source_close(source);
}

/* Who did not ask for sound, or has no output, gets none. */
static void silence_where_nothing_plays(void **state)
{
    (void)state;
    practice_source *source = open_source(0, 0.0);
    assert_false(practice_source_sounds(source));
    assert_true(practice_source_latency(source) == 0.0);
    practice_source_close(source);
    fake.has_output = 0;
    source = open_source(1, 0.0);
    assert_false(practice_source_sounds(source));
    strike(source, 0.01);
    run_until(source, 4800, 0);
    assert_int_equal(fake.message_count, 1); /* as MIDI it goes its way */
    assert_int_equal(fake.messages[0].frame, 480);
    practice_source_close(source);
}

static practice_source_state look_until(practice_source *source, practice_source_state wanted)
{
    practice_source_state state = practice_source_look(source);
    for (int i = 0; i < 1000 && state != wanted; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 10000000L}, NULL);
        state = practice_source_look(source);
    }
    return state;
}

static void a_lost_device_is_taken_again(void **state)
{
    char line[128];
    float heard[BLOCK];
    (void)state;
    practice_source *source = open_source(0, -1.0);
    assert_int_equal(practice_source_look(source), PRACTICE_SOURCE_RUNS);
    fake_block(BLOCK);
    assert_int_equal(practice_source_read(source, heard, BLOCK, 0), BLOCK);
    strike(source, 0.01);
    fake.there = 0;
    assert_int_equal(practice_source_look(source), PRACTICE_SOURCE_WAITS);
    practice_source_notice(source, PRACTICE_SOURCE_WAITS, line, sizeof line);
    assert_string_equal(line, "the fake is gone: waiting for it");
    assert_false(fake.started);
    assert_int_equal(fake.late, 2);
    assert_int_equal(practice_source_read(source, heard, BLOCK, 0), 0); /* time stands still */
    fake.there = 1;
    assert_int_equal(look_until(source, PRACTICE_SOURCE_RUNS), PRACTICE_SOURCE_RUNS);
    practice_source_notice(source, PRACTICE_SOURCE_RUNS, line, sizeof line);
    assert_string_equal(line, "");
    assert_int_equal(fake.opened, 2);
    fake_block(BLOCK);
    fake_block(BLOCK);
    assert_int_equal(fake.messages[0].frame, 480); /* what was sent goes out at its time */
    assert_int_equal(practice_source_read(source, heard, BLOCK, 0), BLOCK);
    practice_source_close(source);
}

static void another_rate_is_not_the_same_device(void **state)
{
    (void)state;
    practice_source *source = open_source(0, 1.0);
    fake.there = 0;
    assert_int_equal(practice_source_look(source), PRACTICE_SOURCE_WAITS);
    fake.there = 1;
    fake.rate = 44100.0;
    assert_int_equal(look_until(source, PRACTICE_SOURCE_ENDED),
                     PRACTICE_SOURCE_ENDED); /* a second, and it is given up */
    fake.rate = RATE;
    assert_int_equal(practice_source_look(source), PRACTICE_SOURCE_ENDED);
    practice_source_close(source);
}

static void another_input_is_taken(void **state)
{
    char names[4][PRACTICE_SOURCE_NAME], why[256] = "";
    size_t present;
    (void)state;
    practice_source *source = open_source(0, -1.0);
    assert_int_equal(practice_source_inputs(source, names, 4, &present), 2);
    assert_int_equal(present, 0);
    assert_int_equal(practice_source_choose(source, names[1], why, sizeof why), 0);
    assert_string_equal(fake.request.input, "far");
    assert_string_equal(practice_source_name(source), "fake: far");
    assert_true(fake.started);
    practice_source_inputs(source, names, 4, &present);
    assert_int_equal(present, 1);
    fake.refused = "near";
    assert_int_equal(practice_source_choose(source, names[0], why, sizeof why), -1);
    assert_string_equal(why, "it is not there");
    assert_string_equal(practice_source_name(source), "fake: far"); /* as before */
    assert_true(fake.started);
    assert_int_equal(practice_source_look(source), PRACTICE_SOURCE_RUNS);
    practice_source_close(source);
}

static void another_port_is_sent_to(void **state)
{
    char names[8][PRACTICE_SOURCE_NAME], why[256] = "";
    size_t present;
    (void)state;
    practice_source *source = open_source(0, -1.0);
    assert_int_equal(practice_source_ports(source, names, 8, &present), 4);
    assert_string_equal(names[0], ""); /* one of our own */
    assert_string_equal(names[1], "none");
    assert_string_equal(names[3], "piano");
    assert_int_equal(practice_source_choose_port(source, names[3], why, sizeof why), 0);
    assert_string_equal(fake.request.midi_out, "piano");
    assert_true(practice_source_sends(source));
    assert_true(fake.started);
    practice_source_ports(source, names, 8, &present);
    assert_int_equal(present, 3);
    fake.refused = "organ";
    assert_int_equal(practice_source_choose_port(source, names[2], why, sizeof why), -1);
    assert_string_equal(why, "it is not there");
    assert_string_equal(fake.request.midi_out, "piano"); /* as before */
    assert_true(fake.started);
    assert_int_equal(practice_source_choose_port(source, "none", why, sizeof why), 0);
    assert_false(practice_source_sends(source));
    practice_source_ports(source, names, 8, &present);
    assert_int_equal(present, 1);
    assert_int_equal(practice_source_choose_port(source, "", why, sizeof why), 0);
    assert_null(fake.request.midi_out);
    practice_source_ports(source, names, 8, &present);
    assert_int_equal(present, 0);
    practice_source_close(source);
}

static void nobody_waits_in_vain(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        set_up(state);
        fake.comes_back = i ? BACKEND_PERHAPS : BACKEND_NEVER;
        practice_source *source = open_source(0, i ? -1.0 : 100.0);
        fake.there = 0;
        assert_int_equal(practice_source_look(source), PRACTICE_SOURCE_ENDED);
        practice_source_close(source);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(clicks_keep_their_place, set_up),
        cmocka_unit_test_setup(silence_where_nothing_plays, set_up),
        cmocka_unit_test_setup(a_lost_device_is_taken_again, set_up),
        cmocka_unit_test_setup(another_rate_is_not_the_same_device, set_up),
        cmocka_unit_test_setup(another_input_is_taken, set_up),
        cmocka_unit_test_setup(another_port_is_sent_to, set_up),
        cmocka_unit_test_setup(nobody_waits_in_vain, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
