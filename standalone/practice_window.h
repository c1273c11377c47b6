/* `cochlea practice` with live sound, or with a recording at its own pace: in a window, with the library and
 * the set-up beside the piece, or without one. */
#ifndef COCHLEA_STANDALONE_PRACTICE_WINDOW_H
#define COCHLEA_STANDALONE_PRACTICE_WINDOW_H

#include "practice_live.h"
#include "practice_options.h"
#include "practice_store.h"

typedef struct practice_window_options {
    practice_options *program; /* its session options are those to begin with */
    const coch_score *score;   /* of the program's options; NULL: the library */
    const cochlea_model *model;
    cochlea_settings settings; /* of the ear */
    practice_store *store;     /* NULL: nothing is remembered */
} practice_window_options;

/* How it ended. */
typedef struct practice_window_result {
    coch_session *session;            /* the last one, finished; NULL for none; the caller frees it, */
    coch_score *score;                /* then this, where it was read from the library; NULL */
    char path[PRACTICE_STORE_PATH];   /* of that */
    double seconds;                   /* that it heard */
    char device[COCH_PRACTICE_TEXT];  /* what was listened to */
    char lost[COCH_PRACTICE_TEXT];    /* the device that is gone for good; empty when it is not */
    char trouble[COCH_PRACTICE_TEXT]; /* why the last sitting is not in the store; empty when it is */
} practice_window_result;

/* Runs until the window is closed, a signal comes, or the seconds asked for were heard. On failure `why`
 * receives the reason and -1 is returned. */
int practice_window_run(const practice_window_options *options, practice_window_result *result, char *why,
                        size_t why_size);

#endif
