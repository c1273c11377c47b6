/* Any bytes as a MIDI file to practise from: reading it, and playing its first notes to it. */
#include "practice/report.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOTES_PLAYED = 40, NOTES_MAX = 20000 };

/* Plays the score to itself with mistakes, and makes the report. */
static void play(const coch_score *score, const coch_session_options *options)
{
    coch_session *session;
    coch_report report;
    coch_band_event band[64];
    if (coch_session_new(&session, score, options) != COCHLEA_OK) {
        return;
    }
    for (size_t i = 0; i < score->note_count && i < NOTES_PLAYED; i++) {
        size_t at = i % 7 == 3 ? i / 2 : i;
        double now = score->notes[i].seconds < 1e4 ? score->notes[i].seconds : 1e4;
        coch_heard heard = {.time = now > 0.1 ? now : 0.1,
                            .pitch = (uint8_t)((score->notes[at].pitch + (i % 5 == 4)) & 127),
                            .velocity = 64,
                            .confidence = 0.9f,
                            .doubtful = i % 11 == 10};
        if (now < 60) {
            coch_session_advance(session, now, band, 64);
        }
        coch_session_hear(session, &heard, heard.time < 60 ? heard.time : 60);
    }
    coch_session_finish(session, 60);
    if (coch_report_make(&report, session) != COCHLEA_OK || report.expected > score->note_count) {
        abort();
    }
    coch_report_free(&report);
    coch_session_free(session);
}

/* What coch_score.h promises. */
static void check(const coch_score *score)
{
    size_t notes = 0;
    for (size_t c = 0; c < score->chord_count; c++) {
        const coch_score_chord *chord = &score->chords[c];
        if (chord->first != notes || chord->count == 0 || chord->bar >= score->bar_count ||
            (c > 0 && chord->seconds < chord[-1].seconds)) {
            abort();
        }
        notes += chord->count;
    }
    if (notes != score->note_count) {
        abort();
    }
    for (size_t i = 0; i < score->note_count; i++) {
        const coch_score_note *note = &score->notes[i];
        if (note->hand == COCH_HAND_BOTH || note->part >= score->part_count || note->finger > 5 ||
            note->pitch > 127) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    coch_smf smf;
    coch_score score;
    uint8_t *bytes = malloc(size ? size : 1); /* ends where the file does */
    if (!bytes) {
        return 0;
    }
    if (size) {
        memcpy(bytes, data, size);
    }
    if (coch_smf_parse(&smf, bytes, size) == COCHLEA_OK) {
        if (coch_score_build(&score, &smf, NULL) == COCHLEA_OK) {
            coch_session_options options;
            coch_session_default(&options);
            check(&score);
            options.metronome = options.accompaniment = 1;
            options.hand = score.note_count % 2 ? COCH_HAND_LEFT : COCH_HAND_BOTH;
            options.mode = (coch_practice_mode)(score.note_count % 3);
            if (score.note_count <= NOTES_MAX) {
                play(&score, &options);
            }
        }
        coch_score_free(&score);
    }
    coch_smf_free(&smf);
    free(bytes);
    return 0;
}
