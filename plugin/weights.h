/* The targets inside the plugin, once for all instances: they take 27 MB and a good while to read. */
#ifndef COCH_PLUGIN_WEIGHTS_H
#define COCH_PLUGIN_WEIGHTS_H

#include "timbre/hybrid.h"

/* Reads them for the first that takes them; NULL on failure, with the reason in *status. [main], any number
 * of threads */
const cochlea_hybrid_model *coch_weights_take(cochlea_status *status);

/* For each that was taken; the last one frees them. [main], likewise */
void coch_weights_give(void);

#endif
