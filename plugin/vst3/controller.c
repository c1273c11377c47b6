/* The VST3 plugin's face as an edit controller: its parameters. All of it is [main]. */
#include "instance.h"

#include <string.h>

static v3_result V3_API initialize(void *self, struct v3_funknown **context)
{
    (void)self;
    (void)context;
    return V3_OK;
}

static v3_result V3_API terminate(void *self)
{
    (void)self;
    return V3_OK;
}

/* The component, being the same object, has its state already; there is no other. */
static v3_result V3_API same_state(void *self, struct v3_bstream **stream)
{
    (void)self;
    (void)stream;
    return V3_OK;
}

static const coch_parameter *find(void *self, v3_param_id id, float *value)
{
    return coch_core_known(coch_vst3_of(self)->core, id, value);
}

/* The outputs come behind, as parameters that are only read. */
static int32_t V3_API get_parameter_count(void *self)
{
    const coch_processor *p = coch_vst3_of(self)->processor;
    return (int32_t)(p->parameter_count + p->output_count);
}

static v3_result V3_API get_parameter_info(void *self, int32_t index, struct v3_param_info *info)
{
    if (index < 0 || index >= get_parameter_count(self))
        return V3_INVALID_ARG;
    const coch_processor *p = coch_vst3_of(self)->processor;
    size_t output = (size_t)index - p->parameter_count;
    const coch_parameter *parameter =
        (size_t)index < p->parameter_count ? &p->parameters[index] : &p->outputs[output];
    memset(info, 0, sizeof *info);
    info->param_id = parameter->id;
    coch_vst3_text(info->title, parameter->name, 128);
    coch_vst3_text(info->short_title, parameter->name, 128);
    coch_vst3_text(info->units, coch_parameter_unit_text(parameter), 128);
    info->step_count = coch_parameter_steps(parameter);
    info->default_normalised_value = coch_parameter_normal(parameter, (double)parameter->initial);
    info->flags = (size_t)index < p->parameter_count ? V3_PARAM_CAN_AUTOMATE : V3_PARAM_READ_ONLY;
    if (parameter->kind == COCH_PARAMETER_CHOICE)
        info->flags |= V3_PARAM_IS_LIST;
    if (parameter->kind == COCH_PARAMETER_BYPASS)
        info->flags |= V3_PARAM_IS_BYPASS;
    return V3_OK;
}

static v3_result V3_API get_parameter_string_for_value(void *self, v3_param_id id, double normal,
                                                       v3_str_128 text)
{
    float now;
    char plain[128];
    const coch_parameter *parameter = find(self, id, &now);
    if (!parameter)
        return V3_INVALID_ARG;
    coch_parameter_text(parameter, (double)coch_parameter_from_normal(parameter, normal), plain,
                        sizeof plain);
    coch_vst3_text(text, plain, 128);
    return V3_OK;
}

static v3_result V3_API get_parameter_value_for_string(void *self, v3_param_id id, int16_t *text,
                                                       double *normal)
{
    float value, now;
    char plain[128];
    const coch_parameter *parameter = find(self, id, &now);
    coch_vst3_plain(plain, text, sizeof plain);
    if (!parameter || !coch_parameter_parse(parameter, plain, &value))
        return V3_INVALID_ARG;
    *normal = coch_parameter_normal(parameter, (double)value);
    return V3_OK;
}

static double V3_API normalised_parameter_to_plain(void *self, v3_param_id id, double normal)
{
    float now;
    const coch_parameter *parameter = find(self, id, &now);
    return parameter ? (double)coch_parameter_from_normal(parameter, normal) : normal;
}

static double V3_API plain_parameter_to_normalised(void *self, v3_param_id id, double plain)
{
    float now;
    const coch_parameter *parameter = find(self, id, &now);
    return parameter ? coch_parameter_normal(parameter, plain) : plain;
}

static double V3_API get_parameter_normalised(void *self, v3_param_id id)
{
    float now;
    const coch_parameter *parameter = find(self, id, &now);
    if (!parameter)
        return 0.0;
    return coch_parameter_normal(parameter, (double)now);
}

static v3_result V3_API set_parameter_normalised(void *self, v3_param_id id, double normal)
{
    coch_vst3 *p = coch_vst3_of(self);
    size_t index = coch_core_find(p->core, id);
    if (index == p->processor->parameter_count)
        return V3_INVALID_ARG;
    coch_core_set(p->core, index,
                  (double)coch_parameter_from_normal(&p->processor->parameters[index], normal));
    coch_vst3_check_latency(p);
    return V3_OK;
}

static v3_result V3_API set_component_handler(void *self, struct v3_component_handler **handler)
{
    coch_vst3 *p = coch_vst3_of(self);
    if (handler)
        (*handler)->ref(handler);
    if (p->handler)
        (*p->handler)->unref(p->handler);
    p->handler = handler;
    return V3_OK;
}

static struct v3_plugin_view **V3_API create_view(void *self, const char *name)
{
    return strcmp(name, "editor") == 0 ? coch_vst3_view(coch_vst3_of(self)) : NULL;
}

const struct v3_edit_controller coch_vst3_controller = {
    .query_interface = coch_vst3_query,
    .ref = coch_vst3_ref,
    .unref = coch_vst3_unref,
    .initialize = initialize,
    .terminate = terminate,
    .set_component_state = same_state,
    .set_state = same_state,
    .get_state = same_state,
    .get_parameter_count = get_parameter_count,
    .get_parameter_info = get_parameter_info,
    .get_parameter_string_for_value = get_parameter_string_for_value,
    .get_parameter_value_for_string = get_parameter_value_for_string,
    .normalised_parameter_to_plain = normalised_parameter_to_plain,
    .plain_parameter_to_normalised = plain_parameter_to_normalised,
    .get_parameter_normalised = get_parameter_normalised,
    .set_parameter_normalised = set_parameter_normalised,
    .set_component_handler = set_component_handler,
    .create_view = create_view,
};
