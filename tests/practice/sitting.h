/* A sitting over a piece in memory, for the tests. */
#ifndef TESTS_PRACTICE_SITTING_H
#define TESTS_PRACTICE_SITTING_H

#include "piece.h"

#include "practice/session.h"

typedef struct sitting {
    coch_score score;
    coch_session *session;
    coch_session_options options;
    double now;
} sitting;

static inline void sit_down(sitting *s, unsigned steps)
{
    walk(&s->score, steps);
    coch_session_default(&s->options);
    s->options.exact = 1;
    s->session = NULL;
    s->now = 1.0;
}

static inline void begin(sitting *s)
{
    assert_int_equal(coch_session_new(&s->session, &s->score, &s->options), COCHLEA_OK);
}

static inline void stand_up(sitting *s)
{
    coch_session_free(s->session);
    coch_score_free(&s->score);
}

static inline void strike(sitting *s, double at, uint8_t pitch)
{
    coch_heard heard = {.time = at, .pitch = pitch, .velocity = 70, .confidence = 1.0f};
    coch_session_hear(s->session, &heard, at > s->now ? at : s->now);
}

/* Plays chords [first, last) at `rate` of the score's tempo from the present time on. */
static inline void play(sitting *s, uint32_t first, uint32_t last, double rate)
{
    for (uint32_t c = first; c < last; c++) {
        const coch_score_chord *chord = &s->score.chords[c];
        for (uint32_t i = chord->first; i < chord->first + chord->count; i++)
            if (s->options.hand == COCH_HAND_BOTH || s->score.notes[i].hand == s->options.hand)
                strike(s, s->now, s->score.notes[i].pitch);
        double step = c + 1 < s->score.chord_count ? s->score.chords[c + 1].seconds - chord->seconds : 0.5;
        s->now += step / rate;
    }
}

static inline coch_picture look(const sitting *s)
{
    coch_picture picture;
    coch_session_picture(s->session, &picture);
    return picture;
}

/* Counts notes by verdict over chords [first, last). */
static inline unsigned count(const sitting *s, uint32_t first, uint32_t last, unsigned verdict)
{
    coch_picture picture = look(s);
    unsigned n = 0;
    for (size_t i = 0; i < s->score.note_count; i++)
        if (s->score.notes[i].chord >= first && s->score.notes[i].chord < last)
            n += picture.notes[i].verdict == verdict &&
                 (picture.notes[i].attempts > 0 || verdict == COCH_PENDING);
    return n;
}

static inline unsigned notes_in(const sitting *s, uint32_t first, uint32_t last)
{
    unsigned n = 0;
    for (uint32_t c = first; c < last; c++)
        n += s->score.chords[c].count;
    return n;
}

#endif
