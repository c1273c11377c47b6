/* Models for tests of the practice window: the same on every machine. */
#ifndef TEST_VIEW_PRACTICE_SCENES_H
#define TEST_VIEW_PRACTICE_SCENES_H

#include "music/smf.h"
#include "view/practice_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PSCENE_DIVISION = 480, PSCENE_EVENTS = 2048, PSCENE_BARS = 16, PSCENE_NOTES = 512 };

typedef struct pscene_data {
    coch_score score;
    coch_smf_event events[PSCENE_EVENTS];
    size_t count;
    coch_judgement notes[PSCENE_NOTES];
    coch_extra extras[4];
    coch_break breaks[2];
    coch_report report;
    coch_bar_result bars[PSCENE_BARS];
    uint32_t worst[PSCENE_BARS];
} pscene_data;

/* Events are kept in the order of ticks. */
static void pscene_event(pscene_data *d, double beat, unsigned track, int a, int b, int c, uint32_t value)
{
    int64_t tick = (int64_t)(beat * PSCENE_DIVISION + 0.5);
    size_t at = d->count++;
    for (; at > 0 && d->events[at - 1].tick > tick; at--)
        d->events[at] = d->events[at - 1];
    d->events[at] = (coch_smf_event){.tick = tick,
                                     .track = (uint16_t)track,
                                     .bytes = {(uint8_t)a, (uint8_t)b, (uint8_t)c},
                                     .value = value};
}

static void pscene_note(pscene_data *d, unsigned track, double beat, double beats, int pitch)
{
    pscene_event(d, beat, track, 0x90, pitch, 80, 0);
    pscene_event(d, beat + beats, track, 0x80, pitch, 0, 0);
}

/* Sixteen bars of 4/4 at 108: a song over broken chords. */
static void pscene_score(pscene_data *d)
{
    static const int roots[] = {48, 45, 41, 43, 48, 40, 41, 43};
    static const int thirds[] = {4, 3, 4, 4, 4, 3, 4, 4};
    static const int tune[] = {76, 74, 72, 74, 76, 79, 77, 76, 74, 72, 69, 72, 74, 71, 67, 71};
    pscene_event(d, 0, 0, 0xFF, 0x51, 0, (uint32_t)(6e7 / 108.0));
    for (int bar = 0; bar < PSCENE_BARS; bar++) {
        double at = 4.0 * bar;
        int root = roots[bar % 8];
        for (int i = 0; i < 8; i++)
            pscene_note(d, 2, at + 0.5 * i, 0.45,
                        root +
                            (i % 4 == 0   ? 0
                             : i % 4 == 2 ? thirds[bar % 8]
                                          : 7) +
                            (i == 4 ? 12 : 0));
        for (int i = 0; i < 4; i++) {
            int pitch = tune[(bar * 4 + i) % 16] + (bar % 4 == 3 && i == 2 ? 5 : 0);
            pscene_note(d, 1, at + i, i == 1 && bar % 2 ? 0.45 : 0.92, pitch);
            if (i == 1 && bar % 2)
                pscene_note(d, 1, at + 1.5, 0.45, pitch + 2);
            if (i == 0 && bar % 2 == 0)
                pscene_note(d, 1, at, 1.9, pitch - 4);
        }
    }
    coch_smf smf = {.format = 1,
                    .tracks = 3,
                    .division = PSCENE_DIVISION,
                    .events = d->events,
                    .count = d->count,
                    .text = ""};
    if (coch_score_build(&d->score, &smf, NULL) != COCHLEA_OK || d->score.note_count > PSCENE_NOTES)
        abort();
    for (size_t i = 0; i < d->score.note_count; i++)
        if (d->score.notes[i].hand == COCH_HAND_RIGHT)
            d->score.notes[i].finger = (uint8_t)(1 + d->score.notes[i].pitch * 3 % 5);
}

