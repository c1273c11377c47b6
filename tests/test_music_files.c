/* MIDI files there and back, damaged ones, and what is done to notes afterwards. */
#include "music/key.h"
#include "music/midi.h"
#include "music/quantize.h"
#include "music/smf.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static coch_smf_writer *scale(void)
{
    coch_smf_writer *writer;
    uint8_t bytes[COCH_MIDI_MESSAGE];
    assert_int_equal(coch_smf_writer_new(&writer, 960, "Piano"), COCHLEA_OK);
    assert_int_equal(coch_smf_writer_key(writer, -3, 1), COCHLEA_OK);
    for (unsigned i = 0; i < 8; i++) {
        size_t n = coch_midi_note_on(bytes, 0, 60 + i, 50 + i);
        assert_int_equal(coch_smf_writer_message(writer, 0.25 * i, bytes, n), COCHLEA_OK);
        n = coch_midi_note_off(bytes, 0, 60 + i);
        assert_int_equal(coch_smf_writer_message(writer, 0.25 * i + 0.2004, bytes, n), COCHLEA_OK);
    }
    return writer;
}

static void files_come_back(void **state)
{
    const void *bytes;
    size_t size, notes = 0;
    coch_smf smf;
    (void)state;
    coch_smf_writer *writer = scale();
    assert_int_equal(coch_smf_writer_bytes(writer, 2.5, &bytes, &size), COCHLEA_OK);
    assert_int_equal(coch_smf_parse(&smf, bytes, size), COCHLEA_OK);
    assert_int_equal(smf.format, 1);
    assert_int_equal(smf.division, 960);
    for (size_t i = 0; i < smf.count; i++) {
        const coch_smf_event *e = &smf.events[i];
        if ((e->bytes[0] & 0xf0) != 0x90 || e->bytes[2] == 0)
            continue;
        assert_int_equal(e->bytes[1], 60 + notes);
        assert_int_equal(e->bytes[2], 50 + notes);
        assert_true(fabs(e->seconds - 0.25 * (double)notes) < 0.0006);
        notes++;
    }
    assert_int_equal(notes, 8);
    coch_smf_free(&smf);
    coch_smf_writer_free(writer);
}

static void rewinding_drops_what_was_provisional(void **state)
{
    const uint8_t off[3] = {0x80, 60, 0};
    const void *bytes;
    size_t size, again;
    (void)state;
    coch_smf_writer *writer = scale();
    coch_smf_writer_mark(writer);
    assert_int_equal(coch_smf_writer_bytes(writer, 2.5, &bytes, &size), COCHLEA_OK);
    void *before = malloc(size);
    memcpy(before, bytes, size);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(coch_smf_writer_message(writer, 9.0 + i, off, 3), COCHLEA_OK);
        assert_int_equal(coch_smf_writer_bytes(writer, 20, &bytes, &again), COCHLEA_OK);
        assert_true(again > size);
        coch_smf_writer_rewind(writer);
        assert_int_equal(coch_smf_writer_bytes(writer, 2.5, &bytes, &again), COCHLEA_OK);
        assert_int_equal(again, size);
        assert_memory_equal(bytes, before, size);
    }
    free(before);
    coch_smf_writer_free(writer);
}

static void damage_is_refused_or_harmless(void **state)
{
    const void *bytes;
    size_t size;
    coch_smf smf;
    (void)state;
    coch_smf_writer *writer = scale();
    assert_int_equal(coch_smf_writer_bytes(writer, 2.5, &bytes, &size), COCHLEA_OK);
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *copy = malloc(cut + 1); /* exact, so that the sanitizer sees a step too far */
        memcpy(copy, bytes, cut);
        if (coch_smf_parse(&smf, copy, cut) == COCHLEA_OK)
            assert_true(cut > 14);
        coch_smf_free(&smf);
        free(copy);
    }
    uint8_t *copy = malloc(size);
    for (size_t at = 0; at < size; at++)
        for (int bit = 0; bit < 8; bit++) {
            memcpy(copy, bytes, size);
            copy[at] ^= (uint8_t)(1 << bit);
            cochlea_status status = coch_smf_parse(&smf, copy, size);
            assert_true(at >= 4 || status != COCHLEA_OK); /* the magic */
            coch_smf_free(&smf);
        }
    free(copy);
    coch_smf_writer_free(writer);
}

