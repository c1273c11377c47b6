/* The guided set-up of a device in the window: runs it, and keeps what it finds. */
#ifndef COCHLEA_STANDALONE_PRACTICE_TUNER_H
#define COCHLEA_STANDALONE_PRACTICE_TUNER_H

#include "practice_live.h"
#include "practice_store.h"
#include "view/set_up.h"

enum { PRACTICE_TUNER_INPUTS = 64 };

typedef struct practice_tuner {
    practice_live *live;
    practice_store *store; /* NULL: for this time alone */
    coch_setup *setup;     /* NULL: none runs */
    coch_set_up page;
    char inputs[PRACTICE_TUNER_INPUTS][PRACTICE_SOURCE_NAME];
    char ports[PRACTICE_TUNER_INPUTS][PRACTICE_SOURCE_NAME]; /* "": one of our own */
} practice_tuner;

/* Shows what is known of the device. */
void practice_tuner_open(practice_tuner *tuner, practice_live *live, practice_store *store);

/* Ends what runs. */
void practice_tuner_close(practice_tuner *tuner);

void practice_tuner_look(practice_tuner *tuner);

/* What came of obeying. */
typedef enum practice_tuner_news {
    PRACTICE_TUNER_STAYS = 0,
    PRACTICE_TUNER_LEAVES, /* the page is to be left */
    PRACTICE_TUNER_KEPT,   /* the same, with results that are new */
    PRACTICE_TUNER_MOVED,  /* another input is listened to */
    PRACTICE_TUNER_SENDS   /* MIDI goes to another port */
} practice_tuner_news;

practice_tuner_news practice_tuner_obey(practice_tuner *tuner, coch_set_up_ask ask);

#endif
