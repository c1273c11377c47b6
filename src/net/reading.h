/* Reading a model out of a weight file, where the first mistake counts: later calls see that `status` is set
 * and change nothing, so that a reader need not look at each result. All functions: [main]. */
#ifndef COCH_NET_READING_H
#define COCH_NET_READING_H

#include "net/gguf.h"

typedef struct coch_reading {
    const coch_gguf *file;
    cochlea_status status;
    char *why; /* may be NULL */
    size_t why_size;
} coch_reading;

/* Keeps a failure and writes "SUBJECT MISTAKE" into why, if it is the first. */
void coch_reading_fail(coch_reading *reading, cochlea_status status, const char *subject,
                       const char *mistake);

/* The same for the entry `key`, which is missing (status MISSING) or has an impossible value (any other). */
void coch_reading_refuse(coch_reading *reading, cochlea_status status, const char *key);

/* Turns the result of loading what `subject` names (OK too) into the reading's. */
void coch_reading_loaded(coch_reading *reading, cochlea_status status, const char *subject);

/* general.architecture must be `name`, and the integer at `version_key` `version`; else UNSUPPORTED or
 * MISSING. */
void coch_reading_identity(coch_reading *reading, const char *name, const char *version_key, int64_t version);

/* An entry within low..high; `low` and a failure (MISSING, FORMAT) when there is none. Numbers: NaN is
 * refused. */
int64_t coch_reading_integer(coch_reading *reading, const char *key, int64_t low, int64_t high);
double coch_reading_number(coch_reading *reading, const char *key, double low, double high);

/* The same, and `otherwise` where the file has no such entry. */
double coch_reading_number_or(coch_reading *reading, const char *key, double low, double high,
                              double otherwise);

/* An array of least..most integers, each in low..high. Returns how many, 0 on failure. */
size_t coch_reading_integers(coch_reading *reading, const char *key, size_t least, size_t most, int64_t low,
                             int64_t high, int64_t *values);

/* An array of exactly `count` numbers in low..high; all zero on failure. */
void coch_reading_numbers(coch_reading *reading, const char *key, size_t count, float low, float high,
                          float *values);

#endif
