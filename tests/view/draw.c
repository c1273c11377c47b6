/* Draws the scenes to PNG files: to be looked at, and with --goldens the small ones without text that the
 * tests compare with.
 *
 *     draw FOLDER [--goldens]
 */
#include "library_scenes.h"
#include "pixels.h"
#include "practice_scenes.h"
#include "scenes.h"

/* Takes the surface. */
static int save(cairo_surface_t *surface, const char *folder, const char *name, int goldens)
{
    char path[4096];
    cairo_surface_t *written = goldens
                                   ? shrunk(surface, shrink_factor(cairo_image_surface_get_width(surface)))
                                   : cairo_surface_reference(surface);
    snprintf(path, sizeof path, "%s/%s.png", folder, name);
    cairo_status_t status = cairo_surface_write_to_png(written, path);
    cairo_surface_destroy(surface);
    cairo_surface_destroy(written);
    if (status != CAIRO_STATUS_SUCCESS)
        fprintf(stderr, "%s: %s\n", path, cairo_status_to_string(status));
    return status != CAIRO_STATUS_SUCCESS;
}

static int save_library(const char *folder, int goldens)
{
    static coch_library library;
    static lscene_data data;
    coch_set_up page;
    int failed = 0;
    for (size_t i = 0; i < LSCENES && !failed; i++) {
        const lscene *s = &lscenes[i];
        s->make(&library, &data);
        library.hide_text = goldens;
        failed = save(library_drawn(&library, s->width, s->height, s->scale), folder, s->name, goldens);
    }
    for (size_t i = 0; i < USCENES && !failed; i++) {
        const uscene *s = &uscenes[i];
        s->make(&page);
        page.hide_text = goldens;
        failed = save(set_up_drawn(&page, s->width, s->height, s->scale), folder, s->name, goldens);
    }
    return failed;
}

int main(int argc, char **argv)
{
    static coch_view_model model;
    static coch_practice_model practice;
    static pscene_data data;
    int goldens = argc > 2;
    if (argc < 2)
        return 2;
    for (size_t i = 0; i < PSCENES; i++) {
        const pscene *s = &pscenes[i];
        s->make(&practice, &data);
        practice.hide_text = goldens;
        if (save(practice_drawn(&practice, s->width, s->height, s->scale), argv[1], s->name, goldens))
            return 1;
    }
    coch_score_free(&data.score);
    for (size_t i = 0; i < SCENES; i++) {
        const scene *s = &scenes[i];
        s->make(&model);
        model.hide_text = goldens;
        if (save(drawn(&model, NULL, s->width, s->height, s->scale), argv[1], s->name, goldens))
            return 1;
    }
    return save_library(argv[1], goldens);
}
