/* Cochlea: a listening instrument. The public interface of libcochlea.
 *
 *     cochlea_model *model;
 *     cochlea_model_open(&model, NULL, NULL, 0);               // the weights inside the library
 *     cochlea_settings settings;
 *     cochlea_settings_default(&settings);
 *     settings.sample_rate = 48000;
 *     cochlea *ear;
 *     cochlea_open(&ear, model, &settings);
 *     ... per block:  cochlea_feed(ear, samples, count);
 *                     n = cochlea_events(ear, events, capacity);
 *     cochlea_flush(ear); take the last events; cochlea_close(ear); cochlea_model_close(model);
 *
 * Threads: see the legend in base/attributes.h. One thread feeds and takes events ([audio]); opening,
 * flushing and closing are [main]. Identical audio gives identical events, whatever the sizes of the blocks.
 */
#ifndef COCHLEA_H
#define COCHLEA_H

#include "base/attributes.h"
#include "base/status.h"
#include "music/event.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cochlea cochlea;
typedef struct cochlea_model cochlea_model;
typedef struct cochlea_instruments cochlea_instruments;

/* Where the nets run. Both give identical events for identical audio. */
typedef enum cochlea_drive {
    COCHLEA_INLINE = 0, /* inside cochlea_feed: files, freewheel, offline bounce */
    COCHLEA_WORKER = 1  /* on a thread of the engine's own: live */
} cochlea_drive;

typedef enum cochlea_timing {
    COCHLEA_FAST = 0,  /* a note is sent as soon as it is sure */
    COCHLEA_STEADY = 1 /* every note is sent exactly steady_ms after its onset, later only if decided later */
} cochlea_timing;

typedef struct cochlea_settings {
    double sample_rate; /* Hz, 8000..192000 */
    cochlea_drive drive;
    cochlea_timing timing;
    double steady_ms;     /* 20..200, for COCHLEA_STEADY */
    double lookahead_ms;  /* how long after an onset a decision may wait: 10..200; larger is more accurate */
    float sensitivity;    /* 0.5..2: above 1 hears more (and more that was not played) */
    float min_confidence; /* 0..1: notes less sure than this are not sent */
    float velocity_curve; /* exponent on velocity / 127, 0.25..4; 1 leaves it as heard */
    double tuning_hz;     /* A4, 400..480 */
    int sustain;          /* nonzero: the pedal is sent as controller 64 */
    int transpose;        /* semitones added to the notes sent, -48..48 */
    uint8_t low_note, high_note;            /* MIDI notes listened for */
    unsigned cpu_mask;                      /* instruction sets allowed, ~0 for all (see dsp/cpu.h) */
    const cochlea_instruments *instruments; /* also tell what is playing; NULL (the default) does not */
    int only_piano; /* nonzero: no notes while something else clearly plays; needs instruments */
    int evidence;   /* nonzero: cochlea_evidence() tells what the notes were decided by */
} cochlea_settings;

/* What the engine knows of itself; a consistent snapshot. */
typedef struct cochlea_stats {
    int64_t samples;      /* input samples consumed */
    int64_t hops;         /* hops processed */
    int64_t dropped_hops; /* lost to overload */
    int64_t late_notes;   /* steady timing: decided after their time to be sent */
    int64_t lost_events;  /* found the event queue full */
    float peak;           /* largest magnitude of the last 100 ms of input, 1 is full scale */
    int clipped;          /* nonzero when that reached full scale */
    unsigned sounding;    /* notes now on */
    int pedal;            /* sustain pedal now down */
    float load;           /* share of one core that the nets take, smoothed over a second; 0 inline */
    float worst_step_ms;  /* longest hop since the start; 0 inline */
    int realtime;         /* nonzero when the worker's thread has real-time priority */
} cochlea_stats;

#define COCHLEA_KEYS 88      /* of the piano; key 0 is MIDI note COCHLEA_FIRST_KEY */
#define COCHLEA_FIRST_KEY 21 /* A0 */

