#include "listen/instrument_pitch.h"

#include <math.h>
#include <string.h>

enum { BINS = COCH_PITCH_BINS, WIDE = COCH_PITCH_BELOW + COCH_INSTRUMENT_BINS + COCH_PITCH_ABOVE };

/* Where the parts of the values begin. */
enum {
    AT_SQUARE = BINS,
    AT_LOUD = 2 * BINS,
    AT_LOUDER = 3 * BINS,
    AT_RISE = 4 * BINS,
    AT_FALL = 5 * BINS,
    AT_RIPPLES = COCH_PITCH_PARTS * BINS,
    AT_REGISTERS = AT_RIPPLES + COCH_STATISTICS_RATES * BINS,
    AT_PLACE = AT_REGISTERS + COCH_PITCH_REGISTERS,
    AT_MOVED = AT_PLACE + COCH_PITCH_PLACES
};

/* The strongest pitch of a column. */
typedef struct found {
    size_t pitch;
    float salience, mean; /* its own, and that of all */
} found;

void coch_instrument_pitch_layout(coch_instrument_pitch *p, coch_arena *arena,
                                  const coch_instrument_model *model)
{
    p->model = model;
    p->wide = coch_arena_take(arena, WIDE, sizeof(float));
    p->before = coch_arena_take(arena, WIDE, sizeof(float));
    p->change = coch_arena_take(arena, BINS, sizeof(float));
}

void coch_instrument_pitch_reset(coch_instrument_pitch *p)
{
    memset(p->wide, 0, WIDE * sizeof *p->wide);
    memset(p->before, 0, WIDE * sizeof *p->before);
    memset(p->pitches, 0, sizeof p->pitches);
}

static void widen(float *wide, const float *column)
{
    for (size_t bin = 0; bin < COCH_INSTRUMENT_BINS; bin++) {
        wide[COCH_PITCH_BELOW + bin] = column[bin] - COCH_INSTRUMENT_SILENCE;
    }
}

static found find(const coch_matrix *comb, const float *wide)
{
    found best = {0, -INFINITY, 0};
    for (size_t pitch = 0; pitch < COCH_PITCH_COUNT; pitch++) {
        float salience = 0;
        for (size_t i = 0; i < COCH_PITCH_COMB; i++) {
            salience += comb->w[i] * wide[pitch + i];
        }
        best.mean += salience;
        if (salience > best.salience) {
            best.pitch = pitch;
            best.salience = salience;
        }
    }
    best.mean /= (float)COCH_PITCH_COUNT;
    return best;
}

static float mean(const float *values)
{
    float sum = 0;
    for (size_t i = 0; i < BINS; i++) {
        sum += values[i];
    }
    return sum / (float)BINS;
}

/* around: [BINS] of the column, from an octave below the pitch on. */
static void add_levels(float *sum, const float *around, const float *change)
{
    float loud = mean(around), louder = mean(change);
    for (size_t i = 0; i < BINS; i++) {
        sum[i] += around[i];
        sum[AT_SQUARE + i] += around[i] * around[i];
        sum[AT_LOUD + i] += around[i] * loud;
        sum[AT_LOUDER + i] += around[i] * louder;
        sum[AT_RISE + i] += change[i] > 0 ? change[i] : 0;
        sum[AT_FALL + i] += change[i] < 0 ? -change[i] : 0;
    }
}

static void add_ripples(float *sum, const float *ripples, size_t stride, size_t pitch)
{
    for (size_t i = 0; i < BINS; i++) {
        size_t bin = pitch + i;
        if (bin < COCH_PITCH_BELOW || bin >= COCH_PITCH_BELOW + COCH_INSTRUMENT_BINS) {
            continue;
        }
        const float *from = ripples + (bin - COCH_PITCH_BELOW) * stride;
        for (size_t r = 0; r < COCH_STATISTICS_RATES; r++) {
            sum[r * BINS + i] += sqrtf(from[2 * r] * from[2 * r] + from[2 * r + 1] * from[2 * r + 1]);
        }
    }
}

static void add_place(float *sum, const found *now)
{
    float place = (float)now->pitch / 30.0f - 1.0f, salience = now->salience / 5.0f;
    sum[0] += place;
    sum[1] += place * place;
    sum[2] += salience;
    sum[3] += salience * salience;
    sum[4] += now->mean;
}

/* How far the pitch moved: not, a semitone, two, less than a fifth, further; an octave. */
static void add_moved(float *sum, size_t from, size_t to)
{
    size_t step = from > to ? from - to : to - from;
    if (step <= 2) {
        sum[step] += 1;
    } else {
        sum[step < 8 ? 3 : 4] += 1;
    }
    sum[5] += step == 12 ? 1 : 0;
}

void coch_instrument_pitch_add(coch_instrument_pitch *p, const float *column, const float *before,
                               const float *ripples, size_t stride, float *sum)
{
    widen(p->wide, column);
    widen(p->before, before);
    found now = find(&p->model->comb, p->wide);
    const float *around = p->wide + now.pitch, *earlier = p->before + now.pitch;
    for (size_t i = 0; i < BINS; i++) {
        p->change[i] = around[i] - earlier[i];
    }
    add_levels(sum, around, p->change);
    add_ripples(sum + AT_RIPPLES, ripples, stride, now.pitch);
    sum[AT_REGISTERS + now.pitch / COCH_PITCH_REGISTER] += 1;
    add_place(sum + AT_PLACE, &now);
    add_moved(sum + AT_MOVED, p->pitches[0], now.pitch);
    memmove(p->pitches, p->pitches + 1, (COCH_STATISTICS_LAG - 1) * sizeof *p->pitches);
    p->pitches[COCH_STATISTICS_LAG - 1] = now.pitch;
}

void coch_instrument_pitch_finish(float *v)
{
    float level = mean(v), change = mean(v + AT_RISE) - mean(v + AT_FALL);
    for (size_t i = 0; i < BINS; i++) {
        float variance = v[AT_SQUARE + i] - v[i] * v[i];
        v[AT_SQUARE + i] = sqrtf((variance > 0 ? variance : 0) + 1e-4f);
        v[AT_LOUD + i] -= v[i] * level;
        v[AT_LOUDER + i] -= v[i] * change;
    }
    for (size_t i = AT_RISE; i < AT_REGISTERS; i++) {
        v[i] = logf(v[i] + 0.02f);
    }
}
