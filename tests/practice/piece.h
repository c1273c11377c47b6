/* Scores for the tests, made in memory. */
#ifndef TESTS_PRACTICE_PIECE_H
#define TESTS_PRACTICE_PIECE_H

#include "practice/score.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PIECE_DIVISION = 480, PIECE_EVENTS = 8192 };

typedef struct piece {
    coch_smf smf;
    char text[1024];
} piece;

static inline void piece_start(piece *p)
{
    *p = (piece){.smf = {.format = 1, .tracks = 4, .division = PIECE_DIVISION}};
    p->smf.events = calloc(PIECE_EVENTS, sizeof *p->smf.events);
    assert_non_null(p->smf.events);
    p->smf.text = p->text;
}

/* Events are kept in the order of ticks. */
static inline void piece_event(piece *p, double beat, unsigned track, uint8_t a, uint8_t b, uint8_t c,
                               uint32_t value)
{
    int64_t tick = (int64_t)(beat * PIECE_DIVISION + 0.5);
    size_t at = p->smf.count++;
    assert_true(p->smf.count <= PIECE_EVENTS);
    for (; at > 0 && p->smf.events[at - 1].tick > tick; at--)
        p->smf.events[at] = p->smf.events[at - 1];
    p->smf.events[at] =
        (coch_smf_event){.tick = tick, .track = (uint16_t)track, .bytes = {a, b, c}, .value = value};
}

static inline void piece_note(piece *p, unsigned track, double beat, double beats, uint8_t pitch)
{
    piece_event(p, beat, track, 0x90, pitch, 80, 0);
    piece_event(p, beat + beats, track, 0x80, pitch, 0, 0);
}

static inline void piece_text(piece *p, unsigned track, double beat, uint8_t kind, const char *text)
{
    size_t at = p->smf.text_size;
    for (; *text; text++)
        p->text[p->smf.text_size++] = *text;
    p->text[p->smf.text_size++] = '\0';
    assert_true(p->smf.text_size <= sizeof p->text);
    piece_event(p, beat, track, 0xFF, kind, 0, (uint32_t)at);
}

static inline void piece_tempo(piece *p, double beat, double bpm)
{
    piece_event(p, beat, 0, 0xFF, 0x51, 0, (uint32_t)(6e7 / bpm + 0.5));
}

static inline void piece_metre(piece *p, double beat, unsigned numerator, unsigned denominator)
{
    piece_event(p, beat, 0, 0xFF, 0x58, 0, numerator << 8 | denominator);
}

static inline void piece_end(piece *p, coch_score *score, cochlea_status expected)
{
    assert_int_equal(coch_score_build(score, &p->smf, NULL), expected);
    free(p->smf.events);
}

/* A melody in crotchets at 120 a minute that repeats nothing soon: a walk through the scale of C. */
static inline uint8_t walk_pitch(unsigned step)
{
    static const uint8_t scale[] = {0, 2, 4, 5, 7, 9, 11};
    unsigned mixed = (step * 5 + step * step / 7 + (step % 3) * 4) % 14;
    return (uint8_t)(60 + 12 * (mixed / 7) + scale[mixed % 7]);
}

/* With a bass note of its own every second beat. */
static inline void walk(coch_score *score, unsigned steps)
{
    piece p;
    piece_start(&p);
    for (unsigned i = 0; i < steps; i++) {
        piece_note(&p, 1, i, 0.9, walk_pitch(i));
        if (i % 2 == 0)
            piece_note(&p, 2, i, 1.9, (uint8_t)(36 + (i * 7 / 2) % 12));
    }
    piece_end(&p, score, COCHLEA_OK);
}

#endif
