/* The inside of the practice store: statements of its database, for its own files. */
#ifndef COCHLEA_STANDALONE_PRACTICE_DATABASE_H
#define COCHLEA_STANDALONE_PRACTICE_DATABASE_H

#include "practice_store.h"

#include <sqlite3.h>

struct practice_store {
    sqlite3 *database;
    char why[256];
};

/* Keeps the database's reason for the last failure. */
void database_keep_reason(practice_store *store);

/* Runs statements without values. */
int database_run(practice_store *store, const char *statements);

/* Undoes the transaction that is open; always -1. */
int database_rollback(practice_store *store);

/* A statement to be bound and stepped, NULL on failure; end it with database_done. */
sqlite3_stmt *database_prepare(practice_store *store, const char *text);

/* Ends a statement; -1 with the reason kept unless `worked`. */
int database_done(practice_store *store, sqlite3_stmt *statement, int worked);

/* A column's number, NAN where there is none. */
double database_number(sqlite3_stmt *statement, int column);

#endif
