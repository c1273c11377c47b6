/* A weight file of the instrument detector with some bytes changed: building the model, and running it when
 * it still is one. The input is a list of changes: two bytes of offset into the header, two of offset into
 * what follows it (used when the first is 0xFFFF), one new byte. The file is the smallest that there is, so
 * that thousands of changes can be tried in the time that the shipped one takes for some. */
#include "../instrument_builder.h"
#include "dsp/cpu.h"
#include "listen/instrument.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHANGE = 5, HOPS = 6 };

static void run(const coch_instrument_model *model)
{
    coch_instrument *instrument;
    float hop[8192] = {0};
    /* The vector kernels, whose inner loops no fuzzer counts, are several times faster here. */
    if (coch_instrument_new(&instrument, model, coch_kernels_select(COCH_CPU_ALL)) != COCHLEA_OK) {
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
        at += how[2] + 256u * how[3];
    }
    bytes[at % size] = how[4];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t whole;
    unsigned char *bytes = instrument_builder_finish(&whole);
    char why[64];
    coch_gguf *file;
    coch_instrument_model *model;
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
