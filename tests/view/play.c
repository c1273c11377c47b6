/* Plays a recording through the engine and the picture as if it were live, into PNG files: for screenshots.
 *
 *     play IN.flac SECONDS WIDTH HEIGHT SCALE OUT.png
 */
#include "dsp/resampler.h"
#include "engine/cochlea.h"
#include "listen/piano.h"
#include "view/view.h"

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_PER_SECOND 60
#define RATE_MAX 192000

typedef struct player {
    cochlea_model *model;
    cochlea *ear;
    coch_gguf *weights;
    coch_piano_model *piano_model;
    coch_piano *piano;
    coch_resampler *resampler;
    float resampled[4096];
    size_t pending;
    SNDFILE *file;
    SF_INFO info;
    coch_view_model view;
} player;

static int open_player(player *p, const char *path)
{
    cochlea_settings settings;
    size_t size;
    const void *bytes = coch_piano_default_weights(&size);
    cochlea_settings_default(&settings);
    p->file = sf_open(path, SFM_READ, &p->info);
    if (!p->file || p->info.channels > 2)
        return -1;
    settings.sample_rate = p->info.samplerate;
    settings.sustain = 1;
    return cochlea_model_open(&p->model, NULL, NULL, 0) || cochlea_open(&p->ear, p->model, &settings) ||
           coch_gguf_open_memory(&p->weights, bytes, size, NULL, 0) ||
           coch_piano_model_new(&p->piano_model, p->weights, NULL, 0) ||
           coch_piano_new(&p->piano, p->piano_model, coch_kernels_select(~0u)) ||
           coch_resampler_new(&p->resampler, settings.sample_rate, coch_piano_model_rate(p->piano_model));
}

static void add_controls(coch_view_model *view)
{
    int menu = coch_view_add_menu(view, 1, "Input");
    coch_view_add_choice(view, menu, "Scarlett 2i2 USB, left");
    coch_view_add_choice(view, menu, "Scarlett 2i2 USB, right");
    coch_view_add_choice(view, menu, "Built-in microphone");
    menu = coch_view_add_menu(view, 2, "MIDI to");
    coch_view_add_choice(view, menu, "FluidSynth");
    coch_view_add_choice(view, menu, "Cochlea:out");
    menu = coch_view_add_menu(view, 3, "Timing");
    coch_view_add_choice(view, menu, "fast");
    coch_view_add_choice(view, menu, "steady");
    coch_view_add_knob(view, 4, "Look-ahead", "ms", 20, 200, 1, 100);
    coch_view_add_knob(view, 5, "Sensitivity", "", 0.5, 2, 0.05, 1);
    coch_view_find(view, 5)->logarithmic = 1;
    coch_view_add_knob(view, 6, "Velocity", "", 0.25, 4, 0.05, 1);
    coch_view_find(view, 6)->logarithmic = 1;
    coch_view_add_knob(view, 7, "Transpose", "st", -48, 48, 1, 0);
    coch_view_add_switch(view, 8, "Sustain", 1);
}

/* The energy of what was just played. */
static void hear_energy(player *p, const float *mono, size_t count)
{
    size_t hop = coch_piano_model_hop(p->piano_model);
    p->pending += coch_resampler_process(p->resampler, mono, count, p->resampled + p->pending,
                                         sizeof p->resampled / sizeof *p->resampled - p->pending);
    for (; p->pending >= hop; p->pending -= hop) {
        coch_view_model_features(&p->view, coch_piano_features(p->piano, p->resampled), 0.01);
        memmove(p->resampled, p->resampled + hop, (p->pending - hop) * sizeof *p->resampled);
    }
}

/* One frame of the picture. */
static void step(player *p, double wall)
{
    static float in[2 * RATE_MAX / FRAMES_PER_SECOND + 2], mono[RATE_MAX / FRAMES_PER_SECOND + 1];
    cochlea_event events[256];
    cochlea_stats stats;
    int count = p->info.samplerate / FRAMES_PER_SECOND;
    int n = (int)sf_readf_float(p->file, in, count);
    for (int i = 0; i < n; i++)
        mono[i] = p->info.channels == 2 ? 0.5f * (in[2 * i] + in[2 * i + 1]) : in[i];
    cochlea_feed(p->ear, mono, (size_t)n);
    coch_view_model_events(&p->view, events, cochlea_events(p->ear, events, 256), p->info.samplerate);
    cochlea_get_stats(p->ear, &stats);
    coch_view_model_stats(&p->view, &stats, p->info.samplerate, wall);
    hear_energy(p, mono, (size_t)n);
}

int main(int argc, char **argv)
{
    static player p;
    if (argc != 7 || open_player(&p, argv[1]) != 0)
        return 2;
    coch_view_model_init(&p.view);
    add_controls(&p.view);
    snprintf(p.view.instrument, sizeof p.view.instrument, "Piano");
    p.view.instrument_confidence = 0.97f;
    for (int frame = 0; frame < atof(argv[2]) * FRAMES_PER_SECOND; frame++)
        step(&p, (double)frame / FRAMES_PER_SECOND);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, atoi(argv[3]), atoi(argv[4]));
    cairo_t *cr = cairo_create(surface);
    coch_view_draw(cr, &p.view, NULL, atoi(argv[3]), atoi(argv[4]), atof(argv[5]));
    cairo_destroy(cr);
    return cairo_surface_write_to_png(surface, argv[6]) != CAIRO_STATUS_SUCCESS;
}
