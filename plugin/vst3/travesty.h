/* The C interface of VST3, with what its headers expect to be declared. */
#ifndef COCH_PLUGIN_VST3_TRAVESTY_H
#define COCH_PLUGIN_VST3_TRAVESTY_H

typedef struct v3_event_handler v3_event_handler;
typedef struct v3_timer_handler v3_timer_handler;

#include <travesty/audio_processor.h>
#include <travesty/component.h>
#include <travesty/edit_controller.h>
#include <travesty/events.h>
#include <travesty/factory.h>

#endif
