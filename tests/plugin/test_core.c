/* The parts that all formats share, by themselves: parameters, states, notes, the delay. */
#include "host.h"
#include "state_builder.h"
#include "take.h"

#include "delay.h"
#include "notes.h"
#include "processors.h"
#include "state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- Processors and parameters ---- */

static void processors_are_sound(void **state)
{
    (void)state;
    for (size_t i = 0; coch_processor_at(i); i++) {
        const coch_processor *p = coch_processor_at(i);
        assert_ptr_equal(coch_processor_find(p->id), p);
        assert_true(p->parameter_count <= COCH_PARAMETERS_MAX && p->channels <= COCH_CHANNELS_MAX);
        for (size_t k = 0; k < p->parameter_count; k++) {
            const coch_parameter *a = &p->parameters[k];
            assert_true(a->minimum < a->maximum);
            assert_true(coch_parameter_clean(a, (double)a->initial) == a->initial);
            for (size_t j = 0; j < k; j++) {
                assert_int_not_equal(a->id, p->parameters[j].id);
                assert_string_not_equal(a->symbol, p->parameters[j].symbol);
            }
            for (size_t s = 0; s < p->preset_count; s++)
                assert_true(coch_parameter_clean(a, (double)p->presets[s].values[k]) ==
                            p->presets[s].values[k]);
        }
    }
    assert_null(coch_processor_find("nothing"));
}

static void values_are_brought_into_range(void **state)
{
    (void)state;
    const coch_parameter p = {.kind = COCH_PARAMETER_INTEGER, .minimum = -5, .maximum = 5, .initial = 1};
    assert_true(coch_parameter_clean(&p, 2.5) == 3.0f);
    assert_true(coch_parameter_clean(&p, -2.6) == -3.0f);
    assert_true(coch_parameter_clean(&p, 1e300) == 5.0f);
    assert_true(coch_parameter_clean(&p, -HUGE_VAL) == -5.0f);
    assert_true(coch_parameter_clean(&p, (double)NAN) == 1.0f);
    assert_true(coch_parameter_normal(&p, 0.0) == 0.5);
    assert_true(coch_parameter_from_normal(&p, 0.09) == -4.0f);
    assert_int_equal(coch_parameter_steps(&p), 10);
}

static void texts_are_cut_off(void **state)
{
    (void)state;
    char text[4] = "xxx";
    const coch_parameter p = {.unit = COCH_UNIT_HERTZ, .minimum = 400, .maximum = 480, .initial = 440};
    coch_parameter_text(&p, 441.5, text, sizeof text);
    assert_string_equal(text, "441");
}

/* ---- States ---- */

#define UNTOUCHED -1234.5f

/* Reads what was built; on a refusal nothing may have changed. */
static cochlea_status read_state(const state_builder *b, size_t size, float *values)
{
    const coch_processor *scribe = coch_processor_find("scribe");
    for (size_t i = 0; i < COCH_PARAMETERS_MAX; i++)
        values[i] = UNTOUCHED;
    uint8_t *exact = malloc(size ? size : 1);
    memcpy(exact, b->bytes, size);
    cochlea_status status = coch_state_read(scribe, values, NULL, exact, size);
    free(exact);
    for (size_t i = 0; status != COCHLEA_OK && i < COCH_PARAMETERS_MAX; i++)
        assert_true(values[i] == UNTOUCHED);
    return status;
}

static float value_of(const float *values, const char *symbol)
{
    const coch_processor *scribe = coch_processor_find("scribe");
    for (size_t i = 0; i < scribe->parameter_count; i++)
        if (strcmp(scribe->parameters[i].symbol, symbol) == 0)
            return values[i];
    fail();
    return 0.0f;
}

static void states_tolerate_what_they_do_not_know(void **state)
{
    (void)state;
    state_builder b;
    float values[COCH_PARAMETERS_MAX];
    state_begin(&b, "scribe");
    state_value(&b, "of a later version", 3.0);
    state_value(&b, "steady", 77.0);
    state_value(&b, "lookahead", 1e9);
    state_value(&b, "", 0.0);
    state_seal(b.bytes, b.size);
    assert_int_equal(read_state(&b, b.size, values), COCHLEA_OK);
    assert_true(value_of(values, "steady") == 77.0f);
    assert_true(value_of(values, "lookahead") == 200.0f); /* brought into range */
    assert_true(value_of(values, "tuning") == 440.0f);    /* not mentioned */
}

static void damaged_states_are_refused(void **state)
{
    (void)state;
    state_builder b;
    float values[COCH_PARAMETERS_MAX];
    state_begin(&b, "scribe");
    state_value(&b, "steady", 77.0);
    state_value(&b, "tuning", 442.0);
    state_seal(b.bytes, b.size);
    assert_int_equal(read_state(&b, b.size, values), COCHLEA_OK);
    for (size_t size = 0; size < b.size; size++)
        assert_int_equal(read_state(&b, size, values), COCHLEA_ERROR_FORMAT);
    for (size_t i = 0; i < b.size; i++) {
        for (int bit = 0; bit < 8; bit++) {
            b.bytes[i] ^= (uint8_t)(1 << bit);
            assert_int_not_equal(read_state(&b, b.size, values), COCHLEA_OK);
            b.bytes[i] ^= (uint8_t)(1 << bit);
        }
    }
    state_number(b.bytes + 8, 2, 4);
    assert_int_equal(read_state(&b, b.size, values), COCHLEA_ERROR_UNSUPPORTED);
    state_seal(b.bytes, b.size - 3); /* a sound header over too little */
    assert_int_equal(read_state(&b, b.size - 3, values), COCHLEA_ERROR_FORMAT);
    state_begin(&b, "scribe");
    state_value(&b, "steady", (double)NAN);
    state_seal(b.bytes, b.size);
    assert_int_equal(read_state(&b, b.size, values), COCHLEA_ERROR_FORMAT);
    state_begin(&b, "hybridizer");
    state_seal(b.bytes, b.size);
    assert_int_equal(read_state(&b, b.size, values), COCHLEA_ERROR_FORMAT);
    state_begin(&b, "scribe");
    while (b.size <= COCH_STATE_LIMIT)
        state_value(&b, "filler", 0.0);
    state_seal(b.bytes, b.size);
    assert_int_equal(read_state(&b, b.size, values), COCHLEA_ERROR_FORMAT);
}

