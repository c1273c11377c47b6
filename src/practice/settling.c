#include "practice/settling.h"

#include <math.h>
#include <string.h>

/* Probabilities below which it was no note, and is in doubt. */
static const float nothing = 0.05f, in_doubt = 0.6f;

void coch_settling_add(coch_settling *s, const coch_heard *heard) COCH_REALTIME
{
    for (size_t i = 0; i < s->count; i++)
        if (s->notes[i].pitch == heard->pitch && fabs(s->notes[i].time - heard->time) < COCH_SAME_NOTE)
            return;
    if (s->count == COCH_SETTLING_MAX)
        memmove(s->notes, s->notes + 1, --s->count * sizeof *s->notes);
    size_t at = s->count++;
    for (; at > 0 && s->notes[at - 1].time > heard->time; at--)
        s->notes[at] = s->notes[at - 1];
    s->notes[at] = *heard;
}

static int settle(const coch_traces *traces, coch_heard *heard)
{
    const coch_trace *trace = coch_traces_find(traces, heard->pitch, heard->time, COCH_SAME_NOTE);
    if (!trace)
        return 1;
    heard->confidence = trace->p;
    heard->doubtful = trace->p < in_doubt;
    return trace->p >= nothing;
}

int coch_settling_take(coch_settling *s, const coch_traces *traces, double now,
                       coch_heard *heard) COCH_REALTIME
{
    while (s->count > 0 && s->notes[0].time + COCH_SETTLING_TIME <= now) {
        *heard = s->notes[0];
        memmove(s->notes, s->notes + 1, --s->count * sizeof *s->notes);
        if (!traces || settle(traces, heard))
            return 1;
    }
    return 0;
}
