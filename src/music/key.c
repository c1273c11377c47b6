#include "music/key.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LONGEST 1.0 /* seconds of a note that count */

static const double profiles[2][12] = {
    {6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88},
    {6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17},
};

/* Degrees above the tonic, a bit each. */
static const unsigned scales[2] = {
    1u << 0 | 1u << 2 | 1u << 4 | 1u << 5 | 1u << 7 | 1u << 9 | 1u << 11,
    1u << 0 | 1u << 2 | 1u << 3 | 1u << 5 | 1u << 7 | 1u << 8 | 1u << 9 | 1u << 10 | 1u << 11,
};

/* Pearson's correlation of the profile moved to `tonic` with how long each class sounds. */
static double correlation(const double profile[12], const double sounding[12], int tonic)
{
    double mean_p = 0, mean_s = 0, ps = 0, pp = 0, ss = 0;
    for (int i = 0; i < 12; i++) {
        mean_p += profile[i] / 12;
        mean_s += sounding[i] / 12;
    }
    for (int i = 0; i < 12; i++) {
        double p = profile[i] - mean_p, s = sounding[(tonic + i) % 12] - mean_s;
        ps += p * s;
        pp += p * p;
        ss += s * s;
    }
    return ss > 0 ? ps / sqrt(pp * ss) : 0;
}

cochlea_status coch_key_estimate(const coch_note *notes, size_t count, coch_key *key)
{
    double sounding[12] = {0}, best = -2;
    if (count == 0)
        return COCHLEA_ERROR_MISSING;
    for (size_t i = 0; i < count; i++)
        sounding[notes[i].note % 12] += fmin(notes[i].off - notes[i].on, LONGEST);
    for (int minor = 0; minor < 2; minor++) {
        for (int tonic = 0; tonic < 12; tonic++) {
            double r = correlation(profiles[minor], sounding, tonic);
            if (r > best) {
                best = r;
                *key = (coch_key){tonic, minor};
            }
        }
    }
    return COCHLEA_OK;
}

static int is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return 1;
    return 0;
}

cochlea_status coch_key_parse(const char *name, coch_key *key)
{
    static const int letters[7] = {9, 11, 0, 2, 4, 5, 7};
    static const char *const major[] = {"", "M", "maj", "major", NULL};
    static const char *const minor[] = {"m", "min", "minor", NULL};
    int letter = name[0] >= 'a' && name[0] <= 'g' ? name[0] - 'a' : name[0] - 'A';
    if (letter < 0 || letter > 6)
        return COCHLEA_ERROR_ARGUMENT;
    const char *rest = name + 1;
    int tonic = letters[letter];
    if (*rest == '#' || *rest == 'b')
        tonic += *rest++ == '#' ? 1 : 11;
    if (*rest == ' ')
        rest++;
    int is_minor = is_one_of(rest, minor);
    if (!is_minor && !is_one_of(rest, major))
        return COCHLEA_ERROR_ARGUMENT;
    *key = (coch_key){tonic % 12, is_minor};
    return COCHLEA_OK;
}

void coch_key_name(coch_key key, char name[COCH_KEY_NAME])
{
    static const char *const tonics[2][12] = {
        {"C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"},
        {"C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B"},
    };
    snprintf(name, COCH_KEY_NAME, "%s %s", tonics[key.minor][key.tonic], key.minor ? "minor" : "major");
}

int coch_key_sharps(coch_key key)
{
    int relative = key.minor ? key.tonic + 3 : key.tonic;
    int fifths = 7 * relative % 12; /* steps up the circle of fifths */
    return fifths > 6 ? fifths - 12 : fifths;
}

size_t coch_key_filter(coch_note *notes, size_t count, coch_key key)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        int degree = (notes[i].note - key.tonic + 12) % 12;
        int belongs = scales[key.minor] >> degree & 1;
        int sure = notes[i].confidence >= COCH_KEY_DOUBT && notes[i].off - notes[i].on >= COCH_KEY_SHORT;
        if (belongs || sure)
            notes[kept++] = notes[i];
    }
    return kept;
}
