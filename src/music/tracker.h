/* The tracker: activations of the keys in, notes and pedal out.
 *
 * The net gives each key an onset probability per deadline (how many frames after the onset it may wait). The
 * cascade fires at the first frame in which any enabled deadline is sure enough by its own threshold: early
 * when the note is clear, late when it is not. models/train/decode.py is the reference that this equals event
 * for event. */
#ifndef COCH_MUSIC_TRACKER_H
#define COCH_MUSIC_TRACKER_H

#include "base/attributes.h"
#include "music/pedal.h"

#include <stddef.h>
#include <stdint.h>

#define COCH_KEYS_MAX 88
#define COCH_DEADLINES_MAX 8
#define COCH_REGISTERS 4 /* keys 0-14, 15-38, 39-62, 63-87 of 88 */

/* Activations of one frame, as probabilities 0..1 but for velocity (0..1 of full scale, may exceed) and age.
 */
typedef struct coch_activations {
    float onset[COCH_KEYS_MAX][COCH_DEADLINES_MAX];
    float velocity[COCH_KEYS_MAX][COCH_DEADLINES_MAX];
    float sounding[COCH_KEYS_MAX]; /* still heard, key down or pedal */
    float held[COCH_KEYS_MAX];     /* key down */
    float pedal[COCH_PEDAL_CLASSES];
    float age[COCH_KEYS_MAX]; /* seconds from the onset to the end of the frame, where an onset is likely */
} coch_activations;

/* Constants of decoding, fitted when the model was made and stored with it. */
typedef struct coch_tracker_config {
    unsigned keys;                         /* <= COCH_KEYS_MAX */
    unsigned first_key;                    /* MIDI note of key 0 */
    unsigned deadlines;                    /* <= COCH_DEADLINES_MAX */
    unsigned deadline[COCH_DEADLINES_MAX]; /* frames, ascending */
    /* Thresholds for each prefix of the list of deadlines (prefix p enables deadlines 0..p), infinite where
     * disabled. */
    float threshold[COCH_DEADLINES_MAX][COCH_DEADLINES_MAX][COCH_REGISTERS];
    double longest_age;        /* seconds; no onset is placed further back */
    float rearm_level;         /* of probability / threshold */
    unsigned rearm_frames;     /* after a fire */
    float off_level;           /* of sounding */
    float off_held;            /* share of sounding that is taken away as the key seems released, 0..1 */
    double off_shift;          /* seconds from the offset to the end of the deciding frame */
    unsigned off_guard_frames; /* no note-off is looked for this soon after a fire */
    coch_pedal_config pedal;
    double frame_seconds; /* hop / rate */
} coch_tracker_config;

/* What the user may choose. */
typedef struct coch_tracker_options {
    unsigned prefix;      /* deadlines 0..prefix are used; < config.deadlines */
    float sensitivity;    /* thresholds are divided by this; 1 as fitted */
    float min_confidence; /* notes below are not sent, 0..1 */
    int sustain; /* send the pedal (CC 64) and note-offs at key release; else offs when the sound ends */
    uint8_t low, high; /* MIDI notes sent */
} coch_tracker_options;

typedef enum coch_track_type { COCH_TRACK_ON, COCH_TRACK_OFF, COCH_TRACK_PEDAL } coch_track_type;

/* One decision; at most COCH_TRACK_MAX per frame. Times are seconds since the start or reset. */
typedef struct coch_track {
    coch_track_type type;
    uint8_t note;     /* MIDI */
    uint8_t velocity; /* 1..127 for ON; 0 or 127 for PEDAL */
    float confidence; /* 0..1 for ON */
    double time;
} coch_track;

#define COCH_TRACK_MAX (2 * COCH_KEYS_MAX + COCH_PEDAL_CHANGES_MAX)

typedef struct coch_tracker_key {
    uint8_t armed;    /* may fire */
    uint8_t sounding; /* a note-on without its note-off */
    uint8_t below;    /* the last frame was under the off level */
    unsigned since;   /* frames since the last fire, saturating */
    double onset;     /* of the sounding note, seconds */
} coch_tracker_key;

/* All state of one stream; plain data, no pointers but to the constant configuration. */
typedef struct coch_tracker {
    const coch_tracker_config *config;
    coch_tracker_options options;
    int64_t frame; /* frames seen */
    coch_pedal pedal;
    coch_tracker_key key[COCH_KEYS_MAX];
} coch_tracker;

void coch_tracker_default_options(const coch_tracker_config *config, coch_tracker_options *options);

/* Largest prefix whose last deadline lies within `seconds`, the first one if none does. [any] */
unsigned coch_tracker_prefix(const coch_tracker_config *config, double seconds);

/* Starts a stream; the configuration must outlive it. [main] */
void coch_tracker_init(coch_tracker *tracker, const coch_tracker_config *config,
                       const coch_tracker_options *options);

/* Back to frame 0 with nothing sounding; sends nothing (see coch_tracker_flush). [worker] */
void coch_tracker_reset(coch_tracker *tracker) COCH_REALTIME;

/* One frame; writes decisions to out[COCH_TRACK_MAX], note-offs before note-ons of the same key, and returns
 * how many. [worker] */
size_t coch_tracker_process(coch_tracker *tracker, const coch_activations *activations,
                            coch_track *out) COCH_REALTIME;

/* How much speaks for an onset of a key in a frame: the largest ratio of probability to fitted threshold over
 * the enabled deadlines, whatever the sensitivity; and the deadline that has it. [worker] */
float coch_tracker_surest(const coch_tracker *tracker, const coch_activations *activations, unsigned key,
                          unsigned *deadline) COCH_REALTIME;

/* Ends every sounding note and lifts the pedal, at `time` seconds; same output bound. [worker] */
size_t coch_tracker_flush(coch_tracker *tracker, double time, coch_track *out) COCH_REALTIME;

#endif
