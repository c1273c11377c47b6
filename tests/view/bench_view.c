/* Milliseconds a frame of the picture, with everything kept that may be kept; of one scene when it is named.
 */
#include "scenes.h"
#include "view/view.h"

#include <time.h>

#define FRAMES 300

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void measure(const scene *s)
{
    static coch_view_model model;
    coch_view_cache *cache = coch_view_cache_new();
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, s->width, s->height);
    cairo_t *cr = cairo_create(surface);
    double start = 0.0;
    float energy[COCH_VIEW_BINS];
    s->make(&model);
    memcpy(energy, model.energy, sizeof energy);
    for (int i = -5; i < FRAMES; i++) {
        if (i == 0)
            start = seconds();
        model.now += 1e-3; /* something moves */
        for (int b = 0; b < COCH_VIEW_BINS; b++)
            model.energy[b] = i % 20 ? 0.97f * model.energy[b] : energy[b];
        coch_view_draw(cr, &model, cache, s->width, s->height, s->scale);
        cairo_surface_flush(surface);
    }
    double ms = 1000.0 * (seconds() - start) / FRAMES;
    printf("%-14s %4d x %-4d %7.3f ms a frame, %5.1f %% of a core at 60 a second\n", s->name, s->width,
           s->height, ms, ms * 6.0);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    coch_view_cache_free(cache);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < SCENES; i++)
        if (argc < 2 || strcmp(argv[1], scenes[i].name) == 0)
            measure(&scenes[i]);
    return 0;
}
