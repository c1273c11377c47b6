#include "timbre/model.h"

#include <stdint.h>

/* From the assembly that embed_weights.sh writes: the first byte, and the one past the last. */
extern const unsigned char coch_hybrid_weights[], coch_hybrid_weights_end[];

const void *coch_hybrid_default_weights(size_t *size)
{
    *size = (size_t)((uintptr_t)coch_hybrid_weights_end - (uintptr_t)coch_hybrid_weights);
    return coch_hybrid_weights;
}
