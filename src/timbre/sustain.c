#include "timbre/sustain.h"

#include <math.h>

enum { FALLING = 3 /* frames */ };

static const float attack_seconds = 0.08f; /* that stay as they are; at their end is the level that is kept */
static const float held_seconds = 12.0f;   /* fading of what is kept */
static const float most = 63.0f;           /* of amplitude, 36 dB */
static const float rise_seconds = 0.08f, release_seconds = 0.06f;
static const float tonal_seconds = 0.08f, tonal_least = 0.35f; /* less is noise */
static const float damped = 160.0f;                            /* dB a second: no string decays so fast */
static const float again = 4.0f; /* times the lowest energy: a note that was let go sounds anew */
static const float silence = 1e-20f;

void coch_sustain_reset(coch_sustain *sustain, float seconds)
{
    *sustain = (coch_sustain){.seconds = seconds, .factor = 1};
}

static float pace(const coch_sustain *s, float seconds)
{
    return 1 - expf(-s->seconds / seconds);
}

static void begin(coch_sustain *s, float energy)
{
    s->age = 0;
    s->let_go = 0;
    s->falling = 0;
    s->tonal = 1;
    s->held = energy;
    s->factor = 1;
}

/* Whether the note is damped, or sinks into its noise. */
static int ends(coch_sustain *s, float energy, float tonal)
{
    s->tonal += pace(s, tonal_seconds) * (tonal - s->tonal);
    s->falling = energy < s->before * powf(10, -damped / 10 * s->seconds) ? s->falling + 1 : 0;
    return s->age > attack_seconds && (s->falling >= FALLING || s->tonal < tonal_least || energy < silence);
}

static void follow(coch_sustain *s, float energy, float tonal)
{
    int over = ends(s, energy, tonal);
    s->age += s->seconds;
    s->held *= expf(-s->seconds / held_seconds);
    if (s->age <= attack_seconds || energy > s->held) {
        s->held = energy;
    }
    if (over && !s->let_go) {
        s->let_go = 1;
        s->lowest = energy;
    }
    s->lowest = fminf(s->lowest, energy);
    if (s->let_go && energy > again * s->lowest && energy > silence) {
        s->let_go = over;
        s->held = energy;
        s->lowest = energy;
    }
}

float coch_sustain_process(coch_sustain *sustain, float energy, float tonal, int begins, float amount)
{
    if (begins) {
        begin(sustain, energy);
    } else {
        follow(sustain, energy, tonal);
    }
    sustain->before = energy;
    float missing = energy > silence ? fminf(powf(sustain->held / energy, 0.5f * amount), most) : 1;
    float goal = sustain->let_go || amount <= 0 ? 1 : fmaxf(missing, 1);
    float seconds = goal > sustain->factor ? rise_seconds : release_seconds;
    sustain->factor += pace(sustain, seconds) * (goal - sustain->factor);
    /* While the note gets louder by itself, never above what it keeps. */
    if (!sustain->let_go && sustain->factor > missing) {
        sustain->factor = fmaxf(missing, 1);
    }
    return sustain->factor;
}
