#include "engine/sender.h"

#include <math.h>
#include <string.h>

#define END_GUARD_SECONDS 0.010 /* the cut at the end of a file is no onset */
#define PEDAL 128               /* the pedal's place in last_emit */

void coch_sender_open(coch_sender *s, coch_ring *messages, const cochlea_settings *settings,
                      double samples_per_second)
{
    memset(s, 0, sizeof *s);
    s->messages = messages;
    s->samples_per_second = samples_per_second;
    coch_sender_change(s, settings);
    coch_sender_reset(s, 0);
}

void coch_sender_change(coch_sender *s, const cochlea_settings *settings) COCH_REALTIME
{
    s->settings = *settings;
    for (int v = 0; v < 128; v++) {
        long sent = lrintf(127.0f * powf((float)v / 127.0f, settings->velocity_curve));
        s->velocity[v] = (uint8_t)(sent < 1 ? 1 : sent);
    }
}

void coch_sender_reset(coch_sender *s, uint32_t generation) COCH_REALTIME
{
    s->generation = generation;
    s->base = 0;
    s->end = INT64_MAX;
    memset(s->last_emit, 0, sizeof s->last_emit);
    memset(s->sounding, 0, sizeof s->sounding);
    s->pedal = 0;
    s->muted = 0;
    s->count = 0;
    s->late_notes = 0;
    s->lost_events = 0;
}

/* When an event is to leave: now, or in steady timing at its fixed distance from the musical instant; never
 * before what was sent last for the same note. */
static int64_t leave(coch_sender *s, unsigned place, const coch_track *track, int64_t time, int64_t now)
{
    int64_t emit = now;
    if (s->settings.timing == COCHLEA_STEADY) {
        emit = time + llrint(s->settings.steady_ms * s->settings.sample_rate / 1000.0);
        if (emit < now) {
            s->late_notes += track->type == COCH_TRACK_ON;
            emit = now;
        }
    }
    if (emit < time)
        emit = time;
    if (emit < s->last_emit[place])
        emit = s->last_emit[place];
    s->last_emit[place] = emit;
    return emit;
}

static void post(coch_sender *s, const cochlea_event *event)
{
    coch_message message = {.event = *event, .generation = s->generation};
    if (coch_ring_write(s->messages, &message, 1) != 1)
        s->lost_events++;
}

static void send_pedal(coch_sender *s, const coch_track *track, int64_t time, int64_t now)
{
    s->pedal = track->velocity > 0;
    post(s, &(cochlea_event){.type = COCHLEA_CONTROL,
                             .controller = COCHLEA_SUSTAIN,
                             .value = track->velocity,
                             .time = time,
                             .emit = leave(s, PEDAL, track, time, now)});
}

static void send_note(coch_sender *s, const coch_track *track, int64_t time, int64_t now)
{
    int note = track->note + s->settings.transpose;
    int on = track->type == COCH_TRACK_ON;
    if (note < 0 || note > 127 || on == s->sounding[note])
        return;
    if (on && s->end != INT64_MAX && (double)(s->end - time) <= END_GUARD_SECONDS * s->settings.sample_rate)
        return;
    s->sounding[note] = (uint8_t)on;
    s->count += on ? 1u : -1u;
    post(s, &(cochlea_event){.type = on ? COCHLEA_NOTE_ON : COCHLEA_NOTE_OFF,
                             .note = (uint8_t)note,
                             .velocity = on ? s->velocity[track->velocity & 127] : 0,
                             .confidence = track->confidence,
                             .time = time,
                             .emit = leave(s, (unsigned)note, track, time, now)});
}

void coch_sender_send(coch_sender *s, const coch_track *tracks, size_t count, int64_t now) COCH_REALTIME
{
    now = now < s->end ? now : s->end;
    for (size_t i = 0; i < count; i++) {
        int64_t time = s->base + llrint(tracks[i].time * s->samples_per_second);
        time = time < s->end ? time : s->end;
        if (s->muted && (tracks[i].type == COCH_TRACK_ON || tracks[i].type == COCH_TRACK_PEDAL))
            continue;
        if (tracks[i].type == COCH_TRACK_PEDAL)
            send_pedal(s, &tracks[i], time, now);
        else
            send_note(s, &tracks[i], time, now);
    }
}

void coch_sender_mute(coch_sender *s, int muted, int64_t now) COCH_REALTIME
{
    now = now < s->end ? now : s->end;
    for (int note = 0; muted && note < 128; note++) {
        const coch_track off = {.type = COCH_TRACK_OFF, .note = (uint8_t)(note - s->settings.transpose)};
        if (s->sounding[note])
            send_note(s, &off, now, now);
    }
    if (muted && s->pedal)
        send_pedal(s, &(coch_track){.type = COCH_TRACK_PEDAL}, now, now);
    s->muted = muted;
}
