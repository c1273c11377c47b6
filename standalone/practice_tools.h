/* What `cochlea practice` does without playing: the library of scores, a score's history, export, set-up. */
#ifndef COCHLEA_STANDALONE_PRACTICE_TOOLS_H
#define COCHLEA_STANDALONE_PRACTICE_TOOLS_H

#include "practice_options.h"
#include "practice_store.h"

/* Opens the database that the options name, or the user's own. On failure prints one line and returns the
 * exit status. */
int practice_open_store(practice_store **store, const practice_options *options);

/* Each prints one line on failure and returns the exit status. */
int practice_library(const practice_options *options);
int practice_history(const practice_options *options);
int practice_export(const practice_options *options);
int practice_set_up(const practice_options *options);

#endif
