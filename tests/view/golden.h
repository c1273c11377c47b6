/* Comparing pictures with their goldens. */
#ifndef TEST_VIEW_GOLDEN_H
#define TEST_VIEW_GOLDEN_H

#include "pixels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* Fails unless the surface, made small, looks like the golden of that name. Takes the surface. */
static inline void expect_golden(cairo_surface_t *surface, const char *name)
{
    char path[4096];
    int largest;
    snprintf(path, sizeof path, "%s/%s.png", getenv("COCHLEA_VIEW_GOLDENS"), name);
    cairo_surface_t *golden = cairo_image_surface_create_from_png(path);
    assert_int_equal(cairo_surface_status(golden), CAIRO_STATUS_SUCCESS);
    cairo_surface_t *small = shrunk(surface, shrink_factor(cairo_image_surface_get_width(surface)));
    assert_int_equal(cairo_image_surface_get_width(small), cairo_image_surface_get_width(golden));
    assert_int_equal(cairo_image_surface_get_height(small), cairo_image_surface_get_height(golden));
    double mean = difference(small, golden, &largest);
    if (mean > 0.3 || largest > 40)
        fail_msg("%s differs by %.2f in the mean, %d at most", name, mean, largest);
    cairo_surface_destroy(surface);
    cairo_surface_destroy(small);
    cairo_surface_destroy(golden);
}

#endif
