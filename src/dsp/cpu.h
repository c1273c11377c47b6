/* What the processor that the program runs on can do. */
#ifndef COCH_DSP_CPU_H
#define COCH_DSP_CPU_H

enum {
    COCH_CPU_AVX2 = 1u << 0,   /* AVX2 and FMA, with the state saved by the system */
    COCH_CPU_AVX512 = 1u << 1, /* AVX-512 F, BW, DQ, VL, with the state saved by the system */
    COCH_CPU_NEON = 1u << 2
};
#define COCH_CPU_ALL (~0u) /* no restriction, where a mask is asked for */

/* The instruction sets present, as a mask of the above. [main] */
unsigned coch_cpu_flags(void);

/* Turns flushing of denormal numbers to zero on for the calling thread and returns the state before, for
 * coch_cpu_denormals_restore(). [any] */
unsigned coch_cpu_denormals_off(void);
void coch_cpu_denormals_restore(unsigned state);

#endif
