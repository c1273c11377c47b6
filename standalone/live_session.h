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

typedef struct live_options {
    const char *backend; /* "auto", "jack", "portaudio" */
    const char *input, *midi_out;
    const char *weights; /* a GGUF file, NULL for those inside the program */
    cochlea_settings settings;
    unsigned channel; /* MIDI, 0..15 */
    double seconds;   /* of sound to be heard; 0: until stopped */
    double wait;      /* seconds to wait for a device that is lost; negative: the backend's habit */
    live_files files;
} live_options;

typedef struct live_session {
    live_options options;
    cochlea_model *model;
    cochlea *ear;
    backend *audio; /* NULL while the device is lost */
    live_recorder *recorder;
    live_process process;
    cochlea_stats stats; /* at the last look, and when it was closed */
    live_signals signals;
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

/* Hears out what is undecided, ends all notes, stops, closes all files. Returns -1 when anything of it
 * failed. Also after failures of the others. */
int live_session_close(live_session *s, char *why, size_t why_size);

#endif
