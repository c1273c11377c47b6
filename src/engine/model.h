/* The weights that engines share. */
#ifndef COCH_ENGINE_MODEL_H
#define COCH_ENGINE_MODEL_H

#include "engine/cochlea.h"
#include "listen/instrument.h"
#include "listen/piano.h"

struct cochlea_model {
    coch_piano_model *piano;
};

struct cochlea_instruments {
    coch_instrument_model *model;
};

#endif
