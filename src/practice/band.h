/* What plays along: the metronome and the notes of the other hand, as MIDI messages with their times. */
#ifndef COCH_PRACTICE_BAND_H
#define COCH_PRACTICE_BAND_H

#include "base/attributes.h"
#include "practice/score.h"

enum {
    COCH_BAND_CHANNEL = 0,  /* of the accompaniment */
    COCH_CLICK_CHANNEL = 9, /* General MIDI's drums */
    COCH_CLICK_ACCENT = 76, /* high wood block: the first beat of a bar */
    COCH_CLICK_BEAT = 77,   /* low wood block */
    COCH_BAND_SOUNDING = 128
};

typedef struct coch_band_event {
    double time; /* seconds */
    uint8_t bytes[3];
} coch_band_event;

typedef struct coch_band_note {
    double end; /* score seconds */
    uint8_t pitch;
} coch_band_note;

typedef struct coch_band {
    const coch_score *score;
    coch_hand hand; /* that the band plays; COCH_HAND_BOTH: none */
    int metronome;  /* nonzero: clicks */
    float gain;     /* of velocities, 0..1 */
    coch_band_note sounding[COCH_BAND_SOUNDING];
    size_t sounding_count;
} coch_band;

void coch_band_init(coch_band *band, const coch_score *score, coch_hand hand, int metronome, float gain);

/* A stretch of score that is gone through evenly: from `from` up to before `to` (score seconds), beginning at
 * `time`. `beat0` is the score second of a first beat before which clicks count in (the start of the range).
 */
typedef struct coch_band_span {
    double time, from, to, rate, start;
} coch_band_span;

/* Writes the events of a span in time order, note-offs first among equals; returns how many (what does not
 * fit is lost). [worker] */
size_t coch_band_play(coch_band *band, const coch_band_span *span, coch_band_event *events,
                      size_t capacity) COCH_REALTIME;

/* Ends all that sounds, at `time`. [worker] */
size_t coch_band_stop(coch_band *band, double time, coch_band_event *events, size_t capacity) COCH_REALTIME;

#endif
