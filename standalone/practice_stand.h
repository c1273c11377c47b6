/* A score on the stand: its sessions, what is shown of them and what the user asks of them, and their
 * sittings in the store. Knows no window. */
#ifndef COCHLEA_STANDALONE_PRACTICE_STAND_H
#define COCHLEA_STANDALONE_PRACTICE_STAND_H

#include "practice_live.h"
#include "practice_options.h"
#include "practice_sitting.h"
#include "view/practice_input.h"

typedef struct practice_stand {
    const practice_options *program;
    practice_store *store; /* NULL: nothing is remembered */
    practice_live *live;
    const coch_score *score; /* NULL: the stand is empty */
    coch_score *own;         /* the same where the stand has read it */
    char path[PRACTICE_STORE_PATH];
    coch_session *session;
    practice_sitting_keeper keeper;
    coch_practice_model model;
    coch_report report;
    int has_report, shown_end, failed;
    double report_at, finished_at;
} practice_stand;

/* The strings and the live sound have to outlive it. */
void practice_stand_init(practice_stand *stand, const practice_options *program, practice_store *store);

/* Puts the score at `path` on the stand, in place of another: read already (`score`, which has to outlive
 * it), or NULL. A hand without notes becomes both unless it was asked for. On failure the stand is empty, and
 * `why` receives the reason. */
int practice_stand_put(practice_stand *stand, practice_live *live, const char *path, const coch_score *score,
                       const coch_session_options *options, char *why, size_t why_size);

/* Ends the sitting and takes the score away; nothing on an empty stand. */
void practice_stand_clear(practice_stand *stand);

/* Time stands still, and what there is so far is saved. */
void practice_stand_pause(practice_stand *stand);

/* Another device: its latency and margin of `session`, and its A4, as of now; the sitting begins anew. Also
 * for an empty stand. */
void practice_stand_retune(practice_stand *stand, practice_live *live, const coch_session_options *session,
                           double hz);

/* All that happens from picture to picture. `state` is the source's. */
void practice_stand_look(practice_stand *stand, practice_source_state state, double now);

/* Obeys what concerns the piece; returns nonzero when that was so. */
int practice_stand_obey(practice_stand *stand, const coch_practice_request *request);

/* The program ends: judges the rest and saves it. The session and, where the stand has read it, its score
 * become the caller's. */
coch_session *practice_stand_finish(practice_stand *stand, coch_score **score);

#endif
