#include "ui_hybrid.h"

#include "processors.h"
#include "timbre/frontend.h"

#include <stdio.h>
#include <string.h>

void coch_ui_hybrid_open(coch_view_model *model)
{
    double centre[COCH_TIMBRE_BANDS];
    coch_timbre_centres(centre);
    model->picture = COCH_VIEW_HYBRID;
    for (int b = 0; b < COCHLEA_HYBRID_BANDS; b++)
        model->hybrid.centre[b] = (float)centre[b];
}

void coch_ui_hybrid_spectra(coch_view_hybrid *h, const coch_watch *w, int fresh, int stale, double elapsed)
{
    coch_view_hybrid_spectra(h, stale ? NULL : w->before, stale ? NULL : w->after, elapsed);
    if (fresh || stale)
        coch_view_hybrid_peak(h, stale ? 0.0f : w->peak_out, elapsed);
}

static float value_of(coch_view_model *model, int index)
{
    const coch_view_control *c = coch_view_find(model, index + 1);
    return c ? (float)c->value : 0.0f;
}

/* The file's name without folder and ending. */
static void name_file(char name[COCH_VIEW_HYBRID_NAME], const char *path)
{
    const char *slash = strrchr(path, '/');
    snprintf(name, COCH_VIEW_HYBRID_NAME, "%s", slash ? slash + 1 : path);
    char *dot = strrchr(name, '.');
    if (dot)
        *dot = '\0';
}

void coch_ui_hybrid_place(coch_view_model *model, double rate, const char *file)
{
    coch_view_hybrid *h = &model->hybrid;
    const coch_parameter *p = coch_hybrid.parameters;
    float values[COCH_HYBRID_PARAMETERS];
    for (int i = 0; i < COCH_HYBRID_PARAMETERS; i++)
        values[i] = value_of(model, i);
    coch_parameter_text(&p[COCH_HYBRID_TARGET], (double)values[COCH_HYBRID_TARGET], h->target,
                        sizeof h->target);
    coch_parameter_text(&p[COCH_HYBRID_SECOND], (double)values[COCH_HYBRID_SECOND], h->second,
                        sizeof h->second);
    if (values[COCH_HYBRID_TARGET] > COCH_HYBRID_INSIDE - 0.5f && file[0])
        name_file(h->target, file);
    h->morph = values[COCH_HYBRID_MORPH];
    h->mix = values[COCH_HYBRID_MIX];
    h->bypass = values[COCH_HYBRID_BYPASS] > 0.5f;
    if (rate > 0.0)
        h->latency_ms = (float)(1000.0 * coch_hybrid.latency(rate, values) / rate);
}
