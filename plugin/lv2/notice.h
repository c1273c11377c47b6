/* What the LV2 plugin tells a window that cannot see it (see sight.h): as long as the window asks for it
 * every now and then, notices come by an atom port. Both are of one bundle, so their bytes need no other
 * format. */
#ifndef COCH_PLUGIN_LV2_NOTICE_H
#define COCH_PLUGIN_LV2_NOTICE_H

#include "processor.h"

#include <lv2/atom/atom.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#define COCH_LV2_LISTEN "urn:cochlea:listen"   /* type of an object without properties, to the plugin */
#define COCH_LV2_NOTICE "urn:cochlea:notice#1" /* type of an atom; another number for another layout */

#define COCH_LV2_LISTEN_SECONDS 1.0 /* between two of the window's */
#define COCH_LV2_DEAF_SECONDS 4.0   /* after the last of them the notices end */
#define COCH_LV2_NOTICES 60         /* a second */

typedef struct coch_lv2_notice {
    double rate;
    cochlea_stats stats;
    int32_t lost, fresh;
    uint32_t count;
    uint8_t features[COCHLEA_FEATURES]; /* in steps of 0.4 dB */
    float before[COCHLEA_HYBRID_BANDS], after[COCHLEA_HYBRID_BANDS], peak_out;
    cochlea_event events[COCH_WATCH_EVENTS];
} coch_lv2_notice;

#define COCH_LV2_FEATURE_STEPS 60.0f /* from one number to the next */

/* Bytes that a notice of so many events has. */
static inline size_t coch_lv2_notice_size(uint32_t events)
{
    return offsetof(coch_lv2_notice, events) + events * sizeof(cochlea_event);
}

static inline void coch_lv2_notice_write(coch_lv2_notice *to, const coch_watch *w) COCH_REALTIME
{
    to->rate = w->rate;
    to->stats = w->stats;
    to->lost = w->lost;
    to->fresh = w->fresh;
    to->count = (uint32_t)w->count;
    for (size_t i = 0; i < w->count; i++)
        to->events[i] = w->events[i];
    memcpy(to->before, w->before, sizeof to->before);
    memcpy(to->after, w->after, sizeof to->after);
    to->peak_out = w->peak_out;
    for (int i = 0; i < COCHLEA_FEATURES; i++)
        to->features[i] =
            (uint8_t)fmaxf(0.0f, fminf((w->features[i] + 1.0f) * COCH_LV2_FEATURE_STEPS + 0.5f, 255.0f));
}

/* Adds a notice to what was not looked at yet. */
static inline void coch_lv2_notice_read(coch_watch *to, const coch_lv2_notice *notice)
{
    to->rate = notice->rate;
    to->stats = notice->stats;
    to->lost |= notice->lost || to->count + notice->count > COCH_WATCH_EVENTS;
    for (uint32_t i = 0; i < notice->count && to->count < COCH_WATCH_EVENTS; i++)
        to->events[to->count++] = notice->events[i];
    to->fresh |= notice->fresh;
    memcpy(to->before, notice->before, sizeof to->before);
    memcpy(to->after, notice->after, sizeof to->after);
    to->peak_out = notice->peak_out;
    for (int i = 0; i < COCHLEA_FEATURES && notice->fresh; i++)
        to->features[i] = (float)notice->features[i] / COCH_LV2_FEATURE_STEPS - 1.0f;
}

#endif
