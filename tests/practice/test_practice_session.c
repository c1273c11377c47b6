/* Following and judging, over sittings with scripted mistakes; the modes; what is excluded. */
#include "sitting.h"

#include "practice/report.h"

#include <math.h>
#include <string.h>

static void all_right_at_any_tempo(void **state)
{
    static const double rates[] = {0.5, 0.8, 1.0, 1.4};
    (void)state;
    for (size_t r = 0; r < 4; r++) {
        sitting s;
        sit_down(&s, 40);
        begin(&s);
        play(&s, 0, 40, rates[r]);
        coch_session_finish(s.session, s.now);
        assert_int_equal(count(&s, 0, 40, COCH_HIT), s.score.note_count);
        coch_picture picture = look(&s);
        assert_int_equal(picture.extra_count, 0);
        assert_int_equal(picture.break_count, 0);
        assert_true(fabs(picture.position.rate / rates[r] - 1.0) < 0.05);
        stand_up(&s);
    }
}

static void mistakes_are_named(void **state)
{
    sitting s;
    (void)state;
    sit_down(&s, 40);
    begin(&s);
    for (uint32_t c = 0; c < 40; c++) {
        const coch_score_chord *chord = &s.score.chords[c];
        for (uint32_t i = chord->first; i < chord->first + chord->count; i++) {
            uint8_t pitch = s.score.notes[i].pitch;
            int top = i == chord->first + chord->count - 1;
            if (c == 8 && top)
                continue;
            strike(&s,
                   s.now + (c == 13 && top   ? 0.2
                            : c == 19 && top ? -0.2
                                             : 0.0),
                   c == 24 && top ? pitch + 1 : pitch);
        }
        if (c == 30)
            strike(&s, s.now + 0.25, 99);
        s.now += 0.5;
    }
    coch_session_finish(s.session, s.now);
    coch_picture picture = look(&s);
    assert_int_equal(count(&s, 8, 9, COCH_MISSED), 1);
    assert_int_equal(count(&s, 13, 14, COCH_LATE), 1);
    assert_int_equal(count(&s, 19, 20, COCH_EARLY), 1);
    assert_int_equal(count(&s, 24, 25, COCH_WRONG), 1);
    assert_int_equal(picture.extra_count, 1);
    assert_int_equal(picture.extras[0].pitch, 99);
    assert_int_equal(count(&s, 0, 40, COCH_HIT), s.score.note_count - 4);
    stand_up(&s);
}

static void a_stumble_is_followed_at_once(void **state)
{
    sitting s;
    (void)state;
    sit_down(&s, 60);
    begin(&s);
    play(&s, 0, 30, 1.0);
    s.now += 0.7;
    play(&s, 27, 31, 1.0); /* goes back three chords: known before two beats are over */
    assert_int_equal(look(&s).position.chord, 30);
    play(&s, 31, 60, 1.0);
    coch_session_finish(s.session, s.now);
    coch_picture picture = look(&s);
    assert_int_equal(picture.break_count, 1);
    assert_int_equal(picture.breaks[0].kind, COCH_STUMBLE);
    assert_int_equal(picture.breaks[0].to, 27);
    assert_int_equal(picture.notes[s.score.chords[28].first].attempts, 2);
    assert_int_equal(count(&s, 0, 60, COCH_HIT), s.score.note_count);
    stand_up(&s);
}

static void a_skipped_bar_and_a_return(void **state)
{
    sitting s;
    (void)state;
    sit_down(&s, 60);
    begin(&s);
    play(&s, 0, 20, 1.0);
    play(&s, 24, 40, 1.0); /* without bar 6 */
    s.now += 1.0;
    play(&s, 0, 10, 1.0);
    coch_session_finish(s.session, s.now);
    coch_picture picture = look(&s);
    assert_int_equal(count(&s, 20, 24, COCH_MISSED), notes_in(&s, 20, 24));
    assert_int_equal(count(&s, 40, 60, COCH_PENDING), notes_in(&s, 40, 60));
    assert_int_equal(picture.breaks[picture.break_count - 1].kind, COCH_RETURN);
    assert_int_equal(count(&s, 0, 20, COCH_HIT), notes_in(&s, 0, 20));
    stand_up(&s);
}

