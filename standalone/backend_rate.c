#include "backend.h"

#include <stdio.h>

#define RATE_MIN 8000.0 /* Hz */
#define RATE_MAX 192000.0

int backend_rate_fits(const backend *b, double rate, char *why, size_t why_size)
{
    double present = b->info.rate;
    if (present >= RATE_MIN && present <= RATE_MAX && (rate == 0.0 || present == rate))
        return 1;
    if (rate == 0.0)
        snprintf(why, why_size, "%s runs at %.0f Hz; %.0f to %.0f Hz are possible", b->device, present,
                 RATE_MIN, RATE_MAX);
    else
        snprintf(why, why_size, "%s came back at %.0f Hz instead of %.0f Hz", b->device, present, rate);
    return 0;
}
