/* Any bytes as a weight file: reading and listing it, and, when it is one of the piano net, building and
 * running it. */
#include "listen/piano.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads all that the reader hands out. */
static void visit(const coch_gguf *file)
{
    char text[48];
    for (size_t i = 0;; i++) {
        const char *key = coch_gguf_entry(file, i, text, sizeof text);
        int64_t integers[8];
        float floats[8];
        double number;
        size_t count;
        if (!key) {
            break;
        }
        coch_gguf_integer(file, key, integers);
        coch_gguf_float(file, key, &number);
        coch_gguf_integers(file, key, integers, 8, &count);
        coch_gguf_float_array(file, key, floats, 8, &count);
    }
    for (size_t i = 0; i < coch_gguf_tensors(file); i++) {
        const coch_gguf_tensor *tensor = coch_gguf_tensor_at(file, i);
        float *out = malloc(tensor->count * sizeof *out);
        if (!out || coch_gguf_floats(file, tensor->name, tensor->shape, tensor->dims, out) != COCHLEA_OK) {
            abort();
        }
        free(out);
    }
}

/* A few hops of a signal. */
static void run(const coch_piano_model *model)
{
    coch_piano *piano;
    float hop[32768] = {0};
    if (coch_piano_new(&piano, model, coch_kernels_select(0)) != COCHLEA_OK) {
        return;
    }
    if (coch_piano_model_hop(model) > sizeof hop / sizeof *hop) {
        abort();
    }
    for (size_t i = 0; i < coch_piano_model_hop(model); i++) {
        hop[i] = (float)(i % 32) / 32 - 0.5f;
    }
    for (int t = 0; t < 2; t++) {
        coch_piano_process(piano, hop);
    }
    coch_piano_free(piano);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *bytes; /* a block that ends with the file, aligned as the reader asks */
    char why[64];
    coch_gguf *file;
    coch_piano_model *model;
    if (posix_memalign(&bytes, 64, size ? size : 1) != 0) {
        return 0;
    }
    if (size) {
        memcpy(bytes, data, size);
    }
    if (coch_gguf_open_memory(&file, bytes, size, why, sizeof why) == COCHLEA_OK) {
        visit(file);
        if (coch_piano_model_new(&model, file, why, sizeof why) == COCHLEA_OK) {
            run(model);
            coch_piano_model_free(model);
        }
        coch_gguf_free(file);
    }
    free(bytes);
    return 0;
}
