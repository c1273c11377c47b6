/* What is made of the ear's evidence: traces, notes that settle, and the judgements by them. */
#include "sitting.h"

#include "practice/settling.h"

#include <math.h>
#include <string.h>

static const double hop_seconds = 0.010;

/* The evidence of one key: an onset at `onset` seconds, which shows for 100 ms. */
typedef struct strike_evidence {
    double onset;
    uint8_t pitch;
    float first, settled; /* probabilities, at once and from 80 ms on */
} strike_evidence;

static cochlea_hop hop_at(double time, const strike_evidence *strikes, size_t count)
{
    cochlea_hop hop;
    memset(&hop, 0, sizeof hop);
    for (size_t i = 0; i < count; i++) {
        double age = time - strikes[i].onset;
        unsigned key = strikes[i].pitch - COCHLEA_FIRST_KEY;
        if (age < 0.02 || age > 0.12)
            continue;
        hop.onset[key] = age < 0.08 ? strikes[i].first : fmaxf(strikes[i].first, strikes[i].settled);
        hop.settled[key] = age < 0.08 ? 0.0f : strikes[i].settled;
        hop.age[key] = (float)age;
        hop.velocity[key] = 0.5f;
    }
    return hop;
}

/* ---- Traces ---- */

static size_t feed(coch_traces *t, const strike_evidence *strikes, size_t count, double end, coch_heard *told)
{
    size_t n = 0;
    for (double time = 0; time < end; time += hop_seconds) {
        cochlea_hop hop = hop_at(time, strikes, count);
        n += coch_traces_add(t, &hop, time, 0.3f, told + n);
    }
    return n;
}

static void an_onset_is_one_trace(void **state)
{
    static coch_traces t;
    static const strike_evidence strikes[] = {
        {0.5, 60, 0.8f, 0.9f}, {0.5, 64, 0.1f, 0.2f}, {0.7, 60, 0.5f, 0.05f}, {0.7, 67, 0.01f, 0.0f}};
    coch_heard told[4 * COCHLEA_KEYS];
    (void)state;
    coch_traces_reset(&t);
    assert_int_equal(feed(&t, strikes, 4, 1.0, told), 2); /* those of 60: the others were never keen */
    assert_int_equal(told[0].pitch, 60);
    assert_true(told[0].doubtful && fabs(told[0].time - 0.5) < 1e-6 && told[0].velocity == 64);
    assert_true(fabs(told[1].time - 0.7) < 1e-6);
    const coch_trace *first = coch_traces_find(&t, 60, 0.5, 0.05),
                     *second = coch_traces_find(&t, 60, 0.7, 0.05);
    assert_true(first && first->p == 0.9f);
    assert_true(second && second->p == 0.05f);
    assert_ptr_equal(coch_traces_find(&t, 60, 0.6, 0.15), first); /* the stronger one of the two */
    assert_true(coch_traces_find(&t, 64, 0.48, 0.05)->p == 0.2f);
    assert_null(coch_traces_find(&t, 60, 0.6, 0.05));
    assert_null(coch_traces_find(&t, 67, 0.7, 0.05));
    coch_traces_reset(&t);
    assert_null(coch_traces_find(&t, 60, 0.5, 0.05));
}

static void old_traces_go(void **state)
{
    static coch_traces t;
    coch_heard told[COCHLEA_KEYS];
    (void)state;
    coch_traces_reset(&t);
    for (unsigned i = 0; i < 2 * COCH_TRACES_MAX; i++) {
        double onset = 0.2 * i;
        const strike_evidence strike = {onset, (uint8_t)(21 + i % 88), 0.9f, 0.9f};
        cochlea_hop hop = hop_at(onset + 0.09, &strike, 1);
        assert_int_equal(coch_traces_add(&t, &hop, onset + 0.09, 0.3f, told), 1);
    }
    unsigned last = 2 * COCH_TRACES_MAX - 1, lost = COCH_TRACES_MAX - 1;
    assert_non_null(coch_traces_find(&t, (uint8_t)(21 + last % 88), 0.2 * last, 0.05));
    assert_null(coch_traces_find(&t, (uint8_t)(21 + lost % 88), 0.2 * lost, 0.05));
}

