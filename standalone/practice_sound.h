/* What is played along, as sound: FluidSynth with the first sound font found. */
#ifndef COCHLEA_STANDALONE_PRACTICE_SOUND_H
#define COCHLEA_STANDALONE_PRACTICE_SOUND_H

#include "practice/band.h"

typedef struct practice_sound practice_sound;

/* Starts a synthesizer at `rate` with the sound font at `font`, or with NULL one of the usual places. On
 * failure `why` receives the reason (also where the program was built without FluidSynth) and -1 is returned.
 */
int practice_sound_new(practice_sound **sound, const char *font, double rate, char *why, size_t why_size);
void practice_sound_free(practice_sound *sound);

/* Whether one could be started: there is a sound font. */
int practice_sound_possible(const char *font);

/* A message takes effect with the next sample that is rendered. */
void practice_sound_message(practice_sound *sound, const uint8_t bytes[3]);

/* Renders `count` mono samples, full scale +-1. */
void practice_sound_render(practice_sound *sound, float *samples, size_t count);

/* Renders events (by time, seconds) into a WAV file of `seconds`. On failure as above. */
int practice_sound_save(const char *path, const char *font, const coch_band_event *events, size_t count,
                        double seconds, char *why, size_t why_size);

#endif
