/* What is played along, as live sound: rendered ahead of time on a worker, taken by the audio thread from a
 * ring. */
#ifndef COCHLEA_STANDALONE_PRACTICE_PLAYER_H
#define COCHLEA_STANDALONE_PRACTICE_PLAYER_H

#include "base/attributes.h"

#include <stddef.h>
#include <stdint.h>

typedef struct practice_player practice_player;

/* With the sound font at `font` (NULL: one of the usual places), for blocks of `period` frames (0: they
 * vary). On failure `why` receives the reason and -1 is returned. [main] */
int practice_player_new(practice_player **player, const char *font, double rate, uint32_t period, char *why,
                        size_t why_size);
void practice_player_free(practice_player *player);

/* Frames from the time of a message to its sound in the output's block. [any] */
uint32_t practice_player_delay(const practice_player *player);

/* ---- One worker ---- */

/* A message for a frame of the input, counted from the start; in the order of time. */
void practice_player_send(practice_player *player, int64_t frame, const uint8_t bytes[3]);

/* Renders up to before `frame`: all messages until then were sent. */
void practice_player_render(practice_player *player, int64_t frame);

/* ---- Audio thread ---- */

/* The next `count` samples; silence for what was not rendered in time, which is then left out: time goes on.
 * [audio] */
void practice_player_play(practice_player *player, float *samples, size_t count) COCH_REALTIME;

#endif