static void evidence_may_be_anything(void **state)
{
    static coch_traces t;
    static const float odd[] = {NAN, INFINITY, -INFINITY, -1.0f, 2.0f};
    coch_heard told[COCHLEA_KEYS];
    (void)state;
    coch_traces_reset(&t);
    for (size_t i = 0; i < 125; i++) {
        cochlea_hop hop;
        for (unsigned key = 0; key < COCHLEA_KEYS; key++) {
            hop.onset[key] = odd[i % 5];
            hop.settled[key] = odd[i / 5 % 5];
            hop.age[key] = hop.velocity[key] = odd[i / 25];
        }
        assert_true(coch_traces_add(&t, &hop, 0.01 * (double)i, 0.3f, told) <= COCHLEA_KEYS);
    }
    for (unsigned i = 0; i < t.count && i < COCH_TRACES_MAX; i++)
        assert_true(isfinite(t.ring[i].time) && t.ring[i].velocity <= 127);
}

/* ---- Settling ---- */

static void notes_settle_in_order(void **state)
{
    static coch_traces t;
    static coch_settling s;
    static const strike_evidence strikes[] = {
        {0.50, 60, 0.9f, 1.0f}, {0.52, 64, 0.7f, 0.01f}, {0.48, 67, 0.4f, 0.5f}};
    static const coch_heard heard[] = {
        {0.50, 60, 70, 0.9f, 1}, {0.51, 60, 70, 0.9f, 0}, {0.52, 64, 70, 0.7f, 0}, {0.48, 67, 70, 0.7f, 0}};
    coch_heard told[3 * COCHLEA_KEYS], out;
    (void)state;
    coch_traces_reset(&t);
    feed(&t, strikes, 3, 1.0, told);
    s.count = 0;
    for (size_t i = 0; i < 4; i++)
        coch_settling_add(&s, &heard[i]);
    assert_int_equal(s.count, 3); /* 60 is the same twice */
    assert_false(coch_settling_take(&s, &t, 0.60, &out));
    assert_true(coch_settling_take(&s, &t, 0.69, &out));
    assert_true(out.pitch == 67 && out.doubtful && out.confidence == 0.5f);
    assert_true(coch_settling_take(&s, &t, 0.69, &out));
    assert_true(out.pitch == 60 && !out.doubtful && out.confidence == 1.0f);
    assert_false(coch_settling_take(&s, &t, 0.69, &out) ||
                 coch_settling_take(&s, &t, 9.0, &out)); /* 64 was nothing */
    for (unsigned i = 0; i < COCH_SETTLING_MAX + 5; i++)
        coch_settling_add(&s, &(coch_heard){.time = 10.0 + i, .pitch = 60});
    assert_int_equal(s.count, COCH_SETTLING_MAX);
    assert_true(coch_settling_take(&s, NULL, 99.0, &out) && out.time == 15.0);
}

/* ---- Judging ---- */

typedef struct heard_chord {
    uint32_t chord;
    float p;   /* of its highest note, settled */
    int event; /* nonzero: the ear sent a note for it */
} heard_chord;

static double margin_db; /* of the room that is played in */