/* What was heard of every key in one hop, for those who know more than the ear: what ought to sound now.
 * Neither sensitivity nor transposition nor the range of notes changes it. An
 * onset shows in the hops of some 100 ms; a note is sent when its probability first passes a threshold that
 * depends on the deadline. */
typedef struct cochlea_hop {
    int64_t time;                 /* input samples: the end of its sound */
    int64_t emit;                 /* input samples consumed when it left the engine */
    float onset[COCHLEA_KEYS];    /* probability of an onset a moment ago, 0..1, by the surest deadline */
    float settled[COCHLEA_KEYS];  /* the same by the last deadline: later, and more often right */
    float age[COCHLEA_KEYS];      /* seconds from that onset to `time`, if there is one; any value else */
    float velocity[COCHLEA_KEYS]; /* of that onset, 1 is full scale */
} cochlea_hop;

#define COCHLEA_INSTRUMENTS_MAX 16

/* What is playing, as of the last 100 ms; a consistent snapshot. */
typedef struct cochlea_instrument {
    float p[COCHLEA_INSTRUMENTS_MAX]; /* probability of each class, in the order of their names; sum 1 */
    int label;                        /* the most probable class, -1 before the first decision */
    int shown;        /* the class to be shown: changes only when another is sure enough; -1 for none */
    float confidence; /* probability of the label */
    int muted;        /* nonzero while only_piano holds notes back */
    int64_t samples;  /* input samples heard for it */
} cochlea_instrument;

/* ---- Model [main] ---- */

/* Opens weights: a GGUF file, or with path NULL those inside the library. On failure `why` (may be NULL), of
 * `why_size` bytes, receives a phrase that says what is wrong. A model is constant: any number of engines may
 * share it, and it must outlive them. Errors: OPEN, READ, FORMAT, UNSUPPORTED, MISSING, MEMORY. */
COCHLEA_API cochlea_status cochlea_model_open(cochlea_model **model, const char *path, char *why,
                                              size_t why_size);
COCHLEA_API void cochlea_model_close(cochlea_model *model);

/* The same for the weights that tell instruments apart. */
COCHLEA_API cochlea_status cochlea_instruments_open(cochlea_instruments **instruments, const char *path,
                                                    char *why, size_t why_size);
COCHLEA_API void cochlea_instruments_close(cochlea_instruments *instruments);

/* The name of class `index` ("piano", "tenor_sax", ...; "other" is something else, "none" silence or noise);
 * NULL past the last. [any] */
COCHLEA_API const char *cochlea_instruments_name(const cochlea_instruments *instruments, int index);

/* ---- Engine ---- */

/* 44100 Hz, inline, fast, look-ahead 100 ms, everything else neutral. [any] */
COCHLEA_API void cochlea_settings_default(cochlea_settings *settings);

/* Errors: ARGUMENT (a setting out of its range), MEMORY, STATE (no thread could be started). [main] */
COCHLEA_API cochlea_status cochlea_open(cochlea **ear, const cochlea_model *model,
                                        const cochlea_settings *settings);
COCHLEA_API void cochlea_close(cochlea *ear);

/* Feeds `count` mono samples (full scale +-1; values that are not finite count as silence) and returns how
 * many were taken. Inline, fewer are taken only when the event queue has no room for another hop: take events
 * and feed the rest. With a worker all are always taken; when it cannot keep up, whole hops are dropped,
 * oldest first, counted, and everything sounding is released. [audio] */
COCHLEA_API size_t cochlea_feed(cochlea *ear, const float *samples, size_t count) COCH_REALTIME;

/* Takes up to `capacity` events in the order in which they were sent; returns how many. [audio] */
COCHLEA_API size_t cochlea_events(cochlea *ear, cochlea_event *events, size_t capacity) COCH_REALTIME;

