/* The ear of the practice tool: notes and the evidence behind them, in the order in which they were sent. The
 * same for a file and for live sound, whatever the sizes of the blocks. */
#ifndef COCHLEA_STANDALONE_PRACTICE_EARS_H
#define COCHLEA_STANDALONE_PRACTICE_EARS_H

#include "engine/cochlea.h"
#include "practice/follower.h"

enum { PRACTICE_FEED = 441 }; /* samples to be fed at once: no coarser than the session's own step */

typedef struct practice_ears practice_ears;

/* Who is told; all times in seconds of input, `sent` never goes back. Nonzero ends the hearing. */
typedef struct practice_listener {
    int (*note)(void *context, const coch_heard *heard, double sent);
    int (*hop)(void *context, const cochlea_hop *hop, double time,
               double sent); /* its sound ends at `time` */
    void *context;
} practice_listener;

/* Errors: as cochlea_open(). The model has to outlive the ears. */
cochlea_status practice_ears_open(practice_ears **ears, const cochlea_model *model,
                                  const cochlea_settings *settings);
void practice_ears_close(practice_ears *ears);

/* Feeds up to PRACTICE_FEED mono samples and hands on what is due with them; -1 when the listener ended it.
 */
int practice_ears_feed(practice_ears *ears, const float *samples, size_t count,
                       const practice_listener *listener);

/* Back to the start: time is 0 again, and nothing is left of what was heard. */
void practice_ears_reset(practice_ears *ears);

/* The end: hands on all that is left. Before more is fed, the ears have to be reset. */
int practice_ears_flush(practice_ears *ears, const practice_listener *listener);

#endif
