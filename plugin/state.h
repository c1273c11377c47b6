/* Parameter values as bytes, little-endian, for hosts that keep a plugin's state as a lump:
 *
 *     8 bytes   "CochleaS"
 *     u32       version of this layout, 1
 *     u32       bytes that follow this and the next number
 *     u32       their CRC-32 (as in zlib)
 *     text      id of the processor
 *     u32       where the processor wants a file: bytes of its path, which follow
 *     { text key, f64 value } for each parameter; text is a length byte and that many bytes
 *
 * No text is parsed as a number, for the decimal sign of the host's language must not matter. Keys that are
 * not known are passed over, parameters that are not mentioned get their initial values, values out of range
 * are brought into it; anything else that is wrong refuses the whole. */
#ifndef COCH_PLUGIN_STATE_H
#define COCH_PLUGIN_STATE_H

#include "processor.h"

#define COCH_STATE_MAX 8192    /* what coch_state_write() may need */
#define COCH_STATE_LIMIT 65536 /* no state of any version is larger */

/* Returns the length of what was written. `file` is looked at where the processor wants one. [any] */
size_t coch_state_write(const coch_processor *processor, const float *values, const char *file,
                        uint8_t *bytes);

/* Fills `values`, [parameter_count], and `file`, [COCH_PATH_MAX], where the processor wants one; or leaves
 * them alone. Errors: FORMAT (damaged, or of another processor), UNSUPPORTED (a later layout). [any] */
cochlea_status coch_state_read(const coch_processor *processor, float *values, char *file,
                               const uint8_t *bytes, size_t size);

#endif
