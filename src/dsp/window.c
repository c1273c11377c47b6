#include "dsp/window.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

cochlea_status coch_window_asymmetric(float *w, size_t length, size_t fall)
{
    if (fall == 0 || fall >= length) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    size_t rise = length - fall;
    double sum = 0;
    for (size_t i = 0; i < length; i++) {
        double angle = i < rise ? pi / 2 * ((double)i + 0.5) / (double)rise
                                : pi / 2 * (1 + ((double)(i - rise) + 0.5) / (double)fall);
        double value = sin(angle) * sin(angle);
        w[i] = (float)value;
        sum += value;
    }
    for (size_t i = 0; i < length; i++) {
        w[i] = (float)(w[i] * (2 / sum));
    }
    return COCHLEA_OK;
}

void coch_window_hann(float *w, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        w[i] = (float)(0.5 - 0.5 * cos(2 * pi * (double)i / (double)length));
    }
}
