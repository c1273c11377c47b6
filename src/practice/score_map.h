/* The tempo and metre maps of a score. */
#ifndef COCH_PRACTICE_SCORE_MAP_H
#define COCH_PRACTICE_SCORE_MAP_H

#include "practice/score.h"

/* Fills tempi. Errors: MEMORY. [main] */
cochlea_status coch_score_map_tempo(coch_score *score, const coch_smf *smf);

/* Fills bars up to the end of the last note; a metre that changes within a bar begins a new one. Needs tempi
 * and notes. Errors: MEMORY, UNSUPPORTED (too many bars). [main] */
cochlea_status coch_score_map_bars(coch_score *score, const coch_smf *smf);

#endif
