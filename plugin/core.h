/* One instance of a processor with its parameter values: what the format files hold.
 *
 * Parameter values are single atomic numbers. Any thread may set them at any time; the audio thread reads all
 * of them at the start of a block, and the newest counts. So no queue is needed and none can overflow. */
#ifndef COCH_PLUGIN_CORE_H
#define COCH_PLUGIN_CORE_H

#include "processor.h"

typedef struct coch_core coch_core;

/* With initial values, not yet able to run. Errors: MEMORY. [main] */
cochlea_status coch_core_new(coch_core **core, const coch_processor *processor);
void coch_core_free(coch_core *core);

/* Makes it ready to run at `rate` Hz; the rate that it already has costs nothing but a reset. Errors:
 * ARGUMENT, MEMORY, STATE. [main], never during coch_core_process() */
cochlea_status coch_core_activate(coch_core *core, double rate);

const coch_processor *coch_core_processor(const coch_core *core);

/* By index into processor->parameters. Values are brought into range. [any] */
void coch_core_set(coch_core *core, size_t index, double value) COCH_REALTIME;
float coch_core_get(const coch_core *core, size_t index) COCH_REALTIME;

/* Index of the parameter with this id; parameter_count when there is none. [any] */
size_t coch_core_find(const coch_core *core, uint32_t id) COCH_REALTIME;

/* The output (see processor.h) of that index, as after the last block. [any] */
float coch_core_output(const coch_core *core, size_t index) COCH_REALTIME;

/* What the id stands for, parameter or output, and its present value; NULL when nothing. [any] */
const coch_parameter *coch_core_known(const coch_core *core, uint32_t id, float *value);

/* Samples, for the present values and rate; 0 before activation. [any] */
uint32_t coch_core_latency(const coch_core *core) COCH_REALTIME;

/* A break in the sound: see coch_processor. Only while active. [audio] */
void coch_core_reset(coch_core *core) COCH_REALTIME;

/* Only while active. [audio] */
void coch_core_process(coch_core *core, const coch_block *block) COCH_REALTIME;

/* What happened since the last call (see processor.h); returns 0 when there is nothing to see. [any], one
 * at a time, never during coch_core_activate() */
int coch_core_watch(coch_core *core, coch_watch *watch) COCH_REALTIME;

/* ---- The file of a processor that wants one [main] or [worker], any number of threads, also during
 * coch_core_process() ---- */

#define COCH_COMPLAINT_MAX 256

/* Another file, "" for none. One that cannot be had is remembered all the same, for it may come back; the
 * sound is then that without any. Errors: ARGUMENT (too long a path, no such processor), those of
 * coch_processor.choose. */
cochlea_status coch_core_choose(coch_core *core, const char *path);

/* Its path, "" for none, and what is wrong with it, "" for nothing. */
void coch_core_file(coch_core *core, char path[COCH_PATH_MAX], char complaint[COCH_COMPLAINT_MAX]);

/* The values as bytes for the host to keep (see state.h); returns how many, at most COCH_STATE_MAX. [main] */
size_t coch_core_save(coch_core *core, uint8_t *bytes);

/* Takes over saved values; on an error nothing changes. A file that cannot be had is none: see
 * coch_core_file(). Errors: FORMAT, UNSUPPORTED. [main] */
cochlea_status coch_core_load(coch_core *core, const uint8_t *bytes, size_t size);

#endif
