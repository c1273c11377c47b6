#include "listen/piano_frontend.h"

#include <math.h>

/* Decibels to the units in which the features were stored for training: 95 dB are 255 steps, 64 steps are
 * one. */
static const float STEPS_PER_DB = 255.0f / 95.0f, STEPS_PER_UNIT = 64.0f;
static const float FLOOR_DB = -95.0f;

void coch_piano_frontend_layout(coch_piano_frontend *frontend, coch_arena *arena)
{
    frontend->bands = coch_arena_take(arena, COCH_PIANO_BINS, sizeof(float));
    frontend->features = coch_arena_take(arena, COCH_PIANO_BINS * COCH_PIANO_WINDOWS, sizeof(float));
}

cochlea_status coch_piano_frontend_open(coch_piano_frontend *frontend, const coch_piano_model *model,
                                        const coch_kernels *kernels)
{
    frontend->model = model;
    frontend->kernels = kernels;
    return coch_stft_new(&frontend->stft, kernels, model->window, COCH_PIANO_WINDOWS);
}

void coch_piano_frontend_close(coch_piano_frontend *frontend)
{
    coch_stft_free(frontend->stft);
    frontend->stft = NULL;
}

void coch_piano_frontend_reset(coch_piano_frontend *frontend)
{
    coch_stft_reset(frontend->stft);
}

static void scale(const coch_piano_frontend *frontend)
{
    const float unit = STEPS_PER_DB / STEPS_PER_UNIT;
    const float high = 255.0f / STEPS_PER_UNIT + COCH_PIANO_SILENCE;
    frontend->kernels->log_scale(frontend->bands, COCH_PIANO_BINS, 1e-12f, 10 * unit,
                                 COCH_PIANO_SILENCE - FLOOR_DB * unit, COCH_PIANO_SILENCE, high);
}

const float *coch_piano_frontend_process(coch_piano_frontend *frontend, const float *hop)
{
    coch_stft_push(frontend->stft, hop, frontend->model->hop);
    for (size_t window = 0; window < COCH_PIANO_WINDOWS; window++) {
        const float *power = coch_stft_power(frontend->stft, window);
        coch_bands_process(&frontend->model->bands[window], frontend->kernels, power, frontend->bands);
        scale(frontend);
        for (size_t bin = 0; bin < COCH_PIANO_BINS; bin++) {
            /* A recurrent state that has seen a NaN keeps it for ever: none may get past here. */
            float value = frontend->bands[bin];
            frontend->features[bin * COCH_PIANO_WINDOWS + window] =
                isfinite(value) ? value : COCH_PIANO_SILENCE;
        }
    }
    return frontend->features;
}
