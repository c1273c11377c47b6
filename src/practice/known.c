#include "practice/known.h"

#include <math.h>

/* The ear places an onset within some 30 ms; what comes from a loudspeaker is softer, and placed less well.
 */
static const double near = 0.080;
static const uint8_t click_lowest = 70;
static const int intervals[] = {0, 12, 19, 24, -12};

void coch_known_add(coch_known *known, double time, uint8_t pitch) COCH_REALTIME
{
    known->notes[known->count++ % COCH_KNOWN_MAX] = (coch_known_note){time, pitch};
}

int coch_known_explains(const coch_known *known, const coch_heard *heard) COCH_REALTIME
{
    size_t count = known->count < COCH_KNOWN_MAX ? known->count : COCH_KNOWN_MAX;
    for (size_t i = 0; i < count; i++) {
        if (fabs(heard->time - known->notes[i].time) > near)
            continue;
        if (known->notes[i].pitch == COCH_KNOWN_CLICK && heard->pitch >= click_lowest)
            return 1;
        for (size_t k = 0; k < sizeof intervals / sizeof *intervals; k++)
            if (heard->pitch == known->notes[i].pitch + intervals[k])
                return 1;
    }
    return 0;
}