/* Too few chords for a jump to be cheaper, but they take no time. */
static void a_short_leap_is_one(void **state)
{
    sitting s;
    (void)state;
    sit_down(&s, 60);
    begin(&s);
    play(&s, 0, 20, 1.0);
    play(&s, 22, 60, 1.0);
    coch_session_finish(s.session, s.now);
    coch_picture picture = look(&s);
    assert_int_equal(picture.break_count, 1);
    assert_int_equal(picture.breaks[0].kind, COCH_SKIP);
    assert_int_equal(picture.breaks[0].to, 22);
    assert_int_equal(count(&s, 0, 60, COCH_MISSED), notes_in(&s, 20, 22));
    assert_int_equal(count(&s, 0, 60, COCH_HIT), s.score.note_count - notes_in(&s, 20, 22));
    stand_up(&s);
}

static void hesitation_is_not_lateness(void **state)
{
    sitting s;
    (void)state;
    sit_down(&s, 40);
    begin(&s);
    play(&s, 0, 20, 1.0);
    s.now += 0.8;
    play(&s, 20, 40, 1.0);
    coch_session_finish(s.session, s.now);
    coch_picture picture = look(&s);
    assert_int_equal(count(&s, 0, 40, COCH_HIT), s.score.note_count);
    assert_int_equal(picture.break_count, 1);
    assert_int_equal(picture.breaks[0].kind, COCH_HESITATION);
    assert_true(fabs(picture.breaks[0].pause - 0.8) < 0.1);
    stand_up(&s);
}

static void the_clock_judges_in_tempo_mode(void **state)
{
    sitting s;
    (void)state;
    sit_down(&s, 24);
    s.options.mode = COCH_MODE_TEMPO;
    s.options.tempo = 0.5;
    s.options.count_in = 1; /* four beats of a second each */
    begin(&s);
    s.now = 4.15; /* all 150 ms late: by itself even, by the clock not */
    play(&s, 0, 24, 0.5);
    coch_session_finish(s.session, s.now);
    assert_int_equal(count(&s, 0, 24, COCH_LATE), s.score.note_count);
    stand_up(&s);
    sit_down(&s, 24);
    s.options.mode = COCH_MODE_TEMPO;
    s.options.tempo = 0.5;
    s.options.latency_ms = 150; /* the same, known to be the way of the sound */
    begin(&s);
    s.now = 4.15;
    play(&s, 0, 24, 0.5);
    coch_session_finish(s.session, s.now);
    assert_int_equal(count(&s, 0, 24, COCH_HIT), s.score.note_count);
    stand_up(&s);
}

static void a_loop_goes_round(void **state)
{
    sitting s;
    (void)state;
    sit_down(&s, 40);
    s.options.mode = COCH_MODE_TEMPO;
    s.options.loop = 1;
    s.options.first_bar = 2;
    s.options.end_bar = 4;
    s.options.count_in = 0;
    begin(&s);
    s.now = 0.001;
    for (int round = 0; round < 3; round++)
        play(&s, 8, 16, 1.0);
    coch_session_finish(s.session, s.now);
    coch_picture picture = look(&s);
    assert_int_equal(count(&s, 8, 16, COCH_HIT), notes_in(&s, 8, 16));
    assert_int_equal(picture.notes[s.score.chords[9].first].attempts, 3);
    assert_int_equal(picture.breaks[0].kind, COCH_RETURN);
    stand_up(&s);
}

static void the_score_waits(void **state)
{
    sitting s;
    (void)state;
    sit_down(&s, 12);
    s.options.mode = COCH_MODE_WAIT;
    begin(&s);
    play(&s, 0, 4, 1.0);
    for (int i = 0; i < 3; i++)
        strike(&s, s.now += 0.4, 61); /* not in the score */
    assert_int_equal(look(&s).position.chord, 4);
    s.now += 5.0;
    play(&s, 4, 5, 1.0);
    assert_int_equal(look(&s).position.chord, 5);
    play(&s, 5, 12, 1.0);
    assert_true(look(&s).finished);
    coch_session_finish(s.session, s.now);
    assert_int_equal(count(&s, 0, 12, COCH_HIT), s.score.note_count);
    assert_int_equal(look(&s).extra_count, 3);
    stand_up(&s);
}

