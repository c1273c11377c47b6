/* A sitting that runs: a source that is heard, and a session that judges it, on a thread of their own. All
 * functions are the main thread's. */
#ifndef COCHLEA_STANDALONE_PRACTICE_LIVE_H
#define COCHLEA_STANDALONE_PRACTICE_LIVE_H

#include "engine/cochlea.h"
#include "practice/report.h"
#include "practice/setup.h"
#include "practice_source.h"
#include "view/practice_model.h"

typedef struct practice_live practice_live;

typedef struct practice_live_options {
    practice_source_options source;
    const cochlea_model *model;
    cochlea_settings settings; /* of the ear; the rate is the source's */
    const char *record;        /* a WAV file for what the sessions hear; NULL for none */
} practice_live_options;

/* Opens the source and ears that are tuned to 440 Hz, and listens; nothing is judged yet. The model has to
 * outlive it. On failure `why` receives the reason and -1 is returned. */
int practice_live_open(practice_live **live, const practice_live_options *options, char *why,
                       size_t why_size);

/* Closes it; accepts NULL. The session is the caller's. */
void practice_live_close(practice_live *live);

practice_source *practice_live_source(practice_live *live);

/* Ears that are tuned to A4 at `hz`; those there were go on where that fails. Only while nothing is judged.
 */
cochlea_status practice_live_tune(practice_live *live, double hz);

/* Measures instead of judging: the set-up hears all from now on, and its clicks are played; NULL ends that.
 * The former one is the caller's again. */
void practice_live_measure(practice_live *live, coch_setup *setup);

/* Where the set-up that runs stands. */
coch_setup_stage practice_live_measured(practice_live *live, double *left, coch_setup_result *result);

/* Judges by that session from now on, from time 0, with ears that have heard nothing yet; NULL for none. The
 * former one is the caller's again. With `again` a recording begins anew, too. With a device its time
 * begins a tenth of a second from now, when all that was sent for the former one is over. Its score must
 * outlive it. */
void practice_live_begin(practice_live *live, coch_session *session, int playing, int again);

/* Time goes on, or stands still: what is heard meanwhile does not count. */
void practice_live_play(practice_live *live, int playing);

/* All that is shown, into the model: picture, flashes, options, whether it plays. What the picture points to
 * stays as it is until the next call. Returns -1 without memory. */
int practice_live_look(practice_live *live, coch_practice_model *model);

/* How it stands; free with coch_report_free(). */
cochlea_status practice_live_report(practice_live *live, coch_report *report);

/* The end of the session: judges all the rest. Time stands still from now on. */
void practice_live_finish(practice_live *live);

/* Seconds of input that the session has heard. */
double practice_live_seconds(practice_live *live);

#endif
