/* Which hand plays a note. */
#ifndef COCH_PRACTICE_SCORE_HANDS_H
#define COCH_PRACTICE_SCORE_HANDS_H

#include "practice/score.h"

/* Sets the hand of every note; needs notes, chords and parts. By the part's name; of two chosen parts, the
 * higher one on average is the right hand. The notes of parts that this leaves open are split at a line
 * through the keyboard that moves from chord to chord as little as it must: the cheapest path (dynamic
 * programming), where a hand that must span more than a tenth, a cut through a close interval, a line far
 * from middle C and a moving line cost. Errors: MEMORY. [main] */
cochlea_status coch_score_hands(coch_score *score);

/* The hand that a name speaks of, COCH_HAND_BOTH for none. [any] */
coch_hand coch_hand_of_name(const char *name);

#endif
