/* Where the playing comes from: an input device, or a recording at its own pace; and the way of what is
 * played along, to a MIDI port and, as sound, to the device's own output. */
#ifndef COCHLEA_STANDALONE_PRACTICE_SOURCE_H
#define COCHLEA_STANDALONE_PRACTICE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

typedef struct practice_source practice_source;

typedef struct practice_source_options {
    const char *file;                       /* a recording; NULL: a device */
    const char *backend, *input, *midi_out; /* as for backend_open() */
    int sound;        /* nonzero: what is played along is heard, if there is a sound font */
    const char *font; /* that sound font; NULL: one of the usual places */
    double patience; /* seconds that a lost device is waited for; negative: for ever if it comes back often */
} practice_source_options;

typedef enum practice_source_state {
    PRACTICE_SOURCE_RUNS = 0,
    PRACTICE_SOURCE_WAITS, /* the device is lost, and waited for; time stands still */
    PRACTICE_SOURCE_ENDED  /* the recording is at its end, the device gone for good */
} practice_source_state;

/* Opens and starts. On failure `why` receives the reason and -1 is returned. [main] */
int practice_source_open(practice_source **source, const practice_source_options *options, char *why,
                         size_t why_size);
void practice_source_close(practice_source *source);

double practice_source_rate(const practice_source *source);      /* Hz */
const char *practice_source_name(const practice_source *source); /* of device or file */
const char *practice_source_kind(const practice_source *source); /* "the JACK server", "the sound card" */
int practice_source_sounds(const practice_source *source);       /* nonzero: what is played along is heard */
int practice_source_sends(const practice_source *source);        /* ... or sent to a MIDI port of others */
int practice_source_is_file(const practice_source *source);

/* From the time of a message to its sound in the input, as far as the system tells, in ms; 0 where nothing
 * sounds. */
double practice_source_latency(practice_source *source);

/* The inputs that this kind of device has, and which of them is heard; 0 for none to choose from. [main] */
#define PRACTICE_SOURCE_NAME 128 /* bytes */
size_t practice_source_inputs(practice_source *source, char names[][PRACTICE_SOURCE_NAME], size_t most,
                              size_t *present);

/* Listens to that one from now on. On failure to the former one, `why` receives the reason and -1 is
 * returned. [main] */
int practice_source_choose(practice_source *source, const char *name, char *why, size_t why_size);

/* The same for the ports that MIDI can go to: "" is one of our own, "none" no MIDI. [main] */
size_t practice_source_ports(practice_source *source, char names[][PRACTICE_SOURCE_NAME], size_t most,
                             size_t *present);
int practice_source_choose_port(practice_source *source, const char *name, char *why, size_t why_size);

/* Looks after the device: a lost one is tried again twice a second. To be called often. [main] */
practice_source_state practice_source_look(practice_source *source);

/* A line on a device that is lost, "" while all is well. */
void practice_source_notice(const practice_source *source, practice_source_state state, char *line,
                            size_t size);

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

/* All messages up to that time were sent: it can be rendered. */
void practice_source_sent(practice_source *source, double seconds);

#endif
