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

enum { TIMING = 1, LOOKAHEAD, SENSITIVITY, VELOCITY, TRANSPOSE, CONFIDENCE, SUSTAIN };

typedef struct player {
    cochlea_model *model;
    cochlea *ear;
    cochlea_settings settings;
    SNDFILE *file;
    SF_INFO info;
    coch_view_model *view;
    double played; /* clock up to which it was played */
} player;

static int open_player(player *p, const char *path, cochlea_drive drive)
{
    cochlea_settings_default(&p->settings);
    p->file = sf_open(path, SFM_READ, &p->info);
    if (!p->file || p->info.channels > 2)
        return -1;
    p->settings.sample_rate = p->info.samplerate;
    p->settings.sustain = 1;
    p->settings.drive = drive;
    return cochlea_model_open(&p->model, NULL, NULL, 0) || cochlea_open(&p->ear, p->model, &p->settings);
}

static void add_controls(coch_view_model *view, const char *path)
{
    const char *slash = strrchr(path, '/');
    coch_view_add_choice(view, coch_view_add_menu(view, 0, "Input"), slash ? slash + 1 : path);
    int menu = coch_view_add_menu(view, TIMING, "Timing");
    coch_view_add_choice(view, menu, "as soon as sure");
    coch_view_add_choice(view, menu, "steady, 100 ms");
    coch_view_add_knob(view, LOOKAHEAD, "Look-ahead", "ms", 20, 200, 1, 100);
    coch_view_add_knob(view, SENSITIVITY, "Sensitivity", "", 0.5, 2, 0.05, 1);
    coch_view_find(view, SENSITIVITY)->logarithmic = 1;
    coch_view_add_knob(view, VELOCITY, "Velocity", "", 0.25, 4, 0.05, 1);
    coch_view_find(view, VELOCITY)->logarithmic = 1;
    coch_view_add_knob(view, TRANSPOSE, "Transpose", "st", -48, 48, 1, 0);
    coch_view_add_knob(view, CONFIDENCE, "Certainty", "", 0, 1, 0.05, 0);
    coch_view_add_switch(view, SUSTAIN, "Sustain", 1);
}

/* A sixtieth of a second of the recording into the ear, and what it heard into the picture. */
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
    coch_view_model_events(p->view, events, cochlea_events(p->ear, events, 256), p->info.samplerate);
    cochlea_get_stats(p->ear, &stats);
    coch_view_model_stats(p->view, &stats, p->info.samplerate, wall);
    cochlea_get_features(p->ear, features);
    coch_view_model_features(p->view, features, 1.0 / FRAMES_PER_SECOND);
}

static int write_picture(player *p, char **argv)
{
    static coch_view_model view;
    p->view = &view;
    coch_view_model_init(&view);
    add_controls(&view, argv[1]);
    for (int frame = 0; frame < atof(argv[2]) * FRAMES_PER_SECOND; frame++)
        step(p, (double)frame / FRAMES_PER_SECOND);
    cairo_surface_t *surface = drawn(&view, NULL, atoi(argv[3]), atoi(argv[4]), atof(argv[5]));
    return cairo_surface_write_to_png(surface, argv[6]) != CAIRO_STATUS_SUCCESS;
}

#ifdef HAVE_WINDOW
static void update(void *context, coch_view_model *view, double seconds)
{
    player *p = context;
    (void)view;
    if (p->played == 0.0)
        p->played = seconds;
    for (; p->played < seconds; p->played += 1.0 / FRAMES_PER_SECOND)
        step(p, p->played);
}

static void changed(void *context, int id, double value)
{
    player *p = context;
    p->settings.timing = id == TIMING ? (cochlea_timing)value : p->settings.timing;
    p->settings.lookahead_ms = id == LOOKAHEAD ? value : p->settings.lookahead_ms;
    p->settings.sensitivity = id == SENSITIVITY ? (float)value : p->settings.sensitivity;
    p->settings.velocity_curve = id == VELOCITY ? (float)value : p->settings.velocity_curve;
    p->settings.transpose = id == TRANSPOSE ? (int)value : p->settings.transpose;
    p->settings.min_confidence = id == CONFIDENCE ? (float)value : p->settings.min_confidence;
    p->settings.sustain = id == SUSTAIN ? (int)value : p->settings.sustain;
    cochlea_change(p->ear, &p->settings);
}

static int show(player *p, int argc, char **argv)
{
    char why[128];
    window *w;
    window_options options = {.title = argv[1], .context = p, .update = update, .changed = changed};
    if (argc == 5) {
        options.width = atoi(argv[2]);
        options.height = atoi(argv[3]);
        options.scale = atof(argv[4]);
    }
    if (window_open(&w, &options, why, sizeof why) != 0) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    p->view = window_model(w);
    add_controls(p->view, argv[1]);
    while (window_step(w, 0.1) == 0)
        ;
    window_close(w);
    return 0;
}
#else
static int show(player *p, int argc, char **argv)
{
    (void)p, (void)argc, (void)argv;
    fprintf(stderr, "built without a window\n");
    return 1;
}
#endif

int main(int argc, char **argv)
{
    static player p;
    if (argc != 2 && argc != 5 && argc != 7)
        return 2;
    if (open_player(&p, argv[1], argc == 7 ? COCHLEA_INLINE : COCHLEA_WORKER) != 0)
        return 1;
    return argc == 7 ? write_picture(&p, argv) : show(&p, argc, argv);
}
