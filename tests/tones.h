/* Test signals made on the spot: struck strings simple enough to be computed, and clear enough to be heard as
 * notes. */
#ifndef COCH_TESTS_TONES_H
#define COCH_TESTS_TONES_H

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

/* Adds a note at `start` seconds: harmonics that decay the faster the higher they are, slightly stretched. */
static inline void tones_add(float *x, size_t count, double rate, int note, double start, double seconds,
                             double gain)
{
    const double pi = 3.14159265358979323846;
    double f0 = 440.0 * pow(2.0, (note - 69) / 12.0);
    size_t first = (size_t)(start * rate);
    for (int h = 1; h <= 16; h++) {
        double f = f0 * h * sqrt(1.0 + 4e-4 * h * h);
        double decay = 1.5 + 0.6 * h;
        if (f > 0.45 * rate || f > 7000.0)
            break;
        for (size_t i = first; i < count && (double)(i - first) < (seconds + 0.1) * rate; i++) {
            double t = (double)(i - first) / rate;
            double damper = t < seconds ? 1.0 : exp(-(t - seconds) * 60.0);
            double attack = 1.0 - exp(-t * 1500.0);
            x[i] +=
                (float)(gain / pow(h, 1.1) * attack * damper * exp(-t * decay) * sin(2.0 * pi * f * t + h));
        }
    }
}

/* A few bars of such notes over low noise: [seconds * rate] samples, to be freed. */
static inline float *tones_piece(double rate, double seconds, size_t *count)
{
    static const int melody[] = {60, 64, 67, 72, 71, 67, 64, 62, 48, 55, 59, 65, 69, 74, 77, 76};
    *count = (size_t)(seconds * rate);
    float *x = calloc(*count + 1, sizeof *x);
    unsigned noise = 1;
    for (size_t i = 0; x && i < *count; i++) {
        noise = noise * 1664525u + 1013904223u;
        x[i] = ((float)(noise >> 8) / 8388608.0f - 1.0f) * 2e-4f;
    }
    for (int n = 0; x && 0.3 + 0.22 * n < seconds - 0.2; n++) {
        tones_add(x, *count, rate, melody[n % 16], 0.3 + 0.22 * n, 0.35, 0.12);
        if (n % 4 == 0)
            tones_add(x, *count, rate, melody[n % 16] - 12, 0.3 + 0.22 * n, 0.8, 0.12);
    }
    return x;
}

#endif
