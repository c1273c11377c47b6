/* Keeps the sittings of a window in the store: a row from the first note heard on, saved from time to time.
 * All zero: nothing is kept. */
#ifndef COCHLEA_STANDALONE_PRACTICE_SITTING_H
#define COCHLEA_STANDALONE_PRACTICE_SITTING_H

#include "practice_store.h"

typedef struct practice_sitting_keeper {
    practice_store *store; /* NULL: nowhere */
    const char *score_path, *source;
    const coch_score *score;
    coch_session_options options;
    int64_t sitting; /* 0: not begun */
    int failed;
} practice_sitting_keeper;

/* What will be kept; the strings and the score must outlive it. */
void practice_sitting_keep(practice_sitting_keeper *keeper, practice_store *store, const char *score_path,
                           const coch_score *score, const char *source);

/* Another sitting with these options; nothing is written until something was heard. */
void practice_sitting_begin(practice_sitting_keeper *keeper, const coch_session_options *options);

/* How it stands after so many seconds, and how it ended. */
void practice_sitting_save(practice_sitting_keeper *keeper, const coch_report *report, double seconds);
void practice_sitting_end(practice_sitting_keeper *keeper, const coch_report *report, double seconds);

/* A line on why it cannot be kept, empty when all is well. */
const char *practice_sitting_trouble(const practice_sitting_keeper *keeper);

#endif
