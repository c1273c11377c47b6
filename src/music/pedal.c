#include "music/pedal.h"

#include <string.h>

#define LEAST_GAP 0.010  /* seconds from one change to the next: receivers take them in order */
#define LEAST_LIFT 0.020 /* seconds from a release that was missed to the press */

enum { RING = COCH_PEDAL_SEARCH_MAX + 1 };

void coch_pedal_reset(coch_pedal *pedal, const coch_pedal_config *config)
{
    memset(pedal, 0, sizeof *pedal);
    pedal->config = config;
    pedal->since[COCH_PEDAL_PRESSED] = pedal->since[COCH_PEDAL_RELEASED] = pedal->steady = 1u << 30;
    pedal->changed = -1;
}

static void count(unsigned *frames)
{
    *frames += *frames < 1u << 30;
}

static float heard(const coch_pedal *p, coch_pedal_class c, unsigned frames_ago)
{
    return p->heard[c][(p->newest + RING - frames_ago) % RING];
}

/* Whether the frame before the newest was a peak of the class. */
static int was_peak(coch_pedal *p, coch_pedal_class c)
{
    float last = heard(p, c, 1);
    count(&p->since[c]);
    int peak = last >= p->config->least[c] && last >= heard(p, c, 2) && last > heard(p, c, 0) &&
               p->since[c] > p->config->gap_frames;
    if (peak)
        p->since[c] = 0;
    return peak;
}

/* When the class was likeliest, of the frames since the last change; the earliest of equals. */
static double moment(const coch_pedal *p, coch_pedal_class c, double end)
{
    unsigned window = p->steady < p->config->search_frames ? p->steady : p->config->search_frames,
             best = window;
    for (unsigned ago = window; ago-- > 0;)
        if (heard(p, c, ago) > heard(p, c, best))
            best = ago;
    return end - best * p->config->frame_seconds - p->config->delay[c];
}

static coch_pedal_change change(coch_pedal *p, int down, double time)
{
    double earliest = p->changed + LEAST_GAP > 0.0 ? p->changed + LEAST_GAP : 0.0;
    p->down = down;
    p->steady = 0;
    p->changed = time > earliest ? time : earliest;
    return (coch_pedal_change){down, p->changed};
}

static void store(coch_pedal *p, const float now[COCH_PEDAL_CLASSES])
{
    p->newest = (p->newest + 1) % RING;
    p->heard[COCH_PEDAL_PRESSED][p->newest] = now[COCH_PEDAL_PRESSED];
    p->heard[COCH_PEDAL_RELEASED][p->newest] = now[COCH_PEDAL_RELEASED];
    p->likely_down = now[COCH_PEDAL_DOWN] >= p->config->on ? p->likely_down + 1 : 0;
    p->likely_up = now[COCH_PEDAL_DOWN] >= p->config->off ? 0 : p->likely_up + 1; /* also what is no number */
    count(&p->steady);
}

size_t coch_pedal_process(coch_pedal *p, const float now[COCH_PEDAL_CLASSES], double end, int may_press,
                          coch_pedal_change *out)
{
    const coch_pedal_config *config = p->config;
    size_t n = 0;
    store(p, now);
    int pressed = was_peak(p, COCH_PEDAL_PRESSED), released = was_peak(p, COCH_PEDAL_RELEASED);
    int settled = p->steady > config->hold_frames;
    double peak = end - config->frame_seconds, press = peak - config->delay[COCH_PEDAL_PRESSED];
    if (p->down && released) {
        out[n++] = change(p, 0, peak - config->delay[COCH_PEDAL_RELEASED]);
    } else if (p->down && pressed) {
        double lifted = moment(p, COCH_PEDAL_RELEASED, end);
        out[n++] = change(p, 0, lifted < press - LEAST_LIFT ? lifted : press - LEAST_LIFT);
    } else if (p->down && settled && p->likely_up > config->off_frames) {
        out[n++] = change(p, 0, moment(p, COCH_PEDAL_RELEASED, end));
    }
    if (p->down || !may_press)
        return n;
    if (pressed)
        out[n++] = change(p, 1, press);
    else if (n == 0 && settled && p->likely_down > config->on_frames)
        out[n++] = change(p, 1, moment(p, COCH_PEDAL_PRESSED, end));
    return n;
}