/* Runs the band until `end` and returns its note-ons on a channel, hearing them if asked to. */
static unsigned run_band(sitting *s, double end, unsigned channel, int heard)
{
    coch_band_event events[64];
    unsigned ons = 0;
    for (double t = s->now; t < end; t += 0.01) {
        size_t n = coch_session_advance(s->session, t, events, 64);
        for (size_t i = 0; i < n; i++) {
            if (events[i].bytes[0] != (0x90 | channel))
                continue;
            ons++;
            if (heard && channel == COCH_CLICK_CHANNEL)
                strike(s, events[i].time + 0.02, 86); /* what the ear makes of it */
            else if (heard)
                strike(s, events[i].time + 0.02, events[i].bytes[1]);
        }
        s->now = t;
    }
    return ons;
}

static void the_band_is_not_the_player(void **state)
{
    sitting s;
    (void)state;
    sit_down(&s, 24);
    s.options.mode = COCH_MODE_TEMPO;
    s.options.hand = COCH_HAND_RIGHT;
    s.options.accompaniment = s.options.metronome = 1;
    s.options.count_in = 1;
    s.now = 0;
    begin(&s);
    assert_int_equal(run_band(&s, 14.2, COCH_BAND_CHANNEL, 1),
                     12); /* every bass note, heard by the microphone */
    coch_session_finish(s.session, s.now);
    coch_picture picture = look(&s);
    assert_int_equal(picture.excluded, 12);
    assert_int_equal(picture.heard, 0);
    assert_int_equal(picture.extra_count, 0);
    stand_up(&s);
}

static void the_band_goes_along(void **state)
{
    sitting s;
    unsigned ons = 0, offs = 0;
    coch_band_event events[64];
    double struck[24], played[24];
    (void)state;
    sit_down(&s, 24);
    s.options.hand = COCH_HAND_RIGHT;
    s.options.accompaniment = 1;
    begin(&s);
    for (uint32_t c = 0; c < 24; c++) { /* slower and slower */
        double until = s.now + 0.5 + 0.01 * c;
        struck[c] = s.now;
        for (strike(&s, s.now, walk_pitch(c)); s.now < until; s.now += 0.01) {
            size_t n = coch_session_advance(s.session, s.now, events, 64);
            for (size_t i = 0; i < n; i++) {
                int on = (events[i].bytes[0] & 0xF0) == 0x90;
                if (on)
                    played[ons++ % 24] = events[i].time;
                offs += (unsigned)!on;
            }
        }
        s.now = until;
    }
    coch_session_finish(s.session, s.now);
    offs += (unsigned)coch_session_advance(s.session, s.now, events, 64);
    assert_int_equal(ons, 12); /* each bass note once */
    assert_int_equal(offs, 12);
    for (unsigned i = 0; i < 12; i++)
        assert_true(fabs(played[i] - struck[2 * i]) < 0.1);
    assert_int_equal(count(&s, 0, 24, COCH_HIT), 24);
    stand_up(&s);
}

static void the_metronome_counts_in(void **state)
{
    sitting s;
    (void)state;
    sit_down(&s, 8);
    s.options.mode = COCH_MODE_TEMPO;
    s.options.metronome = 1;
    s.options.count_in = 2;
    s.now = 0;
    begin(&s);
    assert_int_equal(run_band(&s, 3.9, COCH_CLICK_CHANNEL, 1), 8); /* two bars of four */
    assert_int_equal(look(&s).excluded, 8);
    assert_int_equal(look(&s).counting_in, 1);
    assert_int_equal(run_band(&s, 20.0, COCH_CLICK_CHANNEL, 0),
                     8); /* and the two bars of the piece, no more */
    stand_up(&s);
}