/* ---- Notes ---- */

typedef struct sink {
    midi_take take;
    size_t room;
} sink;

static int send(void *context, uint32_t frame, const uint8_t bytes[3])
{
    sink *s = context;
    if (s->take.count == s->room)
        return 0;
    take_add(&s->take, 0, frame, 1000, bytes);
    return 1;
}

static void notes_end_where_they_began(void **state)
{
    (void)state;
    const cochlea_event on = {.type = COCHLEA_NOTE_ON, .note = 60, .velocity = 90};
    const cochlea_event off = {.type = COCHLEA_NOTE_OFF, .note = 60},
                        other = {.type = COCHLEA_NOTE_OFF, .note = 61};
    const cochlea_event down = {.type = COCHLEA_CONTROL, .controller = COCHLEA_SUSTAIN, .value = 127};
    const cochlea_event up = {.type = COCHLEA_CONTROL, .controller = COCHLEA_SUSTAIN};
    coch_notes notes = {0};
    sink s = {.room = 1000};
    assert_true(coch_notes_pass(&notes, &on, 3, 0, send, &s));
    assert_true(coch_notes_pass(&notes, &down, 3, 1, send, &s));
    assert_true(coch_notes_pass(&notes, &on, 5, 2, send, &s)); /* ends the old one first */
    assert_true(coch_notes_pass(&notes, &down, 5, 3, send, &s));
    assert_true(coch_notes_pass(&notes, &off, 7, 4, send, &s));
    assert_true(coch_notes_pass(&notes, &other, 7, 5, send, &s)); /* nothing to end */
    assert_true(coch_notes_pass(&notes, &up, 7, 6, send, &s));
    static const uint8_t expected[][3] = {{0x93, 60, 90}, {0xB3, 64, 127}, {0x83, 60, 64}, {0x95, 60, 90},
                                          {0xB3, 64, 0},  {0xB5, 64, 127}, {0x85, 60, 64}, {0xB5, 64, 0}};
    assert_int_equal(s.take.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < s.take.count; i++)
        assert_memory_equal(s.take.messages[i].bytes, expected[i], 3);
    take_assert_resolved(&s.take);
    take_free(&s.take);
}

static void refused_messages_come_again(void **state)
{
    (void)state;
    coch_notes notes = {0};
    sink s = {.room = 0};
    for (uint8_t note = 40; note < 60; note++) {
        const cochlea_event on = {.type = COCHLEA_NOTE_ON, .note = note, .velocity = 1};
        s.room = note - 40u;
        assert_false(coch_notes_pass(&notes, &on, 0, 0, send, &s));
        s.room++;
        assert_true(coch_notes_pass(&notes, &on, 0, 0, send, &s));
    }
    for (size_t released = 1; released < 20; released++) {
        s.room = 20 + released;
        assert_false(coch_notes_release(&notes, 0, send, &s));
        assert_int_equal(s.take.count, s.room);
    }
    s.room = 40;
    assert_true(coch_notes_release(&notes, 0, send, &s));
    assert_true(coch_notes_release(&notes, 0, send, &s));
    assert_int_equal(s.take.count, 40);
    take_assert_resolved(&s.take);
    take_free(&s.take);
}

/* ---- Delay ---- */

static void delay_fades_to_another_length(void **state)
{
    (void)state;
    coch_delay d;
    float x[4000], y[4000];
    for (int i = 0; i < 4000; i++)
        x[i] = sinf((float)i * 0.01f);
    x[100] = NAN;
    assert_int_equal(coch_delay_open(&d, 1000), COCHLEA_OK);
    coch_delay_process(&d, 300, x, y, 1000);
    coch_delay_process(&d, 1000, x + 1000, y + 1000, 1500);
    coch_delay_process(&d, 0, x + 2500, y + 2500, 1500);
    for (int i = 0; i < 1000; i++)
        assert_true(y[i] == (i < 300 || i == 400 ? 0.0f : x[i - 300]));
    for (int i = 1512; i < 2500; i++)
        assert_true(y[i] == x[i - 1000]);
    for (int i = 3012; i < 4000; i++)
        assert_true(y[i] == x[i]);
    for (int i = 402; i < 4000; i++) /* no click, but for the hole at 1100 */
        assert_true(fabsf(y[i] - y[i - 1]) < 0.02f || i == 1101 || i == 1100);
    coch_delay_reset(&d);
    coch_delay_process(&d, 10, x + 1000, y, 20);
    assert_true(y[9] == 0.0f && y[10] == x[1000]);
    coch_delay_close(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(processors_are_sound),
        cmocka_unit_test(values_are_brought_into_range),
        cmocka_unit_test(texts_are_cut_off),
        cmocka_unit_test(states_tolerate_what_they_do_not_know),
        cmocka_unit_test(damaged_states_are_refused),
        cmocka_unit_test(notes_end_where_they_began),
        cmocka_unit_test(refused_messages_come_again),
        cmocka_unit_test(delay_fades_to_another_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
