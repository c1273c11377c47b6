/* Sounds that the program itself makes, so that the ear's notes of them are not taken for the player's. */
#ifndef COCH_PRACTICE_KNOWN_H
#define COCH_PRACTICE_KNOWN_H

#include "base/attributes.h"
#include "practice/follower.h"

enum { COCH_KNOWN_MAX = 256 };

typedef struct coch_known_note {
    double time; /* when it reaches the ear, seconds */
    uint8_t pitch;
} coch_known_note;

/* The latest COCH_KNOWN_MAX notes sent. All zero: none. */
typedef struct coch_known {
    coch_known_note notes[COCH_KNOWN_MAX];
    size_t count;
} coch_known;

/* The pitch of a click: the ear hears it as any of the upper notes. */
#define COCH_KNOWN_CLICK 255

/* A note or click was sent and will be heard at `time` (with the way through the loudspeaker, see setup.h).
 * [worker]
 */
void coch_known_add(coch_known *known, double time, uint8_t pitch) COCH_REALTIME;

/* Nonzero when a heard note is one of those, or an octave or twelfth that the ear may hear in one. [worker]
 */
int coch_known_explains(const coch_known *known, const coch_heard *heard) COCH_REALTIME;

#endif
