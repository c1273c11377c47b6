/* Sparse maps from the bins of a power spectrum to bands: logarithmic in frequency, or mel. */
#ifndef COCH_DSP_BANDS_H
#define COCH_DSP_BANDS_H

#include "base/arena.h"
#include "dsp/kernels.h"

#include <stddef.h>

typedef struct coch_bands {
    size_t bands;   /* outputs */
    size_t bins;    /* inputs: fft_size / 2 + 1 */
    int *first;     /* [bands] first bin of each band */
    int *length;    /* [bands] bins of each band */
    int *offset;    /* [bands] where its weights start */
    float *weights; /* [sum of length] */
} coch_bands;

/* Triangles on a logarithmic axis: band j is centred at f_j = reference * 2^((j - reference_band) /
 * per_octave), falls to zero at f_{j-1} and f_{j+1}, and is widened to at least one bin to each side, so that
 * low bands are never empty. See the definition in the .c file, which equals models/train/features.py. Run
 * once per arena pass. Errors: ARGUMENT. [main] */
cochlea_status coch_bands_layout_log(coch_bands *map, coch_arena *arena, size_t bands, double reference_hz,
                                     double reference_band, double per_octave, double sample_rate,
                                     size_t fft_size);

/* Triangles equally spaced in mel = 2595 log10(1 + f / 700) from low to high Hz (O'Shaughnessy 1987), each of
 * unit peak. Run once per arena pass. Errors: ARGUMENT. [main] */
cochlea_status coch_bands_layout_mel(coch_bands *map, coch_arena *arena, size_t bands, double low_hz,
                                     double high_hz, double sample_rate, size_t fft_size);

/* out[bands] from power[bins]. [worker] */
void coch_bands_process(const coch_bands *map, const coch_kernels *kernels, const float *power,
                        float *out) COCH_REALTIME;

#endif
