/* Scores: chords, bars, tempo, hands, fingers, parts. */
#include "piece.h"

#include "practice/score_hands.h"
#include "practice/score_names.h"

#include <math.h>
#include <string.h>

static void notes_become_chords_and_bars(void **state)
{
    piece p;
    coch_score score;
    (void)state;
    piece_start(&p);
    piece_metre(&p, 0, 3, 4);
    piece_metre(&p, 6, 6, 8);
    piece_tempo(&p, 0, 60);
    piece_tempo(&p, 3, 120);
    piece_note(&p, 1, 0, 1, 64);
    piece_note(&p, 1, 0, 1, 60);
    piece_note(&p, 1, 3, 1, 62);
    piece_note(&p, 1, 6, 1, 65);
    piece_note(&p, 1, 9.5, 1, 67);
    piece_end(&p, &score, COCHLEA_OK);
    assert_int_equal(score.note_count, 5);
    assert_int_equal(score.chord_count, 4);
    assert_int_equal(score.notes[0].pitch, 60); /* by pitch within a chord */
    assert_int_equal(score.notes[1].pitch, 64);
    assert_int_equal(score.bar_count, 4); /* two of 3/4, two of 6/8 */
    assert_int_equal(score.chords[2].bar, 2);
    assert_int_equal(score.chords[3].bar, 3);
    assert_true(fabs(score.chords[1].seconds - 3.0) < 1e-9);
    assert_true(fabs(score.chords[2].seconds - 4.5) < 1e-9);
    assert_true(fabs(coch_score_beat(&score, 4.5) - 6.0) < 1e-9);
    assert_true(fabs(coch_score_seconds(&score, 9.0) - 6.0) < 1e-9);
    assert_int_equal(coch_score_bar_at(&score, 5.0), 2);
    coch_score_free(&score);
}

static void a_key_struck_by_two_parts_is_one_note(void **state)
{
    piece p;
    coch_score score;
    (void)state;
    piece_start(&p);
    piece_note(&p, 1, 0, 1, 72);
    piece_note(&p, 2, 0, 3, 72);
    piece_note(&p, 2, 0, 1, 48);
    piece_end(&p, &score, COCHLEA_OK);
    assert_int_equal(score.note_count, 2);
    assert_true(fabs(score.notes[1].beats - 3.0) < 1e-9);
    coch_score_free(&score);
}

static void names_and_heights_tell_the_hands(void **state)
{
    piece p;
    coch_score score;
    (void)state;
    assert_int_equal(coch_hand_of_name("Piano (Left Hand)"), COCH_HAND_LEFT);
    assert_int_equal(coch_hand_of_name("R.H."), COCH_HAND_RIGHT);
    assert_int_equal(coch_hand_of_name("Linke Hand"), COCH_HAND_LEFT);
    assert_int_equal(coch_hand_of_name("Bright Piano"), COCH_HAND_BOTH); /* no word of its own */
    for (int named = 0; named < 2; named++) {
        piece_start(&p);
        if (named)
            piece_text(&p, 1, 0, 0x03, "left hand"); /* although it is the higher one */
        piece_note(&p, 1, 0, 1, 72);
        piece_note(&p, 2, 0, 1, 48);
        piece_end(&p, &score, COCHLEA_OK);
        assert_int_equal(score.notes[0].hand, named ? COCH_HAND_RIGHT : COCH_HAND_LEFT);
        assert_int_equal(score.notes[1].hand, named ? COCH_HAND_LEFT : COCH_HAND_RIGHT);
        coch_score_free(&score);
    }
}

static void one_part_is_split_between_the_hands(void **state)
{
    piece p;
    coch_score score;
    size_t wrong = 0;
    (void)state;
    piece_start(&p);
    for (unsigned i = 0; i < 32; i++) { /* a melody above broken chords that climb up to it */
        piece_note(&p, 1, i, 1, (uint8_t)(72 + i % 5));
        piece_note(&p, 1, i + 0.25, 0.25, (uint8_t)(45 + 4 * (i % 3)));
        piece_note(&p, 1, i + 0.5, 0.25, (uint8_t)(52 + 4 * (i % 3)));
    }
    piece_end(&p, &score, COCHLEA_OK);
    for (size_t i = 0; i < score.note_count; i++)
        wrong += score.notes[i].hand != (score.notes[i].pitch >= 70 ? COCH_HAND_RIGHT : COCH_HAND_LEFT);
    assert_int_equal(wrong, 0);
    coch_score_free(&score);
}

