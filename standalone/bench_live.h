/* The live drive measured as a host would feel it. */
#ifndef COCHLEA_STANDALONE_BENCH_LIVE_H
#define COCHLEA_STANDALONE_BENCH_LIVE_H

#include <stdio.h>

/* Prints the share of one core per stage at 44.1, 48 and 96 kHz for every instruction set of this machine;
 * then plays `seconds` of sound in real time into an engine with a worker, 64 samples a callback, and prints
 * the cost of the callbacks, the time from a hop's last sample to its result, the time from start to the
 * first hop heard, and the memory. `json` (may be NULL) receives the members of an object, with a comma
 * first. Returns 0, or -1 without memory. */
int bench_live(double seconds, FILE *json);

#endif
