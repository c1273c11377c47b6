/* tell_evidence IN.wav: the evidence of the built-in weights on the standard output, for likelihoods.py. A
 * hop is its time as a double, then 88 probabilities of the last deadline and 88 ages, as floats. */
#include "engine/cochlea.h"

#include <sndfile.h>
#include <stdio.h>

enum { BLOCK = 160, HOPS = 16 };

static void tell(cochlea *ear, double rate)
{
    cochlea_hop hops[HOPS];
    cochlea_event events[64];
    for (size_t n; (n = cochlea_evidence(ear, hops, HOPS)) > 0;)
        for (size_t i = 0; i < n; i++) {
            double time = (double)hops[i].time / rate;
            fwrite(&time, sizeof time, 1, stdout);
            fwrite(hops[i].settled, sizeof(float), COCHLEA_KEYS, stdout);
            fwrite(hops[i].age, sizeof(float), COCHLEA_KEYS, stdout);
        }
    while (cochlea_events(ear, events, 64) > 0)
        ;
}

int main(int argc, char **argv)
{
    cochlea_model *model;
    cochlea *ear;
    cochlea_settings settings;
    SF_INFO info = {0};
    float block[BLOCK];
    SNDFILE *file = argc == 2 ? sf_open(argv[1], SFM_READ, &info) : NULL;
    if (!file || info.channels != 1 || cochlea_model_open(&model, NULL, NULL, 0) != COCHLEA_OK)
        return 1;
    cochlea_settings_default(&settings);
    settings.sample_rate = info.samplerate;
    settings.evidence = 1;
    if (cochlea_open(&ear, model, &settings) != COCHLEA_OK)
        return 1;
    for (sf_count_t n; (n = sf_read_float(file, block, BLOCK)) > 0;) {
        cochlea_feed(ear, block, (size_t)n);
        tell(ear, info.samplerate);
    }
    cochlea_flush(ear);
    tell(ear, info.samplerate);
    cochlea_close(ear);
    cochlea_model_close(model);
    sf_close(file);
    return 0;
}
