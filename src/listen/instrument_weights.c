#include "listen/instrument.h"

#include <stdint.h>

/* From the assembly that embed_weights.sh writes: the first byte, and the one past the last. */
extern const unsigned char coch_instrument_weights[], coch_instrument_weights_end[];

const void *coch_instrument_default_weights(size_t *size)
{
    *size = (size_t)((uintptr_t)coch_instrument_weights_end - (uintptr_t)coch_instrument_weights);
    return coch_instrument_weights;
}
