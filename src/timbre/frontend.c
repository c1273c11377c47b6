#include "timbre/frontend.h"

#include <math.h>
#include <string.h>

enum {
    SIZE = 2048,
    COSINES_FULL = 16
}; /* frame at the reference rate; cosines that belong whole to an envelope */

static const double reference_rate = 44100, lowest_hz = 40, highest_hz = 20000;
static const float share_floor = 1e-9f; /* of a band's share of the energy */
static const float envelope_floor = -9.2f;

/* ---- Centres: equal steps in mel, but at least one bin of the reference rate apart ---- */

static double mel(double hz)
{
    return 2595 * log10(1 + hz / 700);
}

static double hertz(double mels)
{
    return 700 * (pow(10, mels / 2595) - 1);
}

/* Centres for a step in mel; returns the highest. */
static double spread_centres(double step, double *centre)
{
    centre[0] = lowest_hz;
    for (size_t i = 1; i < COCH_TIMBRE_BANDS; i++) {
        centre[i] = fmax(centre[i - 1] + reference_rate / SIZE, hertz(mel(centre[i - 1]) + step));
    }
    return centre[COCH_TIMBRE_BANDS - 1];
}

void coch_timbre_centres(double centre[COCH_TIMBRE_BANDS])
{
    double low = 1, high = 100;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (spread_centres(middle, centre) < highest_hz) {
            low = middle;
        } else {
            high = middle;
        }
    }
    spread_centres(low, centre);
}

/* ---- Bands ---- */

size_t coch_timbre_frame_size(double sample_rate)
{
    double octaves = round(log2(sample_rate / reference_rate));
    return (size_t)(SIZE * exp2(fmax(-2, fmin(2, octaves))));
}

/* What band b takes of frequency hz: a triangle to the neighbours, at least one bin wide; the first and the
 * last band take all that lies beyond them. */
static double band_share(const double *centre, size_t b, double hz, double bin_hz)
{
    double distance = hz - centre[b];
    if (distance < 0) {
        return b == 0 ? 1 : 1 + distance / fmax(centre[b] - centre[b - 1], bin_hz);
    }
    return b == COCH_TIMBRE_BANDS - 1 ? 1 : 1 - distance / fmax(centre[b + 1] - centre[b], bin_hz);
}

/* Bins of a band: *first and how many. */
static size_t band_bins(const double *centre, size_t b, double bin_hz, size_t bins, size_t *first)
{
    size_t count = 0;
    *first = 0;
    for (size_t i = 0; i < bins; i++) {
        if (band_share(centre, b, (double)i * bin_hz, bin_hz) > 0) {
            *first = count ? *first : i;
            count++;
        }
    }
    return count;
}

void coch_timbre_frontend_layout(coch_timbre_frontend *front, coch_arena *arena, double sample_rate)
{
    double centre[COCH_TIMBRE_BANDS];
    size_t size = coch_timbre_frame_size(sample_rate), bins = size / 2 + 1, total = 0, first;
    coch_bands *map = &front->bands;
    coch_timbre_centres(centre);
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        total += band_bins(centre, b, sample_rate / (double)size, bins, &first);
    }
    map->bands = COCH_TIMBRE_BANDS;
    map->bins = bins;
    map->first = coch_arena_take(arena, COCH_TIMBRE_BANDS, sizeof *map->first);
    map->length = coch_arena_take(arena, COCH_TIMBRE_BANDS, sizeof *map->length);
    map->offset = coch_arena_take(arena, COCH_TIMBRE_BANDS, sizeof *map->offset);
    map->weights = coch_arena_take(arena, total, sizeof *map->weights);
    front->share = coch_arena_take(arena, bins, sizeof *front->share);
    coch_matrix_layout(&front->basis, arena, 1, COCH_TIMBRE_BANDS, COCH_TIMBRE_COSINES);
    coch_matrix_layout(&front->back, arena, 1, COCH_TIMBRE_COSINES, COCH_TIMBRE_BANDS);
}

