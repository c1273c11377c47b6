/* Models for tests of the view: the same on every machine. */
#ifndef TEST_VIEW_SCENES_H
#define TEST_VIEW_SCENES_H

#include "timbre/frontend.h"
#include "view/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define SCENE_RATE 48000.0

static void scene_event(coch_view_model *model, int type, int number, int value, double time, double sureness)
{
    cochlea_event event = {.type = (uint8_t)type,
                           .confidence = (float)sureness,
                           .time = (int64_t)(time * SCENE_RATE),
                           .emit = (int64_t)((time + 0.031) * SCENE_RATE)};
    if (type == COCHLEA_CONTROL) {
        event.controller = (uint8_t)number;
        event.value = (uint8_t)value;
    } else {
        event.note = (uint8_t)number;
        event.velocity = (uint8_t)value;
    }
    coch_view_model_events(model, &event, 1, SCENE_RATE);
}

static void scene_note(coch_view_model *model, int note, int velocity, double on, double off)
{
    scene_event(model, COCHLEA_NOTE_ON, note, velocity, on, 0.55 + 0.45 * ((note * 7 + velocity) % 10) / 9.0);
    if (off > 0.0)
        scene_event(model, COCHLEA_NOTE_OFF, note, 0, off, 0.0);
}

static void scene_controls(coch_view_model *model)
{
    int menu = coch_view_add_menu(model, 1, "Input");
    coch_view_add_choice(model, menu, "Scarlett 2i2 USB, left channel");
    coch_view_add_choice(model, menu, "Scarlett 2i2 USB, right channel");
    coch_view_add_choice(model, menu, "Built-in microphone");
    menu = coch_view_add_menu(model, 2, "MIDI to");
    coch_view_add_choice(model, menu, "FluidSynth");
    coch_view_add_choice(model, menu, "Cochlea:out");
    menu = coch_view_add_menu(model, 3, "Timing");
    coch_view_add_choice(model, menu, "fast");
    coch_view_add_choice(model, menu, "steady");
    coch_view_add_knob(model, 4, "Look-ahead", "ms", 20, 200, 1, 100);
    coch_view_add_knob(model, 5, "Sensitivity", "", 0.5, 2, 0.05, 1);
    coch_view_find(model, 5)->logarithmic = 1;
    coch_view_add_knob(model, 6, "Velocity", "", 0.25, 4, 0.05, 1);
    coch_view_find(model, 6)->logarithmic = 1;
    coch_view_add_knob(model, 7, "Transpose", "st", -48, 48, 1, 0);
    coch_view_add_switch(model, 8, "Sustain", 1);
}

/* Harmonics of what sounds, as the ear would see them. */
static void scene_energy(coch_view_model *model)
{
    for (size_t i = coch_view_first_note(model); i < model->note_count; i++) {
        const coch_view_note *n = &model->notes[i % COCH_VIEW_NOTES];
        for (int h = 1; n->sounding && h <= 8; h++) {
            double at = COCH_VIEW_FIRST_BIN +
                        COCH_VIEW_BINS_PER_NOTE * (n->note - COCH_VIEW_LOW + 12.0 * log2((double)h));
            for (int b = (int)at - 4; b <= (int)at + 5; b++)
                if (b >= 0 && b < COCH_VIEW_BINS) {
                    float e = (float)((n->velocity / 110.0) * exp(-0.22 * (h - 1)) *
                                      exp(-0.3 * (b - at) * (b - at)));
                    model->energy[b] = e > model->energy[b] ? e : model->energy[b];
                }
        }
    }
}

static void scene_meters(coch_view_model *model, double time, float peak, int clipped)
{
    cochlea_stats stats = {
        .samples = (int64_t)(time * SCENE_RATE), .peak = peak, .clipped = clipped, .load = 0.028f};
    model->wall = 100.0;
    coch_view_model_stats(model, &stats, SCENE_RATE, 100.0);
}

