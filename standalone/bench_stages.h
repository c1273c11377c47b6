/* What each stage of the piano branch costs, hop by hop, on one core. */
#ifndef COCHLEA_STANDALONE_BENCH_STAGES_H
#define COCHLEA_STANDALONE_BENCH_STAGES_H

typedef struct bench_stages {
    double rate;     /* of the sound, Hz */
    double resample; /* microseconds per hop, and so on */
    double front_end;
    double net;
    double tracker;
    double instrument;       /* microseconds per 10 ms: what is playing, from the audio on */
    double instrument_worst; /* longest of its steps, microseconds */
    double whole;            /* everything, through the engine in its inline drive */
    double worst;            /* longest hop of the stages together, microseconds */
    double realtime;         /* seconds of sound per second */
    const char *kernels;
} bench_stages;

/* Measures over `seconds` of sound at `rate`, with the instruction sets of `cpu_mask` (see dsp/cpu.h).
 * Returns 0, or -1 without memory. */
int bench_stages_measure(bench_stages *stages, double rate, double seconds, unsigned cpu_mask);

#endif
