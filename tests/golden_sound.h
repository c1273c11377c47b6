/* Reading of the sounds that goldens were made of. */
#ifndef COCH_TESTS_GOLDEN_SOUND_H
#define COCH_TESTS_GOLDEN_SOUND_H

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct golden_sound {
    float *samples;
    size_t count;
    int rate;
} golden_sound;

/* FOLDER/NAME.wav of the goldens, one channel; no samples on failure. */
static inline golden_sound golden_sound_open(const char *name)
{
    golden_sound sound = {0};
    char path[4096];
    SF_INFO info = {0};
    const char *folder = getenv("COCHLEA_GOLDENS");
    snprintf(path, sizeof path, "%s/%s.wav", folder ? folder : "tests/goldens", name);
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (!file)
        return sound;
    if (info.channels == 1)
        sound.samples = calloc((size_t)info.frames, sizeof *sound.samples);
    if (sound.samples)
        sound.count = (size_t)sf_readf_float(file, sound.samples, info.frames);
    sound.rate = info.samplerate;
    sf_close(file);
    return sound;
}

#endif
