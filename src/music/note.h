/* Notes as wholes, for what is done to a transcription after it was heard. */
#ifndef COCH_MUSIC_NOTE_H
#define COCH_MUSIC_NOTE_H

#include <stdint.h>

typedef struct coch_note {
    double on, off;   /* seconds, off > on */
    uint8_t note;     /* MIDI */
    uint8_t velocity; /* 1..127 */
    float confidence; /* 0..1 */
} coch_note;

#endif
