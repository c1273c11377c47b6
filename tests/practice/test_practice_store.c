/* The database of sittings: what comes back, old and newer schemas, damage, and a process killed while it
 * saves. */
#include "piece.h"

#include "practice_store.h"

#include <math.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[64], path[128];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/cochlea-store-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/deep/practice.db", folder);
    return 0;
}

static int tear_down(void **state)
{
    char command[160];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static practice_store *open_store(void)
{
    practice_store *store;
    char why[256] = "";
    if (practice_store_open(&store, path, why, sizeof why) != 0)
        fail_msg("%s", why);
    return store;
}

/* A report of two bars of which one is all wrong. */
static coch_report made_report(coch_bar_result bars[2], uint32_t hits)
{
    bars[0] = (coch_bar_result){
        .bar = 0, .expected = 4, .attempts = 1, .error_ms = 12.5f, .tempo = NAN, .velocity = 60};
    bars[0].verdicts[COCH_HIT] = hits;
    bars[1] = (coch_bar_result){.bar = 1,
                                .expected = 4,
                                .attempts = 2,
                                .error_ms = NAN,
                                .tempo = 90,
                                .velocity = NAN,
                                .trouble = 0.7f};
    bars[1].verdicts[COCH_MISSED] = 4;
    coch_report report = {.expected = 8,
                          .reached = 8,
                          .accuracy = 0.5f,
                          .in_time = 1.0f,
                          .mean_ms = NAN,
                          .sd_ms = NAN,
                          .bar_count = 2,
                          .bars = bars};
    report.verdicts[COCH_HIT] = hits;
    report.verdicts[COCH_MISSED] = 4;
    return report;
}

static int64_t begin(practice_store *store, const coch_score *score, const char *name, int64_t now)
{
    coch_session_options options;
    int64_t sitting = 0;
    coch_session_default(&options);
    assert_int_equal(practice_store_begin(store, name, score, "file", &options, now, &sitting), 0);
    assert_true(sitting > 0);
    return sitting;
}

static void sittings_come_back(void **state)
{
    coch_score score;
    coch_bar_result bars[2];
    practice_sitting sittings[4];
    size_t count;
    int found;
    (void)state;
    walk(&score, 8);
    practice_store *store = open_store();
    for (int i = 0; i < 3; i++) {
        coch_report report = made_report(bars, (uint32_t)i);
        int64_t sitting = begin(store, &score, "a.mid", 1000 + i);
        assert_int_equal(practice_store_save(store, sitting, &report, 5.0, 0), 0);
        assert_int_equal(practice_store_save(store, sitting, &report, 9.5, i < 2),
                         0); /* again: replaced, not added */
    }
    practice_store_close(store);
    store = open_store();
    assert_int_equal(practice_store_history(store, "a.mid", sittings, 2, &count), 0);
    assert_int_equal(count, 2); /* the latest two, oldest first */
    assert_int_equal(sittings[0].started, 1001);
    assert_int_equal(sittings[1].started, 1002);
    assert_true(sittings[0].finished && !sittings[1].finished);
    assert_true(fabs(sittings[1].accuracy - 0.5) < 1e-6);
    assert_true(fabs(sittings[1].seconds - 9.5) < 1e-9);
    assert_int_equal(practice_store_latest(store, "b.mid", sittings, &found), 0);
    assert_false(found);
    practice_store_close(store);
    coch_score_free(&score);
}

static void settings_and_devices_come_back(void **state)
{
    char value[32];
    coch_setup_result result = {-60.5, -6.0, NAN, 42.0};
    int found;
    (void)state;
    practice_store *store = open_store();
    assert_int_equal(practice_store_get(store, "hand", value, sizeof value), 0);
    assert_string_equal(value, "");
    assert_int_equal(practice_store_set(store, "hand", "left"), 0);
    assert_int_equal(practice_store_set(store, "hand", "it's \"both\""), 0);
    assert_int_equal(practice_store_get(store, "hand", value, sizeof value), 0);
    assert_string_equal(value, "it's \"both\"");
    assert_int_equal(practice_store_get_device(store, "mic", &result, &found), 0);
    assert_false(found);
    assert_int_equal(practice_store_set_device(store, "mic", &result, 77), 0);
    result = (coch_setup_result){0};
    assert_int_equal(practice_store_get_device(store, "mic", &result, &found), 0);
    assert_true(found && isnan(result.a4_hz) && result.latency_ms == 42.0 && result.noise_db == -60.5);
    practice_store_close(store);
}

static void exports_hold_everything(void **state)
{
    coch_score score;
    coch_bar_result bars[2];
    char text[16384] = "";
    (void)state;
    walk(&score, 8);
    practice_store *store = open_store();
    coch_report report = made_report(bars, 4);
    assert_int_equal(
        practice_store_save(store, begin(store, &score, "with \"quotes\".mid", 5), &report, 3.0, 1), 0);
    FILE *file = fmemopen(text, sizeof text, "w");
    assert_int_equal(practice_store_export_csv(store, file), 0);
    fclose(file);
    assert_non_null(strstr(text, "\"with \"\"quotes\"\".mid\",1,\"1970-01-01T00:00:05Z\",3.0"));
    int lines = 0;
    for (const char *at = text; (at = strstr(at, "\r\n")); at += 2)
        lines++;
    assert_int_equal(lines, 3); /* names, two bars */
    file = fmemopen(text, sizeof text, "w");
    assert_int_equal(practice_store_export_json(store, file), 0);
    fclose(file);
    assert_non_null(strstr(text, "\"score_path\":\"with \\\"quotes\\\".mid\""));
    assert_non_null(strstr(text, "\"missed\":4"));
    practice_store_close(store);
    coch_score_free(&score);
}

/* A database as the first version made it. */
static void old_schemas_are_brought_up(void **state)
{
    sqlite3 *database;
    char value[8];
    size_t count;
    int found;
    coch_setup_result result;
    (void)state;
    practice_store_close(open_store());
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(
            database,
            "DROP TABLE device; ALTER TABLE sitting DROP COLUMN pace; INSERT INTO setting VALUES('a', 'b');"
            "PRAGMA user_version = 1",
            NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(database);
    practice_store *store = open_store();
    assert_int_equal(practice_store_get_device(store, "mic", &result, &found), 0);
    assert_int_equal(practice_store_get(store, "a", value, sizeof value), 0);
    assert_string_equal(value, "b");
    assert_int_equal(practice_store_days(store, NULL, &(coch_progress_day){0}, 1, &count), 0);
    practice_store_close(store);
}

/* Two sittings on one day, one on another, over two scores. */
static void weeks_are_added_up(void **state)
{
    coch_score score;
    coch_bar_result bars[2];
    coch_progress_day days[4];
    float trouble[4];
    size_t count;
    static const struct {
        const char *name;
        int64_t started;
        double seconds;
        float accuracy, pace;
        uint32_t reached;
    } sat[] = {{"a.mid", 43200, 60.0, 0.9f, 0.7f, 30},
               {"a.mid", 45000, 120.0, 0.6f, 1.2f, 10},
               {"b.mid", 46000, 30.0, NAN, NAN, 8},
               {"a.mid", 43200 + 9 * 86400, 90.0, 1.0f, 0.8f, 20}};
    (void)state;
    setenv("TZ", "UTC", 1);
    walk(&score, 8);
    practice_store *store = open_store();
    for (size_t i = 0; i < sizeof sat / sizeof *sat; i++) {
        coch_report report = made_report(bars, 4);
        report.accuracy = sat[i].accuracy;
        report.pace = sat[i].pace;
        report.reached = sat[i].reached;
        bars[1].trouble = 0.1f * (float)(i + 1);
        bars[0].attempts = i == 0;
        assert_int_equal(practice_store_save(store, begin(store, &score, sat[i].name, sat[i].started),
                                             &report, sat[i].seconds, 1),
                         0);
    }
    assert_int_equal(practice_store_days(store, "a.mid", days, 4, &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(days[0].day, 0);
    assert_int_equal(days[0].count, 2);
    assert_true(fabs(days[0].minutes - 3.0) < 1e-6);
    assert_true(fabs(days[0].accuracy - (0.9 * 30 + 0.6 * 10) / 40) < 1e-5);
    assert_true(fabs(days[0].pace - 0.7) < 1e-5); /* the faster one was not right enough */
    assert_int_equal(days[1].day, 9);
    assert_int_equal(practice_store_days(store, NULL, days, 4, &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(days[0].count, 3);
    assert_true(fabs(days[0].accuracy - (0.9 * 30 + 0.6 * 10) / 40) <
                1e-5); /* what is not known does not count */
    assert_int_equal(practice_store_days(store, NULL, days, 1, &count), 0);
    assert_int_equal(days[0].day, 9); /* the latest */
    assert_int_equal(practice_store_bars(store, "a.mid", trouble, 4), 0);
    assert_true(fabs(trouble[0]) < 1e-6 && fabs(trouble[1] - 0.4) < 1e-5 && isnan(trouble[2]));
    practice_store_close(store);
    coch_score_free(&score);
}

static void strange_files_are_refused(void **state)
{
    sqlite3 *database;
    practice_store *store;
    char why[256];
    (void)state;
    practice_store_close(open_store());
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    sqlite3_exec(database, "PRAGMA user_version = 99", NULL, NULL, NULL);
    sqlite3_close(database);
    assert_int_equal(practice_store_open(&store, path, why, sizeof why), -1);
    assert_non_null(strstr(why, "newer version"));
    assert_null(store);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 100; i++)
        fputs("this is no database, it only looks like a file\n", file);
    fclose(file);
    assert_int_equal(practice_store_open(&store, path, why, sizeof why), -1);
    assert_true(why[0]);
    assert_int_equal(practice_store_open(&store, "/proc/no/such.db", why, sizeof why), -1);
    assert_true(why[0]);
}

/* Saves a rising number until killed; tells each through the pipe only after it was saved. */
static void save_for_ever(int pipe_end)
{
    coch_score score;
    coch_bar_result bars[2];
    walk(&score, 8);
    practice_store *store = open_store();
    int64_t sitting = begin(store, &score, "kill.mid", (int64_t)getpid());
    for (uint32_t n = 1;; n++) {
        coch_report report = made_report(bars, n);
        report.reached = n;
        if (practice_store_save(store, sitting, &report, n, 0) != 0 ||
            write(pipe_end, &n, sizeof n) != sizeof n)
            _exit(1);
    }
}

static void nothing_is_lost_by_a_kill(void **state)
{
    (void)state;
    for (int round = 0; round < 12; round++) {
        int ends[2];
        uint32_t told = 0, n;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            save_for_ever(ends[1]);
        }
        close(ends[1]);
        while (told < 3u + (uint32_t)round * 5 && read(ends[0], &n, sizeof n) == sizeof n)
            told = n;
        nanosleep(&(struct timespec){.tv_nsec = 370000L * round},
                  NULL); /* into the midst of a later saving */
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        while (read(ends[0], &n, sizeof n) == sizeof n)
            told = n;
        close(ends[0]);
        assert_true(told >= 3);

        sqlite3 *database;
        sqlite3_stmt *check;
        assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(database, "PRAGMA integrity_check", -1, &check, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_step(check), SQLITE_ROW);
        assert_string_equal(sqlite3_column_text(check, 0), "ok");
        sqlite3_finalize(check);
        sqlite3_close(database);
        practice_store *store = open_store();
        practice_sitting sitting;
        int found;
        assert_int_equal(practice_store_latest(store, "kill.mid", &sitting, &found), 0);
        assert_true(found && sitting.judged >= told && sitting.judged <= told + 1);
        practice_store_close(store);
        assert_int_equal(unlink(path), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sittings_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(settings_and_devices_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(exports_hold_everything, set_up, tear_down),
        cmocka_unit_test_setup_teardown(old_schemas_are_brought_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(weeks_are_added_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(strange_files_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_lost_by_a_kill, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
