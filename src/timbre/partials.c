#include "timbre/partials.h"

#include <math.h>
#include <string.h>

/* Bins to each side: of a lobe, of the search for dips, of a partial's influence on the noise around it. */
enum { LOCK = 4, LOBE = 2, DIP = 4, REACH = 16 };

static const float steady_seconds = 0.04f;
static const float prominence = 12.0f;                 /* dB of a partial over the dips beside it */
static const float noise_below = 4.0f, sure_at = 9.0f; /* the same of what is steady */
static const float valley_lift = 0.7f;                 /* nepers, 6 dB: what breath and bow need */

void coch_partials_layout(coch_partials *partials, coch_arena *arena, size_t bins)
{
    partials->bins = bins;
    partials->loudness = coch_arena_take(arena, COCH_PAD(bins), sizeof(float));
    partials->steady = coch_arena_take(arena, bins, sizeof(float));
    partials->tonal = coch_arena_take(arena, bins, sizeof(float));
    partials->top = coch_arena_take(arena, bins / 2 + 1, sizeof(size_t));
}

void coch_partials_reset(coch_partials *partials, float seconds)
{
    partials->pace = 1 - expf(-seconds / steady_seconds);
    partials->count = 0;
    memset(partials->steady, 0, partials->bins * sizeof(float));
}

static float lowest_of(const float *x, size_t count)
{
    float lowest = x[0];
    for (size_t i = 1; i < count; i++) {
        lowest = x[i] < lowest ? x[i] : lowest;
    }
    return lowest;
}

/* Whether a bin is the top of a partial: higher than its neighbours, and well above a dip on both sides. */
static int is_top(const float *loudness, size_t i)
{
    const float *x = loudness + i;
    if (x[0] < x[-1] || x[0] < x[-2] || x[0] < x[1] || x[0] < x[2]) {
        return 0;
    }
    return x[0] - lowest_of(x - DIP, DIP) > prominence && x[0] - lowest_of(x + 1, DIP) > prominence;
}

/* In a single frame noise has tops too, but not always at the same place. */
static float sureness(const float *steady, size_t i)
{
    const float *x = steady + i;
    float top = fmaxf(x[0], fmaxf(x[-1], x[1])), dip = fmaxf(lowest_of(x - DIP, DIP), lowest_of(x + 1, DIP));
    float over = 10 * log10f((top + 1e-20f) / (dip + 1e-20f));
    return fminf(fmaxf((over - noise_below) / (sure_at - noise_below), 0), 1);
}

/* From the top down to the dips beside it, but not further than a lobe: *first..*last. */
static void find_lobe(const coch_partials *partials, size_t top, size_t *first, size_t *last)
{
    const float *x = partials->loudness;
    *first = *last = top;
    while (*first > 0 && top - *first < LOCK && x[*first - 1] < x[*first]) {
        --*first;
    }
    while (*last + 1 < partials->bins && *last - top < LOCK && x[*last + 1] < x[*last]) {
        ++*last;
    }
}

void coch_partials_find(coch_partials *partials, const coch_kernels *kernels, const float *power, int begins)
{
    size_t bins = partials->bins, first, last;
    float pace = begins ? 1 : partials->pace;
    memcpy(partials->loudness, power, bins * sizeof *power);
    kernels->log_scale(partials->loudness, bins, 1e-20f, 10, 0, -200, 200);
    for (size_t i = 0; i < bins; i++) {
        partials->steady[i] += pace * (power[i] - partials->steady[i]);
        partials->tonal[i] = 0;
    }
    partials->count = 0;
    for (size_t i = DIP; i + DIP < bins; i++) {
        if (!is_top(partials->loudness, i)) {
            continue;
        }
        float sure = sureness(partials->steady, i);
        partials->top[partials->count++] = i;
        find_lobe(partials, i, &first, &last);
        for (size_t j = first; j <= last; j++) {
            partials->tonal[j] = fmaxf(partials->tonal[j], sure);
        }
    }
}

/* A partial moves as one: gains that differ within its lobe would make frames disagree about it, which is
 * heard as roughness. This is the identity phase locking of Laroche and Dolson ("Improved phase vocoder
 * time-scale modification of audio", 1999): one complex factor for all bins around a peak. As nothing is
 * stretched here, the rotation in it is none, and the gain is all that is left to lock. */
static void lock_lobe(const coch_partials *partials, size_t top, float *gain)
{
    size_t first, last;
    find_lobe(partials, top, &first, &last);
    for (size_t i = first; i <= last; i++) {
        gain[i] = gain[top];
    }
}

/* No bin from `from` to `to` (excluded) is lifted much more than the partials beside it, tops at `left` and
 * `right` (negative: none), as far as they reach. */
static void keep_valley(float *gain, long from, long to, long left, long right)
{
    for (long i = from; i < to; i++) {
        float most = -INFINITY;
        if (left >= 0 && i - left <= REACH) {
            most = gain[left] + valley_lift;
        }
        if (right >= 0 && right - i <= REACH) {
            most = fmaxf(most, gain[right] + valley_lift);
        }
        if (most > -INFINITY && gain[i] > most) {
            gain[i] = most;
        }
    }
}

/* The pitch is in the partials: what lies between or below them is noise, and a target that has something
 * there, such as an organ with its lower octave, would make another pitch of it. */
void coch_partials_lock(const coch_partials *partials, int coherent, float *gain)
{
    long before = -1;
    for (size_t k = 0; k < partials->count; k++) {
        long top = (long)partials->top[k];
        keep_valley(gain, before < 0 ? 0 : before + LOBE, top - LOBE + 1, before, top);
        if (coherent) {
            lock_lobe(partials, partials->top[k], gain);
        }
        before = top;
    }
    if (before >= 0) {
        keep_valley(gain, before + LOBE, (long)partials->bins, before, -1);
    }
}
