/* The extensions of the CLAP plugin. Those of the window are in gui.c. */
#include "instance.h"

#include "state.h"

#include <stdio.h>
#include <string.h>

#define TAIL_SECONDS 0.5 /* until the end of a sound is known for sure */

static coch_clap *plugin_of(const clap_plugin_t *clap)
{
    return clap->plugin_data;
}

/* ---- Ports [main] ---- */

static uint32_t audio_count(const clap_plugin_t *clap, bool is_input)
{
    (void)clap;
    (void)is_input;
    return 1;
}

static bool audio_get(const clap_plugin_t *clap, uint32_t index, bool is_input, clap_audio_port_info_t *info)
{
    unsigned channels = plugin_of(clap)->processor->channels;
    if (index > 0)
        return false;
    memset(info, 0, sizeof *info);
    snprintf(info->name, sizeof info->name, "%s", is_input ? "In" : "Out");
    info->flags = CLAP_AUDIO_PORT_IS_MAIN;
    info->channel_count = channels;
    info->port_type = channels == 1 ? CLAP_PORT_MONO : CLAP_PORT_STEREO;
    info->in_place_pair = 0;
    return true;
}

static const clap_plugin_audio_ports_t audio_ports = {audio_count, audio_get};

static uint32_t note_count(const clap_plugin_t *clap, bool is_input)
{
    return !is_input && plugin_of(clap)->processor->midi_out;
}

static bool note_get(const clap_plugin_t *clap, uint32_t index, bool is_input, clap_note_port_info_t *info)
{
    if (index >= note_count(clap, is_input))
        return false;
    memset(info, 0, sizeof *info);
    snprintf(info->name, sizeof info->name, "MIDI out");
    info->supported_dialects = CLAP_NOTE_DIALECT_CLAP | CLAP_NOTE_DIALECT_MIDI;
    info->preferred_dialect = CLAP_NOTE_DIALECT_CLAP;
    return true;
}

static const clap_plugin_note_ports_t note_ports = {note_count, note_get};

/* ---- Parameters ---- */

static const coch_parameter *parameter_of(const clap_plugin_t *clap, clap_id id)
{
    float value;
    return coch_core_known(plugin_of(clap)->core, id, &value);
}

/* The outputs come behind, as parameters that are only read. */
static uint32_t params_count(const clap_plugin_t *clap)
{
    const coch_processor *p = plugin_of(clap)->processor;
    return (uint32_t)(p->parameter_count + p->output_count);
}

static bool params_info(const clap_plugin_t *clap, uint32_t index, clap_param_info_t *info)
{
    if (index >= params_count(clap))
        return false;
    const coch_processor *p = plugin_of(clap)->processor;
    int output = index >= p->parameter_count;
    const coch_parameter *parameter =
        output ? &p->outputs[index - p->parameter_count] : &p->parameters[index];
    memset(info, 0, sizeof *info);
    info->id = parameter->id;
    info->flags = output ? CLAP_PARAM_IS_READONLY : CLAP_PARAM_IS_AUTOMATABLE;
    if (coch_parameter_steps(parameter) > 0)
        info->flags |= CLAP_PARAM_IS_STEPPED;
    if (parameter->kind == COCH_PARAMETER_BYPASS)
        info->flags |= CLAP_PARAM_IS_BYPASS;
    snprintf(info->name, sizeof info->name, "%s", parameter->name);
    snprintf(info->module, sizeof info->module, "%s", parameter->group);
    info->min_value = (double)parameter->minimum;
    info->max_value = (double)parameter->maximum;
    info->default_value = (double)parameter->initial;
    return true;
}

static bool params_get(const clap_plugin_t *clap, clap_id id, double *value)
{
    float now;
    if (!coch_core_known(plugin_of(clap)->core, id, &now))
        return false;
    *value = (double)now;
    return true;
}

static bool params_to_text(const clap_plugin_t *clap, clap_id id, double value, char *text, uint32_t size)
{
    const coch_parameter *parameter = parameter_of(clap, id);
    if (!parameter)
        return false;
    coch_parameter_text(parameter, value, text, size);
    return true;
}

static bool params_from_text(const clap_plugin_t *clap, clap_id id, const char *text, double *value)
{
    const coch_parameter *parameter = parameter_of(clap, id);
    float parsed;
    if (!parameter || !coch_parameter_parse(parameter, text, &parsed))
        return false;
    *value = (double)parsed;
    return true;
}

static void params_flush(const clap_plugin_t *clap, const clap_input_events_t *in,
                         const clap_output_events_t *out)
{
    coch_clap *p = plugin_of(clap);
    coch_clap_pass_words(p, out);
    for (uint32_t i = 0; i < in->size(in); i++)
        coch_clap_obey(p, in->get(in, i));
}

static const clap_plugin_params_t params = {params_count,   params_info,      params_get,
                                            params_to_text, params_from_text, params_flush};

/* ---- State [main] ---- */

static bool state_save(const clap_plugin_t *clap, const clap_ostream_t *stream)
{
    uint8_t bytes[COCH_STATE_MAX];
    size_t size = coch_core_save(plugin_of(clap)->core, bytes);
    for (size_t done = 0; done < size;) {
        int64_t n = stream->write(stream, bytes + done, size - done);
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool state_load(const clap_plugin_t *clap, const clap_istream_t *stream)
{
    coch_clap *p = plugin_of(clap);
    uint8_t bytes[COCH_STATE_LIMIT];
    size_t size = 0;
    int64_t n = 1;
    while (n > 0 && size < sizeof bytes) {
        n = stream->read(stream, bytes + size, sizeof bytes - size);
        size += n > 0 ? (size_t)n : 0;
    }
    if (n < 0 || coch_core_load(p->core, bytes, size) != COCHLEA_OK)
        return false;
    const clap_host_params_t *host = p->host->get_extension(p->host, CLAP_EXT_PARAMS);
    if (host)
        host->rescan(p->host, CLAP_PARAM_RESCAN_VALUES);
    if (p->active)
        coch_clap_check_latency(p);
    return true;
}

static const clap_plugin_state_t state = {state_save, state_load};

/* ---- Time ---- */

static uint32_t latency_get(const clap_plugin_t *clap)
{
    return plugin_of(clap)->latency;
}

static const clap_plugin_latency_t latency = {latency_get};

static bool render_hard(const clap_plugin_t *clap)
{
    (void)clap;
    return false;
}

static bool render_set(const clap_plugin_t *clap, int32_t mode)
{
    atomic_store(&plugin_of(clap)->offline, mode == COCH_CLAP_RENDER_OFFLINE);
    return true;
}

static const coch_clap_plugin_render render = {render_hard, render_set};

static uint32_t tail_get(const clap_plugin_t *clap)
{
    coch_clap *p = plugin_of(clap);
    return p->latency + (uint32_t)(TAIL_SECONDS * p->rate);
}

static const coch_clap_plugin_tail tail = {tail_get};

const void *coch_clap_extension(const clap_plugin_t *clap, const char *id)
{
    const struct {
        const char *id;
        const void *extension;
    } all[] = {
        {CLAP_EXT_AUDIO_PORTS, &audio_ports}, {CLAP_EXT_NOTE_PORTS, &note_ports},
        {CLAP_EXT_PARAMS, &params},           {CLAP_EXT_STATE, &state},
        {CLAP_EXT_LATENCY, &latency},         {COCH_CLAP_EXT_RENDER, &render},
        {COCH_CLAP_EXT_TAIL, &tail},
    };
    (void)clap;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].id, id) == 0)
            return all[i].extension;
    return coch_clap_gui_extension(id);
}
