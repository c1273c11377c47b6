#include "bench_sound.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

double bench_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

float *bench_sound(double rate, size_t count)
{
    float *x = malloc(count * sizeof *x);
    unsigned noise = 1;
    for (size_t i = 0; x && i < count; i++) {
        double t = (double)i / rate, beat = fmod(t, 0.25);
        double f = 110.0 * pow(2.0, (double)((int)(t * 4.0) * 7 % 36) / 12.0);
        noise = noise * 1664525u + 1013904223u;
        x[i] = (float)(0.3 * exp(-6.0 * beat) * (sin(6.2831853 * f * t) + 0.5 * sin(12.566371 * f * t))) +
               ((float)(noise >> 8) / 8388608.0f - 1.0f) * 1e-3f;
    }
    return x;
}
