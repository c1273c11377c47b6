#include "practice_sound.h"

#include <errno.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SAVED_RATE = 44100, BLOCK = 512 };

#ifdef HAVE_FLUIDSYNTH

#include <fluidsynth.h>

struct practice_sound {
    fluid_settings_t *settings;
    fluid_synth_t *synth;
};

static const char *const usual_fonts[] = {
    "/usr/share/sounds/sf2/default-GM.sf2",        "/usr/share/sounds/sf3/default-GM.sf3",
    "/usr/share/sounds/sf2/FluidR3_GM.sf2",        "/usr/share/sounds/sf2/TimGM6mb.sf2",
    "/usr/share/sounds/sf3/MuseScore_General.sf3", "/usr/share/soundfonts/default.sf2",
};

static const char *find_font(void)
{
    for (size_t i = 0; i < sizeof usual_fonts / sizeof *usual_fonts; i++)
        if (access(usual_fonts[i], R_OK) == 0)
            return usual_fonts[i];
    return NULL;
}

/* The library's own words would go to the standard error. */
static void be_silent(int level, const char *message, void *data)
{
    (void)level;
    (void)message;
    (void)data;
}

static void quiet(void)
{
    for (int level = 0; level < LAST_LOG_LEVEL; level++)
        fluid_set_log_function(level, be_silent, NULL);
}

int practice_sound_possible(const char *font)
{
    return font ? access(font, R_OK) == 0 : find_font() != NULL;
}

int practice_sound_new(practice_sound **sound, const char *font, double rate, char *why, size_t why_size)
{
    practice_sound *s = calloc(1, sizeof *s);
    const char *reason = "out of memory";
    *sound = NULL;
    quiet();
    if (!font && !(font = find_font()))
        reason = "no sound font is installed (fluid-soundfont-gm has one)";
    else if (s && (s->settings = new_fluid_settings())) {
        fluid_settings_setnum(s->settings, "synth.sample-rate", rate);
        fluid_settings_setnum(s->settings, "synth.gain", 0.5);
        fluid_settings_setint(s->settings, "synth.reverb.active", 0);
        fluid_settings_setint(s->settings, "synth.chorus.active", 0);
        fluid_settings_setint(s->settings, "synth.dynamic-sample-loading",
                              1); /* the two that are played alone */
        s->synth = new_fluid_synth(s->settings);
        if (s->synth && fluid_synth_sfload(s->synth, font, 1) != FLUID_FAILED) {
            *sound = s;
            return 0;
        }
        reason = s->synth ? "is no sound font" : reason;
    }
    snprintf(why, why_size, "%s%s%s", font ? font : "", font ? ": " : "", reason);
    practice_sound_free(s);
    return -1;
}

void practice_sound_free(practice_sound *s)
{
    if (!s)
        return;
    if (s->synth)
        delete_fluid_synth(s->synth);
    if (s->settings)
        delete_fluid_settings(s->settings);
    free(s);
}

void practice_sound_message(practice_sound *s, const uint8_t bytes[3])
{
    int channel = bytes[0] & 0x0F;
    if ((bytes[0] & 0xF0) == 0x90 && bytes[2] > 0)
        fluid_synth_noteon(s->synth, channel, bytes[1], bytes[2]);
    else if ((bytes[0] & 0xE0) == 0x80)
        fluid_synth_noteoff(s->synth, channel, bytes[1]);
    else if ((bytes[0] & 0xF0) == 0xB0)
        fluid_synth_cc(s->synth, channel, bytes[1], bytes[2]);
}

void practice_sound_render(practice_sound *s, float *samples, size_t count)
{
    float right[BLOCK];
    for (size_t at = 0; at < count; at += BLOCK) {
        size_t n = count - at < BLOCK ? count - at : BLOCK;
        fluid_synth_write_float(s->synth, (int)n, samples + at, 0, 1, right, 0, 1);
        for (size_t i = 0; i < n; i++)
            samples[at + i] = 0.5f * (samples[at + i] + right[i]);
    }
}

#else

int practice_sound_possible(const char *font)
{
    (void)font;
    return 0;
}

int practice_sound_new(practice_sound **sound, const char *font, double rate, char *why, size_t why_size)
{
    (void)font;
    (void)rate;
    *sound = NULL;
    snprintf(why, why_size, "this program was built without FluidSynth");
    return -1;
}

void practice_sound_free(practice_sound *s)
{
    (void)s;
}

void practice_sound_message(practice_sound *s, const uint8_t bytes[3])
{
    (void)s;
    (void)bytes;
}

void practice_sound_render(practice_sound *s, float *samples, size_t count)
{
    (void)s;
    memset(samples, 0, count * sizeof *samples);
}

#endif

static int write_all(SNDFILE *file, practice_sound *sound, const coch_band_event *events, size_t count,
                     double seconds)
{
    float block[BLOCK];
    int64_t end = (int64_t)(seconds * SAVED_RATE), at = 0;
    for (size_t next = 0; at < end;) {
        int64_t stop = next < count ? (int64_t)llrint(events[next].time * SAVED_RATE) : end;
        if (stop <= at && next < count) {
            practice_sound_message(sound, events[next++].bytes);
            continue;
        }
        int64_t n = (stop < end ? stop : end) - at;
        n = n < BLOCK ? n : BLOCK;
        practice_sound_render(sound, block, (size_t)n);
        if (sf_write_float(file, block, n) != n)
            return -1;
        at += n;
    }
    return 0;
}

/* Under another name until it is whole. */
static int write_file(const char *path, practice_sound *sound, const coch_band_event *events, size_t count,
                      double seconds, char *why, size_t why_size)
{
    char draft[4096];
    SF_INFO info = {.samplerate = SAVED_RATE, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_PCM_16};
    if (snprintf(draft, sizeof draft, "%s.%ld.tmp", path, (long)getpid()) >= (int)sizeof draft) {
        snprintf(why, why_size, "the name is too long");
        return -1;
    }
    SNDFILE *file = sf_open(draft, SFM_WRITE, &info);
    int failed = !file || write_all(file, sound, events, count, seconds) != 0;
    if (failed)
        snprintf(why, why_size, "%s", sf_strerror(file));
    if (file && sf_close(file) != 0 && !failed) {
        snprintf(why, why_size, "could not be written");
        failed = 1;
    }
    if (!failed && rename(draft, path) != 0) {
        snprintf(why, why_size, "%s", strerror(errno));
        failed = 1;
    }
    if (failed && file)
        remove(draft);
    return failed ? -1 : 0;
}

int practice_sound_save(const char *path, const char *font, const coch_band_event *events, size_t count,
                        double seconds, char *why, size_t why_size)
{
    practice_sound *sound;
    if (practice_sound_new(&sound, font, SAVED_RATE, why, why_size) != 0)
        return -1;
    int failed = write_file(path, sound, events, count, seconds, why, why_size);
    practice_sound_free(sound);
    return failed;
}
