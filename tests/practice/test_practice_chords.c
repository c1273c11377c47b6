/* Which chord a note belongs to, and which place of the score it begins: where two answers are near. */
#include "sitting.h"

#include <math.h>

enum { CHORDS = 40, AGAIN = 96 };

static const double quick = 0.3; /* beats between chords, 150 ms each */

/* Two notes every `beats`; chords `twice` and the next also have AGAIN on top. */
static void sit_at(sitting *s, double beats, uint32_t twice)
{
    piece p;
    piece_start(&p);
    for (uint32_t c = 0; c < CHORDS; c++) {
        piece_note(&p, 1, beats * c, 0.9 * beats, walk_pitch(c));
        piece_note(&p, 1, beats * c, 0.9 * beats, (uint8_t)(walk_pitch(c + 5) - 24));
        if (c == twice || c == twice + 1)
            piece_note(&p, 1, beats * c, 0.9 * beats, AGAIN);
    }
    piece_end(&p, &s->score, COCHLEA_OK);
    coch_session_default(&s->options);
    s->options.exact = 1;
    s->now = 1.0;
    begin(s);
}

static uint32_t top_of(const sitting *s, uint32_t chord)
{
    return s->score.chords[chord].first + s->score.chords[chord].count - 1;
}

/* Plays a chord; its highest note `late` seconds late, or not at all when that is NAN. */
static void chord_with(sitting *s, uint32_t chord, double late)
{
    if (late < 0) /* as it comes first, it is heard first */
        strike(s, s->now + late, s->score.notes[top_of(s, chord)].pitch);
    for (uint32_t i = s->score.chords[chord].first; i < top_of(s, chord); i++)
        strike(s, s->now, s->score.notes[i].pitch);
    if (late >= 0)
        strike(s, s->now + late, s->score.notes[top_of(s, chord)].pitch);
}

/* The key that was left out comes in the next chord, and a little before the others of that. */
static void a_key_struck_again_is_the_next_note(void **state)
{
    sitting s;
    (void)state;
    sit_at(&s, quick, 14);
    play(&s, 0, 14, 1.0);
    chord_with(&s, 14, NAN);
    s.now += 0.5 * quick;
    chord_with(&s, 15, -0.008);
    s.now += 0.5 * quick;
    play(&s, 16, CHORDS, 1.0);
    coch_session_finish(s.session, s.now);
    coch_picture picture = look(&s);
    assert_int_equal(picture.notes[top_of(&s, 14)].verdict, COCH_MISSED);
    assert_int_equal(picture.notes[top_of(&s, 15)].verdict, COCH_HIT);
    assert_int_equal(count(&s, 0, CHORDS, COCH_HIT), s.score.note_count - 1);
    stand_up(&s);
}

/* The other way round: it was struck, and the next one was left out. */
static void a_key_not_struck_again_is_missed(void **state)
{
    sitting s;
    (void)state;
    sit_at(&s, quick, 14);
    play(&s, 0, 15, 1.0);
    chord_with(&s, 15, NAN);
    s.now += 0.5 * quick;
    play(&s, 16, CHORDS, 1.0);
    coch_session_finish(s.session, s.now);
    coch_picture picture = look(&s);
    assert_int_equal(picture.notes[top_of(&s, 14)].verdict, COCH_HIT);
    assert_int_equal(picture.notes[top_of(&s, 15)].verdict, COCH_MISSED);
    assert_int_equal(count(&s, 0, CHORDS, COCH_HIT), s.score.note_count - 1);
    stand_up(&s);
}

/* The next chord is late as well, so that by the tempo alone the note would be in time. */
static void a_note_apart_from_its_chord_is_late(void **state)
{
    sitting s;
    (void)state;
    sit_at(&s, 1.0, 14);
    play(&s, 0, 14, 1.0);
    chord_with(&s, 14, 0.16);
    s.now += 0.5 + 0.1;
    play(&s, 15, CHORDS, 1.0);
    coch_session_finish(s.session, s.now);
    coch_picture picture = look(&s);
    assert_int_equal(picture.notes[top_of(&s, 14)].verdict, COCH_LATE);
    assert_true(fabsf(picture.notes[top_of(&s, 14)].error_ms - 160.0f) < 1.0f);
    assert_int_equal(count(&s, 0, CHORDS, COCH_HIT), s.score.note_count - 1);
    stand_up(&s);
}

/* Two verses of the same music: who stops in the second and begins anew without its first chord being heard
 * is at the start, not at that of the second verse; and who goes back to the bar in which the stop was is
 * there, though the first bar of the piece is the same. */
static void sit_at_verses(sitting *s)
{
    piece p;
    piece_start(&p);
    for (uint32_t beat = 0; beat < 64; beat++) {
        piece_note(&p, 1, beat, 0.9, walk_pitch(beat % 32));
        piece_note(&p, 1, beat, 0.9, (uint8_t)(walk_pitch(beat % 32 + 5) - 24));
    }
    piece_end(&p, &s->score, COCHLEA_OK);
    coch_session_default(&s->options);
    s->options.exact = 1;
    s->now = 1.0;
    begin(s);
}

static void the_start_is_known_without_its_first_chord(void **state)
{
    sitting s;
    (void)state;
    sit_at_verses(&s);
    play(&s, 0, 27, 1.0);
    s.now += 1.5;
    play(&s, 1, 12, 1.0);
    assert_int_equal(look(&s).position.chord, 11);
    coch_session_finish(s.session, s.now);
    stand_up(&s);
}

static void the_bar_is_begun_again_before_the_piece(void **state)
{
    sitting s;
    (void)state;
    sit_at_verses(&s);
    play(&s, 0, 35, 1.0);
    s.now += 1.0;
    play(&s, 32, 44, 1.0);
    assert_int_equal(look(&s).position.chord, 43);
    coch_session_finish(s.session, s.now);
    coch_picture picture = look(&s);
    assert_int_equal(picture.break_count, 1);
    assert_int_equal(picture.breaks[0].kind, COCH_STUMBLE);
    stand_up(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_struck_again_is_the_next_note),
        cmocka_unit_test(a_key_not_struck_again_is_missed),
        cmocka_unit_test(a_note_apart_from_its_chord_is_late),
        cmocka_unit_test(the_start_is_known_without_its_first_chord),
        cmocka_unit_test(the_bar_is_begun_again_before_the_piece),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
