#include "practice_hear.h"

#include "audio_file.h"
#include "music/smf.h"
#include "practice_ears.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FOLLOW_EVERY 0.020 /* seconds */

enum { LONGEST_HOURS = 24 }; /* of a performance as MIDI: a damaged file may say anything */
enum { BAND_EVENTS = 256 };

static int keep_band(practice_hearing *h, const coch_band_event *events, size_t count)
{
    if (!h->keep_band || count == 0)
        return 0;
    if (h->band_count + count > h->band_capacity) {
        size_t capacity = 2 * (h->band_count + count);
        coch_band_event *more = realloc(h->band, capacity * sizeof *more);
        if (!more)
            return -1;
        h->band = more;
        h->band_capacity = capacity;
    }
    memcpy(h->band + h->band_count, events, count * sizeof *events);
    h->band_count += count;
    return 0;
}

/* Lets time pass to `now` seconds. */
static int advance(practice_hearing *h, double now)
{
    coch_band_event events[BAND_EVENTS];
    for (; h->followed <= now; h->followed += FOLLOW_EVERY) {
        size_t count = coch_session_advance(h->session, h->followed, events, BAND_EVENTS);
        coch_picture picture;
        if (keep_band(h, events, count) != 0)
            return -1;
        if (!h->follow)
            continue;
        coch_session_picture(h->session, &picture);
        fprintf(h->follow, "{\"t\":%.3f,\"score\":%.4f,\"chord\":%d,\"rate\":%.3f,\"certainty\":%.3f}\n",
                h->followed, picture.position.seconds, picture.position.chord, picture.position.rate,
                picture.position.certainty);
    }
    return 0;
}

static int finish(practice_hearing *h)
{
    coch_band_event events[BAND_EVENTS];
    coch_session_finish(h->session, h->seconds);
    return keep_band(h, events, coch_session_advance(h->session, h->seconds, events, BAND_EVENTS));
}

/* What the ears tell: all until then has passed. */
static int take(void *context, const coch_heard *heard, double sent)
{
    practice_hearing *h = context;
    if (advance(h, sent) != 0)
        return -1;
    coch_session_hear(h->session, heard, sent);
    return 0;
}

static int sense(void *context, const cochlea_hop *hop, double time, double sent)
{
    practice_hearing *h = context;
    if (advance(h, sent) != 0)
        return -1;
    coch_session_sense(h->session, hop, time, sent);
    return 0;
}

static int hear(practice_hearing *h, practice_ears *ears, audio_file *file)
{
    const practice_listener listener = {.note = take, .hop = sense, .context = h};
    float mono[AUDIO_FILE_BLOCK];
    double rate = file->info.samplerate;
    size_t n, total = 0;
    while ((n = audio_file_read(file, mono)) > 0) {
        for (size_t at = 0; at < n; at += PRACTICE_FEED) {
            size_t count = n - at < PRACTICE_FEED ? n - at : PRACTICE_FEED;
            total += count;
            if (practice_ears_feed(ears, mono + at, count, &listener) != 0 ||
                advance(h, (double)total / rate) != 0)
                return -1;
        }
        if (h->progress)
            h->progress(h->context, (double)total / (double)file->info.frames);
    }
    h->seconds = (double)total / rate;
    return practice_ears_flush(ears, &listener);
}

int practice_hear_file(practice_hearing *h, const char *path, const cochlea_model *model,
                       const cochlea_settings *settings, char *why, size_t why_size)
{
    audio_file file;
    practice_ears *ears;
    cochlea_settings with_rate = *settings;
    if (audio_file_open(&file, path, why, why_size) != 0)
        return -1;
    with_rate.sample_rate = file.info.samplerate;
    cochlea_status status = practice_ears_open(&ears, model, &with_rate);
    if (status == COCHLEA_OK && hear(h, ears, &file) != 0)
        status = COCHLEA_ERROR_MEMORY;
    if (status != COCHLEA_OK)
        snprintf(why, why_size, "%s", cochlea_status_text(status));
    else if (h->seconds == 0.0)
        snprintf(why, why_size, "holds no audio");
    practice_ears_close(ears);
    audio_file_close(&file);
    if (status != COCHLEA_OK || h->seconds == 0.0)
        return -1;
    return finish(h);
}

/* Plays the notes of a file; NULL, or why not. */
static const char *play_midi(practice_hearing *h, const coch_smf *smf)
{
    for (size_t i = 0; i < smf->count; i++) {
        const coch_smf_event *e = &smf->events[i];
        if ((e->bytes[0] & 0xF0) != 0x90 || e->bytes[2] == 0)
            continue;
        if (e->seconds > LONGEST_HOURS * 3600.0)
            return "lasts longer than a day";
        coch_heard heard = {
            .time = e->seconds, .pitch = e->bytes[1], .velocity = e->bytes[2], .confidence = 1.0f};
        if (advance(h, e->seconds) != 0)
            return "out of memory";
        coch_session_hear(h->session, &heard, e->seconds);
        h->seconds = e->seconds;
    }
    h->seconds += 1.0; /* the last notes sound on */
    return advance(h, h->seconds) == 0 && finish(h) == 0 ? NULL : "out of memory";
}

int practice_hear_midi(practice_hearing *h, const char *path, char *why, size_t why_size)
{
    coch_smf smf;
    errno = 0;
    cochlea_status status = coch_smf_read(&smf, path);
    const char *reason = status == COCHLEA_OK                    ? play_midi(h, &smf)
                         : status == COCHLEA_ERROR_OPEN && errno ? strerror(errno)
                                                                 : cochlea_status_text(status);
    coch_smf_free(&smf);
    if (reason)
        snprintf(why, why_size, "%s", reason);
    return reason ? -1 : 0;
}
