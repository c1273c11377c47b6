/* What the benchmarks share: the clock, and something to listen to. */
#ifndef COCHLEA_STANDALONE_BENCH_SOUND_H
#define COCHLEA_STANDALONE_BENCH_SOUND_H

#include <stddef.h>

/* Seconds on the monotonic clock. */
double bench_now(void);

/* Struck tones over noise, `count` samples at `rate`, so that the nets and the tracker have something to do.
 * To be freed; NULL without memory. */
float *bench_sound(double rate, size_t count);

#endif
