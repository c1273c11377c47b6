#include "dsp/kernels.h"

#include "dsp/kernels_isa.h"

const coch_kernels *coch_kernels_select(unsigned mask)
{
    (void)mask; /* only the reference exists so far */
    return &coch_kernels_c;
}
