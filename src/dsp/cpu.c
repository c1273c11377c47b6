#include "dsp/cpu.h"

#include "base/attributes.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <xmmintrin.h>

enum { DENORMAL_BITS = 0x8040 }; /* MXCSR: flush to zero, denormals are zero */

/* Which register state the system saves on a task switch (XCR0). Not by intrinsic: that needs a compiler
 * flag, and this file must run everywhere. */
static unsigned saved_state(void)
{
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

unsigned coch_cpu_flags(void)
{
    enum { FMA = 1 << 12, OSXSAVE = 1 << 27, AVX = 1 << 28 }; /* leaf 1, ecx */
    const unsigned avx2 = 1u << 5,
                   avx512 = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31; /* leaf 7, ebx: F DQ BW VL */
    const unsigned ymm_state = 0x06, zmm_state = 0xe6;
    const unsigned needed = FMA | OSXSAVE | AVX;
    unsigned a, b, c, d, flags = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & needed) != needed) {
        return 0;
    }
    unsigned saved = saved_state();
    if ((saved & ymm_state) != ymm_state || !__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & avx2)) {
        return 0;
    }
    flags |= COCH_CPU_AVX2;
    if ((saved & zmm_state) == zmm_state && (b & avx512) == avx512) {
        flags |= COCH_CPU_AVX512;
    }
    return flags;
}

unsigned coch_cpu_denormals_off(void)
{
    unsigned state = _mm_getcsr();
    _mm_setcsr(state | DENORMAL_BITS);
    return state & DENORMAL_BITS;
}

void coch_cpu_denormals_restore(unsigned state)
{
    _mm_setcsr((_mm_getcsr() & ~(unsigned)DENORMAL_BITS) | (state & DENORMAL_BITS));
}

#elif defined(__aarch64__)

#include <stdint.h>

static const uint64_t flush_bit = UINT64_C(1) << 24; /* FPCR.FZ */

static uint64_t control_read(void)
{
    uint64_t value;
    __asm__ volatile("mrs %0, fpcr" : "=r"(value));
    return value;
}

static void control_write(uint64_t value)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(value));
}

unsigned coch_cpu_flags(void)
{
    return COCH_CPU_NEON; /* part of the base architecture */
}

unsigned coch_cpu_denormals_off(void)
{
    uint64_t state = control_read();
    control_write(state | flush_bit);
    return (unsigned)(state & flush_bit);
}

void coch_cpu_denormals_restore(unsigned state)
{
    control_write((control_read() & ~flush_bit) | (state & flush_bit));
}

#else

unsigned coch_cpu_flags(void)
{
    return 0;
}

unsigned coch_cpu_denormals_off(void)
{
    return 0;
}

void coch_cpu_denormals_restore(unsigned state)
{
    (void)state;
}

#endif
