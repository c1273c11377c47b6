/* One interface to what brings sound in and takes MIDI out: native JACK, or PortAudio with RtMidi beside it.
 *
 * A backend calls `process` on its audio thread for every block; all the rest is called by one main thread.
 * What a library prints by itself is kept off the terminal; failures come back as one phrase. */
#ifndef COCHLEA_STANDALONE_BACKEND_H
#define COCHLEA_STANDALONE_BACKEND_H

#include "base/attributes.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define BACKEND_WHY_SIZE 256
#define BACKEND_NAME_SIZE 128

/* Sends one MIDI message at `frame` of the present block (0..frames-1, never before the last one sent).
 * [audio] */
typedef void backend_send(void *port, uint32_t frame, const uint8_t *bytes, size_t count);

/* What `process` gets; valid during the call. */
typedef struct backend_block {
    const float *input; /* [frames] mono */
    float *output;      /* [frames] mono, silent, for what is to be heard; NULL where none was asked for or is
                           there */
    uint32_t frames;    /* 1..8192 */
    int64_t position;   /* frames that came before, since the start */
    int offline;        /* nonzero: time does not run (freewheel), take as long as it takes */
    backend_send *send;
    void *port; /* first argument of send */
} backend_block;

/* Called for every block. [audio] */
typedef void backend_process(void *context, const backend_block *block);

typedef struct backend_request {
    const char *input;    /* number or part of a name, NULL for the default */
    const char *midi_out; /* number or part of a name; NULL: a port of our own; "none": no MIDI */
    int sound_out;        /* nonzero: an output is wanted, too; without one the input opens all the same */
    const char
        *output; /* where it goes: as `input`, NULL for the default; "none": a port of our own (JACK) */
    size_t (*sound_delay)(double rate); /* samples between sound and what of it goes out, to be told to the
                                           system; NULL where that has nothing to do with it */
    double delay_ms;                    /* between sound and its MIDI, to be told to the system */
    backend_process *process;
    void *context;
} backend_request;

typedef struct backend_info {
    char input[BACKEND_NAME_SIZE];  /* what is listened to; "" when nothing is connected yet */
    char output[BACKEND_NAME_SIZE]; /* where MIDI goes; "" for nowhere */
    char sound[BACKEND_NAME_SIZE];  /* where sound goes; "" for nowhere */
    double rate;                    /* Hz */
    uint32_t period;                /* frames of a block; 0 when they vary */
    double input_latency_ms;        /* from the microphone's socket to the callback */
    int has_output;                 /* nonzero: blocks have an output */
    double output_latency_ms;       /* from the callback to the loudspeaker's socket */
} backend_info;

typedef struct backend backend;

typedef struct backend_kind {
    const char *name; /* for --backend */

    /* Opens without starting. Returns 0, or -1 with the reason in `why`. */
    int (*open)(backend **made, const backend_request *request, char *why, size_t why_size);
    int (*start)(backend *b, char *why, size_t why_size);

    /* Whether the device is still there, as far as the library tells; renews info's latency. */
    int (*alive)(backend *b);

    /* Optional. Writes the names of what can be listened to (`midi` 0) or sent to (1), as `connect` and
     * backend_request take them; returns how many. */
    size_t (*names)(backend *b, int midi, char names[][BACKEND_NAME_SIZE], size_t most);

    /* Optional, between start and stop: connects the input (`midi` 0) or the MIDI output (1) to `name` and to
     * nothing else; NULL is what a request's NULL is. Returns 0, -1 with the reason, or 1 when the backend
     * has to be opened anew for that. */
    int (*connect)(backend *b, int midi, const char *name, char *why, size_t why_size);

    /* Optional: another delay between sound and its MIDI, to be told to the system. */
    void (*delay)(backend *b, double ms);

    /* No call of `process` is under way or follows when it returns. */
    void (*stop)(backend *b);

    /* What was sent is out when it returns. */
    void (*close)(backend *b);

    /* Writes the devices, one a line; returns how many inputs there are, or -1 with the reason. */
    int (*list)(FILE *to, char *why, size_t why_size);
} backend_kind;

/* Whether a device that was lost can be opened again. */
typedef enum backend_return {
    BACKEND_NEVER,   /* not in this process */
    BACKEND_PERHAPS, /* when the user expects it */
    BACKEND_OFTEN    /* plugs are pulled and put back */
} backend_return;

/* Head of every backend's own struct. */
struct backend {
    const backend_kind *kind;
    const char *device; /* what is lost when it is lost: "the JACK server", "the sound card" */
    backend_return comes_back;
    backend_info info;       /* set by open */
    backend_send *late_send; /* takes MIDI also between stop and close, its port is the backend; NULL where
                                the sound carries it */
    atomic_int lost;         /* the device or server is gone */
    atomic_uint overruns;    /* blocks that the system says were lost or late */
};

/* The kinds of this build, best first; NULL-terminated. */
extern const backend_kind *const backend_kinds[];

/* The kind of that name, NULL when this build does not have it. */
const backend_kind *backend_find(const char *name);

/* Opens the first kind that works, or the one named; "auto" is any. The reasons of all that did not are
 * in `why`. */
int backend_open(backend **made, const char *name, const backend_request *request, char *why,
                 size_t why_size);
void backend_close(backend *b);

/* Whether the engine can work at its rate, and, where `rate` (Hz) is not 0, whether it is that of before the
 * device was lost. If not, says so in `why`. [main] */
int backend_rate_fits(const backend *b, double rate, char *why, size_t why_size);

/* Chooses among names by `wanted`: a number (from 0), a whole name, or the first that contains it, whatever
 * the case. Returns its index, or -1. */
int backend_choose(const char *wanted, const char *const *names, size_t count);

#endif
