/* Plays a recording through engine and picture as if it were live (without its sound): in a window, or up to
 * an instant that is written as a PNG file.
 *
 *     play IN.flac [WIDTH HEIGHT SCALE]
 *     play IN.flac SECONDS WIDTH HEIGHT SCALE OUT.png
 */
#include "engine/cochlea.h"
#include "pixels.h"
#include "view/view.h"
#ifdef HAVE_WINDOW
#include "window.h"
#endif

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_PER_SECOND 60
#define RATE_MAX 192000

typedef struct player {
    cochlea_model *model;
    cochlea *ear;
    SNDFILE *file;
    SF_INFO info;
    coch_view_model view;
} player;

static int open_player(player *p, const char *path, cochlea_drive drive)
{
    cochlea_settings settings;
    cochlea_settings_default(&settings);
    p->file = sf_open(path, SFM_READ, &p->info);
    if (!p->file || p->info.channels > 2)
        return -1;
    settings.sample_rate = p->info.samplerate;
    settings.sustain = 1;
    settings.drive = drive;
    return cochlea_model_open(&p->model, NULL, NULL, 0) || cochlea_open(&p->ear, p->model, &settings);
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

/* One frame of the picture. */
static void step(player *p, double wall)
{
    static float in[2 * RATE_MAX / FRAMES_PER_SECOND + 2], mono[RATE_MAX / FRAMES_PER_SECOND + 1];
    static float features[COCHLEA_FEATURES];
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
    cochlea_get_features(p->ear, features);
    coch_view_model_features(&p->view, features, 1.0 / FRAMES_PER_SECOND);
}

static void step_view(void *context, coch_view_model *view, double seconds)
{
    player *p = context;
    step(p, seconds);
    const coch_view_focus focus = view->focus;
    memcpy(p->view.controls, view->controls, sizeof view->controls);
    *view = p->view;
    view->focus = focus;
}

static void tell(void *context, int id, double value)
{
    (void)context;
    printf("control %d is now %g\n", id, value);
}

static int show(player *p, int argc, char **argv)
{
#ifdef HAVE_WINDOW
    char why[128];
    window *w;
    window_options options = {.title = argv[1], .context = p, .update = step_view, .changed = tell};
    if (argc == 5) {
        options.width = atoi(argv[2]);
        options.height = atoi(argv[3]);
        options.scale = atof(argv[4]);
    }
    if (window_open(&w, &options, why, sizeof why) != 0) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    *window_model(w) = p->view;
    while (window_step(w, 0.1) == 0)
        ;
    window_close(w);
    return 0;
#else
    (void)p, (void)argc, (void)argv;
    return 2;
#endif
}

int main(int argc, char **argv)
{
    static player p;
    if ((argc != 2 && argc != 5 && argc != 7) ||
        open_player(&p, argv[1], argc == 7 ? COCHLEA_INLINE : COCHLEA_WORKER) != 0)
        return 2;
    coch_view_model_init(&p.view);
    add_controls(&p.view);
    snprintf(p.view.instrument, sizeof p.view.instrument, "Piano");
    p.view.instrument_confidence = 0.97f;
    if (argc != 7)
        return show(&p, argc, argv);
    for (int frame = 0; frame < atof(argv[2]) * FRAMES_PER_SECOND; frame++)
        step(&p, (double)frame / FRAMES_PER_SECOND);
    cairo_surface_t *surface = drawn(&p.view, NULL, atoi(argv[3]), atoi(argv[4]), atof(argv[5]));
    return cairo_surface_write_to_png(surface, argv[6]) != CAIRO_STATUS_SUCCESS;
}
