/* What the store says about the weeks. */
#include "practice_database.h"

#include <math.h>

enum { JUDGED_LEAST = 8 }; /* notes of a sitting whose tempo counts */

/* Julian day numbers begin at noon: 2440587.5 is the start of 1970. */
#define LOCAL_DAY "CAST(julianday(date(started, 'unixepoch', 'localtime')) - 2440587.5 AS INTEGER)"

static void read_day(sqlite3_stmt *statement, coch_progress_day *day)
{
    *day = (coch_progress_day){.day = sqlite3_column_int(statement, 0),
                               .count = (uint32_t)sqlite3_column_int(statement, 1),
                               .minutes = (float)(sqlite3_column_double(statement, 2) / 60.0),
                               .accuracy = (float)database_number(statement, 3),
                               .pace = (float)database_number(statement, 4)};
}

int practice_store_days(practice_store *s, const char *score_path, coch_progress_day *days, size_t capacity,
                        size_t *count)
{
    sqlite3_stmt *statement = database_prepare(
        s, "SELECT * FROM (SELECT " LOCAL_DAY " AS day,"
           " count(*), sum(seconds), sum(accuracy * judged) / sum(CASE WHEN accuracy IS NULL THEN NULL ELSE "
           "judged END),"
           " max(CASE WHEN accuracy >= ?3 AND judged >= ?4 THEN pace END)"
           " FROM sitting JOIN score ON score.id = sitting.score"
           " WHERE judged > 0 AND (?1 IS NULL OR path = ?1)"
           " GROUP BY day ORDER BY day DESC LIMIT ?2) ORDER BY day");
    int row = SQLITE_DONE;
    *count = 0;
    if (!statement)
        return -1;
    if (score_path)
        sqlite3_bind_text(statement, 1, score_path, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, (int64_t)capacity);
    sqlite3_bind_double(statement, 3, COCH_PROGRESS_REACHED);
    sqlite3_bind_int(statement, 4, JUDGED_LEAST);
    while (*count < capacity && (row = sqlite3_step(statement)) == SQLITE_ROW)
        read_day(statement, &days[(*count)++]);
    return database_done(s, statement, row == SQLITE_ROW || row == SQLITE_DONE);
}

int practice_store_sum_up(practice_store *s, const char *score_path, practice_summary *summary)
{
    /* With max() SQLite takes the other columns from the row that has it. */
    sqlite3_stmt *statement =
        database_prepare(s, "SELECT count(*), max(started), " LOCAL_DAY ", accuracy, in_time FROM sitting"
                            " JOIN score ON score.id = sitting.score WHERE judged > 0 AND path = ?");
    *summary = (practice_summary){.accuracy = NAN, .in_time = NAN};
    if (!statement)
        return -1;
    sqlite3_bind_text(statement, 1, score_path, -1, SQLITE_STATIC);
    int row = sqlite3_step(statement);
    if (row == SQLITE_ROW)
        *summary = (practice_summary){.sittings = (uint32_t)sqlite3_column_int(statement, 0),
                                      .started = sqlite3_column_int64(statement, 1),
                                      .day = sqlite3_column_int(statement, 2),
                                      .accuracy = (float)database_number(statement, 3),
                                      .in_time = (float)database_number(statement, 4)};
    return database_done(s, statement, row == SQLITE_ROW);
}

int practice_store_bars(practice_store *s, const char *score_path, float *trouble, size_t count)
{
    sqlite3_stmt *statement = database_prepare(
        s, "SELECT bar.bar, trouble, max(sitting.id) FROM bar JOIN sitting ON sitting.id = bar.sitting"
           " JOIN score ON score.id = sitting.score WHERE path = ? GROUP BY bar.bar");
    int row;
    for (size_t i = 0; i < count; i++)
        trouble[i] = NAN;
    if (!statement)
        return -1;
    sqlite3_bind_text(statement, 1, score_path, -1, SQLITE_STATIC);
    while ((row = sqlite3_step(statement)) == SQLITE_ROW) {
        int64_t bar = sqlite3_column_int64(statement, 0) - 1;
        if (bar >= 0 && bar < (int64_t)count)
            trouble[bar] = (float)database_number(statement, 1);
    }
    return database_done(s, statement, row == SQLITE_DONE);
}
