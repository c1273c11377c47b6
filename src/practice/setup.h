/* The set-up of a device in half a minute: how loud the room is, how the piano is tuned, how loud it comes
 * in, and how long sound takes from the program through loudspeaker and microphone. Samples in, results out;
 * the shell shows what to do and plays the clicks. */
#ifndef COCH_PRACTICE_SETUP_H
#define COCH_PRACTICE_SETUP_H

#include "base/attributes.h"
#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef enum coch_setup_stage {
    COCH_SETUP_QUIET = 0, /* 5 s: nobody plays */
    COCH_SETUP_TUNE,      /* 10 s: the A above middle C, again and again */
    COCH_SETUP_LEVEL,     /* 10 s: as loud as it will get */
    COCH_SETUP_LATENCY,   /* 5 s: nobody plays, the program clicks */
    COCH_SETUP_DONE
} coch_setup_stage;

enum { COCH_SETUP_CLICKS = 8 };

/* NAN: could not be measured. */
typedef struct coch_setup_result {
    double noise_db;   /* of the silence, full scale is 0 */
    double level_db;   /* loudest peak of the playing */
    double a4_hz;      /* 400..480 */
    double latency_ms; /* from a click to its sound in the input */
} coch_setup_result;

typedef struct coch_setup coch_setup;

/* Errors: ARGUMENT (a rate outside 8000..192000 Hz), MEMORY. [main] */
cochlea_status coch_setup_new(coch_setup **setup, double rate);
void coch_setup_free(coch_setup *setup);

/* Takes mono samples, full scale +-1. [worker] */
void coch_setup_feed(coch_setup *setup, const float *samples, size_t count) COCH_REALTIME;

/* The stage at this instant, and the seconds that are left of it. [worker] */
coch_setup_stage coch_setup_now(const coch_setup *setup, double *left) COCH_REALTIME;

/* How long a stage takes. [any] */
double coch_setup_seconds(coch_setup_stage stage);

/* When the clicks are to be played, seconds of input from the start. [any] */
void coch_setup_clicks(double times[COCH_SETUP_CLICKS]);

/* What is known so far. [worker] */
void coch_setup_get(const coch_setup *setup, coch_setup_result *result) COCH_REALTIME;

/* How far the loudest playing lies above the noise, dB, as coch_session_options has it: 0 where that is not
 * known. [any] */
double coch_setup_margin(const coch_setup_result *result);

/* A sentence about what stands in the way of hearing well with these results, NULL when nothing does. [any]
 */
const char *coch_setup_advice(const coch_setup_result *result);

#endif