/* Plays 40 chords a half second apart, all clear but for the highest note of one; and a key besides. */
static void play_heard(sitting *s, heard_chord odd, double besides_at, uint8_t besides, float besides_p)
{
    strike_evidence strikes[200];
    size_t count = 0;
    sit_down(s, 40);
    s->options.exact = 0;
    s->options.margin_db = margin_db;
    begin(s);
    for (uint32_t c = 0; c < 40; c++) {
        const coch_score_chord *chord = &s->score.chords[c];
        for (uint32_t i = chord->first; i < chord->first + chord->count; i++) {
            int top = c == odd.chord && i == chord->first + chord->count - 1;
            float p = top ? odd.p : 0.99f;
            strikes[count++] = (strike_evidence){1.0 + 0.5 * c, s->score.notes[i].pitch,
                                                 top && !odd.event ? 0.2f * p : p, p};
        }
    }
    strikes[count++] = (strike_evidence){besides_at, besides, besides_p, besides_p};
    for (double time = 0; time < 22.0; time += hop_seconds) {
        for (size_t i = 0; i < count; i++) {
            double sent = strikes[i].onset + 0.05;
            coch_heard heard = {strikes[i].onset, strikes[i].pitch, 70, 0.9f, 0};
            if (sent > time - hop_seconds && sent <= time && strikes[i].first >= 0.5f)
                coch_session_hear(s->session, &heard, time);
        }
        cochlea_hop hop = hop_at(time, strikes, count);
        coch_session_sense(s->session, &hop, time, time);
    }
    coch_session_finish(s->session, 22.0);
}

static void missed_is_told_from_unheard(void **state)
{
    static const struct {
        float p;
        unsigned verdict;
    } cases[] = {
        {0.0f, COCH_MISSED}, {0.02f, COCH_MISSED}, {0.07f, COCH_UNSURE}, {0.6f, COCH_HIT}, {0.99f, COCH_HIT}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sitting s;
        play_heard(&s, (heard_chord){15, cases[i].p, 0}, -1.0, 30, 0.0f);
        assert_int_equal(count(&s, 15, 16, cases[i].verdict),
                         cases[i].verdict == COCH_HIT ? s.score.chords[15].count : 1);
        assert_int_equal(count(&s, 0, 15, COCH_HIT), notes_in(&s, 0, 15));
        assert_int_equal(look(&s).extra_count, 0);
        stand_up(&s);
    }
}

/* What is nothing in a quiet room may be a note in a loud one. */
static void noise_hides_notes(void **state)
{
    static const struct {
        double margin_db;
        unsigned verdict;
    } rooms[] = {{0.0, COCH_MISSED}, {70.0, COCH_MISSED}, {40.0, COCH_MISSED}, {30.0, COCH_UNSURE}};
    (void)state;
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
        sitting s;
        margin_db = rooms[i].margin_db;
        play_heard(&s, (heard_chord){15, 0.02f, 0}, -1.0, 30, 0.0f);
        assert_int_equal(count(&s, 15, 16, rooms[i].verdict), 1);
        assert_int_equal(count(&s, 0, 15, COCH_HIT), notes_in(&s, 0, 15));
        stand_up(&s);
    }
    margin_db = 0.0;
}

/* A note that the ear sent, and of which the last deadline knows nothing. */
static void a_ghost_is_no_hit(void **state)
{
    sitting s;
    (void)state;
    sit_down(&s, 40);
    uint32_t chord = 15;
    stand_up(&s);
    play_heard(&s, (heard_chord){chord, 0.0f, 1}, -1.0, 30, 0.0f);
    assert_int_equal(count(&s, chord, chord + 1, COCH_MISSED), 1);
    stand_up(&s);
}

