#include "practice_store.h"

#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "practice_database.h"

/* Each brings the schema one version further; never change one that was released. */
static const char *const migrations[PRACTICE_STORE_VERSION] = {
    ("CREATE TABLE score(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, notes INTEGER, bars INTEGER);"
     "CREATE TABLE sitting(id INTEGER PRIMARY KEY, score INTEGER NOT NULL REFERENCES score(id), started "
     "INTEGER,"
     " seconds REAL, source TEXT, mode TEXT, hand TEXT, tempo REAL, first_bar INTEGER, last_bar INTEGER,"
     " tolerance_ms REAL, expected INTEGER, judged INTEGER, hit INTEGER, early INTEGER, late INTEGER, wrong "
     "INTEGER,"
     " missed INTEGER, unsure INTEGER, extra INTEGER, stumbles INTEGER, accuracy REAL, in_time REAL, mean_ms "
     "REAL,"
     " sd_ms REAL, finished INTEGER NOT NULL DEFAULT 0);"
     "CREATE INDEX sitting_score ON sitting(score, started);"
     "CREATE TABLE bar(sitting INTEGER NOT NULL REFERENCES sitting(id) ON DELETE CASCADE, bar INTEGER NOT "
     "NULL,"
     " expected INTEGER, hit INTEGER, early INTEGER, late INTEGER, wrong INTEGER, missed INTEGER, unsure "
     "INTEGER,"
     " extra INTEGER, breaks INTEGER, attempts INTEGER, error_ms REAL, tempo REAL, velocity REAL, trouble "
     "REAL,"
     " PRIMARY KEY(sitting, bar)) WITHOUT ROWID;"
     "CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"),

    ("CREATE TABLE device(name TEXT PRIMARY KEY, made INTEGER, noise_db REAL, level_db REAL, a4_hz REAL,"
     " latency_ms REAL) WITHOUT ROWID;"),

    "ALTER TABLE sitting ADD COLUMN pace REAL;",
};

int practice_store_path(char path[PRACTICE_STORE_PATH])
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    int n;
    if (data && data[0] == '/') /* the specification asks that others be ignored */
        n = snprintf(path, PRACTICE_STORE_PATH, "%s/cochlea/practice.db", data);
    else if (home && home[0])
        n = snprintf(path, PRACTICE_STORE_PATH, "%s/.local/share/cochlea/practice.db", home);
    else
        return -1;
    return n < PRACTICE_STORE_PATH ? 0 : -1;
}

/* Makes the folders above a file. */
static int make_folders(const char *path)
{
    char folder[PRACTICE_STORE_PATH];
    size_t length = strlen(path);
    if (length >= sizeof folder) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(folder, path, length + 1);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            return -1;
        *slash = '/';
    }
    return 0;
}

static int version_of(practice_store *s, int *version)
{
    sqlite3_stmt *statement = database_prepare(s, "PRAGMA user_version");
    if (!statement)
        return -1;
    int row = sqlite3_step(statement);
    *version = row == SQLITE_ROW ? sqlite3_column_int(statement, 0) : 0;
    return database_done(s, statement, row == SQLITE_ROW);
}

static int migrate(practice_store *s)
{
    char mark[40];
    int version;
    if (version_of(s, &version) != 0)
        return -1;
    if (version > PRACTICE_STORE_VERSION) {
        snprintf(s->why, sizeof s->why, "was written by a newer version of this program");
        return -1;
    }
    for (; version < PRACTICE_STORE_VERSION; version++) {
        snprintf(mark, sizeof mark, "PRAGMA user_version = %d", version + 1);
        if (database_run(s, "BEGIN IMMEDIATE") != 0)
            return -1;
        if (database_run(s, migrations[version]) != 0 || database_run(s, mark) != 0)
            return database_rollback(s);
        if (database_run(s, "COMMIT") != 0)
            return database_rollback(s);
    }
    return 0;
}

static int fail(practice_store *s, const char *reason, char *why, size_t why_size)
{
    snprintf(why, why_size, "%s", reason);
    practice_store_close(s);
    return -1;
}

int practice_store_open(practice_store **store, const char *path, char *why, size_t why_size)
{
    practice_store *s = calloc(1, sizeof *s);
    *store = NULL;
    if (!s)
        return fail(s, "out of memory", why, why_size);
    if (make_folders(path) != 0)
        return fail(s, strerror(errno), why, why_size);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &s->database, flags, NULL) != SQLITE_OK)
        return fail(s, s->database ? sqlite3_errmsg(s->database) : "out of memory", why, why_size);
    sqlite3_busy_timeout(s->database, 5000); /* another sitting may be writing */
    if (database_run(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON") !=
            0 ||
        migrate(s) != 0)
        return fail(s, s->why, why, why_size);
    *store = s;
    return 0;
}

