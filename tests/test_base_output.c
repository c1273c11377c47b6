/* Files that appear whole or not at all. Each test works in a folder of its own. */
#include "base/output.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATH_SIZE = 300, MANY = 100000 };

typedef struct fixture {
    char folder[32];
    char path[64]; /* of a file in it that is not there yet */
} fixture;

static int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    if (!f) {
        return -1;
    }
    strcpy(f->folder, "/tmp/cochlea-XXXXXX");
    *state = f;
    return mkdtemp(f->folder) && snprintf(f->path, sizeof f->path, "%s/out", f->folder) > 0 ? 0 : -1;
}

/* Files in the folder. */
static int count_files(const fixture *f)
{
    int count = 0;
    DIR *folder = opendir(f->folder);
    assert_non_null(folder);
    while (readdir(folder)) {
        count++;
    }
    closedir(folder);
    return count - 2;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    remove(f->path);
    int removed = rmdir(f->folder); /* fails when something was left */
    free(f);
    return removed;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void assert_holds(const char *path, const char *text)
{
    char bytes[64] = "";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    bytes[fread(bytes, 1, sizeof bytes - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(bytes, text);
}

static void files_appear_when_they_are_whole(void **state)
{
    const fixture *f = *state;
    coch_output output;
    for (int round = 0; round < 2; round++) {
        assert_int_equal(coch_output_open(&output, f->path), COCHLEA_OK);
        fputs(round ? "new" : "old", output.file);
        fflush(output.file);
        assert_int_equal(access(f->path, F_OK) == 0, round);
        if (round) {
            assert_holds(f->path, "old");
        }
        assert_int_equal(coch_output_commit(&output), COCHLEA_OK);
        assert_holds(f->path, round ? "new" : "old");
        assert_int_equal(count_files(f), 1);
        coch_output_discard(&output); /* harmless now */
        assert_holds(f->path, round ? "new" : "old");
    }
}

static void discarding_leaves_what_was(void **state)
{
    const fixture *f = *state;
    coch_output output;
    write_file(f->path, "old");
    assert_int_equal(coch_output_open(&output, f->path), COCHLEA_OK);
    fputs("new", output.file);
    coch_output_discard(&output);
    assert_int_equal(coch_output_commit(&output), COCHLEA_ERROR_WRITE);
    assert_holds(f->path, "old");
    assert_int_equal(count_files(f), 1);
}

/* Like a full disk: the system takes only the first bytes. */
static void failed_writes_leave_what_was(void **state)
{
    const fixture *f = *state;
    coch_output output;
    struct rlimit before, small;
    write_file(f->path, "old");
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small = (struct rlimit){.rlim_cur = 1000, .rlim_max = before.rlim_max};
    for (int early = 0; early < 2; early++) { /* at the end; and on the way, with room again at the end */
        assert_int_equal(coch_output_open(&output, f->path), COCHLEA_OK);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        for (int i = 0; i < (early ? MANY : 2000); i++) {
            fputc('x', output.file);
        }
        if (early) {
            setrlimit(RLIMIT_FSIZE, &before);
        }
        errno = 0;
        cochlea_status status = coch_output_commit(&output);
        int why = errno;
        setrlimit(RLIMIT_FSIZE, &before);
        assert_int_equal(status, COCHLEA_ERROR_WRITE);
        assert_true(early || why == EFBIG);
        assert_holds(f->path, "old");
        assert_int_equal(count_files(f), 1);
    }
}

static void targets_that_cannot_be_are_refused(void **state)
{
    const fixture *f = *state;
    char path[PATH_SIZE];
    coch_output output;
    assert_int_equal(coch_output_open(&output, f->folder), COCHLEA_ERROR_OPEN);
    assert_int_equal(errno, EISDIR);
    snprintf(path, sizeof path, "%s/none/out", f->folder);
    assert_int_equal(coch_output_open(&output, path), COCHLEA_ERROR_OPEN);
    assert_int_equal(errno, ENOENT);
    snprintf(path, sizeof path, "%s/%0255d", f->folder, 0);
    assert_int_equal(coch_output_open(&output, path), COCHLEA_ERROR_OPEN);
    assert_int_equal(errno, ENAMETOOLONG);
    assert_int_equal(coch_output_open(&output, ""), COCHLEA_ERROR_OPEN);
    assert_null(output.file);
    coch_output_discard(&output);
    assert_int_equal(count_files(f), 0);
}

/* A folder that takes the target's place meanwhile. */
static void failed_renames_leave_nothing(void **state)
{
    const fixture *f = *state;
    coch_output output;
    assert_int_equal(coch_output_open(&output, f->path), COCHLEA_OK);
    assert_int_equal(mkdir(f->path, 0777), 0);
    fputs("new", output.file);
    assert_int_equal(coch_output_commit(&output), COCHLEA_ERROR_WRITE);
    assert_int_equal(errno, EISDIR);
    assert_int_equal(count_files(f), 1);
}

static void devices_are_written_to_and_stay(void **state)
{
    coch_output output;
    struct stat info;
    (void)state;
    assert_int_equal(coch_output_open(&output, "/dev/null"), COCHLEA_OK);
    assert_null(output.draft);
    fputs("gone", output.file);
    assert_int_equal(coch_output_commit(&output), COCHLEA_OK);
    assert_int_equal(stat("/dev/null", &info), 0);
    assert_true(S_ISCHR(info.st_mode));
}

/* Two at once on one target have drafts of their own; the last one counts. */
static void two_at_once_do_not_mix(void **state)
{
    const fixture *f = *state;
    coch_output a, b;
    assert_int_equal(coch_output_open(&a, f->path), COCHLEA_OK);
    assert_int_equal(coch_output_open(&b, f->path), COCHLEA_OK);
    fputs("first", a.file);
    fputs("second", b.file);
    assert_int_equal(coch_output_commit(&b), COCHLEA_OK);
    assert_int_equal(coch_output_commit(&a), COCHLEA_OK);
    assert_holds(f->path, "first");
    assert_int_equal(count_files(f), 1);
}

int main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_FOLDER(files_appear_when_they_are_whole), IN_A_FOLDER(discarding_leaves_what_was),
        IN_A_FOLDER(failed_writes_leave_what_was),     IN_A_FOLDER(targets_that_cannot_be_are_refused),
        IN_A_FOLDER(failed_renames_leave_nothing),     IN_A_FOLDER(devices_are_written_to_and_stay),
        IN_A_FOLDER(two_at_once_do_not_mix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