static void scene_empty(coch_view_model *model)
{
    coch_view_model_init(model);
    scene_controls(model);
}

/* Six seconds of running hands and a held chord: some 140 notes in the roll, ten keys down. */
static void scene_dense(coch_view_model *model)
{
    scene_empty(model);
    for (int i = 0; i < 130; i++) {
        double on = 0.3 + 5.4 * i / 130.0;
        scene_note(model, 36 + (i * 5) % 24 + i / 20, 35 + (i * 37) % 80, on, on + 0.12 + 0.05 * (i % 4));
        if (i % 2)
            scene_note(model, 64 + (i * 7) % 32, 45 + (i * 23) % 75, on + 0.01, on + 0.1 + 0.07 * (i % 3));
    }
    static const int chord[] = {33, 40, 45, 52, 57, 61, 64, 69, 73, 76};
    for (int i = 0; i < 10; i++)
        scene_note(model, chord[i], 60 + 6 * i, 5.75 + 0.004 * i, 0.0);
    scene_energy(model);
    scene_meters(model, 6.0, 0.31f, 0);
    snprintf(model->instrument, sizeof model->instrument, "Piano");
    model->instrument_confidence = 0.97f;
}

/* Broken chords under the pedal, one unsure note, a semitone cluster on black keys. */
static void scene_sustain(coch_view_model *model)
{
    static const int roots[] = {36, 41, 43, 36};
    scene_empty(model);
    for (int bar = 0; bar < 4; bar++) {
        double at = 0.2 + 1.45 * bar;
        scene_event(model, COCHLEA_CONTROL, COCHLEA_SUSTAIN, 127, at, 0.0);
        for (int i = 0; i < 8; i++)
            scene_note(model, roots[bar] + (i % 4) * 12 / 3 + 12 * (i / 4), 40 + 9 * i, at + 0.15 * i,
                       at + 0.15 * i + 0.1);
        if (bar < 3)
            scene_event(model, COCHLEA_CONTROL, COCHLEA_SUSTAIN, 0, at + 1.3, 0.0);
    }
    scene_note(model, 66, 30, 5.7, 0.0);
    scene_note(model, 68, 70, 5.7, 0.0);
    scene_note(model, 70, 110, 5.7, 0.0);
    scene_event(model, COCHLEA_NOTE_ON, 90, 50, 5.6, 0.15);
    scene_energy(model);
    scene_meters(model, 5.9, 0.12f, 0);
}

/* Everything wrong at once, and a menu open. */
static void scene_clip(coch_view_model *model)
{
    scene_dense(model);
    scene_meters(model, 6.0, 1.0f, 1);
    model->dropped_hops = 1234;
    model->late_notes = 56;
    model->load = 0.93f;
    snprintf(model->notice, sizeof model->notice, "The JACK server is gone; waiting for it");
    model->focus.open = 0;
    model->focus.choice = 1;
    model->focus.focus = 4;
    model->controls[6].disabled = 1;
}

/* A menu longer than the window. */
static void scene_menu(coch_view_model *model)
{
    char text[32];
    scene_sustain(model);
    int menu = coch_view_add_menu(model, 50, "Model");
    for (int i = 0; i < 40; i++) {
        snprintf(text, sizeof text, "Weights number %d", i);
        coch_view_add_choice(model, menu, text);
    }
    model->controls[menu].value = 9;
    model->focus.open = model->focus.hover = menu;
    model->focus.choice = 8;
    model->focus.first = 5;
}

