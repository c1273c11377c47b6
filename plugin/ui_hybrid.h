/* What the hybridizer's window shows, from its controls and from what is seen of it. All of it is [main]. */
#ifndef COCH_PLUGIN_UI_HYBRID_H
#define COCH_PLUGIN_UI_HYBRID_H

#include "hybrid.h"
#include "ui_file.h"

/* The picture, with its axis. */
void coch_ui_hybrid_open(coch_view_model *model);

/* Spectra and level, `fresh` or not; what is stale falls. */
void coch_ui_hybrid_spectra(coch_view_hybrid *hybrid, const coch_watch *watch, int fresh, int stale,
                            double elapsed);

/* Names, and the place between the targets, from the controls; `file` is the path of the user's own target.
 */
void coch_ui_hybrid_place(coch_view_model *model, double rate, const char *file);

#endif
