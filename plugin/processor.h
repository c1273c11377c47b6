/* What a plugin does, without a word about plugin formats: a table of functions and texts. A new processor is
 * a table of its own and a line in processors.h; LV2, CLAP and VST3 offer it without a change. */
#ifndef COCH_PLUGIN_PROCESSOR_H
#define COCH_PLUGIN_PROCESSOR_H

#include "base/status.h"
#include "engine/cochlea.h"
#include "parameters.h"
#include "timbre/hybrid.h"

#include <stddef.h>
#include <stdint.h>

#define COCH_CHANNELS_MAX 2

/* Takes a MIDI message of three bytes for frame `frame` of the block; frames never decrease within a block.
 * Returns 0 when it has no room: the message is offered again in the next block. [audio] */
typedef int coch_midi_send(void *sink, uint32_t frame, const uint8_t bytes[3]);

typedef enum coch_transport {
    COCH_TRANSPORT_UNKNOWN = 0,
    COCH_TRANSPORT_STOPPED,
    COCH_TRANSPORT_ROLLING
} coch_transport;

/* One call's worth of sound. Outputs may be the same memory as inputs. */
typedef struct coch_block {
    const float *in[COCH_CHANNELS_MAX]; /* [frames] each; NULL: not connected */
    float *out[COCH_CHANNELS_MAX];
    uint32_t frames;
    int offline; /* nonzero: nobody waits, the block may take its time, and results must not depend on it */
    coch_transport transport;
    coch_midi_send *send;
    void *sink;     /* for `send` */
    float *outputs; /* [output_count] of the processor, as after the block */
} coch_block;

#define COCH_WATCH_EVENTS 256
#define COCH_WATCH_BREAK 0 /* type of an event at which all that sounded has ended */

/* What a processor lets be seen of itself, for a window. Times count from its opening. */
typedef struct coch_watch {
    double rate; /* Hz, of all times */
    cochlea_event events[COCH_WATCH_EVENTS];
    size_t count;
    int lost; /* some events are missing: what sounds is not known */
    cochlea_stats stats;
    float features[COCHLEA_FEATURES];
    int fresh; /* the features or the spectra are new */

    /* Of a processor that changes the sound: dB of bands, as cochlea_hybrid_spectra(); 1 is full scale. */
    float before[COCHLEA_HYBRID_BANDS], after[COCHLEA_HYBRID_BANDS];
    float peak_out;
} coch_watch;

typedef struct coch_preset {
    const char *symbol, *name;
    const float *values; /* [parameter_count] */
} coch_preset;

#define COCH_PATH_MAX 4096 /* bytes of a path, with its end */

/* A file that the user may choose beside the parameters, for a processor that wants one. */
typedef struct coch_file_kind {
    const char *symbol; /* never changes: the end of its URI in LV2 */
    const char *name, *comment;
    const char *folder; /* where the user's own are looked for, below $XDG_DATA_HOME */
    const char *suffix; /* of their names */
} coch_file_kind;

/* What its window shows. */
typedef enum coch_picture { COCH_PICTURE_NOTES = 0, COCH_PICTURE_SPECTRA = 1 } coch_picture;

typedef struct coch_processor {
    const char *id;         /* never changes: "scribe" */
    uint8_t vst3_class[16]; /* never changes */
    const char *lv2_class;  /* of the lv2 core: "AnalyserPlugin" */
    const char *vst3_categories;
    unsigned channels; /* audio inputs, and as many outputs */
    int midi_out;
    coch_picture picture;
    const coch_parameter *parameters;
    size_t parameter_count;
    const coch_preset *presets;
    size_t preset_count;
    const coch_file_kind *file; /* NULL: none is wanted */

    /* What it says of the sound: numbers that hosts show and automate others with. Ids differ from those of
     * the parameters. Where the first is a choice whose label 1 + i names output 1 + i, the window draws
     * bars. */
    const coch_parameter *outputs;
    size_t output_count;

    /* Makes one at `rate` Hz, ready to run. Errors: ARGUMENT (rate), MEMORY, STATE. [main] */
    cochlea_status (*open)(void **self, double rate, const float *values);
    void (*close)(void *self); /* accepts NULL [main] */

    /* Forgets the past; what sounds outside is released in the next block. [audio] */
    void (*reset)(void *self) COCH_REALTIME;

    /* `values` are clean, one for each parameter. Any number of frames. [audio] */
    void (*process)(void *self, const float *values, const coch_block *block) COCH_REALTIME;

    /* Optional: what happened since the last call, from lock-free rings and slots. Call it again at once when
     * `events` came back full. [any], one at a time */
    void (*watch)(void *self, coch_watch *watch) COCH_REALTIME;

    /* With `file`: takes the one at `path` up into the sound, "" for none. Never while it is called already,
     * but also during process(). On failure the present one stays and `why` receives what is wrong. Errors:
     * OPEN, READ, MEMORY, FORMAT, UNSUPPORTED, MISSING. [main] or [worker] */
    cochlea_status (*choose)(void *self, const char *path, char *why, size_t why_size);

    /* Delay of the audio, and of MIDI against its sound, in samples. [any] */
    uint32_t (*latency)(double rate, const float *values) COCH_REALTIME;
} coch_processor;

#endif
