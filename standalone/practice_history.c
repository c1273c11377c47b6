#include "practice_database.h"

#define SITTING_COLUMNS                                                                                      \
    "sitting.id, started, seconds, accuracy, in_time, tempo, expected, judged, finished, mode, hand"

static const char *text_at(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text ? text : "";
}

static void read_sitting(sqlite3_stmt *statement, practice_sitting *to)
{
    *to = (practice_sitting){.id = sqlite3_column_int64(statement, 0),
                             .started = sqlite3_column_int64(statement, 1),
                             .seconds = sqlite3_column_double(statement, 2),
                             .accuracy = database_number(statement, 3),
                             .in_time = database_number(statement, 4),
                             .tempo = sqlite3_column_double(statement, 5),
                             .expected = (uint32_t)sqlite3_column_int64(statement, 6),
                             .judged = (uint32_t)sqlite3_column_int64(statement, 7),
                             .finished = sqlite3_column_int(statement, 8)};
    snprintf(to->mode, sizeof to->mode, "%s", text_at(statement, 9));
    snprintf(to->hand, sizeof to->hand, "%s", text_at(statement, 10));
}

int practice_store_history(practice_store *s, const char *score_path, practice_sitting *sittings,
                           size_t capacity, size_t *count)
{
    sqlite3_stmt *statement =
        database_prepare(s, "SELECT * FROM (SELECT " SITTING_COLUMNS
                            " FROM sitting JOIN score ON score.id = sitting.score WHERE path = ?"
                            " ORDER BY started DESC, sitting.id DESC LIMIT ?) ORDER BY 2, 1");
    int row = SQLITE_DONE;
    *count = 0;
    if (!statement)
        return -1;
    sqlite3_bind_text(statement, 1, score_path, -1, SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, (int64_t)capacity);
    while (*count < capacity && (row = sqlite3_step(statement)) == SQLITE_ROW)
        read_sitting(statement, &sittings[(*count)++]);
    return database_done(s, statement, row == SQLITE_ROW || row == SQLITE_DONE);
}

int practice_store_latest(practice_store *s, const char *score_path, practice_sitting *sitting, int *found)
{
    size_t count;
    int failed = practice_store_history(s, score_path, sitting, 1, &count);
    *found = !failed && count == 1;
    return failed;
}

/* ---- Export ---- */

/* A field of CSV (RFC 4180). */
static void csv_field(const char *text, FILE *file)
{
    putc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            putc('"', file);
        putc(*text, file);
    }
    putc('"', file);
}

int practice_store_export_csv(practice_store *s, FILE *file)
{
    sqlite3_stmt *statement = database_prepare(
        s, "SELECT path, sitting.id AS sitting, strftime('%Y-%m-%dT%H:%M:%SZ', started, 'unixepoch') AS "
           "started, seconds,"
           " source, mode, hand, sitting.tempo AS tempo_share, finished, accuracy, in_time, mean_ms, sd_ms, "
           "bar.bar,"
           " bar.expected, bar.hit, bar.early, bar.late, bar.wrong, bar.missed, bar.unsure, bar.extra, "
           "bar.breaks,"
           " bar.attempts, bar.error_ms, bar.tempo, bar.velocity, bar.trouble FROM sitting"
           " JOIN score ON score.id = sitting.score LEFT JOIN bar ON bar.sitting = sitting.id"
           " ORDER BY sitting.started, sitting.id, bar.bar");
    int row;
    if (!statement)
        return -1;
    for (int c = 0; c < sqlite3_column_count(statement); c++)
        fprintf(file, "%s%s", c ? "," : "", sqlite3_column_name(statement, c));
    fputs("\r\n", file);
    while ((row = sqlite3_step(statement)) == SQLITE_ROW) {
        for (int c = 0; c < sqlite3_column_count(statement); c++) {
            if (c)
                putc(',', file);
            if (sqlite3_column_type(statement, c) == SQLITE_TEXT)
                csv_field(text_at(statement, c), file);
            else
                fputs(text_at(statement, c), file);
        }
        fputs("\r\n", file);
    }
    return database_done(s, statement, row == SQLITE_DONE);
}

/* One row as a JSON object; columns from `first` on. */
static void json_row(sqlite3_stmt *statement, int first, FILE *file)
{
    putc('{', file);
    for (int c = first; c < sqlite3_column_count(statement); c++) {
        if (c > first)
            putc(',', file);
        coch_json_string(sqlite3_column_name(statement, c), file);
        putc(':', file);
        if (sqlite3_column_type(statement, c) == SQLITE_TEXT)
            coch_json_string(text_at(statement, c), file);
        else if (sqlite3_column_type(statement, c) == SQLITE_NULL)
            fputs("null", file);
        else
            fputs(text_at(statement, c), file);
    }
}

/* The rows of a query as a JSON array; with `sitting` that value is bound. */
static int json_rows(practice_store *s, const char *query, int64_t sitting, FILE *file)
{
    sqlite3_stmt *statement = database_prepare(s, query);
    const char *between = "";
    int row;
    if (!statement)
        return -1;
    if (sitting)
        sqlite3_bind_int64(statement, 1, sitting);
    putc('[', file);
    while ((row = sqlite3_step(statement)) == SQLITE_ROW) {
        fprintf(file, "%s\n", between);
        json_row(statement, 0, file);
        putc('}', file);
        between = ",";
    }
    putc(']', file);
    return database_done(s, statement, row == SQLITE_DONE);
}

static int json_sittings(practice_store *s, FILE *file)
{
    sqlite3_stmt *statement = database_prepare(s, "SELECT path AS score_path, sitting.* FROM sitting JOIN "
                                                  "score ON score.id = sitting.score ORDER BY started, id");
    const char *between = "";
    int row, failed = 0;
    if (!statement)
        return -1;
    putc('[', file);
    while (!failed && (row = sqlite3_step(statement)) == SQLITE_ROW) {
        fprintf(file, "%s\n", between);
        json_row(statement, 0, file);
        fputs(",\"bars\":", file);
        failed = json_rows(s, "SELECT * FROM bar WHERE sitting = ? ORDER BY bar",
                           sqlite3_column_int64(statement, 1), file);
        putc('}', file);
        between = ",";
    }
    putc(']', file);
    if (failed) {
        sqlite3_finalize(statement); /* the reason is the inner one's */
        return -1;
    }
    return database_done(s, statement, row == SQLITE_DONE);
}

int practice_store_export_json(practice_store *s, FILE *file)
{
    fprintf(file, "{\"version\":%d,\n\"sittings\":", PRACTICE_STORE_VERSION);
    if (json_sittings(s, file) != 0)
        return -1;
    fputs(",\n\"settings\":", file);
    if (json_rows(s, "SELECT * FROM setting ORDER BY name", 0, file) != 0)
        return -1;
    fputs(",\n\"devices\":", file);
    if (json_rows(s, "SELECT * FROM device ORDER BY name", 0, file) != 0)
        return -1;
    fputs("}\n", file);
    return 0;
}
