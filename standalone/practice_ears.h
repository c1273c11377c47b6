/* Both ears over the same sound: a sure one and a keen one, whose notes are marked as doubtful (see
 * practice/session.h). The same for a file and for live sound, whatever the sizes of the blocks. */
#ifndef COCHLEA_STANDALONE_PRACTICE_EARS_H
#define COCHLEA_STANDALONE_PRACTICE_EARS_H

#include "engine/cochlea.h"
#include "practice/follower.h"

enum { PRACTICE_FEED = 441 }; /* samples to be fed at once: no coarser than the session's own step */

typedef struct practice_ears practice_ears;

/* Takes a note; both times in seconds of input, `sent` never goes back. Nonzero ends the hearing. */
typedef int practice_note(void *context, const coch_heard *heard, double sent);

/* Opens both with `settings`, the second one as sensitive as `keenness`. Errors: as cochlea_open(). */
cochlea_status practice_ears_open(practice_ears **ears, const cochlea_model *model,
                                  const cochlea_settings *settings, float keenness);
void practice_ears_close(practice_ears *ears);

/* Feeds up to PRACTICE_FEED mono samples and hands on the notes that are due with them; -1 without memory or
 * when `note` ended it. */
int practice_ears_feed(practice_ears *ears, const float *samples, size_t count, practice_note *note,
                       void *context);

/* Back to the start: time is 0 again, and nothing is left of what was heard. */
void practice_ears_reset(practice_ears *ears);

/* The end: hands on all that is left. Before more is fed, the ears have to be reset. */
int practice_ears_flush(practice_ears *ears, practice_note *note, void *context);

#endif
