#include "dsp/kernels.h"

#include "dsp/cpu.h"
#include "dsp/kernels_isa.h"

const coch_kernels *coch_kernels_select(unsigned mask)
{
    unsigned flags = coch_cpu_flags() & mask;
#if defined(__x86_64__)
    if (flags & COCH_CPU_AVX512) {
        return &coch_kernels_avx512;
    }
    if (flags & COCH_CPU_AVX2) {
        return &coch_kernels_avx2;
    }
#elif defined(__aarch64__)
    if (flags & COCH_CPU_NEON) {
        return &coch_kernels_neon;
    }
#endif
    (void)flags;
    return &coch_kernels_c;
}