static void only_clear_notes_are_accused(void **state)
{
    static const struct {
        double at;
        float p;
        int sure;
    } cases[] = {{8.75, 0.99f, 1}, {8.75, 0.60f, 0}, {8.5, 0.99f, 1}, {8.5, 0.91f, 1}, {8.5, 0.88f, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sitting s;
        play_heard(&s, (heard_chord){15, 0.99f, 1}, cases[i].at, 103, cases[i].p);
        coch_picture picture = look(&s);
        assert_int_equal(picture.extra_count, 1);
        assert_int_equal(picture.extras[0].pitch, 103);
        assert_int_equal(picture.extras[0].sure, cases[i].sure);
        assert_int_equal(count(&s, 0, 40, COCH_HIT), s.score.note_count);
        stand_up(&s);
    }
}

static void an_ear_that_guesses_is_believed_by_the_score(void **state)
{
    sitting s;
    (void)state;
    sit_down(&s, 40);
    s.options.exact = 0;
    begin(&s);
    for (uint32_t c = 0; c < 40; c++) {
        const coch_score_chord *chord = &s.score.chords[c];
        for (uint32_t i = chord->first; i < chord->first + chord->count; i++) {
            coch_heard heard = {.time = s.now,
                                .pitch = s.score.notes[i].pitch,
                                .velocity = 60,
                                .confidence = 0.7f,
                                .doubtful = c % 3 == 0};
            coch_session_hear(s.session, &heard, s.now + 0.05);
        }
        coch_heard ghost = {
            .time = s.now + 0.1, .pitch = (uint8_t)(90 + c % 7), .velocity = 40, .doubtful = 1};
        coch_session_hear(s.session, &ghost, s.now + 0.15);
        s.now += 0.5;
    }
    coch_session_finish(s.session, s.now);
    assert_int_equal(count(&s, 0, 40, COCH_HIT), s.score.note_count);
    assert_int_equal(look(&s).extra_count, 0);
    stand_up(&s);
}

/* Notes that the ear doubts count where they are due; but when nothing fits any more, they show the way. */
static void an_ear_that_doubts_finds_the_place_again(void **state)
{
    sitting s;
    (void)state;
    sit_down(&s, 80);
    s.options.exact = 0;
    begin(&s);
    for (uint32_t c = 0; c < 50; c == 19 ? c = 36 : c++) {
        const coch_score_chord *chord = &s.score.chords[c];
        s.now += c == 36 ? 1.5 : 0.5;
        for (uint32_t i = chord->first; i < chord->first + chord->count; i++) {
            coch_heard heard = {s.now, s.score.notes[i].pitch, 60, 0.5f, 1};
            coch_session_hear(s.session, &heard, s.now + 0.05);
        }
    }
    coch_band_event none[1];
    coch_session_advance(s.session, s.now + 0.3, none, 1);
    assert_int_equal(look(&s).position.chord, 49);
    stand_up(&s);
}

/* Who is brought to where another is goes on as that one does. */
static void a_copied_follower_is_the_same(void **state)
{
    coch_score score;
    coch_follower *one, *two;
    const coch_follower_options options = {.rate = 1.0};
    (void)state;
    walk(&score, 40);
    assert_int_equal(coch_follower_new(&one, &score, &options), COCHLEA_OK);
    assert_int_equal(coch_follower_new(&two, &score, &options), COCHLEA_OK);
    for (uint32_t c = 0; c < 40; c++) {
        const coch_score_chord *chord = &score.chords[c];
        if (c == 13 || c == 20)
            coch_follower_copy(two, one);
        for (uint32_t i = chord->first; i < chord->first + chord->count; i++) {
            coch_heard heard = {
                .time = 1.0 + 0.6 * c, .pitch = score.notes[i].pitch, .velocity = 60, .confidence = 1.0f};
            coch_follower_hear(one, &heard);
            if (c >= 13)
                coch_follower_hear(two, &heard);
        }
        if (c < 13)
            continue;
        coch_position here, there;
        coch_follower_position(one, 1.2 + 0.6 * c, &here);
        coch_follower_position(two, 1.2 + 0.6 * c, &there);
        assert_int_equal(here.chord, c);
        assert_int_equal(there.chord, c);
        assert_true(here.seconds == there.seconds && here.rate == there.rate &&
                    here.certainty == there.certainty);
    }
    coch_follower_free(one);
    coch_follower_free(two);
    coch_score_free(&score);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_onset_is_one_trace),
        cmocka_unit_test(old_traces_go),
        cmocka_unit_test(evidence_may_be_anything),
        cmocka_unit_test(notes_settle_in_order),
        cmocka_unit_test(missed_is_told_from_unheard),
        cmocka_unit_test(noise_hides_notes),
        cmocka_unit_test(a_ghost_is_no_hit),
        cmocka_unit_test(only_clear_notes_are_accused),
        cmocka_unit_test(an_ear_that_guesses_is_believed_by_the_score),
        cmocka_unit_test(an_ear_that_doubts_finds_the_place_again),
        cmocka_unit_test(a_copied_follower_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
