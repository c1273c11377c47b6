#include "dsp/fft.h"

#include <fftw3.h>
#include <pthread.h>
#include <stdlib.h>

struct coch_fft {
    size_t size;
    float *input;            /* [size] */
    fftwf_complex *spectrum; /* [size / 2 + 1] */
    fftwf_plan plan;
};

/* The one static variable of the library: FFTW's planner keeps state of its own for the whole process, so a
 * lock must be as wide. Only creation and destruction take it; transforms never do. */
static pthread_mutex_t planner_lock = PTHREAD_MUTEX_INITIALIZER;

static fftwf_plan make_plan(coch_fft *fft)
{
    pthread_mutex_lock(&planner_lock);
    /* Estimated: a measured plan runs a tenth faster but takes a hundred times as long to open. */
    fftwf_plan plan =
        fftwf_plan_dft_r2c_1d((int)fft->size, fft->input, fft->spectrum, FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
    pthread_mutex_unlock(&planner_lock);
    return plan;
}

cochlea_status coch_fft_new(coch_fft **fft, size_t size)
{
    *fft = NULL;
    if (size < 2 || size > 65536 || size % 2 != 0) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    coch_fft *made = calloc(1, sizeof *made);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    made->size = size;
    made->input = fftwf_alloc_real(size);
    made->spectrum = fftwf_alloc_complex(size / 2 + 1);
    if (made->input && made->spectrum) {
        made->plan = make_plan(made);
    }
    if (!made->plan) {
        coch_fft_free(made);
        return COCHLEA_ERROR_MEMORY;
    }
    *fft = made;
    return COCHLEA_OK;
}

void coch_fft_free(coch_fft *fft)
{
    if (!fft) {
        return;
    }
    if (fft->plan) {
        pthread_mutex_lock(&planner_lock);
        fftwf_destroy_plan(fft->plan);
        pthread_mutex_unlock(&planner_lock);
    }
    fftwf_free(fft->input);
    fftwf_free(fft->spectrum);
    free(fft);
}

float *coch_fft_input(coch_fft *fft)
{
    return fft->input;
}

const float *coch_fft_process(coch_fft *fft)
{
    fftwf_execute(fft->plan);
    return &fft->spectrum[0][0];
}

/* ---- The way back ---- */

struct coch_ifft {
    fftwf_complex *spectrum; /* [size / 2 + 1] */
    float *output;           /* [size] */
    fftwf_plan plan;
};

cochlea_status coch_ifft_new(coch_ifft **ifft, size_t size)
{
    *ifft = NULL;
    if (size < 2 || size > 65536 || size % 2 != 0) {
        return COCHLEA_ERROR_ARGUMENT;
    }
    coch_ifft *made = calloc(1, sizeof *made);
    if (!made) {
        return COCHLEA_ERROR_MEMORY;
    }
    made->spectrum = fftwf_alloc_complex(size / 2 + 1);
    made->output = fftwf_alloc_real(size);
    if (made->spectrum && made->output) {
        pthread_mutex_lock(&planner_lock);
        made->plan = fftwf_plan_dft_c2r_1d((int)size, made->spectrum, made->output,
                                           FFTW_ESTIMATE | FFTW_DESTROY_INPUT);
        pthread_mutex_unlock(&planner_lock);
    }
    if (!made->plan) {
        coch_ifft_free(made);
        return COCHLEA_ERROR_MEMORY;
    }
    *ifft = made;
    return COCHLEA_OK;
}

void coch_ifft_free(coch_ifft *ifft)
{
    if (!ifft) {
        return;
    }
    if (ifft->plan) {
        pthread_mutex_lock(&planner_lock);
        fftwf_destroy_plan(ifft->plan);
        pthread_mutex_unlock(&planner_lock);
    }
    fftwf_free(ifft->spectrum);
    fftwf_free(ifft->output);
    free(ifft);
}

float *coch_ifft_input(coch_ifft *ifft)
{
    return &ifft->spectrum[0][0];
}

const float *coch_ifft_process(coch_ifft *ifft)
{
    fftwf_execute(ifft->plan);
    return ifft->output;
}
