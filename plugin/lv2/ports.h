/* The order of a processor's LV2 ports, shared by the plugin and the writer of its Turtle. Hosts keep
 * symbols, not numbers: the order may change. */
#ifndef COCH_PLUGIN_LV2_PORTS_H
#define COCH_PLUGIN_LV2_PORTS_H

#include "processor.h"

#define COCH_LV2_URI "urn:cochlea:" /* and the processor's id */

#define COCH_LV2_UI "#ui" /* behind that, of its window */

typedef struct coch_lv2_ports {
    uint32_t in, out; /* audio, the first of processor->channels each */
    uint32_t control; /* atoms in: the transport, the window's wish for notices, the choice of a file */
    uint32_t events;  /* atoms out: MIDI; UINT32_MAX when there is none */
    uint32_t notify;  /* atoms out: notices for the window, word of the file; likewise */
    uint32_t latency, freewheel;
    uint32_t parameters; /* the first */
    uint32_t outputs;    /* likewise */
    uint32_t count;
} coch_lv2_ports;

static inline coch_lv2_ports coch_lv2_ports_of(const coch_processor *p)
{
    coch_lv2_ports at;
    uint32_t next = 0;
    at.in = next;
    at.out = next += p->channels;
    at.control = next += p->channels;
    next++;
    at.events = p->midi_out ? next++ : UINT32_MAX;
    at.notify = p->watch || p->file ? next++ : UINT32_MAX;
    at.latency = next++;
    at.freewheel = next++;
    at.parameters = next;
    at.outputs = next + (uint32_t)p->parameter_count;
    at.count = at.outputs + (uint32_t)p->output_count;
    return at;
}

#endif
