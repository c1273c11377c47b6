/* Milliseconds a frame of the picture, with everything kept that may be kept: of still scenes whose energy
 * moves, and of a performance; of one when it is named. */
#include "scenes.h"
#include "view/view.h"

#include <time.h>

#define FRAMES 300
#define PERFORMANCE 1200 /* frames */
#define A_SECOND 60

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void step_scene(coch_view_model *model, int frame)
{
    static float energy[COCH_VIEW_BINS];
    if (frame == 0)
        memcpy(energy, model->energy, sizeof energy);
    model->now += 1e-3; /* something moves */
    for (int b = 0; b < COCH_VIEW_BINS; b++)
        model->energy[b] = frame % 20 ? 0.97f * model->energy[b] : energy[b];
}

static void scene_playing(coch_view_model *model)
{
    scene_empty(model);
    model->wall = 100.0;
}

/* The listener's answer, ten times a second. */
static void hear_instrument(coch_view_model *model, int frame)
{
    static const char *const names[] = {"clarinet",  "distorted_guitar", "voice",  "flute", "piano",
                                        "tenor_sax", "trumpet",          "violin", "other", "none"};
    float p[10];
    for (int i = 0; i < 10; i++)
        p[i] = i == 4 ? 0.9f + 0.01f * (float)(frame / 6 % 7) : 0.002f * (float)((frame / 6 * 7 + i) % 20);
    coch_view_model_instrument(model, names, p, 10, 4);
}

/* A sixtieth of a second of ten notes a second over a slow bass, pedalled. */
static void step_performance(coch_view_model *model, int frame)
{
    static const int melody[] = {76, 79, 72, 84, 67, 81, 74, 77, 88, 71, 69, 86};
    double at = (double)frame / A_SECOND;
    cochlea_stats stats = {.samples = (int64_t)(at * SCENE_RATE),
                           .peak = frame % 6 ? 0.02f : 0.1f + 0.01f * (float)(frame % 17),
                           .load = 0.030f + 0.001f * (float)(frame / 30 % 9)};
    if (frame % 6 == 0)
        scene_note(model, melody[frame / 6 % 12], 40 + frame * 7 % 70, at - 0.035, 0.0);
    if (frame % 6 == 0 && frame > 12)
        scene_event(model, COCHLEA_NOTE_OFF, melody[(frame / 6 - 2) % 12], 0, at - 0.01, 0.0);
    if (frame % 45 == 0)
        scene_note(model, 36 + frame / 45 * 7 % 24, 70, at - 0.035, 0.0);
    if (frame % 45 == 40)
        scene_event(model, COCHLEA_NOTE_OFF, 36 + frame / 45 * 7 % 24, 0, at, 0.0);
    if (frame % 60 == 5 || frame % 60 == 55)
        scene_event(model, COCHLEA_CONTROL, COCHLEA_SUSTAIN, frame % 60 == 5 ? 127 : 0, at, 0.0);
    for (int b = 0; b < COCH_VIEW_BINS; b++)
        model->energy[b] *= 0.83f;
    if (frame % 3 == 0)
        scene_energy(model);
    coch_view_model_stats(model, &stats, SCENE_RATE, 100.0 + at);
    if (frame % 6 == 0)
        hear_instrument(model, frame);
}

static void measure(const scene *s, void (*step)(coch_view_model *model, int frame), int frames)
{
    static coch_view_model model;
    coch_view_cache *cache = coch_view_cache_new();
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, s->width, s->height);
    cairo_t *cr = cairo_create(surface);
    double took = 0.0;
    s->make(&model);
    for (int i = 0; i < frames; i++) {
        step(&model, i);
        double start = seconds();
        coch_view_draw(cr, &model, cache, s->width, s->height, s->scale);
        cairo_surface_flush(surface);
        took += i >= 5 ? seconds() - start : 0.0;
    }
    double ms = 1000.0 * took / (frames - 5);
    printf("%-17s %4d x %-4d %7.3f ms a frame, %5.1f %% of a core at 60 a second\n", s->name, s->width,
           s->height, ms, ms * 6.0);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    coch_view_cache_free(cache);
}

int main(int argc, char **argv)
{
    static const scene performances[] = {{"performance", scene_playing, 900, 500, 1.0},
                                         {"performance_hidpi", scene_playing, 1800, 1000, 2.0}};
    for (size_t i = 0; i < SCENES; i++)
        if (argc < 2 || strcmp(argv[1], scenes[i].name) == 0)
            measure(&scenes[i], step_scene, FRAMES);
    for (size_t i = 0; i < 2; i++)
        if (argc < 2 || strcmp(argv[1], performances[i].name) == 0)
            measure(&performances[i], step_performance, PERFORMANCE);
    return 0;
}
