/* Any bytes as the saved state of a plugin: as they are, and once more behind a header that fits them, or the
 * checksum would keep the fuzzer out. Whatever is read must be in range and survive being written. */
#include "../plugin/state_builder.h"

#include "processors.h"
#include "state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const coch_processor *processor, const uint8_t *bytes, size_t size)
{
    float values[COCH_PARAMETERS_MAX], again[COCH_PARAMETERS_MAX];
    char file[COCH_PATH_MAX] = "", same[COCH_PATH_MAX] = "";
    uint8_t written[COCH_STATE_MAX];
    for (size_t i = 0; i < COCH_PARAMETERS_MAX; i++)
        values[i] = -1234.5f;
    if (coch_state_read(processor, values, file, bytes, size) != COCHLEA_OK) {
        for (size_t i = 0; i < COCH_PARAMETERS_MAX; i++)
            if (values[i] != -1234.5f)
                abort();
        return;
    }
    for (size_t i = 0; i < processor->parameter_count; i++) {
        const coch_parameter *p = &processor->parameters[i];
        if (!(values[i] >= p->minimum && values[i] <= p->maximum))
            abort();
    }
    size_t length = coch_state_write(processor, values, file, written);
    if (length > sizeof written || coch_state_read(processor, again, same, written, length) != COCHLEA_OK ||
        strcmp(file, same) != 0 || memcmp(values, again, processor->parameter_count * sizeof *values) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *sealed = malloc(STATE_HEADER + size);
    if (!sealed)
        return 0;
    if (size)
        memcpy(sealed + STATE_HEADER, data, size);
    state_seal(sealed, STATE_HEADER + size);
    for (size_t i = 0; coch_processor_at(i); i++) {
        check(coch_processor_at(i), data, size);
        check(coch_processor_at(i), sealed, STATE_HEADER + size);
    }
    free(sealed);
    return 0;
}
