/* A delay of one channel whose length may change while sound runs: the old and the new place are crossfaded,
 * so nothing clicks. */
#ifndef COCH_PLUGIN_DELAY_H
#define COCH_PLUGIN_DELAY_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct coch_delay {
    float *line; /* [mask + 1] */
    size_t mask;
    size_t at;            /* samples written, ever */
    uint32_t now, before; /* samples of delay: faded to, faded from */
    uint32_t fade;        /* samples of the fade that remain */
    int fresh;            /* nothing was heard yet: the first length needs no fade */
} coch_delay;

/* For delays up to `longest` samples. Errors: MEMORY. [main] */
cochlea_status coch_delay_open(coch_delay *delay, uint32_t longest);
void coch_delay_close(coch_delay *delay);

/* Back to silence. [audio] */
void coch_delay_reset(coch_delay *delay) COCH_REALTIME;

/* `count` samples, delayed by `samples`; `in` and `out` may be the same. What is not finite becomes 0.
 * [audio]
 */
void coch_delay_process(coch_delay *delay, uint32_t samples, const float *in, float *out,
                        size_t count) COCH_REALTIME;

#endif