static void fill_bands(coch_timbre_frontend *front, double sample_rate)
{
    double centre[COCH_TIMBRE_BANDS];
    coch_bands *map = &front->bands;
    double bin_hz = sample_rate / (double)(2 * (map->bins - 1));
    size_t offset = 0, first;
    coch_timbre_centres(centre);
    memset(front->share, 0, map->bins * sizeof *front->share);
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        size_t length = band_bins(centre, b, bin_hz, map->bins, &first);
        map->first[b] = (int)first;
        map->length[b] = (int)length;
        map->offset[b] = (int)offset;
        for (size_t i = 0; i < length; i++) {
            float weight = (float)band_share(centre, b, (double)(first + i) * bin_hz, bin_hz);
            map->weights[offset + i] = weight;
            front->share[first + i] += weight;
        }
        offset += length;
    }
    for (size_t i = 0; i < map->bins; i++) {
        front->share[i] = front->share[i] > 0 ? 1 / front->share[i] : 0;
    }
}

void coch_timbre_frontend_fill(coch_timbre_frontend *front, const coch_kernels *kernels, double sample_rate)
{
    const double pi = 3.14159265358979323846;
    front->kernels = kernels;
    fill_bands(front, sample_rate);
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        for (size_t k = 0; k < COCH_TIMBRE_COSINES; k++) {
            double value = sqrt((k == 0 ? 1.0 : 2.0) / COCH_TIMBRE_BANDS) *
                           cos(pi * (double)k * ((double)b + 0.5) / COCH_TIMBRE_BANDS);
            double taper = k < COSINES_FULL ? 1
                                            : 1 - 0.9 * (double)(k - COSINES_FULL) /
                                                      (COCH_TIMBRE_COSINES - COSINES_FULL - 1);
            front->basis.w[b * front->basis.columns + k] = (float)(value * taper);
            front->back.w[k * front->back.columns + b] = (float)value;
        }
    }
}

void coch_timbre_unit_energy(float *level)
{
    float highest = level[0], sum = 0;
    for (size_t b = 1; b < COCH_TIMBRE_BANDS; b++) {
        highest = level[b] > highest ? level[b] : highest;
    }
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        sum += expf(2 * (level[b] - highest));
    }
    float shift = highest + 0.5f * logf(sum);
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        level[b] -= shift;
    }
}

void coch_timbre_flatten(const coch_timbre_frontend *front, const float *level, float *envelope, float *flat)
{
    _Alignas(COCH_ALIGNMENT) float cosines[COCH_PAD(COCH_TIMBRE_COSINES)] = {0};
    _Alignas(COCH_ALIGNMENT) float smooth[COCH_TIMBRE_BANDS] = {0};
    float clipped[COCH_TIMBRE_BANDS];
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        clipped[b] = level[b] > envelope_floor ? level[b] : envelope_floor;
    }
    coch_matrix_add_one(&front->basis, front->kernels, cosines, front->basis.columns, clipped, 0, 1);
    coch_matrix_add_one(&front->back, front->kernels, smooth, front->back.columns, cosines, 0, 1);
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        flat[b] = level[b] - smooth[b];
    }
    coch_timbre_unit_energy(flat);
    if (envelope) {
        memcpy(envelope, smooth, sizeof smooth);
    }
}

void coch_timbre_frontend_process(const coch_timbre_frontend *front, const float *power,
                                  coch_timbre_frame *frame)
{
    float energy = 0;
    for (size_t i = 0; i < front->bands.bins; i++) {
        energy += power[i];
    }
    coch_bands_process(&front->bands, front->kernels, power, frame->level);
    float scale = 1 / (energy > 1e-20f ? energy : 1e-20f);
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        frame->level[b] = 0.5f * logf(frame->level[b] * scale + share_floor);
    }
    frame->energy = energy;
    coch_timbre_flatten(front, frame->level, frame->envelope, frame->flat);
}

void coch_timbre_frontend_spread(const coch_timbre_frontend *front, const float *of_bands, float *of_bins)
{
    const coch_bands *map = &front->bands;
    memset(of_bins, 0, map->bins * sizeof *of_bins);
    for (size_t b = 0; b < COCH_TIMBRE_BANDS; b++) {
        const float *weights = map->weights + map->offset[b];
        float *out = of_bins + map->first[b];
        for (int i = 0; i < map->length[b]; i++) {
            out[i] += weights[i] * of_bands[b];
        }
    }
    front->kernels->multiply(of_bins, of_bins, front->share, map->bins);
}
