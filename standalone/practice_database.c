#include "practice_database.h"

#include <math.h>

void database_keep_reason(practice_store *s)
{
    snprintf(s->why, sizeof s->why, "%s", sqlite3_errmsg(s->database));
}

int database_run(practice_store *s, const char *statements)
{
    if (sqlite3_exec(s->database, statements, NULL, NULL, NULL) == SQLITE_OK)
        return 0;
    database_keep_reason(s);
    return -1;
}

int database_rollback(practice_store *s)
{
    sqlite3_exec(s->database, "ROLLBACK", NULL, NULL, NULL); /* the reason of the failure stays */
    return -1;
}

sqlite3_stmt *database_prepare(practice_store *s, const char *text)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(s->database, text, -1, &statement, NULL) != SQLITE_OK)
        database_keep_reason(s);
    return statement;
}

int database_done(practice_store *s, sqlite3_stmt *statement, int worked)
{
    if (!worked)
        database_keep_reason(s);
    sqlite3_finalize(statement);
    return worked ? 0 : -1;
}

double database_number(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL ? NAN
                                                                 : sqlite3_column_double(statement, column);
}
