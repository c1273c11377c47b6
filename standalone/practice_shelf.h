/* The scores of a folder and of those in it, with what the store says of each: for the library, as text and
 * in the window. */
#ifndef COCHLEA_STANDALONE_PRACTICE_SHELF_H
#define COCHLEA_STANDALONE_PRACTICE_SHELF_H

#include "practice_store.h"
#include "view/library.h"

typedef struct practice_shelf practice_shelf;

/* Finds the MIDI files of a folder, in the order of their names; they are read later. On failure `why`
 * receives the reason and -1 is returned. */
int practice_shelf_open(practice_shelf **shelf, const char *folder, char *why, size_t why_size);
void practice_shelf_close(practice_shelf *shelf);

/* Reads the next score, and what `store` (may be NULL) knows of it; 0 when all are read. */
int practice_shelf_read(practice_shelf *shelf, practice_store *store);

/* The results of a score anew, after a sitting; nothing if it is not here. */
void practice_shelf_renew(practice_shelf *shelf, practice_store *store, const char *path);

const char *practice_shelf_folder(const practice_shelf *shelf); /* its whole path */
size_t practice_shelf_count(const practice_shelf *shelf);
const coch_library_row *practice_shelf_row(const practice_shelf *shelf, size_t index);
const char *practice_shelf_path(const practice_shelf *shelf, size_t index); /* the whole one */

/* Shows its rows in the library; where there is a window. */
void practice_shelf_show(practice_shelf *shelf, coch_library *library);

/* The name under which the store knows a file: its whole path without links, or as it is where there is none.
 */
void practice_shelf_key(const char *path, char key[PRACTICE_STORE_PATH]);

/* Why a score cannot be practised, in the words of scores. */
const char *practice_shelf_reason(cochlea_status status);

#endif
