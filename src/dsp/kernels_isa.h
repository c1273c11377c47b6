/* The tables of the instruction sets, for kernels.c; and the entries of the C reference, for the tables that
 * keep some of them. Each instruction set is a static library of its own, compiled with its own flags: none
 * of its functions may be called before coch_cpu_flags() has said that the processor can run them. */
#ifndef COCH_DSP_KERNELS_ISA_H
#define COCH_DSP_KERNELS_ISA_H

#include "dsp/kernels.h"

extern const coch_kernels coch_kernels_c;
#if defined(__x86_64__)
extern const coch_kernels coch_kernels_avx2;
extern const coch_kernels coch_kernels_avx512;
#elif defined(__aarch64__)
extern const coch_kernels coch_kernels_neon;
#endif

/* See struct coch_kernels for what each computes. [worker] */
void coch_c_matmul(float *out, size_t out_stride, const float *const *a, size_t a_stride, size_t taps,
                   const float *w, size_t m, size_t n, size_t k);
void coch_c_relu(float *x, size_t count);
void coch_c_sigmoid(float *x, size_t count);
void coch_c_gru_gates(float *h, const float *xi, const float *hh, size_t rows, size_t units);
void coch_c_multiply(float *out, const float *a, const float *b, size_t count);
void coch_c_power(float *power, const float *spectrum, size_t count);
void coch_c_bands(float *out, const float *x, const float *weights, const int *first, const int *length,
                  const int *offset, size_t bands);
void coch_c_log_scale(float *x, size_t count, float floor, float scale, float offset, float low, float high);
double coch_c_multiply_adds(size_t rounds);

#endif
