/* What writing and reading MIDI files and following beats do when a piece of memory is refused, for every one
 * in turn. */
#include "failing_allocator.h"
#include "music/midi.h"
#include "music/quantize.h"
#include "music/smf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { NOTES = 300 }; /* so many that buffers grow several times */

static int good(cochlea_status status)
{
    assert_int_equal(status, failing_refused ? COCHLEA_ERROR_MEMORY : COCHLEA_OK);
    return status == COCHLEA_OK;
}

static int fill(coch_smf_writer *writer)
{
    uint8_t bytes[COCH_MIDI_MESSAGE];
    const void *whole;
    size_t size;
    if (!good(coch_smf_writer_tempo(writer, 90)) || !good(coch_smf_writer_key(writer, -3, 1))) {
        return 0;
    }
    for (unsigned i = 0; i < NOTES; i++) {
        size = coch_midi_note_on(bytes, 0, 40 + i % 40, 80);
        if (!good(coch_smf_writer_message(writer, i * 0.5, bytes, size))) {
            return 0;
        }
    }
    return good(coch_smf_writer_bytes(writer, 200, &whole, &size));
}

static int make_writer(void *context)
{
    coch_smf_writer *writer = context;
    if (!good(coch_smf_writer_new(&writer, 960, "Piano"))) {
        assert_null(writer);
        return 0;
    }
    if (!fill(writer)) {
        coch_smf_writer_free(writer);
        return 0;
    }
    *(coch_smf_writer **)context = writer;
    return 1;
}

typedef struct file_context {
    char path[32];
    coch_smf_writer *writer;
} file_context;

static int make_file(void *context)
{
    file_context *c = context;
    struct stat info;
    int made = good(coch_smf_writer_save(c->writer, 200, c->path));
    assert_int_equal(stat(c->path, &info) == 0, made);
    return made;
}

static int read_file(void *context)
{
    file_context *c = context;
    coch_smf smf;
    int made = good(coch_smf_read(&smf, c->path));
    assert_true(!made || smf.count == NOTES + 3); /* tempo, key, name of the track */
    coch_smf_free(&smf);
    return made;
}

static void files_are_written_and_read_or_refused(void **state)
{
    long before = failing_live;
    file_context context = {.path = "/tmp/cochlea-XXXXXX"};
    (void)state;
    assert_true(failing_each(make_writer, &context.writer) >= 8);
    close(mkstemp(context.path));
    remove(context.path);
    assert_true(failing_each(make_file, &context) >= 2);
    assert_true(failing_each(read_file, &context) >= 3);
    remove(context.path);
    coch_smf_writer_free(context.writer);
    assert_int_equal(failing_live, before);
}

/* A refused entry leaves the file as it was: what was written before and after it is there. */
static void refused_entries_leave_the_file_whole(void **state)
{
    static const uint8_t on[] = {0x90, 60, 80};
    coch_smf_writer *writer;
    const void *bytes;
    size_t size, written = 0;
    coch_smf smf;
    (void)state;
    assert_int_equal(coch_smf_writer_new(&writer, 960, "Piano"), COCHLEA_OK);
    for (long i = 0; i < 40; i++) {
        failing_left = i % 2 ? 0 : -1;
        cochlea_status status = coch_smf_writer_key(writer, 1, 0);
        failing_left = -1;
        written += status == COCHLEA_OK;
    }
    assert_true(written >= 20 && written < 40);
    for (long i = 0; i < NOTES; i++) {
        failing_left = i % 2 ? 0 : -1;
        cochlea_status status = coch_smf_writer_message(writer, (double)i, on, sizeof on);
        failing_left = -1;
        written += status == COCHLEA_OK;
    }
    assert_true(written < NOTES + 40);
    assert_int_equal(coch_smf_writer_bytes(writer, NOTES, &bytes, &size), COCHLEA_OK);
    assert_int_equal(coch_smf_parse(&smf, bytes, size), COCHLEA_OK);
    assert_int_equal(smf.count, written + 1); /* and the name of the track */
    coch_smf_free(&smf);
    coch_smf_writer_free(writer);
}

typedef struct beats_context {
    coch_note notes[NOTES];
    size_t count;
    coch_beats beats;
} beats_context;

static int make_beats(void *context)
{
    beats_context *c = context;
    return good(coch_beats_find(&c->beats, c->notes, c->count));
}

static void beats_are_found_or_refused(void **state)
{
    static const size_t counts[] = {1, 2, NOTES};
    long before = failing_live;
    static beats_context context;
    (void)state;
    for (int i = 0; i < NOTES; i++) {
        context.notes[i] =
            (coch_note){.on = 0.05 + 0.5 * i, .off = 0.4 + 0.5 * i, .note = 60, .velocity = 80};
    }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        context.count = counts[i];
        assert_true(failing_each(make_beats, &context) >= (counts[i] < 4 ? 1 : 5));
        coch_beats_free(&context.beats);
        assert_int_equal(failing_live, before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_written_and_read_or_refused),
        cmocka_unit_test(refused_entries_leave_the_file_whole),
        cmocka_unit_test(beats_are_found_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
