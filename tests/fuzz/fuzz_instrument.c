/* The weights of the instrument detector with some bytes changed: building the model, and running it when it
 * still is one. The input is a list of changes: two bytes of offset into the header, two of offset into what
 * follows it (used when the first is 0xFFFF), one new byte. */
#include "listen/instrument.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHANGE = 5, HOPS = 12 };

static void run(const coch_instrument_model *model)
{
    coch_instrument *instrument;
    float hop[8192] = {0};
    if (coch_instrument_new(&instrument, model, coch_kernels_select(0)) != COCHLEA_OK) {
        return;
    }
    if (coch_instrument_model_hop(model) > sizeof hop / sizeof *hop) {
        abort();
    }
    for (size_t i = 0; i < coch_instrument_model_hop(model); i++) {
        hop[i] = (float)(i % 32) / 32 - 0.5f;
    }
    for (int t = 0; t < HOPS; t++) {
        const coch_instrument_decision *decision = coch_instrument_process(instrument, hop);
        if (decision && decision->label >= coch_instrument_model_classes(model)) {
            abort();
        }
    }
    coch_instrument_free(instrument);
}

static void change(unsigned char *bytes, size_t size, const uint8_t *how)
{
    size_t at = how[0] + 256u * how[1];
    if (at == 0xFFFF) {
        at = 65536u * how[3] + how[2];
    }
    bytes[at % size] = how[4];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t whole;
    const void *good = coch_instrument_default_weights(&whole);
    void *bytes;
    char why[64];
    coch_gguf *file;
    coch_instrument_model *model;
    if (posix_memalign(&bytes, 64, whole) != 0) {
        return 0;
    }
    memcpy(bytes, good, whole);
    for (; size >= CHANGE; size -= CHANGE, data += CHANGE) {
        change(bytes, whole, data);
    }
    if (coch_gguf_open_memory(&file, bytes, whole, why, sizeof why) == COCHLEA_OK) {
        if (coch_instrument_model_new(&model, file, why, sizeof why) == COCHLEA_OK) {
            run(model);
            coch_instrument_model_free(model);
        }
        coch_gguf_free(file);
    }
    free(bytes);
    return 0;
}