/* As it might have been judged up to `beat`. */
static void pscene_judge(pscene_data *d, double beat)
{
    for (size_t i = 0; i < d->score.note_count; i++) {
        coch_judgement *j = &d->notes[i];
        unsigned dice = (unsigned)(i * 2654435761u) >> 24;
        *j = (coch_judgement){.error_ms = NAN, .time = NAN};
        if (d->score.notes[i].beat > beat)
            continue;
        j->attempts = 1;
        j->velocity = 70;
        j->time = d->score.notes[i].seconds;
        j->verdict = d->score.notes[i].beat > beat - 0.6 ? COCH_HEARD
                     : dice < 14                         ? COCH_EARLY
                     : dice < 30                         ? COCH_LATE
                     : dice < 40                         ? COCH_MISSED
                     : dice < 48                         ? COCH_WRONG
                     : dice < 58                         ? COCH_UNSURE
                                                         : COCH_HIT;
        if (j->verdict == COCH_WRONG)
            j->played = (uint8_t)(d->score.notes[i].pitch + 1);
    }
}

static void pscene_count(pscene_data *d)
{
    coch_report *r = &d->report;
    r->bars = d->bars;
    r->worst = d->worst;
    r->bar_count = PSCENE_BARS;
    for (uint32_t b = 0; b < PSCENE_BARS; b++)
        d->bars[b] =
            (coch_bar_result){.bar = b, .tempo = (float)(108.0 + 7.0 * sin(0.9 * b) - (b == 9 ? 22 : 0))};
    for (size_t i = 0; i < d->score.note_count; i++) {
        coch_bar_result *bar = &d->bars[d->score.notes[i].bar];
        unsigned verdict = d->notes[i].verdict;
        r->expected++;
        r->reached += d->notes[i].attempts;
        r->verdicts[verdict]++;
        bar->verdicts[verdict]++;
        bar->expected++;
        bar->trouble += verdict == COCH_WRONG || verdict == COCH_MISSED ? 0.10f
                        : verdict == COCH_EARLY || verdict == COCH_LATE ? 0.03f
                                                                        : 0.0f;
    }
    r->extra = 2;
    d->bars[9].breaks = 1;
    d->bars[9].trouble += 0.15f;
    for (uint32_t b = 0; b < PSCENE_BARS; b++)
        if (d->bars[b].trouble > 0.0f) {
            size_t at = r->worst_count++;
            for (; at > 0 && d->bars[d->worst[at - 1]].trouble < d->bars[b].trouble; at--)
                d->worst[at] = d->worst[at - 1];
            d->worst[at] = b;
        }
    for (int i = 0; i < COCH_HISTOGRAM_BINS; i++)
        r->histogram[i] = (uint32_t)(60.0 * exp(-0.09 * (i - 11) * (i - 11)) + 0.5);
    r->breaks[COCH_STUMBLE] = 1;
    r->breaks[COCH_HESITATION] = 2;
    r->accuracy = 0.92f;
    r->in_time = 0.88f;
    r->mean_ms = 14.0f;
    r->sd_ms = 46.0f;
    r->dynamics = 0.71f;
}

static void pscene_flash(coch_practice_model *m, double ago, int pitch, coch_practice_key key)
{
    m->flashes[m->flash_count++ % COCH_PRACTICE_FLASHES] = (coch_practice_flash){
        .time = m->picture.now - ago, .pitch = (uint8_t)pitch, .velocity = 80, .key = (uint8_t)key};
}

/* Stands at `beat`. */
static void pscene_at(coch_practice_model *m, pscene_data *d, double beat)
{
    coch_practice_model_init(m);
    coch_score_free(&d->score);
    memset(d, 0, sizeof *d);
    pscene_score(d);
    pscene_judge(d, beat);
    m->picture = (coch_picture){.score = &d->score,
                                .notes = d->notes,
                                .extras = d->extras,
                                .breaks = d->breaks,
                                .now = 60.0,
                                .tempo = 104.0};
    m->picture.position =
        (coch_position){.chord = 0, .seconds = coch_score_seconds(&d->score, beat), .rate = 1.0};
    m->playing = m->at_home = 1;
    m->peak = 0.3f;
    snprintf(m->title, sizeof m->title, "A song over broken chords");
    snprintf(m->device, sizeof m->device, "Scarlett 2i2 USB");
}

