#include "listen/piano.h"

#include <stdint.h>

/* From the assembly that embed_weights.sh writes: the first byte, and the one past the last. */
extern const unsigned char coch_piano_weights[], coch_piano_weights_end[];

const void *coch_piano_default_weights(size_t *size)
{
    *size = (size_t)((uintptr_t)coch_piano_weights_end - (uintptr_t)coch_piano_weights);
    return coch_piano_weights;
}
