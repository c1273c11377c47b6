/* Inside of the instrument detector: statistics around the pitch.
 *
 * A comb over the harmonics finds the strongest pitch of each column; the bins from an octave below it to
 * four above are then looked at as if the pitch were always the same: level, deviation, how a bin follows the
 * loudness and its changes, what rises, what falls, and how much it ripples. */
#ifndef COCH_LISTEN_INSTRUMENT_PITCH_H
#define COCH_LISTEN_INSTRUMENT_PITCH_H

#include "listen/instrument_model.h"

/* State of a stream. Values of a column are: level | its square | level times loudness | level times the
 * change of loudness | rise | fall | ripples of each rate, [COCH_PITCH_BINS] each, then registers, place and
 * salience, and how far the pitch moved. */
typedef struct coch_instrument_pitch {
    const coch_instrument_model *model;
    float *wide;                         /* [below + bins + above] the column; silence is 0 */
    float *before;                       /* the same, COCH_STATISTICS_LAG columns ago */
    float *change;                       /* [COCH_PITCH_BINS] within a call */
    size_t pitches[COCH_STATISTICS_LAG]; /* of the columns before, oldest first */
} coch_instrument_pitch;

/* Run once per arena pass. [main] */
void coch_instrument_pitch_layout(coch_instrument_pitch *pitch, coch_arena *arena,
                                  const coch_instrument_model *model);

/* Back to silence. [worker] */
void coch_instrument_pitch_reset(coch_instrument_pitch *pitch) COCH_REALTIME;

/* Adds the values of a column to sum[COCH_PITCH_VALUES]. column, before: [bins] now and COCH_STATISTICS_LAG
 * columns ago; ripples: [bins] of (re, im) of each rate, `stride` floats apart. [worker] */
void coch_instrument_pitch_add(coch_instrument_pitch *pitch, const float *column, const float *before,
                               const float *ripples, size_t stride, float *sum) COCH_REALTIME;

/* Means of these values become statistics, in place. [worker] */
void coch_instrument_pitch_finish(float *values) COCH_REALTIME;

#endif