/* A plucked sound on its way to a voice, with some trumpet in it. */
static void scene_spectra(coch_view_model *model)
{
    coch_view_hybrid *h = &model->hybrid;
    double centre[COCH_TIMBRE_BANDS];
    coch_timbre_centres(centre);
    for (int b = 0; b < COCHLEA_HYBRID_BANDS; b++) {
        double hz = centre[b], partial = 0.5 + 0.5 * cos(2.0 * 3.14159265358979 * hz / 220.0);
        double sharp = hz < 3000.0 ? 26.0 * pow(partial, 3.0) : 9.0;
        double formant =
            22.0 * exp(-pow(log2(hz / 900.0), 2.0)) + 16.0 * exp(-pow(2.0 * log2(hz / 3000.0), 2.0));
        h->centre[b] = (float)hz;
        h->before[b] = (float)(-46.0 + sharp - 9.0 * fmax(0.0, log2(hz / 220.0)) - 60.0 * (hz < 180.0));
        h->after[b] =
            (float)(-58.0 + sharp + formant - 5.0 * fmax(0.0, log2(hz / 220.0)) - 50.0 * (hz < 180.0));
    }
    snprintf(h->target, sizeof h->target, "Female voice");
    snprintf(h->second, sizeof h->second, "Trumpet");
    h->morph = 0.3f;
    h->mix = 0.85f;
    h->latency_ms = 21.3f;
    h->peak = 0.25f;
}

static void scene_hybrid_controls(coch_view_model *model)
{
    static const char *const targets[] = {"Violin", "Clarinet", "Flute", "Trumpet"};
    static const char *const names[] = {"Target", "Second target", "Method"};
    coch_view_add_switch(model, 1, "Bypass", 0);
    for (int i = 0; i < 3; i++) {
        int menu = coch_view_add_menu(model, 2 + i, names[i]);
        for (int k = 0; k < 4; k++)
            coch_view_add_choice(model, menu, targets[k]);
    }
    coch_view_add_knob(model, 5, "Morph", "", 0, 1, 0.05, 0.3);
    coch_view_add_knob(model, 6, "Mix", "", 0, 1, 0.05, 0.85);
    coch_view_add_knob(model, 7, "Input gain", "dB", -24, 24, 1, 3);
    coch_view_add_knob(model, 8, "Attack", "", 0, 1, 0.05, 0.2);
}

static void scene_hybrid(coch_view_model *model)
{
    coch_view_model_init(model);
    model->picture = COCH_VIEW_HYBRID;
    scene_hybrid_controls(model);
    scene_spectra(model);
    scene_meters(model, 6.0, 0.31f, 0);
}

static void scene_bypassed(coch_view_model *model)
{
    scene_hybrid(model);
    model->hybrid.bypass = 1;
    coch_view_find(model, 1)->value = 1.0;
    snprintf(model->notice, sizeof model->notice, "oud.gguf: the file cannot be opened");
}

static void scene_piano_hybrid(coch_view_model *model)
{
    scene_dense(model);
    model->picture = COCH_VIEW_PIANO_HYBRID;
    scene_spectra(model);
}

typedef struct scene {
    const char *name;
    void (*make)(coch_view_model *model);
    int width, height;
    double scale;
} scene;

static const scene scenes[] = {
    {"empty", scene_empty, 900, 500, 1.0},
    {"dense", scene_dense, 900, 500, 1.0},
    {"sustain", scene_sustain, 900, 500, 1.0},
    {"clip", scene_clip, 900, 500, 1.0},
    {"dense_hidpi", scene_dense, 1800, 1000, 2.0},
    {"sustain_tiny", scene_sustain, 320, 200, 1.0},
    {"sustain_tall", scene_sustain, 480, 900, 1.0},
    {"menu", scene_menu, 700, 400, 1.0},
    {"dense_4k", scene_dense, 3840, 2160, 2.0},
    {"hybrid", scene_hybrid, 900, 500, 1.0},
    {"hybrid_bypassed", scene_bypassed, 480, 640, 1.0},
    {"hybrid_hidpi", scene_hybrid, 1800, 1000, 2.0},
    {"hybrid_tiny", scene_hybrid, 320, 200, 1.0},
    {"piano_hybrid", scene_piano_hybrid, 900, 500, 1.0},
    {"piano_hybrid_tall", scene_piano_hybrid, 480, 900, 1.0},
};

#define SCENES (sizeof scenes / sizeof *scenes)

#endif
