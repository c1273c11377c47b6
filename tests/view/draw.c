/* Draws the scenes to PNG files: to be looked at, and with --goldens the small ones without text that the
 * tests compare with.
 *
 *     draw FOLDER [--goldens]
 */
#include "pixels.h"
#include "scenes.h"

int main(int argc, char **argv)
{
    static coch_view_model model;
    char path[4096];
    int goldens = argc > 2;
    if (argc < 2)
        return 2;
    for (size_t i = 0; i < SCENES; i++) {
        const scene *s = &scenes[i];
        s->make(&model);
        model.hide_text = goldens;
        cairo_surface_t *surface = drawn(&model, NULL, s->width, s->height, s->scale);
        cairo_surface_t *written =
            goldens ? shrunk(surface, shrink_factor(s->width)) : cairo_surface_reference(surface);
        snprintf(path, sizeof path, "%s/%s.png", argv[1], s->name);
        cairo_status_t status = cairo_surface_write_to_png(written, path);
        cairo_surface_destroy(surface);
        cairo_surface_destroy(written);
        if (status != CAIRO_STATUS_SUCCESS) {
            fprintf(stderr, "%s: %s\n", path, cairo_status_to_string(status));
            return 1;
        }
    }
    return 0;
}