static void fingers_are_read_in_order(void **state)
{
    piece p;
    coch_score score;
    (void)state;
    piece_start(&p);
    piece_text(&p, 1, 0, 0x01, "1");
    piece_text(&p, 1, 0, 0x05, "3-4");
    piece_text(&p, 1, 0, 0x01, "dolce");
    piece_note(&p, 1, 0, 1, 60);
    piece_note(&p, 1, 0, 1, 64);
    piece_text(&p, 1, 1, 0x01, "9");
    piece_note(&p, 1, 1, 1, 62);
    piece_end(&p, &score, COCHLEA_OK);
    assert_int_equal(score.notes[0].finger, 1);
    assert_int_equal(score.notes[1].finger, 3);
    assert_int_equal(score.notes[2].finger, 0);
    coch_score_free(&score);
}

static void pianos_are_chosen_among_parts(void **state)
{
    piece p;
    coch_score score;
    (void)state;
    piece_start(&p);
    piece_event(&p, 0, 3, 0xC1, 68, 0, 0); /* an oboe on channel 2 */
    piece_event(&p, 0, 3, 0x91, 80, 80, 0);
    piece_event(&p, 0, 3, 0x99, 40, 80, 0); /* drums */
    piece_note(&p, 1, 0, 1, 60);
    piece_end(&p, &score, COCHLEA_OK);
    assert_int_equal(score.part_count, 2);
    assert_int_equal(score.note_count, 1);
    assert_int_equal(score.notes[0].pitch, 60);
    coch_score_free(&score);
    piece_start(&p);
    piece_text(&p, 1, 0, 0x03, "empty");
    piece_end(&p, &score, COCHLEA_ERROR_MISSING);
    coch_score_free(&score);
}

static coch_score_names names_of(piece *p, const char *path)
{
    coch_score_names names;
    coch_score_names_find(&names, p ? &p->smf : NULL, path);
    if (p)
        free(p->smf.events);
    return names;
}

static void pieces_have_names(void **state)
{
    piece p;
    coch_score_names names;
    (void)state;
    piece_start(&p);
    piece_text(&p, 0, 0, 0x03, "Gute Nacht");
    piece_text(&p, 0, 0, 0x01, "Winterreise, D 911");
    piece_text(&p, 0, 0, 0x01, "Composer: Franz Schubert ");
    piece_text(&p, 1, 0, 0x03, "Piano right");
    piece_note(&p, 1, 0, 1, 60);
    names = names_of(&p, "scores/x.mid");
    assert_string_equal(names.title, "Gute Nacht");
    assert_string_equal(names.composer, "Franz Schubert");

    piece_start(&p); /* a file whose first track is a part, and says nothing */
    piece_text(&p, 0, 0, 0x03, "Piano");
    piece_text(&p, 0, 0, 0x01, "mf");
    piece_note(&p, 0, 0, 1, 60);
    names = names_of(&p, "scores/Clara Wieck - Toccatina_op.6.mid");
    assert_string_equal(names.title, "Toccatina op.6");
    assert_string_equal(names.composer, "Clara Wieck");

    piece_start(&p);
    piece_text(&p, 0, 0, 0x03, "control track");
    piece_text(&p, 0, 0, 0x01, "creator: ");
    piece_note(&p, 1, 0, 1, 60);
    names = names_of(&p, ".mid");
    assert_string_equal(names.title, ".mid");
    assert_string_equal(names.composer, "");
    names = names_of(NULL, "a/.b/\xff");
    assert_string_equal(names.title, "\xC3\xBF"); /* Latin-1 */
}

static void text_is_made_utf8(void **state)
{
    char text[8];
    (void)state;
    coch_text_utf8(text, sizeof text, "\xE2\x99\xA9\x01 \xE2\x99\xA9\xE2\x99\xA9");
    assert_string_equal(text, "\xE2\x99\xA9 \xE2\x99\xA9"); /* whole characters alone */
    coch_text_utf8(text, sizeof text, "f\xFCr\xE2\x99");
    assert_string_equal(text, "f\xC3\xBCr\xC3\xA2");
    coch_text_utf8(text, sizeof text, "\xC0\x80");
    assert_string_equal(text, "\xC3\x80\xC2\x80");
    coch_text_utf8(text, 1, "a");
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_become_chords_and_bars),
        cmocka_unit_test(a_key_struck_by_two_parts_is_one_note),
        cmocka_unit_test(names_and_heights_tell_the_hands),
        cmocka_unit_test(one_part_is_split_between_the_hands),
        cmocka_unit_test(fingers_are_read_in_order),
        cmocka_unit_test(pianos_are_chosen_among_parts),
        cmocka_unit_test(pieces_have_names),
        cmocka_unit_test(text_is_made_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
