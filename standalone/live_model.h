/* The controls of the live window: settings as knobs, and back. Pure. [any] */
#ifndef COCHLEA_STANDALONE_LIVE_MODEL_H
#define COCHLEA_STANDALONE_LIVE_MODEL_H

#include "live_menus.h"
#include "view/model.h"

/* Ids of the menus; the others are known to live_model_settings() alone. */
enum { LIVE_CONTROL_MENU = 1 /* + live_menu_kind */, LIVE_CONTROL_OTHERS = LIVE_CONTROL_MENU + LIVE_MENUS };

/* All controls anew, with these values; pointer and keys stay where they are. `menus` are [LIVE_MENUS]. */
void live_model_controls(coch_view_model *model, const cochlea_settings *settings, unsigned channel,
                         const live_menu *menus);

/* The settings that the controls say, into those that have a control; the channel is 0..15. */
void live_model_settings(const coch_view_model *model, cochlea_settings *settings, unsigned *channel);

/* Lets only those controls be changed that mean something beside the others. */
void live_model_enable(coch_view_model *model);

#endif
