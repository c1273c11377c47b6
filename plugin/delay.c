#include "delay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FADE 512 /* samples */

cochlea_status coch_delay_open(coch_delay *d, uint32_t longest)
{
    size_t size = 1;
    while (size <= longest)
        size *= 2;
    *d = (coch_delay){.mask = size - 1, .fresh = 1};
    d->line = calloc(size, sizeof *d->line);
    return d->line ? COCHLEA_OK : COCHLEA_ERROR_MEMORY;
}

void coch_delay_close(coch_delay *d)
{
    free(d->line);
    d->line = NULL;
}

void coch_delay_reset(coch_delay *d) COCH_REALTIME
{
    memset(d->line, 0, (d->mask + 1) * sizeof *d->line);
    d->fade = 0;
    d->fresh = 1;
}

static void aim(coch_delay *d, uint32_t samples)
{
    if (samples > d->mask)
        samples = (uint32_t)d->mask;
    if (d->fade > 0 || samples == d->now)
        return;
    d->before = d->now;
    d->now = samples;
    d->fade = d->fresh ? 0 : FADE;
}

void coch_delay_process(coch_delay *d, uint32_t samples, const float *in, float *out,
                        size_t count) COCH_REALTIME
{
    aim(d, samples);
    d->fresh = 0;
    for (size_t i = 0; i < count; i++) {
        d->line[d->at & d->mask] = isfinite(in[i]) ? in[i] : 0.0f;
        float x = d->line[(d->at - d->now) & d->mask];
        if (d->fade > 0) {
            float old = d->line[(d->at - d->before) & d->mask];
            x += (old - x) * (float)d->fade / FADE;
            d->fade--;
        }
        out[i] = x;
        d->at++;
    }
}