void practice_store_close(practice_store *s)
{
    if (!s)
        return;
    sqlite3_close(s->database);
    free(s);
}

const char *practice_store_why(const practice_store *s)
{
    return s->why;
}

/* ---- Sittings ---- */

static int score_id(practice_store *s, const char *path, const coch_score *score, int64_t *id)
{
    sqlite3_stmt *statement = database_prepare(s, "INSERT INTO score(path, notes, bars) VALUES(?, ?, ?) ON "
                                                  "CONFLICT(path) DO UPDATE SET notes = excluded.notes,"
                                                  " bars = excluded.bars RETURNING id");
    if (!statement)
        return -1;
    sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, (int64_t)score->note_count);
    sqlite3_bind_int64(statement, 3, (int64_t)score->bar_count);
    int row = sqlite3_step(statement);
    if (row == SQLITE_ROW) {
        *id = sqlite3_column_int64(statement, 0);
        row = sqlite3_step(statement); /* to the end, so that the insertion is complete */
    }
    return database_done(s, statement, row == SQLITE_DONE);
}

int practice_store_begin(practice_store *s, const char *score_path, const coch_score *score,
                         const char *source, const coch_session_options *o, int64_t now, int64_t *sitting)
{
    static const char *const hands[] = {"both", "left", "right"}, *const modes[] = {"free", "tempo", "wait"};
    int64_t id = 0;
    int whole = o->first_bar >= o->end_bar;
    if (database_run(s, "BEGIN IMMEDIATE") != 0)
        return -1;
    if (score_id(s, score_path, score, &id) != 0)
        return database_rollback(s);
    sqlite3_stmt *statement = database_prepare(
        s, "INSERT INTO sitting(score, started, source, mode, hand, tempo, first_bar, last_bar, tolerance_ms)"
           " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (!statement)
        return database_rollback(s);
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int64(statement, 2, now);
    sqlite3_bind_text(statement, 3, source, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 4, modes[o->mode], -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 5, hands[o->hand], -1, SQLITE_STATIC);
    sqlite3_bind_double(statement, 6, o->tempo);
    sqlite3_bind_int64(statement, 7, whole ? 1 : (int64_t)o->first_bar + 1);
    sqlite3_bind_int64(statement, 8, whole ? (int64_t)score->bar_count : (int64_t)o->end_bar);
    sqlite3_bind_double(statement, 9, o->tolerance_ms);
    if (database_done(s, statement, sqlite3_step(statement) == SQLITE_DONE) != 0)
        return database_rollback(s);
    *sitting = sqlite3_last_insert_rowid(s->database);
    return database_run(s, "COMMIT") != 0 ? database_rollback(s) : 0;
}

static void bind_number(sqlite3_stmt *statement, int at, double value)
{
    if (isnan(value))
        sqlite3_bind_null(statement, at);
    else
        sqlite3_bind_double(statement, at, value);
}

static int save_totals(practice_store *s, int64_t sitting, const coch_report *r, double seconds, int finished)
{
    sqlite3_stmt *statement =
        database_prepare(s, "UPDATE sitting SET seconds = ?, expected = ?, judged = ?, "
                            "hit = ?, early = ?, late = ?, wrong = ?, missed = ?,"
                            " unsure = ?, extra = ?, stumbles = ?, accuracy = ?, "
                            "in_time = ?, mean_ms = ?, sd_ms = ?, pace = ?, finished = ?"
                            " WHERE id = ?");
    if (!statement)
        return -1;
    int at = 1;
    sqlite3_bind_double(statement, at++, seconds);
    sqlite3_bind_int64(statement, at++, r->expected);
    sqlite3_bind_int64(statement, at++, r->reached);
    for (unsigned v = COCH_HIT; v < COCH_VERDICTS; v++)
        sqlite3_bind_int64(statement, at++, r->verdicts[v]);
    sqlite3_bind_int64(statement, at++, r->extra);
    sqlite3_bind_int64(statement, at++, r->breaks[COCH_STUMBLE]);
    bind_number(statement, at++, r->accuracy);
    bind_number(statement, at++, r->in_time);
    bind_number(statement, at++, r->mean_ms);
    bind_number(statement, at++, r->sd_ms);
    bind_number(statement, at++, r->pace);
    sqlite3_bind_int(statement, at++, finished != 0);
    sqlite3_bind_int64(statement, at, sitting);
    return database_done(s, statement, sqlite3_step(statement) == SQLITE_DONE);
}

static int save_bar(practice_store *s, sqlite3_stmt *statement, int64_t sitting, const coch_bar_result *bar)
{
    int at = 1;
    sqlite3_reset(statement);
    sqlite3_bind_int64(statement, at++, sitting);
    sqlite3_bind_int64(statement, at++, (int64_t)bar->bar + 1);
    sqlite3_bind_int64(statement, at++, bar->expected);
    for (unsigned v = COCH_HIT; v < COCH_VERDICTS; v++)
        sqlite3_bind_int64(statement, at++, bar->verdicts[v]);
    sqlite3_bind_int64(statement, at++, bar->extra);
    sqlite3_bind_int64(statement, at++, bar->breaks);
    sqlite3_bind_int64(statement, at++, bar->attempts);
    bind_number(statement, at++, bar->error_ms);
    bind_number(statement, at++, bar->tempo);
    bind_number(statement, at++, bar->velocity);
    bind_number(statement, at, bar->trouble);
    if (sqlite3_step(statement) == SQLITE_DONE)
        return 0;
    database_keep_reason(s);
    return -1;
}

/* Bars that were played; the others have nothing to tell. */
static int save_bars(practice_store *s, int64_t sitting, const coch_report *r)
{
    sqlite3_stmt *statement = database_prepare(
        s, "INSERT OR REPLACE INTO bar VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    int failed = statement ? 0 : -1;
    for (size_t b = 0; b < r->bar_count && !failed; b++)
        if (r->bars[b].attempts > 0 || r->bars[b].extra > 0)
            failed = save_bar(s, statement, sitting, &r->bars[b]);
    sqlite3_finalize(statement);
    return failed;
}

int practice_store_save(practice_store *s, int64_t sitting, const coch_report *report, double seconds,
                        int finished)
{
    if (database_run(s, "BEGIN IMMEDIATE") != 0)
        return -1;
    if (save_totals(s, sitting, report, seconds, finished) != 0 || save_bars(s, sitting, report) != 0)
        return database_rollback(s);
    return database_run(s, "COMMIT") != 0 ? database_rollback(s) : 0;
}

/* ---- Settings and devices ---- */

int practice_store_set(practice_store *s, const char *name, const char *value)
{
    sqlite3_stmt *statement = database_prepare(s, "INSERT OR REPLACE INTO setting VALUES(?, ?)");
    if (!statement)
        return -1;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, value, -1, SQLITE_STATIC);
    return database_done(s, statement, sqlite3_step(statement) == SQLITE_DONE);
}

int practice_store_get(practice_store *s, const char *name, char *value, size_t size)
{
    sqlite3_stmt *statement = database_prepare(s, "SELECT value FROM setting WHERE name = ?");
    value[0] = '\0';
    if (!statement)
        return -1;
    sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    int row = sqlite3_step(statement);
    if (row == SQLITE_ROW)
        snprintf(value, size, "%s", (const char *)sqlite3_column_text(statement, 0));
    return database_done(s, statement, row == SQLITE_ROW || row == SQLITE_DONE);
}

int practice_store_set_device(practice_store *s, const char *device, const coch_setup_result *result,
                              int64_t now)
{
    sqlite3_stmt *statement = database_prepare(s, "INSERT OR REPLACE INTO device VALUES(?, ?, ?, ?, ?, ?)");
    if (!statement)
        return -1;
    sqlite3_bind_text(statement, 1, device, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, now);
    bind_number(statement, 3, result->noise_db);
    bind_number(statement, 4, result->level_db);
    bind_number(statement, 5, result->a4_hz);
    bind_number(statement, 6, result->latency_ms);
    return database_done(s, statement, sqlite3_step(statement) == SQLITE_DONE);
}

int practice_store_get_device(practice_store *s, const char *device, coch_setup_result *result, int *found)
{
    sqlite3_stmt *statement =
        database_prepare(s, "SELECT noise_db, level_db, a4_hz, latency_ms FROM device WHERE name = ?");
    *found = 0;
    if (!statement)
        return -1;
    sqlite3_bind_text(statement, 1, device, -1, SQLITE_STATIC);
    int row = sqlite3_step(statement);
    if (row == SQLITE_ROW) {
        *found = 1;
        *result = (coch_setup_result){.noise_db = database_number(statement, 0),
                                      .level_db = database_number(statement, 1),
                                      .a4_hz = database_number(statement, 2),
                                      .latency_ms = database_number(statement, 3)};
    }
    return database_done(s, statement, row == SQLITE_ROW || row == SQLITE_DONE);
}
