/* Where the follower takes the player to be, when the notes alone leave a choice. */
#include "piece.h"

#include "practice/follower.h"

#include <math.h>

typedef struct following {
    coch_score score;
    coch_follower *follower;
    double now;
} following;

static void follow(following *f)
{
    const coch_follower_options all = {.rate = 1.0};
    assert_int_equal(coch_follower_new(&f->follower, &f->score, &all), COCHLEA_OK);
    f->now = 1.0;
}

static void end(following *f)
{
    coch_follower_free(f->follower);
    coch_score_free(&f->score);
}

static void hear(following *f, uint8_t pitch, float confidence, uint8_t doubtful)
{
    const coch_heard heard = {f->now, pitch, 70, confidence, doubtful};
    coch_follower_hear(f->follower, &heard);
}

/* Chords [first, last) in time, from now on. */
static void play(following *f, uint32_t first, uint32_t last)
{
    for (uint32_t c = first; c < last; c++) {
        const coch_score_chord *chord = &f->score.chords[c];
        for (uint32_t i = chord->first; i < chord->first + chord->count; i++)
            hear(f, f->score.notes[i].pitch, 1.0f, 0);
        f->now += c + 1 < f->score.chord_count ? f->score.chords[c + 1].seconds - chord->seconds : 0.5;
    }
}

static coch_position at(const following *f, double time)
{
    coch_position position;
    coch_follower_position(f->follower, time, &position);
    return position;
}

/* Bars of four chords, as letters of `form` say; the same letter is the same music. */
static void build(coch_score *score, const char *form)
{
    piece p;
    piece_start(&p);
    for (unsigned i = 0; form[i / 4]; i++)
        piece_note(&p, 1, i, 0.9, (uint8_t)(60 + walk_pitch(i % 4 + 4 * (unsigned)(form[i / 4] - 'a')) % 24));
    piece_end(&p, score, COCHLEA_OK);
}

/* From the first `b` to the second `b`, or that bar again: the notes are the same. */
static void who_stopped_goes_back(void **state)
{
    (void)state;
    for (int stops = 0; stops < 2; stops++) {
        following f;
        build(&f.score, "abcbcdef");
        follow(&f);
        play(&f, 0, 8);
        f.now += stops ? 1.0 : 0.0;
        play(&f, 4, 7);
        assert_int_equal(at(&f, f.now).chord, stops ? 6 : 14);
        end(&f);
    }
}

/* What the old place lets expect is half heard, while the player has gone to the start. */
static void doubtful_notes_hold_nobody_back(void **state)
{
    following f;
    (void)state;
    walk(&f.score, 60);
    follow(&f);
    play(&f, 0, 31);
    f.now += 1.0;
    for (uint32_t c = 31; c < 35; c++)
        hear(&f, f.score.notes[f.score.chords[c].first].pitch, 0.4f, 1);
    play(&f, 0, 1);
    assert_int_equal(at(&f, f.now).chord, 0);
    end(&f);
}

/* Most begin with the beginning: one note elsewhere is a slip, three chords are not. */
static void a_wrong_first_note_leads_nowhere(void **state)
{
    following f;
    (void)state;
    walk(&f.score, 60);
    follow(&f);
    hear(&f, f.score.notes[f.score.chords[28].first].pitch, 1.0f, 0);
    assert_int_equal(at(&f, f.now).chord, -1);
    f.now += 0.5;
    play(&f, 0, 1);
    assert_int_equal(at(&f, f.now).chord, 0);
    coch_follower_reset(f.follower);
    f.now = 1.0;
    play(&f, 24, 27);
    assert_int_equal(at(&f, f.now).chord, 26);
    end(&f);
}

/* The ear invents a note just before the first chord, one that the second chord has: the piece begins with
 * its first chord all the same, not with the richer one like it that stands further on. */
static void a_note_before_the_first_decides_nothing(void **state)
{
    static const uint8_t first[] = {56, 59, 62, 66, 68};
    following f;
    piece p;
    (void)state;
    piece_start(&p);
    for (unsigned i = 0; i < 24; i++)
        for (unsigned n = 0; n < 5; n++)
            if (i % 12 == 0 || n == 0)
                piece_note(&p, 1, i, 0.9,
                           i % 12 == 0 ? first[n] : (uint8_t)(69 + walk_pitch(i % 12 - 1) % 12));
    piece_end(&p, &f.score, COCHLEA_OK);
    follow(&f);
    f.now -= 0.03;
    hear(&f, f.score.notes[f.score.chords[1].first].pitch, 0.5f, 0);
    f.now += 0.03;
    play(&f, 0, 6);
    assert_int_equal(at(&f, f.now).chord, 5);
    end(&f);
}

/* The start was not heard, and what follows stands in the 31st bar as well, as its beginning at that. */
static void who_begins_unheard_is_near_the_start(void **state)
{
    following f;
    piece p;
    (void)state;
    piece_start(&p);
    for (unsigned i = 0; i < 160; i++)
        piece_note(&p, 1, i, 0.9, walk_pitch(i >= 120 && i < 130 ? i - 115 : i));
    piece_end(&p, &f.score, COCHLEA_OK);
    follow(&f);
    play(&f, 5, 13);
    assert_int_equal(at(&f, f.now).chord, 12);
    end(&f);
}

/* The better the tempo is known, and the sooner the next chord is due, the more exactly it is awaited. */
static void the_next_chord_is_awaited(void **state)
{
    following f;
    piece p;
    (void)state;
    piece_start(&p);
    for (unsigned i = 0; i < 24; i++)
        piece_note(&p, 1, i < 20 ? i : i + 12, 0.9, walk_pitch(i));
    piece_end(&p, &f.score, COCHLEA_OK);
    follow(&f);
    play(&f, 0, 11);
    double next = f.score.chords[11].seconds;
    assert_true(fabs(at(&f, f.now).seconds - next) < 0.03);
    assert_true(at(&f, f.now - 0.25).seconds < next - 0.2);
    for (double late = 0.1; late < 60.0; late *= 1.5)
        assert_true(fabs(at(&f, f.now + late).seconds - next) < 0.12);
    play(&f, 11, 20);
    next = f.score.chords[20].seconds; /* after a note of 6.5 seconds */
    assert_true(at(&f, f.now).seconds < next - 0.1 && at(&f, f.now).seconds > next - 0.6);
    assert_true(at(&f, f.now + 30.0).seconds < next + 0.03);
    assert_true(at(&f, f.now + 30.0).seconds > next - 0.3);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_stopped_goes_back),
        cmocka_unit_test(doubtful_notes_hold_nobody_back),
        cmocka_unit_test(a_wrong_first_note_leads_nowhere),
        cmocka_unit_test(a_note_before_the_first_decides_nothing),
        cmocka_unit_test(who_begins_unheard_is_near_the_start),
        cmocka_unit_test(the_next_chord_is_awaited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
