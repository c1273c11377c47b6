/* Standard MIDI files (RP-001, 1996): writing format 1, reading formats 0 and 1. */
#ifndef COCH_MUSIC_SMF_H
#define COCH_MUSIC_SMF_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/* One timed channel message or meta event of a file. */
typedef struct coch_smf_event {
    int64_t tick;     /* absolute */
    double seconds;   /* absolute, by the tempo map */
    uint16_t track;   /* index in the file */
    uint8_t bytes[3]; /* status (with channel), data; for meta events 0xFF, type, 0 */
    uint32_t value;   /* meta: tempo in microseconds per quarter (0x51), metre numerator << 8 | denominator
                         (0x58),   key signature (0x59: (uint8_t)sharps << 8 | minor); texts (0x01 to 0x07:
                         text,   copyright, track name, instrument, lyric, marker, cue): offset in `text` */
} coch_smf_event;

typedef struct coch_smf {
    unsigned format; /* 0 or 1 */
    unsigned tracks;
    unsigned division; /* ticks per quarter note */
    size_t count;
    coch_smf_event *events; /* [count], sorted by tick, file order kept among equals */
    size_t text_size;
    char *text; /* [text_size], strings that end with a zero, as the file spells them */
} coch_smf;

/* Parses bytes of a file; any bytes may be given. Files of SMPTE division and format 2 are UNSUPPORTED.
 * Errors: FORMAT, UNSUPPORTED, MEMORY. Free with coch_smf_free also after errors (it accepts zeroes). [main]
 */
cochlea_status coch_smf_parse(coch_smf *smf, const void *bytes, size_t size);

/* Reads a file of at most 64 MiB. Errors: as above, OPEN, READ. [main] */
cochlea_status coch_smf_read(coch_smf *smf, const char *path);
void coch_smf_free(coch_smf *smf);

/* ---- Writing: events are appended in time order to a growing byte buffer [main] ---- */

typedef struct coch_smf_writer coch_smf_writer;

/* A format 1 file at 120 beats per minute and `division` ticks per quarter (960 gives 0.52 ms): a conductor
 * track and one track of notes named `name`. Errors: ARGUMENT, MEMORY. */
cochlea_status coch_smf_writer_new(coch_smf_writer **writer, unsigned division, const char *name);
void coch_smf_writer_free(coch_smf_writer *writer);

/* Conductor entries at the start: tempo in beats per minute (quarter notes), metre, key (sharps -7..7, minor
 * 0/1). Only before the first message. Errors: ARGUMENT, STATE, MEMORY. */
cochlea_status coch_smf_writer_tempo(coch_smf_writer *writer, double beats_per_minute);
cochlea_status coch_smf_writer_key(coch_smf_writer *writer, int sharps, int minor);

/* Appends a channel message of 2 or 3 bytes at `seconds` (not before the last one: earlier times are moved up
 * to it). Errors: ARGUMENT, MEMORY. */
cochlea_status coch_smf_writer_message(coch_smf_writer *writer, double seconds, const uint8_t *bytes,
                                       size_t count);

/* Remembers the present end, and goes back to it: what was appended in between was provisional. */
void coch_smf_writer_mark(coch_smf_writer *writer);
void coch_smf_writer_rewind(coch_smf_writer *writer);

/* The whole file as bytes, complete at every call (track lengths and end-of-track set), valid until the next
 * append. */
cochlea_status coch_smf_writer_bytes(coch_smf_writer *writer, double end_seconds, const void **bytes,
                                     size_t *size);

/* Writes that to `path` through a temporary file beside it and a rename: no partial file is left after an
 * error. Errors: OPEN, WRITE, MEMORY. */
cochlea_status coch_smf_writer_save(coch_smf_writer *writer, double end_seconds, const char *path);

#endif
