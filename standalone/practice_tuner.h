/* The guided set-up of a device in the window: runs it, and keeps what it finds. */
#ifndef COCHLEA_STANDALONE_PRACTICE_TUNER_H
#define COCHLEA_STANDALONE_PRACTICE_TUNER_H

#include "practice_live.h"
#include "practice_store.h"
#include "view/set_up.h"

typedef struct practice_tuner {
    practice_live *live;
    practice_store *store; /* NULL: for this time alone */
    coch_setup *setup;     /* NULL: none runs */
    coch_set_up page;
} practice_tuner;

/* Shows what is known of the device. */
void practice_tuner_open(practice_tuner *tuner, practice_live *live, practice_store *store);

/* Ends what runs. */
void practice_tuner_close(practice_tuner *tuner);

void practice_tuner_look(practice_tuner *tuner);

/* Obeys; returns nonzero when the page is to be left, after which *kept tells whether there is something new.
 */
int practice_tuner_obey(practice_tuner *tuner, coch_set_up_ask ask, int *kept);

#endif
