/* Where the playing comes from: an input device, or a recording at its own pace; and the way of what is
 * played along to a MIDI port. */
#ifndef COCHLEA_STANDALONE_PRACTICE_SOURCE_H
#define COCHLEA_STANDALONE_PRACTICE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

typedef struct practice_source practice_source;

typedef struct practice_source_options {
    const char *file;                       /* a recording; NULL: a device */
    const char *backend, *input, *midi_out; /* as for backend_open() */
} practice_source_options;

/* Opens and starts. On failure `why` receives the reason and -1 is returned. [main] */
int practice_source_open(practice_source **source, const practice_source_options *options, char *why,
                         size_t why_size);
void practice_source_close(practice_source *source);

double practice_source_rate(const practice_source *source);      /* Hz */
const char *practice_source_name(const practice_source *source); /* of device or file */
double practice_source_latency(const practice_source *source);   /* ms, of the input */

/* Whether the device is there, or the recording not at its end. [main] */
int practice_source_alive(practice_source *source);

/* The highest level since the last call, 1 is full scale. [main] */
float practice_source_peak(practice_source *source);

/* ---- One thread ---- */

/* Mono samples that have come since, at most `most`; 0 when there are none now. What found no room in time is
 * silence. With `hold` nonzero a recording stands still. */
size_t practice_source_read(practice_source *source, float *mono, size_t most, int hold);

/* A recording begins anew. */
void practice_source_rewind(practice_source *source);

/* Sends a MIDI message when that many seconds of input have come; in the order of time. */
void practice_source_send(practice_source *source, double seconds, const uint8_t bytes[3]);

#endif
