#include "dsp/bands.h"

#include <math.h>

/* A triangle over frequency: zero at low and high, one at centre, in Hz. */
typedef struct triangle {
    double low, centre, high;
} triangle;

/* A set of triangles: those of a band are computed by `shape`, both to count and to fill. */
typedef struct band_set {
    triangle (*shape)(const struct band_set *set, size_t band);
    double origin; /* log: frequency of `origin_band`; mel: mel of the lower edge */
    double origin_band;
    double step;   /* log: bands per octave; mel: mels from one centre to the next */
    double bin_hz; /* distance of two bins */
} band_set;

static double log_centre(const band_set *set, double band)
{
    return set->origin * exp2((band - set->origin_band) / set->step);
}

static triangle log_shape(const band_set *set, size_t band)
{
    double centre = log_centre(set, (double)band);
    double low = log_centre(set, (double)band - 1), high = log_centre(set, (double)band + 1);
    return (triangle){fmin(low, centre - set->bin_hz), centre, fmax(high, centre + set->bin_hz)};
}

static double mel_from_hz(double hz)
{
    return 2595 * log10(1 + hz / 700);
}

static double hz_from_mel(double mel)
{
    return 700 * (pow(10, mel / 2595) - 1);
}

static triangle mel_shape(const band_set *set, size_t band)
{
    double low = set->origin + (double)band * set->step;
    return (triangle){hz_from_mel(low), hz_from_mel(low + set->step), hz_from_mel(low + 2 * set->step)};
}

static double weight_at(triangle t, double hz)
{
    return fmin((hz - t.low) / (t.centre - t.low), (t.high - hz) / (t.high - t.centre));
}

/* Bins strictly inside the triangle: *first and how many. */
static size_t inner_bins(triangle t, double bin_hz, size_t bins, size_t *first)
{
    double low = floor(t.low / bin_hz) + 1, high = ceil(t.high / bin_hz);
    low = fmax(low, 0);
    high = fmin(high, (double)bins);
    *first = (size_t)fmin(low, (double)bins);
    return high > low ? (size_t)(high - low) : 0;
}

static void layout(coch_bands *map, coch_arena *arena, const band_set *set, size_t bands, size_t bins)
{
    size_t total = 0, first;
    for (size_t j = 0; j < bands; j++) {
        total += inner_bins(set->shape(set, j), set->bin_hz, bins, &first);
    }
    map->bands = bands;
    map->bins = bins;
    map->first = coch_arena_take(arena, bands, sizeof *map->first);
    map->length = coch_arena_take(arena, bands, sizeof *map->length);
    map->offset = coch_arena_take(arena, bands, sizeof *map->offset);
    map->weights = coch_arena_take(arena, total, sizeof *map->weights);
    if (!map->first || !map->length || !map->offset || !map->weights) {
        return; /* the counting pass */
    }
    for (size_t j = 0, offset = 0; j < bands; j++) {
        triangle t = set->shape(set, j);
        size_t length = inner_bins(t, set->bin_hz, bins, &first);
        map->first[j] = (int)first;
        map->length[j] = (int)length;
        map->offset[j] = (int)offset;
        for (size_t i = 0; i < length; i++) {
            map->weights[offset + i] = (float)fmax(weight_at(t, (double)(first + i) * set->bin_hz), 0);
        }
        offset += length;
    }
}

/* Sizes beyond any use, refused so that products stay representable. */
static int valid_sizes(size_t bands, double sample_rate, size_t fft_size)
{
    return bands >= 1 && bands <= 65536 && sample_rate > 0 && isfinite(sample_rate) && fft_size >= 2 &&
           fft_size % 2 == 0 && fft_size <= 65536;
}

cochlea_status coch_bands_layout_log(coch_bands *map, coch_arena *arena, size_t bands, double reference_hz,
                                     double reference_band, double per_octave, double sample_rate,
                                     size_t fft_size)
{
    if (!valid_sizes(bands, sample_rate, fft_size) || !(reference_hz > 0) || !(per_octave > 0) ||
        !isfinite(reference_band)) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    band_set set = {log_shape, reference_hz, reference_band, per_octave, sample_rate / (double)fft_size};
    if (!(log_centre(&set, (double)(bands - 1)) < sample_rate / 2)) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    layout(map, arena, &set, bands, fft_size / 2 + 1);
    return COCHLEA_OK;
}

cochlea_status coch_bands_layout_mel(coch_bands *map, coch_arena *arena, size_t bands, double low_hz,
                                     double high_hz, double sample_rate, size_t fft_size)
{
    if (!valid_sizes(bands, sample_rate, fft_size) || !(low_hz >= 0) || !(high_hz > low_hz) ||
        !(high_hz <= sample_rate / 2)) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    double low = mel_from_hz(low_hz), step = (mel_from_hz(high_hz) - low) / (double)(bands + 1);
    band_set set = {mel_shape, low, 0, step, sample_rate / (double)fft_size};
    layout(map, arena, &set, bands, fft_size / 2 + 1);
    return COCHLEA_OK;
}

void coch_bands_process(const coch_bands *map, const coch_kernels *kernels, const float *power, float *out)
{
    kernels->bands(out, power, map->weights, map->first, map->length, map->offset, map->bands);
}
