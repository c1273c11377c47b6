/* The VST3 plugin: one object that is component, processor and controller at once. Of VST3's threads, "UI" is
 * [main] and "process" is [audio] of base/attributes.h. */
#ifndef COCH_PLUGIN_VST3_INSTANCE_H
#define COCH_PLUGIN_VST3_INSTANCE_H

#include "core.h"
#include "processors.h"
#include "travesty.h"

#include <stdatomic.h>

typedef struct coch_vst3 coch_vst3;

/* What a host holds: the address of a face is the `self` of each call. */
typedef struct coch_vst3_face {
    const void *functions; /* one of VST3's tables; must come first */
    coch_vst3 *owner;
} coch_vst3_face;

struct coch_vst3 {
    coch_vst3_face component, audio, controller, requirements;
    atomic_int references;
    coch_core *core;
    const coch_processor *processor;
    double rate;       /* Hz, as set up */
    unsigned channels; /* of the audio buses, as arranged */
    int active;
    uint32_t latency; /* as the host knows it */
    struct v3_component_handler **handler;
    struct v3_event_list **events; /* of the present block */
    float told[COCH_OUTPUTS_MAX];  /* outputs, as the host knows them */
};

/* Makes an instance and asks it for an interface. [main] */
v3_result coch_vst3_create(const coch_processor *processor, const v3_tuid iid, void **instance);

coch_vst3 *coch_vst3_of(void *self);

/* The three functions that every interface begins with. [any] */
v3_result V3_API coch_vst3_query(void *self, const v3_tuid iid, void **object);
uint32_t V3_API coch_vst3_ref(void *self);
uint32_t V3_API coch_vst3_unref(void *self);

/* Its window, not yet attached; NULL where there is none. [main] */
struct v3_plugin_view **coch_vst3_view(coch_vst3 *plugin);

/* Tells the host when the latency is another than it knows. [main] */
void coch_vst3_check_latency(coch_vst3 *plugin);

/* UTF-16 of ASCII text, cut off at `size` characters with the final zero, and back. [any] */
void coch_vst3_text(int16_t *to, const char *text, size_t size);
void coch_vst3_plain(char *to, const int16_t *text, size_t size);

extern const struct v3_component coch_vst3_component;
extern const struct v3_audio_processor coch_vst3_audio;
extern const struct v3_process_context_requirements coch_vst3_requirements;
extern const struct v3_edit_controller coch_vst3_controller;

#endif
