/* What was practised: sittings with their bars, scores, settings and set-up devices, in an SQLite database.
 *
 * The schema is numbered (PRAGMA user_version); older databases are brought up to date on opening, newer ones
 * refused. Every change is one transaction in the write-ahead log, so that a process killed at any instant
 * leaves a sound database with everything that was saved before. */
#ifndef COCHLEA_STANDALONE_PRACTICE_STORE_H
#define COCHLEA_STANDALONE_PRACTICE_STORE_H

#include "practice/progress.h"
#include "practice/report.h"
#include "practice/setup.h"

#include <stdint.h>
#include <stdio.h>

#define PRACTICE_STORE_VERSION 3
#define PRACTICE_STORE_PATH 4096 /* bytes */

typedef struct practice_store practice_store;

/* Puts $XDG_DATA_HOME/cochlea/practice.db, or ~/.local/share/..., into `path`; -1 when neither is set or too
 * long. */
int practice_store_path(char path[PRACTICE_STORE_PATH]);

/* Opens the database, made (with its folders) where there is none. On failure `why` receives the reason and
 * -1 is returned. Close with practice_store_close, which accepts NULL. */
int practice_store_open(practice_store **store, const char *path, char *why, size_t why_size);
void practice_store_close(practice_store *store);

/* ---- All below return 0, or -1 with the reason in practice_store_why() ---- */

const char *practice_store_why(const practice_store *store);

/* A sitting begins: its row is there from now on. `source` is "file", "midi" or the name of the device. */
int practice_store_begin(practice_store *store, const char *score_path, const coch_score *score,
                         const char *source, const coch_session_options *options, int64_t now,
                         int64_t *sitting);

/* Saves how it stands, its bars too; call it every second, and once at the end with `finished` nonzero. */
int practice_store_save(practice_store *store, int64_t sitting, const coch_report *report, double seconds,
                        int finished);

/* Settings by name; a missing one leaves `value` an empty string. */
int practice_store_set(practice_store *store, const char *name, const char *value);
int practice_store_get(practice_store *store, const char *name, char *value, size_t size);

/* What the set-up found about a device; *found tells whether there is any. */
int practice_store_set_device(practice_store *store, const char *device, const coch_setup_result *result,
                              int64_t now);
int practice_store_get_device(practice_store *store, const char *device, coch_setup_result *result,
                              int *found);

/* One line of the library or of a score's history. */
typedef struct practice_sitting {
    int64_t id, started;                      /* seconds since 1970 */
    double seconds, accuracy, in_time, tempo; /* tempo: share; accuracy and in_time NAN when unknown */
    uint32_t expected, judged;
    int finished;
    char mode[8], hand[8];
} practice_sitting;

/* The latest sitting over a score; *found tells whether there is any. */
int practice_store_latest(practice_store *store, const char *score_path, practice_sitting *sitting,
                          int *found);

/* The sittings over a score, oldest first, at most `capacity` of the latest. */
int practice_store_history(practice_store *store, const char *score_path, practice_sitting *sittings,
                           size_t capacity, size_t *count);

/* What all sittings over a score come to, and the latest with a note judged; all zero and NAN for none. */
typedef struct practice_summary {
    uint32_t sittings;
    int64_t started;
    int32_t day;             /* of that, since 1970-01-01 by the local clock */
    float accuracy, in_time; /* NAN when unknown */
} practice_summary;

int practice_store_sum_up(practice_store *store, const char *score_path, practice_summary *summary);

/* The days on which a score (NULL: any) was practised, oldest first, at most `capacity` of the latest. */
int practice_store_days(practice_store *store, const char *score_path, coch_progress_day *days,
                        size_t capacity, size_t *count);

/* The trouble of each of `count` bars as of the last sitting that has it; NAN for those never played. */
int practice_store_bars(practice_store *store, const char *score_path, float *trouble, size_t count);

/* Everything, as CSV (one line a bar of a sitting) or as JSON (sittings with their bars, settings, devices).
 */
int practice_store_export_csv(practice_store *store, FILE *file);
int practice_store_export_json(practice_store *store, FILE *file);

#endif