/* Takes up to `capacity` hops of evidence, oldest first, at the time of the events that they led to; returns
 * how many. None without settings.evidence. The engine keeps 64; what comes when these were not taken is
 * lost. [audio] */
COCHLEA_API size_t cochlea_evidence(cochlea *ear, cochlea_hop *hops, size_t capacity) COCH_REALTIME;

/* The end of the input: hears out what is still undecided and ends every sounding note; the events wait in
 * the queue. After that only cochlea_events, cochlea_reset and cochlea_close are allowed; feeding takes
 * nothing. Errors: FULL when the event queue has no room for them all: take events and call again. [main] */
COCHLEA_API cochlea_status cochlea_flush(cochlea *ear);

/* Back to the start: pending events are dropped, then note-offs (and pedal up) for all that sounds are
 * queued, and time starts at 0 again. [audio] */
COCHLEA_API void cochlea_reset(cochlea *ear) COCH_REALTIME;

/* While time does not run (JACK freewheels, a host bounces), the nets of an engine with a worker run inside
 * cochlea_feed, so that nothing is dropped however fast the samples come. Turning that on waits until the
 * worker has finished its hop, which such a moment allows; turning it off never waits. Inline it does
 * nothing. Called by the thread that feeds. [audio] */
COCHLEA_API void cochlea_offline(cochlea *ear, int offline);

/* Changes settings while the engine runs, from the next hop on: timing, steady_ms, lookahead_ms, sensitivity,
 * min_confidence, velocity_curve, tuning_hz, sustain, transpose, low_note, high_note, only_piano; and
 * instruments, between NULL (which costs nothing) and what it was opened with. What these no longer allow to
 * sound is released; another tuning starts from silence. Errors: ARGUMENT (out of range, or another sample
 * rate, drive, cpu mask, instruments or evidence than it was opened with), FULL (too many changes at
 * once: call again later). [main], or [audio] where that thread alone calls this and cochlea_swap() is not
 * called meanwhile. */
COCHLEA_API cochlea_status cochlea_change(cochlea *ear, const cochlea_settings *settings) COCH_REALTIME;

/* Puts another model in place of the present one while the engine runs: built here, taken over by the nets at
 * a hop, after which all sounding notes are released. The old model may be closed once cochlea_swapped() says
 * so. Errors: ARGUMENT (other rate or hop), MEMORY, STATE (the last swap is not finished yet), FULL. [main]
 */
COCHLEA_API cochlea_status cochlea_swap(cochlea *ear, const cochlea_model *model);

/* Nonzero when no swap is under way; frees what the last one replaced. [main] */
COCHLEA_API int cochlea_swapped(cochlea *ear);

/* Fixed delay from an onset to its event in steady timing, in input samples (0 when timing is fast). [any] */
COCHLEA_API uint32_t cochlea_latency(const cochlea *ear);

/* Latest snapshot. Not from two threads at once. [main] */
COCHLEA_API void cochlea_get_stats(cochlea *ear, cochlea_stats *stats);

/* What the ear saw in the newest hop, for drawing: [COCHLEA_FEATURE_BINS][COCHLEA_FEATURE_WINDOWS]
 * logarithmic magnitudes, a third of a semitone each, bin 7 is A0 of a piano tuned to tuning_hz; through a
 * short, a middle and a long window. -1 is silence, 1 more is 23.8 dB more. Returns nonzero when they were
 * not read before. Not from two threads at once. [main] */
#define COCHLEA_FEATURE_BINS 300
#define COCHLEA_FEATURE_WINDOWS 3
#define COCHLEA_FEATURES (COCHLEA_FEATURE_BINS * COCHLEA_FEATURE_WINDOWS)
COCHLEA_API int cochlea_get_features(cochlea *ear, float *features);

/* Latest decision; label -1 when there is none yet, or no instruments were given. Not from two threads at
 * once. [main] */
COCHLEA_API void cochlea_get_instrument(cochlea *ear, cochlea_instrument *instrument);

#ifdef __cplusplus
}
#endif

#endif