/* In the middle of the piece, with every kind of fault in sight. */
static void pscene_playing(coch_practice_model *m, pscene_data *d)
{
    pscene_at(m, d, 26.3);
    d->extras[0] = (coch_extra){.chord = 40, .pitch = 66, .sure = 1};
    d->extras[1] = (coch_extra){.chord = 46, .pitch = 88, .sure = 0};
    d->breaks[0] = (coch_break){.from = 44, .to = 44, .kind = COCH_HESITATION};
    m->picture.extra_count = 2;
    m->picture.break_count = 1;
    pscene_flash(m, 0.1, 72, COCH_PRACTICE_KEY_RIGHT);
    pscene_flash(m, 0.2, 41, COCH_PRACTICE_KEY_RIGHT);
    pscene_flash(m, 0.25, 66, COCH_PRACTICE_KEY_WRONG);
    pscene_flash(m, 0.3, 88, COCH_PRACTICE_KEY_UNSURE);
}

/* A loop of the right hand, counted in. */
static void pscene_count_in(coch_practice_model *m, pscene_data *d)
{
    pscene_at(m, d, 16.0);
    memset(d->notes, 0, sizeof d->notes);
    pscene_judge(d, 15.9);
    m->options.mode = COCH_MODE_TEMPO;
    m->options.tempo = 0.8;
    m->options.hand = COCH_HAND_RIGHT;
    m->options.first_bar = 4;
    m->options.end_bar = 8;
    m->options.metronome = m->options.accompaniment = m->options.loop = 1;
    m->picture.lead = 1.2;
    m->picture.counting_in = 3;
    m->hover = COCH_PRACTICE_ON_INPUT;
}

static void pscene_waiting(coch_practice_model *m, pscene_data *d)
{
    pscene_at(m, d, 8.0);
    m->options.mode = COCH_MODE_WAIT;
    for (size_t i = 0; i < d->score.note_count; i++)
        if (d->score.notes[i].beat == 8.0)
            d->notes[i].verdict = COCH_PENDING;
    m->hover_bar = 5;
    m->drag_bar = 3;
}

static void pscene_start(coch_practice_model *m, pscene_data *d)
{
    pscene_at(m, d, 0.0);
    memset(d->notes, 0, sizeof d->notes);
    m->playing = 0;
    m->picture.tempo = 0.0;
    snprintf(m->notice, sizeof m->notice, "the JACK server is gone: waiting for it");
}

static void pscene_report(coch_practice_model *m, pscene_data *d)
{
    pscene_at(m, d, 64.0);
    pscene_judge(d, 70.0);
    pscene_count(d);
    m->report = &d->report;
    m->page = COCH_PRACTICE_REPORT;
    m->playing = 0;
    m->picture.finished = 1;
    m->hover = COCH_PRACTICE_ON_WORST + 1;
}

typedef struct pscene {
    const char *name;
    void (*make)(coch_practice_model *model, pscene_data *data);
    int width, height;
    double scale;
} pscene;

static const pscene pscenes[] = {
    {"practice_playing", pscene_playing, 1280, 720, 1.0},
    {"practice_count_in", pscene_count_in, 1280, 720, 1.0},
    {"practice_waiting", pscene_waiting, 1280, 720, 1.0},
    {"practice_start", pscene_start, 1280, 720, 1.0},
    {"practice_report", pscene_report, 1280, 720, 1.0},
    {"practice_hidpi", pscene_playing, 2560, 1440, 2.0},
    {"practice_report_hidpi", pscene_report, 2560, 1440, 2.0},
    {"practice_small", pscene_playing, 640, 400, 1.0},
    {"practice_report_small", pscene_report, 640, 400, 1.0},
    {"practice_tall", pscene_count_in, 700, 1000, 1.0},
};

#define PSCENES (sizeof pscenes / sizeof *pscenes)

#endif