static void events_become_messages(void **state)
{
    uint8_t bytes[COCH_MIDI_MESSAGE];
    cochlea_event on = {.type = COCHLEA_NOTE_ON, .note = 64, .velocity = 0};
    (void)state;
    assert_int_equal(coch_midi_event(bytes, 3, &on), 3);
    assert_int_equal(bytes[0], 0x93);
    assert_true(bytes[2] >= 1); /* velocity 0 would be a note-off */
    cochlea_event pedal = {.type = COCHLEA_CONTROL, .controller = 64, .value = 127};
    assert_int_equal(coch_midi_event(bytes, 0, &pedal), 3);
    assert_int_equal(bytes[0], 0xb0);
    cochlea_event unknown = {.type = 77};
    assert_int_equal(coch_midi_event(bytes, 0, &unknown), 0);
}

static size_t played_scale(coch_note *notes, const int *steps, int tonic, double beat, double jitter)
{
    srand(4);
    for (int i = 0; i < 64; i++) {
        double on = 1.0 + beat / 2 * i + jitter * ((double)rand() / RAND_MAX - 0.5);
        notes[i] = (coch_note){.on = on,
                               .off = on + 0.4 * beat,
                               .note = (uint8_t)(tonic + steps[(i * 3) % 7]),
                               .velocity = i % 2 ? 50 : 90,
                               .confidence = 0.99f};
    }
    return 64;
}

static const int major[] = {0, 2, 4, 5, 7, 9, 11};

static void keys_are_found_and_filtered(void **state)
{
    coch_note notes[66];
    coch_key key;
    char name[COCH_KEY_NAME];
    size_t count = played_scale(notes, major, 62, 0.5, 0.0);
    (void)state;
    for (int i = 0; i < 64; i += 4)
        notes[i].note = 62;
    assert_int_equal(coch_key_estimate(notes, count, &key), COCHLEA_OK);
    coch_key_name(key, name);
    assert_string_equal(name, "D major");
    assert_int_equal(coch_key_sharps(key), 2);
    notes[64] = (coch_note){.on = 40, .off = 40.5, .note = 63, .velocity = 20, .confidence = 0.5f};
    notes[65] = (coch_note){.on = 41, .off = 41.5, .note = 63, .velocity = 80, .confidence = 0.99f};
    assert_int_equal(coch_key_filter(notes, 66, key), 65); /* the doubtful one goes, the sure one stays */
    assert_int_equal(coch_key_parse("H", &key), COCHLEA_ERROR_ARGUMENT);
    assert_int_equal(coch_key_parse("F#m", &key), COCHLEA_OK);
    assert_int_equal(key.tonic, 6);
    assert_int_equal(key.minor, 1);
    assert_int_equal(coch_key_estimate(notes, 0, &key), COCHLEA_ERROR_MISSING);
}

static void notes_move_to_the_grid(void **state)
{
    coch_note notes[64];
    coch_beats beats;
    size_t count = played_scale(notes, major, 60, 0.5, 0.03);
    (void)state;
    assert_int_equal(coch_grid_parse("1/16"), 4);
    assert_int_equal(coch_grid_parse("auto"), 0);
    assert_int_equal(coch_grid_parse("1/7"), -1);
    assert_int_equal(coch_beats_find(&beats, notes, count), COCHLEA_OK);
    double tempo = beats.tempo;
    assert_true(fabs(tempo - 120.0) < 4.0 || fabs(tempo - 60.0) < 2.0 || fabs(tempo - 240.0) < 8.0);
    size_t left = coch_quantize(&beats, 4, notes, count);
    assert_true(left > 56);
    for (size_t i = 0; i < left; i++) {
        double step = notes[i].on * tempo / 60.0 * 4.0;
        assert_true(fabs(step - rint(step)) < 1e-6);
        assert_true(notes[i].off > notes[i].on);
    }
    coch_beats_free(&beats);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_come_back),
        cmocka_unit_test(rewinding_drops_what_was_provisional),
        cmocka_unit_test(damage_is_refused_or_harmless),
        cmocka_unit_test(events_become_messages),
        cmocka_unit_test(keys_are_found_and_filtered),
        cmocka_unit_test(notes_move_to_the_grid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