/* Time comes in other pieces: the same in the end. */
static void block_sizes_change_nothing(void **state)
{
    coch_judgement kept[200];
    (void)state;
    for (int size = 0; size < 3; size++) {
        sitting s;
        coch_band_event events[64];
        sit_down(&s, 40);
        begin(&s);
        for (uint32_t c = 0; c < 40; c++) {
            play(&s, c, c + 1, 0.9);
            if (size == 1)
                coch_session_advance(s.session, s.now - 0.1, events, 64);
            for (double t = s.now - 0.5; size == 2 && t < s.now; t += 0.003)
                coch_session_advance(s.session, t, events, 64);
        }
        coch_session_finish(s.session, s.now);
        coch_picture picture = look(&s);
        if (size == 0)
            memcpy(kept, picture.notes, s.score.note_count * sizeof *kept);
        for (size_t i = 0; i < s.score.note_count; i++) {
            assert_int_equal(kept[i].verdict, picture.notes[i].verdict);
            assert_int_equal(kept[i].attempts, picture.notes[i].attempts);
            assert_true(kept[i].time == picture.notes[i].time &&
                        kept[i].error_ms == picture.notes[i].error_ms);
        }
        stand_up(&s);
    }
}

static void options_are_checked(void **state)
{
    sitting s;
    (void)state;
    sit_down(&s, 8);
    s.options.tempo = 0.1;
    assert_int_equal(coch_session_new(&s.session, &s.score, &s.options), COCHLEA_ERROR_ARGUMENT);
    s.options.tempo = 1.0;
    s.options.end_bar = 99;
    assert_int_equal(coch_session_new(&s.session, &s.score, &s.options), COCHLEA_ERROR_ARGUMENT);
    stand_up(&s);
}

static void reports_add_up(void **state)
{
    sitting s;
    coch_report report;
    char text[65536];
    (void)state;
    sit_down(&s, 40);
    begin(&s);
    play(&s, 0, 12, 1.0);
    strike(&s, s.now - 0.25, 100);
    play(&s, 13, 36, 1.0);
    coch_session_finish(s.session, s.now);
    assert_int_equal(coch_report_make(&report, s.session), COCHLEA_OK);
    uint32_t sum = 0, bars = 0;
    for (int v = 0; v < COCH_VERDICTS; v++)
        sum += report.verdicts[v];
    for (size_t b = 0; b < report.bar_count; b++)
        bars += report.bars[b].expected;
    assert_int_equal(sum, s.score.note_count);
    assert_int_equal(bars, s.score.note_count);
    assert_int_equal(report.extra, 1);
    assert_true(report.worst_count >= 1);
    assert_int_equal(report.bars[report.worst[0]].bar, s.score.chords[12].bar - (report.worst[0] == 2));
    FILE *file = fmemopen(text, sizeof text, "w");
    assert_non_null(file);
    coch_report_json(&report, s.session, &(coch_report_names){.score = "a \"b\"\n\xff"}, file);
    fclose(file);
    assert_non_null(strstr(text, "\"score\":\"a \\\"b\\\"\\u000a?\""));
    assert_non_null(strstr(text, "\"state\":\"missed\""));
    coch_report_free(&report);
    stand_up(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_right_at_any_tempo),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(a_stumble_is_followed_at_once),
        cmocka_unit_test(a_skipped_bar_and_a_return),
        cmocka_unit_test(a_short_leap_is_one),
        cmocka_unit_test(hesitation_is_not_lateness),
        cmocka_unit_test(the_clock_judges_in_tempo_mode),
        cmocka_unit_test(a_loop_goes_round),
        cmocka_unit_test(the_score_waits),
        cmocka_unit_test(the_band_is_not_the_player),
        cmocka_unit_test(the_metronome_counts_in),
        cmocka_unit_test(the_band_goes_along),
        cmocka_unit_test(block_sizes_change_nothing),
        cmocka_unit_test(options_are_checked),
        cmocka_unit_test(reports_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
