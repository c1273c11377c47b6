#include "view/hybrid_model.h"

#include <math.h>
#include <string.h>

#define FLOOR (-120.0f)
#define FALL 90.0f     /* dB a second */
#define PEAK_HOLD 1.5f /* seconds */

void coch_view_hybrid_init(coch_view_hybrid *h)
{
    memset(h, 0, sizeof *h);
    for (int b = 0; b < COCHLEA_HYBRID_BANDS; b++)
        h->before[b] = h->after[b] = FLOOR;
    h->mix = 1.0f;
}

static void follow(float *shown, const float *levels, float fall)
{
    for (int b = 0; b < COCHLEA_HYBRID_BANDS; b++) {
        float now = levels ? levels[b] : FLOOR;
        shown[b] = fmaxf(now, fmaxf(FLOOR, shown[b] - fall));
    }
}

void coch_view_hybrid_spectra(coch_view_hybrid *h, const float *before, const float *after, double elapsed)
{
    float fall = FALL * (float)fmax(0.0, elapsed);
    follow(h->before, before, fall);
    follow(h->after, after, fall);
}

void coch_view_hybrid_peak(coch_view_hybrid *h, float peak, double elapsed)
{
    h->peak_age += (float)elapsed;
    if (peak < h->peak && h->peak_age < PEAK_HOLD)
        return;
    h->peak = peak;
    h->peak_age = 0.0f;
}

void coch_view_hybrid_shares(const coch_view_hybrid *h, double *source, double *target, double *second)
{
    double mix = h->bypass ? 0.0 : fmax(0.0, fmin(1.0, (double)h->mix));
    double morph = fmax(0.0, fmin(1.0, (double)h->morph));
    *source = 1.0 - mix;
    *target = mix * (1.0 - morph);
    *second = mix * morph;
}
