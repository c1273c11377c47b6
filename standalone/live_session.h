/* One live session: a backend, an ear, a recorder, and what ties them together, from the first block to the
 * last note-off. */
#ifndef COCHLEA_STANDALONE_LIVE_SESSION_H
#define COCHLEA_STANDALONE_LIVE_SESSION_H

#include "backend.h"
#include "engine/cochlea.h"
#include "live_process.h"
#include "live_recorder.h"
#include "live_signals.h"

#define LIVE_WHY_SIZE 640
#define LIVE_PATH_SIZE 1024

typedef struct live_options {
    const char *backend; /* "auto", "jack", "portaudio" */
    const char *input, *midi_out;
    const char *weights; /* a GGUF file, NULL for those inside the program */
    cochlea_settings settings;
    unsigned channel; /* MIDI, 0..15 */
    double seconds;   /* of sound to be heard; 0: until stopped */
    double wait;      /* seconds to wait for a device that is lost; negative: the backend's habit */
    live_files files;
    live_hybrid_options hybrid;
    int headless; /* no window */
} live_options;

/* What the main thread does while the session waits, for `seconds` or less; returns nonzero to end the
 * session. */
typedef int live_idle(void *context, double seconds);

typedef struct live_session {
    live_options options;
    cochlea_model *model;
    cochlea_model *former;            /* the ear may still use it; NULL for none */
    cochlea_instruments *instruments; /* NULL where nothing needs them */
    cochlea *ear;
    backend *audio;     /* NULL while the device is lost */
    const char *device; /* what is lost then */
    double patience;    /* seconds to wait for it */
    live_recorder *recorder;
    live_hybrid *hybrid; /* NULL where none is wanted */
    int usage;           /* opening failed for what was asked, not for what is there */
    live_process process;
    cochlea_stats stats; /* at the last look, and when it was closed */
    live_signals signals;
    live_idle *idle; /* NULL: nothing but waiting */
    void *idle_context;
    char chosen[2][BACKEND_NAME_SIZE]; /* input and MIDI port, as live_session_choose() was told */
    char weights[LIVE_PATH_SIZE];      /* likewise by live_session_swap() */
    double rate;
    int64_t stalled_at; /* samples heard when last looked, and looks since that changed */
    int stalled;
    int listening;    /* blocks may come */
    int write_failed; /* said already */
} live_session;

/* What the session came to. */
typedef enum live_end {
    LIVE_END_DONE,  /* its time was over */
    LIVE_END_ASKED, /* a signal */
    LIVE_END_LOST   /* the device or the server went away for good */
} live_end;

/* Opens everything; nothing is heard yet. Returns 0, or -1 with a line that names what failed. */
int live_session_open(live_session *s, const live_options *options, char *why, size_t why_size);

/* Starts to listen. */
int live_session_start(live_session *s, char *why, size_t why_size);

/* Goes on for up to `seconds`; returns nonzero when the session is at its end, with the reason in *end.
 * Notices that a device was lost, says so once, and waits for it. */
int live_session_wait(live_session *s, double seconds, live_end *end);

/* ---- Changes while it runs; never from within `idle` ---- */

/* Listens to another input (`midi` 0) or sends to another MIDI port (1); NULL is the default. Returns -1 with
 * the reason when that cannot be had: then things are as before, or the device is waited for. */
int live_session_choose(live_session *s, int midi, const char *name, char *why, size_t why_size);

/* Other settings (see cochlea_change()) and another MIDI channel. */
cochlea_status live_session_change(live_session *s, const cochlea_settings *settings, unsigned channel);

/* Other weights; NULL for those inside the program. Returns -1 with the reason, and the old ones stay. */
int live_session_swap(live_session *s, const char *weights, char *why, size_t why_size);

/* Hears out what is undecided, ends all notes, stops, closes all files. Returns -1 when anything of it
 * failed. Also after failures of the others. */
int live_session_close(live_session *s, char *why, size_t why_size);

#endif
