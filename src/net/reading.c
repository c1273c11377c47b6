#include "net/reading.h"

#include <stdio.h>
#include <string.h>

void coch_reading_fail(coch_reading *reading, cochlea_status status, const char *subject, const char *mistake)
{
    if (reading->status != COCHLEA_OK) {
        return;
    }
    reading->status = status;
    if (reading->why && reading->why_size > 0) {
        snprintf(reading->why, reading->why_size, "%s %s", subject, mistake);
    }
}

void coch_reading_refuse(coch_reading *reading, cochlea_status status, const char *key)
{
    coch_reading_fail(reading, status, key,
                      status == COCHLEA_ERROR_MISSING ? "is missing" : "has an impossible value");
}

void coch_reading_loaded(coch_reading *reading, cochlea_status status, const char *subject)
{
    if (status != COCHLEA_OK) {
        coch_reading_fail(reading, status, subject,
                          status == COCHLEA_ERROR_MISSING
                              ? "is missing"
                              : "has a shape that does not fit, or a number that is not finite");
    }
}

void coch_reading_identity(coch_reading *reading, const char *name, const char *version_key, int64_t version)
{
    char mistake[80];
    const char *architecture = coch_gguf_string(reading->file, "general.architecture");
    if (!architecture) {
        coch_reading_refuse(reading, COCHLEA_ERROR_MISSING, "general.architecture");
    } else if (strcmp(architecture, name) != 0) {
        snprintf(mistake, sizeof mistake, "is not %s", name);
        coch_reading_fail(reading, COCHLEA_ERROR_UNSUPPORTED, "general.architecture", mistake);
    }
    int64_t found = 0;
    cochlea_status status = coch_gguf_integer(reading->file, version_key, &found);
    if (status != COCHLEA_OK) {
        coch_reading_refuse(reading, status, version_key);
    } else if (found != version) {
        snprintf(mistake, sizeof mistake, "is not %lld", (long long)version);
        coch_reading_fail(reading, COCHLEA_ERROR_UNSUPPORTED, version_key, mistake);
    }
}

int64_t coch_reading_integer(coch_reading *reading, const char *key, int64_t low, int64_t high)
{
    int64_t value = 0;
    cochlea_status status = coch_gguf_integer(reading->file, key, &value);
    if (status == COCHLEA_OK && (value < low || value > high)) {
        status = COCHLEA_ERROR_FORMAT;
    }
    if (status != COCHLEA_OK) {
        coch_reading_refuse(reading, status, key);
        return low;
    }
    return value;
}

double coch_reading_number_or(coch_reading *reading, const char *key, double low, double high,
                              double otherwise)
{
    double value = 0;
    int missing = coch_gguf_float(reading->file, key, &value) == COCHLEA_ERROR_MISSING;
    return missing ? otherwise : coch_reading_number(reading, key, low, high);
}

double coch_reading_number(coch_reading *reading, const char *key, double low, double high)
{
    double value = 0;
    cochlea_status status = coch_gguf_float(reading->file, key, &value);
    if (status == COCHLEA_OK && !(value >= low && value <= high)) {
        status = COCHLEA_ERROR_FORMAT;
    }
    if (status != COCHLEA_OK) {
        coch_reading_refuse(reading, status, key);
        return low;
    }
    return value;
}

size_t coch_reading_integers(coch_reading *reading, const char *key, size_t least, size_t most, int64_t low,
                             int64_t high, int64_t *values)
{
    size_t count = 0;
    cochlea_status status = coch_gguf_integers(reading->file, key, values, most, &count);
    if (status == COCHLEA_OK && count < least) {
        status = COCHLEA_ERROR_FORMAT;
    }
    for (size_t i = 0; i < count && status == COCHLEA_OK; i++) {
        if (values[i] < low || values[i] > high) {
            status = COCHLEA_ERROR_FORMAT;
        }
    }
    if (status != COCHLEA_OK) {
        coch_reading_refuse(reading, status, key);
        return 0;
    }
    return count;
}

void coch_reading_numbers(coch_reading *reading, const char *key, size_t count, float low, float high,
                          float *values)
{
    size_t found = 0;
    cochlea_status status = coch_gguf_float_array(reading->file, key, values, count, &found);
    if (status == COCHLEA_OK && found != count) {
        status = COCHLEA_ERROR_FORMAT;
    }
    for (size_t i = 0; i < count && status == COCHLEA_OK; i++) {
        if (!(values[i] >= low && values[i] <= high)) {
            status = COCHLEA_ERROR_FORMAT;
        }
    }
    if (status != COCHLEA_OK) {
        memset(values, 0, count * sizeof *values);
        coch_reading_refuse(reading, status, key);
    }
}
